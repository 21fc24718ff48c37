"""Measure what the README's tables say, with five seeds each.

    python lessons/16-speech-video-music/measure.py order     # what order is worth
    python lessons/16-speech-video-music/measure.py voices    # each speaker held out
    python lessons/16-speech-video-music/measure.py strings   # CTC, unseen speaker
    python lessons/16-speech-video-music/measure.py tunes     # bits a symbol
    python lessons/16-speech-video-music/measure.py dances    # told apart

Each writes its part of `measured.json`; `figures.py` makes the README's tables of it.
Networks run in PyTorch on one thread, with the functions of the lesson: what is
measured is what the lesson shows, with other seeds. A rate is chosen on a part of the
training rows, by itself for each network.
"""

import contextlib
import io
import json
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from sklearn.linear_model import LogisticRegression

from unrolled.source import percent

HERE = Path(__file__).parent
FILE = HERE / "measured.json"
SEEDS = range(5)
RATES = (0.003, 0.01, 0.03, 0.06)


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


def divided(rows) -> tuple[np.ndarray, np.ndarray]:
    """Return two thirds of the training rows, to learn, and a third, to choose by."""
    mixed = np.random.default_rng(100).permutation(rows)
    held, rest = np.split(mixed, [len(rows) // 3])
    return rest, held


def chosen(o: SimpleNamespace, x, y, rows, n_out: int, epochs: int, rates=RATES):
    """Return the rate that is best on a third of the training rows."""
    return best_rate(o, x, y, *divided(rows), n_out, epochs, rates)


def best_rate(
    o: SimpleNamespace, x, y, rest, held, n_out: int, epochs: int, rates=RATES
) -> float:
    """Return the rate with which a network that learns `rest` is best on `held`."""
    scores = {
        lr: o.right(o.learn(x, y, rest, n_out, epochs, lr), x, y, held) for lr in rates
    }
    return max(scores, key=scores.get)


def shuffled(x: list, seed: int) -> list:
    """Return sequences whose frames stand in another order, drawn for each."""
    rng = np.random.default_rng(seed)
    return [one[rng.permutation(len(one))] for one in x]


def spread(x: list) -> list:
    """Return the mean and the deviation of each sequence's frames: no order is left."""
    return [np.concatenate([one.mean(0), one.std(0)])[None] for one in x]


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
            given = o.unscaled if task == "digits" else x
            for name, bag in (("mean", given), ("mean and deviation", spread(given))):
                add(f"{task}, linear, {name}", o.linear(bag, y, of.train, of.test))
            name = f"{task}, linear, means of thirds"
            add(name, o.linear(o.thirds(given), y, of.train, of.test))
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
    """Each speaker of the digits held out once, and a random split.

    A rate is chosen without the speaker held out: on the voice that comes next.
    """
    found: dict[str, list[float]] = {}
    rates: dict[str, float] = {}
    for seed in SEEDS:
        o = lesson(seed, *DIGITS)
        rows = np.arange(len(o.y))
        for k, name in enumerate(o.spoken.who):
            test = o.spoken.speakers == k
            key = f"{name}, GRU"
            if key not in rates:
                held = o.spoken.speakers == (k + 1) % len(o.spoken.who)
                parts = rows[~test & ~held], rows[held]
                rates[key] = best_rate(o, o.mels, o.y, *parts, 10, 25)
            model = o.learn(o.mels, o.y, rows[~test], 10, 25, rates[key])
            value = o.right(model, o.mels, o.y, rows[test])
            found.setdefault(key, []).append(value)
            for what, bag in (("thirds", o.thirds), ("mean and deviation", spread)):
                value = o.linear(bag(o.unscaled), o.y, rows[~test], rows[test])
                found.setdefault(f"{name}, linear, {what}", []).append(value)
        mixed = np.random.default_rng(seed).permutation(rows)
        key = "random split, GRU"
        if key not in rates:
            rates[key] = chosen(o, o.mels, o.y, mixed[50:], 10, 25)
        model = o.learn(o.mels, o.y, mixed[50:], 10, 25, rates[key])
        value = o.right(model, o.mels, o.y, mixed[:50])
        found.setdefault(key, []).append(value)
        for what, bag in (("thirds", o.thirds), ("mean and deviation", spread)):
            value = o.linear(bag(o.unscaled), o.y, mixed[50:], mixed[:50])
            found.setdefault(f"random split, linear, {what}", []).append(value)
    keep("voices", found | {"rates": rates})


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


# A dance is what the line R of its tune says; two spellings of one are one.
DANCES = {"reel": 0, "hornpipe": 1, "jig": 2, "double jig": 2, "slip jig": 3}
DANCES |= {"slipjig": 3}
NAMES = ("reel", "hornpipe", "jig", "slip jig")
LONGEST = 64  # notes of a tune that are read


def steps(found: list) -> np.ndarray:
    """Return a row for each note: which step from the one before, and how long.

    One of 25 places says the step, in half tones from -12 to 12 (0 beside a rest), one
    of 8 the length: a 32nd to a whole note, to the nearest power of 2, and two for
    dotted ones, short and long. No row tells of a meter, a unit, a key or a bar line.
    """
    rows = np.zeros((min(len(found), LONGEST), 33), np.float32)
    before = None
    for row, note in zip(rows, found, strict=False):
        sung = before is not None and note.pitch is not None
        row[12 + (int(np.clip(note.pitch - before, -12, 12)) if sung else 0)] = 1
        before = note.pitch if note.pitch is not None else before
        size = int(np.clip(np.round(np.log2(float(note.length) * 32)), 0, 5))
        dotted = note.length.numerator % 3 == 0  # 3/16 is no power of 2
        row[25 + (6 + (size > 2) if dotted else size)] = 1
    return rows


def danced(text: str, tunes) -> tuple[list, np.ndarray, np.ndarray]:
    """Return each tune's rows of notes, its dance, and its number."""
    x, y, numbers = [], [], []
    for piece in text.split("\nX:")[1:]:
        said = re.search(r"(?m)^R: *(.*?) *$", piece)
        dance = DANCES.get(said[1].lower()) if said else None
        for one in tunes.collection("X:" + piece) if dance is not None else ():
            with contextlib.suppress(ValueError):  # what cannot be read has no notes
                rows = steps(tunes.notes(one.text))
                if len(rows) >= 16:
                    x.append(rows)
                    y.append(dance)
                    numbers.append(one.number)
    return x, np.array(y), np.array(numbers)


def paired(x: list, apart: int) -> np.ndarray:
    """Return, for each tune, its counts, and how often each length comes with each.

    Counted are pairs of notes that are 1 to `apart` notes from each other.
    """

    def row(a):
        pairs = [a[:-k, 25:].T @ a[k:, 25:] / len(a) for k in range(1, apart + 1)]
        return np.concatenate([a.mean(axis=0), *map(np.ravel, pairs)])

    return np.array([row(a) for a in x])


def best_pairs(x: list, y, train, test) -> tuple[str, float]:
    """Return what was best on a third, distance and strength, and its accuracy."""

    def score(apart, strength, learn, asked):
        wide = paired(x, apart)
        model = LogisticRegression(C=strength, max_iter=3000).fit(wide[learn], y[learn])
        return model.score(wide[asked], y[asked])

    tried = {(n, c): score(n, c, *divided(train)) for n in APART for c in STRENGTHS}
    best = max(tried, key=tried.get)
    return f"{best[0]} apart, C = {best[1]}", score(*best, train, test)


APART, STRENGTHS = (2, 4, 6, 8), (1, 10, 100)
DANCE_RATES = (0.001, 0.003, 0.01, 0.03, 0.06, 0.1)


def dances() -> None:
    """Which dance the notes of a tune are, in their order and shuffled."""
    o = lesson(0, *SPEECH)
    x, y, numbers = danced(o.data.text("oneill-tunes").text, o.tunes)
    mixed = np.random.default_rng(0).permutation(np.unique(numbers))
    held = np.isin(numbers, mixed[: len(mixed) // 4])
    train, test = np.flatnonzero(~held), np.flatnonzero(held)
    sizes = dict(zip(NAMES, np.bincount(y).tolist(), strict=True))
    print(len(train), "to learn,", len(test), "to test:", sizes)
    most = np.bincount(y[train]).argmax()
    neighbors = [one[None] for one in paired(x, 1)]
    found = {
        "most frequent dance": [float(np.mean(y[test] == most))],
        "linear, counts of notes": [o.linear(x, y, train, test)],
        "linear, and neighbors' lengths": [o.linear(neighbors, y, train, test)],
    }
    rates: dict[str, float | str] = {}
    far = "linear, and lengths further apart"
    rates[far], value = best_pairs(x, y, train, test)
    found[far] = [value]
    for seed in SEEDS:
        o = lesson(seed, *SPEECH)
        for name, notes in (("GRU", x), ("GRU, notes shuffled", shuffled(x, seed))):
            if name not in rates:
                rates[name] = chosen(o, notes, y, train, 4, 12, DANCE_RATES)
            model = o.learn(notes, y, train, 4, 12, rates[name])
            found.setdefault(name, []).append(o.right(model, notes, y, test))
        print(seed, flush=True)
    keep("dances", found | {"rates": rates})


PARTS = {"order": order, "voices": voices, "strings": strings, "tunes": tunes}
PARTS |= {"dances": dances}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
