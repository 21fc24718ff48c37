"""What a quiz is: its questions, their options, and what an answer is worth."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

WHEN = {"before": "Before the lesson", "after": "After the lesson"}
ASKS = {  # what a learner is asked to do, by kind
    "single": "One answer is right.",
    "multiple": "More than one answer may be right.",
    "numeric": "Give a number.",
    "order": "Put these in order.",
}
LETTERS = "ABCDEFGHIJ"  # a question has ten options at most


class QuizError(ValueError):
    """What is wrong with a quiz, one sentence a line, each naming file and question."""


@dataclass(frozen=True)
class Option:
    """An answer to choose, a number to type or a thing to order, and the reason."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Question:
    """One question.

    `options` of a numeric one are the answer, then the traps; those of one that asks
    for an order are all right, and stand in their right order.
    """

    id: str
    when: str
    kind: str
    objective: str
    text: str
    options: tuple[Option, ...]
    tolerance: float = 0.0

    def mixed(self) -> list[Option]:
        """Return the options in an order that gives nothing away, always the same.

        Authors tend to write the right option first; readers would notice.
        """
        mixed = sorted(self.options, key=lambda o: zlib.crc32(o.text.encode()))
        if self.kind == "order" and mixed == list(self.options):
            return mixed[1:] + mixed[:1]
        return mixed

    def near(self, number: float, option: Option) -> bool:
        """Return whether a number is what an option says, within the tolerance."""
        value = float(option.text)
        # A bound such as 0.1 + 0.2 must not fall to the last bit of a float.
        reach = self.tolerance * (1 + 1e-9) + 1e-12 * abs(value)
        return abs(number - value) <= reach

    def credit(self, given: Sequence[Option] | float) -> float:
        """Return what an answer is worth, from 0 to 1.

        `given` is a number, or the options that were chosen, in the order given. Of a
        `multiple` question, each right option counts its share, each wrong one takes
        its share away; of an `order`, each thing at its own place counts its share.
        """
        if self.kind == "numeric":
            return float(self.near(given, self.options[0]))
        if self.kind == "order":
            pairs = zip(given, self.options, strict=False)
            return sum(a == b for a, b in pairs) / len(self.options)
        right = [option for option in self.options if option.right]
        good = sum(option in given for option in right) / len(right)
        if self.kind == "single":
            return float(good == 1 and len(given) == 1)
        bad = sum(not option.right for option in given)
        return max(0.0, good - bad / max(1, len(self.options) - len(right)))


@dataclass(frozen=True)
class Quiz:
    """Every question of a unit, in order; `version` 2 and up have other numbers."""

    unit: str
    questions: tuple[Question, ...]
    version: int = 1

    def part(self, when: str) -> list[Question]:
        """Return the questions `before` or `after` the lesson; else ValueError."""
        if when not in WHEN:
            raise ValueError(f"`{when}` is no part of a quiz: say `before` or `after`.")
        return [question for question in self.questions if question.when == when]
