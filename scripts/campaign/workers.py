"""Workers that share a run: killed, on machines that seem to be others, over odd file systems.

Whatever happens to them, what they record is what one process records alone.
"""

import signal
import threading
import time

from . import fixture, trees
from .cases import Fault, Kind

NEEDS = {"root": "root", "units.yaml": "units.yaml"}
LEASE = "--lease 2s"
WORKER = "worker out --workers 1 --quiet"
COUNT = 4
LIMIT = 120
MACHINES = ["north", "south"]
# What file systems and clocks may be like; most are as they should be.
ODDITIES = [
    {}, {}, {}, {"FILES": "nolocks"}, {"FILES": "openlocks"}, {"FILES": "stale"}, {"CLOCK": 600},
    {"FILES": "nolinks,openlocks"}, {"FILES": "stale,nolocks", "CLOCK": -600},
]


class Workers(Kind):
    name = "workers"
    title = "killed workers of one run"

    def __init__(self, world):
        super().__init__(world)
        self.reference = None
        self.lock = threading.Lock()

    def attempt(self, case):
        """Four workers of sixty units, of which now and then one is killed, and another begun."""
        fixture.place(self.world.fixture, case.folder, NEEDS)
        oddity = ODDITIES[case.number % len(ODDITIES)]
        case.say(f"the file system and the clock: {oddity or 'as they should be'}")
        self._command(case, f"prepare units.yaml --output out --quiet {LEASE}", 0)
        self._work(case, oddity, kills=case.random.randint(5, 25))
        # A unit may have lost three workers in a row to us: the same command again tries it anew.
        if self._run(case, "collect out --quiet").status != 0:
            case.say("prepared again, for units that were given up")
            self._command(case, f"prepare units.yaml --output out --quiet {LEASE}", 0)
            self._work(case, oddity, kills=0)
            self._command(case, "collect out --quiet", 0)
        self._require_results(case)
        self._command(case, "verify out", 0)

    def _work(self, case, oddity, kills):
        """Starts workers and kills them at random until so many were killed, then until the end."""
        running = [self._start(case, oddity) for _ in range(COUNT)]
        deadline = time.monotonic() + LIMIT
        while any(process.poll() is None for process in running):
            if time.monotonic() > deadline:
                raise Fault("workers do not come to an end", str(case.folder))
            time.sleep(case.random.uniform(0.01, 0.15) if kills else 0.02)
            place = case.random.randrange(COUNT)
            if not kills or running[place].poll() is not None:
                continue
            manner = case.random.choice([signal.SIGKILL] * 4 + [signal.SIGTERM, signal.SIGUSR2])
            running[place].send_signal(manner)
            case.say(f"worker {place} gets {manner.name}")
            if manner == signal.SIGKILL:
                self.world.program.finish(running[place])
            else:
                outcome = self.world.program.finish(running[place])
                # One that has hardly begun is ended by the signal itself.
                if outcome.status not in (-manner, 128 + signal.SIGTERM):
                    outcome.require_sane()
            kills -= 1
            running[place] = self._start(case, oddity)
        for process in running:
            self.world.program.finish(process).require_sane()

    def _start(self, case, oddity):
        host = {"HOST": case.random.choice(MACHINES)}
        return self.world.program.start(WORKER.split(), case.folder, shim=host | oddity)

    def _run(self, case, command):
        return self.world.program.run(command.split(), case.folder)

    def _command(self, case, command, status):
        outcome = self._run(case, command).require_sane()
        if outcome.status != status:
            raise Fault(f"{command.split()[0]} ends with {outcome.status}", str(outcome))

    def _require_results(self, case):
        with self.lock:
            if self.reference is None:
                place = self.world.scratch / "references" / "units"
                fixture.place(self.world.fixture, place, NEEDS)
                command = "run units.yaml --output out --quiet --workers 1"
                self.world.program.run(command.split(), place).require_success("one process")
                self.reference = trees.tree(place / "out")
        found = trees.tree(case.folder / "out")
        # What a machine that is no more was writing stays for a day: no other may judge it.
        for path in [path for path in found if trees.TEMPORARY.search(path)]:
            if path.startswith("objects/"):
                del found[path]
        trees.require_equal_trees(found, self.reference, "killed workers")
