"""A stored character model in Keras' own layers."""

from typing import Any

import numpy as np

from unrolled.backends import quiet
from unrolled.backends.tensorflow_weights import load_lstm
from unrolled.models import CharacterModel

tf, keras = quiet.start()


class LanguageModel(keras.Model):
    """Embedding, LSTM, linear layer: symbols to one score for each symbol."""

    def __init__(
        self, n_symbols: int, n_embedding: int, n_hidden: list[int] | tuple[int, ...]
    ) -> None:
        super().__init__()
        both = {"return_sequences": True, "return_state": True}
        self.embed = keras.layers.Embedding(n_symbols, n_embedding)
        self.lstms = [keras.layers.LSTM(n, **both) for n in n_hidden]
        self.out = keras.layers.Dense(n_symbols)

    def call(self, x: Any, state: list | None = None, training: bool = False) -> tuple:
        """Return logits (batch, time, n_symbols) and the state after the last step.

        `x` (batch, time) integers; a state is a list with a pair (h, c) of (batch,
        n_hidden) for each layer, zeros if None.
        """
        h, ended = self.embed(x), []
        for k, lstm in enumerate(self.lstms):
            h, *pair = lstm(h, initial_state=state[k] if state else None)
            ended.append(pair)
        return self.out(h), ended


def language_model(model: CharacterModel) -> LanguageModel:
    """Return a stored character model as a model of the framework, same numbers.

    It has the layers `embed`, `lstms` and `out`, and is called as `model(x, state)`: x
    (batch, time) integers → logits (batch, time, n_symbols) and the state, nested as
    the framework has it, which the next call takes. It stands on `device()`, can be
    trained further, and goes into `fit`, `evaluate` and `sample` with `model.vocab`.
    """
    sizes = [len(layer.w_h) for layer in model.layers]
    made = LanguageModel(*model.embedding.shape, sizes)
    made(np.zeros((1, 1), np.int64))  # makes the weights
    made.embed.set_weights([model.embedding])
    load_lstm(made.lstms, list(model.layers))
    made.out.set_weights([model.w_out, model.b_out])
    return made
