"""Build the site: `python tools/website/build.py`, into build/site.

Everything on it is made of what is committed. No page asks another host for anything.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from unrolled.source import layout
from website import home, quizzes, results, sheets, tree

SOURCE, SITE = tree.ROOT / "build/site-source", tree.ROOT / "build/site"
GITHUB_MATH = re.compile(r"\$`([^`]+)`\$")
BELOW = """
```{{toctree}}
:hidden:

Lesson <lesson>
Assignment <assignment>
Quiz </quizzes/{unit}>
```
"""
PROJECTS = """
```{toctree}
:hidden:

The template <template>
Example: an equation <equation>
Example: sunspots <sunspots>
```
"""


def page(path: Path) -> None:
    """Copy a Markdown file with links that hold on the site, and its pictures."""
    place = path.relative_to(tree.ROOT).as_posix()
    target = SOURCE / place
    target.parent.mkdir(parents=True, exist_ok=True)
    text = GITHUB_MATH.sub(r"$\1$", path.read_text("utf-8"))
    text = re.sub(r"^```math$", "```{math}", text, flags=re.M)
    text = tree.linked(text, place)
    if path.parent.name == layout.CAPSTONE:
        text += PROJECTS
    elif place.startswith("lessons/"):
        text += BELOW.format(unit=path.parent.name)
    target.write_text(text, encoding="utf-8")
    pictures = path.parent / "img"
    if pictures.is_dir():
        shutil.copytree(pictures, target.parent / "img", dirs_exist_ok=True)


def write() -> None:
    """Write the sources of every page."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    SOURCE.mkdir(parents=True)
    for path in [tree.ROOT / "README.md", *tree.documents()]:
        page(path)
    for unit in layout.units(tree.ROOT):
        quizzes.write(unit, SOURCE)
        for part in layout.PARTS:
            sheets.write(unit, part, SOURCE)
            _notebooks(layout.notebook(unit, part, track) for track in layout.TRACKS)
    for part in layout.PROJECTS:
        sheets.write(layout.CAPSTONE, part, SOURCE)
        _notebooks(layout.capstone(part, track) for track in layout.TRACKS)
    results.write(SOURCE)
    home.write(SOURCE)


def _notebooks(files: Iterable[str]) -> None:
    """Copy notebooks, to be downloaded from the site."""
    for file in files:
        (SOURCE / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tree.ROOT / file, SOURCE / file)


def main() -> int:
    """Write the sources, build the site; return Sphinx' exit status."""
    write()
    command = ["-m", "sphinx", "-q", "-W", "--keep-going", "-j", "2", "-b", "html"]
    settings = ["-c", str(Path(__file__).parent)]
    done = subprocess.run([sys.executable, *command, *settings, str(SOURCE), str(SITE)])
    if done.returncode == 0:
        print(f"The site stands in {SITE.relative_to(tree.ROOT)}; open its index.html.")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
