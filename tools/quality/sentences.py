"""What a check can say: one real sentence of each kind, kept in docs/checks.md.

python tools/quality/sentences.py     writes docs/checks.md
"""

import linecache
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/checks.md"
UNITS = {"02": "02-recurrent-cell", "03": "03-backpropagation-through-time"}
UNITS |= {"05": "05-lstm"}

HEAD = """# What a check says

A check names the first thing that is wrong, in the learner's own terms, and never shows
a stack trace. Each sentence below was said by the check named, to the answer beside it;
`python tools/quality/sentences.py` writes this page, and a test compares.

| kind | answer | what the check says |
| --- | --- | --- |
"""


class Case(NamedTuple):
    """A kind of sentence, and an answer that earns it."""

    kind: str
    check: str  # unit and name, "02 step"
    code: str
    about: str = ""  # the answer in words, where the code is long


STEP = "def step(x, h, w_x, w_h, b):\n    "
FRACTIONS = STEP + "return np.tanh(x @ w_x + h @ w_h + b).astype(int)"
BACKWARD = """def backward(d_h, d_c, x, h, c, w_x, w_h, b):
    i, f, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=-1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    shown = np.tanh(f * c + i * g)
    d_c = d_c + d_h * o * (1 - shown**2)
    parts = [d_c * g * i * (1 - i), d_c * c * f * (1 + f), d_c * i * (1 - g**2)]
    d_a = np.concatenate([*parts, d_h * shown * o * (1 - o)], axis=-1)
    return d_a @ w_x.T, d_a @ w_h.T, d_c * f, x.T @ d_a, h.T @ d_a, d_a.sum(axis=0)
"""
CASES = (
    Case("not attempted", "02 step", STEP + "raise NotImplementedError()"),
    Case("not a function", "02 step", "step = 3"),
    Case("arguments", "02 step", "def step(x, h):\n    return x + h"),
    Case("exception", "02 step", STEP + "return np.tanh(x @ w_x.T + h @ w_h + b)"),
    Case("in-place change", "02 step", STEP + "h += x @ w_x\n    return np.tanh(h)"),
    Case("type", "02 step", STEP + "return str(x @ w_x)"),
    Case("type: nothing", "02 step", STEP + "h = np.tanh(x @ w_x + h @ w_h + b)"),
    Case("type: fractions", "02 step", FRACTIONS),
    Case(
        "shape: transposed",
        "02 sequence",
        "def sequence(x, h, w_x, w_h, b):\n    return np.stack(every_state)",
        "states stacked along the first axis",
    ),
    Case(
        "shape: batch missing",
        "02 sequence",
        "def sequence(x, h, w_x, w_h, b):\n    return np.stack(every_state, 1)[0]",
        "the first sequence alone",
    ),
    Case(
        "shape: one off",
        "02 sequence",
        "def sequence(x, h, w_x, w_h, b):\n    return np.stack(every_state[1:], 1)",
        "the first state left out",
    ),
    Case(
        "value: a known wrong way",
        "02 step",
        STEP + "return np.tanh(x @ w_x + h @ w_h.T + b)",
    ),
    Case(
        "value: which input",
        "02 step",
        STEP + "return np.tanh(x @ w_x + h @ w_h + b + b)",
    ),
    Case(
        "value: which gate",
        "05 step",
        "def step(x, h, c, w_x, w_h, b):\n"
        "    i, f, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=-1)\n"
        "    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)\n"
        "    return sigmoid(o / 2) * np.tanh(c), c\n",
        "the output gate's sum halved",
    ),
    Case(
        "gradient: which argument, which gate",
        "05 backward",
        BACKWARD,
        "`f * (1 + f)` for the slope of the forget gate",
    ),
    Case(
        "property",
        "02 mend",
        "rng = np.random.default_rng()\n\n\ndef mend(x, w, b):\n"
        "    return np.tanh(rng.normal(size=(len(x), len(b))))",
        "a random state",
    ),
    Case(
        "smallest counter-example",
        "02 count",
        "def count(n_symbols, emb_size, hid_size, n_out, n_biases):\n"
        "    last = (hid_size + 1) * n_out\n"
        "    return n_symbols * emb_size + hid_size**3 + last",
        "`hid_size ** 3` for the cell",
    ),
    Case("metric", "02 learn", "", "a model that always guesses blindly"),
)


def said(case: Case) -> str:
    """Return what the case's check says to its answer."""
    from unrolled import check

    number, name = case.check.split()
    judge = getattr(check.unit(UNITS[number]), name)
    if not case.code:  # training takes its time: what such a model gives is known
        return judge.judge([blind(inputs) for inputs in judge.inputs()])
    try:
        judge(answer(name, case.code))
    except check.NotYet as refusal:
        return str(refusal)
    raise ValueError(f"{case.check}, {case.kind}: the answer was accepted.")


def answer(name: str, code: str) -> Any:
    """Return what the code defines; errors can quote its lines."""
    code = code.replace("np.stack(every_state", f"np.stack({STATES}")
    file = f"<{name}>"
    linecache.cache[file] = (len(code), None, code.splitlines(True), file)
    scope = {"np": np, "sigmoid": lambda a: 1 / (1 + np.exp(-a))}
    exec(compile(code, file, "exec"), scope)
    return scope[name]


STATES = (
    "[h := np.tanh(x[:, t] @ w_x + h @ w_h + b) for t in range(x.shape[1])]"
    # every state of the cell, as unit 02 computes them
)


def blind(inputs: dict) -> Any:
    """Return the outcome of a model of unit 02 that finds all letters equally likely.

    Its logits differ from letter to letter by less than anything that matters.
    """
    from unrolled.check import Outcome

    word = inputs["word"]
    logits = np.zeros((1, len(word) - 1, len(set(word)))) - 1e-3
    logits += 1e-4 * np.arange(logits.size).reshape(logits.shape)
    starts = [logits[0, t] for t in range(logits.shape[1] - 1)]
    same = dict.fromkeys(("logits", "again", "after another", "another seed"), logits)
    return Outcome(inputs, same | {"backwards": logits + 1, "starts": starts})


def page() -> str:
    """Return the page."""
    text = HEAD
    for case in CASES:
        shown = case.about or f"`{case.code.splitlines()[-1].strip()}`"
        text += f"| {case.kind} | {case.check}: {shown} | {said(case)} |\n"
    return text


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / "src")]
    PAGE.write_text(page(), "utf-8")
