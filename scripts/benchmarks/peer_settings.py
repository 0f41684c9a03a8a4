"""The loops of the task settings as a careful numpy user writes them: vectorised over seeds, sums kept where data only
grow. Prints the seconds as JSON. Arguments: the case, then how many processes share it."""

import itertools
import json
import os
import sys
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import multiprocessing  # noqa: E402

import numpy as np  # noqa: E402

# --- Kazdan et al. (2024): the Gaussian grid ---

KAZDAN = dict(dimensions=(1, 3, 10, 31, 100), sizes=(10, 32, 100, 316, 1000),
              workflows=("replace", "accumulate", "accumulate-subsample"), seeds=100, iterations=100)


def draws(rng, mean, factor, n):
    """n draws of each seed's N(mean, factor factor^T)."""
    normals = rng.standard_normal((mean.shape[0], n, factor.shape[2]))
    return np.matmul(normals, factor.transpose(0, 2, 1)) + mean[:, None, :]


def root(covariance, centred, n):
    """A factor of each covariance: Cholesky's, or where it is singular what is cheapest."""
    d = covariance.shape[1]
    if centred is not None and n <= d:
        return centred.transpose(0, 2, 1) / np.sqrt(n)
    try:
        return np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(covariance)
        return vectors * np.sqrt(np.maximum(values, 0))[:, None, :]


def gaussian(task):
    workflow, d, n, seeds, iterations, seed = task
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((seeds, n, d))
    log = np.empty((iterations, 3, seeds))
    pool = np.empty((seeds, n * iterations, d)) if workflow == "accumulate-subsample" else None
    count, total, squares = 0, 0, 0
    for t in range(iterations):
        centred = None
        if workflow == "accumulate":
            count, total = count + n, total + x.sum(axis=1)
            squares = squares + np.matmul(x.transpose(0, 2, 1), x)
            mean = total / count
            covariance = squares / count - mean[:, :, None] * mean[:, None, :]
        else:
            if workflow == "accumulate-subsample":
                pool[:, t * n:(t + 1) * n] = x
                x = np.stack([pool[s, rng.choice((t + 1) * n, n, replace=False, shuffle=False)]
                              for s in range(seeds)])
            mean = x.mean(axis=1)
            centred = x - mean[:, None, :]
            covariance = np.matmul(centred.transpose(0, 2, 1), centred) / n
        factor = root(covariance, centred, n)
        log[t, 0] = (mean * mean).sum(axis=1)
        log[t, 1] = np.trace(covariance, axis1=1, axis2=2) / d
        known = n if workflow != "accumulate" else count
        if known <= d:
            log[t, 2] = -np.inf
        elif factor.shape[2] == d:
            with np.errstate(divide="ignore"):
                log[t, 2] = 2 * np.log(np.abs(np.diagonal(factor, axis1=1, axis2=2))).sum(axis=1)
        x = draws(rng, mean, factor, n)
    return log


def kazdan():
    """Tasks of at most 1 GB of pool, the largest first."""
    tasks = []
    for d, n, workflow in itertools.product(KAZDAN["dimensions"], KAZDAN["sizes"], KAZDAN["workflows"]):
        rows = n * (KAZDAN["iterations"] if workflow == "accumulate-subsample" else 4)
        seeds = min(KAZDAN["seeds"], max(1, int(1e9 / (8 * rows * d))))
        for first in range(0, KAZDAN["seeds"], seeds):
            tasks.append((workflow, d, n, min(seeds, KAZDAN["seeds"] - first), KAZDAN["iterations"],
                          (d, n, first)))
    return gaussian, sorted(tasks, key=lambda task: -task[1] * task[1] * task[2] * task[3])


# --- Bakshi and Chakraborty (2026): the multinomial loop of bar D1 ---

def multinomial(task):
    symbols, n, runs, generations, seed = task
    rng = np.random.default_rng(seed)
    p = 1 / (np.arange(symbols) + 1 + 2.7)
    p /= p.sum()
    q = rng.multinomial(n, p, size=runs) / n
    risk = [((q - p) ** 2).sum(axis=1).mean()]
    for _ in range(generations - 1):
        q = rng.multinomial(n, q) / n
        risk.append(((q - p) ** 2).sum(axis=1).mean())
    return np.array(risk)


def bakshi():
    return multinomial, [(50, 200, 1500, 60, seed) for seed in (0, 1)]


CASES = {"kazdan-gaussian": kazdan, "bakshi-d1": bakshi}


def main():
    work, tasks = CASES[sys.argv[1]]()
    processes = int(sys.argv[2])
    begin = time.perf_counter()
    if processes == 1:
        results = [work(task) for task in tasks]
    else:
        with multiprocessing.Pool(processes) as pool:
            results = pool.map(work, tasks, chunksize=1)
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "arrays": len(results)}))


if __name__ == "__main__":
    main()
