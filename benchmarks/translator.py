"""Train the translator that travels with the course, and measure it.

    python benchmarks/translator.py            train, measure, say what came out
    python benchmarks/translator.py --store    and store it: unrolled.models.translator
    python benchmarks/translator.py --stored   measure the one that is stored
    python benchmarks/translator.py --one-state    train one without attention beside it

It is the network of unit 15's lesson in PyTorch, with more units and more updates,
trained on one thread with sentences of at most seven words and marks, from one seed at
one rate, which nobody tuned. Beside it stand a dictionary, word by word, and the scores
that both have when the references are shuffled.
"""

import argparse
import importlib.util
import platform
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import torch

import lesson_cells
from unrolled import cells, data, models
from unrolled.models import translation
from unrolled.models.translation import END, PAD, SPECIAL, UNKNOWN, split

ROOT = Path(__file__).resolve().parents[1]
UNIT = ROOT / "lessons/15-encoder-decoder-and-attention"
LONGEST = 7  # words and marks of a sentence
N_ENGLISH, N_SPANISH, N_HIDDEN = 1500, 2500, 128
UPDATES, BATCH, RATE, SEED = 12_000, 64, 0.003, 0
N_TEST = 500


class Sentences(NamedTuple):
    """Signs, source (n, time), target (n, steps), rows to learn from and to test on."""

    signs: tuple[str, ...]
    n_source: int
    source: np.ndarray
    y: np.ndarray
    learn: np.ndarray
    test: np.ndarray
    pairs: data.Pairs


def sentences() -> Sentences:
    """Return the short pairs as signs; of each English test sentence the first pair."""
    pairs = data.pairs("tatoeba", fallback=False)
    english, spanish = ([split(t) for t in s] for s in (pairs.sources, pairs.targets))
    lengths = zip(map(len, english), map(len, spanish), strict=True)
    short = np.array([max(both) <= LONGEST for both in lengths])
    learn = pairs.train[short[pairs.train]]
    short_tests = pairs.test[short[pairs.test]]
    first = {pairs.sources[k].casefold(): k for k in short_tests[::-1]}
    drawn = np.random.default_rng(0).permutation(sorted(first.values()))[:N_TEST]
    test = np.sort(drawn)
    words = [
        [w for w, _ in Counter(w for k in learn for w in side[k]).most_common(most)]
        for side, most in ((english, N_ENGLISH), (spanish, N_SPANISH))
    ]
    signs = (*SPECIAL, *words[0], *words[1])
    n_source = len(SPECIAL) + len(words[0])
    numbers = [
        {w: k for k, w in enumerate(words[0], start=len(SPECIAL))},
        {w: k for k, w in enumerate(words[1], start=n_source)},
    ]
    source = np.full((len(english), LONGEST), PAD)
    y = np.full((len(english), LONGEST + 1), PAD)
    for k in (*learn, *test):
        source[k, : len(english[k])] = [numbers[0].get(w, UNKNOWN) for w in english[k]]
        said = [*(numbers[1].get(w, UNKNOWN) for w in spanish[k]), END]
        y[k, : len(said)] = said
    return Sentences(signs, n_source, source, y, learn, test, pairs)


def lesson() -> dict:
    """Return what the lesson's PyTorch cells define: `Translator`, `ur`."""
    return lesson_cells.defined(UNIT.name, "pytorch", "imports", "framework", "model")


def measure_of_unit() -> ModuleType:
    """Return unit 15's `measure.py`, whose dictionary and training are taken."""
    spec = importlib.util.spec_from_file_location("measure", UNIT / "measure.py")
    spec.loader.exec_module(found := importlib.util.module_from_spec(spec))
    return found


def without_attention(asked: Sentences, updates: int) -> dict:
    """Train the same layers with one state for all steps; return its scores."""
    unit, scope = measure_of_unit(), lesson()
    net = network(asked, scope, attention=False)
    rows = asked.source[asked.learn], asked.y[asked.learn]
    unit.train(net, *rows, updates, RATE, SEED, BATCH)
    model = models.translator()
    said = model.decode(unit.write(net, asked.source[asked.test]))
    return {"updates": updates, "one state": scores(said, references(asked))}


