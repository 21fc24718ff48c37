r"""GIFT, Moodle's text format, which other platforms read too; formulas in \( \).

GIFT has no order. The nearest is to match each thing with its place, 1, 2, 3 …
"""

from unrolled.quiz.model import WHEN, Question, Quiz
from unrolled.quiz.text import html

from .formulas import number, orders, reasons, shares, stem, tex
from .moodle import percent


def files(quiz: Quiz, title: str) -> dict[str, bytes]:
    """Return `<unit>.gift.txt`, a category for each part of the quiz."""
    made = [f"// {_line(title)}, quiz of the unit {quiz.unit}, version {quiz.version}"]
    for when, heading in WHEN.items():
        if part := quiz.part(when):
            made.append(f"$CATEGORY: $course$/top/{stem(quiz)}/{heading}")
            made += [_question(quiz, question) for question in part]
    return {f"{stem(quiz)}.gift.txt": ("\n\n".join(made) + "\n").encode()}


def notes(quiz: Quiz) -> list[str]:
    """Return what GIFT holds in another form."""
    if not orders(quiz):
        return []
    return [
        "GIFT knows no order. Ordering questions became matching questions (each thing "
        "to its place 1, 2, 3 …), their reasons the general feedback."
    ]


def _question(quiz: Quiz, question: Question) -> str:
    write = {"numeric": _numeric, "order": _order}.get(question.kind, _choice)
    name = escape(f"{stem(quiz)}.{question.id}")
    return f"::{name}::[html]{_text(question.text)}{{{write(question)}\n}}"


def _choice(question: Question) -> str:
    right, wrong = shares(question)
    marks = {True: f"~%{percent(right)}%", False: f"~%{percent(wrong)}%"}
    if question.kind == "single":
        marks = {True: "=", False: "~"}
    lines = [
        f"{marks[o.right]}{_text(o.text)}#{_text(o.why)}" for o in question.mixed()
    ]
    return "\n\t" + "\n\t".join(lines)


def _numeric(question: Question) -> str:
    tolerance = number(str(question.tolerance))
    lines = [
        f"=%{percent(float(o.right))}%{number(o.text)}:{tolerance}#{_text(o.why)}"
        for o in question.options
    ]
    return "#\n\t" + "\n\t".join(lines)


def _order(question: Question) -> str:
    lines = [
        f"={_text(o.text)} -> {place}" for place, o in enumerate(question.options, 1)
    ]
    return "\n\t" + "\n\t".join([*lines, f"####{escape(reasons(question, tex))}"])


def _text(text: str) -> str:
    made = html(text, tex)
    if made[:1] in ("%", "["):
        # An answer may not look like a weight, or like the name of a text format.
        made = f"&#{ord(made[0])};{made[1:]}"
    return escape(made)


def escape(text: str) -> str:
    """Return text with the signs that mean something in GIFT escaped.

    Line breaks mean nothing in HTML and end a question in GIFT: they become spaces.
    """
    text = " ".join(text.split("\n"))
    for sign in "\\:#={}~":
        text = text.replace(sign, f"\\{sign}")
    return text


def _line(text: str) -> str:
    return " ".join(text.split())
