"""Ways of running one experiment over jobs of Slurm, each disturbed in its own way.

A case says what it asks of `run --executor slurm`, and what it does to the jobs while they work.
What it must lead to is the same for all: the bytes of one undisturbed process.
"""

import json
import os
import random
import re
import signal
import time
from pathlib import Path

from .program import LEASE, Fault, jobs, require_equal, require_nothing_left, sums


class Case:
    """One way of running: alone, it disturbs nothing."""

    name = "two"
    does = "two workers"
    arguments = ["--workers-total", "2"]
    # Options of `scripts/cluster/slurm up`.
    cluster = []
    # Seconds between two disturbances; none for nothing to do.
    every = None
    # Whether tasks must be started again, at least one of them, or none.
    has_requeues = False

    def __init__(self, world):
        self.world = world
        self.slurm = world.slurm
        self.program = world.program
        self.run = world.scratch / self.name
        self.done = 0
        self.random = random.Random(self.name)

    def disturb(self, tasks):
        """Does its harm to the workers' tasks; returns whether it did any."""
        return False

    def after(self):
        """Puts the cluster right again."""

    def perform(self):
        """Runs the case; returns how often Slurm started a task again."""
        self.slurm.up(*self.cluster)
        try:
            self.program.succeed(
                "run", *self.world.experiment, "--output", self.run, "--quiet", "--executor",
                "slurm", "--detach", *self.arguments, *LEASE)
            workers, collectors = jobs(self.run)
            restarts = self.attend(workers, collectors)
            self.judge(collectors)
            self.check(workers)
        finally:
            self.after()
        self.judge_requeues(restarts)
        return restarts

    def attend(self, workers, collectors):
        """Stays until no job is left, disturbs the workers, and lets go what Slurm holds back."""
        restarts = {}
        start = last = time.monotonic()
        while True:
            tasks = [task for job in workers for task in self.slurm.tasks(job)]
            others = [task for job in collectors for task in self.slurm.tasks(job)]
            restarts.update((task.identifier, task.restarts) for task in tasks)
            if not any(task.is_coming for task in tasks + others):
                return sum(restarts.values())
            self.slurm.release(tasks)
            now = time.monotonic()
            if now - start > 900:
                raise Fault("the jobs have not ended in 15 minutes")
            is_collecting = any(task.state == "RUNNING" for task in others)
            if self.every and now - last >= self.every and not is_collecting:
                last = now
                self.done += self.disturb(tasks)
            time.sleep(0.5)

    def judge(self, collectors):
        for job in collectors:
            for task in self.slurm.tasks(job):
                if (task.state, task.exit_code) != ("COMPLETED", "0:0"):
                    log = self.run / "work" / "logs" / f"{job}-collect.log"
                    told = log.read_text().strip().splitlines()[-3:] if log.exists() else []
                    raise Fault(
                        f"collecting is {task.state} with {task.exit_code}: {' | '.join(told)}")
        if self.every and self.done == 0:
            raise Fault("nothing was disturbed: the case has shown nothing (is it too short?)")
        require_equal(self.run, self.world.expected)
        require_nothing_left(self.program, self.run, self.world.reference)
        self.program.succeed("verify", self.run)
        status = json.loads(self.program.succeed("status", self.run, "--json").output)
        if status["done"] != status["units"] or status["running"] or not status["is_finished"]:
            raise Fault(f"status does not say that the run has ended: {status}")

    def judge_requeues(self, restarts):
        if self.has_requeues and restarts == 0:
            raise Fault("no task was started again: the case has shown nothing (is it too short?)")
        if not self.has_requeues and restarts > 0:
            raise Fault(f"tasks were started again {restarts} times, and nobody asked for that")

    def check(self, workers):
        """What else must be so."""

    def running(self, tasks):
        return [task for task in tasks if task.state == "RUNNING"]


