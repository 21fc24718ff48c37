"""Every relative link and image of every page is there; images say what they show."""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

import courses
from courses import COURSE, SMALL, edit

CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)
IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]+)")
TARGET = re.compile(r"\]\(\s*<?([^)\s>]+)|\b(?:src|href)=\"([^\"]+)\"")
TAG = re.compile(r"<img\b[^>]*>")
WEB = re.compile(r"(https?:|mailto:|data:|attachment:)")
PAGES = (
    "*.md",
    "docs/**/*.md",
    "lessons/**/*.md",
    "quizzes/*.md",
    "benchmarks/**/*.md",
)
NOTEBOOKS = ("notebooks/**/*.ipynb", "solutions/**/*.ipynb")


def pages(course: Path) -> list[Path]:
    """Return every page and notebook of a course."""
    found = {path for pattern in PAGES + NOTEBOOKS for path in course.glob(pattern)}
    return sorted(p for p in found if ".ipynb_checkpoints" not in p.parts)


def text(path: Path) -> str:
    """Return the Markdown of a page, or of a notebook's text cells."""
    if path.suffix == ".md":
        return path.read_text("utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(c.source for c in cells if c.cell_type == "markdown")


def faults(path: Path) -> Iterator[str]:
    """Yield what is wrong with the links and images of one page."""
    markdown = CODE.sub("", text(path))
    for found in TARGET.finditer(markdown):
        target = found[1] or found[2]
        if WEB.match(target):
            continue
        file, _, anchor = target.partition("#")
        there = path.parent / file if file else path
        if target.startswith("/") or not there.exists():
            yield f"links to {target}, which is not there"
        elif anchor and there.suffix == ".md" and anchor not in anchors(there):
            yield f"links to {target}, and there is no such heading"
    for alt, image in IMAGE.findall(markdown):
        if len(alt.strip()) < 4:
            yield f"shows {image} without a text that says what is to be seen"
    for tag in TAG.findall(markdown):
        if not re.search(r"alt=\"[^\"]{4,}\"", tag):
            yield f"shows {tag} without a text that says what is to be seen"


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ +(.+?) *$", page.read_text("utf-8"), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {word.replace(" ", "-") for word in words}


@pytest.mark.parametrize(
    "path", pages(COURSE), ids=lambda p: p.relative_to(COURSE).as_posix()
)
def test_links_and_images_are_there(path):
    assert list(faults(path)) == []


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return courses.small_course(tmp_path_factory.mktemp("built") / "course")


def test_a_unit_from_the_template_links_to_what_is_there(course):
    found = pages(course)
    assert len(found) == 4 + 6
    assert {p.name: list(faults(p)) for p in found if list(faults(p))} == {}


def test_dead_links_and_silent_images_are_noticed(course):
    page = course / f"lessons/{SMALL}/README.md"
    edit(page, "img/average.svg", "img/mean.svg")
    edit(page, "The average forgets", "[forgets](#no-heading) [on](#objectives) ![](x)")
    said = list(faults(page))
    assert "links to img/mean.svg, which is not there" in said
    assert "links to #no-heading, and there is no such heading" in said
    assert "shows x without a text that says what is to be seen" in said
    assert len(said) == 4  # the silent image is not there either


def test_code_is_not_searched_for_links(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("`f[0](x)`\n\n```python\ng[0](y)\n```\n")
    assert list(faults(page)) == []


def test_a_badge_inside_a_link_has_both_targets_checked(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("[![Open it](https://a.org/b.svg)](gone.ipynb)")
    assert list(faults(page)) == ["links to gone.ipynb, which is not there"]
