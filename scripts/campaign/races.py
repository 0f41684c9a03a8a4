"""Races: commands work on one thing at once, or it moves away under one of them.

A command is made to stand still before one of its calls, so that the other comes exactly then.
"""

import os
import re
import shutil
import signal
import time

from . import fixture, trees
from .cases import Fault, Kind

ROOT = {"root": "root"}
WORDS = ROOT | {"words.yaml": "words.yaml"}
RUN = "run words.yaml --output {} --quiet --workers 2"
JOB = "run-words"


class Races(Kind):
    name = "races"
    title = "races and moved folders"

    def __init__(self, world):
        super().__init__(world)
        self.kinds = [
            self._two_runs, self._two_runs, self._shared_store, self._three_reports,
            self._report_during_run, self._folder_goes, self._folder_goes, self._two_imports,
        ]

    def attempt(self, case):
        self.kinds[case.number % len(self.kinds)](case)

    # MARK: Two commands

    def _two_runs(self, case):
        """Of two runs in one directory one works; the other names it, or waits."""
        job = self.world.jobs[JOB]
        fixture.place(self.world.fixture, case.folder, WORDS)
        first, stands = self._stopped(case, RUN.format("out"), self._point(case, job))
        case.say("meanwhile the same command")
        second = self.world.program.start(RUN.format("out").split(), case.folder)
        if stands:
            self._wait(second, case.random.choice([0.05, 0.5]))
            first.send_signal(signal.SIGCONT)
        ended = self.world.program.finish(first), self.world.program.finish(second)
        for outcome in ended:
            outcome.require_sane()
            if outcome.status != 0 and not any(
                f"process {process.pid}" in outcome.errors for process in (first, second)
            ):
                raise Fault("two runs: the one that stops does not name the other", str(outcome))
        if all(outcome.status for outcome in ended):
            raise Fault("two runs: both stop", str(ended[0]))
        self._require_results(case, "out", "two runs")

    def _shared_store(self, case):
        """Two runs that share a store both end as if alone."""
        fixture.place(self.world.fixture, case.folder, WORDS)
        job = self.world.jobs["run-shared"]
        store = case.random.choice(["store", "out"])
        commands = [RUN.format(name) + f" --store {store}" for name in ("out", "other")]
        first, stands = self._stopped(case, commands[0], self._point(case, job))
        case.say(f"meanwhile {commands[1]}")
        second = self.world.program.start(commands[1].split(), case.folder)
        if stands:
            self._wait(second, case.random.choice([0.05, 2]))
            first.send_signal(signal.SIGCONT)
        for process in (first, second):
            self.world.program.finish(process).require_success("a run with a shared store")
        for name in ("out", "other"):
            # A run whose directory is the store has objects of the other, too.
            apart = re.compile(r"^objects/") if name == store else None
            self._require_results(case, name, "two runs with one store", apart)

    def _three_reports(self, case):
        """Reports that are written at once are all whole, and equal."""
        fixture.place(self.world.fixture, case.folder, ROOT | {"out": "words"})
        reference = trees.tree(case.folder)
        job = self.world.jobs["report"]
        processes = [self._stopped(case, "report out", self._point(case, job))]
        case.say("meanwhile two others, which may wait for it")
        for _ in range(2):
            processes.append((self.world.program.start(["report", "out"], case.folder), False))
        self._wait(processes[-1][0], case.random.choice([0.05, 1]))
        for process, stands in processes:
            if stands:
                process.send_signal(signal.SIGCONT)
        for process, _ in processes:
            outcome = self.world.program.finish(process).require_sane()
            outcome.require_named(["out"], "one of three reports")
        self.world.program.run(["report", "out"], case.folder).require_success("a last report")
        trees.require_equal(case.folder, reference, "three reports")

    def _report_during_run(self, case):
        """A report of a working run is whole, and does not disturb the run."""
        fixture.place(self.world.fixture, case.folder, WORDS)
        job = self.world.jobs[JOB]
        point = self._point(case, job)
        run, stands = self._stopped(case, RUN.format("out"), point)
        case.say("meanwhile report out")
        # Where the run has not begun to write there is nothing to report.
        exists = (case.folder / "out/experiment.yaml").exists()
        report = self.world.program.start(["report", "out"], case.folder)
        # It may wait for the run.
        self._wait(report, 2)
        if report.poll() == 0:
            for path in (case.folder / "out").glob("figures/*.svg"):
                if not path.read_bytes().endswith(b"</svg>\n"):
                    raise Fault("a report of a working run: a figure is torn", path.name)
        if stands:
            run.send_signal(signal.SIGCONT)
        outcome = self.world.program.finish(report).require_sane()
        if exists and f"process {run.pid}" not in outcome.errors:
            outcome.require_success("a report of a working run")
        self.world.program.finish(run).require_success("a run that is reported meanwhile")
        self._require_results(case, "out", "a run that is reported meanwhile")

    def _two_imports(self, case):
        """Two imports of one name leave one corpus, which is that of one of the texts."""
        needs = ROOT | {"text.txt": "text.txt"}
        same = case.random.random() < 0.5
        needs["other.txt"] = "text.txt" if same else "long.txt"
        fixture.place(self.world.fixture, case.folder, needs)
        job = self.world.jobs["import"]
        command = "corpus import {} --name mine --documents blocks"
        first, stands = self._stopped(case, command.format("text.txt"), self._point(case, job))
        case.say("meanwhile " + command.format("other.txt"))
        second = self.world.program.start(command.format("other.txt").split(), case.folder)
        self._wait(second, case.random.choice([0.05, 1]))
        if stands:
            first.send_signal(signal.SIGCONT)
        ended = [self.world.program.finish(process).require_sane() for process in (first, second)]
        if all(outcome.status for outcome in ended):
            raise Fault("two imports: both stop", str(ended[0]))
        for outcome in ended:
            outcome.require_named(["mine"], "two imports")
        cache = "root/corpora/.cache"
        left = [name for name in os.listdir(case.folder / cache) if ".partial" in name]
        if left:
            raise Fault("two imports: temporary files stay", left[0])
        self.world.program.run(["corpus", "stats", "mine"], case.folder).require_success(
            "the corpus of two imports")

    # MARK: Folders that go

    def _folder_goes(self, case):
        """A run whose directory is moved or removed fails, and writes nothing at the old path."""
        fixture.place(self.world.fixture, case.folder, WORDS)
        job = self.world.jobs[JOB]
        call = case.random.choice(["rename", "fsync", "mkdir"])
        # There is something left to do: the last quarter of the calls belongs to the report.
        point = call, case.random.randint(max(2, job.calls[call] // 8), job.calls[call] - 2)
        run, stands = self._stopped(case, RUN.format("out"), point)
        moves = case.random.random() < 0.5
        if not stands or not (case.folder / "out").exists():
            run.send_signal(signal.SIGCONT)
            self.world.program.finish(run).require_sane()
            return
        case.say("out is " + ("moved" if moves else "removed"))
        if moves:
            (case.folder / "out").rename(case.folder / "moved")
        else:
            shutil.rmtree(case.folder / "out")
        before = {path: digest for path, digest in trees.tree(case.folder).items()
                  if not path.startswith("moved/")}
        run.send_signal(signal.SIGCONT)
        outcome = self.world.program.finish(run).require_sane()
        done = "moved" if moves else "removed"
        if outcome.status == 0:
            raise Fault(f"a run whose directory is {done} ends with 0", str(outcome))
        if (case.folder / "out").exists():
            found = sorted(trees.tree(case.folder / "out"))
            raise Fault(
                f"a run whose directory is {done} makes it again", ", ".join(found[:3]) or "empty")
        outcome.require_named(["out"], f"a run whose directory is {done}")
        after = {path: digest for path, digest in trees.tree(case.folder).items()
                 if not path.startswith("moved/")}
        if after != before:
            raise Fault(f"a run whose directory is {done} writes elsewhere")
        if moves:
            (case.folder / "moved").rename(case.folder / "out")
            case.say("out is back, and the same command")
            self.world.program.run(RUN.format("out").split(), case.folder).require_success(
                "a run whose directory is back")
            self._require_results(case, "out", "a run whose directory is back")

    # MARK: Means

    def _point(self, case, job):
        calls = [call for call in ("rename", "fsync", "write", "open", "flock") if job.calls[call]]
        call = case.random.choice(calls)
        return call, case.random.randint(1, job.calls[call])

    def _stopped(self, case, command, point):
        case.say(f"standing still before {point[0]} {point[1]}: {command}")
        return self.world.program.start_until_stopped(command.split(), case.folder, *point)

    @staticmethod
    def _wait(process, seconds):
        """Until the process ends, or so long."""
        end = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.005)

    def _require_results(self, case, name, what, apart_from=None):
        reference = self.world.jobs[JOB].reference
        wanted = {
            path.removeprefix("out/"): digest for path, digest in reference.items()
            if path.startswith("out/")}
        trees.require_equal(case.folder / name, wanted, what, apart_from)
