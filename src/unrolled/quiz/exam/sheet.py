"""What stands on an exam's two pages: the sheet that is handed out, and the key."""

from collections.abc import Iterator, Sequence

from unrolled.quiz.model import Question

from .draw import Asked, Exam

Block = tuple[str, str]  # what it is (title, unit, number, text, item), and its text
ROOM = "." * 40  # to write on


def sheet(exam: Exam, titles: dict[str, str]) -> Iterator[Block]:
    """Yield the sheet: questions, points and minutes, room to answer, no answer.

    It names a code in place of the seed, with which anybody could compute the key.
    """
    yield "title", f"Exam, sheet {exam.code}"
    yield (
        "text",
        f"{_count(exam.asked)}. Write down how you found each number: the way is worth "
        "points too.",
    )
    yield "text", f"Name: {ROOM}"
    for heading, one in _numbered(exam, titles):
        yield from heading
        yield "text", one.question.text
        yield "text", f"Your answer{_within(one.question)}: {ROOM}"


def key(exam: Exam, titles: dict[str, str]) -> Iterator[Block]:
    """Yield the key: the seed, each answer with its reason, likely wrong numbers."""
    yield "title", f"Key to sheet {exam.code}"
    yield "text", f"Seed {exam.seed}. {_count(exam.asked)}. Not for learners."
    for heading, one in _numbered(exam, titles):
        right, *traps = one.question.options
        yield from heading
        yield "text", f"**{right.text}**{_within(one.question)}. {right.why}"
        yield "text", "Wrong numbers, and what they tell:"
        for trap in traps:
            yield "item", f"{trap.text}: {trap.why}"


def _numbered(exam: Exam, titles: dict[str, str]) -> Iterator[tuple[list, Asked]]:
    """Yield the headings before each question, a unit's where one begins, and it."""
    before = None
    for number, one in enumerate(exam.asked, 1):
        worth = f"{_some(one.points, 'point')}, {_some(one.minutes, 'minute')}"
        unit = [] if one.unit == before else [("unit", titles[one.unit])]
        yield [*unit, ("number", f"Question {number} · {worth}")], one
        before = one.unit


def _count(asked: Sequence[Asked]) -> str:
    points = _some(sum(one.points for one in asked), "point")
    minutes = _some(sum(one.minutes for one in asked), "minute")
    return f"{_some(len(asked), 'question')}, {points}, {minutes}"


def _some(n: int, what: str) -> str:
    return f"1 {what}" if n == 1 else f"{n} {what}s"


def _within(question: Question) -> str:
    return f" (± {question.tolerance:g})" if question.tolerance else " (exact)"
