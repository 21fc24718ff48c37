"""What the known mistakes of an exercise give in a sandbox, run when it is asked for.

They are handed in like answers, beside the solutions, in a process of their own that
ends before another answer is run: no submission can see them. What they gave is kept
for the whole class.
"""

from collections.abc import Callable, Sequence

from unrolled.check.mistakes import Mistake
from unrolled.grade.sandbox import wire
from unrolled.grade.sandbox.session import Ended, Session
from unrolled.grade.submission.restore import Step


class Known:
    """The known mistakes of one exercise.

    `told[k][i]` is what a sandbox said of mistake k, and the place of case i in it.
    """

    def __init__(
        self,
        session: Callable[[], Session],
        steps: Sequence[Step],
        exercise: str,
        asked: dict,
        mistakes: Sequence[Mistake],
    ):
        """Prepare; `steps` are the solved cells before the check, `asked` the check."""
        names = [step.name for step in steps]
        self.before = steps[: names.index(exercise)]
        self.after = steps[names.index(exercise) + 1 :]
        self.session, self.exercise, self.asked = session, exercise, asked
        self.mistakes = mistakes
        self.told: list[dict[int, tuple[wire.Answer, int]]] = [{} for _ in mistakes]

    def run(self, k: int, cases: Sequence[int]) -> None:
        """Run a mistake on some cases; the first time, it and its like on the first.

        Few mistakes give what an answer gave in one case, so few are run on them all.
        """
        if self.told[k]:
            missing = {k: [i for i in cases if i not in self.told[k]]}
        else:
            like = [j for j, m in enumerate(self.mistakes) if m.two == self._two(k)]
            missing = {j: cases[:1] for j in like if not self.told[j]}
        try:
            with self.session() as session:
                for step in self.before:
                    session.run(step.name, step.code)
                for j, some in missing.items():
                    session.run(self.exercise, self.mistakes[j].code)
                    for step in self.after:
                        session.run(step.name, step.code)
                    self._ask(session, j, some)
        except Ended:
            pass
        for j, some in missing.items():
            for i in some:
                self.told[j].setdefault(i, (_NO_END, 0))

    def _two(self, k: int) -> bool:
        return self.mistakes[k].two

    def _ask(self, session: Session, k: int, cases: Sequence[int]) -> None:
        some = [self.asked["cases"][i] for i in cases]
        told = session.check(self.asked | {"cases": some})
        self.told[k] |= {i: (told, place) for place, i in enumerate(cases)}

    def read(self, k: int, i: int) -> dict:
        """Return what mistake k gave for case i; unpacked here, as an answer is."""
        told, place = self.told[k][i]
        if told.kind == wire.OUTCOMES:
            return wire.unpack(told.body)[place]
        return {"value": None, "error": told.sentence, "changed": None}


_NO_END = wire.Answer(wire.ERROR, b"It did not end.")
