"""Writes what a call of the grader found, in every form that somebody reads."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from unrolled.grade import harmless
from unrolled.grade.book.rows import Row, called, of_results, whose
from unrolled.grade.report import gradebooks, returned, table
from unrolled.grade.report.pages import as_html, as_markdown, decided
from unrolled.grade.result import Result, Verdict
from unrolled.grade.storage import place, write


def write_all(
    out: Path,
    results: list[Result],
    pass_mark: float,
    rows: Sequence[Row] | None = None,
    anonymous: Mapping[str, str] | None = None,
) -> list[Path]:
    """Write every report of a class into a folder; return what was written.

    `rows` are those of the class book; without it every result is a row. `anonymous`
    are ids in place of names, by the student's own id.
    """
    rows, names = of_results(results) if rows is None else rows, anonymous or {}
    units = list(dict.fromkeys(row.unit for row in rows if row.unit))
    column = units[0] if len(units) == 1 else "unrolled"
    made: dict[Path, str | bytes] = {
        out / "class.csv": table.class_csv(rows, pass_mark),
        out / "attempts.csv": table.attempts_csv(rows),
        out / "canvas.csv": gradebooks.canvas(rows, column),
        out / "moodle.csv": gradebooks.moodle(rows),
        out / "junit.xml": as_junit(results, rows),
    }
    told = [
        (result, row, counts)
        for result in results
        for row, counts in whose(result, rows)
    ]
    scopes = {}
    for result, row, counts in told:
        scope = gradescope(result, row if counts else None, not counts)
        name = place(out, result.submission).stem
        if scopes.setdefault(name, scope) != scope:  # a group's, with other points
            scopes[f"{name}-{place(out, row.student.id).stem}"] = scope
    several = [listed(*one, pass_mark) for one in told]
    whole = next(iter(scopes.values())) if len(scopes) == 1 else several
    made[out / "results.json"] = _json(whole)
    for name, scope in scopes.items():
        made[out / "gradescope" / f"{name}.json"] = _json(scope)
    # In a folder of their own: an earlier call may have left pages that bear names.
    pages, folder = {}, out / ("anonymous" if names else "feedback")
    for i, row in enumerate(rows):
        if row.counted is None:  # absent: there is nobody to read it
            continue
        name = names.get(row.student.id, "")
        file = name if name else place(out, row.counted.work.name).stem
        if name and len(units) > 1:
            file = f"{name}-{row.unit or 'unknown'}"
        if folder / f"{file}.md" in made:  # handed in by a group
            file = f"{file}-{place(out, row.student.id).stem}"
        pages[i] = as_html(row, name)
        made[folder / f"{file}.md"] = as_markdown(row, name)
        made[folder / f"{file}.html"] = pages[i]
    made[out / "feedback.zip"] = returned.zipped(rows, pages, names)
    for path, content in made.items():
        write(path, content)
    return list(made)


def _json(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True) + "\n"


def listed(result: Result, row: Row, counts: bool, pass_mark: float) -> dict:
    """Return a result as the list of a class has it: with what counts in the end.

    `earned` is what was graded. It counts, less what lateness costs and with what was
    given by hand, if `counts`.
    """
    data = result.as_json() | {"earned": result.points, "student": row.student.id}
    data["counts"] = counts
    if counts:
        data["points"], data["most"] = row.points, row.most
        data |= {"deducted": row.deducted, "status": row.status(pass_mark)}
        data["by_hand"] = dict(row.changed)
    return data


def gradescope(result: Result, row: Row | None = None, spare: bool = False) -> dict:
    """Return a result as Gradescope's `results.json` has it.

    `row` is the one in which it counts. It is `spare` where another attempt does.
    """
    row = of_results([result])[0] if row is None else row
    told = [result.unreadable] if result.unreadable else []
    told += ["Another attempt counts."] if spare else decided(row)
    told += result.notes
    return {
        "score": row.points,
        "output": harmless.text("\n".join(told)),
        "output_format": "text",
        "visibility": "visible",
        "extra_data": {"isolation": result.isolation, "digest": result.digest},
        "tests": [
            {
                "name": harmless.line(v.name),
                "score": row.of(v),
                "max_score": v.most,
                "status": "passed" if row.of(v) >= v.most else "failed",
                "output": harmless.text(_said(row, v)),
                "output_format": "text",
                "visibility": "visible",
            }
            for v in result.exercises
        ],
    }


def _said(row: Row, v: Verdict) -> str:
    """Return the word and the sentence of an exercise, and what a hand has changed."""
    parts = [f"{v.word}: {v.says}" if v.says else v.word]
    if v.name in row.changed:
        parts.append(f"{row.of(v):g} of {v.most:g} points, given by hand.")
    if comment := row.said(v.name):
        parts.append(f"Comment: {comment}")
    return "\n".join(parts)


def as_junit(results: list[Result], rows: Sequence[Row] | None = None) -> str:
    """Return JUnit's XML: a suite for each submission, a case for each exercise.

    A group's has one for each of its rows whose points differ.
    """
    top = ElementTree.Element("testsuites", name="unrolled grade")
    rows = of_results(results) if rows is None else rows
    for result in results:
        suites: dict[str, Row] = {}
        for row, counts in whose(result, rows):
            row = row if counts else of_results([result])[0]
            suites.setdefault(repr(sorted(row.changed.items())), row)
        for row in suites.values():
            who = f" ({called(row)})" if len(suites) > 1 else ""
            _suite(top, result, row, harmless.line(result.submission + who))
    ElementTree.indent(top)
    return ElementTree.tostring(top, "unicode", xml_declaration=True) + "\n"


def _suite(top: ElementTree.Element, result: Result, row: Row, name: str) -> None:
    suite = ElementTree.SubElement(top, "testsuite", name=name)
    bad = [v for v in result.exercises if row.of(v) < v.most]
    n_errors = int(bool(result.unreadable))
    suite.set("tests", str(len(result.exercises) + n_errors))
    suite.set("failures", str(len(bad)))
    suite.set("errors", str(n_errors))
    if result.unreadable:
        case = ElementTree.SubElement(suite, "testcase", name="readable")
        case.set("classname", name)
        text = harmless.line(result.unreadable)
        ElementTree.SubElement(case, "error", message=text, type="unreadable")
    for v in result.exercises:
        case = ElementTree.SubElement(suite, "testcase", name=harmless.line(v.name))
        case.set("classname", name)
        if v in bad:
            by_hand = v.name in row.changed
            points = f"{row.of(v):g} of {v.most:g} points, given by hand"
            points = points if by_hand else f"{v.most:g} points"
            failed = ElementTree.SubElement(case, "failure", type=v.word)
            failed.set("message", f"{v.word} ({points})")
            failed.text = harmless.text(v.says)
