"""Errors: calls of the operating system fail, once or from some call on.

The command goes on where it can, else it stops with a message that names the path; nothing is
half-written, and the next undisturbed command brings everything in order.
"""

import errno
import os
import re

from . import trees
from .cases import Fault, Kind

DISK = [errno.ENOSPC, errno.EIO, errno.EDQUOT]
ERRORS = {
    "write": DISK + [errno.EINTR],
    "fsync": DISK + [errno.EINTR],
    "open": DISK + [errno.EMFILE, errno.EACCES, errno.EINTR],
    "read": [errno.EIO, errno.EINTR],
    "rename": DISK,
    "mkdir": DISK,
    "link": DISK + [errno.EMLINK, errno.EPERM],
    "unlink": [errno.EIO],
    "rmdir": [errno.EIO],
    "ftruncate": [errno.EIO, errno.EINTR],
    "flock": [errno.ENOLCK, errno.EOPNOTSUPP, errno.EINTR],
}
# File systems without locks, and interrupted calls: the command goes on and its results are whole.
HARMLESS = {
    errno.EINTR: "interrupted in", errno.ENOLCK: "without locks in",
    errno.EOPNOTSUPP: "without locks in",
}
FIGURES = re.compile(r"(^|/)(figures/[^/]+|report\.html)$")


class Errors(Kind):
    name = "errors"
    title = "injected errors and short calls"

    def attempt(self, case):
        draw = case.random
        job = self.prepared_job(case)
        call = draw.choice([call for call in ERRORS if job.calls.get(call)])
        number, code, every, short = self._draw(draw, call, job.calls[call])
        log = case.folder.with_suffix(".failed")
        shim = {"CALL": call, "AT": number, "EVERY": every, "SHORT": short, "LOG": log}
        if code:
            shim["ERROR"] = code
        told = " and ".join(
            ["half"] * short + ([errno.errorcode[code]] if code else []))
        often = f" and each {every} later" if every else ""
        arguments = job.arguments(draw.choice([1, 2]))
        case.say(f"{told} at {call} {number}{often}: {' '.join(arguments)}")
        outcome = self.world.program.run(
            arguments, case.folder, shim=shim, draws=job.draws)
        failed = self._failed(log, case.folder)
        manner = HARMLESS.get(code, "with an error in") if code else "with short calls of"
        what = f"{job.name} {manner} {call}"
        outcome.require_sane()
        if outcome.status == 0:
            self._require_results(job, case, outcome, code, what)
        else:
            if not failed or code is None or code in HARMLESS:
                raise Fault(f"{what} does not go on", str(outcome))
            self._require_named(outcome, failed, what)
            trees.require_whole(
                case.folder, job.reference, job.growing_files, what, job.reference_folder)
        case.say(f"then undisturbed: {job.command}")
        outcome = self.world.program.run(job.arguments(2), case.folder, draws=job.draws)
        outcome.require_success(f"{job.name} after an error")
        trees.require_equal(case.folder, job.reference, f"{job.name} after an error")
        trees.require_whole_lines(case.folder / "out" / "events.jsonl")

    @staticmethod
    def _draw(draw, call, count):
        """The call's number, the error or none, how often it comes back, and whether half is done.

        A call that does half is not interrupted, and a read that does half does not fail.
        """
        code = draw.choice(ERRORS[call])
        short = draw.random() < 0.3 and (call == "read" or call == "write" and code in DISK)
        if short and (call == "read" or draw.random() < 0.5):
            code = None
        if code in (errno.ENOLCK, errno.EOPNOTSUPP):
            return 1, code, 1, 0
        # What is interrupted for ever never ends, and rightly so.
        every = draw.choice([0, 3]) if code == errno.EINTR else draw.choice([0, 0, 1, 3])
        return draw.randint(1, count), code, every, int(short)

    @staticmethod
    def _failed(log, folder):
        """The paths of the calls that something was done to, from the case's folder."""
        if not log.exists():
            return []
        lines = log.read_text(errors="replace").splitlines()
        os.unlink(log)
        paths = [line.split(" ", 1)[1] for line in lines]
        return [path.removeprefix(f"{folder}/") for path in paths]

    @staticmethod
    def _require_results(job, case, outcome, code, what):
        """What ends with 0 has all results; a figure may be missing where that is said."""
        may_lack = [trees.TEMPORARY.pattern]
        if code not in HARMLESS and "figure" in outcome.errors:
            may_lack.append(FIGURES.pattern)
        trees.require_equal(
            case.folder, job.reference, f"{what} ends with 0", re.compile("|".join(may_lack)))
        trees.require_whole(
            case.folder, job.reference, job.growing_files, what, job.reference_folder)

    @staticmethod
    def _require_named(outcome, failed, what):
        """The message names a file that failed, its folder, or where a temporary one lies."""
        names = set()
        for path in failed:
            if path.startswith("/"):
                names.add(" .:")  # The case's folder itself.
                continue
            parts = path.split("/")
            whole = next((i for i, part in enumerate(parts) if ".partial" in part), len(parts))
            names.add("/".join(parts[:whole]) or " .:")
            names.add("/".join(parts[: min(whole, len(parts) - 1)]) or parts[0])
        outcome.require_named(sorted(names, key=len, reverse=True), what)
