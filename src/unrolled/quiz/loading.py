"""Read a unit's `quiz.yml`."""

from pathlib import Path
from typing import Any

import yaml

from .computed import make
from .model import Option, Question, Quiz, QuizError
from .rules import faults
from .yaml12 import load


def read(path: Path | str, version: int = 1) -> Quiz:
    """Read `lessons/<unit>/quiz.yml`; raises QuizError with every fault in it.

    Version 1 is the quiz as it is written. Another version has other numbers in the
    questions that say what may `vary`; the same version is always the same quiz.
    """
    path = Path(path)
    name = "/".join(path.parts[-3:])
    try:
        items, twice = load(path.read_text("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise QuizError(
            f"{name}, line {line}: is not UTF-8. Save the file as UTF-8."
        ) from None
    except yaml.YAMLError as error:
        raise QuizError(
            f"{name}: is not YAML: {' '.join(str(error).split())}"
        ) from None
    if not isinstance(items, list) or not items:
        raise QuizError(f"{name}: must be a list of questions, each `- id: ...`.")
    wrong, taken = [], set()
    for number, item in enumerate(items, 1):
        known = isinstance(item, dict) and item.get("id")
        where = f"{name}, question " + (f"`{known}`" if known else f"number {number}")
        wrong += [f"{where}: {what}" for what in (*twice[number - 1], *faults(item))]
        if known in taken:
            wrong.append(f"{where}: has an id that is already taken. Choose another.")
        taken.add(known)
    if wrong:
        raise QuizError("\n".join(wrong))
    questions = tuple(question(item, version) for item in items)
    return Quiz(path.parent.name, questions, version)


def question(item: dict[str, Any], version: int = 1) -> Question:
    """Return the question that an item of `quiz.yml`, without faults, describes."""
    if "compute" in item:
        item = make(item, version)
    if item["kind"] == "numeric":
        options = [Option(str(item["answer"]), True, item["why"].strip())]
        for trap in item.get("traps", []):
            options.append(Option(str(trap["value"]), False, trap["why"].strip()))
    elif item["kind"] == "order":
        options = [
            Option(_line(o["text"]), True, o["why"].strip()) for o in item["items"]
        ]
    else:
        options = [
            Option(_line(o["text"]), o["right"], o["why"].strip())
            for o in item["options"]
        ]
    keys = ("id", "when", "kind", "objective")
    return Question(
        **{key: item[key] for key in keys},
        text=item["question"].strip(),
        options=tuple(options),
        tolerance=item.get("tolerance", 0),
    )


def _line(text: Any) -> str:
    return str(text).strip()
