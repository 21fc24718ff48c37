"""Masks, two directions and stacks, over every cell."""

import numpy as np
import pytest

from numeric import numeric, some_mask
from unrolled import cells

RNG = np.random.default_rng(6)
KINDS = ["rnn", "lstm", "gru"]


def weights_of(kind, n_in, n_hidden):
    return getattr(cells, f"{kind}_weights")(n_in, n_hidden, RNG)


def state_of(kind, batch, n_hidden):
    h = RNG.normal(size=(batch, n_hidden))
    return (h, RNG.normal(size=h.shape)) if kind == "lstm" else h


def parts(state):
    return list(state) if isinstance(state, tuple) else [state]


def compact(x, mask):
    """Each row's real steps, as a sequence of its own."""
    return [x[row : row + 1][:, mask[row]] for row in range(len(x))]


@pytest.mark.parametrize("kind", KINDS)
def test_a_masked_step_changes_nothing(kind):
    forward, backward = getattr(cells, kind), getattr(cells, f"{kind}_backward")
    x, w, mask = (
        RNG.normal(size=(4, 7, 2)),
        weights_of(kind, 2, 3),
        some_mask(RNG, 4, 7),
    )
    start = parts(state_of(kind, 4, 3))
    x[~mask] = np.nan  # not even this
    run = forward(x, w, *start, mask=mask)
    d_h = RNG.normal(size=run.h.shape) * mask[..., None]
    found = backward(run, d_h)
    total = {name: 0.0 for name in w._fields}
    for row, real in enumerate(compact(x, mask)):
        alone = forward(real, w, *(s[row : row + 1] for s in start))
        assert np.allclose(run.h[row, mask[row]], alone.h[0], atol=1e-14)
        for a, b in zip(parts(run.last), parts(alone.last), strict=True):
            assert np.allclose(a[row], b[0], atol=1e-14)
        grads = backward(alone, d_h[row : row + 1, mask[row]])
        assert np.allclose(found.x[row, mask[row]], grads.x[0], atol=1e-12)
        for name in total:
            total[name] = total[name] + getattr(grads, name)
    assert (found.x[~mask] == 0).all()
    for name, value in total.items():
        assert np.allclose(getattr(found, name), value, atol=1e-12), name
    # The state is repeated: at a masked step, what was shown before it.
    earlier = np.concatenate([start[0][:, None], run.h[:, :-1]], axis=1)
    assert np.array_equal(run.h[~mask], earlier[~mask])


@pytest.mark.parametrize("kind", KINDS)
def test_a_mask_of_real_steps_is_no_mask(kind):
    x, w = RNG.normal(size=(4, 7, 2)), weights_of(kind, 2, 3)
    run = getattr(cells, kind)(x, w, mask=np.ones((4, 7), bool))
    assert np.array_equal(run.h, getattr(cells, kind)(x, w).h)


@pytest.mark.parametrize("kind", KINDS)
def test_two_directions_are_two_cells(kind):
    x, pair = (
        RNG.normal(size=(3, 5, 2)),
        (weights_of(kind, 2, 4), weights_of(kind, 2, 4)),
    )
    run = cells.bidirectional(x, pair)
    ahead = getattr(cells, kind)(x, pair[0])
    back = getattr(cells, kind)(x[:, ::-1], pair[1])
    assert np.array_equal(run.h[..., :4], ahead.h)
    assert np.array_equal(run.h[:, 0, 4:], back.h[:, -1])
    assert np.array_equal(parts(run.last[1])[0], run.h[:, 0, 4:])
    assert np.array_equal(parts(run.last[0])[0], run.h[:, -1, :4])


def gradients_of(tree):
    """Every array of a tree of gradients, in order, but for inner gradients of x."""
    if isinstance(tree, np.ndarray):
        return [tree]
    if hasattr(tree, "_fields"):
        return [
            a for n in tree._fields if n != "x" for a in gradients_of(getattr(tree, n))
        ]
    return [a for part in tree for a in gradients_of(part)]


def arguments_of(weights, state):
    """Initial states and weights in the order of the gradients."""
    if hasattr(weights, "_fields"):
        return [*parts(state), *weights]
    return [a for w, s in zip(weights, state, strict=True) for a in arguments_of(w, s)]


def dotted(last, d_last):
    if isinstance(last, np.ndarray):
        return (last * d_last).sum()
    return sum(map(dotted, last, d_last))


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_gradient_of_a_stack_agrees_with_a_numeric_one(kind, masked):
    x = RNG.normal(size=(3, 4, 2))
    mask = some_mask(RNG, 3, 4) if masked else None
    layers = [
        (weights_of(kind, 2, 2), weights_of(kind, 2, 2)),
        weights_of(kind, 4, 3),
        (weights_of(kind, 3, 2), weights_of(kind, 3, 2)),
    ]

    def states():
        return [
            (state_of(kind, 3, 2), state_of(kind, 3, 2)),
            state_of(kind, 3, 3),
            (state_of(kind, 3, 2), state_of(kind, 3, 2)),
        ]

    start, d_last, d_h = states(), states(), RNG.normal(size=(3, 4, 4))

    def loss():
        run = cells.stacked(x, layers, start, mask)
        return (run.h * d_h).sum() + dotted(run.last, d_last)

    found = cells.stacked_backward(cells.stacked(x, layers, start, mask), d_h, d_last)
    assert np.allclose(found.x, numeric(loss, x), atol=1e-7)
    pairs = zip(gradients_of(found.layers), arguments_of(layers, start), strict=True)
    for gradient, argument in pairs:
        assert np.allclose(gradient, numeric(loss, argument), atol=1e-7)


def test_the_parts_of_a_pair_add_up_to_the_gradient_of_x():
    x, pair = (
        RNG.normal(size=(2, 5, 3)),
        (weights_of("gru", 3, 2), weights_of("gru", 3, 2)),
    )
    found = cells.bidirectional_backward(
        cells.bidirectional(x, pair), RNG.normal(size=(2, 5, 4))
    )
    assert np.allclose(found.x, found.forward.x + found.backward.x)


def test_options_reach_the_cell():
    x, w = RNG.normal(size=(2, 5, 3)), weights_of("rnn", 3, 2)
    assert (cells.stacked(x, [w], activation="relu").h >= 0).all()
    g = weights_of("gru", 3, 2)
    run = cells.bidirectional(x, (g, g), reset="before", z="new")
    assert np.array_equal(run.forward.h, cells.gru(x, g, None, "before", "new").h)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x, w: cells.stacked(x, [w, w], [None]), "2 layers and 1 initial"),
        (lambda x, w: cells.stacked(x, []), "at least one layer"),
        (lambda x, w: cells.stacked(x, [x]), "A layer is given as ndarray"),
        (
            lambda x, w: cells.bidirectional_backward(
                cells.bidirectional(x, (w, w)), x
            ),
            "both directions, (2, 5, 6)",
        ),
    ],
)
def test_errors_say_what_was_given_and_what_was_expected(call, words):
    with pytest.raises(ValueError) as error:
        call(RNG.normal(size=(2, 5, 3)), weights_of("lstm", 3, 3))
    assert words in str(error.value)
