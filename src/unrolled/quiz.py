"""A unit's quiz: read and validate it, show it in a notebook, render it for GitHub."""

import os
import re
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from unrolled import course
from unrolled.quizrules import WHEN, faults

KINDS = {  # our name: jupyterquiz's name, what the learner is asked to do
    "single": ("multiple_choice", "One answer is right."),
    "multiple": ("many_choice", "More than one answer may be right."),
    "numeric": ("numeric", "Give a number."),
}
SPANS = re.compile(
    r"(?P<display>\$\$.+?\$\$)|(?P<math>\$[^$\n]+?\$)|`(?P<code>[^`]+)`", re.S
)
# What Markdown would change inside a formula: a backslash before a sign, an underscore
# after one, stars, angle brackets, link brackets.
HAZARD = re.compile(r"\\[^A-Za-z\s]|[^\w\s]_|[*<>~|]|\]\(")


class QuizError(ValueError):
    """What is wrong with a quiz, one sentence a line, each naming file and question."""


@dataclass(frozen=True)
class Option:
    """An answer to choose, or a number to type, and why it is right or wrong."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Question:
    """One question; a numeric one has the answer first, then the traps, as options."""

    id: str
    when: str
    kind: str
    objective: str
    text: str
    options: tuple[Option, ...]
    tolerance: float = 0.0


@dataclass(frozen=True)
class Quiz:
    """Every question of a unit, in order."""

    unit: str
    questions: tuple[Question, ...]

    def part(self, when: str) -> list[Question]:
        """Return the questions `before` or `after` the lesson; else ValueError."""
        if when not in WHEN:
            raise ValueError(f"`{when}` is no part of a quiz: say `before` or `after`.")
        return [question for question in self.questions if question.when == when]


def read(path: Path | str) -> Quiz:
    """Read `lessons/<unit>/quiz.yml`; raises QuizError with every fault in it."""
    path = Path(path)
    name = "/".join(path.parts[-3:])
    try:
        items = yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise QuizError(
            f"{name}: is not YAML: {' '.join(str(error).split())}"
        ) from None
    if not isinstance(items, list) or not items:
        raise QuizError(f"{name}: must be a list of questions, each `- id: ...`.")
    wrong, taken = [], set()
    for number, item in enumerate(items, 1):
        known = isinstance(item, dict) and item.get("id")
        where = f"{name}, question " + (f"`{known}`" if known else f"number {number}")
        wrong += [f"{where}: {what}" for what in faults(item)]
        if known in taken:
            wrong.append(f"{where}: has an id that is already taken. Choose another.")
        taken.add(known)
    if wrong:
        raise QuizError("\n".join(wrong))
    return Quiz(path.parent.name, tuple(_question(item) for item in items))


def _question(item: dict) -> Question:
    if item["kind"] == "numeric":
        options = [Option(str(item["answer"]), True, item["why"].strip())]
        for trap in item.get("traps", []):
            options.append(Option(str(trap["value"]), False, trap["why"].strip()))
    else:
        options = [
            Option(str(o["text"]).strip(), o["right"], o["why"].strip())
            for o in item["options"]
        ]
    keys = ("id", "when", "kind", "objective")
    return Question(
        **{key: item[key] for key in keys},
        text=item["question"].strip(),
        options=tuple(options),
        tolerance=item.get("tolerance", 0),
    )


def markdown(quiz: Quiz, title: str | None = None) -> str:
    """Render a quiz for GitHub, its answers folded; `title` is the unit's."""
    lines = [
        f"# Quiz: {title or quiz.unit}",
        f"Built from `lessons/{quiz.unit}/quiz.yml`; mend it there.",
    ]
    for when, heading in WHEN.items():
        part = quiz.part(when)
        if part:
            lines.append(f"## {heading}")
        for number, question in enumerate(part, 1):
            lines += _markdown_question(number, question)
    return "\n\n".join(lines) + "\n"


