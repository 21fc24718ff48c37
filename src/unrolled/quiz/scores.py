"""Remember a learner's quiz scores, one JSON line each, in the user's data folder."""

import datetime
import json
import os
import sys
from pathlib import Path


def file() -> Path:
    """Return where the scores are kept: UNROLLED_SCORES, or the user's data folder."""
    if os.environ.get("UNROLLED_SCORES"):
        return Path(os.environ["UNROLLED_SCORES"])
    import platformdirs

    folder = platformdirs.user_data_dir("unrolled", appauthor=False)
    return Path(folder) / "quiz-scores.jsonl"


def remember(unit: str, when: str, points: float, of: int) -> None:
    """Add a score; where nothing can be written, says so and goes on."""
    day = datetime.date.today().isoformat()
    line = {"unit": unit, "when": when, "day": day, "points": points, "of": of}
    try:
        file().parent.mkdir(parents=True, exist_ok=True)
        with file().open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")
    except OSError as error:
        print(f"The score could not be kept in {file()}: {error}.", file=sys.stderr)


def earlier(unit: str, when: str) -> list[dict]:
    """Return the scores of a part of a unit's quiz, oldest first.

    Lines that are no scores (a file cut short, or edited) are passed over.
    """
    try:
        lines = file().read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [one for line in lines if (one := _score(line, unit, when))]


def _score(line: str, unit: str, when: str) -> dict | None:
    try:
        one = json.loads(line)
        mine = one["unit"] == unit and one["when"] == when and str(one["day"])
        fine = float(one["points"]) >= 0 and float(one["of"]) > 0
    except (ValueError, TypeError, KeyError):
        return None
    return one if mine and fine else None
