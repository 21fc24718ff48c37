"""Writes what a call of the grader found, in every form that somebody reads."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from unrolled.grade.book.rows import Row, of_results
from unrolled.grade.marking.grader import Result
from unrolled.grade.report import gradebooks, harmless, returned, table
from unrolled.grade.report.pages import as_html, as_markdown
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
        out / "junit.xml": as_junit(results),
    }
    scopes = [gradescope(result) for result in results]
    whole = scopes[0] if len(scopes) == 1 else [r.as_json() for r in results]
    made[out / "results.json"] = _json(whole)
    for result, scope in zip(results, scopes, strict=True):
        name = place(out, result.submission).stem
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


def gradescope(result: Result) -> dict:
    """Return a result as Gradescope's `results.json` has it."""
    told = [result.unreadable] if result.unreadable else []
    told += result.notes
    return {
        "score": result.points,
        "output": harmless.text("\n".join(told)),
        "output_format": "text",
        "visibility": "visible",
        "extra_data": {"isolation": result.isolation, "digest": result.digest},
        "tests": [
            {
                "name": harmless.line(v.name),
                "score": v.points,
                "max_score": v.most,
                "status": "passed" if v.word == "right" else "failed",
                "output": harmless.text(f"{v.word}: {v.says}" if v.says else v.word),
                "output_format": "text",
                "visibility": "visible",
            }
            for v in result.exercises
        ],
    }


def status(result: Result, pass_mark: float) -> str:
    """Return passed, below the pass mark, or could not be graded."""
    return of_results([result])[0].status(pass_mark)


def as_junit(results: list[Result]) -> str:
    """Return JUnit's XML: a suite for each submission, a case for each exercise."""
    top = ElementTree.Element("testsuites", name="unrolled grade")
    for result in results:
        name = harmless.line(result.submission)
        suite = ElementTree.SubElement(top, "testsuite", name=name)
        bad = [v for v in result.exercises if v.word != "right"]
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
            if v.word != "right":
                failed = ElementTree.SubElement(case, "failure", type=v.word)
                failed.set("message", f"{v.word} ({v.most:g} points)")
                failed.text = harmless.text(v.says)
    ElementTree.indent(top)
    return ElementTree.tostring(top, "unicode", xml_declaration=True) + "\n"
