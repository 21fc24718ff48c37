"""The table of mutants: measured by `mutants.py --table`, kept as a document.

`docs/mutants.json` holds what was measured, `docs/mutants.md` shows it. A unit is
measured anew by naming it; the others keep their figures.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from unrolled import threads
from unrolled.source.layout import TRACKS

ROOT = Path(__file__).resolve().parents[2]
DATA, PAGE = ROOT / "docs/mutants.json", ROOT / "docs/mutants.md"
LEAST = 0.95

HEAD = """# What the checks let through

Every exercise's right answer is changed in one place by a machine: a term dropped, a
sign flipped, two arguments swapped, another axis, a bound one off, whole numbers in
place of fractions, a statement left out. Each such mutant takes the place of the
solution, and its check judges it.

Made by `python tools/quality/mutants.py --table`, from `docs/mutants.json`; with
`--table 05` it measures unit 05 anew and keeps the rest. The tests try a sample.

- **tried**: all mutants, or so many of them, drawn by seed (where each is a model to
  train, eight; `--most 40` tries 40 of each exercise, and four of those);
- **stops**: it raises an exception or does not end; refused, and not counted as caught;
- **as right**: accepted, and it gives what the solution gives on inputs other than the
  check's own (where properties alone decide, as of a model that is built freely: it
  passes the check on them too);
- **wrong**: every other one; **caught**: the share of these that the check refuses.

For NumPy and PyTorch the file also has to how many of the refused mutants, those that
stop among them, each sentence of `mistakes.py` is said; the instructor's pages show it.

"""


def measure(
    names: list[str], most: int | None = None, tracks: Iterable[str] = TRACKS
) -> list[dict]:
    """Measure some units in some tracks, one process each; return the tallies."""
    sample = ["--most", str(most)] if most else []
    found = []
    for track in tracks:
        tool = [sys.executable, str(ROOT / "tools/quality/mutants.py"), "--json"]
        ran = subprocess.run(
            [*tool, "--track", track, *sample, *_said(track), *names],
            env={**os.environ, **threads.fixed(1)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        if ran.returncode:
            sys.exit(f"The {track} track stopped: run mutants.py --track {track}")
        found += map(json.loads, ran.stdout.splitlines())
    return found


def _said(track: str) -> list[str]:
    """Return the option that counts sentences; pages have the first track's alone."""
    return ["--said"] if track == TRACKS[0] else []


def share(row: dict) -> float:
    """Return the share caught of the mutants that give something wrong."""
    wrong = row["refused"] + len(row["through"])
    return row["refused"] / wrong if wrong else 1.0


def page(rows: list[dict], why: dict[str, str]) -> str:
    """Return the document: a table, then what was let through and why."""
    text = HEAD
    text += "| unit | exercise | track | tried | stops | as right | wrong | caught |\n"
    text += "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
    for row in rows:
        wrong = row["refused"] + len(row["through"])
        tried = f"{row['tried']} of {row['made']}"
        tried = str(row["made"]) if row["tried"] == row["made"] else tried
        text += (
            f"| {row['unit']} | {row['exercise']} | {row['track']} | {tried} | "
            f"{row['stopped']} | {len(row['accepted'])} | {wrong} | "
            f"{f'{100 * share(row):.1f} %' if wrong else '–'} |\n"
        )
    wrong = sum(r["refused"] + len(r["through"]) for r in rows)
    caught = sum(r["refused"] for r in rows)
    text += (
        f"\nIn all {sum(r['tried'] for r in rows)} mutants of {len(rows)} solutions: "
        f"{wrong} give something\nwrong without an exception, {caught} of them are "
        f"refused.\n\n## Let through, and why\n\n"
    )
    through = [(r, change) for r in rows for change in r["through"]]
    for row, change in through:
        reason = why.get(change, "Not explained yet.")
        text += f"- {row['unit']}, {row['exercise']}: {_code(change)}. {reason}\n"
    text += "" if through else "None.\n"
    text += (
        "\n## As right as the solution\n\nRead these when a check is changed: one that "
        "is wrong shows inputs which the check lacks.\n"
    )
    for row in rows:
        if row["accepted"]:
            text += f"\n{row['unit']}, {row['exercise']} ({row['track']}):\n\n"
            text += "".join(f"- {_code(change)}\n" for change in row["accepted"])
    return text


def _code(change: str) -> str:
    return " becomes ".join(f"`{part}`" for part in change.split(" → "))


def read() -> list[dict]:
    """Return what was measured last."""
    return json.loads(DATA.read_text("utf-8")) if DATA.exists() else []


def reasons() -> dict[str, str]:
    """Return why a mutant may be let through, by its change."""
    path = ROOT / "docs/mutants-why.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def main(
    names: list[str], most: int | None = None, tracks: Iterable[str] = TRACKS
) -> int:
    """Measure some units, keep the figures of the others, and write the page."""
    found = measure(names, most, tracks)
    kept = [r for r in read() if r["unit"] not in names or _track(r) not in tracks]
    return write(kept + found)


def _track(row: dict) -> str:
    """Return the track that a row was measured in: the first, of a shared solution."""
    return TRACKS[0] if row["track"] == "both" else row["track"]


def write(rows: list[dict]) -> int:
    """Write what was measured, and the page; return 1 if a share is too low."""
    # Stable: in the order of the exercises.
    rows.sort(key=lambda row: (row["unit"], TRACKS.index(_track(row))))
    DATA.parent.mkdir(exist_ok=True)
    one_a_line = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    DATA.write_text(f"[\n{one_a_line}\n]\n", "utf-8")
    PAGE.write_text(page(rows, reasons()), "utf-8")
    low = [row for row in rows if share(row) < LEAST]
    for row in low:
        print(f"{row['unit']} {row['exercise']} ({row['track']}): {share(row):.1%}")
    return bool(low)
