"""Counts which known sentences a check says to mutants, for the instructor's pages.

The known mistakes are run once beside the solution and kept for all its mutants: these
see the same names and get the same inputs, so nothing else would come out.
"""

from collections import Counter
from collections.abc import Iterable
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import numpy as np

from unrolled.check import Check, Outcome, trying


class Saying:
    """What the check of one exercise says, sentence by sentence of `mistakes.py`."""

    def __init__(
        self, judge: Check, right: Any, context: dict, written: Iterable[str]
    ) -> None:
        """Take the check as the solution `right` is judged; `written` is the file's."""
        self.judge = judge
        self.tried = list(trying.beside(judge, right, context))
        mine = {one.says for one in judge.known}
        # What only the other track's solution can get wrong is not counted here.
        self.count = Counter(dict.fromkeys((s for s in written if s in mine), 0))
        self.named = 0  # mutants that were told one of the sentences, or more

    def collected(self, given: Any, context: dict) -> list[Outcome]:
        """Run an answer as the check does."""
        with redirect_stdout(StringIO()):
            return self.judge._collected(given, context)

    def hear(self, outcomes: list[Outcome]) -> list[str]:
        """Count the sentences that are said of what an answer gave; return them."""
        with np.errstate(all="ignore"), redirect_stdout(StringIO()):
            says = self.judge.judge(outcomes, known=self.tried) or ""
        told = [sentence for sentence in self.count if sentence in says]
        # One sentence may begin another, which says more.
        told = [
            s for s in told if not any(s in longer for longer in told if s != longer)
        ]
        self.count.update(told)
        self.named += bool(told)
        return told
