"""The networks that measure.py compares: made, trained, and asked."""

import numpy as np

from sets import SEEDS, TRIAL, Part, error, formed

RATES = (0.003, 0.01, 0.03)
UPDATES, LOOK, BATCH, UNITS, WIDE = 300, 30, 32, 16, 64


def network(kind: str, window: int, n_out: int):
    """Return a network from (batch, window) to (batch, n_out).

    "gru", "rnn": a recurrent layer of `UNITS`, read at its last state; "linear rnn":
    the same without a non-linearity; "mlp": two layers of `WIDE` on the whole window.
    """
    from torch import nn

    if kind == "mlp":
        return nn.Sequential(
            nn.Linear(window, WIDE), nn.Tanh(), nn.Linear(WIDE, WIDE), nn.Tanh(),
            nn.Linear(WIDE, n_out),
        )  # fmt: skip

    class Forecaster(nn.Module):
        def __init__(self):
            super().__init__()
            layers = {"gru": nn.GRU, "rnn": nn.RNN, "linear rnn": Linear}
            self.layer = layers[kind](1, UNITS, batch_first=True)
            self.out = nn.Linear(UNITS, n_out)

        def forward(self, x):
            return self.out(self.layer(x[..., None])[0][:, -1])

    class Linear(nn.RNN):
        """h = x w_x + h w_h + b: the recurrent layer without its tanh."""

        def forward(self, x):
            h, b = x.new_zeros(len(x), UNITS), self.bias_ih_l0 + self.bias_hh_l0
            for now in (x @ self.weight_ih_l0.T + b).unbind(1):
                h = now + h @ self.weight_hh_l0.T
            return h[:, None], None

    return Forecaster()


def absolute(said, y):
    """Return the mean absolute error of a batch."""
    return (said - y).abs().mean()


def train(kind, seed, rate, learn, choose, loss=absolute, times=1):
    """Train on `learn` (x, y); return the model at its best on `choose`, and its loss.

    Every `LOOK` updates the loss on `choose` is looked at, and the best weights kept.
    The model says `times` numbers for each target.
    """
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    (x, y), (x_new, y_new) = (
        [torch.tensor(a, dtype=torch.float32) for a in part] for part in (learn, choose)
    )
    keep = np.linspace(0, len(x_new) - 1, min(len(x_new), 800)).astype(int)
    x_new, y_new = x_new[keep], y_new[keep]
    model = network(kind, x.shape[1], y.shape[1] * times)
    optimizer = torch.optim.AdamW(model.parameters(), rate)
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, UPDATES)
    rng, best, kept = np.random.default_rng(seed), np.inf, None
    for step in range(1, UPDATES + 1):
        rows = torch.as_tensor(rng.integers(len(x), size=BATCH))
        optimizer.zero_grad()
        loss(model(x[rows]), y[rows]).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        slower.step()
        if step % LOOK == 0:
            with torch.no_grad():
                found = float(loss(model(x_new), y_new))
            if found < best:
                best = found
                kept = {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(kept)
    return model, best


def ask(model, x: np.ndarray) -> np.ndarray:
    """Return what a model says of windows x (n, window), in pieces."""
    import torch

    with torch.no_grad():
        pieces = torch.tensor(x, dtype=torch.float32).split(1000)
        return np.concatenate([model(piece).numpy() for piece in pieces])


def trained(kind: str, three: list[Part], forms: tuple[str, ...]) -> dict:
    """Return the test errors of five seeds with the rate and form that chose best."""
    learn, choose, test = three

    def trial(form, rate):
        return train(kind, TRIAL, rate, formed(learn, form), formed(choose, form))[1]

    # The form at the rate in the middle; then the rate, for that form.
    tried = {(form, RATES[1]): trial(form, RATES[1]) for form in forms}
    form, _ = min(tried, key=tried.get)
    tried |= {(form, rate): trial(form, rate) for rate in (RATES[0], RATES[-1])}
    rate = min(RATES, key=lambda rate: tried[form, rate])
    runs = []
    for seed in SEEDS:
        model, _ = train(kind, seed, rate, formed(learn, form), formed(choose, form))
        runs.append(error(ask(model, formed(test, form)[0]), test))
    return {"mae": np.array(runs), "form": form, "rate": rate}
