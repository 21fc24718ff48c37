"""Metrics against their definitions and against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled import metrics


def test_bits_and_perplexity():
    assert metrics.bits(np.log(2)) == pytest.approx(1)
    assert metrics.perplexity(np.log(65)) == pytest.approx(65)
    assert metrics.bits(np.array([0.0, np.log(8)])) == pytest.approx([0, 3])


def test_cross_entropy_by_hand():
    logits = np.log([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]])
    expected = -(np.log(0.25) + np.log(0.7)) / 2
    assert metrics.cross_entropy(logits, [1, 2]) == pytest.approx(expected)
    # Adding a constant to all logits changes nothing.
    assert metrics.cross_entropy(logits + 1000, [1, 2]) == pytest.approx(expected)


def test_cross_entropy_of_nothing_known_is_the_log_of_the_symbols():
    y = np.arange(6).reshape(2, 3)
    assert metrics.cross_entropy(np.zeros((2, 3, 65)), y) == pytest.approx(np.log(65))


def test_cross_entropy_stays_finite():
    assert metrics.cross_entropy([[1e4, -1e4]], [0]) == 0
    assert metrics.cross_entropy([[1e4, -1e4]], [1]) == pytest.approx(2e4)
    assert metrics.cross_entropy(np.float32([[88, 0]]), [1]) == pytest.approx(88)


def test_weight_leaves_padding_out():
    logits = np.log([[[0.5, 0.5], [0.9, 0.1]]])
    y, weight = [[0, 1]], [[1, 0]]
    assert metrics.cross_entropy(logits, y, weight) == pytest.approx(np.log(2))
    assert metrics.accuracy([[0, 0]], y, weight) == 1
    assert metrics.accuracy([[0, 0]], y) == 0.5


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1))
def test_as_scikit_learn_counts(pairs):
    from sklearn import metrics as theirs

    predicted, y = (np.array(side) for side in zip(*pairs, strict=True))
    kwargs = {"labels": list(range(5))}
    assert (
        metrics.confusion(predicted, y, 5)
        == theirs.confusion_matrix(y, predicted, **kwargs)
    ).all()
    assert metrics.accuracy(predicted, y) == pytest.approx(
        theirs.accuracy_score(y, predicted)
    )
    per_class = theirs.f1_score(y, predicted, average=None, zero_division=0, **kwargs)
    assert metrics.f1(predicted, y, 5) == pytest.approx(per_class)
    macro = theirs.f1_score(y, predicted, average="macro", zero_division=0)
    assert metrics.macro_f1(predicted, y, 5) == pytest.approx(macro)


MASKED = st.lists(st.tuples(*[st.integers(0, 4)] * 2, st.booleans()), min_size=1)


@settings(deadline=None)
@given(MASKED.filter(lambda rows: any(real for _, _, real in rows)))
def test_a_mask_leaves_padding_out(rows):
    from sklearn import metrics as theirs

    predicted, y, mask = (np.array(side) for side in zip(*rows, strict=True))
    kwargs = {"labels": list(range(5)), "sample_weight": mask}
    counts = theirs.confusion_matrix(y, predicted, **kwargs)
    each = theirs.f1_score(y, predicted, average=None, zero_division=0, **kwargs)
    macro = each[counts.sum(axis=0) + counts.sum(axis=1) > 0].mean()
    asked = predicted[None], y[None], 5, mask[None]
    assert (metrics.confusion(*asked) == counts).all()
    assert metrics.f1(*asked) == pytest.approx(each)
    assert metrics.macro_f1(*asked) == pytest.approx(macro)


TAGS = ["O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-MISC-x", "I-MISC-x", "B", "I"]
SENTENCES = st.lists(
    st.lists(st.tuples(*[st.sampled_from(TAGS)] * 2), min_size=1), min_size=1
)


@pytest.mark.filterwarnings("ignore")  # seqeval's, where there is nothing to count
@settings(deadline=None)
@given(SENTENCES)
def test_entities_as_seqeval_counts(sentences):
    from seqeval import metrics as theirs
    from seqeval.metrics.sequence_labeling import get_entities

    predicted, y = ([[pair[k] for pair in s] for s in sentences] for k in (0, 1))
    for tags in y:
        # seqeval names the last step of an entity, we the one after it.
        expected = [(kind, start, end + 1) for kind, start, end in get_entities(tags)]
        assert metrics.spans(tags) == expected
    found = metrics.entity_f1(predicted, y)
    assert found.f1 == pytest.approx(theirs.f1_score(y, predicted))
    assert found.precision == pytest.approx(theirs.precision_score(y, predicted))
    assert found.recall == pytest.approx(theirs.recall_score(y, predicted))
    report = theirs.classification_report(y, predicted, output_dict=True)
    for kind in report.keys() - {"micro avg", "macro avg", "weighted avg"}:
        one = metrics.entity_f1(predicted, y, kind)
        assert one.f1 == pytest.approx(report[kind]["f1-score"])
        assert one.recall == pytest.approx(report[kind]["recall"])


def test_an_entity_half_found_is_not_found():
    y = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-PER"]]
    predicted = [["B-PER", "O", "O", "B-LOC"], ["O", "O"]]
    # One of two said is right, and one of three that are there.
    assert metrics.entity_f1(predicted, y) == pytest.approx((2 / 5, 1 / 2, 1 / 3))
    assert metrics.entity_f1(predicted, y, "LOC") == (1, 1, 1)
    assert metrics.entity_f1([["O"]], [["O"]]) == (0, 0, 0)


def test_confusion_rows_are_the_truth():
    assert metrics.confusion([1, 1, 0], [0, 1, 0], 2).tolist() == [[1, 1], [0, 1]]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: metrics.cross_entropy(np.zeros((2, 3)), [0]), "one last axis more"),
        (lambda: metrics.cross_entropy(1.0, 0), "one last axis more"),
        (lambda: metrics.cross_entropy(np.zeros((1, 3)), [3]), "target 3 is out of"),
        (lambda: metrics.cross_entropy(np.zeros((1, 3)), [-1]), "target -1 is out"),
        (lambda: metrics.cross_entropy(np.zeros((1, 3)), [0.5]), "type float64"),
        (lambda: metrics.cross_entropy(np.zeros((1, 3)), [0], [0]), "nothing to"),
        (lambda: metrics.cross_entropy(np.zeros((1, 3)), [0], [[1]]), "one weight"),
        (lambda: metrics.accuracy([[0.1, 0.9]], [1]), "argmax"),
        (lambda: metrics.accuracy([], []), "nothing to average"),
        (lambda: metrics.confusion([2], [0], 2), "prediction 2 is out of range"),
        (lambda: metrics.confusion(["a"], ["a"], 2), "return_inverse=True"),
        (lambda: metrics.f1([[0, 1]], [[0, 1]], 2, [[True]]), "one for each target"),
        (lambda: metrics.f1([0, 1], [0, 1], 2, [1, 0]), "a mask is bools"),
        (lambda: metrics.macro_f1([0], [0], 2, [False]), "nothing to average"),
        (lambda: metrics.spans(["B-PER", 3]), "The tag 3 was given"),
        (lambda: metrics.spans(["E-PER"]), "'E-PER' was given"),
        (lambda: metrics.spans(["O-PER"]), "'O-PER' was given"),
        (lambda: metrics.entity_f1(["B-PER"], ["B-PER"]), "one list of tags"),
        (lambda: metrics.entity_f1([["O"]], []), "1 predicted sentences and 0 true"),
        (lambda: metrics.entity_f1([["O"]], [["O", "O"]]), "1 predicted tags and 2"),
    ],
)
def test_errors_are_sentences(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_what_has_the_weight_0_may_be_anything():
    logits = np.log([[0.5, 0.5], [0.9, 0.1], [np.nan, np.inf]])
    nats = metrics.cross_entropy(logits, [1, -100, 0], [1, 0, 0])
    assert nats == pytest.approx(np.log(2))


@pytest.mark.parametrize(
    ("predicted", "y", "share"),
    [
        ([1.0, 0.0], [1, 1], 0.5),  # whole numbers, as a table has them
        ([True, False], [1, 0], 1.0),
        (["a", "b"], ["a", "c"], 0.5),
        (np.array(["a", "b"], object), ["a", "b"], 1.0),
        (np.array([1, 2], object), [1, 0], 0.5),
    ],
)
def test_accuracy_of_classes_and_of_names(predicted, y, share):
    assert metrics.accuracy(predicted, y) == share


@pytest.mark.parametrize(
    ("predicted", "y", "words"),
    [
        ([0.9, 0.1], [1, 0], "expected classes"),  # probabilities
        ([np.nan, 0], [1, 0], "expected classes"),
        ([1, 0], [0.5, 0], "expected classes"),
        (["0"], [0], "none would equal another"),
        ([0], np.array(["0"], object), "none would equal another"),
        ([None], [0], "expected classes"),
    ],
)
def test_accuracy_of_what_are_no_classes_is_an_error_and_not_0(predicted, y, words):
    with pytest.raises(ValueError, match=words):
        metrics.accuracy(predicted, y)


@pytest.mark.parametrize("weight", [[1, -1], [1, np.nan], [1, np.inf]])
def test_weights_are_0_or_more(weight):
    with pytest.raises(ValueError, match="each must be 0, which leaves"):
        metrics.accuracy([0, 1], [0, 1], weight)
    with pytest.raises(ValueError, match="each must be 0, which leaves"):
        metrics.cross_entropy(np.zeros((2, 2)), [0, 1], weight)
