"""A quiz in a notebook, where jupyterquiz lets a learner answer it."""

import os
import re
from collections.abc import Callable

from unrolled import course
from unrolled.progress import in_notebook as _live

from .loading import read
from .model import LETTERS, Option, Question
from .text import BOLD, ITALIC, PARAGRAPHS, lines, spans

KINDS = {  # our name: jupyterquiz's name
    "single": "multiple_choice",
    "multiple": "many_choice",
    "numeric": "numeric",
    "order": "string",  # jupyterquiz orders nothing: a learner types the letters
}

TOGETHER = "white-space: nowrap"
TOUCHING = re.compile("[^\\s<>;\ue000]*(?:\ue000\\d+\ue001[^\\s<>&\ue000]*)+")
SCRIPT = "application/javascript"
BLOCK = "text-align: left; color: inherit; background: none"


def show(unit: str, when: str) -> None:
    """Show the part of a unit's quiz `before` or `after` the lesson.

    In a live notebook the questions can be answered on the spot. Where nobody can
    answer (`UNROLLED_STATIC=1`, or a plain script) one line says where the quiz is.
    """
    questions = read(course.unit_folder(unit) / "quiz.yml").part(when)
    noun = "question" if len(questions) == 1 else "questions"
    where = (
        f"Quiz: {len(questions)} {noun}. Run this cell to answer them here, or read "
        f"quizzes/{unit}.md."
    )
    if os.environ.get("UNROLLED_STATIC") == "1" or not _live():
        print(where)
        return
    from IPython.display import display
    from IPython.utils.capture import capture_output
    from jupyterquiz import display_quiz

    from unrolled.quiz.formula import svg

    with capture_output() as shown:
        display_quiz([for_jupyterquiz(question, svg) for question in questions])
    for output in shown.outputs:
        # A notebook that nobody has trusted runs no script: it shows the plain text.
        plain = {"text/plain": where} if SCRIPT in output.data else {}
        kept = {k: v for k, v in output.data.items() if k != "text/plain"}
        display(kept | plain, raw=True)


def for_jupyterquiz(question: Question, draw: Callable[[str], str]) -> dict:
    """Return a question as jupyterquiz wants it; `draw` makes a picture of a formula.

    jupyterquiz has no kind for an order. The things are lettered, in the question, and
    the answer is the string of letters.
    """
    text = question.text
    if question.kind == "order":
        answers = _order_answers(question, draw)
    else:
        answers = [_answer(question, option, draw) for option in question.options]
    if question.kind == "numeric":
        right = question.options[0]
        about = f" (± {question.tolerance:g})" if question.tolerance else ""
        reason = f"{right.text}{about} is right. {html(right.why, draw)}"
        answers.append({"type": "default", "feedback": _not_yet(reason)})
    made = html(text, draw)
    if question.kind == "order":
        pairs = zip(LETTERS, question.mixed(), strict=False)
        lines = "".join(f"<br>{c}. {html(o.text, draw)}" for c, o in pairs)
        made += f"<br>{lines}<br><br>Type the letters in order, first to last."
    return {"question": made, "type": KINDS[question.kind], "answers": answers}


def _answer(question: Question, option: Option, draw: Callable[[str], str]) -> dict:
    answer = {"correct": option.right, "feedback": html(option.why, draw)}
    if question.kind != "numeric":
        answer["answer"] = html(option.text, draw)
    elif question.tolerance:
        # jupyterquiz's ranges leave out their upper end
        value, reach = float(option.text), question.tolerance * (1 + 1e-9)
        answer["range"] = [value - reach, value + reach]
    else:
        answer["value"] = float(option.text)
    return answer


def _order_answers(question: Question, draw: Callable[[str], str]) -> list[dict]:
    mixed = question.mixed()
    letters = [LETTERS[mixed.index(option)] for option in question.options]
    reasons = "<br>".join(
        f"{c}: {html(o.why, draw)}"
        for c, o in zip(letters, question.options, strict=True)
    )
    made = [
        {"answer": between.join(letters), "correct": True, "feedback": reasons}
        for between in ("", " ", ", ", ",")
    ]
    return [*made, {"type": "default", "feedback": _not_yet(f"{letters}<br>{reasons}")}]


def _not_yet(reason: str) -> str:
    """Return what follows a wrong answer: try again, or unfold the reason."""
    fold = f"<details><summary>The answer, and why</summary>{reason}</details>"
    return f"Not yet. Try again.{fold}"


def html(text: str, draw: Callable[[str], str]) -> str:
    """Return text as HTML: formulas drawn, code set as code, the rest escaped.

    A formula is one picture, beside which any line may break: a span keeps it together
    with the signs that touch it.
    """
    made, drawn = [], []
    for kind, content in spans(text):
        if kind == "text":
            made.append(_plain(content))
        elif kind == "code":
            made.append(f"<code>{_escape(content)}</code>")
        elif kind == "block":
            code = _escape("\n".join(lines(content)))
            made.append(f'<pre style="{BLOCK}"><code>{code}</code></pre>')
        elif kind == "display":
            made.append(f"<div>{draw(content)}</div>")
        else:
            made.append(f"\ue000{len(drawn)}\ue001")  # its place, until the end
            drawn.append(draw(content))
    together = TOUCHING.sub(rf'<span style="{TOGETHER}">\g<0></span>', "".join(made))
    return re.sub("\ue000(\\d+)\ue001", lambda m: drawn[int(m[1])], together)


def _plain(text: str) -> str:
    text = BOLD.sub(r"<b>\1</b>", _escape(text))
    text = ITALIC.sub(r"<i>\1</i>", text)
    return PARAGRAPHS.sub("<br><br>", text)


def _escape(text: str) -> str:
    # jupyterquiz looks for formulas and links itself: hide what it would mistake
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)
    return text.replace("$", "&#36;").replace("[", "&#91;")
