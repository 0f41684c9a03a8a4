"""What the benchmarks share: running programs in turns, and a table of medians."""

import json
import os
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAB = os.path.join(ROOT, "scripts", "collapselab")
BENCHMARKS = os.path.join(ROOT, ".build", "release", "Benchmarks")


def corpus(name="austen"):
    """The documents of a corpus as one text file, fetched where it is missing."""
    path = os.path.join(ROOT, "corpora", ".cache", name, "documents.txt")
    if not os.path.exists(path):
        subprocess.run([LAB, "corpus", "fetch", name], check=True, stdout=sys.stderr)
    return path


def timed(command, stdout=subprocess.DEVNULL):
    """Wall seconds and peak memory in MB of a program."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)} failed:\n{message.decode(errors='replace')}")
    return seconds, usage.ru_maxrss / 1024


def answers(command):
    """The JSON object that a program prints."""
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def medians(rounds):
    """The median of each value over several rounds of a dictionary."""
    return {key: statistics.median(entry[key] for entry in rounds) for key in rounds[0]}


def in_turns(count, *measurements):
    """Runs each measurement once a round, so that a change of the machine's pace meets all of them."""
    results = [[] for _ in measurements]
    for round in range(count):
        for result, measurement in zip(results, measurements):
            result.append(measurement())
        print(f"round {round + 1} of {count}", file=sys.stderr)
    return [medians(result) for result in results]


def table(title, columns, rows):
    """Prints rows of cells under a title."""
    widths = [max(len(str(row[index])) for row in [columns] + rows) for index in range(len(columns))]
    print(f"\n{title}")
    for row in [columns] + rows:
        cells = [str(cell).ljust(width) if index == 0 else str(cell).rjust(width)
                 for index, (cell, width) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells).rstrip())
