r"""Moodle XML. Formulas stand between \( and \), which Moodle's MathJax filter sets.

The elements are those that Moodle writes itself (question/format/xml, and
question/type/ordering, which is part of Moodle since 4.4).
"""

from unrolled.quiz.model import WHEN, Question, Quiz
from unrolled.quiz.text import html

from .formulas import number, orders, reasons, shares, stem, tex
from .xml import Markup, document, tag

TYPES = {"single": "multichoice", "multiple": "multichoice", "numeric": "numerical"}


def files(quiz: Quiz, title: str) -> dict[str, bytes]:
    """Return `<unit>.moodle.xml`: a category for each part, its questions in it."""
    made = []
    for when, heading in WHEN.items():
        if part := quiz.part(when):
            path = f"$course$/top/{_level(quiz.unit + ' ' + title)}/{heading}"
            if quiz.version > 1:
                path += f"/Version {quiz.version}"
            made.append(_category(path))
            made += [_question(quiz, question) for question in part]
    return {f"{stem(quiz)}.moodle.xml": document(tag("quiz", *made))}


def notes(quiz: Quiz) -> list[str]:
    """Return what Moodle holds in another form."""
    if not orders(quiz):
        return []
    return [
        "ordering questions need Moodle 4.4 or the plugin qtype_ordering; their "
        "reasons are the question's general feedback, since that type keeps none for "
        "an item."
    ]


def _category(path: str) -> Markup:
    return tag("question", tag("category", _text(path)), type="category")


def _level(name: str) -> str:
    return name.replace("/", "//")  # as Moodle writes a slash that is no level


def _question(quiz: Quiz, question: Question) -> Markup:
    name = f"{stem(quiz)}.{question.id}"
    general = reasons(question, tex) if question.kind == "order" else ""
    return tag(
        "question",
        tag("name", _text(name)),
        tag("questiontext", _text(html(question.text, tex)), format="html"),
        tag("generalfeedback", _text(general), format="html"),
        tag("defaultgrade", "1"),
        tag("penalty", "0.3333333"),
        tag("hidden", "0"),
        tag("idnumber", name),
        *(_numeric if question.kind == "numeric" else _choice)(question),
        tag("tags", tag("tag", _text(question.objective))),
        type=TYPES.get(question.kind, "ordering"),
    )


def _choice(question: Question) -> list[Markup]:
    if question.kind == "order":
        return _order(question)
    right, wrong = shares(question)
    if question.kind == "single":
        right, wrong = 1.0, 0.0
    return [
        tag("single", "true" if question.kind == "single" else "false"),
        tag("shuffleanswers", "true"),
        tag("answernumbering", "ABCD"),
        *(
            tag(
                "answer",
                _text(html(o.text, tex)),
                tag("feedback", _text(html(o.why, tex)), format="html"),
                fraction=percent(right if o.right else wrong),
                format="html",
            )
            for o in question.mixed()
        ),
    ]


def _order(question: Question) -> list[Markup]:
    return [
        tag("layouttype", "VERTICAL"),
        tag("selecttype", "ALL"),
        tag("selectcount", str(len(question.options))),
        tag("gradingtype", "ABSOLUTE_POSITION"),
        tag("showgrading", "SHOW"),
        tag("numberingstyle", "none"),
        *(
            tag(
                "answer",
                _text(html(o.text, tex)),
                fraction=f"{place}.0000000",
                format="html",
            )
            for place, o in enumerate(question.options, 1)
        ),
    ]


def _numeric(question: Question) -> list[Markup]:
    tolerance = number(str(question.tolerance))
    return [
        *(
            tag(
                "answer",
                _text(number(o.text)),
                tag("feedback", _text(html(o.why, tex)), format="html"),
                tag("tolerance", tolerance),
                fraction=percent(float(o.right)),
                format="moodle_auto_format",
            )
            for o in question.options
        ),
        tag("unitgradingtype", "0"),
        tag("unitpenalty", "0.1000000"),
        tag("showunits", "3"),
        tag("unitsleft", "0"),
    ]


def percent(share: float) -> str:
    """Return a share of a mark as Moodle writes it: it knows 33.33333, not 33.3."""
    return f"{100 * share:.5f}".rstrip("0").rstrip(".")


def _text(content: str) -> Markup:
    return tag("text", content)