def network(asked: Sentences, scope: dict, attention: bool = True) -> torch.nn.Module:
    """Return the lesson's network, as it begins; one thread from here on."""
    torch.set_num_threads(1)
    scope["ur"].seed(SEED)
    sizes = len(asked.signs), LONGEST + 1, N_HIDDEN
    return scope["Translator"](*sizes, attention=attention)


def train(asked: Sentences, updates: int = UPDATES) -> models.TranslationModel:
    """Train the lesson's network on the short pairs, and return it in NumPy."""
    unit, scope = measure_of_unit(), lesson()
    net = network(asked, scope)
    source, y = asked.source[asked.learn], asked.y[asked.learn]
    began = time.process_time()
    unit.train(net, source, y, updates, RATE, SEED, BATCH)
    seconds = time.process_time() - began
    about = {
        "corpus": asked.pairs.name,
        "licence": asked.pairs.licence,
        "source": asked.pairs.source,
        "pairs learned from": len(asked.learn),
        "updates": updates,
        "batch": BATCH,
        "rate": RATE,
        "seed": SEED,
        "seconds of one core": round(seconds),
        "versions": f"Python {platform.python_version()}, torch {torch.__version__}",
    }
    return models.TranslationModel(
        signs=asked.signs,
        n_source=asked.n_source,
        time=LONGEST,
        steps=LONGEST + 1,
        dictionary=unit.dictionary(source, y, len(asked.signs)),
        about=about,
        **arrays(net, scope["ur"]),
    )


def arrays(net: torch.nn.Module, ur: ModuleType) -> dict:
    """Return the network's parameters in the course's layout."""
    plain = {name: p.detach().numpy() for name, p in net.named_parameters()}
    return {
        "embedding": plain["embed.weight"],
        "encoder": cells.GRUWeights(*ur.dump(net.encoder)),
        "decoder": cells.GRUWeights(*ur.dump(net.decoder)),
        "w_score": plain["score.weight"].T,
        "w_mix": plain["mix.weight"].T,
        "b_mix": plain["mix.bias"],
        "w_out": plain["out.weight"].T,
        "b_out": plain["out.bias"],
    }


def scores(said: Sequence[str], wanted: Sequence[str]) -> dict:
    """Return BLEU and chrF, and BLEU beside other sentences' references."""
    import sacrebleu

    others = np.random.default_rng(0).permutation(list(wanted)).tolist()
    how = {"tokenize": "none", "force": True}
    return {
        "BLEU": round(sacrebleu.corpus_bleu(said, [wanted], **how).score, 1),
        "chrF": round(sacrebleu.corpus_chrf(said, [wanted]).score, 1),
        "BLEU, shuffled": round(sacrebleu.corpus_bleu(said, [others], **how).score, 1),
    }


def references(asked: Sentences) -> list[str]:
    """Return what the test sentences are in Spanish, cut into words."""
    return [" ".join(split(asked.pairs.targets[k])) for k in asked.test]


def measured(model: models.TranslationModel, asked: Sentences) -> dict:
    """Return the scores of the network and of its dictionary on the test sentences."""
    english = [asked.pairs.sources[k] for k in asked.test]
    wanted = references(asked)
    words = model.dictionary[model.encode(english)]
    by_word = model.decode(np.where(model.encode(english) == PAD, PAD, words))
    return {
        "test sentences": len(english),
        "network": scores(model.translate(english), wanted),
        "dictionary": scores(by_word, wanted),
    }


def main() -> None:
    """Train or read a translator, measure it, and store it where that was asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", action="store_true")
    parser.add_argument("--stored", action="store_true")
    parser.add_argument("--one-state", action="store_true")
    parser.add_argument("--updates", type=int, default=UPDATES)
    args = parser.parse_args()
    asked = sentences()
    if args.one_state:
        print(without_attention(asked, args.updates))
        return
    model = models.translator() if args.stored else train(asked, args.updates)
    found = measured(model, asked)
    for name, value in (model.about | found).items():
        print(f"{name}: {value}")
    for k in asked.test[:8]:
        said = model.translate([asked.pairs.sources[k]])[0]
        print(f"{asked.pairs.sources[k]}  →  {said}   ({asked.pairs.targets[k]})")
    if args.store:
        model.about.update(found)
        path = models.STORED / "translators" / "english-spanish.npz"
        path.parent.mkdir(exist_ok=True)
        translation.save(model, path)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
