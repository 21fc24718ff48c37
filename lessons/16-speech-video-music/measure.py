"""Measure what the README's tables say, with five seeds each.

    python lessons/16-speech-video-music/measure.py order     # what order is worth
    python lessons/16-speech-video-music/measure.py voices    # each speaker held out
    python lessons/16-speech-video-music/measure.py strings   # CTC, unseen speaker
    python lessons/16-speech-video-music/measure.py tunes     # bits a symbol

Each writes its part of `measured.json`; `figures.py` makes the README's tables of it.
Networks run in PyTorch on one thread, with the functions of the lesson: what is
measured is what the lesson shows, with other seeds. A rate is chosen on a part of the
training rows, by itself for each network.
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from unrolled.source import percent

HERE = Path(__file__).parent
FILE = HERE / "measured.json"
SEEDS = range(5)
RATES = (0.003, 0.01, 0.03)


def lesson(seed: int, *names: str) -> SimpleNamespace:
    """Run the named cells of the PyTorch lesson with a seed; return their names."""
    os.environ["UNROLLED_SEED"] = str(seed)
    code = {c.name: c.code for c in percent.cells(HERE / "lesson.py", "pytorch")}
    scope: dict = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for name in ("imports", "framework", *names):
            exec(compile(code[name], f"<{name}>", "exec"), scope)
    return SimpleNamespace(**scope)


SPEECH = ("vowels", "listener", "learn")
DIGITS = (*SPEECH, "wave", "spectrum", "mel", "unseen")


def keep(part: str, values: dict) -> None:
    """Write one part into measured.json."""
    found = json.loads(FILE.read_text("utf-8")) if FILE.is_file() else {}
    found[part] = values
    text = json.dumps(found, indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n", "utf-8", newline="\n")
    for name, one in values.items():
        if name == "rates":
            print(one)
            continue
        print(f"{name:44} {np.median(one):.3f} ({min(one):.3f} to {max(one):.3f})")


def chosen(o: SimpleNamespace, x, y, rows, n_out: int, epochs: int) -> float:
    """Return the rate that is best on a third of the training rows."""
    mixed = np.random.default_rng(100).permutation(rows)
    held, rest = np.split(mixed, [len(rows) // 3])
    scores = {
        lr: o.right(o.learn(x, y, rest, n_out, epochs, lr), x, y, held) for lr in RATES
    }
    return max(scores, key=scores.get)


def shuffled(x: list, seed: int) -> list:
    """Return sequences whose frames stand in another order, drawn for each."""
    rng = np.random.default_rng(seed)
    return [one[rng.permutation(len(one))] for one in x]


def order() -> None:
    """Each task with its frames in order, in no order, and its linear baseline."""
    found: dict[str, list[float]] = {}

    def add(name, value):
        found.setdefault(name, []).append(float(value))

    rates: dict[str, float] = {}
    for seed in SEEDS:
        o = lesson(seed, *DIGITS, "clips", "watcher")
        tasks = {
            "speakers": (o.frames, o.said.labels, o.said, 9, 20),
            "digits": (o.mels, o.y, o.spoken, 10, 25),
        }
        for task, (x, y, of, n_out, epochs) in tasks.items():
            bag = o.with_mean(x) if task == "digits" else x
            add(f"{task}, linear", o.linear(bag, y, of.train, of.test))
            for name, frames in (
                ("GRU", x),
                ("GRU, frames shuffled", shuffled(x, seed)),
            ):
                key = f"{task}, {name}"
                if key not in rates:
                    rates[key] = chosen(o, frames, y, of.train, n_out, epochs)
                model = o.learn(frames, y, of.train, n_out, epochs, rates[key])
                add(key, o.right(model, frames, y, of.test))
        for name, in_order, n_frames in CONTENDERS:
            key = f"directions, {name}"
            if key not in rates:
                held = o.clips(o.images[900:1200], 500, np.random.default_rng(100))
                scores = {
                    lr: watched(o, in_order, n_frames, lr, o.images[:900], *held)
                    for lr in RATES
                }
                rates[key] = max(scores, key=scores.get)
            test = o.x_clips, o.way
            how = in_order, n_frames, rates[key], o.images[:1200]
            add(key, watched(o, *how, *test))
        print(seed, flush=True)
    keep("order", found | {"rates": rates})


CONTENDERS = (
    ("CNN and GRU", True, 6),
    ("CNN and mean of frames", False, 6),
    ("CNN and GRU, one frame", True, 1),
)


def watched(o, in_order: bool, n_frames: int, lr: float, images, x, y) -> float:
    """Train as the lesson does, on clips of these images; return the accuracy."""
    o.ur.seed(o.SEED)
    rng = np.random.default_rng(o.SEED)
    many = (o.clips(images, 32, rng) for _ in range(250))
    many = [(clip[:, :n_frames], way) for clip, way in many]
    model = o.Watcher(in_order)
    o.ur.fit(model, many, lr=lr, progress=False)
    asked = o.ur.tensor(np.ascontiguousarray(x[:, :n_frames]))
    said = o.ur.array(o.ur.ready(model)(asked)).argmax(-1)
    return o.metrics.accuracy(said, y)


def voices() -> None:
    """Each speaker of the digits held out once, and a random split."""
    found: dict[str, list[float]] = {}
    for seed in SEEDS:
        o = lesson(seed, *DIGITS)
        rows = np.arange(len(o.y))
        for k, name in enumerate(o.spoken.who):
            test = o.spoken.speakers == k
            model = o.learn(o.mels, o.y, rows[~test], 10, 25)
            value = o.right(model, o.mels, o.y, rows[test])
            found.setdefault(f"{name}, GRU", []).append(value)
            bag = o.with_mean(o.mels)
            value = o.linear(bag, o.y, rows[~test], rows[test])
            found.setdefault(f"{name}, linear", []).append(value)
        mixed = np.random.default_rng(seed).permutation(rows)
        model = o.learn(o.mels, o.y, mixed[50:], 10, 25)
        value = o.right(model, o.mels, o.y, mixed[:50])
        found.setdefault("random split, GRU", []).append(value)
    keep("voices", found)


CTC = ("ctc-loss", "strings", "speller", "update", "spell-training", "greedy")


def strings() -> None:
    """The digit error rate of strings by the unseen speaker."""
    found: dict[str, list[float]] = {}
    for seed in SEEDS:
        o = lesson(seed, *DIGITS, *CTC)
        rate = o.wrong / sum(map(len, o.y_test))
        found.setdefault("GRU and CTC", []).append(rate)
    keep("strings", found)


def tunes() -> None:
    """Bits a symbol of unseen tunes, for the lesson's updates and 1,000."""
    found: dict[str, list[float]] = {}
    for seed in SEEDS:
        o = lesson(seed, "tunes", "composer", "bits")
        found.setdefault("6-gram, Kneser and Ney", []).append(o.table_bits)
        found.setdefault("LSTM, 150 updates", []).append(o.bits)
        o.ur.seed(seed)
        longer = o.Composer(len(o.vocab), 192)
        how = {"steps": 1000, "lr": 0.006, "stateful": True, "progress": False}
        o.ur.fit(longer, o.streams, **how)
        nats = o.ur.evaluate(longer, o.held_out, stateful=True)
        found.setdefault("LSTM, 1,000 updates", []).append(o.metrics.bits(nats))
        print(found)
    keep("tunes", found)


PARTS = {"order": order, "voices": voices, "strings": strings, "tunes": tunes}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
