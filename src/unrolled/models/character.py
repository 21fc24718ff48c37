"""A character language model in NumPy: embedding, LSTM layers, one score a symbol."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from unrolled import cells, text
from unrolled.given import count, generator

State = list[tuple[np.ndarray, np.ndarray]]


class CharacterRun(NamedTuple):
    """What `CharacterModel.run` returns: scores, states and gates of every step.

    `logits` (batch, time, n_symbols); `layers` one `cells.LSTMRun` for each layer, with
    h, c, i, f, g, o (batch, time, n_hidden); `state` what the next run starts from. The
    properties `h`, `c`, `i`, `f`, `g`, `o` are those of the last layer.
    """

    logits: np.ndarray
    layers: tuple[cells.LSTMRun, ...]
    state: State

    @property
    def h(self) -> np.ndarray:
        """Return what the last layer shows, (batch, time, n_hidden)."""
        return self.layers[-1].h

    @property
    def c(self) -> np.ndarray:
        """Return the cell states of the last layer, (batch, time, n_hidden)."""
        return self.layers[-1].c

    @property
    def i(self) -> np.ndarray:
        """Return the input gates of the last layer, (batch, time, n_hidden)."""
        return self.layers[-1].i

    @property
    def f(self) -> np.ndarray:
        """Return the forget gates of the last layer, (batch, time, n_hidden)."""
        return self.layers[-1].f

    @property
    def g(self) -> np.ndarray:
        """Return the new values of the last layer, (batch, time, n_hidden)."""
        return self.layers[-1].g

    @property
    def o(self) -> np.ndarray:
        """Return the output gates of the last layer, (batch, time, n_hidden)."""
        return self.layers[-1].o


@dataclass(frozen=True, eq=False)
class CharacterModel:
    """A trained character language model; symbol k is `symbols[k]`.

    `unknown` is the one of `symbols` that stands for every rare or unseen character.
    `embedding` (n_symbols, n_embedding); `layers` one `cells.LSTMWeights` for each
    layer; `w_out` (n_hidden, n_symbols), `b_out` (n_symbols,), all float32. `about`
    says what it read and how it was trained.

    A state is a list with a pair (h, c) of (batch, n_hidden) for each layer; None is
    the state before any text, all zeros.
    """

    name: str
    title: str
    symbols: str
    unknown: str
    embedding: np.ndarray = field(repr=False)
    layers: tuple[cells.LSTMWeights, ...] = field(repr=False)
    w_out: np.ndarray = field(repr=False)
    b_out: np.ndarray = field(repr=False)
    about: dict[str, Any] = field(repr=False)

    def __post_init__(self) -> None:
        _refuse_shapes(self)

    @cached_property
    def vocab(self) -> text.Vocab:
        """Return the vocabulary, as `ur.sample` takes it."""
        return text.Vocab(self.symbols, self.unknown)

    @property
    def n_symbols(self) -> int:
        """Return how many symbols the model tells apart."""
        return len(self.symbols)

    @property
    def n_hidden(self) -> int:
        """Return how many units the last layer has."""
        return len(self.layers[-1].w_h)

    @property
    def n_parameters(self) -> int:
        """Return how many numbers the model holds."""
        rest = self.embedding.size + self.w_out.size + self.b_out.size
        return rest + sum(map(cells.n_parameters, self.layers))

    def encode(self, written: str) -> np.ndarray:
        """Return the integers of a text, (len(written),) int64.

        A character that is none of `symbols` becomes that of `unknown`.
        """
        return self.vocab.encode(written)

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        """Return the text of integers `ids`, (n,); ValueError if one is no symbol's."""
        return self.vocab.decode(ids)

    def step(self, ids: Any, state: State | None = None) -> tuple[np.ndarray, State]:
        """Read one symbol of each row; return the scores of the next, and the state.

        `ids` (batch,) integers → logits (batch, n_symbols) and one pair (h, c) for each
        layer. Raises ValueError if a shape or an integer does not fit.
        """
        ids = self._ids(ids, 1, "(batch,)")
        x, ended = self.embedding[ids], []
        for weights, (h, c) in zip(
            self.layers, self._state(state, len(ids)), strict=True
        ):
            x, c = cells.lstm_step(x, h, c, weights)
            ended.append((x, c))
        return x @ self.w_out + self.b_out, ended

    def run(self, ids: Any, state: State | None = None) -> CharacterRun:
        """Read whole sequences; return scores, states and gates after every symbol.

        `ids` (batch, time) integers; of one text `model.encode(written)[None]`. Each
        step of 256 units keeps six arrays of them: 10,000 symbols are 62 MB. Raises
        ValueError if a shape or an integer does not fit.
        """
        ids = self._ids(ids, 2, "(batch, time)")
        x, runs = self.embedding[ids], []
        for weights, (h, c) in zip(
            self.layers, self._state(state, len(ids)), strict=True
        ):
            runs.append(cells.lstm(x, weights, h, c))
            x = runs[-1].h
        logits = x @ self.w_out + self.b_out
        return CharacterRun(logits, tuple(runs), [run.last for run in runs])

    def nats(
        self, ids: Any, state: State | None = None, chunk: int = 1024
    ) -> np.ndarray:
        """Return -ln p of every symbol after the first of each row.

        `ids` (batch, time) → (batch, time - 1), read `chunk` steps at a time with the
        state carried. Their mean is the model's score.
        """
        ids = self._ids(ids, 2, "(batch, time)")
        x, y, found = ids[:, :-1], ids[:, 1:], []
        for k in range(0, x.shape[1], chunk):
            logits, _, state = self.run(x[:, k : k + chunk], state)
            top = logits.max(axis=-1, keepdims=True)
            total = np.log(np.exp(logits - top).sum(axis=-1)) + top[..., 0]
            right = np.take_along_axis(logits, y[:, k : k + chunk, None], axis=-1)
            found.append(total - right[..., 0])
        return np.concatenate(found, axis=1) if found else np.zeros(x.shape)

    def sample(
        self,
        prompt: str,
        n: int,
        temperature: float = 1.0,
        rng: np.random.Generator | None = None,
    ) -> str:
        """Return `prompt` and `n` symbols more, drawn one at a time.

        The state is carried: one step a symbol, whatever the length. The logits are
        divided by `temperature` before the draw, so a low one makes likely symbols
        likelier. Without `rng` it is the same text each time. Raises ValueError if the
        prompt is empty or the temperature is not above 0.
        """
        if not prompt:
            raise ValueError(
                "The prompt is empty; give at least one symbol, '\\n' say."
            )
        if not temperature > 0:
            raise ValueError(
                f"temperature={temperature} was given; it divides the logits, so it "
                "must be above 0. For the likeliest symbol each time, take 0.01."
            )
        count("n", n, 0)
        rng = np.random.default_rng(0) if rng is None else generator(rng)
        *_, state = run = self.run(self.encode(prompt)[None])
        logits, drawn = run.logits[:, -1], []
        for _ in range(n):
            scaled = logits[0].astype(np.float64) / temperature
            p = np.exp(scaled - scaled.max())
            drawn.append(int(rng.choice(len(p), p=p / p.sum())))
            logits, state = self.step(drawn[-1:], state)
        return prompt + self.decode(drawn)

    def _ids(self, ids: Any, n_axes: int, shape: str) -> np.ndarray:
        found = np.asarray(ids)
        if found.ndim != n_axes or found.dtype.kind not in "iu":
            raise ValueError(
                f"Given {found.dtype} of shape {found.shape}; expected integers of "
                f"shape {shape}. Encode a text first: model.encode(written)."
            )
        if found.size and not 0 <= found.min() <= found.max() < self.n_symbols:
            raise ValueError(
                f"Symbols run from 0 to {self.n_symbols - 1} here, and {found.min()} "
                f"to {found.max()} were given. Use this model's own encode()."
            )
        return found

    def _state(self, state: State | None, batch: int) -> State:
        if state is None:
            shapes = [(batch, len(layer.w_h)) for layer in self.layers]
            return [(np.zeros(s, np.float32), np.zeros(s, np.float32)) for s in shapes]
        found = [tuple(np.shape(part) for part in pair) for pair in state]
        expected = [((batch, len(layer.w_h)),) * 2 for layer in self.layers]
        if found != expected:
            raise ValueError(
                f"The state has the shapes {found}; expected {expected}: a pair (h, c) "
                "of (batch, n_hidden) for each layer, as step() and run() return it."
            )
        return state


def _refuse_shapes(model: CharacterModel) -> None:
    """Raise ValueError if the parts of a model contradict one another."""
    if not model.layers or model.unknown not in model.symbols:
        raise ValueError(
            "A model needs at least one layer, and an `unknown` that is one of its "
            "symbols."
        )
    if list(model.symbols) != sorted(set(model.symbols)):
        raise ValueError(
            "The symbols must be sorted and each stand once, as text.Vocab has them."
        )
    n_symbols, n_in = model.n_symbols, model.embedding.shape[-1]
    expected = [("embedding", (n_symbols, n_in), model.embedding.shape)]
    for k, (w_x, w_h, b) in enumerate(model.layers):
        n = len(w_h)
        expected.append((f"w_x of layer {k}", (n_in, 4 * n), w_x.shape))
        expected.append((f"w_h of layer {k}", (n, 4 * n), w_h.shape))
        expected.append((f"b of layer {k}", (4 * n,), b.shape))
        n_in = n
    expected.append(("w_out", (n_in, n_symbols), model.w_out.shape))
    expected.append(("b_out", (n_symbols,), model.b_out.shape))
    for name, wanted, found in expected:
        if wanted != found:
            raise ValueError(f"{name} has shape {found}; expected {wanted}.")
