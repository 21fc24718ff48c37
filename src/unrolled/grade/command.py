"""`unrolled grade`: grades one notebook, or a folder of a whole class."""

import argparse
import os
import sys
from pathlib import Path

from tqdm import tqdm

from unrolled import course
from unrolled.grade.classes import classroom
from unrolled.grade.marking.grader import Result
from unrolled.grade.report import files, harmless
from unrolled.grade.sandbox import fork_server
from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.submission import assignments
from unrolled.source.layout import TRACKS

PASSED, BELOW, COULD_NOT = 0, 1, 2
EPILOG = """\
Exit status: 0 all passed, 1 some are below the pass mark, 2 some could not be graded.
With --out a call that was stopped goes on where it was.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="unrolled grade",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("submissions", nargs="+", type=Path, metavar="SUBMISSION")
    add("--assignment", metavar="UNIT", help="05-lstm, or 05; else told by the cells")
    add("--track", choices=TRACKS)
    add("--out", type=Path, metavar="DIR", help="where the reports go")
    add("--jobs", type=_positive, metavar="N", help="how many at a time")
    add("--pass-mark", type=_share, default=0.6, metavar="0.6")
    add("--course", type=Path, metavar="DIR", help="a checkout of the course")
    add("--seed", type=int, default=0, help="of the inputs that answers are tried on")
    most = Limits()
    add("--cell-seconds", type=float, default=most.cell, metavar="S")
    add("--total-seconds", type=float, default=most.total, metavar="S")
    add("--memory", type=_positive, default=most.memory, metavar="MB")
    add("--isolation", choices=("auto", "bubblewrap", "limits"), default="auto")
    add("--scheduler", metavar="ADDRESS", help="of a Dask cluster that does the work")
    return made


def _positive(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return int(text)


def _share(text: str) -> float:
    if not 0 <= float(text) <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return float(text)


def main(arguments: list[str] | None = None) -> int:
    """Grade what the command line names; return the exit status."""
    chosen = parser().parse_args(arguments)
    if not sys.platform.startswith("linux"):
        return _complain(
            "`unrolled grade` needs Linux, for its sandbox and its fork server. On "
            "Windows run it in WSL, on macOS in a container, or let a workflow do it "
            "(examples/classroom)."
        )
    try:
        plan = _plan(chosen)
    except (FileNotFoundError, assignments.NoSuchAssignment) as error:
        return _complain(str(error))
    isolation = _isolation(chosen.isolation)
    if isolation is None:
        return _complain("bubblewrap does not work here; docs/grading.md says why.")
    plan = classroom.Plan(**{**vars(plan), "isolation": isolation})
    works, ignored = classroom.submissions(chosen.submissions)
    for path in ignored:
        print(f"ignored, no notebook: {harmless.line(str(path))}", file=sys.stderr)
    if not works:
        return _complain("There is no notebook to grade.")
    if isolation == "limits":
        print(fork_server.WARNING, file=sys.stderr)
    kept = " The same call goes on where it was." if chosen.out else ""
    try:
        results = _graded(plan, works, chosen)
        _tell(results, chosen.pass_mark)
        if chosen.out:
            written = files.write_all(chosen.out, results, chosen.pass_mark)
            print(f"{len(written)} files written to {chosen.out}.")
    except KeyboardInterrupt:
        return _complain(f"Stopped.{kept}")
    except OSError as error:  # a full disk, a folder of somebody else
        return _complain(f"Stopped: {error}.{kept}")
    if isolation == "limits":
        print(fork_server.WARNING, file=sys.stderr)
    return exit_status(results, chosen.pass_mark)


def _plan(chosen: argparse.Namespace) -> classroom.Plan:
    where = (chosen.course or course.root()).resolve()
    if not assignments.known(where):
        raise FileNotFoundError(
            f"{where} holds no assignments. Give a checkout of the course: --course."
        )
    if chosen.assignment and chosen.track:
        assignments.read(where, chosen.assignment, chosen.track)
    limits = Limits(chosen.cell_seconds, chosen.total_seconds, memory=chosen.memory)
    given = (chosen.assignment, chosen.track, limits, chosen.seed)
    return classroom.Plan(where, "", *given)


def _isolation(wanted: str) -> str | None:
    if wanted == "limits":
        return "limits"
    found = fork_server.level()
    return None if wanted == "bubblewrap" != found else found


def _graded(
    plan: classroom.Plan, works: list[classroom.Work], chosen: argparse.Namespace
) -> list[Result]:
    folder = chosen.out / "submissions" if chosen.out else None
    jobs = min(chosen.jobs or os.cpu_count() or 1, len(works))
    if chosen.scheduler:
        from unrolled.grade.classes import cluster

        found = cluster.grade_all(plan, works, folder, chosen.scheduler)
    else:
        found = classroom.grade_all(plan, works, folder, jobs)
    bar = tqdm(total=len(works), desc="graded", ascii=True, disable=len(works) < 2)
    results = []
    for result in found:
        results.append(result)
        bar.update()
    bar.close()
    return classroom.in_order(results, works)


def _tell(results: list[Result], pass_mark: float) -> None:
    for result in results:
        name = harmless.line(result.submission)
        if result.unreadable:
            print(f"{name}: could not be graded. {harmless.line(result.unreadable)}")
            continue
        status = files.status(result, pass_mark)
        print(f"{name}: {result.points:g} of {result.most:g} points, {status}")
        for note in result.notes if len(results) == 1 else ():
            print(f"  note: {harmless.line(note)}")
        for v in result.exercises if len(results) == 1 else ():
            says = f": {harmless.line(v.says)}" if v.says and v.word != "right" else ""
            print(
                f"  {harmless.line(v.name)}, {v.points:g} of {v.most:g}, {v.word}{says}"
            )


def exit_status(results: list[Result], pass_mark: float) -> int:
    """Return 0, 1 or 2: the worst of what happened to any submission."""
    if any(r.unreadable for r in results):
        return COULD_NOT
    if any(files.status(r, pass_mark) != "passed" for r in results):
        return BELOW
    return PASSED


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return COULD_NOT


if __name__ == "__main__":
    sys.exit(main())
