"""Measure what the README's tables say; PyTorch, one thread.

    python lessons/10-sequence-labelling/measure.py english    # parts of speech
    python lessons/10-sequence-labelling/measure.py spanish
    python lessons/10-sequence-labelling/measure.py names      # English names
    python lessons/10-sequence-labelling/measure.py slots      # Snips, all requests

Each writes its part of `measured.json` as results come, and goes on where it was
stopped; `figures.py` renews the tables in the README. A rate (for the linear models
the strength that holds weights near 0) is chosen on a fifth of the training rows; then
all of them are learned, with five seeds. The networks are those of the lesson: its
cells are run.
"""

import itertools
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from unrolled import data, metrics
from unrolled.source import percent

HERE = Path(__file__).parent
FILE = HERE / "measured.json"
CELLS = ("imports", "framework", "frequent", "features", "task", "states", "tagger")
CELLS += ("learn", "viterbi", "crf", "crf-learn")
SEEDS, TUNING = range(5), 100  # the seed of the runs that choose a rate
RATES = (0.01, 0.02, 0.04)
STRENGTHS = (1, 3)  # of the linear model: scikit-learn's C
EPOCHS = 3


def lesson() -> SimpleNamespace:
    """Return what the lesson's cells define, in PyTorch."""
    cells = {c.name: c.code for c in percent.cells(HERE / "lesson.py", "pytorch")}
    scope: dict = {"__name__": "__main__"}
    for name in CELLS:
        exec(compile(cells[name], f"<{name}>", "exec"), scope)
    return SimpleNamespace(scope=scope, **scope)


def kept(name: str, contender: str) -> dict:
    """Return what is known of a contender in one part of `measured.json`."""
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    return known.get(name, {}).get(
        contender, {"trials": {}, "judged": [], "seconds": []}
    )


def keep(name: str, contender: str, found: dict) -> None:
    """Put it there, and print it."""
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    known.setdefault(name, {})[contender] = found
    FILE.write_text(json.dumps(known, indent=1) + "\n", "utf-8", newline="\n")
    print(name, contender, found, flush=True)


def tuning(found: data.Tagged) -> data.Tagged:
    """Return the same set with a fifth of its training rows as its test."""
    rows = np.random.default_rng(0).permutation(found.train)
    cut = len(rows) // 5
    return replace(found, train=np.sort(rows[cut:]), test=np.sort(rows[:cut]))


def contend(
    name: str,
    contender: str,
    found: data.Tagged,
    run: Callable,
    choices: tuple,
    seeds: range | tuple = SEEDS,
    few: data.Tagged | None = None,
) -> None:
    """Choose a setting on training rows, then measure it on the test, seed by seed.

    run(set, choice, seed) returns a list of scores on the set's test rows, the first of
    which chooses. `few` is a smaller set to choose on.
    """
    known, part = kept(name, contender), tuning(few or found)
    for choice in choices:
        if str(choice) not in known["trials"] and len(choices) > 1:
            known["trials"][str(choice)] = run(part, choice, TUNING)[0]
            keep(name, contender, known)
    best = max(choices, key=lambda c: known["trials"].get(str(c), 0))
    known["chosen"] = best
    for seed in list(seeds)[len(known["judged"]) :]:
        began = time.process_time()
        known["judged"].append(run(found, best, seed))
        known["seconds"].append(round(time.process_time() - began, 1))
        keep(name, contender, known)


# ---- what must be beaten -------------------------------------------------------------


def by_hand(tagger: Callable, others: tuple, score: Callable) -> Callable:
    """Return a run of a tagger that is a function of words."""

    def run(found, choice, seed):
        tag = tagger(found, choice)
        return [
            score(tag([one.words[row] for row in one.test]), one)
            for one in (found, *others)
        ]

    return run


def most_frequent(of: SimpleNamespace, found: data.Tagged, _: str) -> Callable:
    """Return the tagger that gives each word its most frequent tag."""
    tag = of.most_frequent(found)
    return lambda sentences: [tag(sentence) for sentence in sentences]


def linear(of: SimpleNamespace, found: data.Tagged, strength: float) -> Callable:
    """Return the lesson's linear tagger, trained to its end; the lesson stops early."""
    pairs = [(row, t) for row in found.train for t in range(len(found.words[row]))]
    x = [of.features(found.words[row], t) for row, t in pairs]
    regression = of.LogisticRegression(C=strength, max_iter=500)
    model = of.make_pipeline(of.DictVectorizer(), regression)
    model.fit(x, [found.tags[row][t] for row, t in pairs])

    def tag(sentences):
        asked = [of.features(s, t) for s in sentences for t in range(len(s))]
        every = iter(model.predict(asked).tolist())
        return [list(itertools.islice(every, len(s))) for s in sentences]

    return tag


def linear_crf(of: SimpleNamespace, found: data.Tagged, strength: float) -> Callable:
    """Return a linear CRF of the same features; `strength` holds weights near 0."""
    import tempfile

    import pycrfsuite

    def rows(sentence):
        return pycrfsuite.ItemSequence(
            [of.features(sentence, t) for t in range(len(sentence))]
        )

    trainer = pycrfsuite.Trainer(verbose=False)
    for row in found.train:
        trainer.append(rows(found.words[row]), found.tags[row])
    trainer.set_params({"c1": 0.0, "c2": strength, "max_iterations": 100})
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
    return lambda sentences: [tagger.tag(rows(sentence)) for sentence in sentences]


# ---- the networks --------------------------------------------------------------------


