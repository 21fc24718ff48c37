"""Train the networks that travel with the course, one network a text.

    python benchmarks/gallery.py --model plays     trains a stored model anew

A training reads ten million characters on one thread.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import gallery_corpora
import gallery_train
from unrolled import baselines, models


def anew(exhibit: gallery_corpora.Exhibit) -> models.CharacterModel:
    """Train an exhibit's network; return it with its score and a 7-gram's."""
    texts = gallery_corpora.read(exhibit)
    table = baselines.NGram(7, len(texts.vocab), "kneser-ney").fit(texts.train)
    for moment in gallery_train.train(exhibit, texts):
        nats = gallery_train.nats(moment.model, texts.held_out)
        print(f"{moment.characters:,} characters: {nats:.4f} nats", flush=True)
    scores = {"nats": nats, "nats of a 7-gram": table.nats(texts.held_out)}
    about = {name: round(score, 4) for name, score in scores.items()}
    return replace(moment.model, about=moment.model.about | about)


def main() -> None:
    """Train what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    names = [exhibit.name for exhibit in gallery_corpora.EXHIBITS]
    parser.add_argument("--model", choices=names, required=True)
    parser.add_argument("--characters", type=int, help="read so many, not 10,000,000")
    args = parser.parse_args()
    exhibit = gallery_corpora.find(args.model)
    if args.characters:
        exhibit = replace(exhibit, characters=args.characters)
    models.save(anew(exhibit), models.STORED / f"{exhibit.name}.npz")


if __name__ == "__main__":
    main()
