"""Build notebooks, solutions, quizzes, the glossary and tables from `lessons/`.

python tools/build.py                 build everything
python tools/build.py 02-some-unit    build some units
python tools/build.py --check         write nothing, name what is not up to date
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import glossary
import notebook
import pages
import paths
import prerequisites
import project
import slips
import student_copy
import teaching
import unit as units
from unrolled import quiz
from unrolled.source import layout
from unrolled.source.layout import TRACKS

COURSE = Path(__file__).resolve().parents[1]
BUILT = ("notebooks", "solutions", "quizzes")
# What a build may have written, and so may take away again.
OURS = re.compile(
    r"(notebooks|solutions)/(\w+)/(\d\d)-[\w-]+/\3[ab]_(lesson|assignment)_\2\.ipynb"
    r"|quizzes/\d\d-[\w-]+\.md"
    rf"|notebooks/\w+/{layout.CAPSTONE}[\w-]*/\w+_{layout.CAPSTONE}_\w+\.ipynb"
)


class BuildError(Exception):
    """Every fault of the course, one sentence a line."""


def build(course: Path = COURSE, only: list[str] | None = None) -> dict[str, bytes]:
    """Return everything that is built: path in the course -> content.

    Reads the built notebooks too, to keep the outputs of those whose cells are
    unchanged. `only` names the units wanted. Raises BuildError.
    """
    folders = units.folders(course)
    unknown = sorted(set(only or []) - {folder.name for folder in folders})
    wrong = [f"lessons/{name}: there is no such unit." for name in unknown]
    read = []
    for folder in folders:
        try:
            read.append(units.read(folder))
        except units.UnitError as error:
            wrong.append(str(error))
    wrong += glossary.faults(read)
    try:
        projects = {} if only else project.files(course)
    except project.SourceError as error:
        wrong.append(str(error))
    if wrong:
        raise BuildError("\n".join(wrong))
    made: dict[str, bytes] = {}
    for one in read:
        if not only or one.name in only:
            files = dict(_unit_files(course, one))
            page = f"lessons/{one.name}/README.md"
            files[page] = _filled(files[page], "days", paths.days, read, "../")
            made |= {path: text.encode() for path, text in files.items()}
    readme = (course / "README.md").read_text("utf-8")
    readme = pages.fill(readme, "units", pages.units_table(read))
    readme = _filled(readme, "paths", paths.overview, read, "lessons/")
    made |= {"README.md": readme.encode()} | _for_instructors(course, read)
    return made | projects | {"GLOSSARY.md": glossary.page(read).encode()}


def _unit_files(course: Path, one: units.Unit) -> Iterator[tuple[str, str]]:
    repository = notebook.repository(course)
    for track in TRACKS:
        lesson = notebook.make(one.lesson, track, repository)
        solution = notebook.make(one.assignment, track, repository)
        student = student_copy.student_copy(solution)
        for kind, nb in (("lesson", lesson), ("solution", solution)):
            path = layout.notebook(one.name, kind, track)
            yield path, notebook.text(notebook.keep_outputs(nb, course / path))
        yield layout.notebook(one.name, "assignment", track), notebook.text(student)
    yield f"quizzes/{one.name}.md", quiz.markdown(one.quiz, one.title)
    page = course / "lessons" / one.name / "teaching.md"
    if page.is_file():
        told = pages.fill(page.read_text("utf-8"), "goals", teaching.goals(one))
        told = pages.fill(told, "wrong", teaching.wrong(one, slips.read(course)))
        yield f"lessons/{one.name}/teaching.md", told
    readme = pages.fill(one.readme, "links", pages.unit_links(one))
    yield f"lessons/{one.name}/README.md", readme


def _for_instructors(course: Path, read: list[units.Unit]) -> dict[str, bytes]:
    """Return docs/teaching.md with its tables and its drawing, if it is there."""
    file = course / "docs/teaching.md"
    if not file.is_file():
        return {}
    page = file.read_text("utf-8")
    for mark, make in (
        ("units", teaching.units_table),
        ("semester", teaching.semester),
        ("week", teaching.week),
    ):
        page = _filled(page, mark, make, read, "../lessons/")
    try:
        drawn = prerequisites.svg(read)
    except ValueError as error:
        raise BuildError(str(error)) from error
    return {
        "docs/teaching.md": page.encode(),
        "docs/img/prerequisites.svg": drawn.encode(),
    }


def _filled(
    page: str, mark: str, make: Callable, read: list[units.Unit], folder: str
) -> str:
    """Return a page with the paths through the course, if it has a place for them."""
    if f"<!-- {mark} -->" not in page:
        return page
    try:
        return pages.fill(page, mark, make(read, folder))
    except ValueError as error:
        raise BuildError(str(error)) from error


def surplus(course: Path, made: dict[str, bytes]) -> list[str]:
    """Return the files in built folders that no source stands behind."""
    found = (p for top in BUILT for p in (course / top).rglob("*") if p.is_file())
    paths = (path.relative_to(course) for path in found)
    return sorted(
        path.as_posix()
        for path in paths
        if path.as_posix() not in made
        and not any(part.startswith(".") for part in path.parts)
    )


def stale(course: Path, made: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield (path, "missing" or "stale") for what differs from a fresh build."""
    for path, content in made.items():
        if not (course / path).is_file():
            yield path, "missing"
        elif (course / path).read_bytes() != content:
            yield path, "stale"


def main(arguments: list[str] | None = None) -> int:
    """Build or check the course; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("units", nargs="*", metavar="UNIT", help="a folder of lessons/")
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--course", type=Path, default=COURSE, metavar="DIR")
    chosen = parser.parse_args(arguments)
    try:
        made = build(chosen.course, chosen.units)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    changed = dict(stale(chosen.course, made))
    if not chosen.units:
        changed |= dict.fromkeys(surplus(chosen.course, made), "surplus")
    if chosen.check:
        for path, state in changed.items():
            print(f"{state}: {path}")
        if changed:
            print("Run `make build` and commit what it writes.")
        return int(bool(changed))
    for path in changed:
        _write(chosen.course / path, made.get(path), path)
    print(f"{len(made)} files built, {len(changed)} of them changed.")
    return 0


def _write(target: Path, content: bytes | None, path: str) -> None:
    if content is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        print(f"wrote {path}")
    elif OURS.fullmatch(path):
        target.unlink()
        with suppress(OSError):  # the first folder that is not empty ends it
            for folder in target.parents:
                folder.rmdir()
        print(f"removed {path}, which no source stands behind")
    else:
        print(f"{path} is not built; move it away")


if __name__ == "__main__":
    sys.exit(main())
