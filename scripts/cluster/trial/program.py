"""The program under test, and what its runs leave behind."""

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

# What every way of running must leave byte for byte.
COMPARED = ("records", "objects", "metrics.csv", "theory.csv")
# Far more than a run of a trial takes on a busy machine.
LIMIT = 1_800
# How soon a worker that is not heard of counts as dead: the one place to change it.
LEASE = ["--lease", "10s", "--heartbeat", "2s"]


class Fault(Exception):
    """The program did not do what it must."""


@dataclass
class Outcome:
    arguments: list
    status: int
    output: str
    errors: str

    def __str__(self):
        told = self.errors.strip().replace("\n", " | ")
        return f"collapselab {' '.join(self.arguments)} ended with {self.status} ({told[-600:]})"


class Program:
    """A built `collapselab` and the environment of its user."""

    def __init__(self, path, environment):
        self.path = path
        self.environment = environment

    def run(self, *arguments, environment=None, folder=None):
        arguments = [str(argument) for argument in arguments]
        done = subprocess.run(
            [self.path, *arguments], env=environment or self.environment, cwd=folder,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)
        return Outcome(arguments, done.returncode, done.stdout, done.stderr)

    def succeed(self, *arguments, folder=None):
        outcome = self.run(*arguments, folder=folder)
        if outcome.status != 0:
            raise Fault(str(outcome))
        return outcome

    def start(self, *arguments):
        """A command in the background, silent."""
        return subprocess.Popen(
            [self.path, *map(str, arguments)], env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def processes(self, *words):
        """The running processes of this program that have these words among their arguments."""
        found = []
        for folder in Path("/proc").iterdir():
            if not folder.name.isdecimal():
                continue
            try:
                if not os.path.samefile(folder / "exe", self.path):
                    continue
                arguments = (folder / "cmdline").read_bytes().decode().split("\0")
            except (OSError, UnicodeDecodeError):
                continue
            if all(str(word) in arguments for word in words):
                found.append(int(folder.name))
        return sorted(found)

    def workers(self, run):
        return self.processes("worker", run)


def sums(run, names=COMPARED):
    """The SHA-256 sum of every file that is compared, by its path."""
    paths = []
    for name in names:
        path = run / name
        paths += [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    found = {}
    for path in sorted(paths):
        found[str(path.relative_to(run))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def require_equal(run, expected, names=COMPARED):
    """Fails where a run's files are not those of the undisturbed one."""
    found = sums(run, names)
    for path in sorted(set(expected) | set(found)):
        if path not in found:
            raise Fault(f"{path} is missing")
        if path not in expected:
            raise Fault(f"{path} is there, and no undisturbed run has it")
        if found[path] != expected[path]:
            raise Fault(f"{path} differs from the undisturbed run's")


def require_nothing_left(program, run, undisturbed):
    """Fails where a claim, a worker or something temporary has stayed."""
    if left := program.workers(run):
        raise Fault(f"workers {left} still run")
    for folder in ("claims", "workers", "objects"):
        if names := sorted(path.name for path in (run / "work" / folder).glob("*")):
            raise Fault(f"work/{folder} still holds {names[:3]}")
    if temporary := hidden(run) - hidden(undisturbed):
        raise Fault(f"{min(temporary)} has stayed")


def hidden(run):
    """What a listing does not show, which is what is being written."""
    return {str(path.relative_to(run)) for path in run.rglob(".*")}


def jobs(run):
    """The jobs of a run by Slurm: those of workers, and the one that collects."""
    text = (run / "work" / "jobs.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    return (
        [line["job"] for line in lines if not line["collects"]],
        [line["job"] for line in lines if line["collects"]],
    )
