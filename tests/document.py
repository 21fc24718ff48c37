"""Run the code of docs/your-own-data.md in one track, and write what came of it.

    python tests/document.py TRACK     in an empty folder: docs/your-own-data.md

A block under a line **PyTorch** or **TensorFlow** is for that track alone.
"""

import csv
import json
import re
import sys
from pathlib import Path

import numpy as np

TRACKS = {"PyTorch": "pytorch", "TensorFlow": "tensorflow"}
ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/your-own-data.md"
BLOCK = re.compile(r"(?:^\*\*([^*\n]+)\*\*\n\n)?^```python\n(.*?)^```", re.M | re.S)
UNIT = "TensorFlow, unit 09"


def blocks(page: str) -> list[tuple[str | None, str]]:
    """Return (whose it is, code) of every block; the code keeps its line numbers."""
    found = []
    for block in BLOCK.finditer(page):
        before = page[: block.start(2)].count("\n")
        found.append((block[1], "\n" * before + block[2]))
    return found


def run(track: str, scope: dict) -> None:
    """Run the blocks of one track, one after the other, as a reader would."""
    ours = [None, *(name for name, its in TRACKS.items() if its == track)]
    for whose, code in blocks(PAGE.read_text("utf-8")):
        if whose in ours:
            exec(compile(code, PAGE.name, "exec"), scope)


def write_sentences() -> None:
    """Write the reader's file: plain opinions on films, one label in twenty wrong."""
    from unrolled.data import opinions

    rng = np.random.default_rng(0)
    inputs, signs = opinions.form("plain")
    inputs, first = np.unique(inputs, return_index=True)
    rows = rng.permutation(len(inputs))[:600]
    signs = signs[first][rows] ^ (rng.random(len(rows)) < 0.05)
    names = np.array(["negative", "positive"])[signs]
    with open("sentences.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["text", "label"])
        table.writerows(zip(inputs[rows], names, strict=True))


def found_in(scope: dict, track: str) -> dict:
    """Return what the page's own variables say, and what is measured with them."""
    ur, metrics = scope["ur"], scope["metrics"]
    y, test, asked = scope["y"], scope["test"], scope["asked"]
    logits = scope["logits"]
    history, best = scope["history"], scope["best"]
    several = scope["found"] == scope["has"][test].astype(bool)
    return {
        "accuracy": metrics.accuracy(logits.argmax(axis=-1), y[test]),
        "majority": float(np.bincount(y[test]).max() / len(test)),
        "best": best["nats"],
        "least": min(nats for _, nats in history.valid),
        "kept": ur.evaluate(scope["again"], scope["check"]),
        "steps": len(history.loss),
        "planned": 30 * len(scope["learn"]),
        "again": float(np.abs(ur.predict(scope["again"], asked) - logits).max()),
        "several": float(several.mean()),
        "squared": ur.evaluate(
            scope["measure"], scope["numbers"], loss=scope["squared"]
        ),
        "variance": float(scope["size"][scope["train"]].var()),
        **halves(scope, track),
        "unit 09": unit_09(scope, track),
    }


def halves(scope: dict, track: str) -> dict:
    """Run the page's block without dropout, beside one training in one go."""
    block = next(
        code
        for whose, code in blocks(PAGE.read_text("utf-8"))
        if "half" in code and TRACKS[whose] == track
    )
    ur, made = scope["ur"], scope["Reader"]
    sizes = 1 + len(scope["known"]), len(scope["classes"])
    fixed = list(scope["learn"])
    x, mask, _ = fixed[0]

    def still(*args):
        model = made(*args)
        setattr(model.drop, "p" if track == "pytorch" else "rate", 0.0)
        return model

    first, whole, fresh = (still(*sizes) for _ in range(3))
    for model in (first, whole, fresh):
        ur.ready(model)(ur.tensor(x), ur.tensor(mask))  # Keras makes its weights
        scope["put_back"](model, scope["weights_of"](first))
    inner = scope | {"model": first, "learn": fixed, "Reader": still}
    exec(compile(block, "halves", "exec"), inner)

    def train(model, epochs):
        if track == "pytorch":
            optimizer = scope["torch"].optim.AdamW(model.parameters(), lr=2e-3)
        else:
            made = scope["keras"].optimizers.AdamW
            optimizer = made(2e-3, weight_decay=0.01, epsilon=1e-8)
        options = {"schedule": "constant", "progress": False, "optimizer": optimizer}
        ur.fit(model, fixed, epochs=epochs, **options)

    train(whole, 2)
    train(fresh, 1)
    train(fresh, 1)

    def gap(model):
        asked = ur.predict(model, scope["asked"])
        return float(np.abs(asked - ur.predict(whole, scope["asked"])).max())

    return {"halves": gap(inner["later"]), "fresh optimizer": gap(fresh)}


def unit_09(scope: dict, track: str) -> list[float]:
    """Return how far answers change when a reader of unit 09 is saved and loaded."""
    sys.path.insert(0, str(ROOT / "tools"))
    import source

    read = source.read(ROOT / "lessons/09-text-classification/lesson.py").cells(track)
    scope = dict(scope)
    for cell in read:
        if cell.name in ("pooling", "states", "reader"):
            exec(compile(cell.source, cell.name, "exec"), scope)
    ur, n = scope["ur"], 1 + len(scope["known"])
    given = np.random.default_rng(0).normal(size=(n, 4)).astype(np.float32)
    some = {"given": given, "ways": 2, "drop": (0.1, 0.2)}
    changes = []
    for choices in ({}, some, {"pool": scope["attention"]}, {"cell": "GRU"}):
        if track == "tensorflow":
            exec(compile(kept_block(), "unit 09", "exec"), scope)
            model = scope["Kept"](n, 2, **choices)
            before = ur.predict(model, scope["asked"])
            model.save("kept.keras")
            again = scope["keras"].models.load_model("kept.keras")
        else:
            torch, made = scope["torch"], scope["Reader"]
            if "cell" in choices:
                choices = {"cell": torch.nn.GRU}
            model = made(n, 2, **choices)
            before = ur.predict(model, scope["asked"])
            torch.save(model.state_dict(), "kept.pt")
            if "given" in choices:
                choices = choices | {"given": np.zeros_like(given)}
            again = made(n, 2, **choices)
            again.load_state_dict(torch.load("kept.pt"))
        after = ur.predict(again, scope["asked"])
        changes.append(float(np.abs(after - before).max()))
    return changes


def kept_block() -> str:
    return next(c for whose, c in blocks(PAGE.read_text("utf-8")) if whose == UNIT)


if __name__ == "__main__":
    write_sentences()
    scope: dict = {"__name__": "__main__"}
    run(sys.argv[1], scope)
    found = found_in(scope, sys.argv[1])
    Path("found.json").write_text(json.dumps(found), encoding="utf-8")
