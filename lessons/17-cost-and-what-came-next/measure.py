"""Measure what the README's tables say; PyTorch, one thread, seconds of the processor.

    python lessons/17-cost-and-what-came-next/measure.py race       # the same text
    python lessons/17-cost-and-what-came-next/measure.py lengths    # longer windows
    python lessons/17-cost-and-what-came-next/measure.py streaming  # one at a time

The networks are those of the lesson, whose cells are run here. Each part is written to
`measured.json` as soon as it is there; `figures.py` draws it and renews the tables in
the README. Rates are chosen on the last twentieth of the training part, for each
network by itself. Seconds are those that the processor spent on this process, so that
other programs count little.
"""

import json
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from unrolled import batches, data, measured, text
from unrolled.backends import pytorch as ur
from unrolled.source import percent

HERE = Path(__file__).parent
FILE = HERE / "measured.json"
SEEDS, TRIAL = range(5), 100  # the seed of the runs that choose a rate
RATES = (0.005, 0.01, 0.02, 0.04, 0.08)
BATCH, UPDATES, BUDGET = 16, (200,), 4.0  # equal letters, and equal seconds
TRIAL_UPDATES, HELD_OUT = 100, 131_072  # letters
BATCH_LETTERS, LENGTHS = 2048, (16, 64, 256, 1024)
LONG, LOOKS, AROUND = 10_000, (10, 100, 1000, 10_000), 50  # symbols, one at a time


def lesson(longest: int = 64) -> dict:
    """Return what the lesson's cells define: networks with places for `longest`."""
    corpus = data.text("plays")
    vocab = text.Vocab.from_text(corpus.text)
    train, valid = batches.split(vocab.encode(corpus.text), 0.95)
    found = {"torch": torch, "nn": nn, "np": np, "ur": ur, "T": longest}
    found |= {"scaled_dot_product_attention": scaled_dot_product_attention}
    found |= {"V": len(vocab), "train": train, "valid": valid}
    wanted = {"shifted", "scan", "lstm", "mixers", "block", "parameters"}
    for cell in percent.cells(HERE / "lesson.py", "pytorch"):
        if cell.name in wanted:
            exec(cell.code, found)
        if cell.name == "sizes":
            exec(cell.code.partition("for name")[0], found)
    return found


def cpu(run, times: int = 3) -> float:
    """Return the fewest seconds of the processor of several runs, after one more."""
    run()
    took = []
    for _ in range(times):
        began = time.process_time()
        run()
        took.append(time.process_time() - began)
    return min(took)


# ---- race ----------------------------------------------------------------------------


def race() -> None:
    """Train the three networks on equal letters and for equal seconds, five seeds."""
    of = lesson()
    learn, choose = batches.split(of["train"], 0.95)
    chosen_on = batches.Streams(choose[:HELD_OUT], 64, 64, whole=True)
    held_out = batches.Streams(of["valid"][:HELD_OUT], 64, 64, whole=True)
    found = {"letters held out": HELD_OUT}

    def run(name, text_, judge, seed, lr, updates):
        ur.seed(seed)
        model = of["made"][name][0]()
        began = time.process_time()
        streams = batches.Streams(text_, BATCH, 64)
        ur.fit(model, streams, steps=updates, lr=lr, progress=False)
        took = time.process_time() - began
        return model, ur.evaluate(model, judge), took

    for name in of["made"]:
        model = of["made"][name][0]()
        row = {"parameters": of["parameters"](model)}
        tried = {
            lr: run(name, learn, chosen_on, TRIAL, lr, TRIAL_UPDATES)[1] for lr in RATES
        }
        row["tried"] = tried
        row["rate"] = lr = min(tried, key=tried.get)
        speed = run(name, learn, chosen_on, TRIAL, lr, 40)[2] / 40
        equal = int(BUDGET / speed)
        for what, updates in (*((str(u), u) for u in UPDATES), ("seconds", equal)):
            runs = [
                run(name, of["train"], held_out, seed, lr, updates) for seed in SEEDS
            ]
            row[what] = {"updates": updates, "nats": [r[1] for r in runs]}
            row[what]["cpu seconds"] = [r[2] for r in runs]
            found[name] = row
            keep("race", found)
        print(name, row, flush=True)


# ---- lengths -------------------------------------------------------------------------


