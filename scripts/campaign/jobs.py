"""The commands that are disturbed, each with what an undisturbed one leaves behind."""

import collections
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import fixture, targets, trees
from .cases import Fault


@dataclass
class Job:
    """A command in a folder of its own.

    `needs` maps paths in that folder to paths of the fixture. `growing` matches what grows in
    place while the command works. A command with `workers` takes their number. With `draws` it
    has the real gnuplot.
    """

    name: str
    command: str
    needs: dict
    growing: str = ""
    workers: bool = True
    draws: bool = False
    reference: dict = field(default_factory=dict)
    reference_folder: Path | None = None
    seconds: float = 0
    calls: dict = field(default_factory=dict)

    def arguments(self, workers):
        return self.command.split() + (["--workers", str(workers)] if self.workers else [])

    @property
    def growing_files(self):
        return re.compile(self.growing) if self.growing else None

    def prepare(self, folder, fixture_folder):
        fixture.place(fixture_folder, folder, self.needs)

    def measure(self, program, folder, fixture_folder):
        """Runs the command twice undisturbed: for its files, its time and its calls."""
        log = folder / "calls"
        for turn in ("first", "second"):
            place = folder / turn
            self.prepare(place, fixture_folder)
            shim = {"CALL": "all", "LOG": log} if turn == "second" else None
            start = time.monotonic()
            outcome = program.run(
                self.arguments(1 if shim else 2), place, shim=shim, draws=self.draws)
            if outcome.status != 0:
                raise SystemExit(f"Undisturbed, {self.name} fails: {outcome}")
            if shim:
                trees.require_equal(place, self.reference, f"{self.name} with one worker")
            else:
                self.seconds = time.monotonic() - start
                self.reference = trees.tree(place)
                self.reference_folder = place
        lines = log.read_text(errors="replace").splitlines()
        self.calls = collections.Counter(line.split(" ", 1)[0] for line in lines)


def all_jobs(program):
    """Every job, in a fixed order."""
    root = {"root": "root"}
    words = root | {"words.yaml": "words.yaml"}
    training = r"^out/(training\.csv|events\.out\.tfevents\.\w+|.*checkpoint.*)$"
    run = "run {}.yaml --output out --quiet"
    jobs = [
        Job("run-gaussian", run.format("gaussian"), {"gaussian.yaml": "gaussian.yaml"}),
        Job(
            "threshold", "threshold gaussian.yaml --key arms.mixture.real-fraction --tolerance 0.3 "
            "--runs 60 --output out --quiet", {"gaussian.yaml": "gaussian.yaml"}),
        Job("run-words", run.format("words") + " --set checkpoints=last", words),
        Job("run-words-all", run.format("words") + " --set checkpoints=all", words),
        Job("run-words-none", run.format("words") + " --set checkpoints=none", words),
        Job("run-shared", run.format("words") + " --store store", words),
        Job("run-net", run.format("net"), root | {"net.yaml": "net.yaml"}),
        Job("report", "report out", root | {"out": "words"}, workers=False),
        Job(
            "cross", "cross out --arm replace --seed 0 --output new", root | {"out": "words"}),
        Job(
            "import", "corpus import text.txt --name mine --documents blocks",
            root | {"text.txt": "text.txt"}, workers=False),
        Job(
            "tokenizer-train", "tokenizer train --vocabulary 400 --output out/t.json long.txt",
            {"long.txt": "long.txt"}, workers=False),
        Job(
            "tokenizer-encode", "tokenizer encode -t tokenizer.json --output out/t.bin long.txt",
            {"long.txt": "long.txt", "tokenizer.json": "tokenizer.json"}, workers=False),
        Job(
            "ngram-train", "ngram train --order 3 --arpa out/m.arpa long.txt",
            {"long.txt": "long.txt"}),
        Job(
            "ngram-convert", "ngram convert --output out/m.ngram model.arpa",
            {"model.arpa": "model.arpa"}),
        Job(
            "train", targets.TRAIN,
            {name: name for name in (
                "model.yaml", "tokens.bin", "tokens.bin.json", "tokenizer.json")},
            growing=training),
        Job(
            "sample", "sample --model model --sequences 300 --length 12 --output out/s.bin",
            {"model": "model"}),
    ]
    if program.real_plot:
        jobs.append(
            Job("report-drawn", "report out", root | {"out": "drawn"}, workers=False,
                draws=True))
    return jobs


def measure_all(program, scratch, fixture_folder):
    """The jobs with their references, by name."""
    jobs = {}
    for job in all_jobs(program):
        try:
            job.measure(program, scratch / "references" / job.name, fixture_folder)
        except Fault as fault:
            raise SystemExit(f"Undisturbed runs differ: {fault}") from None
        jobs[job.name] = job
    return jobs
