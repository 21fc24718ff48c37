"""For the conversion of a unit's mistakes; goes when all units are converted.

python tests/former.py draft 07     writes /tmp/mistakes-07.py: the former mistakes as
                                    edits of the solution, keyed by what was said
python tests/former.py gate 07      what the checks of today say to the former mistakes

`--track pytorch` limits both to one track. The former mistakes are those of the commit
FORMER. `draft` must run before `checks.py` is changed, since it asks the former checks.
"""

import argparse
import difflib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import tokenize
from pathlib import Path

from unrolled.source.layout import TRACKS

ROOT = Path(__file__).resolve().parents[1]
FORMER = "a19200f"
HEAD = '"""The wrong answers that learners give: what to say, and what it is."""'
SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER}
# What the engine says by itself needs no entry.
GENERIC = re.compile(
    r"`[^`]+`(?: → `[^`]+`)? (?:is wrong|is [-\d.]|has shape|returned|stopped|changed|"
    r"holds|must return)|`[^`]+`: (?:the gradient for|all )|With "
)


def told(unit: str, track: str) -> list[dict]:
    """Return the former mistakes, and what the unit's checks say to each."""
    file = f"lessons/{unit}/mistakes.py"
    old = subprocess.check_output(
        ["git", "show", f"{FORMER}:{file}"], cwd=ROOT, text=True
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mistakes.py"
        path.write_text(old, "utf-8")
        tool = [
            sys.executable,
            "tools/quality/exercises.py",
            f"lessons/{unit}",
            track,
            path,
        ]
        env = os.environ | {"MPLBACKEND": "Agg"}
        ran = subprocess.run(tool, cwd=ROOT, env=env, capture_output=True, text=True)
    if ran.returncode:
        raise SystemExit(ran.stderr[-3000:])
    return json.loads(ran.stdout)


def gate(unit: str, tracks: list[str]) -> int:
    """Print the former mistakes that are accepted, or refused in other words."""
    accepted = 0
    for track in tracks:
        entries = told(unit, track)
        others = [e for e in entries if e["hint"] not in e["said"]]
        accepted += sum(not e["refused"] for e in entries)
        print(
            f"{unit}, {track}: {len(entries)} former mistakes, {len(others)} not told"
        )
        print("in the former words. Read each: is what is said now as good, or better?")
        for e in others:
            print(f"\n{e['exercise']}: {e['mistake']} [{e['hint']}]")
            print(f"    {e['said'] if e['refused'] else 'ACCEPTED'}")
    return accepted


def draft(unit: str, tracks: list[str]) -> None:
    """Write the former mistakes in the new form, as far as a diff can tell."""
    found: dict[str, dict[str, dict[str, list]]] = {}
    left = []
    for track in tracks:
        for e in told(unit, track):
            if not e["refused"] or GENERIC.match(e["said"]):
                left.append(f"{track}: {e['exercise']}: {e['mistake']}: {e['said']}")
                continue
            said = re.sub(r" It is right in \d+ of .*", "", e["said"])
            says = found.setdefault(e["exercise"], {}).setdefault(said, {})
            edit = edit_of(bare(e["solution"]), e["code"])
            if edit not in says.setdefault(track, []):
                says[track].append(edit)
    lines = [
        '"""The wrong answers that learners give: what to say, and what it is in the'
    ]
    lines += ['solution."""', "", "MISTAKES = {"]
    for exercise, known in found.items():
        lines.append(f"{exercise!r}: {{")
        for says, by_track in known.items():
            edits = {t: e[0] if len(e) == 1 else e for t, e in by_track.items()}
            same = len(tracks) == len(edits) and len({repr(e) for e in edits.values()})
            lines.append(
                f"{says!r}: {next(iter(edits.values())) if same == 1 else edits},"
            )
        lines.append("},")
    lines += ["}", "", "# Said by the engine, or not refused:"]
    lines += [f"# {line}" for line in dict.fromkeys(left)]
    path = Path(tempfile.gettempdir()) / f"mistakes-{unit[:2]}.py"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    ruff = [sys.executable, "-m", "ruff", "format", "-q", "--config", "pyproject.toml"]
    subprocess.run([*ruff, path], cwd=ROOT, check=False)
    print(f"{path}: {sum(map(len, found.values()))} sentences, {len(left)} left out")


def bare(solution: str) -> str:
    """Return a solved cell without nbgrader's marks."""
    return re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", solution)


def edit_of(solution: str, wrong: str) -> dict[str, str] | str:
    """Return the edit that makes a wrong cell of the solution; else the whole cell."""
    try:
        ours, theirs = _tokens(solution), _tokens(wrong)
    except (tokenize.TokenError, SyntaxError):
        return wrong
    match = difflib.SequenceMatcher(
        None, [t[0] for t in ours], [t[0] for t in theirs], autojunk=False
    )
    edit = {}
    for what, a, b, c, d in match.get_opcodes():
        if what == "equal":
            continue
        while True:  # until the place is the only one of its kind
            old, new = _text(solution, ours, a, b), _text(wrong, theirs, c, d)
            if old.strip() and solution.count(old) == 1:
                break
            left = a and c and ours[a - 1][0] == theirs[c - 1][0]
            right = b < len(ours) and d < len(theirs) and ours[b][0] == theirs[d][0]
            if left and right:  # rather within the line
                left = "\n" not in _text(solution, ours, a - 1, max(a, b))
            if left:
                a, c = a - 1, c - 1
            elif right:
                b, d = b + 1, d + 1
            else:
                return wrong
        edit[old] = new
    made = solution
    for old, new in edit.items():
        made = made.replace(old, new)
    try:
        fits = [t[0] for t in _tokens(made)] == [t[0] for t in theirs]
    except (tokenize.TokenError, SyntaxError):
        return wrong
    return edit if fits and len(edit) <= 4 else wrong


def _tokens(code: str) -> list[tuple[str, int, int]]:
    starts = [0]
    for line in code.splitlines(True):
        starts.append(starts[-1] + len(line))
    return [
        (
            str(t.type) if t.type in (tokenize.INDENT, tokenize.DEDENT) else t.string,
            starts[t.start[0] - 1] + t.start[1],
            starts[t.end[0] - 1] + t.end[1],
        )
        for t in tokenize.generate_tokens(io.StringIO(code).readline)
        if t.type not in SKIPPED
    ]


def _text(code: str, tokens: list, first: int, last: int) -> str:
    return code[tokens[first][1] : tokens[last - 1][2]] if first < last else ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("draft", "gate"))
    parser.add_argument("unit")
    parser.add_argument("--track", choices=TRACKS)
    args = parser.parse_args()
    folder = next((ROOT / "lessons").glob(f"{args.unit}*")).name
    chosen = [args.track] if args.track else list(TRACKS)
    sys.exit(gate(folder, chosen) if args.what == "gate" else draft(folder, chosen))
