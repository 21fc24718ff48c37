"""The frameworks' side of the parity tests, written with their own API alone.

`made(case)` makes a layer; `outputs(layer, x, start, mask)` runs it; `gradients(...)`
leaves the gradient of each weight where the weight was, for `dump` to read.
"""

import numpy as np


def flat(tree):
    """Every array of nested states or weights, in order."""
    if isinstance(tree, tuple | list):
        return [a for part in tree for a in flat(part)]
    return [tree]


class PyTorch:
    """torch.nn.RNN, LSTM, GRU; a mask through packed sequences."""

    def made(self, case):
        import torch

        options = {"nonlinearity": case.activation} if case.kind == "rnn" else {}
        return getattr(torch.nn, case.kind.upper())(
            case.n_in,
            case.n_hidden,
            case.layers,
            bidirectional=case.two,
            batch_first=True,
            dtype=getattr(torch, case.dtype),
            **options,
        )

    def gradients(self, layer, case, x, start, mask, d_h, d_last):
        """Return h, the last states, the gradients of x and of the initial states."""
        import torch
        from torch.nn.utils import rnn

        x = torch.tensor(x, requires_grad=True)
        # (layers · directions, batch, n_hidden), once for h and once for an LSTM's c.
        n = 2 if case.kind == "lstm" else 1
        start, d_last = flat(start), flat(d_last)
        state = tuple(
            torch.tensor(np.stack(start[k::n]), requires_grad=True) for k in range(n)
        )
        given = state if n == 2 else state[0]
        if mask is None:
            h, last = layer(x, given)
        else:  # padding on the right, as PyTorch wants it
            lengths = mask.sum(axis=1)
            packed = rnn.pack_padded_sequence(
                x, lengths, batch_first=True, enforce_sorted=False
            )
            packed, last = layer(packed, given)
            h, _ = rnn.pad_packed_sequence(
                packed, batch_first=True, total_length=case.steps
            )
        last = last if n == 2 else (last,)
        loss = (h * torch.tensor(d_h)).sum()
        for k, part in enumerate(last):
            loss = loss + (part * torch.tensor(np.stack(d_last[k::n]))).sum()
        loss.backward()
        with torch.no_grad():
            for name, weight in layer.named_parameters():
                weight.copy_(weight.grad)
                if name.startswith("bias_hh"):  # dump adds the two; their gradients
                    kept = 2 * case.n_hidden if case.kind == "gru" else None
                    weight[:kept] = 0  # are one and the same
        ends = [p.detach().numpy() for p in last]
        starts = [p.grad.numpy() for p in state]
        return (
            h.detach().numpy(),
            [a for group in zip(*ends, strict=True) for a in group],
            x.grad.numpy(),
            [a for group in zip(*starts, strict=True) for a in group],
        )


class TensorFlow:
    """keras.layers.SimpleRNN, LSTM, GRU, Bidirectional; a mask as `mask`."""

    def made(self, case):
        import keras

        names = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
        options = {"return_sequences": True, "return_state": True, "dtype": case.dtype}
        if case.kind == "rnn":
            options["activation"] = case.activation
        if case.kind == "gru":
            options["reset_after"] = case.reset == "after"

        def one():
            layer = getattr(keras.layers, names[case.kind])(case.n_hidden, **options)
            if not case.two:
                return layer
            return keras.layers.Bidirectional(layer, dtype=case.dtype)

        return one() if case.layers == 1 else [one() for _ in range(case.layers)]

    def gradients(self, layer, case, x, start, mask, d_h, d_last):
        """Return h, the last states, the gradients of x and of the initial states."""
        import tensorflow as tf

        layers = layer if isinstance(layer, list) else [layer]
        x = tf.constant(x)
        state = [tf.constant(a) for a in flat(start)]
        per_layer = len(state) // len(layers)
        variables = [v for one in layers for v in one.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch([x, *state])
            h, last = x, []
            for k, one in enumerate(layers):
                own = state[k * per_layer : (k + 1) * per_layer]
                h, *end = one(h, initial_state=own, mask=mask)
                last += end
            loss = tf.reduce_sum(h * d_h)
            for end, d in zip(last, flat(d_last), strict=True):
                loss += tf.reduce_sum(end * d)
        d_x, d_state, d_weights = tape.gradient(loss, [x, state, variables])
        for variable, d in zip(variables, d_weights, strict=True):
            d = np.array(d)
            if d.ndim == 2 and len(d) == 2 and "bias" in variable.name:
                d[1, : 2 * case.n_hidden] = 0  # the same as in the first row
            variable.assign(d)
        return (
            np.array(h),
            [np.array(a) for a in last],
            np.array(d_x),
            [np.array(a) for a in d_state],
        )


SIDES = {"pytorch": PyTorch(), "tensorflow": TensorFlow()}
