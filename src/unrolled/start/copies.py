"""A learner's own copy of pages and notebooks, which holds no solution.

Jupyter saves what it runs. In a folder of their own the notebooks change no file of the
course, and the links between pages and notebooks lead to what is there.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from unrolled.source.layout import TRACKS

from .page import start_page

# What a learner reads and runs. The sources beside a unit's README hold the solutions.
SHOWN = (
    "GLOSSARY.md",
    "benchmarks/README.md",
    "docs/gallery.md",
    "lessons/*/README.md",
    "lessons/*/img/*",
    "notebooks/*/*/*.ipynb",
    "notebooks/*/*/capstone.json",
    "quizzes/*.md",
)
START = "START.md"
# A link to a file beside: no picture, no address of another host, no place on the page.
LINK = re.compile(rb"(?<!!)\[([^\]\[]*)\]\((?!\w+:|#)([^)#\s]+)(?:#[^)\s]*)?\)")
RECORD = ".handed-out.json"  # path -> hash of what was copied there last


def contents(course: Path, track: str | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield (path, content) of what a learner is given, of one track or of all."""
    others = [t for t in TRACKS if track and t != track]
    readme = (course / "README.md").read_text("utf-8")
    yield START, start_page(readme, track).encode()
    left_out = tuple(f"notebooks/{other}/" for other in others)
    given = {
        path.relative_to(course).as_posix(): path
        for pattern in SHOWN
        for path in sorted(course.glob(pattern))
    }
    given = {at: path for at, path in given.items() if not at.startswith(left_out)}
    for place, path in given.items():
        content = path.read_bytes()
        if path.suffix in (".md", ".ipynb"):
            content = _without_dead_links(content, place, set(given) | {START})
        yield place, content


def _without_dead_links(content: bytes, place: str, given: set[str]) -> bytes:
    """Return a page or notebook in which a link to what is not given is text alone."""

    def kept(link: re.Match) -> bytes:
        to = os.path.normpath(os.path.join(os.path.dirname(place), link[2].decode()))
        return link[0] if to.replace(os.sep, "/") in given else link[1]

    return LINK.sub(kept, content)


def renew(course: Path, folder: Path, track: str | None = None) -> list[str]:
    """Bring `folder` up to date and return a sentence for all that needs a look.

    A file that the learner has not touched is renewed. One that both the learner and
    the course changed stays; the course's is put beside it. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / RECORD
    handed = _read(record)
    said = []
    try:
        for path, content in contents(course, track):
            target, new = folder / path, _hash(path, content)
            mine = _hash(path, target.read_bytes()) if target.exists() else None
            if mine in (None, new) or (new != mine == handed.get(path)):
                if mine != new:
                    _write(target, content)
            elif new != handed.get(path):
                beside = _free(target)
                _write(beside, content)
                said.append(
                    f"{path} changed in the course and yours is kept; the new one is "
                    f"{beside.name}, beside it."
                )
            handed[path] = new
    finally:
        _write(record, json.dumps(handed, indent=1).encode())
    return said


def _hash(path: str, content: bytes) -> str:
    """Return a hash of a file; of a notebook's cells, since Jupyter writes the rest."""
    if path.endswith(".ipynb"):
        with suppress(ValueError, KeyError, TypeError):
            content = json.dumps(json.loads(content)["cells"], sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def _read(record: Path) -> dict[str, str]:
    try:
        return json.loads(record.read_text("utf-8"))
    except (OSError, ValueError):
        return {}  # then every file that differs counts as the learner's


def _write(target: Path, content: bytes) -> None:
    """Write a file whole or not at all: Ctrl-C leaves no half one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(content)
    os.replace(part, target)


def _free(target: Path) -> Path:
    """Return a name beside `target` that nothing has."""
    number, path = 1, target
    while path.exists():
        path = target.with_name(f"{target.stem} (new {number}){target.suffix}")
        number += 1
    return path
