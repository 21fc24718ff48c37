"""Ask a quiz in a terminal, or wherever lines can be read and written."""

import os
import re
import sys
import textwrap
from collections.abc import Callable, Sequence

from . import scores
from .letters import INDENT, plain
from .model import ASKS, LETTERS, WHEN, Option, Question, Quiz

WIDTH = 80
HOW = {
    "single": "Your answer, a letter",
    "multiple": "Your answer, letters such as AC",
    "numeric": "Your answer, a number",
    "order": "Your answer, all letters, first to last, such as {example}",
}
KEYS = "? shows the answer, q stops"


class Stop(Exception):
    """The learner has had enough, or there is nothing more to read."""


def take(
    quiz: Quiz, when: str, title: str, read: Callable[[str], str] = input
) -> float:
    """Ask the questions of one part, with the reasons after each answer.

    `read` is asked for a line, as `input` is. Prints the score, keeps it when every
    question was met, and returns it.
    """
    part = quiz.part(when)
    say(f"{title}. {WHEN[when]}: {len(part)} questions. {KEYS}.")
    past = scores.earlier(quiz.unit, when)
    if past:
        best = max(one["points"] / one["of"] for one in past)
        last = past[-1]
        score = f"{last['points']:g} of {last['of']}"
        say(f"Last time ({last['day']}): {score}. Best so far: {best:.0%}.")
    points, met = 0.0, 0
    try:
        for number, question in enumerate(part, 1):
            points += ask(question, f"{number}/{len(part)}", read)
            met += 1
    except Stop:
        say(f"\nStopped after {met} of {len(part)} questions. The score is not kept.")
    points = round(points, 2)
    if met:
        say(f"\nScore: {points:g} of {met}.")
    if met == len(part):
        scores.remember(quiz.unit, when, points, met)
    return points


def ask(question: Question, number: str, read: Callable[[str], str]) -> float:
    """Ask one question until there is an answer; return what it is worth."""
    say(f"\n{_strong(number)}  {plain(question.text)}")
    shown = [] if question.kind == "numeric" else question.mixed()
    for letter, option in zip(LETTERS, shown, strict=False):
        say(plain(option.text), f"  {letter}. ")
    say(f"({ASKS[question.kind]})")
    example = "".join(sorted(LETTERS[: len(shown)], reverse=True))
    prompt = HOW[question.kind].format(example=example) + ": "
    while True:
        line = _line(prompt, read)
        if line.lower() in ("q", "quit"):
            raise Stop
        if line == "?":
            say("Not counted.")
            _explain(question, shown, None)
            return 0.0
        given = understood(question, shown, line)
        if given is not None:
            credit = question.credit(given)
            say(_strong(_verdict(credit)))
            _explain(question, shown, given)
            return credit
        say(_complaint(question, len(shown)))


def _line(prompt: str, read: Callable[[str], str]) -> str:
    try:
        line = read(prompt).strip()
    except EOFError:
        raise Stop from None
    if not sys.stdin.isatty():  # nobody typed it, so nothing echoed it
        print(line)
    return line


def understood(
    question: Question, shown: Sequence[Option], line: str
) -> list[Option] | float | None:
    """Return what a line answers, or None if it is no answer to this question."""
    if question.kind == "numeric":
        try:
            number = float(line.replace("−", "-").replace(",", "."))
        except ValueError:
            return None
        return number if abs(number) < float("inf") else None
    letters = re.sub(r"[\s,;.]", "", line).upper()
    known = LETTERS[: len(shown)]
    if not letters or set(letters) - set(known) or len(set(letters)) < len(letters):
        return None
    wanted = {"single": 1, "order": len(shown)}.get(question.kind, len(letters))
    if len(letters) != wanted:
        return None
    return [shown[known.index(letter)] for letter in letters]


def _complaint(question: Question, n: int) -> str:
    if question.kind == "numeric":
        return "That is no number. Write one such as 0.25 or 1e-3."
    letters = f"from A to {LETTERS[n - 1]}"
    many = {"single": "one letter", "order": f"all {n} letters, each once,"}
    return (
        f"Write {many.get(question.kind, 'one or more letters, each once,')} {letters}."
    )


def _verdict(credit: float) -> str:
    if credit > 1 - 1e-9:
        return "Right."
    return f"Partly right: {credit:.2f} of 1." if credit else "Wrong."


def _explain(
    question: Question, shown: Sequence[Option], given: list[Option] | float | None
) -> None:
    """Say why: of a choice every option, of a number the answer and the trap met."""
    if question.kind == "numeric":
        met = [
            o for o in question.options if given is not None and question.near(given, o)
        ]
        about = f" (± {question.tolerance:g})" if question.tolerance else ""
        for option in met[:1]:
            if not option.right:
                say(plain(option.why), f"  {option.text}: ")
        right = question.options[0]
        say(plain(right.why), f"  {right.text}{about} is right. ")
        return
    order = question.options if question.kind == "order" else shown
    for place, option in enumerate(order, 1):
        letter = LETTERS[list(shown).index(option)]
        if question.kind == "order":
            say(plain(option.why), f"  {place}. {letter}: ")
        else:
            mark = "right" if option.right else "wrong"
            chosen = "*" if given is not None and option in given else " "
            say(plain(option.why), f" {chosen}{letter} is {mark}. ")


def say(text: str, lead: str = "") -> None:
    """Print text wrapped to the width of a page, its later lines under its first."""
    for number, block in enumerate(text.split("\n\n")):
        under = " " * min(len(lead), 5)
        if block.startswith(INDENT):
            shown = [lead.rstrip()] if lead.strip() and number == 0 else []
            shown += [under + line for line in block.split("\n")]
            print("\n".join(line.rstrip() for line in shown))
            continue
        before = lead if number == 0 else under
        empty = "\n" * (len(block) - len(block.lstrip("\n")))
        lines = textwrap.wrap(
            " ".join(block.split(" ")).strip("\n"),
            WIDTH,
            initial_indent=before,
            subsequent_indent=under,
            break_long_words=False,
            break_on_hyphens=False,
        )
        print(empty + "\n".join(lines))


def _strong(text: str) -> str:
    """Return text in bold where somebody sees it and has not asked for plain text."""
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    return text if os.environ.get("TERM") == "dumb" else f"\033[1m{text}\033[0m"
