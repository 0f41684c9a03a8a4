"""The transformer beside PyTorch, in turns, on the four shapes of the presets.

Figures are tokens a second; `limit` is what the machine's own sgemm would allow. PyTorch takes part where PYTHON_TORCH, or
the Python that runs this, has torch.
"""

import argparse
import os
import subprocess
import sys

import common

# Layers, heads, width, context, vocabulary, batch.
SHAPES = {
    "nano": (4, 4, 128, 128, 1024, 32),
    "micro": (6, 6, 192, 256, 2048, 16),
    "small": (6, 6, 384, 256, 4096, 16),
    "gpt2": (12, 12, 768, 256, 50257, 4),
}
WORKS = ("train", "sample", "evaluate")

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("shapes", nargs="*", help=f"of {' '.join(SHAPES)} (default: nano micro small)")
parser.add_argument("--work", nargs="+", choices=WORKS + ("generation",), default=WORKS)
parser.add_argument("--precision", nargs="+", choices=("float32", "bfloat16"), default=("float32", "bfloat16"))
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--seconds", type=float, default=3, help="how long each figure is measured in a round")
parser.add_argument("--workers", type=int, default=os.cpu_count())
parser.add_argument("--compile", action="store_true", help="let PyTorch compile, too; takes minutes")
options = parser.parse_args()
unknown = [name for name in options.shapes if name not in SHAPES]
if unknown:
    parser.error(f"no shape is called {unknown[0]}: choose from {', '.join(SHAPES)}")
python = os.environ.get("PYTHON_TORCH", sys.executable)
has_torch = subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0
# An allocator that keeps its memory spares PyTorch the page faults of large tensors, and costs it memory.
KEEPING = ["env", "MALLOC_MMAP_MAX_=0", f"MALLOC_TRIM_THRESHOLD_={1 << 31}", f"MALLOC_TOP_PAD_={1 << 28}"]


def operations(shape, work):
    """Floating-point operations of the matrix products for a token; attention sees half the context on average."""
    layers, _, width, context, vocabulary, _ = shape
    seen = min(context, 128) if work == "sample" else context
    forward = 2 * (12 * layers * width**2 + vocabulary * width) + 2 * seen * width * layers
    return 3 * forward if work == "train" else forward


def request(work, shape, precision):
    return [work, *map(str, shape), precision, str(options.workers), str(options.seconds)]


def ours(work, shape, precision):
    return lambda: common.answers([common.BENCHMARKS, "transformer", *request(work, shape, precision)])


def peer(work, shape, precision):
    """The best of PyTorch's settings; the memory is that of the plainest."""
    command = [python, os.path.join(os.path.dirname(__file__), "peer_torch.py"), *request(work, shape, precision)]

    def measure():
        plain = common.answers(command)
        others = [common.answers(KEEPING + command)]
        if options.compile:
            others.append(common.answers(KEEPING + command + ["--compile"]))
        better = min if work == "generation" else max
        return {key: plain[key] if key == "peak MiB" else better(result[key] for result in [plain, *others])
                for key in plain}
    return measure


peers = f"PyTorch on {options.workers} threads" if has_torch else "no PyTorch: set PYTHON_TORCH"
print(f"{options.workers} workers; medians of {options.rounds} rounds; {peers}", file=sys.stderr)
rows, generations = [], []
for name in options.shapes or ("nano", "micro", "small"):
    shape = SHAPES[name]
    for work in options.work:
        for precision in options.precision:
            measurements = [ours(work, shape, precision), ours("limit", shape, precision)]
            if has_torch:
                measurements.append(peer(work, shape, precision))
            result, limit, *theirs = common.in_turns(options.rounds, *measurements)
            theirs = theirs[0] if theirs else None
            label = f"{name} {precision}"
            print(f"{label} {work}: ours {result}, limit {limit}, PyTorch {theirs}", file=sys.stderr)
            if work == "generation":
                for phase in ("train", "sample", "evaluate", "total"):
                    generations.append(
                        [f"{label} {phase}", f"{result[phase]:.1f}"]
                        + ([f"{theirs[phase]:.1f}", f"{theirs[phase] / result[phase]:.2f}x"] if theirs else ["", ""]))
                continue
            speed = result["tokens per second"]
            most = limit["operations per second"] / operations(shape, work)
            row = [f"{label} {work}", f"{speed:,.0f}", f"{most:,.0f}", f"{speed / most:.0%}"]
            row += ([f"{theirs['tokens per second']:,.0f}", f"{speed / theirs['tokens per second']:.2f}x"]
                    if theirs else ["", ""])
            row.append(f"{result['peak MiB']:,.0f}")
            row += [f"{theirs['peak MiB']:,.0f}", f"{result['peak MiB'] / theirs['peak MiB']:.2f}"] if theirs else ["", ""]
            rows.append(row)
if rows:
    common.table(
        f"Transformer, tokens a second, {options.workers} workers, medians of {options.rounds} rounds",
        ["what", "ours", "limit", "share", "PyTorch", "ratio", "MiB", "PyTorch", "ratio"], rows)
if generations:
    common.table(
        "A generation: train 1M tokens, sample 1M, evaluate 100k, seconds", ["what", "ours", "PyTorch", "ratio"],
        generations)