class Waiting(Case):
    """The command stays, and its exit status is the run's; the directory is named as users do."""

    name = "wait"
    does = "two workers, and the command waits"

    def perform(self):
        self.slurm.up()
        self.program.succeed(
            "run", *self.world.experiment, "--output", self.run.name, "--quiet", "--executor",
            "slurm", "--wait", *self.arguments, *LEASE, folder=self.run.parent)
        workers, collectors = jobs(self.run)
        restarts = self.attend(workers, collectors)
        self.judge(collectors)
        self.judge_requeues(restarts)
        return restarts


class Left(Case):
    """Whoever waits for the jobs may leave, and they go on."""

    name = "leave"
    does = "two workers, and the command that waits is interrupted"

    def perform(self):
        self.slurm.up()
        waiting = self.program.start(
            "run", *self.world.experiment, "--output", self.run, "--quiet", "--executor", "slurm",
            "--wait", *self.arguments, *LEASE)
        try:
            self.slurm.wait_for(lambda: self.program.workers(self.run), "the first worker")
            waiting.send_signal(signal.SIGINT)
            status = waiting.wait(timeout=30)
        finally:
            waiting.kill()
            waiting.wait()
        if status != 128 + signal.SIGINT:
            raise Fault(f"the interrupted command ended with {status}")
        workers, collectors = jobs(self.run)
        restarts = self.attend(workers, collectors)
        self.judge(collectors)
        self.judge_requeues(restarts)
        return restarts


class Killed(Case):
    name = "kill"
    does = "four workers, one killed every 3 s"
    arguments = ["--workers-total", "4"]
    every = 3
    has_requeues = True

    def disturb(self, tasks):
        # A killed job is a failed one to Slurm: it is put into the queue again by hand, as a user
        # would who sees it.
        for task in tasks:
            if task.state == "FAILED":
                self.slurm.try_command("scontrol", "requeue", task.identifier)
        running = self.program.workers(self.run)
        if len(running) < 2:
            return False
        os.kill(self.random.choice(running), signal.SIGKILL)
        return True


class Signalled(Case):
    name = "signal"
    does = "two workers, the user signal every 4 s"
    every = 4
    has_requeues = True

    def disturb(self, tasks):
        running = self.running(tasks)
        if not running:
            return False
        task = self.random.choice(running)
        return self.slurm.try_command("scancel", "--signal=USR2", "--batch", task.identifier)


class OutOfTime(Case):
    name = "limit"
    does = "one worker with a time limit of one minute"
    arguments = ["--workers-total", "1", "--time", "00:01:00"]
    has_requeues = True


class TaskCancelled(Case):
    name = "scancel"
    does = "three workers, one task cancelled"
    arguments = ["--workers-total", "3"]
    every = 4

    def disturb(self, tasks):
        running = self.running(tasks)
        if self.done or len(running) < 2:
            return False
        return self.slurm.try_command("scancel", running[0].identifier)


class NodeDown(Case):
    name = "node"
    does = "two workers, the node goes down and comes back"
    every = 5
    has_requeues = True

    def disturb(self, tasks):
        if self.done or not self.running(tasks):
            return False
        node = self.slurm.node
        self.slurm.command(
            "scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=trial")
        time.sleep(2)
        self.after()
        return True

    def after(self):
        self.slurm.try_command(
            "scontrol", "update", f"NodeName={self.slurm.node}", "State=RESUME")


class SmallArray(Case):
    name = "array"
    does = "four workers asked for where MaxArraySize is 3"
    arguments = ["--workers-total", "4"]
    cluster = ["--max-array-size", "3"]

    def check(self, workers):
        count = sum(len(self.slurm.tasks(job)) for job in workers)
        if not 2 <= count <= 3:
            raise Fault(f"{count} tasks were submitted")

    def after(self):
        self.slurm.up()


