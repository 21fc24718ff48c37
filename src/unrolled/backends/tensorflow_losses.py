"""The loss of each target in TensorFlow: cross-entropy, or one of the caller's own."""

from collections.abc import Callable
from functools import partial
from typing import Any

from unrolled.backends import answers, parts, quiet
from unrolled.backends.parts import Parts

tf, _ = quiet.start()


def losses(
    ask: Callable,
    batch: Parts,
    state: Any,
    loss: Callable | None = None,
    **options: Any,
) -> tuple[Any, Any, Any]:
    """Return the loss of each real target, the weights if given, the next state."""
    x, mask, y, weight, _, highest = batch
    parts.refuse_unlabelled(y)
    outputs, state = ask(x, mask, state, **options)  # (batch, [time,] n_out)
    if loss is None:
        answers.refuse_logits(outputs, y)
        answers.refuse_high(highest, outputs.shape[-1])
    else:
        answers.refuse_unlike(outputs, y)
    n = len(outputs.shape) - 1
    if mask is not None and n > 1:  # a target for each step: padding has none
        keep = partial(tf.boolean_mask, mask=mask)
        outputs, y = keep(outputs), keep(y)
        weight, n = weight if weight is None else keep(weight), 1
    outputs = tf.reshape(outputs, [-1, outputs.shape[-1]])
    each_of = _nats if loss is None else _another(loss)
    each = each_of(outputs, tf.reshape(y, [-1, *y.shape[n:]]))
    if weight is not None:
        weight = tf.cast(tf.reshape(weight, [-1]), each.dtype)
    return each, weight, state


def _nats(logits: Any, y: Any) -> Any:
    return tf.nn.sparse_softmax_cross_entropy_with_logits(tf.cast(y, tf.int64), logits)


def _another(loss: Callable) -> Callable:
    """Return `loss` as a function of outputs (targets, n_out), one number for each."""

    def each_of(outputs: Any, y: Any) -> Any:
        if parts.kind(y) == "f":
            y = tf.reshape(tf.cast(y, outputs.dtype), tf.shape(outputs))
        each = loss(outputs, y)
        answers.refuse_whole(each)
        return tf.reduce_mean(tf.reshape(each, [tf.shape(outputs)[0], -1]), axis=1)

    return each_of
