"""Writes what a call of the grader found, in every form that somebody reads."""

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

from unrolled.grade.marking.grader import Result
from unrolled.grade.report import harmless
from unrolled.grade.report.pages import as_html, as_markdown
from unrolled.grade.storage import place, write

UNREADABLE = "could not be graded"


def write_all(out: Path, results: list[Result], pass_mark: float) -> list[Path]:
    """Write every report of a class into a folder; return what was written.

    class.csv, junit.xml, results.json (a list; Gradescope's object if there is one
    submission), and a folder each with Gradescope's JSON and the learners' feedback.
    """
    made = {
        out / "class.csv": as_csv(results, pass_mark),
        out / "junit.xml": as_junit(results),
    }
    scopes = [gradescope(result) for result in results]
    whole = scopes[0] if len(scopes) == 1 else [r.as_json() for r in results]
    made[out / "results.json"] = _json(whole)
    for result, scope in zip(results, scopes, strict=True):
        name = place(out, result.submission).stem
        made[out / "gradescope" / f"{name}.json"] = _json(scope)
        made[out / "feedback" / f"{name}.md"] = as_markdown(result)
        made[out / "feedback" / f"{name}.html"] = as_html(result)
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


def as_csv(results: list[Result], pass_mark: float) -> str:
    """Return one line for each submission, and a column for each exercise."""
    names = dict.fromkeys(v.name for r in results for v in r.exercises)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    head = ["submission", "unit", "track", "points", "of", "share", "status"]
    table.writerow([*head, *map(harmless.cell, names)])
    for r in results:
        words = {v.name: v.word for v in r.exercises}
        row = [r.submission, r.unit, r.track, f"{r.points:g}", f"{r.most:g}"]
        row += [f"{r.share:.4f}", status(r, pass_mark)]
        table.writerow(map(harmless.cell, row + [words.get(n, "") for n in names]))
    return out.getvalue()


def status(result: Result, pass_mark: float) -> str:
    """Return passed, below the pass mark, or could not be graded."""
    if result.unreadable:
        return UNREADABLE
    # A share that is the mark but for rounding has reached it.
    reached = result.share >= pass_mark - 1e-9
    return "passed" if reached else "below the pass mark"


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
