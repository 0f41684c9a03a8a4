"""What it costs to share a run: many small units done by one process, and by several that claim them from files."""
import argparse
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

import common

PROGRAM = os.path.join(common.ROOT, ".build", "release", "collapselab")
# Ten chains of three Gaussian fits: a unit takes a fraction of a millisecond.
EXPERIMENT = """\
name: units
setting: gaussian
generations: 2
seeds: 0..{last}
sample-size: 10
arms: {{replace: {{workflow: replace}}}}
"""


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(*commands):
    """Runs commands side by side: the seconds of the clock, and those of the processors."""
    before, start = processor_seconds(), time.monotonic()
    processes = [subprocess.Popen([PROGRAM, *command, "-q"], stdout=subprocess.DEVNULL) for command in commands]
    for process in processes:
        if process.wait() != 0:
            raise SystemExit(f"failed: {process.args}")
    return time.monotonic() - start, processor_seconds() - before


def round_of(folder, units, workers):
    """One process and several do the same; returns the seconds that each took for the units alone."""
    for name in ("alone", "shared"):
        shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
    experiment, alone, shared = (os.path.join(folder, name) for name in ("units.yaml", "alone", "shared"))
    one = measured(["prepare", experiment, "-o", alone]), measured(["worker", alone, "--workers", "1"])
    measured(["prepare", experiment, "-o", shared])
    several = measured(*[["worker", shared, "--workers", "1"]] * workers)
    done = len(os.listdir(os.path.join(shared, "work", "done")))
    if done != units:
        raise SystemExit(f"{done} of {units} units are done")
    run = os.path.join(folder, "run")
    shutil.rmtree(run, ignore_errors=True)
    whole, collected = measured(["run", experiment, "-o", run, "--workers", "1"]), measured(["collect", alone])
    return {"run, less its collection": (whole[0] - collected[0], whole[1] - collected[1]),
            "one worker": one[1], f"{workers} workers": several}


parser = argparse.ArgumentParser(prog="scripts/bench cluster")
parser.add_argument("--units", type=int, default=10_000)
parser.add_argument("--workers", type=int, default=8)
parser.add_argument("--rounds", type=int, default=3)
options = parser.parse_args()
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "units.yaml"), "w") as file:
        file.write(EXPERIMENT.format(last=10 * options.units - 1))
    rounds = [round_of(folder, options.units, options.workers) for _ in range(options.rounds)]
print(f"\n{options.units} units; medians of {options.rounds} rounds, {os.cpu_count()} processors")
print(f"  {'':28s} {'wall s':>8s} {'processor s':>12s} {'ms a unit':>10s}  over the run, ms a unit")
base = statistics.median(one["run, less its collection"][1] for one in rounds)
for name in rounds[0]:
    wall = statistics.median(one[name][0] for one in rounds)
    processor = statistics.median(one[name][1] for one in rounds)
    print(f"  {name:28s} {wall:8.2f} {processor:12.2f} {1_000 * processor / options.units:10.3f}"
          f"  {1_000 * (processor - base) / options.units:10.3f}")
