"""The loops of lsf-digits, pcpo-digits and nr-dcca in PyTorch, with their protocols: peer_networks.py CASE WORKERS SEEDS.

Prints a line of JSON with the seconds and, for each seed, what the last generation measured. Needs torch and scikit-learn.
"""
import copy
import json
import math
import multiprocessing
import sys
import time

import torch
from torch import nn
from torch.nn import functional

CLASSES = 10


class Denoiser(nn.Module):
    def __init__(self, steps, pixels=64, width=128, narrow=64):
        super().__init__()
        self.steps = steps
        self.classes = nn.Embedding(CLASSES, width)
        shapes = dict(time=(32, width), first=(pixels, width), second=(width, width), down=(width, narrow),
                      up=(narrow, width), joined=(2 * width, width), last=(width, pixels), middle=(width, narrow),
                      side=(width, width))
        self.layer = nn.ModuleDict({name: nn.Linear(*shape) for name, shape in shapes.items()})
        self.register_buffer("rates", torch.exp(-math.log(1e4) * torch.arange(16) / 15))

    def encoded(self, images, times, labels):
        angles = times[:, None] * (1000 / self.steps) * self.rates
        condition = functional.silu(self.layer["time"](torch.cat([angles.sin(), angles.cos()], 1)))
        if labels is not None:
            condition = condition + self.classes(labels)
        first = functional.silu(self.layer["first"](images) + condition)
        skipped = functional.silu(self.layer["second"](first)) + first
        return condition, skipped, functional.silu(self.layer["down"](skipped) + self.layer["middle"](condition))

    def forward(self, images, times, labels):
        condition, skipped, narrow = self.encoded(images, times, labels)
        wide = functional.silu(self.layer["up"](narrow) + self.layer["side"](condition))
        return self.layer["last"](functional.silu(self.layer["joined"](torch.cat([wide, skipped], 1))))


def digits():
    from sklearn.datasets import load_digits
    data = load_digits()
    return torch.tensor(data.data / 8 - 1, dtype=torch.float32), torch.tensor(data.target)


def levels(kind, steps):
    if kind == "linear":
        left = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000).double(), 0)
        left = left[[math.ceil(1000 * step / steps) - 1 for step in range(1, steps + 1)]]
    else:
        angle = (torch.arange(steps + 1).double() / steps + 0.008) / 1.008 * math.pi / 2
        left = (angle.cos() ** 2 / angle[0].cos() ** 2)[1:].clamp(1e-4, 0.9999)
    return torch.cat([torch.ones(1).double(), left]).float()


def train(net, left, images, labels, steps, rate, decays):
    optimizer = torch.optim.Adam(net.parameters(), lr=rate)
    for step in range(steps):
        chosen = torch.randint(len(images), (128,))
        times = torch.randint(1, len(left), (128,))
        noise, share = torch.randn(128, images.shape[1]), left[times][:, None]
        noisy = share.sqrt() * images[chosen] + (1 - share).sqrt() * noise
        loss = functional.mse_loss(net(noisy, times, labels[chosen]), noise)
        optimizer.zero_grad()
        loss.backward()
        if decays:
            optimizer.param_groups[0]["lr"] = rate * (1 - step / steps)
        optimizer.step()


def times_of(left, steps):
    last = len(left) - 1
    return [round(last * (steps - index) / steps) for index in range(steps)]


@torch.no_grad()
def draw(net, left, labels, steps=None, clips=True, path=None):
    images = torch.randn(len(labels), 64)
    times = times_of(left, steps or len(left) - 1)
    for now, then in zip(times, times[1:] + [0]):
        a, b = left[now], left[then]
        error = net(images, torch.full((len(labels),), now), labels)
        clean = (images - (1 - a).sqrt() * error) / a.sqrt()
        if clips:
            clean = clean.clamp(-1, 1)
            error = (images - a.sqrt() * clean) / (1 - a).sqrt()
        deviation = ((1 - b) / (1 - a) * (1 - a / b)).sqrt()
        noise = torch.randn_like(images)
        if path is not None and then > 0:
            reach = ((1 - a) * b / a).sqrt()
            path.append((now, images, error, noise, (reach - (1 - b - deviation**2).sqrt()) / deviation))
        images = b.sqrt() * clean + (1 - b - deviation**2).clamp(min=0).sqrt() * error + deviation * noise
    return images


