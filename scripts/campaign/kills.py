"""Kills: a command is ended at some instant or before its n-th call, and given again.

Then everything must be as if nothing had happened, and nothing temporary may stay.
"""

import signal
import time

from . import trees
from .cases import Fault, Kind

CALLS = ["write", "fsync", "rename", "mkdir", "open", "unlink", "ftruncate", "flock", "link"]
SIGNALS = [signal.SIGKILL] * 4 + [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


class Kills(Kind):
    name = "kills"
    title = "kills of working commands"

    def attempt(self, case):
        draw = case.random
        job = self.prepared_job(case)
        for _ in range(draw.choice([1, 1, 1, 2, 3])):
            ending = draw.choice(SIGNALS)
            workers = draw.choice([1, 2, 3])
            calls = [call for call in CALLS if job.calls.get(call)]
            if draw.random() < 0.75:
                call = draw.choice(calls)
                self._kill_at_call(
                    case, job, workers, ending, call, draw.randint(1, job.calls[call]))
            else:
                self._kill_after(case, job, workers, ending, draw.uniform(0, 1.1 * job.seconds))
            # Where other bytes are made from what a report holds, they are the same again.
            trees.require_whole(
                case.folder, job.reference, job.growing_files, f"{job.name} killed")
        case.say(f"then undisturbed: {job.command}")
        outcome = self.world.program.run(
            job.arguments(draw.choice([1, 2])), case.folder, draws=job.draws)
        outcome.require_success(f"{job.name} after a kill")
        trees.require_equal(case.folder, job.reference, f"{job.name} after a kill")
        trees.require_whole_lines(case.folder / "out" / "events.jsonl")

    def _kill_at_call(self, case, job, workers, ending, call, number):
        arguments = job.arguments(workers)
        case.say(f"{ending.name} before {call} {number}: {' '.join(arguments)}")
        shim = {"CALL": call, "AT": number, "SIGNAL": int(ending)}
        outcome = self.world.program.run(arguments, case.folder, shim=shim, draws=job.draws)
        self._judge(job, outcome, ending)

    def _kill_after(self, case, job, workers, ending, seconds):
        arguments = job.arguments(workers)
        case.say(f"{ending.name} after {seconds:.3f} s: {' '.join(arguments)}")
        process = self.world.program.start(arguments, case.folder, draws=job.draws)
        time.sleep(seconds)
        process.send_signal(ending)
        self._judge(job, self.world.program.finish(process), ending)

    @staticmethod
    def _judge(job, outcome, ending):
        """The command was ended by the signal, told so, or had finished before."""
        if outcome.status not in (0, -ending, 128 + ending):
            raise Fault(f"{job.name}: {ending.name} ends it otherwise", str(outcome))
