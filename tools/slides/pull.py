"""What a deck pulls from its unit by name, so that nothing on a slide is typed twice.

Each function here returns Markdown and raises DeckError with a sentence for a name that
the unit does not have.
"""

import base64
import json
import re
from functools import cached_property
from pathlib import Path

import nbformat

import source
import unit as units
from slides.deck import DeckError, label
from unrolled.quiz.loading import read as read_quiz
from unrolled.quiz.model import ASKS, LETTERS, Question
from unrolled.source import layout

ANSI = re.compile(r"\x1b\[[0-9;]*m")
TITLES = re.compile(r"^#+ .*\n+", re.M)


def _columns(text: str, columns: str) -> str:
    """Return the columns of a text that are asked for, counted from 1, as in `1-40`."""
    if not columns:
        return text
    first, last = map(int, columns.split("-"))
    cut = (line[first - 1 : last].rstrip() for line in text.split("\n"))
    return "\n".join(cut)


class Puller:
    """Everything that the deck of one unit may pull, read when it is first asked for.

    `course` is the root of the course; pictures of outputs are written to `pictures`.
    """

    def __init__(self, course: Path, unit: str, pictures: Path):
        self.course, self.unit, self.pictures = course, unit, pictures
        self.folder = course / "lessons" / unit

    @cached_property
    def lesson(self) -> source.Source:
        """The cells of the unit's lesson."""
        return source.read(self.folder / "lesson.py")

    @cached_property
    def page(self) -> str:
        """The text of the unit's page."""
        return (self.folder / "README.md").read_text("utf-8")

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions of the unit's quiz, by their ids."""
        return {q.id: q for q in read_quiz(self.folder / "quiz.yml").questions}

    @cached_property
    def mistakes(self) -> dict[str, dict]:
        """The mistakes of each exercise, by their sentences."""
        return units.read_mistakes(self.folder / "mistakes.py")

    def missing(self, what: str, name: str, where: str, known) -> DeckError:
        """Return the error that says what a deck asked for and what there is."""
        listed = ", ".join(f"`{one}`" for one in known) or "none"
        return DeckError(
            f"{label(self.unit)}: pulls the {what} `{name}`, which {where} does not "
            f"have. Was it renamed? Write one of these in the deck: {listed}."
        )

    def figure(self, name: str) -> str:
        """Return a picture of the unit's page, with the page's words for it."""
        found = re.search(rf"!\[([^\]]*)\]\(img/{re.escape(name)}\)", self.page)
        if not found or not (self.folder / "img" / name).is_file():
            there = sorted(set(re.findall(r"\]\(img/([^)]+)\)", self.page)))
            raise self.missing("figure", name, "the unit's page", there)
        return f"![{found[1]}](/img/{self.unit}/{name})"

    def _cell(self, name: str, track: str, kind: str) -> source.Cell:
        cells = {c.name: c for c in self.lesson.cells(track) if c.kind == kind}
        if name not in cells:
            what = "cell" if kind == "code" else "text cell"
            raise self.missing(what, name, f"lesson.py ({track})", cells)
        return cells[name]

    def code(self, name: str, track: str, lines: str) -> str:
        """Return the code of a cell of the lesson, or some of its lines."""
        text = self._cell(name, track, "code").source.strip()
        return f"```python\n{self._part(name, text, lines)}\n```"

    def _part(self, name: str, text: str, lines: str) -> str:
        if not lines:
            return text
        first, _, last = lines.partition("-")
        every = text.split("\n")
        if not 1 <= int(first) <= int(last or first) <= len(every):
            raise DeckError(
                f"{label(self.unit)}: asks for lines {lines} of the cell `{name}`, "
                f"which has {len(every)}. Say which of them in the deck."
            )
        return "\n".join(every[int(first) - 1 : int(last or first)]).strip("\n")

    def ask(self, name: str, track: str, lines: str) -> str:
        """Return what a text cell of the lesson asks, without its heading."""
        text = TITLES.sub("", self._cell(name, track, "markdown").source).strip()
        parts = re.split(r"\n\s*\n", text)
        return self._part(name, "\n".join(p.replace("\n", " ") for p in parts), lines)

    def output(self, name: str, track: str, lines: str, columns: str = "") -> str:
        """Return what a cell of the lesson printed or drew when it was last run.

        `lines` and `columns`, as in `2-5`, leave a part of what was printed.
        """
        self._cell(name, track, "code")
        stored = self.course / layout.notebook(self.unit, "lesson", track)
        cells = {c.id: c for c in nbformat.read(stored, 4).cells}
        outputs = cells[name].get("outputs", [])
        texts = [o.text for o in outputs if o.output_type == "stream"]
        for shown in (o.get("data", {}) for o in outputs):
            if "image/png" in shown:
                self.pictures.mkdir(parents=True, exist_ok=True)
                file = self.pictures / f"{name}-{track}.png"
                file.write_bytes(base64.b64decode(shown["image/png"]))
                return f"![What the cell {name} drew](/img/{self.unit}/{file.name})"
            texts += [shown["text/plain"]] if "text/plain" in shown else []
        text = ANSI.sub("", "".join(texts)).rstrip()
        if not text:
            raise DeckError(
                f"{label(self.unit)}: pulls the output of the cell `{name}`, which "
                f"has none in the {track} track. Run `make run UNIT={self.unit[:2]}`, "
                "or pull another cell."
            )
        part = _columns(self._part(name, text, lines), columns)
        if not part.strip():
            raise DeckError(
                f"{label(self.unit)}: pulls columns {columns} of what the cell "
                f"`{name}` printed, where nothing stands. Say other ones in the deck."
            )
        return f"```text\n{part}\n```"

    def demo(self, name: str) -> str:
        """Return how to show a cell of the lesson to the room, which must be there."""
        self._cell(name, layout.TRACKS[0], "code")
        return (
            f"**Demo:** `make lab UNIT={self.unit[:2]}`, open the lesson, and run it "
            f"down to the cell `{name}`; have it open before the lecture begins."
        )

    def table(self, name: str) -> str:
        """Return a table that the page shows between `<!-- measured:NAME -->` marks."""
        marks = rf"<!-- measured:{re.escape(name)} -->\n(.*?)\n<!-- /measured:"
        found = re.search(marks, self.page, re.S)
        if not found:
            there = re.findall(r"<!-- measured:(\S+) -->", self.page)
            raise self.missing("table", name, "the unit's page", there)
        return found[1]

    def measured(self, path: str, form: str) -> str:
        """Return a number of measured.json by its keys, or the least and most of many.

        `form` is a format as Python has it, `.2g` unless told.
        """
        found = json.loads((self.folder / "measured.json").read_text("utf-8"))
        for key in path.split("/"):
            if isinstance(found, list) and key.isdigit() and int(key) < len(found):
                found = found[int(key)]
            elif isinstance(found, dict) and key in found:
                found = found[key]
            else:
                raise self.missing("measured number", path, "measured.json", found)
        many = found if isinstance(found, list) else [found]
        if not all(isinstance(one, int | float) for one in many):
            raise self.missing("measured number", path, "measured.json", found)
        ends = [format(one, form or ".2g") for one in (min(many), max(many))]
        return " to ".join(dict.fromkeys(e.replace("e-0", "e−") for e in ends))

    def result(self, name: str, track: str) -> str:
        """Return what a result of the ledger is over its seeds, with its range."""
        windows = json.loads((self.folder / "windows.json").read_text("utf-8"))
        if name not in windows or track not in windows[name]:
            raise self.missing("result", name, "windows.json", windows)
        found = windows[name][track]
        return (
            f"{found['mean']:.3g} ({found['least']:.3g} to {found['most']:.3g} over "
            f"{found['seeds']} seeds, {layout.TITLES[track]})"
        )

    def quiz(self, name: str) -> tuple[str, str, str]:
        """Return a question: what it asks, its answer, and notes on the rest."""
        if name not in self.questions:
            raise self.missing("question", name, "quiz.yml", self.questions)
        question = self.questions[name]
        asked = [question.text, f"*{ASKS[question.kind]}*"]
        right = question.options[0]
        if question.kind == "numeric":
            rest = [f"- {o.text}: {o.why}" for o in question.options if not o.right]
            return "\n\n".join(asked), f"**{right.text}** {right.why}", "\n".join(rest)
        mixed = question.mixed()
        listed = [f"- **{LETTERS[k]}** {o.text}" for k, o in enumerate(mixed)]
        asked.append("\n".join(listed))
        letter = {o: LETTERS[k] for k, o in enumerate(mixed)}
        if question.kind == "order":
            answer = " → ".join(f"**{letter[o]}**" for o in question.options)
        else:
            answer = "\n\n".join(
                f"**{letter[o]}** {o.why}" for o in mixed if letter[o] and o.right
            )
        shown = question.kind != "order"
        rest = [f"- {letter[o]}: {o.why}" for o in mixed if not (o.right and shown)]
        return "\n\n".join(asked), answer, "\n".join(rest)

    def mistake(self, exercise: str, beginning: str) -> str:
        """Return the sentence on a mistake of an exercise, by how it begins."""
        if exercise not in self.mistakes:
            raise self.missing("exercise", exercise, "mistakes.py", self.mistakes)
        sentences = [s for s in self.mistakes[exercise] if s.startswith(beginning)]
        if len(sentences) != 1:
            raise DeckError(
                f"{label(self.unit)}: pulls a mistake of `{exercise}` that begins with "
                f"`{beginning}`, as {len(sentences)} sentences in mistakes.py do. "
                "Write in the deck how the one you mean begins."
            )
        return sentences[0]
