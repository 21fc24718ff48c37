"""nbgrader's own path, end to end: release, collect, grade, feedback, grade book.

Its points are those of `unrolled grade`, for the same submissions.
"""

import json
import sys

import pytest
from nbgrader.api import Gradebook

import courses
from courses import SMALL
from unrolled.grade.marking.grader import Grader, secret
from unrolled.grade.sandbox import fork_server
from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.submission.restore import release
from unrolled.source.layout import TRACKS

pytestmark = pytest.mark.slow
# The small course is the same in both tracks, and so is nbgrader.
PARAMS = [TRACKS[0], *(pytest.param(t, marks=pytest.mark.every) for t in TRACKS[1:])]
WRONG = "def average(x, keep):\n    return x\n"


@pytest.fixture(scope="module", params=PARAMS)
def graded(request, tmp_path_factory):
    """A small course whose three submissions nbgrader has graded."""
    track = request.param
    course = tmp_path_factory.mktemp(track) / "course"
    courses.small_course(course)

    def nbgrader(*arguments):
        ran = courses.run(
            *("-m", "nbgrader", *arguments),
            course=course,
            UNROLLED_TRACK=track,
            JUPYTER_CONFIG_DIR=str(course.parent / "jupyter"),
        )
        assert ran.returncode == 0, ran.stderr

    nbgrader("generate_assignment", SMALL)
    solved = courses.path(course, SMALL, "solution", track)
    name, top = solved.name, course / "grading" / track
    blank = (top / "release" / SMALL / name).read_bytes()
    wrong = json.loads(blank)
    next(c for c in wrong["cells"] if c["id"] == "average")["source"] = WRONG
    handed_in = {"ann": solved.read_bytes(), "ben": blank}
    handed_in["cem"] = json.dumps(wrong).encode()
    for pupil, content in handed_in.items():
        path = top / "submitted" / pupil / SMALL / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    nbgrader("autograde", SMALL)
    nbgrader("generate_feedback", SMALL)
    return course, track, top, handed_in


def test_the_grade_book_holds_the_points(graded):
    _, _, top, _ = graded
    with Gradebook(f"sqlite:///{top / 'gradebook.db'}") as book:
        found = {s.student.id: s.score for s in book.assignment_submissions(SMALL)}
        assert book.find_assignment(SMALL).max_score == 2
    assert found == {"ann": 2, "ben": 0, "cem": 0}


def test_feedback_tells_what_the_check_said(graded):
    _, track, top, _ = graded
    said = {}
    for pupil in ("ann", "ben", "cem"):
        folder = top / "feedback" / pupil / SMALL
        said[pupil] = (folder / f"01b_assignment_{track}.html").read_text("utf-8")
    assert "average: right (6 cases)." in said["ann"]
    assert "has not been attempted yet" in said["ben"]
    assert "returned its argument" in said["cem"] or "Not yet." in said["cem"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
def test_both_graders_give_the_same_points(graded):
    course, track, _, handed_in = graded
    servers = fork_server.Servers(fork_server.level(), secret(course))
    grader = Grader(course, release(course, SMALL, track), servers, Limits(cell=200))
    try:
        found = {p: grader.grade(p, content).points for p, content in handed_in.items()}
    finally:
        servers.close()
    assert found == {"ann": 2, "ben": 0, "cem": 0}
