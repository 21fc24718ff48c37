"""Computations of a quiz on speech: frames, the paths of CTC."""

import itertools
import math


def frames(samples: int, size: int, hop: int) -> dict[str, float]:
    """Return how many whole frames of `size`, one each `hop`, a recording has.

    Also `last`, the sample at which the last one begins; what is wrong: `one_less`,
    `without_size`, one for each hop, and `apart`, the frames that do not overlap.
    Raises ValueError where the recording is shorter than one frame.
    """
    starts = range(0, samples - size + 1, hop)
    if not starts:
        raise ValueError(f"{samples} samples hold no frame of {size}")
    return {
        "answer": len(starts),
        "last": starts[-1],
        "one_less": len(starts) - 1,
        "without_size": samples // hop,
        "apart": samples // size,
    }


def ctc_of_three(first: float, second: float, third: float) -> dict[str, float]:
    """Return how likely "a" is in three frames, of which each is a or the blank.

    Given is the probability of a in each. Also `nothing`, of three blanks, and `twice`,
    of a, blank, a, which says "aa"; what is wrong: `with_twice`, that path added,
    `all_a`, one path alone, and `one_frame`, a in exactly one frame.
    """
    p, sums = (first, second, third), {}
    for path in itertools.product((0, 1), repeat=3):
        chance = math.prod(q if a else 1 - q for a, q in zip(path, p, strict=True))
        said = sum(1 for a, _ in itertools.groupby(path) if a)
        sums[said] = sums.get(said, 0) + chance
        if sum(path) == 1:
            sums["one"] = sums.get("one", 0) + chance
    return {
        "answer": sums[1],
        "nothing": sums[0],
        "twice": sums[2],
        "with_twice": sums[1] + sums[2],
        "all_a": math.prod(p),
        "one_frame": sums["one"],
    }


CALLS = (frames, ctc_of_three)
