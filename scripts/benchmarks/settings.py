"""Experiments of task settings, from specification to report, beside the same loops in numpy and PyTorch."""

import argparse
import os
import shutil
import sys
import tempfile

import common

# Recipe, what it counts, how many generations it has over all arms and seeds. Each has a loop of the same name in
# peer_settings.py.
CASES = {
    "kazdan-gaussian": ("Kazdan et al.'s Gaussian grid: 5 d x 5 n x 3 workflows x 100 seeds x 100 fits", 750_000),
    "bakshi-d1": ("Bakshi and Chakraborty's multinomial loop: 50 symbols, 200 draws, 3,000 seeds x 60 fits", 180_000),
    "lsf-digits": ("Self-consuming diffusion of 8 x 8 digits: 5 arms x 3 seeds x 6 models", 90),
    "pcpo-digits": ("Diffusion of digits trained by reward: 6 arms x 3 seeds x 21 models", 378),
    "nr-dcca": ("Deep CCA with noise regularisation: 4 arms x 3 seeds x 17 checkpoints", 204),
}
# Those whose peer is PyTorch, in peer_networks.py; the others' is numpy.
NETWORKS = ["lsf-digits", "pcpo-digits", "nr-dcca"]
SEEDS = 3

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("cases", nargs="*", choices=[[], *CASES], help="default: all")
arguments.add_argument("--rounds", type=int, default=3)
arguments.add_argument("--workers", type=int, default=os.cpu_count())
arguments.add_argument("--folder", help="where runs are written (default: a temporary folder)")
options = arguments.parse_args()
benchmarks = os.path.join(common.ROOT, "scripts", "benchmarks")


def ours(recipe, folder, *changes):
    """Seconds of a whole run: store, tables, figures and report included."""
    def run():
        output = os.path.join(folder, "run")
        shutil.rmtree(output, ignore_errors=True)
        seconds, _ = common.timed(
            [common.LAB, "run", recipe, "-o", output, "-q", "--workers", str(options.workers), *changes])
        return {"seconds": seconds}
    return run


def theirs(case):
    def run():
        if case in NETWORKS:
            command = ["peer_networks.py", case, str(options.workers), str(SEEDS)]
        else:
            command = ["peer_settings.py", case, str(options.workers)]
        answer = common.answers([sys.executable, os.path.join(benchmarks, command[0]), *command[1:]])
        return {"seconds": answer["seconds"]}
    return run


with tempfile.TemporaryDirectory(dir=options.folder) as folder:
    rows = []
    for case in options.cases or CASES:
        title, generations = CASES[case]
        measurements = [ours(case, folder), theirs(case)]
        names = ["CollapseLab", "PyTorch" if case in NETWORKS else "numpy"]
        if case == "kazdan-gaussian":
            measurements.insert(1, ours(case, folder, "--set", "drawing=rows"))
            names.insert(1, "CollapseLab, every draw made")
        results = common.in_turns(options.rounds, *measurements)
        last = results[-1]["seconds"]
        for name, result in zip(names, results):
            rows.append([f"{case}: {name}", f"{result['seconds']:.1f}", f"{generations / result['seconds']:,.0f}",
                         f"{last / result['seconds']:.1f}x"])
        print(f"{case}: {title}", file=sys.stderr)
    common.table(f"Whole runs with store, tables, figures and report, {options.workers} workers",
                 ["case", "seconds", "generations/s", "the peer's time over it"], rows)
