"""The page of sentences is what the checks say; each kind says what it must."""

import pytest

import sentences
from unrolled.check import NotYet

WORDS = {
    "not attempted": "has not been attempted yet",
    "not a function": "Run the cell that begins with",
    "arguments": "takes (x, h); it is called with (x, h, w_x, w_h, b)",
    "exception": "in line 2, `return np.tanh(x @ w_x.T",
    "in-place change": "changed its argument `h`",
    "type": "returned a str",
    "type: nothing": "returned nothing",
    "type: fractions": "whole numbers, which cut the fractions off",
    "shape: transposed": "batch and time have changed places",
    "shape: batch missing": "axis batch",
    "shape: one off": "time is one short",
    "value: a known wrong way": "recurrent matrix is transposed",
    "value: which input": "It is right where `b` is zero",
    "value: which gate": "It is right where block o is zero",
    "gradient: which argument, which gate": "By blocks: i, g and o are right, f is",
    "property": "gave two answers",
    "smallest counter-example": "A small case that fails: n_symbols = 1",
    "metric": "below 0.1 is asked, blind guessing has 1.099",
}


@pytest.mark.parametrize("case", sentences.CASES, ids=lambda case: case.kind)
def test_each_kind_of_sentence(case):
    says = sentences.said(case)
    assert WORDS[case.kind] in says
    assert "Traceback" not in says and "|" not in says and "\n" not in says


def test_the_page_shows_what_the_checks_say():
    assert sentences.PAGE.read_text("utf-8") == sentences.page(), (
        "run python tools/quality/sentences.py"
    )


def test_a_right_answer_earns_no_sentence():
    code = sentences.STEP + "return np.tanh(x @ w_x + h @ w_h + b)"
    with pytest.raises(ValueError, match="the answer was accepted"):
        sentences.said(sentences.Case("", "02 step", code))
    assert issubclass(NotYet, AssertionError)
