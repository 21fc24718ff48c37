"""Quizzes as JSON: everything that a quiz holds, in the course's own terms."""

import dataclasses
import json

from unrolled.quiz.model import Question, Quiz

from .formulas import stem

NAME = "unrolled-quiz"  # and the number of this form of it
FORM = 1


def files(quiz: Quiz, title: str) -> dict[str, bytes]:
    """Return `<unit>.json`. Text keeps its $formulas$, `code` and **bold**."""
    made = {
        "format": NAME,
        "form": FORM,
        "unit": quiz.unit,
        "title": title,
        "version": quiz.version,
        "questions": [_question(question) for question in quiz.questions],
    }
    text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
    return {f"{stem(quiz)}.json": text.encode()}


def _question(question: Question) -> dict:
    made = dataclasses.asdict(question)
    options = made.pop("options")
    if question.kind == "numeric":
        for option in options:
            option["value"] = float(option.pop("text"))
    else:
        del made["tolerance"]
    if question.kind == "order":
        for option in options:
            del option["right"]
    return {**made, "in_order" if question.kind == "order" else "options": options}


def notes(quiz: Quiz) -> list[str]:
    """Return nothing: JSON holds everything."""
    return []
