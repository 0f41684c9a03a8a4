"""Damaged inputs: a file is changed, and a command that reads it runs.

It must neither crash nor hang, name the file where it stops, and never pass damage on where the
file has a sum. Run directories and stores have oracles of their own.
"""

import shutil
import threading

from . import fixture, trees
from .cases import Fault, Kind
from .directories import Directories
from .targets import TARGETS


class Mutations(Kind):
    name = "mutations"
    title = "damaged inputs"

    # Damaged run directories are dear: each takes as long as a few of the others.
    DIRECTORY_SHARE = 0.1

    def __init__(self, world):
        super().__init__(world)
        self.directories = Directories(world)
        self.references = {}
        self.lock = threading.Lock()
        self.weights = [target.weight for target in TARGETS]

    def attempt(self, case):
        draw = case.random
        if draw.random() < self.DIRECTORY_SHARE:
            self.directories.attempt(case)
            return
        target = draw.choices(TARGETS, self.weights)[0]
        command = draw.choice(target.commands)
        path = draw.choice(target.files)
        fixture.place(self.world.fixture, case.folder, target.needs)
        file = case.folder / path
        is_lost = draw.random() < 0.02
        if is_lost:
            file.unlink()
        else:
            file.write_bytes(target.change(draw, file.read_bytes()))
        before = trees.tree(case.folder)
        case.say(f"{target.name}: {path} {'lost' if is_lost else 'changed'}, then: {command}")
        outcome = self.world.program.run(command.split(), case.folder)
        outcome.require_sane()
        outcome.require_named([path, file.name, *target.named], target.name)
        self._require_untouched(case, before, target.name)
        if target.is_sealed and outcome.status == 0:
            output, files = self._reference(target, command)
            if not target.is_output:
                files = {name: digest for name, digest in files.items() if name != path}
                files |= {path: before[path]} if path in before else {}
            trees.require_equal(case.folder, files, f"{target.name}: damage goes unnoticed")
            if outcome.output != output:
                raise Fault(f"{target.name}: damage goes unnoticed", "the output differs")

    @staticmethod
    def _require_untouched(case, before, what):
        """The command wrote its output and nothing else."""
        after = trees.tree(case.folder)
        for path in before.keys() | after.keys():
            mine = path.startswith(("out", "root/corpora/.cache/new/"))
            if not mine and before.get(path) != after.get(path):
                raise Fault(f"{what}: another file is written", path)

    def _reference(self, target, command):
        """The output and the files of an undisturbed command."""
        with self.lock:
            if (target.name, command) not in self.references:
                folder = self.world.scratch / "references" / f"mutation-{target.name}"
                shutil.rmtree(folder, ignore_errors=True)
                fixture.place(self.world.fixture, folder, target.needs)
                outcome = self.world.program.run(command.split(), folder)
                outcome.require_success("an undisturbed command")
                self.references[target.name, command] = (outcome.output, trees.tree(folder))
            return self.references[target.name, command]
