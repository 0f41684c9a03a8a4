"""Runs cases side by side, keeps the folders of those that found a fault, and counts."""

import concurrent.futures
import math
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from .cases import Case, Fault, Skipped
from .program import Program
from .report import Tally


@dataclass
class World:
    """What all cases share: the program, the fixture and the disturbed commands."""

    program: Program
    fixture: Path
    jobs: dict
    scratch: Path


class Campaign:
    """Kinds of cases with the number of each, run until they are done or the time is up."""

    # A kind of fault is kept so many times, for its folders may be large.
    KEPT = 2

    def __init__(self, kinds, seed, scratch, deadline):
        self.kinds = {kind.name: kind for kind in kinds}
        self.seed = seed
        self.scratch = scratch
        self.deadline = deadline
        self.tallies = {kind.name: Tally(kind.title) for kind in kinds}
        self.lock = threading.Lock()

    def run(self, counts, jobs):
        """Tries so many cases of each kind, spread evenly, `jobs` at a time."""
        order = sorted(
            ((number + 0.5) / count, name, number)
            for name, count in counts.items()
            for number in range(count))
        iterator = iter(order)

        def work():
            try:
                while time.monotonic() < self.deadline:
                    with self.lock:
                        following = next(iterator, None)
                    if following is None:
                        return
                    self.attempt(*following[1:])
            except BaseException:
                self.deadline = -math.inf
                raise

        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            workers = [pool.submit(work) for _ in range(jobs)]
            try:
                for worker in workers:
                    worker.result()
            except KeyboardInterrupt:
                self.deadline = -math.inf
                raise

    def attempt(self, name, number):
        """Tries one case and removes its folder, unless it found a fault that is new."""
        case = Case(name, number, self.seed, self.scratch)
        tally = self.tallies[name]
        try:
            self.kinds[name].attempt(case)
        except Skipped as reason:
            with self.lock:
                tally.skip(str(reason))
        except Fault as fault:
            with self.lock:
                seen = tally.add(fault, case)
            if seen <= Campaign.KEPT:
                lines = [f"FAULT {case.name}  {fault.what}", f"    {fault.detail}"]
                lines += [f"    {step}" for step in case.story]
                print("\n".join(lines), flush=True)
                (case.folder / "campaign.txt").parent.mkdir(parents=True, exist_ok=True)
                (case.folder / "campaign.txt").write_text("\n".join(lines) + "\n")
                return
        except Exception as error:
            raise RuntimeError(f"the campaign itself fails in {case.name}") from error
        else:
            with self.lock:
                tally.survive()
        finally:
            self.kinds[name].world.program.end_all()
        case.discard()
