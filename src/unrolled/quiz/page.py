"""A quiz as a page on GitHub: every answer folded, every reason in it."""

import re

from .model import ASKS, LETTERS, WHEN, Question, Quiz
from .text import github


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
            lines += _question(number, question)
    return "\n\n".join(lines) + "\n"


def _question(number: int, question: Question) -> list[str]:
    asked = f"### {number}\n\n{github(question.text)}\n\n*{ASKS[question.kind]}*"
    pairs = list(zip(LETTERS, question.mixed(), strict=False))
    choices = ["\n".join(_item(f"- **{c}.**", o.text) for c, o in pairs)]
    if question.kind == "numeric":
        about = f" (± {question.tolerance:g})" if question.tolerance else ""
        answers = [
            _item(
                f"- **{o.text}**{about} is right." if o.right else f"- {o.text}:", o.why
            )
            for o in question.options
        ]
        choices = []
    elif question.kind == "order":
        letter = {option: c for c, option in pairs}
        answers = [_item(f"1. **{letter[o]}.**", o.why) for o in question.options]
    else:
        answers = [
            _item(f"- **{c}** is {'right' if o.right else 'wrong'}.", o.why)
            for c, o in pairs
        ]
    folded = "\n".join(answers)
    fold = f"<details>\n<summary>Answer</summary>\n\n{folded}\n\n</details>"
    return [asked, *choices, fold]


def _item(head: str, text: str) -> str:
    indent = " " * (head.index(" ") + 1)
    made = github(text)
    gap = "\n\n" if made.startswith("```") else " "  # a fence stands on its own line
    return re.sub(r"\n(?=[^\n])", "\n" + indent, f"{head}{gap}{made}")
