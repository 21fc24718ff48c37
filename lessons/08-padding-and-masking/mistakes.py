"""Wrong answers that learners really give, each with a phrase the check must say."""

from unrolled.check import Mistake


def _loop(step, start="np.zeros(len(x))", result="np.stack(states, axis=1)"):
    return f"""
def average(x, keep):
    h, states = {start}, []
    for t in range(x.shape[1]):
        {step}
        states.append(h)
    return {result}
"""


MISTAKES = {
    "average": [
        Mistake(
            "weights exchanged",
            "the other way round",
            _loop("h = (1 - keep) * h + keep * x[:, t]"),
        ),
        Mistake(
            "new value with full weight",
            "full weight",
            _loop("h = keep * h + x[:, t]"),
        ),
        Mistake(
            "state never used",
            "old average is never used",
            _loop("h = (1 - keep) * x[:, t]"),
        ),
        Mistake(
            "starts at the first value",
            "starts at the first value",
            _loop("h = keep * h + (1 - keep) * x[:, t]", start="x[:, 0]"),
        ),
        Mistake(
            "mean of all values so far",
            "nothing is forgotten",
            _loop("h = x[:, : t + 1].mean(axis=1)"),
        ),
        Mistake(
            "last state only",
            "only the last one",
            _loop("h = keep * h + (1 - keep) * x[:, t]", result="h"),
        ),
        Mistake(
            "time first",
            "axes look swapped",
            _loop("h = keep * h + (1 - keep) * x[:, t]", result="np.stack(states)"),
        ),
    ],
}
