"""Run a lesson without a network and without data, briefly; say what its figures say.

python tests/offline_cases.py UNIT TRACK     prints JSON, after all that the lesson says

Long trainings by `ur.fit` end after a few updates, so that results are unlike those
that the author saw. The JSON is a list of figures, {"title", "series" or "matrix", …}.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import as_script
from unrolled import plot

LONG, UPDATES = 200, 50  # a longer training ends after so few; unit 11 looks then
figures: list[dict[str, Any]] = []


def listed(values: Any) -> list:
    """Return numbers as JSON knows them."""
    return np.asarray(values, float).tolist()


def of_lines(series: dict, title: str, *_: Any, levels: dict | None = None, **__: Any):
    """Keep a figure of lines: the y values, and the levels."""
    pairs = {k: v[1] if isinstance(v, tuple) else v for k, v in series.items()}
    kept = {name: listed(values) for name, values in pairs.items()}
    return {"title": title, "series": kept, "levels": levels or {}}


def of_bars(values: dict, title: str, *_: Any, **__: Any):
    """Keep a figure of bars."""
    return {"title": title, "series": {k: float(v) for k, v in values.items()}}


def of_heatmap(matrix: Any, title: str, *_: Any, rows=None, columns=None, **__: Any):
    """Keep a figure of cells, with the names of its rows and columns."""
    names = {"rows": list(rows or []), "columns": list(columns or [])}
    return {"title": title, "matrix": listed(matrix), **names}


def of_trajectory(paths: dict, title: str, *_: Any, **__: Any):
    """Keep a figure of paths."""
    return {"title": title, "series": {k: listed(v) for k, v in paths.items()}}


def of_words(sentences: list, title: str, *_: Any, **__: Any):
    """Keep the title; each number stands below its word."""
    return {"title": title}


def of_letters(text: str, values: Any, title: str, *_: Any, **__: Any):
    """Keep a text whose letters have values."""
    return {"title": title, "text": text, "values": listed(values)}


KEPT = {
    "lines": of_lines,
    "bars": of_bars,
    "heatmap": of_heatmap,
    "trajectory": of_trajectory,
    "words": of_words,
    "letters": of_letters,
}


def recorded(draw, keep):
    """Return what draws as `draw` does and keeps what was drawn."""

    def drawn(*given: Any, **named: Any) -> Any:
        figures.append(keep(*given, **named))
        return draw(*given, **named)

    return drawn


def briefly(fit):
    """Return what trains as `fit` does, but ends soon where that would take long.

    A short one has all its updates: its figure may count them.
    """

    def fitted(model, batches, *, steps=None, epochs=1, **how: Any) -> Any:
        total = epochs * len(batches) if steps is None else steps
        return fit(model, batches, steps=UPDATES if total > LONG else total, **how)

    return fitted


def main() -> None:
    """Run the lesson that the command line names."""
    unit, track = sys.argv[1:]
    for name, keep in KEPT.items():
        setattr(plot, name, recorded(getattr(plot, name), keep))
    ur = importlib.import_module(f"unrolled.backends.{track}")
    ur.fit = briefly(ur.fit)
    folder = Path(__file__).resolve().parents[1] / "lessons" / unit
    as_script.run(folder / "lesson.py", track)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
