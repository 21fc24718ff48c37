"""Keep what was measured: one part of `measured.json` at a time."""

import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).parent / "measured.json"


def keep(name: str, found: dict) -> None:
    """Write one part of `measured.json`."""
    stored = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    stored[name] = found
    text = json.dumps(stored, indent=1, default=_plain) + "\n"
    FILE.write_text(text, "utf-8")
    print(name, json.dumps(found, default=_plain)[:2000], flush=True)


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value.tolist()
