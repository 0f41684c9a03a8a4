"""The real Slurm that `scripts/cluster/slurm` starts on this machine, by its commands."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "slurm"
# Far more than any command of Slurm takes.
LIMIT = 60


class ClusterError(Exception):
    """Slurm itself did not do what a case needs."""


@dataclass
class Task:
    """A job, or a task of an array: `identifier` is what Slurm's commands take."""

    identifier: str
    state: str
    reason: str
    restarts: int
    exit_code: str

    @property
    def is_coming(self):
        return self.state in ("PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "REQUEUED")

    @property
    def is_held(self):
        """Whether it is in the two minutes for which Slurm keeps what was requeued."""
        return self.state == "PENDING" and self.reason == "BeginTime"


class Slurm:
    """A cluster in a folder; `environment` is what its users have."""

    def __init__(self, folder):
        self.folder = folder
        # When each task was first seen to be held.
        self.held_since = {}
        self.environment = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("SLURM_", "SBATCH_"))
        }

    def up(self, *options):
        run([str(SCRIPT), "up", str(self.folder), *options], None)
        self.environment["SLURM_CONF"] = f"{self.folder}/slurm.conf"
        self.environment["PATH"] = f"{self.folder}/bin:{os.environ['PATH']}"

    def down(self):
        run([str(SCRIPT), "down", str(self.folder)], None)

    def command(self, *words):
        return run(list(words), self.environment)

    @property
    def node(self):
        return self.command("sinfo", "-h", "-N", "-o", "%N").split()[0]

    def tasks(self, job):
        """The tasks of a job that Slurm knows; those of an array that wait together are one."""
        try:
            text = self.command("scontrol", "show", "job", "-o", job)
        except ClusterError:
            return []
        return [task(line) for line in text.splitlines() if line.startswith("JobId=")]

    def release(self, tasks):
        """Ends the two minutes for which Slurm holds back what was requeued, once they have begun.

        Slurm waits until the node has forgotten the credential of the start before: a task that
        starts in the very second of its requeue is refused as one with a revoked credential.
        """
        now = time.monotonic()
        held = {task.identifier for task in tasks if task.is_held}
        self.held_since = {name: self.held_since.get(name, now) for name in held}
        for name, since in self.held_since.items():
            if now - since >= 2:
                self.try_command("scontrol", "update", f"jobid={name}", "starttime=now")

    def try_command(self, *words):
        """A command whose job may have changed since it was looked at."""
        try:
            self.command(*words)
            return True
        except ClusterError:
            return False

    def wait_for(self, is_so, what, seconds=60):
        deadline = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > deadline:
                raise ClusterError(f"{what} has not come in {seconds} s")
            time.sleep(0.2)


def run(words, environment):
    done = subprocess.run(
        words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=LIMIT * 2)
    if done.returncode != 0:
        told = " | ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise ClusterError(f"{' '.join(words)} ended with {done.returncode}: {told}")
    return done.stdout


def task(line):
    """A line of `scontrol show job -o`."""
    fields = dict(word.split("=", 1) for word in line.split() if "=" in word)
    identifier = fields["JobId"]
    if "ArrayTaskId" in fields:
        identifier = f"{fields['ArrayJobId']}_{fields['ArrayTaskId']}"
    return Task(
        identifier, fields["JobState"], fields.get("Reason", ""), int(fields.get("Restarts", 0)),
        fields.get("ExitCode", ""))
