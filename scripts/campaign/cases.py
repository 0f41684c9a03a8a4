"""What a case is: one hostile act on the program, drawn from the campaign's seed alone."""

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path


class Fault(Exception):
    """Something that the program must not do.

    `what` is equal for faults that are alike, so that they are counted together; `detail` says
    what it was this time.
    """

    def __init__(self, what, detail=""):
        super().__init__(f"{what}: {detail}" if detail else what)
        self.what = what
        self.detail = detail


class Kind:
    """A kind of case, with the programs and folders that its cases work on."""

    def __init__(self, world):
        self.world = world

    def prepared_job(self, case):
        """A job drawn for the case, ready in its folder."""
        job = self.world.jobs[case.random.choice(sorted(self.world.jobs))]
        job.prepare(case.folder, self.world.fixture)
        return job


class Skipped(Exception):
    """The case cannot be tried on this machine; the text says why."""


@dataclass
class Case:
    """One case: its kind and number, its own random numbers, and a folder of its own."""

    kind: str
    number: int
    seed: int
    scratch: Path
    story: list = field(default_factory=list)

    def __post_init__(self):
        self.random = random.Random(f"{self.seed} {self.kind} {self.number}")
        self.folder = self.scratch / "cases" / self.name.replace(":", "-")

    @property
    def name(self):
        return f"{self.kind}:{self.number}"

    def say(self, text):
        """Notes a step; the steps are told with a fault."""
        self.story.append(text)

    def discard(self):
        shutil.rmtree(self.folder, ignore_errors=True)
