"""A stored character model in PyTorch's own layers."""

import torch

from unrolled.backends.pytorch_asking import device
from unrolled.backends.pytorch_weights import load_lstm
from unrolled.models import CharacterModel


class LanguageModel(torch.nn.Module):
    """Embedding, LSTM, linear layer: symbols to one score for each symbol."""

    def __init__(
        self, n_symbols: int, n_embedding: int, n_hidden: int, n_layers: int = 1
    ) -> None:
        super().__init__()
        self.embed = torch.nn.Embedding(n_symbols, n_embedding)
        self.lstm = torch.nn.LSTM(n_embedding, n_hidden, n_layers, batch_first=True)
        self.out = torch.nn.Linear(n_hidden, n_symbols)

    def forward(self, x: torch.Tensor, state: tuple | None = None) -> tuple:
        """Return logits (batch, time, n_symbols) and the state after the last step.

        `x` (batch, time) integers; a state is the pair (h, c), each (layers, batch,
        n_hidden), zeros if None.
        """
        h, state = self.lstm(self.embed(x), state)  # h: (batch, time, n_hidden)
        return self.out(h), state


def language_model(model: CharacterModel) -> LanguageModel:
    """Return a stored character model as a model of the framework, same numbers.

    It has the layers `embed`, `lstm` and `out`, and is called as `model(x, state)`: x
    (batch, time) integers → logits (batch, time, n_symbols) and the state, nested as
    the framework has it, which the next call takes. It stands on `device()`, can be
    trained further, and goes into `fit`, `evaluate` and `sample` with `model.vocab`.
    """
    n_layers, n_hidden = len(model.layers), model.n_hidden
    made = LanguageModel(*model.embedding.shape, n_hidden, n_layers)
    load_lstm(made.lstm, list(model.layers))
    with torch.no_grad():
        made.embed.weight.copy_(torch.from_numpy(model.embedding))
        made.out.weight.copy_(torch.from_numpy(model.w_out.T.copy()))
        made.out.bias.copy_(torch.from_numpy(model.b_out))
    return made.to(device()).eval()
