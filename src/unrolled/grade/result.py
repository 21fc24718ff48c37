"""What one submission earned, and what each of its exercises did."""

from dataclasses import asdict, dataclass, field


@dataclass
class Verdict:
    """What one exercise earned, in which word, and why."""

    name: str
    most: float
    word: str = "not attempted"
    says: str = ""
    title: str = ""  # of the exercise, as the assignment has it
    lines: str = ""  # what the learner wrote
    print: str = ""  # the same for equal answers
    calls: list[str] = field(default_factory=list)  # of the helper package

    @property
    def points(self) -> float:
        """All points or none."""
        return self.most if self.word == "right" else 0.0


@dataclass
class Result:
    """What one submission earned."""

    submission: str
    unit: str = ""
    track: str = ""
    exercises: list[Verdict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unreadable: str = ""  # why it could not be graded at all
    isolation: str = ""
    digest: str = ""  # of all that it depends on
    content: str = ""  # of the submission's bytes alone
    title: str = ""  # of the assignment
    flags: list[str] = field(default_factory=list)  # what is worth a look
    retried: bool = False  # what ran out of time was tried once more, alone

    @property
    def points(self) -> float:
        """The sum over the exercises."""
        return sum(v.points for v in self.exercises)

    @property
    def most(self) -> float:
        """What could be earned."""
        return sum(v.most for v in self.exercises)

    @property
    def share(self) -> float:
        """Points earned of points to earn, 0 to 1."""
        return self.points / self.most if self.most else 0.0

    def as_json(self) -> dict:
        """Return it as plain data; `from_json` is the way back."""
        return asdict(self) | {"points": self.points, "most": self.most}


def from_json(data: dict) -> Result:
    """Return the result that `as_json` gave; raises TypeError or KeyError."""
    kept = {k: v for k, v in data.items() if k not in ("points", "most")}
    kept["exercises"] = [Verdict(**v) for v in kept["exercises"]]
    return Result(**kept)
