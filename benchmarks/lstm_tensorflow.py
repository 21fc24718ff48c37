"""An LSTM for TensorFlow with its backward pass written out.

Keras' own layer is differentiated by TensorFlow: at each step of the way back it adds
the gradient of the recurrent matrix, a product of two thin matrices, to a running sum.
Here the way back keeps the gradients of the gates, and one product of two large
matrices comes after it, which a processor does many times faster. The result is the
same (tests/test_benchmarks.py).
"""

from typing import Any

import tensorflow as tf


def lstm(projected: Any, w_h: Any, h: Any, c: Any) -> tuple[Any, Any, Any]:
    """Run an LSTM over a batch of sequences; return every h, the last h, the last c.

    projected: (time, batch, 4 n), the inputs times w_x plus the bias, gates in the
    order i, f, o, g. w_h: (n, 4 n). h, c: (batch, n). The states come back as
    (time, batch, n). Time and batch must be known when the graph is made.
    """
    steps, batch, n = projected.shape[0], h.shape[0], h.shape[1]

    def stack(width: int) -> tf.TensorArray:
        return tf.TensorArray(tf.float32, steps, element_shape=(batch, width))

    def loop(body: Any, start: tuple) -> tuple:
        return tf.while_loop(
            lambda t, *_: t < steps, body, start, maximum_iterations=steps
        )

    @tf.custom_gradient
    def run(projected: Any, w_h: Any, h_0: Any, c_0: Any) -> tuple:
        def step(t, h, c, gates, cs, hs):
            z = projected[t] + tf.matmul(h, w_h)
            ifo, g = tf.sigmoid(z[:, : 3 * n]), tf.tanh(z[:, 3 * n :])
            i, f, o = tf.split(ifo, 3, axis=1)
            c = f * c + i * g
            h = o * tf.tanh(c)
            gates = gates.write(t, tf.concat([ifo, g], axis=1))
            return t + 1, h, c, gates, cs.write(t, c), hs.write(t, h)

        start = (0, h_0, c_0, stack(4 * n), stack(n), stack(n))
        _, h, c, gates, cs, hs = loop(step, start)
        gates, cs, hs = gates.stack(), cs.stack(), hs.stack()

        def backward(d_hs: Any, d_h: Any, d_c: Any) -> tuple:
            before = tf.concat([c_0[None], cs[:-1]], axis=0)
            squashed = tf.tanh(cs)
            # Turned once, since a product with a turned matrix costs twice as much.
            turned = tf.transpose(w_h)

            def step_back(k, d_h, d_c, d_zs):
                t = steps - 1 - k
                i, f, o, g = tf.split(gates[t], 4, axis=1)
                d_h = d_h + d_hs[t]
                d_c = d_c + d_h * o * (1.0 - squashed[t] ** 2)
                d_z = tf.concat(
                    [
                        d_c * g * i * (1.0 - i),
                        d_c * before[t] * f * (1.0 - f),
                        d_h * squashed[t] * o * (1.0 - o),
                        d_c * i * (1.0 - g * g),
                    ],
                    axis=1,
                )
                return k + 1, tf.matmul(d_z, turned), d_c * f, d_zs.write(t, d_z)

            _, d_h, d_c, d_zs = loop(step_back, (0, d_h, d_c, stack(4 * n)))
            d_zs = d_zs.stack()
            came_in = tf.concat([h_0[None], hs[:-1]], axis=0)
            d_w_h = tf.matmul(
                tf.reshape(came_in, (-1, n)),
                tf.reshape(d_zs, (-1, 4 * n)),
                transpose_a=True,
            )
            return d_zs, d_w_h, d_h, d_c

        return (hs, h, c), backward

    return run(projected, w_h, h, c)