class Preempted(Case):
    name = "preempt"
    does = "four workers, jobs of a partition of a higher tier"
    arguments = ["--workers-total", "4", "--partition", "main"]
    every = 8
    has_requeues = True

    def disturb(self, tasks):
        if not self.running(tasks):
            return False
        return self.slurm.try_command(
            "sbatch", "--partition=urgent", "--cpus-per-task=2", "--output=/dev/null",
            "--job-name=urgent", "--wrap=sleep 2")

    def after(self):
        self.slurm.try_command("scancel", "--name=urgent")


class Cancelled(Case):
    """The run is cancelled in the middle, and the same command again goes on."""

    name = "cancel"
    does = "two workers, cancelled, and the same command again"

    def perform(self):
        self.slurm.up()
        words = [
            "run", *self.world.experiment, "--output", self.run, "--quiet", "--executor", "slurm",
            "--detach", *self.arguments, *LEASE]
        self.program.succeed(*words)
        workers, collectors = jobs(self.run)
        self.slurm.wait_for(lambda: self.program.workers(self.run), "the first worker")
        time.sleep(4)
        self.program.succeed("cancel", self.run)

        def is_over():
            tasks = [task for job in workers + collectors for task in self.slurm.tasks(job)]
            return not self.program.workers(self.run) and not any(
                task.is_coming for task in tasks)

        self.slurm.wait_for(is_over, "the end of what was cancelled")
        self.program.succeed(*words)
        workers, collectors = jobs(self.run)
        restarts = self.attend(workers, collectors)
        self.judge(collectors)
        self.judge_requeues(restarts)
        return restarts


class ByHand(Case):
    """No scheduler: workers that are started like any command."""

    name = "hand"
    does = "three workers by hand, one killed"

    def perform(self):
        self.program.succeed(
            "prepare", *self.world.experiment, "--output", self.run, "--quiet", *LEASE)
        workers = [
            self.program.start("worker", self.run, "--workers", "1", "--idle-exit", "30s")
            for _ in range(3)
        ]
        try:
            time.sleep(5)
            workers[0].kill()
            statuses = [worker.wait(timeout=900) for worker in workers]
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
        if statuses != [-signal.SIGKILL, 0, 0]:
            raise Fault(f"the workers ended with {statuses}")
        self.program.succeed("collect", self.run, "--quiet")
        self.judge([])
        return 0


class Failing(Case):
    """Units that fail are listed, and the others are done."""

    name = "failure"
    does = "two workers, and an arm that cannot be done"
    experiment = Path(__file__).resolve().parent / "failing.yaml"

    def perform(self):
        self.slurm.up()
        undisturbed = self.world.scratch / "failure-reference"
        asked = self.program.run("run", self.experiment, "--output", undisturbed).errors
        consent = ["--allow-commands", *re.findall(r"--allow-commands ([0-9a-f]{64})", asked)]
        self.require_failure(
            self.program.run("run", self.experiment, "--output", undisturbed, "--quiet", *consent))
        self.require_failure(
            self.program.run(
                "run", self.experiment, "--output", self.run, "--quiet", "--executor", "slurm",
                "--wait", *self.arguments, *LEASE, *consent))
        # Models that need not be kept are there until everything is recorded.
        results = ["records", "metrics.csv", "theory.csv"]
        require_equal(self.run, sums(undisturbed, results), results)
        require_nothing_left(self.program, self.run, undisturbed)
        status = json.loads(self.program.succeed("status", self.run, "--json").output)
        if (status["failed"], status["done"]) != (2, 2):
            raise Fault(f"status has {status['failed']} failed and {status['done']} done units")
        return 0

    def require_failure(self, outcome):
        told = outcome.errors
        if outcome.status != 1 or not all(
            f"arm broken  seed {seed}" in told and "exited with status 1" in told
            for seed in (0, 1)
        ):
            raise Fault(str(outcome))


CASES = [
    Case, Waiting, Left, Killed, Signalled, OutOfTime, TaskCancelled, NodeDown, SmallArray,
    Preempted, Cancelled, Failing, ByHand,
]