def _markdown_question(number: int, question: Question) -> list[str]:
    def item(head: str, text: str) -> str:
        return f"- {head} {_for_github(text)}".replace("\n", "\n  ")

    asked = (
        f"### {number}\n\n{_for_github(question.text)}\n\n*{KINDS[question.kind][1]}*"
    )
    if question.kind == "numeric":
        about = f" (± {question.tolerance:g})" if question.tolerance else ""
        answers = [
            item(f"**{o.text}**{about} is right." if o.right else f"{o.text}:", o.why)
            for o in question.options
        ]
        choices = []
    else:
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        # Authors tend to write the right option first; readers would notice.
        mixed = sorted(question.options, key=lambda o: zlib.crc32(o.text.encode()))
        pairs = list(zip(letters, mixed, strict=False))
        choices = ["\n".join(item(f"**{c}.**", o.text) for c, o in pairs)]
        answers = [
            item(f"**{c}** is {'right' if o.right else 'wrong'}.", o.why)
            for c, o in pairs
        ]
    folded = "\n".join(answers)
    fold = f"<details>\n<summary>Answer</summary>\n\n{folded}\n\n</details>"
    return [asked, *choices, fold]


def _for_github(text: str) -> str:
    """Keep formulas out of Markdown's hands: GitHub's own marks where it matters."""

    def span(found: re.Match) -> str:
        whole = found.group()
        if found["display"] and HAZARD.search(whole):
            return f"```math\n{whole.strip('$').strip()}\n```"
        if found["math"] and HAZARD.search(whole):
            return f"$`{whole.strip('$')}`$"
        return whole

    return SPANS.sub(span, text)


def show(unit: str, when: str) -> None:
    """Show the part of a unit's quiz `before` or `after` the lesson.

    In a live notebook the questions can be answered on the spot. Where nobody can
    answer (`UNROLLED_STATIC=1`, or a plain script) one line says where the quiz is.
    """
    questions = read(course.unit_folder(unit) / "quiz.yml").part(when)
    if os.environ.get("UNROLLED_STATIC") == "1" or not _live():
        noun = "question" if len(questions) == 1 else "questions"
        print(
            f"Quiz: {len(questions)} {noun}. Run this cell to answer them here, or "
            f"read quizzes/{unit}.md."
        )
        return
    from jupyterquiz import display_quiz

    from unrolled.formula import svg

    display_quiz([_for_jupyterquiz(question, svg) for question in questions])


def _live() -> bool:
    """Whether there is a notebook to show something in."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


def _for_jupyterquiz(question: Question, draw: Callable[[str], str]) -> dict:
    made = {
        "question": _html(question.text, draw),
        "type": KINDS[question.kind][0],
        "answers": [],
    }
    for option in question.options:
        answer = {"correct": option.right, "feedback": _html(option.why, draw)}
        if question.kind != "numeric":
            answer["answer"] = _html(option.text, draw)
        elif question.tolerance:
            # jupyterquiz's ranges leave out their upper end
            value, reach = float(option.text), question.tolerance * (1 + 1e-9)
            answer["range"] = [value - reach, value + reach]
        else:
            answer["value"] = float(option.text)
        made["answers"].append(answer)
    if question.kind == "numeric":
        made["answers"].append({"type": "default", "feedback": "Not yet. Try again."})
    return made


def _html(text: str, draw: Callable[[str], str]) -> str:
    """Return text as HTML: formulas drawn, code set as code, the rest escaped."""
    made, end = [], 0
    for found in SPANS.finditer(text):
        made += [_plain_html(text[end : found.start()]), _span_html(found, draw)]
        end = found.end()
    return "".join([*made, _plain_html(text[end:])])


def _span_html(found: re.Match, draw: Callable[[str], str]) -> str:
    if found["code"]:
        return f"<code>{_escape(found['code'])}</code>"
    drawn = draw(found.group().strip("$").strip())
    return f"<div>{drawn}</div>" if found["display"] else drawn


def _plain_html(text: str) -> str:
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", _escape(text))
    text = re.sub(r"\*(.+?)\*", r"<i>\1</i>", text)
    return text.replace("\n\n", "<br><br>")


def _escape(text: str) -> str:
    # jupyterquiz looks for formulas and links itself: hide what it would mistake
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)
    return text.replace("$", "&#36;").replace("[", "&#91;")
