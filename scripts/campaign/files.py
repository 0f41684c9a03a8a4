"""Odd file systems: planted links, pipes and devices, read-only folders, full disks."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from . import fixture, trees
from .cases import Fault, Kind, Skipped

NOBODY = 65_534
RUN = "run gaussian.yaml --output out --quiet"
NEEDS = {"root": "root", "gaussian.yaml": "gaussian.yaml"}
LINKS = [
    ".lock", "events.jsonl", "metrics.csv", "theory.csv", "run.json", "report.html",
    "experiment.yaml", "figures/headline.svg", "figures/headline.gnuplot",
    "figures/headline.partial", "figures/headline.partial.errors",
    "figures/.partial-1-1", ".partial-1-1", "records/.partial-1-1", "objects/.partial-1-1",
    "records/replace/seeds-0-3/generations-0-3.json",
]


class Files(Kind):
    name = "files"
    title = "links, pipes, read-only, full disks"

    def __init__(self, world):
        super().__init__(world)
        self.kinds = [
            self._links, self._links, self._special, self._read_only, self._full, self._links,
            self._special, self._full,
        ]

    def attempt(self, case):
        self.kinds[case.number % len(self.kinds)](case)

    def _links(self, case):
        """Links in a run directory that came from elsewhere lead no write outside it."""
        draw = case.random
        is_finished = draw.random() < 0.7
        fixture.place(
            self.world.fixture, case.folder, NEEDS | ({"out": "gaussian"} if is_finished else {}))
        victims = case.folder / "victims"
        victims.mkdir()
        for path in draw.sample(LINKS, draw.choice([1, 1, 2, 3])):
            link = case.folder / "out" / path
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            victim = victims / path.replace("/", "-")
            if draw.random() < 0.8:
                # A victim may hold what the name should, or what is none of its business.
                copy = self.world.fixture / "gaussian" / path
                is_alike = draw.random() < 0.5 and copy.is_file()
                victim.write_bytes(copy.read_bytes() if is_alike else b"precious\n")
                victim.chmod(0o644)
            link.symlink_to(victim)
            case.say(f"out/{path} leads to {victim.relative_to(case.folder)}")
        before = trees.tree(victims)
        command = RUN if not is_finished else draw.choice([RUN, "report out"])
        case.say(f"then: {command}")
        outcome = self.world.program.run(command.split(), case.folder).require_sane()
        outcome.require_named(["out"], "planted links")
        if trees.tree(victims) != before:
            changed = [path for path, digest in trees.tree(victims).items()
                       if before.get(path) != digest]
            raise Fault(f"{command.split()[0]} writes through a planted link", changed[0])

    def _special(self, case):
        """A folder of texts with pipes, devices and loops is imported without them, or refused."""
        draw = case.random
        fixture.place(self.world.fixture, case.folder, {"root": "root", "texts/a.txt": "text.txt"})
        texts = case.folder / "texts"
        makers = {
            "a pipe": lambda: os.mkfifo(texts / "pipe.txt"),
            "a link to /dev/zero": lambda: (texts / "zero.txt").symlink_to("/dev/zero"),
            "a link to /dev/full": lambda: (texts / "full.jsonl").symlink_to("/dev/full"),
            "a link to nothing": lambda: (texts / "nothing.txt").symlink_to("nowhere"),
            "a link to itself": lambda: (texts / "self.txt").symlink_to("self.txt"),
            "a loop of folders": lambda: (texts / "loop").symlink_to("."),
            "a folder named as a text": lambda: (texts / "folder.txt").mkdir(),
            "a link to a pipe": lambda: self._link_to_pipe(case.folder, texts),
            "a socket": lambda: self._socket(texts / "s.txt"),
        }
        for name in draw.sample(sorted(makers), draw.choice([1, 1, 2, 4])):
            makers[name]()
            case.say(f"texts/ has {name}")
        path = draw.choice(["texts", "texts", "texts", *(
            f"texts/{name}" for name in sorted(os.listdir(texts)) if name != "loop")])
        command = f"corpus import {path} --name mine --documents blocks"
        case.say(f"then: {command}")
        outcome = self.world.program.run(command.split(), case.folder, limit=20).require_sane()
        outcome.require_named(["texts", "mine"], "import of an odd folder")

    @staticmethod
    def _link_to_pipe(folder, texts):
        os.mkfifo(folder / "pipe")
        (texts / "link.md").symlink_to("../pipe")

    @staticmethod
    def _socket(path):
        here = os.open(path.parent, os.O_RDONLY)
        with socket.socket(socket.AF_UNIX) as listener:
            # The path of a socket is short.
            listener.bind(f"/proc/self/fd/{here}/{path.name}")
        os.close(here)

    def _read_only(self, case):
        """What may not be written is refused with its name, and not changed."""
        draw = case.random
        is_finished = draw.random() < 0.7
        fixture.place(
            self.world.fixture, case.folder, NEEDS | ({"out": "gaussian"} if is_finished else {}))
        out = case.folder / "out"
        out.mkdir(exist_ok=True)
        user = None
        if os.geteuid() == 0:
            user = NOBODY
            self._require_reachable(case.folder)
        command = RUN if not is_finished else draw.choice([RUN, "report out"])
        places = [path for path in [out, *out.glob("**/")] if path.is_dir()]
        chosen = draw.choice([places, [draw.choice(places)]])
        case.say(", ".join(sorted(str(path.relative_to(case.folder)) for path in chosen))
                 + " read-only")
        if user is not None:
            for path in [case.folder, *case.folder.glob("**/*")]:
                os.chown(path, user, user)
        for path in chosen:
            path.chmod(0o555)
        before = trees.tree(out)
        case.say(f"then, as an ordinary user: {command}")
        outcome = self.world.program.run(command.split(), case.folder, user=user).require_sane()
        for path in chosen:
            path.chmod(0o755)
        outcome.require_named(["out"], "a read-only directory")
        if out in chosen:
            if outcome.status == 0 and not is_finished:
                raise Fault("a run in a read-only directory ends with 0", str(outcome))
            after = trees.results(trees.tree(out))
            if {path for path in after if "/" not in path} != {
                path for path in trees.results(before) if "/" not in path
            }:
                raise Fault("a read-only directory is changed")
        case.say(f"then with permission: {RUN}")
        outcome = self.world.program.run(RUN.split(), case.folder, user=user)
        outcome.require_success("a run in a directory that may be written again")
        self._require_results(case, "a run in a directory that may be written again")

    def _require_reachable(self, folder):
        """Lets everyone pass to the case's folder; skips where that or the program is private."""
        for path in [folder, *folder.parents]:
            if path.stat().st_mode & 0o001:
                continue
            if path == self.world.scratch.parent or path in self.world.scratch.parents:
                raise Skipped(f"an ordinary user cannot reach {path}")
            path.chmod(0o755)
        # As that user, not as root, who may do everything.
        reached = subprocess.run(
            [self.world.program.path, "--version"], capture_output=True, user=NOBODY,
            group=NOBODY, extra_groups=[], check=False) if self._may_run() else None
        if reached is None or reached.returncode != 0:
            raise Skipped("an ordinary user cannot run the program")

    def _may_run(self):
        return all(
            path.stat().st_mode & 0o001
            for path in [Path(self.world.program.path), *Path(self.world.program.path).parents])

    def _full(self, case):
        """On a disk that fills up a run stops, and goes on when there is room again."""
        if os.geteuid() != 0 or not shutil.which("mount"):
            raise Skipped("only root can mount a small file system")
        fixture.place(self.world.fixture, case.folder, NEEDS)
        out = case.folder / "out"
        out.mkdir()
        size = case.random.randint(5, 75)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={4 * size}k", "tmpfs", str(out)]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            raise Skipped("mount is refused here")
        try:
            case.say(f"out is a file system of {4 * size} KiB, then: {RUN}")
            outcome = self.world.program.run(RUN.split(), case.folder).require_sane()
            outcome.require_named(["out"], "a full disk")
            if outcome.status == 0:
                says_so = "figure" in outcome.errors
                apart = re.compile(r"^(figures/|report\.html)") if says_so else None
                self._require_results(case, "a run on a full disk that ends with 0", apart)
            subprocess.run(
                ["mount", "-o", "remount,size=16m", str(out)], capture_output=True, check=True)
            case.say(f"then with room: {RUN}")
            self.world.program.run(RUN.split(), case.folder).require_success(
                "a run on a disk with room again")
            self._require_results(case, "a run on a disk with room again")
        finally:
            subprocess.run(["umount", str(out)], capture_output=True, check=True)

    def _require_results(self, case, what, apart_from=None):
        wanted = trees.tree(self.world.fixture / "gaussian")
        trees.require_equal(case.folder / "out", wanted, what, apart_from)
