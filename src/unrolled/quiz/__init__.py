"""A unit's quiz: read, shown in a notebook or terminal, rendered, exported.

    from unrolled import quiz
    quiz.show("05-lstm", "before")                     # in a notebook
    quiz.read("lessons/05-lstm/quiz.yml").part("after")  # the questions

In a shell: `unrolled quiz 05-lstm`, and `unrolled quiz export --format moodle`.
"""

from .display import show
from .loading import read
from .model import WHEN, Option, Question, Quiz, QuizError
from .page import markdown

__all__ = [
    "WHEN",
    "Option",
    "Question",
    "Quiz",
    "QuizError",
    "markdown",
    "read",
    "show",
]
