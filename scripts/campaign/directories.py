"""Damaged run directories and stores: a file of a finished run is changed, lost or exchanged.

Commands must notice or be right without it; what they say to delete heals; verify finds it, and
mends it.
"""

import os
import re
import shutil
from pathlib import Path

from . import fixture, trees
from .cases import Fault
from .mutators import SEAL, damage, forge, fuzz, rename_in, renumber

OBJECTS = re.compile(r"/objects/")
SEALED = re.compile(r"(/records/.*\.json|/object\.json)$")
STORED = re.compile(r"(?:out|store)/(?:objects|records)/\S+")
PLANTED = re.compile(r"planted")
# What holds no results may stay as it is; verify knows everything else.
UNVERIFIED = re.compile(r"/(\.lock|events\.jsonl|SHA256SUMS)$")


class Directories:
    """Attempts on the finished runs of the fixture."""

    def __init__(self, world):
        self.world = world

    def attempt(self, case):
        draw = case.random
        source = draw.choice(["gaussian", "words", "words", "shared"])
        root = {"root": "root"}
        experiment = {"gaussian": "gaussian.yaml"}.get(source, "words.yaml")
        needs = root | {experiment: experiment}
        if source == "shared":
            # What runs share may be damaged before a new run takes it from there.
            needs["store"] = "shared/store"
            if draw.random() < 0.5:
                needs["out"] = "shared/run"
        else:
            needs["out"] = source
        fixture.place(self.world.fixture, case.folder, needs)
        case.say(f"a finished {source} run")
        paths, is_forged = self._damage(case, "store" if source == "shared" else "out")
        lost = self._lose_derived(case) if "out" in needs else None
        run = f"run {experiment} --output out --quiet"
        if source == "shared":
            run += " --store store"
        commands = [run, run]
        if "out" in needs:
            commands.append("report out")
        if self.world.program.has_verify and source != "shared" and not lost:
            commands += ["verify out", "verify out --repair"]
        command = draw.choice(commands)
        reference = self._reference(source)
        before = self._outside(case)
        planted = self._planted(case)
        case.say(f"then: {command}")
        outcome = self.world.program.run(command.split(), case.folder)
        outcome.require_sane()
        self._require_outside(case, before, planted, command)
        if is_forged:
            return
        name = f"{command.split()[0]} with {self._kind(paths[0])} damaged"
        outcome.require_named([name for path in paths for name in self._names(path)], name)
        if command.startswith("verify"):
            self._judge_verify(case, outcome, paths, reference)
        elif command == "report out" and self._says_unfinished(case):
            if lost != "records" and self._kind(paths[0]) != "records":
                raise Fault(f"{name}: the report says that records are missing", paths[0])
        elif outcome.status == 0:
            self._require_results(case, command, reference, f"{name} ends with 0")
        elif command == run:
            self._heal(case, run, outcome, paths, reference, name)

    # MARK: Damage

    def _damage(self, case, below):
        """Changes a file or two; returns their paths, and whether a seal holds again."""
        draw = case.random
        files = sorted(trees.tree(case.folder / below))
        kinds = {}
        for path in files:
            kinds.setdefault(self._kind(f"{below}/{path}"), []).append(f"{below}/{path}")
        kind = draw.choice(sorted(kinds))
        path = draw.choice(kinds[kind])
        paths = [path]
        file = case.folder / path
        manner = draw.random()
        if manner < 0.3 and below == "store" and path.endswith("/object.json"):
            self._smuggle(case, file)
            return [path], True
        if manner < 0.25 and SEALED.search(path) and SEAL in file.read_bytes():
            file.write_bytes(forge(draw, file.read_bytes()))
            case.say(f"{path} forged")
            return [path], True
        others = [other for other in kinds[kind]
                  if other != path and trees.content(case.folder / other) != file.read_bytes()]
        if manner < 0.4 or kind.endswith(".lock"):
            # A hard link would change what it is linked with, too.
            file.unlink()
            case.say(f"{path} lost")
        elif manner < 0.5 and others:
            paths.append(draw.choice(others))
            other = case.folder / paths[1]
            data = file.read_bytes()
            self._replace(file, other.read_bytes())
            self._replace(other, data)
            case.say(f"{path} and {paths[1]} exchanged")
        else:
            data = old = file.read_bytes()
            is_text = file.suffix in (".yaml", ".csv", ".json") and bool(old)
            # What a person may have edited is edited.
            change = draw.choice([damage, fuzz, renumber] if is_text else [damage, damage, fuzz])
            while data == old:
                data = change(draw, old) if old else damage(draw, old)
            self._replace(file, data)
            case.say(f"{path} damaged")
        return paths, False

    def _smuggle(self, case, file):
        """An object's file lies outside the object, under a name that leads there."""
        name = case.random.choice(
            [path.name for path in file.parent.iterdir() if path.name != file.name])
        other = "../" * case.random.randint(1, 3) + "planted"
        place = Path(os.path.normpath(file.parent / other))
        (file.parent / name).rename(place)
        self._replace(file, rename_in(file.read_bytes(), name, other))
        case.say(f"{file.relative_to(case.folder)} calls {name} {other}")

    @staticmethod
    def _replace(file, data):
        file.unlink()
        file.write_bytes(data)

    def _lose_derived(self, case):
        """Sometimes records or derived files are gone, too, so that objects are read again."""
        lost = case.random.choice([None, None, "records", "metrics.csv", "report.html"])
        if not lost:
            return None
        case.say(f"{lost} lost")
        place = case.folder / "out" / lost
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
        return lost

    def _kind(self, path):
        """What sort of file this is, such as `objects model.safetensors`."""
        name = os.path.basename(path)
        if OBJECTS.search(path):
            return f"objects {name}"
        if "/records/" in path:
            return "records"
        if "/figures/" in path:
            return "figures " + os.path.splitext(name)[1]
        return name

    @staticmethod
    def _names(path):
        """What a message may call the file: its path or name, or the folder of its object."""
        return [path, os.path.dirname(path) if OBJECTS.search(path) else os.path.basename(path)]

    # MARK: Oracles

    def _reference(self, source):
        folder = {"shared": "shared/run"}.get(source, source)
        files = trees.tree(self.world.fixture / folder)
        return {f"out/{path}": digest for path, digest in files.items()}

    def _require_results(self, case, command, reference, what):
        """What the command writes is right; what it need not read may stay damaged."""
        written = re.compile(
            r"^out/(figures/|report\.html)" if command.startswith("report")
            else r"^out/(figures/|records/|[^/]+$)")
        wanted = {path: digest for path, digest in reference.items() if written.search(path)}
        trees.require_equal(
            case.folder, wanted, what, re.compile(rf"^(?!{written.pattern[1:]})"))

    def _heal(self, case, run, outcome, paths, reference, what):
        """Deleting the damaged file, or its object, and running again brings back the results."""
        case.say(f"stopped: {outcome}")
        for _ in range(4):
            for place in {*paths, *STORED.findall(outcome.errors)}:
                self._delete(case, place.rstrip(".,:;)"))
            case.say(f"deleted, then: {run}")
            outcome = self.world.program.run(run.split(), case.folder).require_sane()
            if outcome.status == 0:
                self._require_results(case, run, reference, f"{what}, then deleted")
                return
        raise Fault(f"{what}: deleting it does not heal", str(outcome))

    @staticmethod
    def _delete(case, place):
        match = re.match(r"(.*/objects/../[0-9a-f]{64})", place)
        full = case.folder / (match.group(1) if match else place)
        if full.is_dir():
            shutil.rmtree(full)
        else:
            full.unlink(missing_ok=True)

    def _judge_verify(self, case, outcome, paths, reference):
        """verify finds damage of what it knows; with --repair the bytes are back."""
        kind = self._kind(paths[0])
        if "--repair" not in outcome.arguments:
            if outcome.status == 0 and not UNVERIFIED.search(paths[0]):
                raise Fault(f"verify finds nothing wrong with {kind}", str(outcome))
            return
        if outcome.status != 0:
            raise Fault(f"verify --repair does not mend {kind}", str(outcome))
        trees.require_equal(
            case.folder, reference, f"verify --repair of {kind}",
            re.compile(rf"^(?!out/)|{UNVERIFIED.pattern}"))
        again = self.world.program.run(["verify", "out"], case.folder).require_sane()
        if again.status != 0:
            raise Fault(f"verify finds something after --repair of {kind}", str(again))

    @staticmethod
    def _says_unfinished(case):
        page = case.folder / "out" / "report.html"
        text = page.read_bytes() if page.exists() else b""
        return b"Unfinished: " in text or b"missing although later ones are recorded" in text

    @staticmethod
    def _outside(case):
        files = trees.tree(case.folder)
        mine = ("out/", "store/")
        return {path: digest for path, digest in files.items() if not path.startswith(mine)}

    @staticmethod
    def _planted(case):
        return {path for path in trees.tree(case.folder) if PLANTED.search(path)}

    def _require_outside(self, case, before, planted, command):
        """Nothing is written outside, and nothing of a forged file is passed on as it is."""
        name = command.split()[0]
        if self._outside(case) != before:
            raise Fault(f"{name}: something is written outside the run directory")
        made = sorted(self._planted(case) - planted)
        if made:
            raise Fault(f"{name}: a forged name becomes a file", made[0])
        page = case.folder / "out" / "report.html"
        if page.exists() and b"<script>planted" in page.read_bytes():
            raise Fault(f"{name}: a forged name becomes markup", "report.html")
