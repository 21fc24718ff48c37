"""One unit, read and validated: its sources, its quiz, its mistakes."""

import re
import runpy
from dataclasses import dataclass
from pathlib import Path

import source
from unrolled import quiz
from unrolled.check import mistakes
from unrolled.source import layout
from unrolled.source.layout import TRACKS

REQUIRED = ("README.md", "lesson.py", "assignment.py", "checks.py", "mistakes.py")
TITLE = re.compile(r"^# +(?:\d+[ .:·–-]+)?(.+?) *$", re.MULTILINE)
MINUTES = re.compile(r"\b(\d+) minutes\b")


class UnitError(Exception):
    """What is wrong with a unit, one sentence a line, each naming its file."""


@dataclass(frozen=True)
class Unit:
    """Everything that is written by hand for a unit, but its figures."""

    name: str
    title: str  # the H1 of its README
    minutes: int  # how long it takes: the first "N minutes" in its README
    readme: str
    lesson: source.Source
    assignment: source.Source
    quiz: quiz.Quiz
    mistakes: dict[str, dict]  # {exercise: {sentence: edit}}

    @property
    def has_slides(self) -> bool:
        """Whether there is a deck of slides for a lecture."""
        return (self.lesson.path.parent / "slides.md").is_file()


def folders(course: Path) -> list[Path]:
    """Return the units' folders, in order: a unit is its folder."""
    return [course / "lessons" / name for name in layout.units(course)]


def read(folder: Path) -> Unit:
    """Read one unit; raises UnitError with every fault in all its files."""
    wrong = [
        f"lessons/{folder.name}/{name}: is missing. Add it; `make new` has a template."
        for name in (*REQUIRED, "quiz.yml")
        if not (folder / name).is_file()
    ]
    if wrong:
        raise UnitError("\n".join(wrong))
    read_by = {
        "lesson.py": source.read,
        "assignment.py": source.read,
        "quiz.yml": quiz.read,
        "mistakes.py": read_mistakes,
        "README.md": source.read_text,
    }
    parts = {}
    for name, reader in read_by.items():
        try:
            parts[name.split(".")[0]] = reader(folder / name)
        except (source.SourceError, quiz.QuizError, UnitError) as error:
            wrong.append(str(error))
    readme = parts.pop("README", None)
    if readme is None:
        raise UnitError("\n".join(wrong))
    title, minutes = TITLE.search(readme), MINUTES.search(readme)
    where = f"lessons/{folder.name}/README.md"
    if not title:
        wrong.append(f"{where}: has no title. Begin it with `# A title`.")
    if not minutes:
        wrong.append(
            f"{where}: says not how long the unit takes. Write `about 90 minutes` near "
            "its top."
        )
    if "assignment" in parts and "mistakes" in parts:
        exercises = parts["assignment"].exercises
        where = source.label(folder / "mistakes.py")
        wrong += [
            f"{where}: has mistakes for `{name}`, and there is no such exercise. The "
            f"exercises are: {', '.join(exercises)}."
            for name in parts["mistakes"]
            if name not in exercises
        ]
    if wrong:
        raise UnitError("\n".join(wrong))
    return Unit(folder.name, title[1], int(minutes[1]), readme, **parts)


def read_mistakes(path: Path) -> dict[str, dict]:
    """Run a `mistakes.py` and return its MISTAKES; raises UnitError."""
    try:
        told = runpy.run_path(str(path))["MISTAKES"]
    except KeyError:
        raise UnitError(f"{source.label(path)}: defines no MISTAKES.") from None
    except Exception as error:
        raise UnitError(f"{source.label(path)}: does not run: {error!r}.") from error
    wrong = []
    for track in TRACKS:
        try:
            mistakes.read(path.parent, track)
        except (ValueError, KeyError) as error:
            wrong.append(f"{source.label(path)}, {track}: {error}")
    if wrong:
        raise UnitError("\n".join(wrong))
    return told