class Judge:
    def __init__(self, images, labels):
        self.net = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 32), nn.ReLU(), nn.Linear(32, CLASSES))
        optimizer = torch.optim.Adam(self.net.parameters(), lr=2e-3, weight_decay=1e-4)
        for _ in range(600):
            chosen = torch.randint(len(images), (128,))
            loss = functional.cross_entropy(self.net(images[chosen] + 0.1 * torch.randn(128, 64)), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        self.real = self.features(images)
        self.radii = torch.cdist(self.real, self.real).kthvalue(6, 1).values

    @torch.no_grad()
    def features(self, images):
        return self.net[:4](images)

    @torch.no_grad()
    def __call__(self, images, labels):
        own = self.features(images)
        x, y = self.real.double(), own.double()
        values, vectors = torch.linalg.eigh(torch.cov(x.T))
        root = vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T
        common = torch.linalg.eigvalsh(root @ torch.cov(y.T) @ root).clamp(min=0).sqrt().sum()
        distance = ((x.mean(0) - y.mean(0)) ** 2).sum() + torch.cov(x.T).trace() + torch.cov(y.T).trace() - 2 * common
        between = torch.cdist(own, self.real)
        radii = torch.cdist(own, own).kthvalue(6, 1).values
        precision = (between <= self.radii).any(1).float().mean()
        recall = (between.T <= radii).any(1).float().mean()
        accuracy = (self.net(images).argmax(1) == labels).float().mean()
        return [distance.item(), precision.item(), recall.item(), accuracy.item()]


def lsf(seed):
    torch.manual_seed(seed)
    images, labels = digits()
    order = torch.randperm(len(images))
    images, labels = images[order], labels[order]
    real, of = images[:1000], labels[:1000]
    judge, left = Judge(images, labels), levels("cosine", 50)
    base = Denoiser(50)
    train(base, left, real, of, 2500, 1e-3, True)
    asked, probed = torch.arange(1000) % CLASSES, torch.arange(1500) % CLASSES

    @torch.no_grad()
    def latents(batch):
        noisy = left[5].sqrt() * batch + (1 - left[5]).sqrt() * torch.randn_like(batch)
        return base.encoded(noisy, torch.full((len(batch),), 5), None)[2]

    seen = latents(real)
    mean, unit, probe = seen.mean(0), seen.std(0) + 1e-6, nn.Linear(64, CLASSES)
    optimizer = torch.optim.Adam(probe.parameters(), lr=1e-2, weight_decay=1e-3)
    for _ in range(500):
        optimizer.zero_grad()
        functional.cross_entropy(probe((seen - mean) / unit), of).backward()
        optimizer.step()
    found = {}
    for arm in ("syn", "syn-add", "acur", "acu", "lsf"):
        net, pool, classes = copy.deepcopy(base), real, of
        for _ in range(5):
            own = draw(net, left, asked).clamp(-1, 1)
            pool, classes = torch.cat([pool, own]), torch.cat([classes, asked])
            if arm == "syn":
                kept = torch.arange(len(pool) - 1000, len(pool))
            elif arm == "syn-add":
                kept = torch.cat([torch.arange(len(pool) - 1000, len(pool) - 300), torch.randperm(1000)[:300]])
            elif arm == "acur":
                kept = torch.randperm(len(pool))[:1000]
            elif arm == "acu":
                kept = torch.arange(len(pool))
            else:
                with torch.no_grad():
                    sure = probe((latents(pool) - mean) / unit).softmax(1)[torch.arange(len(pool)), classes]
                kept = torch.cat([(classes == label).nonzero()[:, 0][sure[classes == label].argsort(descending=True)[:100]]
                                  for label in range(CLASSES)])
            train(net, left, pool[kept], classes[kept], 200 * len(kept) // 1000, 5e-4, False)
            found[arm] = judge(draw(net, left, probed).clamp(-1, 1), probed)
    return found


def pcpo(seed):
    torch.manual_seed(seed)
    images, labels = digits()
    judge, found = Judge(images, labels), {}
    asked, probed = torch.arange(200) % CLASSES, torch.arange(1500) % CLASSES
    bases = {}
    for kind in ("linear", "cosine"):
        bases[kind] = Denoiser(100)
        train(bases[kind], levels(kind, 100), images[:1000], labels[:1000], 2500, 1e-3, True)
    for arm in ("ddpo", "log-hinge", "reweighted", "log-snr", "ddpo-cosine", "reweighted-cosine"):
        kind = "cosine" if arm.endswith("cosine") else "linear"
        net, left = copy.deepcopy(bases[kind]), levels(kind, 100)
        optimizer = torch.optim.AdamW(net.parameters(), lr=3e-5, weight_decay=1e-4)
        for epoch in range(40):
            path = []
            own = draw(net, left, asked, 20, False, path)
            reward = own.clamp(-1, 1).mean(1)
            advantage = torch.zeros(200)
            for label in range(CLASSES):
                mine = asked == label
                advantage[mine] = (reward[mine] - reward[mine].mean()) / (reward[mine].std() + 1e-6)
            advantage = advantage.clamp(-5, 5)
            average = sum(step[4] for step in path) / len(path)
            for rows in torch.randperm(200).split(100):
                optimizer.zero_grad()
                for now, before, error, noise, weight in path:
                    shift = (average if arm.startswith("re") else weight) * (
                        net(before[rows], torch.full((100,), now), asked[rows]) - error[rows])
                    ratio = -(shift * noise[rows]).sum(1) - (shift**2).sum(1) / 2
                    gain = advantage[rows]
                    if arm.startswith("ddpo"):
                        loss = torch.maximum(-gain * ratio.exp(), -gain * ratio.exp().clamp(0.9, 1.1))
                    else:
                        loss = torch.relu(0.1 * gain.abs() - gain * ratio)
                    (loss.mean() / len(path)).backward()
                nn.utils.clip_grad_norm_(net.parameters(), 1.0)
                optimizer.step()
            if epoch % 2:
                found[arm] = judge(draw(net, left, probed, 20, False).clamp(-1, 1), probed)
    return found


def correlation(first, second):
    first, second = first - first.mean(0), second - second.mean(0)
    rows, ridge = len(first) - 1, 1e-3 * torch.eye(first.shape[1])
    left = torch.linalg.cholesky(first.T @ first / rows + ridge)
    right = torch.linalg.cholesky(second.T @ second / rows + ridge)
    whitened = torch.linalg.solve_triangular(left, first.T @ second / rows, upper=False)
    return torch.linalg.svdvals(torch.linalg.solve_triangular(right, whitened.T, upper=False)).sum()


def dcca(seed):
    torch.manual_seed(seed)
    common, found = torch.randn(2000, 50), {}
    views = []
    for part in (common[:, :36], common[:, 14:]):
        view = torch.tanh(part @ torch.randn(36, 50) / 6) @ torch.randn(50, 50) / math.sqrt(50)
        views.append((view - view.mean(0)) / view.std(0) + 0.1 * torch.randn(2000, 50))
    tasks = torch.tanh(common @ torch.randn(50, 50) / math.sqrt(50))[1000:]

    @torch.no_grad()
    def score(nets):
        rows = torch.cat([net(view[1000:]) for net, view in zip(nets, views)], 1)
        rows = torch.cat([(rows - rows.mean(0)) / (rows.std(0) + 1e-9), torch.ones(1000, 1)], 1)
        penalty, folds, scores = torch.eye(101), torch.arange(1000) % 5, []
        penalty[-1, -1] = 0
        for fold in range(5):
            seen, held = rows[folds != fold], rows[folds == fold]
            weights = torch.linalg.solve(seen.T @ seen + penalty, seen.T @ tasks[folds != fold])
            target = tasks[folds == fold]
            scores.append((1 - ((held @ weights - target) ** 2).mean(0) / target.var(0, unbiased=False)).mean())
        return (sum(scores) / 5).item()

    for alpha in (0, 2, 10, 50):
        nets = [nn.Sequential(nn.Linear(50, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 50))
                for _ in views]
        optimizer = torch.optim.Adam([parameter for net in nets for parameter in net.parameters()], lr=1e-3)
        for epoch in range(400):
            outputs = [net(view[:1000]) for net, view in zip(nets, views)]
            loss = -correlation(*outputs)
            for net, view, output in zip(nets, views, outputs) if alpha else ():
                noise = torch.randn(1000, 50)
                loss = loss + alpha * (correlation(output, net(noise)) - correlation(view[:1000], noise)).abs()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if epoch % 25 == 24:
                found[f"alpha {alpha}"] = score(nets)
    return found


def main():
    case, workers, seeds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(1)
    start = time.perf_counter()
    body = {"lsf-digits": lsf, "pcpo-digits": pcpo, "nr-dcca": dcca}[case]
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        found = pool.map(body, range(seeds), chunksize=1)
    print(json.dumps({"seconds": time.perf_counter() - start, "found": found}))


if __name__ == "__main__":
    main()
