"""How good forecasts are: forecast.py RUN... with run directories, beside "no change" and "a straight line".

For M = 4 and 8 and horizons 1, 5 and 20 every arm's headline is forecast from generations 0 to M alone and held against what the run
measured: the share of 90 % intervals that hold it, and the median error as a share of the measured value.
"""
import csv
import json
import math
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def measured(run, metric):
    seeds = defaultdict(list)
    with open(f"{run}/metrics.csv") as table:
        for row in csv.DictReader(table):
            if row["metric"] == metric:
                seeds[row["arm"], int(row["generation"])].append(float(row["value"]))
    return {key: statistics.fmean(values) for key, values in seeds.items()}


def forecasts(run, start, horizon):
    answer = subprocess.run([ROOT / "scripts/collapselab", "forecast", run, "--from", str(start), "--horizon", str(horizon),
                             "--json"], capture_output=True, text=True)
    return json.loads(answer.stdout) if answer.returncode == 0 else []


def judged(run):
    means = None
    for start in (4, 8):
        for row in forecasts(run, start, 20):
            steps = row["generation"] - start
            if steps not in (1, 5, 20) or row["low"] is None:
                continue
            means = means or measured(run, row["metric"])
            key = row["arm"], row["generation"]
            now, first = means.get((row["arm"], start)), means.get((row["arm"], 0))
            if key not in means or not math.isfinite(means[key]):
                continue
            then, scale = means[key], abs(means[key]) or 1
            line = now + (now - first) / start * steps
            yield steps, row["low"] <= then <= row["high"], *(abs(value - then) / scale
                                                              for value in (row["estimate"], now, line))


def main():
    print(f"  {'runs':28s} {'forecasts':>9s} {'90 % hold':>9s} {'error':>8s} {'no change':>9s} {'line':>8s}")
    every = []
    for run in sys.argv[1:]:
        if not Path(run, "metrics.csv").exists():
            print(f"  {Path(run).name}: unfinished, left out")
            continue
        rows = list(judged(run))
        every += rows
        report(Path(run).name, rows)
    for steps in (1, 5, 20):
        report(f"all, {steps} generations on", [row for row in every if row[0] == steps])
    report("all", every)


def report(name, rows):
    if rows:
        print(f"  {name:28s} {len(rows):9d} {sum(row[1] for row in rows) / len(rows):9.1%} "
              + " ".join(f"{statistics.median(row[column] for row in rows):8.2%}" for column in (2, 3, 4)))


main()
