"""The files below a folder as names and sums, and what may differ between two such trees."""

import hashlib
import json
import os
import re
import shutil

from .cases import Fault

# They tell when and how a run went and are no results.
UNCOMPARED = re.compile(r"(^|/)(events\.jsonl|\.(report-)?lock)$")
TEMPORARY = re.compile(r"(^|/)[^/]*\.partial[^/]*(/|$)")
# An object is there whole or not at all; which ones are there depends on when a run stopped.
OBJECT = re.compile(r"(^|/)objects/[0-9a-f]{2}/[0-9a-f]{64}/[^/]+$")
SHARED = re.compile(r"store/objects/")


def content(path):
    with open(path, "rb") as file:
        return file.read()


def tree(folder):
    """Paths relative to the folder with the SHA-256 of files and the targets of links.

    Folders are left out, but for temporary ones.
    """
    found = {}
    for base, folders, files in os.walk(folder):
        inside = os.path.relpath(base, folder)
        for name in files + folders:
            path = os.path.normpath(os.path.join(inside, name))
            full = os.path.join(base, name)
            if os.path.islink(full):
                found[path] = "-> " + os.readlink(full)
            elif name in folders:
                if TEMPORARY.search(path):
                    found[path] = "folder"
            elif os.path.isfile(full):
                try:
                    found[path] = hashlib.sha256(content(full)).hexdigest()
                except FileNotFoundError:
                    pass  # Another process has just removed it.
            else:
                found[path] = "special"
    return found


def results(files):
    """A tree without what is no result."""
    return {path: digest for path, digest in files.items() if not UNCOMPARED.search(path)}


def copy(source, destination):
    destination.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, destination, symlinks=True)
    else:
        shutil.copyfile(source, destination)


def require_equal(folder, reference, what, apart_from=None):
    """Fails where the folder's files are not those of the reference, byte for byte.

    `apart_from` matches paths that may differ. An object of a shared store may be missing, but
    whole: a stopped command need not have shared all it made.
    """
    require_equal_trees(tree(folder), reference, what, apart_from)


def require_equal_trees(found, reference, what, apart_from=None):
    """As `require_equal`, of a tree that was looked at before."""
    now, wanted = results(found), results(reference)
    if apart_from:
        now = {path: digest for path, digest in now.items() if not apart_from.search(path)}
        wanted = {path: digest for path, digest in wanted.items() if not apart_from.search(path)}
    left = sorted(path for path in now if path not in wanted and TEMPORARY.search(path))
    if left:
        raise Fault(f"{what}: temporary files stay", ", ".join(left[:3]))
    missing = wanted.keys() - now.keys()
    kept = {os.path.dirname(path) for path in now}
    missing -= {
        path for path in missing if SHARED.match(path) and os.path.dirname(path) not in kept}
    for problem, paths in [
        ("files are missing", missing),
        ("there are more files", now.keys() - wanted.keys()),
        ("files differ", {path for path in now if now[path] != wanted.get(path, now[path])}),
    ]:
        if paths:
            raise Fault(f"{what}: {problem}", ", ".join(sorted(paths)[:4]))


def require_whole(folder, reference, growing, what, reference_folder=None):
    """Fails where a file has its final name and not its final bytes.

    `growing` matches files that grow in place, or are replaced as work goes on. With a
    `reference_folder`, what is derived from records may be that of fewer records.
    """
    for path, digest in results(tree(folder)).items():
        if TEMPORARY.search(path) or (growing and growing.search(path)):
            continue
        if path not in reference:
            if not OBJECT.search(path):
                raise Fault(f"{what}: a file is there that should not be", path)
        elif reference[path] != digest and not (
            reference_folder and is_derived_whole(path, folder, reference_folder)
        ):
            raise Fault(f"{what}: a file is half-written under its final name", path)


def is_derived_whole(path, folder, reference_folder):
    """Whether the file is derived from records and is whole for the records there were."""
    data = content(os.path.join(folder, path))
    ends = {".html": b"</html>\n", ".svg": b"</svg>\n", ".gnuplot": b"\n", ".json": b"}\n"}
    name = os.path.basename(path)
    if name in ("metrics.csv", "theory.csv"):
        wanted = content(os.path.join(reference_folder, path))
        rows = data.split(b"\n")
        # Means over fewer seeds make other rows of theory.csv, of the same arms and columns.
        return data.endswith(b"\n") and rows[0] == wanted.split(b"\n")[0] and (
            name == "theory.csv" or set(rows) <= set(wanted.split(b"\n")))
    if name == "SHA256SUMS":
        return data.endswith(b"\n")
    if name in ("report.html", "run.json") or "/figures/" in path:
        return data.endswith(ends[os.path.splitext(name)[1]])
    return False


def require_whole_lines(path):
    """Fails where a line of an event log is no JSON."""
    if not os.path.exists(path):
        return
    for number, line in enumerate(content(path).split(b"\n")[:-1], 1):
        try:
            json.loads(line)
        except ValueError:
            raise Fault("the event log has a torn line", f"{path}:{number}") from None
