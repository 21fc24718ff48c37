"""Right answers in other styles than the solution's are accepted.

`tests/right/<unit>.py` holds them, as `mistakes.py` holds the wrong ones: edits of the
solution, or whole cells.
"""

import json
import runpy
from pathlib import Path

import pytest

import courses
from courses import COURSE
from unrolled.check.mistakes import made_by
from unrolled.source.layout import TRACKS
from unrolled.source.percent import solutions

EVERY = pytest.mark.every
FILES = {path.stem: path for path in sorted((COURSE / "tests/right").glob("*.py"))}


def judged(name: str, track: str, folder: Path) -> list[dict]:
    """Return what the unit's checks say to each right answer."""
    solved = solutions(COURSE / f"lessons/{name}/assignment.py", track)
    cells = {
        exercise: [
            (one.says, one.code)
            for style, edit in styles.items()
            for one in made_by(style, edit, solved[exercise], track)
        ]
        for exercise, styles in runpy.run_path(str(FILES[name]))["RIGHT"].items()
    }
    file = folder / "answers.json"
    file.write_text(json.dumps(cells), "utf-8")
    tool = str(COURSE / "tools/quality/exercises.py")
    ran = courses.run(tool, f"lessons/{name}", track, str(file))
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout)


# Most styles are NumPy, the same in both tracks: in TensorFlow a sample is enough.
SAMPLE = ("02-recurrent-cell", "06-gru")
CASES = [
    pytest.param(
        name, track, marks=() if track == "pytorch" or name in SAMPLE else EVERY
    )
    for name in FILES
    for track in TRACKS
]


@pytest.mark.parametrize(("name", "track"), CASES)
def test_a_right_answer_in_another_style_is_accepted(name, track, tmp_path):
    entries = judged(name, track, tmp_path)
    refused = {
        f"{e['exercise']}, {e['mistake']}": e["said"]
        for e in entries
        if e["refused"] is not False
    }
    assert entries and refused == {}