def lengths() -> None:
    """Time an update's forward and backward pass over 2,048 letters, by the window."""
    of = lesson(max(LENGTHS))
    found = {}
    for name, (build, _) in of["made"].items():
        ur.seed(0)
        model, took = build(), []
        for steps in LENGTHS:
            x = torch.randint(of["V"], (BATCH_LETTERS // steps, steps))

            def both(x=x, model=model):
                model(x).logsumexp(-1).mean().backward()

            took.append(1000 * cpu(both, 5))
        slope = np.polyfit(np.log(LENGTHS[-2:]), np.log(took[-2:]), 1)[0]
        found[name] = {"ms": took, "last exponent": slope}
        found[name]["multiply-adds"] = [
            multiply_adds(name, n, of["V"]) for n in LENGTHS
        ]
        print(name, found[name], flush=True)
    keep("lengths", {"steps": LENGTHS, "models": found})


def multiply_adds(name: str, n_steps: int, n_symbols: int) -> float:
    """Return the multiply-adds of the matrix products for one letter, on average."""
    if name == "LSTM":
        return 4 * 76 * (40 + 76) + 76 * n_symbols
    between, matrices = {"Transformer": (152, 4), "minGRU": (172, 3)}[name]
    one = matrices * 40 * 40 + 2 * 40 * between
    if name == "Transformer":  # the scores and the mixture, whole squares
        one += 2 * n_steps * 40
    return 2 * one + 40 * n_symbols


# ---- streaming -----------------------------------------------------------------------


@torch.no_grad()
def streaming() -> None:
    """Read 10,000 letters one at a time; what is kept, and the seconds of a letter."""
    of = lesson(LONG)
    ids = torch.tensor(of["train"][:LONG])[None]
    found = {}
    for name, (build, _) in of["made"].items():
        ur.seed(0)
        model = build().eval()
        step, kept = STEPS[name](model)
        said, took, sizes = [], [], []
        for t in range(LONG):
            began = time.process_time()
            logits = step(ids[:, t], t)
            took.append(time.process_time() - began)
            if t < 64:
                said.append(logits)
            if t + 1 in LOOKS:
                sizes.append(kept(t + 1))
        off = (torch.stack(said, 1) - model(ids[:, :64])).abs().max().item()
        if off > 1e-4:
            raise ValueError(f"{name}: step by step it is off by {off:g}")
        ms = [1000 * float(np.median(took[max(0, n - AROUND) : n])) for n in LOOKS]
        found[name] = {"bytes": sizes, "ms": ms, "off": off}
        print(name, found[name], flush=True)
    keep("streaming", {"steps": LOOKS, "models": found})


def step_of_lstm(model):
    """Return a function of one letter, and one that tells the bytes kept."""
    now = {"state": None}

    def step(x, t):
        h, now["state"] = model.lstm(model.embed(x)[:, None], now["state"])
        return model.out(h[:, 0])

    return step, lambda n: sum(4 * s.numel() for s in now["state"])


def step_of_stack(mix, size):
    """Return what makes such functions for a stack whose middle is `mix`."""

    def of(model):
        memory = [{} for _ in model.blocks]

        def step(x, t):
            x = model.embed(x) + model.place.weight[t]
            for block, kept in zip(model.blocks, memory, strict=True):
                x = x + mix(block.mix, block.norm(x), kept, t)
                x = x + block.each(block.norm2(x))
            return model.out(model.norm(x))

        return step, lambda n: size(n) * len(memory)

    return of


def attend(layer, x, kept, t):
    """Attend to all steps so far; keys and values go to places made before."""
    if not kept:
        shape = (1, layer.n_heads, LONG, x.shape[-1] // layer.n_heads)
        kept |= {"k": torch.zeros(shape), "v": torch.zeros(shape)}
    q, k, v = layer.qkv(x).unflatten(-1, (3, layer.n_heads, 1, -1)).unbind(1)
    kept["k"][:, :, t], kept["v"][:, :, t] = k[:, :, 0], v[:, :, 0]
    so_far = (kept["k"][:, :, : t + 1], kept["v"][:, :, : t + 1])
    return layer.out(scaled_dot_product_attention(q, *so_far).flatten(1))


def recur(layer, x, kept, t):
    """Make one step of a minGRU."""
    z = torch.sigmoid(layer.z(x))
    kept["h"] = (1 - z) * kept.get("h", torch.zeros_like(z)) + z * layer.n(x)
    return layer.out(kept["h"])


STEPS = {
    "LSTM": step_of_lstm,
    "Transformer": step_of_stack(attend, lambda n: 4 * 2 * 40 * n),
    "minGRU": step_of_stack(recur, lambda n: 4 * 40),
}


def keep(name: str, found: dict) -> None:
    """Write one part of `measured.json`."""
    stored = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    stored[name] = found
    FILE.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    torch.set_num_threads(1)
    measured.asked({"race": race, "lengths": lengths, "streaming": streaming})()
