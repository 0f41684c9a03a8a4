"""What must be refused: one sentence, exit code 2, and nothing left."""

import shutil
from pathlib import Path

from .program import Fault


def refusals(world):
    """Tries each bad input; returns how many there were."""
    bare = dict(world.slurm.environment)
    bare["PATH"] = without(bare["PATH"], "sbatch")
    cases = [
        ("no scheduler on the PATH", [], bare, ["sbatch"]),
        ("no such partition", ["--partition", "nowhere"], None, ["nowhere"]),
        ("a value with a new line", ["--sbatch", "comment=a\n#SBATCH --uid=0"], None, ["sbatch"]),
        ("a value with a quote", ["--sbatch", 'comment="'], None, ["sbatch"]),
        ("a partition with a new line", ["--partition", "main\n#SBATCH -x"], None, ["partition"]),
        ("a time limit of words", ["--time", "soon"], None, ["time"]),
        ("an option that the program sets", ["--sbatch", "array=0-9"], None, ["array"]),
    ]
    for what, arguments, environment, names in cases:
        output = world.scratch / "refused"
        outcome = world.program.run(
            "run", *world.experiment, "--output", output, "--executor", "slurm", "--detach",
            *arguments, environment=environment)
        told = outcome.errors.strip()
        if outcome.status != 2:
            raise Fault(f"{what}: {outcome}")
        if not told or len(told.splitlines()) > 1 or not all(name in told for name in names):
            raise Fault(f"{what}: the message is no sentence about it: {outcome}")
        if output.exists():
            raise Fault(f"{what}: {output} was left")
        if queue := world.slurm.command("squeue", "-h").strip():
            raise Fault(f"{what}: a job was left: {queue}")
    return len(cases)


def without(path, command):
    """A PATH whose folders do not have a command."""
    folders = [folder for folder in path.split(":") if not (Path(folder) / command).exists()]
    assert not shutil.which(command, path=":".join(folders))
    return ":".join(folders)
