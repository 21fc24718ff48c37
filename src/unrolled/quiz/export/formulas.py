"""Formulas as the platforms want them, and what all formats share."""

import re
from functools import cache
from urllib.parse import quote

from unrolled.quiz.letters import formula
from unrolled.quiz.model import Question, Quiz
from unrolled.quiz.text import escape, html


class ExportError(ValueError):
    """Why a quiz cannot be written in a format, as a sentence."""


def tex(source: str, display: bool) -> str:
    r"""Return a formula between \( and \), which Moodle's MathJax typesets."""
    left, right = (r"\[", r"\]") if display else (r"\(", r"\)")
    return f"{left}{escape(source)}{right}"


def canvas(source: str, display: bool) -> str:
    """Return a formula as Canvas keeps its own: an image that its server draws.

    The address is relative, so it holds at any Canvas; Canvas quotes TeX twice there.
    """
    name = quote(quote(source, safe=""), safe="")
    said = escape(source)
    return (
        f'<img class="equation_image" title="{said}" alt="LaTeX: {said}" '
        f'src="/equation_images/{name}?scale=1" data-equation-content="{said}"/>'
    )


def letters(source: str, display: bool) -> str:
    """Return a formula in letters, for where a platform drops all HTML."""
    said = escape(source)
    return f'<span data-equation-content="{said}">{escape(formula(source))}</span>'


@cache
def mathml(source: str, display: bool) -> str:
    """Return a formula as MathML with its TeX beside it, as an annotation.

    Raises ExportError where the package latex2mathml is missing or cannot read it.
    """
    try:
        from latex2mathml.converter import convert
    except ImportError:
        raise ExportError(
            "QTI 2.1 holds formulas as MathML, which the package latex2mathml makes. "
            "Install it: python -m pip install 'unrolled[quizzes]'."
        ) from None
    try:
        made = convert(source, display="block" if display else "inline")
    except Exception as error:  # it raises whatever its parser meets
        raise ExportError(
            f"The formula `{source}` cannot be made MathML ({type(error).__name__})."
        ) from None
    start, inner = re.fullmatch(r"(<math [^>]*>)(.*)</math>", made, re.S).groups()
    note = f'<annotation encoding="application/x-tex">{escape(source)}</annotation>'
    return f"{start}<semantics>{inner}{note}</semantics></math>"


def number(text: str) -> str:
    """Return a number without an exponent, which not every reader knows."""
    value = float(text)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    for digits in range(1, 40):
        shown = f"{value:.{digits}f}"
        if float(shown) == value:
            return shown
    return repr(value)


def reasons(question: Question, math, tag: str = "ol") -> str:
    """Return the things to order, in their right order, each with its reason."""
    items = (
        f"<li>{html(o.text, math)}: {html(o.why, math)}</li>" for o in question.options
    )
    return f"<{tag}>{''.join(items)}</{tag}>"


def traps(question: Question, math) -> str:
    """Return the reasons of a numeric question's wrong answers, as one list."""
    items = (
        f"<li>{number(o.text)}: {html(o.why, math)}</li>"
        for o in question.options
        if not o.right
    )
    made = "".join(items)
    return f"<ul>{made}</ul>" if made else ""


def shares(question: Question) -> tuple[float, float]:
    """Return what a right choice adds and a wrong one takes away, of a `multiple`."""
    right = sum(option.right for option in question.options)
    wrong = len(question.options) - right
    return 1 / right, -1 / wrong if wrong else 0.0


def stem(quiz: Quiz) -> str:
    """Return how files of a quiz begin."""
    return quiz.unit if quiz.version == 1 else f"{quiz.unit}-v{quiz.version}"


def orders(quiz: Quiz) -> bool:
    """Return whether a quiz asks for an order anywhere."""
    return any(question.kind == "order" for question in quiz.questions)
