"""The gallery: one network a text, what each writes, and what is right about it.

    python benchmarks/gallery.py                 every text that can be had
    python benchmarks/gallery.py --only plays,tunes
    python benchmarks/gallery.py --model plays   and store it: unrolled.models
    python benchmarks/gallery.py --table         the table of what was measured
    python benchmarks/gallery.py --write         of the same: docs/gallery.md, and the
                                                 texts that unrolled.models.samples has

A network is trained on one thread, which takes minutes; at five moments it is kept in
build/gallery, and a call that was stopped goes on with the next text. `--again` trains
anew, `--measure` writes and checks anew with the networks that were kept. What is found
goes to benchmarks/gallery.json.
"""

import argparse
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import gallery_page
from gallery_corpora import EXHIBITS, Exhibit, Texts, find, read
from unrolled import models
from unrolled.data import DataError

RESULTS = Path(__file__).with_suffix(".json")
KEPT = Path(__file__).resolve().parents[1] / "build/gallery"


def trained(exhibit: Exhibit, texts: Texts, again: bool) -> Path:
    """Train a network, unless it is there; return the folder that holds its moments."""
    import gallery_train

    folder = KEPT / exhibit.name
    if again:
        shutil.rmtree(folder, ignore_errors=True)
    last = folder / f"{len(gallery_train.MOMENTS) - 1}.npz"
    if not last.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for k, moment in enumerate(gallery_train.train(exhibit, texts)):
            models.save(moment.model, folder / f"{k}.npz")
            print(f"  {moment.characters:,} characters, {moment.seconds:.0f} s of one "
                  "core", flush=True)  # fmt: skip
    return folder


def show(exhibit: Exhibit, args: argparse.Namespace) -> None:
    """Train an exhibit's network, measure it, and keep what was found."""
    import gallery_measure

    texts = read(exhibit)
    folder = trained(exhibit, texts, args.again)
    if args.train:
        return
    found = results()
    found[exhibit.name] = gallery_measure.measure(exhibit, texts, folder)
    write(found)
    print(gallery_page.table({exhibit.name: found[exhibit.name]}), flush=True)


def store(exhibit: Exhibit) -> None:
    """Put a measured network where the package finds it, with its scores."""
    import gallery_train

    found = results()[exhibit.name]
    model = models.load(KEPT / exhibit.name / f"{len(gallery_train.MOMENTS) - 1}.npz")
    scores = {
        "nats": found["moments"][-1]["nats"],
        "nats of a 7-gram": found["nats of a 7-gram"],
    }
    model = replace(model, about=model.about | scores)
    models.save(model, models.STORED / f"{exhibit.name}.npz")


def results() -> dict:
    """Return what was found so far, by the name of the exhibit."""
    return json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}


def write(found: dict) -> None:
    """Write the results, in the order of the exhibits."""
    ordered = {e.name: found[e.name] for e in EXHIBITS if e.name in found}
    said = json.dumps(ordered, indent=1, ensure_ascii=False) + "\n"
    RESULTS.write_text(said, "utf-8", newline="\n")


def options() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [exhibit.name for exhibit in EXHIBITS]
    parser.add_argument("--only", help=f"some of {','.join(names)}")
    parser.add_argument("--model", choices=[e.name for e in EXHIBITS if e.stored])
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--train", action="store_true", help="train, measure nothing")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    chosen = args.model or args.only
    try:
        args.exhibits = [find(name) for name in chosen.split(",")] if chosen else None
    except ValueError as error:
        parser.error(str(error))
    return args


def main() -> None:
    """Train and measure what was asked for, or show what was measured."""
    args = options()
    if args.table:
        print(gallery_page.table(results()))
    elif args.write:
        gallery_page.write(results())
    else:
        anew = args.again or args.measure or args.train or args.model
        there = () if anew else results()
        for exhibit in args.exhibits or EXHIBITS:
            if exhibit.name in there:
                continue
            try:
                show(exhibit, args)
            except DataError as error:
                print(f"{exhibit.name}: {error}", file=sys.stderr)
                continue
            if args.model:
                store(exhibit)


if __name__ == "__main__":
    main()
