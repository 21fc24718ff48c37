"""Build the slides: `python tools/slides/build.py`, into build/slides.

Copy that folder to a USB stick: a deck is an HTML file in it and needs nothing else.
`05` builds one unit's deck alone; `--no-handouts` leaves out the PDFs, for which a
chromium is needed.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import source
from slides import handout
from slides.deck import DeckError, read
from slides.page import written
from slides.pull import Puller
from unit import UnitError
from unrolled.quiz.model import QuizError

ROOT = Path(__file__).resolve().parents[2]
FAULTS = (DeckError, source.SourceError, UnitError, QuizError)


def decks(course: Path, asked: str = "") -> list[Path]:
    """Return the decks that there are, or that of the unit asked for."""
    return sorted(course.glob(f"lessons/{asked}*/slides.md"))


def write(course: Path, target: Path, asked: str = "") -> list[str]:
    """Write what Sphinx reads; return the units. Raises DeckError with every fault."""
    shutil.rmtree(target, ignore_errors=True)
    units, wrong = [], []
    for path in decks(course, asked):
        unit = path.parent.name
        pictures = target / "img" / unit
        if (path.parent / "img").is_dir():
            shutil.copytree(path.parent / "img", pictures)
        try:
            text = written(read(path), Puller(course, unit, pictures))
        except FAULTS as error:
            wrong.append(str(error))
            continue
        (target / f"{unit}.md").write_text(text, encoding="utf-8")
        units.append(unit)
    if wrong:
        raise DeckError("\n".join(wrong))
    if not units:
        raise DeckError(f"There is no deck lessons/{asked}*/slides.md to build.")
    links = "\n".join(f"- [{unit}]({unit}.md)" for unit in units)
    names = "\n".join(units)
    index = (
        f"# Unrolled: slides\n\n{links}\n\n```{{toctree}}\n:hidden:\n\n{names}\n```\n"
    )
    (target / "index.md").write_text(index, encoding="utf-8")
    return units


def build(course: Path, out: Path, asked: str = "") -> list[str]:
    """Build the decks of a course into `out`; return their units.

    Raises DeckError for a fault in a deck, and where Sphinx finds one.
    """
    sources = out.with_name(f"{out.name}-source")
    units = write(course, sources, asked)
    shutil.rmtree(out, ignore_errors=True)
    command = ["-m", "sphinx", "-q", "-W", "--keep-going", "-E", "-b", "revealjs"]
    settings = ["-c", str(Path(__file__).parent), "-d", str(sources / ".doctrees")]
    done = subprocess.run(
        [sys.executable, *command, *settings, str(sources), str(out)],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise DeckError(f"Sphinx could not build the slides.\n{done.stderr}")
    for waste in (".buildinfo", "objects.inv", "search.html", "genindex.html"):
        (out / waste).unlink(missing_ok=True)
    return units


def main() -> int:
    """Build what the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("unit", nargs="?", default="", help="a number or a folder")
    parser.add_argument("--no-handouts", action="store_true", help="make no PDF")
    asked = parser.parse_args()
    out = ROOT / "build/slides"
    try:
        units = build(ROOT, out, asked.unit)
    except DeckError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(units)} decks stand in {out.relative_to(ROOT)}; open its index.html.")
    if not asked.no_handouts:
        print(handout.write(out, units))
    return 0


if __name__ == "__main__":
    sys.exit(main())
