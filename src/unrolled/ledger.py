"""What a lesson measured, beside its baseline and the window it must fall in.

The last cell of a lesson calls `record`. A window is the interval in which a result
falls for all but very few random seeds; `tools/windows.py` measures it and writes it to
`lessons/<unit>/windows.json`.
"""

import json
import math
import os
import sys
from pathlib import Path
from typing import Any

from unrolled import course
from unrolled.source.layout import TRACKS


class OutsideWindow(AssertionError):
    """A measured result that is not where so many seeds before it were."""


def seed() -> int:
    """Return the seed of this run: UNROLLED_SEED, or 0."""
    return int(os.environ.get("UNROLLED_SEED", "0"))


def track() -> str:
    """Return "pytorch" or "tensorflow", whichever backend is in use, else "numpy"."""
    for name in TRACKS:
        if f"unrolled.backends.{name}" in sys.modules:
            return name
    return "numpy"


def windows(unit: str) -> dict[str, Any]:
    """Return the unit's windows: {what: {track: {low, high, mean, sd, seeds, ...}}}."""
    path = course.unit_folder(unit) / "windows.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def record(
    unit: str,
    what: str,
    value: float,
    *,
    measure: str = "accuracy",
    baseline: float | None = None,
    baseline_name: str = "",
    corpus: str | None = None,
    seconds: float | None = None,
    at_most: float | None = None,
) -> None:
    """Record one measured result and print it beside its baseline and its window.

    `what` names the result, `measure` its unit ("accuracy", "nats per character").
    `corpus` is the data set that was really used: a window holds only for the data it
    was measured on. `at_most` states the window, [0, at_most], for a result whose bound
    is known without measuring (a rounding error). A line of JSON goes to the file that
    UNROLLED_LEDGER names.

    Raises ValueError if the value is not a finite number, and, with UNROLLED_STRICT=1,
    OutsideWindow if it leaves its window.
    """
    value = float(value)
    if not math.isfinite(value):
        raise ValueError(
            f"The result `{what}` is {value}, not a finite number: the training "
            "diverged. Lower the learning rate or clip the gradient, and run again."
        )
    if at_most is None:
        window = windows(unit).get(what, {}).get(track())
    else:
        window = {"low": 0.0, "high": at_most, "seeds": None}
    if window and corpus is not None and window.get("corpus") not in (None, corpus):
        verdict = f"no window: it was measured on {window['corpus']}, not on {corpus}"
        window = None
    elif window is None:
        verdict = "no window yet"
    else:
        verdict = f"{_place(value, window)} [{window['low']:.4g}, {window['high']:.4g}]"
    parts = [f"{what}: {value:.4g} {measure}"]
    if baseline is not None:
        parts.append(f"baseline {baseline_name} {baseline:.4g}".replace("  ", " "))
    parts.append(verdict)
    print(" | ".join(parts))
    _write(
        {
            "unit": unit,
            "track": track(),
            "what": what,
            "value": value,
            "measure": measure,
            "baseline": None if baseline is None else float(baseline),
            "baseline_name": baseline_name,
            "low": window and window["low"],
            "high": window and window["high"],
            "seeds": window and window["seeds"],
            "corpus": corpus,
            "seconds": seconds,
            "seed": seed(),
            "at_most": at_most,
        }
    )
    strict = os.environ.get("UNROLLED_STRICT") == "1"
    if strict and window and not window["low"] <= value <= window["high"]:
        before = f"{window['seeds']} seeds before it fell" if window["seeds"] else "it"
        raise OutsideWindow(
            f"`{what}` came to {value:.4g} {measure}; {before} "
            f"{'' if window['seeds'] else 'must be '}in [{window['low']:.4g}, "
            f"{window['high']:.4g}]. Something that the result depends on has changed: "
            "the code, the data or a library."
        )


def _place(value: float, window: dict[str, Any]) -> str:
    inside = window["low"] <= value <= window["high"]
    return "inside its window" if inside else "OUTSIDE its window"


def _write(entry: dict[str, Any]) -> None:
    """Append one JSON line to UNROLLED_LEDGER; the device is what the backend says."""
    path = os.environ.get("UNROLLED_LEDGER")
    if not path:
        return
    backend = sys.modules.get(f"unrolled.backends.{entry['track']}")
    entry["device"] = backend.device() if backend else "cpu"
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
