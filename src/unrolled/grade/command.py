"""`unrolled grade`: grades one notebook, or a folder of a whole class."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tqdm import tqdm

from unrolled import course
from unrolled.grade import harmless, options, storage
from unrolled.grade.book import anonymous, overrides, rows
from unrolled.grade.book.overrides import BadOverride, Override
from unrolled.grade.book.rows import Row
from unrolled.grade.classes import classroom
from unrolled.grade.classes.again import Ask
from unrolled.grade.intake import lateness, roster
from unrolled.grade.intake.gather import Work
from unrolled.grade.intake.lateness import BadPolicy, Policy, Times
from unrolled.grade.intake.roster import BadRoster, Roster
from unrolled.grade.report import files
from unrolled.grade.result import Result
from unrolled.grade.sandbox import fork_server
from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.submission import assignments

PASSED, BELOW, COULD_NOT = 0, 1, 2
REFUSED = (FileNotFoundError, assignments.NoSuchAssignment, BadRoster, BadPolicy,
           BadOverride, storage.Unwritable)  # fmt: skip


@dataclass
class Class:
    """What is known of a class beside its submissions."""

    roster: Roster | None = None
    policy: Policy = field(default_factory=Policy)
    times: Times | None = None
    overrides: list[Override] = field(default_factory=list)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    return options.parser()


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
        about = _class(chosen, plan)
        works, ignored = classroom.submissions(chosen.submissions, about.roster)
        for path in ignored:
            print(f"ignored, no notebook: {harmless.line(str(path))}", file=sys.stderr)
        if not works:
            return _complain("There is no notebook to grade.")
        asks = _asks(chosen, plan, works, about)
        isolation = _isolation(chosen.isolation)
        if isolation is None:
            return _complain("bubblewrap does not work here; docs/grading.md says why.")
        if chosen.out:
            storage.prepare(chosen.out, len(works))
        seed = storage.seed(chosen.out) if chosen.seed is None else chosen.seed
    except REFUSED as error:
        return _complain(str(error))
    plan = replace(plan, isolation=isolation, seed=seed)
    if isolation == "limits":
        print(fork_server.WARNING, file=sys.stderr)
    kept = " The same call goes on where it was." if chosen.out else ""
    try:
        results = _graded(plan, works, chosen, asks)
        given = (about.roster, about.policy, about.times, about.overrides)
        book = rows.build(works, results, *given)
        _tell(results, book, chosen)
        if chosen.out:
            names = anonymous.ids(chosen.out, book) if chosen.anonymous else {}
            told = (chosen.out, results, chosen.pass_mark, book, names)
            print(f"{len(files.write_all(*told))} files written to {chosen.out}.")
    except KeyboardInterrupt:
        return _complain(f"Stopped.{kept}")
    except (OSError, BadOverride, BadRoster) as error:  # a full disk, say
        return _complain(f"Stopped: {str(error).rstrip('.')}.{kept}")
    if isolation == "limits":
        print(fork_server.WARNING, file=sys.stderr)
    if says := _not_there(results, asks):
        return _complain(says)
    return exit_status(results, chosen.pass_mark, book)


def _not_there(results: list[Result], asks: Mapping[str, Ask]) -> str:
    """Return the sentence about `--only` an exercise that nobody's unit has.

    Which units they are is known from the notebooks alone, if --assignment names none.
    """
    asked = {name for ask in asks.values() for name in ask.only or ()}
    there = {v.name for result in results for v in result.exercises}
    missing = ", ".join(sorted(asked - there))
    if not missing or not there:
        return ""
    return (
        f"--only {missing}: the units of these submissions have no such exercise, and "
        f"nothing of it was graded. They have {', '.join(sorted(there))}."
    )


def _plan(chosen: argparse.Namespace) -> classroom.Plan:
    where = (chosen.course or course.root()).resolve()
    pairs = assignments.known(where)
    if not pairs:
        raise FileNotFoundError(
            f"{where} holds no assignments. Give a checkout of the course: --course."
        )
    unit = chosen.assignment
    if unit:
        having = [t for u, t in pairs if unit in (u, u[:2])]
        track = chosen.track or next(iter(having), pairs[0][1])
        unit = assignments.read(where, unit, track).unit  # complain now
    limits = Limits(chosen.cell_seconds, chosen.total_seconds, memory=chosen.memory)
    return classroom.Plan(where, "", unit, chosen.track, limits)


def _class(chosen: argparse.Namespace, plan: classroom.Plan) -> Class:
    """Read the roster, the policy and the overrides; raises one of REFUSED."""
    if chosen.anonymous and not chosen.out:
        raise BadRoster("--anonymous needs --out: its ids are kept there.")
    zone = lateness.zone(chosen.timezone)
    policy = Policy(
        lateness.moment(chosen.due, zone) if chosen.due else None,
        zone,
        chosen.grace,
        chosen.late_free,
        chosen.late_penalty,
        chosen.late_most,
    )
    if not chosen.due and (chosen.late_penalty or chosen.late_most is not None):
        raise BadPolicy("What is late cannot be told without --due.")
    path = chosen.overrides
    if path is None and chosen.out and (chosen.out / overrides.NAME).is_file():
        path = chosen.out / overrides.NAME
    return Class(
        roster.read(chosen.roster) if chosen.roster else None,
        policy,
        Times(chosen.times, zone) if chosen.times else None,
        overrides.read(path, _exercises(plan)) if path else [],
    )


def _exercises(plan: classroom.Plan) -> set[str]:
    """Return the exercises of the unit that is graded, or of all that there are."""
    pairs = [p for p in assignments.known(plan.course) if plan.unit in (None, p[0])]
    found = [assignments.read(plan.course, *pair).exercises for pair in pairs]
    return {name for exercises in found for name in exercises}


def _asks(
    chosen: argparse.Namespace, plan: classroom.Plan, works: list[Work], about: Class
) -> dict[str, Ask]:
    """Return what is asked of each submission; raises BadOverride for unknown names."""
    exercises, mine = set(), set()
    known = _exercises(plan) if chosen.only else set()
    for name in chosen.only:
        found = {work.name for work in works if name.casefold() in _names(work, about)}
        if name in known:
            exercises.add(name)
        elif found:
            mine |= found
        else:
            raise BadOverride(
                f"--only {name}: no exercise and no student is called so. Exercises: "
                f"{', '.join(sorted(known))}."
            )
    only = frozenset(exercises) if exercises else None
    return {
        w.name: Ask(chosen.again, only, not chosen.only or not mine or w.name in mine)
        for w in works
    }


def _names(work: Work, about: Class) -> set[str]:
    """Return what the student of a submission may be called on the command line."""
    names = {work.name}
    for owner in work.owners:
        names |= {owner.shown, *(value for _, value in owner.handles)}
        student = about.roster.find(owner)[0] if about.roster else None
        if student:
            names |= {student.id, student.name, student.email}
    return {name.casefold() for name in names if name}


def _isolation(wanted: str) -> str | None:
    if wanted == "limits":
        return "limits"
    found = fork_server.level()
    return None if wanted == "bubblewrap" != found else found


def _graded(
    plan: classroom.Plan,
    works: list[Work],
    chosen: argparse.Namespace,
    asks: Mapping[str, Ask],
) -> list[Result]:
    folder = chosen.out / "submissions" if chosen.out else None
    jobs = min(chosen.jobs or os.cpu_count() or 1, len(works))
    if chosen.scheduler:
        from unrolled.grade.classes import cluster

        found = cluster.grade_all(plan, works, folder, chosen.scheduler, asks)
    else:
        found = classroom.grade_all(plan, works, folder, jobs, asks)
    bar = tqdm(total=len(works), desc="graded", ascii=True, disable=len(works) < 2)
    results = []
    for result in found:
        results.append(result)
        bar.update()
    bar.close()
    return classroom.in_order(results, works)


def _tell(results: list[Result], book: list[Row], chosen: argparse.Namespace) -> None:
    if not (chosen.assignment and chosen.track):
        seen = Counter((r.unit, r.track) for r in results if not r.unreadable)
        for (unit, track), n in seen.items():
            print(f"Recognized: {unit}, {track} ({n} of {len(results)}).")
    for result in results:
        told: dict[tuple[str, ...], Row] = {}
        for row, counts in rows.whose(result, book):
            lines = _lines(result, row, counts, chosen.pass_mark)
            told.setdefault(tuple(lines), row)
        for lines, row in told.items():  # of a group, each that differs
            name = result.submission
            name += f" ({rows.called(row)})" if len(told) > 1 else ""
            print(f"{harmless.line(name)}: {lines[0]}")
            for line in lines[1:] if len(results) == 1 else ():
                print(f"  {line}")
    for row in book:
        called = harmless.line(rows.called(row))
        if row.counted is None:
            status = row.status(chosen.pass_mark)
            print(f"{called}: {_points(row, status) if row.changed else status}")
        elif not row.known:
            print(f"{called}: is not in the roster", file=sys.stderr)


def _lines(result: Result, row: Row, counts: bool, pass_mark: float) -> list[str]:
    """Return what is said of a result: what counts, its notes, each exercise."""
    if result.unreadable and not (counts and "" in row.changed):
        return [f"could not be graded. {harmless.line(result.unreadable)}"]
    if counts:
        told = [_points(row, row.status(pass_mark))]
    else:
        points = f"{result.points:g} of {result.most:g} points"
        told = [f"{points}, another attempt counts"]
    told += [f"note: {harmless.line(note)}" for note in result.notes]
    for v in result.exercises:
        points = row.of(v) if counts else v.points
        hand = " by hand" if counts and v.name in row.changed else ""
        says = f": {harmless.line(v.says)}" if v.says and v.word != "right" else ""
        told.append(
            f"{harmless.line(v.name)}, {points:g}{hand} of {v.most:g}, {v.word}{says}"
        )
    return told


def _points(row: Row, status: str) -> str:
    """Return the points that count, the status, and what has changed them."""
    said = f"{row.points:g} of {row.most:g} points, {status}"
    if row.changed:
        said += f", {rows.BY_HAND}"
    if row.deducted:
        days = row.counted.days
        s = "" if days == 1 else "s"
        said += f"; {row.deducted:g} taken off for {days} day{s}"
    return said


def exit_status(
    results: list[Result], pass_mark: float, book: list[Row] | None = None
) -> int:
    """Return 0, 1 or 2: the worst of what happened to anybody.

    What could not be graded and was decided by hand has happened to nobody.
    """
    book = book or rows.of_results(results)
    told = {r.status(pass_mark) for r in book}
    by_hand = [r.result for r in book if "" in r.changed]
    failed = [r for r in results if r.unreadable and all(r is not b for b in by_hand)]
    if rows.UNREADABLE in told or failed:
        return COULD_NOT
    return PASSED if told <= {rows.PASSED} else BELOW


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return COULD_NOT


if __name__ == "__main__":
    sys.exit(main())
