"""How often verdicts are right: the share of simulated experiments in which each is given, by drift, definition and seeds."""
import json
import os
import subprocess
import sys

import common

shares = json.loads(subprocess.run([os.path.join(common.ROOT, ".build", "release", "Benchmarks"), "verdict", *sys.argv[1:]],
                                   check=True, capture_output=True, text=True).stdout)
rows = sorted({tuple(name.split("/")[:3]) for name in shares})
print("\nOne arm, 12 generations, heavy-tailed chains that deviate by 3 margins at the end, a difference of 10 margins")
print(f"  {'drift':12s} {'definition':16s} {'verdict':12s} {'5 seeds':>8s} {'10 seeds':>8s} {'20 seeds':>8s}")
for row in rows:
    print(f"  {row[0]:12s} {row[1]:16s} {row[2]:12s} "
          + " ".join(f"{shares.get('/'.join((*row, str(seeds))), 0):8.1%}" for seeds in (5, 10, 20)))
