"""Seconds for one epoch: how items are batched, and who is told what is padding.

`python benchmarks/classification.py --epoch`. Three ways to batch: all padded to
the longest item of the set, each to its own longest, length buckets. Two ways to
leave padding out: a mask where the states are pooled, or the layer is told as well
(packing in PyTorch, a mask in Keras). Each cell is a process of its own.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from unrolled.source.layout import TRACKS

BATCHING = {
    "longest": "padded to the longest item of all",
    "own longest": "each batch padded to its own longest",
    "buckets": "length buckets",
}
TOLD = {"pooling": "mask where states are pooled", "layer": "the layer is told as well"}


class Batches:
    """(x, mask, y) of one epoch, batched in one of the three ways."""

    def __init__(self, ids: list, y: np.ndarray, how: str) -> None:
        from unrolled import batches

        rng = np.random.default_rng(0)
        self.ids, self.y, self.how, self.rng = ids, y, how, rng
        self.buckets = batches.Buckets(ids, y, 32, rng)
        self.longest = max(map(len, ids))

    def __len__(self) -> int:
        return len(self.buckets) if self.how == "buckets" else -(-len(self.ids) // 32)

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        from unrolled import batches

        if self.how == "buckets":
            yield from self.buckets
            return
        order = self.rng.permutation(len(self.ids))
        for k in range(0, len(order), 32):
            rows = order[k : k + 32]
            x, mask = batches.pad([self.ids[row] for row in rows])
            if self.how == "longest":
                wider = [(0, 0), (0, self.longest - x.shape[1])]
                x, mask = np.pad(x, wider), np.pad(mask, wider)
            yield x, mask, self.y[rows]


def pytorch_model(n_words: int, n_out: int, told: str):
    """Return embedding 64, LSTM 64, highest states, logits."""
    import torch
    from torch import nn

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(n_words, 64)
            self.lstm = nn.LSTM(64, 64, batch_first=True)
            self.out = nn.Linear(64, n_out)

        def forward(self, x, mask):
            e = self.embed(x)
            if told == "layer":
                e = nn.utils.rnn.pack_padded_sequence(
                    e, mask.sum(dim=1), batch_first=True, enforce_sorted=False
                )
            h, _ = self.lstm(e)
            if told == "layer":
                h, _ = nn.utils.rnn.pad_packed_sequence(
                    h, batch_first=True, total_length=x.shape[1]
                )
            return self.out(h.masked_fill(~mask[..., None], -torch.inf).amax(dim=1))

    return Model()


def tensorflow_model(n_words: int, n_out: int, told: str):
    """Return embedding 64, LSTM 64, highest states, logits."""
    import keras
    import tensorflow as tf

    class Model(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.embed = keras.layers.Embedding(n_words, 64)
            self.lstm = keras.layers.LSTM(64, return_sequences=True)
            self.out = keras.layers.Dense(n_out)

        def call(self, x, mask, training=False):
            e = self.embed(x)
            h = self.lstm(e, mask=mask) if told == "layer" else self.lstm(e)
            h = tf.where(mask[..., None], h, -np.inf)
            return self.out(tf.reduce_max(h, axis=1))

    return Model()


def child(track: str, name: str, how: str, told: str, args: argparse.Namespace) -> dict:
    """Return the seconds of each epoch after the first, and the share of padding."""
    import importlib

    from classify_task import encode, task, vocabulary

    ur = importlib.import_module(f"classify_{track}").backend(args.threads, 0)
    one = task(name, limit=args.limit)
    known = vocabulary(one)
    ids = encode(one, known)
    many = Batches([ids[row] for row in one.train], one.y[one.train], how)
    make = pytorch_model if track == "pytorch" else tensorflow_model
    model = make(1 + len(known), one.n_classes, told)
    now = time.process_time if args.clock == "cpu" else time.perf_counter
    marks = []
    ur.fit(
        model,
        many,
        epochs=4,
        every=len(many),
        after=lambda step: marks.append(now()),
        progress=False,
    )
    masks = [mask for _, mask, _ in many]
    padding = 1 - sum(m.sum() for m in masks) / sum(m.size for m in masks)
    return {"seconds": np.diff(marks).tolist(), "padding": float(padding)}


def table(args: argparse.Namespace) -> str:
    """Measure every cell in a process of its own; return a Markdown table."""
    lines = [
        "| set | batches | padding | "
        + " | ".join(f"{track}: {what}" for track in TRACKS for what in TOLD.values())
        + " |",
        "| --- | --- | --: | --: | --: | --: | --: |",
    ]
    for name in args.sets.split(","):
        for how, what in BATCHING.items():
            found = [
                _alone(track, name, how, told, args)
                for track in TRACKS
                for told in TOLD
            ]
            seconds = (f"{statistics.median(f['seconds']):.2f} s" for f in found)
            share = f"{found[0]['padding']:.0%}"
            lines.append(f"| {name} | {what} | {share} | {' | '.join(seconds)} |")
            print(lines[-1], file=sys.stderr, flush=True)
    return "\n".join(lines)


def _alone(track, name, how, told, args: argparse.Namespace) -> dict:
    from processes import in_own_process

    given = [track, name, how, told, args.clock, str(args.limit), str(args.threads)]
    return in_own_process(Path(__file__), given, args.threads)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    given = argparse.Namespace(
        clock=sys.argv[5], limit=int(sys.argv[6]), threads=int(sys.argv[7])
    )
    print(json.dumps(child(*sys.argv[1:5], given)))
