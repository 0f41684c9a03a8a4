"""Runs the program under test, alone or with the shim, and judges how it ended."""

import os
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from .cases import Fault

# Far more than any command of the campaign takes, on a busy machine too.
LIMIT = 60
SOURCES = Path(__file__).resolve().parent


def build(folder):
    """Compiles the shim and the stand-in for gnuplot into a folder."""
    compiler = next((c for c in ("cc", "clang", "gcc") if shutil.which(c)), None)
    if not compiler:
        raise SystemExit("The campaign needs a C compiler: apt-get install gcc")
    (folder / "bin").mkdir(parents=True)
    for source, output, options in [
        ("shim.c", "shim.so", ["-shared", "-fPIC", "-ldl"]),
        ("plot.c", "bin/gnuplot", []),
    ]:
        command = [compiler, "-O1", "-Wall", str(SOURCES / source), "-o", str(folder / output)]
        subprocess.run(command + options, check=True)


@dataclass
class Outcome:
    """How a command ended: `status` is negative for a signal, and None for a command that hung."""

    arguments: list
    status: int | None
    output: bytes
    errors: str

    @property
    def message(self):
        """What it says of its failure; findings are the very output of verify."""
        if self.arguments[0] == "verify":
            return self.output.decode(errors="replace") + self.errors
        return self.errors

    def __str__(self):
        ended = "hung" if self.status is None else f"ended with {self.status}"
        told = self.message.strip().replace("\n", " | ")
        line = f"collapselab {' '.join(self.arguments)} {ended}"
        return line + (f" ({told[-400:]})" if told else "")

    def require_sane(self, allowed=(0, 1, 2)):
        """Fails on a hang, a crash, an exit code that is not one of ours and a silent failure."""
        name = self.arguments[0]
        if self.status is None:
            raise Fault(f"{name} hangs", str(self))
        if self.status < 0:
            raise Fault(f"{name} is ended by {signal.Signals(-self.status).name}", str(self))
        if "Fatal error" in self.errors or self.status >= 128:
            raise Fault(f"{name} crashes", str(self))
        if self.status not in allowed:
            raise Fault(f"{name} ends with exit code {self.status}", str(self))
        if self.status != 0 and not self.message.strip():
            raise Fault(f"{name} fails and says nothing", str(self))
        return self

    def require_success(self, what):
        self.require_sane()
        if self.status != 0:
            raise Fault(f"{what} fails", str(self))
        return self

    def require_named(self, names, what):
        """Fails where the message holds none of the names."""
        if self.status != 0 and not any(name in self.message for name in names):
            raise Fault(f"{what}: the message does not name the file", f"{self}; file {names[0]}")


class Program:
    """The program under test with the campaign's tools."""

    def __init__(self, path, tools):
        self.path = str(path)
        self.tools = tools
        self.mine = threading.local()
        self.real_plot = shutil.which("gnuplot")
        listed = subprocess.run([self.path, "help"], capture_output=True, text=True, check=False)
        self.has_verify = "\n  verify " in listed.stdout

    def start(self, arguments, folder, *, shim=None, draws=False, user=None):
        """Starts a command in a folder; `shim` are the variables of the shim without CHAOS_."""
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(folder),
            "COLLAPSELAB_ROOT": "root", "LC_ALL": "C.UTF-8",
        }
        if not draws:
            environment["PATH"] = f"{self.tools}/bin:{environment['PATH']}"
        # Where the toolchain's libraries are, if the system does not know them.
        for name in ("LD_LIBRARY_PATH", "OPENBLAS_CORETYPE"):
            if name in os.environ:
                environment[name] = os.environ[name]
        if shim:
            environment["LD_PRELOAD"] = f"{self.tools}/shim.so"
            environment["CHAOS_SCOPE"] = str(folder)
            environment.update({f"CHAOS_{name}": str(value) for name, value in shim.items()})
        process = subprocess.Popen(
            [self.path, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, user=user, group=user,
            extra_groups=[] if user is not None else None)
        self.started.append(process)
        return process

    @property
    def started(self):
        """What this thread has started since the last `end_all`."""
        if not hasattr(self.mine, "started"):
            self.mine.started = []
        return self.mine.started

    def end_all(self):
        """Ends what this thread has started and still lives, standing still or not."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()
        self.started.clear()

    def finish(self, process, limit=LIMIT):
        """Waits for a command that was started."""
        status = None
        try:
            output, errors = process.communicate(timeout=limit)
            status = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
        return Outcome(process.args[1:], status, output, errors.decode(errors="replace"))

    def run(self, arguments, folder, *, limit=LIMIT, **options):
        return self.finish(self.start(arguments, folder, **options), limit)

    def start_until_stopped(self, arguments, folder, call, number):
        """Starts a command that stops itself before its n-th call of a kind.

        Returns the process once it stands still; None as the second value where it ended before.
        """
        shim = {"CALL": call, "AT": number, "SIGNAL": int(signal.SIGSTOP)}
        process = self.start(arguments, folder, shim=shim)
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            if process.poll() is not None:
                return process, False
            try:
                state = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            except FileNotFoundError:
                continue
            if state == "T":
                return process, True
            time.sleep(0.002)
        process.kill()
        process.communicate()
        raise Fault(f"{arguments[0]} hangs", f"before its {number}th {call}")