def network(of: SimpleNamespace, others: tuple, score: Callable, **options) -> Callable:
    """Return a run of the lesson's tagger, each tag by itself."""

    def run(found, rate, seed):
        of.scope["SEED"] = seed
        of.ur.seed(seed)
        task = of.Task(found)
        model = of.Tagger(*task.sizes, **options)
        of.learn(model, task, epochs=EPOCHS, lr=rate)
        return [
            score(of.ask(model, task, [one.words[row] for row in one.test])[1], one)
            for one in (found, *others)
        ]

    return run


def decoded(of: SimpleNamespace, logits: list, symbols: tuple, learned=0.0) -> list:
    """Return the best allowed tags of each sentence; "=" marks intents, in front."""
    inside = np.array([tag.startswith("I-") for tag in symbols])
    intent = np.array([tag.startswith("=") for tag in symbols])
    moves = np.where(intent, -np.inf, of.forbidding(symbols)) + learned
    said = []
    for rows in logits:
        scores = rows.astype(float)
        scores[0, inside | (~intent if intent.any() else False)] = -np.inf
        said.append([symbols[k] for k in of.viterbi(scores, moves)])
    return said


def spans_alone(of: SimpleNamespace, score: Callable, crf: bool, epochs=EPOCHS):
    """Return a run that scores each tag by itself and decoded, or a CRF decoded."""

    def run(found, rate, seed):
        of.scope["SEED"] = seed
        of.ur.seed(seed)
        task = of.Task(found)
        model = (of.CRF if crf else of.Tagger)(*task.sizes)
        (of.learn_crf if crf else of.learn)(model, task, epochs=epochs, lr=rate)
        logits, alone = of.ask(model, task, [found.words[row] for row in found.test])
        learned = of.ur.array(model.moves) if crf else 0.0
        best = decoded(of, logits, task.kinds.symbols, learned)
        return score(best, found) + ([] if crf else score(alone, found))

    return run


# ---- the parts -----------------------------------------------------------------------


def _upos(name: str, main: str, parallel: str) -> None:
    of = lesson()
    found, other = (data.tagged(n, fallback=False) for n in (main, parallel))
    score = of.accuracy
    fit = partial(by_hand, others=(other,), score=score)
    once = (0,)
    frequent = fit(partial(most_frequent, of))
    contend(name, "most frequent tag", found, frequent, ("",), once)
    contend(name, "linear", found, fit(partial(linear, of)), STRENGTHS, once)
    contenders = {
        "network with letters": {},
        "network of words, two directions": {"letters": False},
        "network of words, one direction": {"letters": False, "ways": 1},
    }
    for contender, options in contenders.items():
        run = network(of, (other,), score, **options)
        contend(name, contender, found, run, RATES)


def english() -> None:
    """Measure parts of speech in English; the second score is on parallel sentences."""
    _upos("english", "ewt", "pud-english")


def spanish() -> None:
    """Measure parts of speech in Spanish."""
    _upos("spanish", "gsd", "pud-spanish")


def _f1(said: list, found: data.Tagged) -> list[float]:
    true = [found.tags[row] for row in found.test]
    if "=" in true[0][0]:  # an intent in front: F1 of slots, then the share of intents
        right = [a[0] == b[0] for a, b in zip(said, true, strict=True)]
        whole = [a == b for a, b in zip(said, true, strict=True)]
        # A tag that is chosen by itself may be an intent, at any word.
        slots = [["O" if t[0] == "=" else t for t in tags[1:]] for tags in said]
        f1 = metrics.entity_f1(slots, [tags[1:] for tags in true]).f1
        return [f1, float(np.mean(right)), float(np.mean(whole))]
    return [*metrics.entity_f1(said, true)]


def names() -> None:
    """Measure names: F1, precision, recall; decoded, then each tag by itself."""
    of, found = lesson(), data.tagged("uner", fallback=False)
    once, strengths = (0,), (0.03, 0.1, 0.3)

    def fit(tagger):
        def run(found, choice, seed):
            tag = tagger(found, choice)
            return _f1(tag([found.words[row] for row in found.test]), found)

        return run

    frequent = fit(partial(most_frequent, of))
    contend("names", "most frequent tag", found, frequent, ("",), once)
    contend("names", "linear", found, fit(partial(linear, of)), STRENGTHS, once)
    runs = fit(partial(linear_crf, of))
    contend("names", "linear CRF", found, runs, strengths, once)
    contend("names", "network", found, spans_alone(of, _f1, crf=False), RATES)
    contend("names", "network, CRF", found, spans_alone(of, _f1, crf=True), RATES)


def slots() -> None:
    """Measure requests: F1 of slots, the share of intents, of requests all right."""
    of, found = lesson(), data.tagged("snips", fallback=False)
    both = replace(
        found,
        words=[["<intent>", *(w.lower() for w in words)] for words in found.words],
        tags=[[f"={i}", *t] for i, t in zip(found.intents, found.tags, strict=True)],
    )
    rows = np.random.default_rng(0).permutation(found.train)[:3000]
    few = replace(both, train=np.sort(rows))

    def frequent(found, choice, seed):
        tag = most_frequent(of, found, choice)
        return _f1(tag([found.words[row] for row in found.test]), found)

    contend("slots", "most frequent tag", both, frequent, ("",), (0,))
    run = spans_alone(of, _f1, crf=False)
    contend("slots", "network", both, run, RATES, few=few)


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    known = {each.__name__: each for each in (english, spanish, names, slots)}
    experiment = known.get(" ".join(sys.argv[1:]))
    if experiment is None:
        raise SystemExit(f"Say which: {', '.join(known)}.")
    experiment()
