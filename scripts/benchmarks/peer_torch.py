"""PyTorch at the work of `Benchmarks transformer`: prints tokens a second, or seconds, and peak memory as JSON.

A GPT-2 with tied embeddings, AdamW, gradient clipping and no dropout, written as PyTorch runs it fastest on a CPU: fused
attention and optimizer, keys and values cached in whole, tokens drawn by an exponential race.
"""

import argparse
import json
import math
import os
import resource
import statistics
import time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("work", choices=["train", "sample", "evaluate", "generation"])
for size in ("layers", "heads", "width", "context", "vocabulary", "batch"):
    parser.add_argument(size, type=int)
parser.add_argument("precision", choices=["float32", "bfloat16"])
parser.add_argument("workers", type=int)
parser.add_argument("seconds", type=float)
parser.add_argument("--compile", action="store_true")
options = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = str(options.workers)

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

torch.set_num_threads(options.workers)
torch.manual_seed(1)
LAYERS, HEADS, WIDTH, CONTEXT = options.layers, options.heads, options.width, options.context
VOCABULARY, BATCH = options.vocabulary, options.batch
HEAD = WIDTH // HEADS
STREAMS, LENGTH = 256, 128
rounds_to_bfloat16 = options.precision == "bfloat16"


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention_norm, self.inner_norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention_in, self.attention_out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.inner_in, self.inner_out = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def finish(self, x, attended):
        x = x + self.attention_out(attended)
        return x + self.inner_out(F.gelu(self.inner_in(self.inner_norm(x)), approximate="tanh"))

    def forward(self, x):
        rows, length, _ = x.shape
        parts = self.attention_in(self.attention_norm(x)).view(rows, length, 3, HEADS, HEAD)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.finish(x, attended.transpose(1, 2).reshape(rows, length, WIDTH))

    def decode(self, x, keys, values, position):
        rows = x.shape[0]
        query, key, value = self.attention_in(self.attention_norm(x)).view(rows, 3, HEADS, HEAD).unbind(1)
        keys[:, :, position], values[:, :, position] = key, value
        seen = slice(0, position + 1)
        attended = F.scaled_dot_product_attention(query.unsqueeze(2), keys[:, :, seen], values[:, :, seen])
        return self.finish(x, attended.reshape(rows, WIDTH))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks, self.norm = nn.ModuleList(Block() for _ in range(LAYERS)), nn.LayerNorm(WIDTH)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                residual = name.endswith("_out.weight")
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * LAYERS) if residual else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, tokens, targets):
        x = self.tokens(tokens) + self.positions.weight[:tokens.shape[1]]
        for block in self.blocks:
            x = block(x)
        logits = F.linear(self.norm(x), self.tokens.weight)
        return F.cross_entropy(logits.view(-1, VOCABULARY).float(), targets.reshape(-1))

    def decode(self, tokens, caches, position):
        x = self.tokens(tokens) + self.positions.weight[position]
        for block, (keys, values) in zip(self.blocks, caches):
            x = block.decode(x, keys, values, position)
        return F.linear(self.norm(x), self.tokens.weight)


def windows(tokens, starts):
    text = tokens[starts[:, None] + torch.arange(CONTEXT + 1)]
    return text[:, :-1].contiguous(), text[:, 1:].contiguous()


def mixed():
    return torch.autocast("cpu", torch.bfloat16, enabled=rounds_to_bfloat16)


class Training:
    def __init__(self):
        self.model = Model()
        self.loss = torch.compile(self.model) if options.compile else self.model
        matrices = [p for p in self.model.parameters() if p.dim() == 2]
        vectors = [p for p in self.model.parameters() if p.dim() < 2]
        self.optimizer = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}],
            lr=1e-3, betas=(0.9, 0.95), fused=True)
        self.data = torch.randint(VOCABULARY, (1 << 20,))

    def step(self):
        inputs, targets = windows(self.data, torch.randint(len(self.data) - CONTEXT - 1, (BATCH,)))
        with mixed():
            loss = self.loss(inputs, targets)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0, foreach=True)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.detach()


@torch.inference_mode()
def sample(model, length):
    kind = next(model.parameters()).dtype
    caches = [tuple(torch.empty(STREAMS, HEADS, CONTEXT, HEAD, dtype=kind) for _ in range(2))
              for _ in range(LAYERS)]
    tokens, race = torch.randint(VOCABULARY, (STREAMS,)), torch.empty(STREAMS, VOCABULARY)
    for position in range(length):
        shares = torch.softmax(model.decode(tokens, caches, position).float(), -1)
        tokens = shares.div_(race.exponential_()).argmax(-1)
    return STREAMS * length


@torch.inference_mode()
def evaluate(model, tokens):
    windows_count = (len(tokens) - 1) // CONTEXT
    for first in range(0, windows_count, 64):
        inputs, targets = windows(tokens, torch.arange(first, min(first + 64, windows_count)) * CONTEXT)
        with mixed():
            float(model(inputs, targets))
    return windows_count * CONTEXT


def decoder(model):
    model = model.bfloat16() if rounds_to_bfloat16 else model
    if options.compile:
        model.decode = torch.compile(model.decode, dynamic=True)
    return model.eval()


def rate(action, warm_up=1):
    """Tokens a second, the median of pieces of at least half a second."""
    for _ in range(warm_up):
        action()
    rates, begin = [], time.perf_counter()
    while len(rates) < 3 or time.perf_counter() - begin < options.seconds:
        tokens, start = 0, time.perf_counter()
        while time.perf_counter() - start < 0.5:
            tokens += action()
        rates.append(tokens / (time.perf_counter() - start))
    return statistics.median(rates)


def generation():
    begin = time.perf_counter()
    training = Training()
    for _ in range(1_000_000 // (BATCH * CONTEXT)):
        float(training.step())
    trained = time.perf_counter()
    model, count = decoder(training.model), 0
    while count < 1_000_000:
        count += sample(model, CONTEXT)
    sampled = time.perf_counter()
    evaluate(training.model.float(), training.data[:100_000])
    end = time.perf_counter()
    return {"train": trained - begin, "sample": sampled - trained, "evaluate": end - sampled, "total": end - begin}


def train():
    training = Training()

    def step():
        training.step()
        return BATCH * CONTEXT
    return rate(step, warm_up=3)


result = {}
if options.work == "train":
    result["tokens per second"] = train()
elif options.work == "sample":
    model = decoder(Model())
    length = min(LENGTH, CONTEXT)
    result["tokens per second"] = rate(lambda: sample(model, length))
elif options.work == "evaluate":
    model, text = Model().eval(), torch.randint(VOCABULARY, ((1 << 14) + 1,))
    model.forward = torch.compile(model.forward) if options.compile else model.forward
    result["tokens per second"] = rate(lambda: evaluate(model, text))
else:
    result = generation()
result["peak MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(result))
