"""What a trained network of the gallery writes, what it scores, what is checked."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

import gallery_checks
import gallery_code
import gallery_train
from gallery_corpora import Exhibit, Texts, budget
from unrolled import baselines, models

PIECES, LENGTH = 5, 4000  # that are checked: written, and of the held-out text
TEMPERATURES = (0.3, 0.7, 1.0, 1.3)
ORDER = 7
ROWS, LONGEST = 24, 1500  # pages that are begun, and characters of each
PAGE = "  <page>\n    <title>"
SEED = 1  # of what is drawn
Draw = Callable[[str, int, int], list[str]]


def draw(
    model: models.CharacterModel,
    prompt: str,
    n: int,
    rows: int = 1,
    temperature: float = 1.0,
) -> list[str]:
    """Return `rows` texts of `n` characters, each drawn one by one after `prompt`."""
    rng = np.random.default_rng(SEED)
    ids = np.tile(model.encode(prompt), (rows, 1))
    run = model.run(ids)
    logits, state, drawn = run.logits[:, -1], run.state, []
    for _ in range(n):
        scaled = logits.astype(np.float64) / temperature
        p = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        summed = np.cumsum(p, axis=1)
        point = rng.random((rows, 1)) * summed[:, -1:]
        drawn.append((summed <= point).sum(axis=1))
        logits, state = model.step(drawn[-1], state)
    return [model.decode(row) for row in np.stack(drawn, axis=1)]


def by_table(table: baselines.NGram, vocab, prompt: str, n: int, rows: int) -> list:
    """Return the same, drawn from a table of n-grams."""
    rng = np.random.default_rng(SEED)
    context = vocab.encode(prompt)
    return [vocab.decode(table.sample(n, rng, context)) for _ in range(rows)]


def size(texts: Texts) -> int:
    """Return how long a piece is; all together are at most half of the held-out."""
    return min(LENGTH, len(texts.asked) // (2 * PIECES))


def summed(kind: str, pieces: list[str], known: gallery_checks.Known) -> dict:
    """Return (right, of) for each check, over all pieces."""
    each = [gallery_checks.checked(kind, piece, known) for piece in pieces]
    return {
        check: [sum(one[check][k] for one in each) for k in range(2)]
        for check in each[0]
    }


def measure(exhibit: Exhibit, texts: Texts, folder: Path) -> dict:
    """Return all that the page says of an exhibit; its network was kept in `folder`."""
    n = size(texts)
    known = gallery_checks.Known(texts.known, texts.asked[PIECES * n :])
    table = baselines.NGram(ORDER, len(texts.vocab), "kneser-ney").fit(texts.train)

    def written(drawing: Draw) -> dict:
        said = drawing("\n", n, PIECES)
        checks = summed(exhibit.kind, said, known)
        if exhibit.kind == "wikipedia":
            pages = [PAGE + page for page in drawing(PAGE, LONGEST, ROWS)]
            checks[HEADS] = gallery_code.page_heads(pages)
        return {"sample": said[0][: exhibit.shown], "checks": checks}

    def counted(prompt: str, n: int, rows: int) -> list[str]:
        return by_table(table, texts.vocab, prompt, n, rows)

    moments = []
    for k in range(len(gallery_train.MOMENTS)):
        model = models.load(folder / f"{k}.npz")
        moments.append(
            {
                "characters": model.about["characters read"],
                "seconds": model.about["seconds of one core"],
                "nats": round(gallery_train.nats(model, texts.held_out), 4),
                **written(lambda p, n, rows, model=model: draw(model, p, n, rows)),
            }
        )
    temperatures = {
        str(t): written(lambda p, n, rows, t=t: draw(model, p, n, rows, t))
        for t in TEMPERATURES
        if t != 1.0
    }
    return {
        "corpus": exhibit.corpus,
        "licence": texts.licence,
        "source": texts.source,
        "training characters": len(texts.known),
        "held-out characters": len(texts.asked),
        "held-out sha256": texts.sha256,
        "symbols": len(texts.vocab),
        "budget": budget(exhibit, len(texts.train)),
        "about": model.about,
        "pieces": [PIECES, n],
        "nats of a 7-gram": round(table.nats(texts.held_out), 4),
        "real": {"checks": real(exhibit, texts, known)},
        "7-gram": written(counted),
        "moments": moments,
        "temperatures": temperatures,
    }


HEADS = "heads of pages that parse as XML"


def real(exhibit: Exhibit, texts: Texts, known: gallery_checks.Known) -> dict:
    """Return the checks of the held-out text's beginning, in as many pieces."""
    n = size(texts)
    pieces = [texts.asked[k * n : (k + 1) * n] for k in range(PIECES)]
    checks = summed(exhibit.kind, pieces, known)
    if exhibit.kind == "wikipedia":
        begun = [m.start() for m in re.finditer(re.escape(PAGE), texts.asked)]
        pages = [texts.asked[k : k + len(PAGE) + LONGEST] for k in begun[:ROWS]]
        checks[HEADS] = gallery_code.page_heads(pages)
    return checks
