"""Which numbers an exam has, for a seed."""

import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unrolled.quiz.choices import FEWEST, expand
from unrolled.quiz.computed import ComputeError, computes, traps_that_are_right, typed
from unrolled.quiz.loading import question, read
from unrolled.quiz.model import Question, QuizError
from unrolled.quiz.yaml12 import load


@dataclass(frozen=True)
class Asked:
    """A question of an exam, with the unit it belongs to and what it is worth."""

    unit: str
    question: Question
    points: int
    minutes: int


@dataclass(frozen=True)
class Exam:
    """An exam: its seed, the code that its sheet and its key share, its questions."""

    seed: int
    code: str
    asked: tuple[Asked, ...]


def draw(folders: Sequence[Path], seed: int) -> Exam:
    """Return the exam of some units for a seed, a whole number of 0 or more.

    It asks each computed question that has an `exam`, in the order of the quizzes. The
    same seed is the same exam everywhere. Seeds that are less than FEWEST apart differ
    in every question, and no question has the numbers of a version of the quiz. Raises
    QuizError where units have no such question, or a question too few versions.
    """
    asked = tuple(one for folder in folders for one in _of_unit(folder, seed))
    names = [folder.name for folder in folders]
    if not asked:
        raise QuizError(
            f"{', '.join(names)}: no question of these units has an `exam`. Name a "
            "unit whose quiz has one, or leave out --units."
        )
    mark = hashlib.sha256(json.dumps([seed, names]).encode()).hexdigest()
    return Exam(seed, mark[:6], asked)


def _of_unit(folder: Path, seed: int) -> Iterator[Asked]:
    path = folder / "quiz.yml"
    read(path)  # says every fault of the file
    items, _ = load(path.read_text("utf-8-sig"))
    for item in items:
        if "exam" in item:
            made = versions(item, folder.name)
            exam = item["exam"]
            yield Asked(
                folder.name,
                question(made[seed % len(made)]),
                exam["points"],
                exam["minutes"],
            )


def versions(item: dict[str, Any], unit: str) -> list[dict[str, Any]]:
    """Return a question as exams may have it, in an order that its id decides.

    Left out are the versions of the quiz, whose answers are published, and those in
    which a wrong number would be right.
    """
    vary = {name: expand(values) for name, values in item["exam"]["vary"].items()}
    published = list(computes(item))
    made = []
    try:
        for values in itertools.product(*vary.values()):
            compute = {**item["compute"], **dict(zip(vary, values, strict=True))}
            if compute not in published:
                one = typed(item, compute)
                if not traps_that_are_right(one):
                    made.append((_place(item["id"], compute), one))
    except ComputeError as error:
        raise QuizError(
            f"lessons/{unit}/quiz.yml, question `{item['id']}`: {error}"
        ) from None
    if len(made) < FEWEST:
        raise QuizError(
            f"lessons/{unit}/quiz.yml, question `{item['id']}`: has {len(made)} "
            f"versions in which no wrong number is right, and an exam needs {FEWEST}. "
            "Name more values in its `exam`."
        )
    return [one for _, one in sorted(made, key=lambda pair: pair[0])]


def _place(name: str, compute: dict[str, Any]) -> str:
    """Return where a version stands: a hash, which is the same on every system."""
    line = json.dumps([name, compute], sort_keys=True)
    return hashlib.sha256(line.encode()).hexdigest()
