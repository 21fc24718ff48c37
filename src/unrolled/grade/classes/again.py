"""What is graded again, and what stays as it was: `--again`, `--only`, a second trial.

A result is kept with the bytes that it was made of. So one exercise, or one student,
can be graded anew while all else stays, even where the checks were changed meanwhile.
"""

from dataclasses import dataclass, replace

from unrolled.grade.result import Result, Verdict

TIMED_OUT = "timed out"


@dataclass(frozen=True)
class Ask:
    """What is asked of one submission."""

    again: bool = False  # also where a result is there already
    only: frozenset[str] | None = None  # these exercises, if it names any
    chosen: bool = True  # else it stays as it is, if it was graded before
    retry: bool = False  # what ran out of time, once more


def settled(before: Result | None, ask: Ask, content: str, expected: str) -> bool:
    """Return whether the result that is there is the one to give.

    `content` is the digest of the submission's bytes, `expected` that of all that a new
    result would depend on.
    """
    if before is None:
        return False
    if before.digest == expected and not (ask.again and ask.chosen):
        return not ask.retry
    return not ask.chosen and bool(content) and before.content == content


def part(before: Result | None, ask: Ask, content: str) -> frozenset[str] | None:
    """Return which exercises are graded; None for all of them."""
    if before is None or before.content != content:
        return None
    names = frozenset(v.name for v in before.exercises)
    wanted = timed_out(before) if ask.retry else ask.only
    return wanted & names if wanted is not None else None


def timed_out(result: Result) -> frozenset[str]:
    """Return the exercises that ran out of time."""
    return frozenset(v.name for v in result.exercises if v.word == TIMED_OUT)


def merged(before: Result, new: Result, names: frozenset[str], retry: bool) -> Result:
    """Return a result with some exercises graded anew, and the others as they were.

    What was made of other checks is not taken for up to date by a later call.
    """
    fresh = {v.name: v for v in new.exercises}

    def chosen(old: Verdict) -> Verdict:
        return fresh[old.name] if old.name in names and old.name in fresh else old

    kept = [chosen(v) for v in before.exercises]
    flags = list(new.flags)
    if retry:
        flags += [f"timed out at first: `{name}`" for name in sorted(names)]
    retried = retry or (before.retried and not names & timed_out(new))
    return replace(
        new,
        exercises=kept,
        digest=before.digest,
        flags=list(dict.fromkeys(flags)),
        retried=retried,
    )
