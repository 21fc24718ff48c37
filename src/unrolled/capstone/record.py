"""What a notebook fills: each method takes one part of a capstone, `finish` ends it."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unrolled import ledger
from unrolled.given import count

from . import parts, table
from .table import Row

SEEDS = 5  # the least
SETTINGS = 3  # the least that a tuning tries
WORDS = 10  # the least of an error analysis

# What a capstone must have, and what is said while it is missing.
MISSING = {
    "question": "The question: write `work.question(…)`, one sentence that ends with a "
    "question mark and that numbers can answer.",
    "split": "The split: write `work.split(train, choose, test, contents=…, time=…)`, "
    "or `group=…`; it refuses one that leaks.",
    "baseline": "A baseline: write `work.baseline(name, number)`, what the simplest "
    "model that could win measures on the test part.",
    "tuning": "The tuning of the contender: write `work.tune(name, {rate: score, …}, "
    'part="choose")` with three rates or more, for the name of the contender.',
    "seeds": "The contender: write `work.contender(name, numbers)`, one number for "
    "each of five seeds or more, on the test part.",
    "ablation": "An ablation: write `work.ablation(name, numbers, without=…)`, the "
    "contender without what you think is the cause, five seeds too.",
    "errors": "The error analysis: write `work.errors({group: numbers, …}, says=…)`, "
    "the score of two groups of test rows or more, and what they tell you.",
    "cost": "The cost: write `work.cost(name, seconds=…, parameters=…)` for the "
    "contender.",
}


class Capstone:
    """What a capstone has so far.

    measure: what is measured on the test part, with its unit, as in "mean absolute
    error, ppm". better: "lower" or "higher". The table is written into the working
    folder, beside the notebook, or into the folder that UNROLLED_CAPSTONE names.
    Raises ValueError for another `better`.
    """

    def __init__(self, measure: str = "", better: str = "lower") -> None:
        """Begin; see the class."""
        if better not in ("lower", "higher"):
            raise ValueError(
                f"better={better!r} was given; it is 'lower' for an error and 'higher' "
                "for an accuracy."
            )
        self.measure, self.better = measure or "no measure named", better
        self._told: dict[str, Any] = {}
        self._rows: dict[tuple[str, str], Row] = {}
        self._tuned: dict[str, dict[str, Any]] = {}

    def question(self, text: str) -> None:
        """Ask what the capstone answers; raises ValueError if it is no question."""
        text = " ".join(str(text).split())
        if not text.endswith("?") or len(text.split()) < 4:
            raise ValueError(
                f"`{text}` is no question: write a sentence of four words or more that "
                "ends with a question mark."
            )
        self._told["question"] = text

    def split(
        self,
        train: Any,
        choose: Any,
        test: Any,
        *,
        contents: Any,
        time: Any = None,
        group: Any = None,
        of: str = "",
    ) -> None:
        """Say which rows are learned from, chosen by, and looked at once.

        train, choose, test: row numbers, or True and False for each row. contents: what
        each row holds, one item for each: texts, or arrays. time: (n,) the moment of
        each row's target, or (n, 2) its first and last one. group: (n,) whose each row
        is. of: the name of the data. Raises Leak, with a sentence, where one part
        tells something of another, and ValueError for what are no rows.
        """
        given = {"train": train, "choose": choose, "test": test}
        found = {k: parts.rows(k, v, len(contents)) for k, v in given.items()}
        how = parts.refuse_leaks(found, contents, time, group)
        self._told |= {"split": how, "data": of}
        for name, rows in found.items():
            self._put("split", name, "rows", len(rows))

    def baseline(self, name: str, numbers: Any) -> None:
        """Give what a baseline measures on the test part: a number, or one a seed."""
        self._put("baseline", name, self.measure, numbers)

    def tune(self, name: str, tried: Mapping[Any, float], *, part: str) -> Any:
        """Return the setting that scored best, of those that were tried.

        tried: {setting: its score on the part that settings are chosen by}. Raises
        ValueError for fewer than three settings, or if they were scored on "test".
        """
        if part != "choose":
            raise ValueError(
                f"The settings of `{name}` were scored on `{part}`. Choose them on the "
                "part `choose`: the test part is looked at once, and training rows "
                "flatter what learned them."
            )
        if len(tried) < SETTINGS:
            raise ValueError(
                f"{len(tried)} settings of `{name}` were tried; try {SETTINGS} or "
                "more, a factor of three apart, say."
            )
        scores = {k: table.row("tuning", str(k), "", v).value for k, v in tried.items()}
        best = (min if self.better == "lower" else max)(scores, key=scores.get)
        edge = best in (next(iter(scores)), list(scores)[-1])
        self._tuned[name] = {
            "tried": [str(k) for k in scores],
            "chosen": str(best),
            "edge": edge,
        }
        return best

    def contender(self, name: str, numbers: Sequence[float]) -> None:
        """Give what the contender measures on the test part, one number a seed."""
        self._put("contender", name, self.measure, self._seeded(name, numbers))

    def ablation(self, name: str, numbers: Sequence[float], *, without: str) -> None:
        """Give what is left without the supposed cause, one number a seed.

        without: what was taken away, in words.
        """
        if not without.strip():
            raise ValueError(f"Say what `{name}` was made without: `without=…`.")
        self._put("ablation", name, self.measure, self._seeded(name, numbers))
        self._told.setdefault("without", {})[name] = without

    def errors(self, groups: Mapping[str, Any], *, says: str) -> None:
        """Give the score of groups of test rows, and say what they tell.

        groups: {name: a number, or one for each seed}. Of a network give one for each
        seed, else its spread is unknown. Raises ValueError for one group alone, or for
        fewer than ten words.
        """
        if len(groups) < 2:
            raise ValueError(
                f"An error analysis compares groups of test rows; {len(groups)} was "
                "given. Long and short, early and late, rare and frequent?"
            )
        if len(says.split()) < WORDS:
            raise ValueError(
                f"`says` has {len(says.split())} words; say in a sentence of {WORDS} "
                "or more where it errs, and what may be the reason."
            )
        for name, numbers in groups.items():
            self._put("errors", name, self.measure, numbers)
        self._told["errors"] = " ".join(says.split())

    def cost(self, name: str, *, seconds: float, parameters: int) -> None:
        """Give what one training of `name` took, and how many numbers it learns."""
        self._put("cost", f"{name}, one training", "seconds", seconds)
        learned = count("parameters", parameters, least=0)
        self._put("cost", f"{name}, learned", "parameters", learned)
        self._told.setdefault("cost", []).append(name)

    def missing(self) -> dict[str, str]:
        """Return what is missing: {part: a sentence that says what to do}."""
        contenders = self._names("contender")
        there = {
            "question": "question" in self._told,
            "split": bool(self._names("split")),
            "baseline": bool(self._names("baseline")),
            "tuning": bool(self._tuned) and set(contenders) <= set(self._tuned),
            "seeds": bool(contenders),
            "ablation": bool(self._names("ablation")),
            "errors": bool(self._names("errors")),
            "cost": "cost" in self._told and set(contenders) <= set(self._told["cost"]),
        }
        return {k: says for k, says in MISSING.items() if not there[k]}

    def lacks(self, part: str) -> None:
        """Print whether a part is there, or what to do for it."""
        if part not in MISSING:
            raise ValueError(
                f"`{part}` is no part; the parts are {', '.join(MISSING)}."
            )
        print(self.missing().get(part, f"There: {part}."))

    def verdict(self) -> list[str]:
        """Return in sentences who is ahead on the test part, and what to doubt."""
        bases = self._of("baseline")
        sign = 1 if self.better == "lower" else -1
        best = min(bases, key=lambda row: sign * row.value)
        said = []
        for row in self._of("contender"):
            ahead = [sign * value < sign * best.value for value in row.values]
            said.append(
                f"{row.name}: {row.shown}, ahead of {best.name}, {best.value:.4g}, in "
                f"{sum(ahead)} of {len(ahead)} seeds ({self.measure}; {self.better} "
                "is better)."
            )
            said += [
                f"{other.name}: {other.shown}. Its seeds and those of {row.name} "
                f"{'overlap' if _overlap(row, other) else 'do not overlap'}."
                for other in self._of("ablation")
            ]
        said += [
            f"The best of the settings of {name}, {of['chosen']}, was the first or the "
            "last that was tried; one beyond it may be better."
            for name, of in self._tuned.items()
            if of["edge"]
        ]
        return said

    def finish(self) -> bool:
        """Write the table if nothing is missing; return whether the work is finished.

        Prints the table and who is ahead, or all that is missing; an unfinished
        capstone has no table, and one that was there is deleted.
        """
        path = Path(os.environ.get("UNROLLED_CAPSTONE") or ".") / table.FILE
        missing = self.missing()
        if missing:
            path.unlink(missing_ok=True)
            print("Not finished. This is missing:")
            print("\n".join(f"- {says}" for says in missing.values()))
            return False
        rows = list(self._rows.values())
        for row in rows:
            print(f"{row.part:10} {row.name:34} {row.shown:>28} {row.unit}")
        verdict = self.verdict()
        print("\n".join(["", *verdict]))
        told = {
            "question": self._told["question"],
            "data": self._told["data"],
            "track": ledger.track(),
            "measure": self.measure,
            "better": self.better,
            "split": self._told["split"],
            "tuned": self._tuned,
            "without": self._told["without"],
            "errors": self._told["errors"],
            "verdict": verdict,
        }
        table.write(path, told, rows)
        print(f"Finished: {table.FILE} is written beside the notebook.")
        return True

    def _put(self, part: str, name: str, unit: str, given: Any) -> None:
        self._rows[part, name] = table.row(part, name, unit, given)

    def _of(self, part: str) -> list[Row]:
        return [row for (of, _), row in self._rows.items() if of == part]

    def _names(self, part: str) -> list[str]:
        return [row.name for row in self._of(part)]

    @staticmethod
    def _seeded(name: str, numbers: Sequence[float]) -> list[float]:
        given = np.ravel(np.asarray(numbers, float)).tolist()
        if len(given) < SEEDS:
            raise ValueError(
                f"`{name}` has {len(given)} numbers; give one for each of {SEEDS} "
                "seeds or more. One run says little about the next."
            )
        return given


def _overlap(one: Row, other: Row) -> bool:
    return min(one.values) <= max(other.values) and min(other.values) <= max(one.values)
