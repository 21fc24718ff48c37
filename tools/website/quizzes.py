"""A unit's quiz as a page on which it can be answered, every answer with its reason."""

import json
from pathlib import Path

from unrolled.quiz.letters import plain
from unrolled.quiz.loading import read
from unrolled.quiz.model import ASKS, WHEN, Question
from unrolled.quiz.text import escape, html

from . import tree


def write(unit: str, source: Path) -> None:
    """Write the page of a unit's quiz below `source`."""
    quiz = read(tree.ROOT / "lessons" / unit / "quiz.yml")
    blocks = [
        f"# Quiz: {tree.title(unit)}",
        f"[The unit](../lessons/{unit}/README.md). Nothing is kept or sent: an answer "
        "says why it is right or wrong, and can be changed.",
    ]
    for when, heading in WHEN.items():
        if part := quiz.part(when):
            blocks.append(f"## {heading}")
            blocks += [_question(k, question) for k, question in enumerate(part, 1)]
    target = source / tree.quiz(unit)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def _math(tex: str, display: bool) -> str:
    return rf"\[{escape(tex)}\]" if display else rf"\({escape(tex)}\)"


def _heard(text: str) -> str:
    """Return what a screen reader says of an option: its formulas in letters."""
    return escape(" ".join(plain(text).split()))


def _question(number: int, question: Question) -> str:
    """Return a question as a block of HTML, which Markdown leaves alone."""
    name = f"q-{question.when}-{question.id}"
    fields = {
        "single": lambda: _choices(question, name, "radio"),
        "multiple": lambda: _choices(question, name, "checkbox"),
        "order": lambda: _order(question, name),
        "numeric": lambda: _number(question, name),
    }[question.kind]()
    lines = [
        f'<form class="quiz tex2jax_process" data-kind="{question.kind}">',
        f"<fieldset><legend><b>{number}.</b> {html(question.text, _math)}</legend>",
        f"<p><i>{ASKS[question.kind]}</i></p>",
        *fields,
        '<button type="submit">Answer</button>',
        '<div class="said" role="status"></div>',
        "</fieldset></form>",
    ]
    # A blank line would end the block of HTML.
    body = "\n".join(lines).replace("\n\n", "\n")
    return f"```{{raw}} html\n{body}\n```"


def _choices(question: Question, name: str, kind: str) -> list[str]:
    return [
        f'<label><input type="{kind}" name="{name}" data-right="{int(option.right)}" '
        f'aria-label="{_heard(option.text)}"> '
        f"<span>{html(option.text, _math)}</span></label>"
        f'<p class="why" hidden>{html(option.why, _math)}</p>'
        for option in question.mixed()
    ]


def _order(question: Question, name: str) -> list[str]:
    n = len(question.options)
    numbers = "".join(f'<option value="{k}">{k}</option>' for k in range(1, n + 1))
    made = []
    for option in question.mixed():
        place = question.options.index(option) + 1
        made += [
            f'<label><select name="{name}" data-place="{place}" '
            f'aria-label="{_heard(option.text)}">'
            f'<option value="">–</option>{numbers}</select> '
            f"<span>{html(option.text, _math)}</span></label>"
            f'<p class="why" hidden>{html(option.why, _math)}</p>'
        ]
    return made


def _number(question: Question, name: str) -> list[str]:
    known = [
        {"value": float(o.text), "right": o.right, "why": html(o.why, _math)}
        for o in question.options
    ]
    data = escape(json.dumps(known))
    return [
        f'<label>Your number: <input type="text" inputmode="decimal" name="{name}" '
        f'data-known="{data}" data-tolerance="{question.tolerance:g}"></label>'
    ]
