"""Measure a state that is carried through the series, against windows."""

import numpy as np

from kept import keep
from networks import RATES, UNITS, UPDATES, absolute
from sets import SEEDS, TRIAL, load, parts

STREAMS, CHUNK = 16, 32


def stateful() -> None:
    """Train on windows, or on long rows whose state is carried; the same updates.

    Both see 16 rows of 32 steps at an update and are asked at every step, on
    Mackey-Glass. "window w": at the test the state is empty w values before each
    origin; "carried": it has read the whole series up to it.
    """
    one = load("mackey-glass")
    (learn, choose, test), mean, scale = parts(one)
    v, h = (one.values - mean) / scale, one.horizon
    ahead = np.lib.stride_tricks.sliding_window_view(v, h)  # ahead[t]: from v[t] on
    end = learn.t[-1] + 1
    found = {}
    for carry in (False, True):
        tried = {r: _follow(v, ahead, end, choose, r, TRIAL, carry) for r in RATES}
        rate = min(tried, key=lambda r: tried[r][1])
        runs = [_follow(v, ahead, end, choose, rate, seed, carry)[0] for seed in SEEDS]
        ways = {}
        for window in (8, 16, 32, 64):
            x = np.stack([v[t - window : t] for t in test.t])
            ways[f"window {window}"] = window, [_last(model, x) for model in runs]
        said = [_all(model, v)[test.t - 1] for model in runs]
        ways["carried"] = 1, said
        name = "state carried" if carry else "windows"
        found[name] = {"rate": rate}
        for way, (steps, forecasts_) in ways.items():
            maes = [np.abs(f - ahead[test.t]).mean() * scale for f in forecasts_]
            found[name][way] = {"mae": np.round(maes, 5).tolist(), "steps": steps}
    keep("stateful", found)


def _follow(v, ahead, end, choose, rate, seed, carry):
    """Return a GRU that forecasts at each step, and its error on the choosing part."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng, long = np.random.default_rng(seed), (end // STREAMS) // CHUNK * CHUNK
    model, state = _every_step(ahead.shape[1]), None
    optimizer = torch.optim.AdamW(model.parameters(), rate)
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, UPDATES)
    for step in range(UPDATES):
        if carry:
            at = step * CHUNK % long
            starts = np.arange(STREAMS) * long + at
            state = None if at == 0 else tuple(s.detach() for s in state)
        else:
            starts, state = rng.integers(0, end - CHUNK, STREAMS), None
        rows = starts[:, None] + np.arange(CHUNK)
        x, y = torch.tensor(v[rows]).float(), torch.tensor(ahead[rows + 1]).float()
        said, *state = model(x, None if state is None else state[0])
        optimizer.zero_grad()
        absolute(said, y).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        slower.step()
    if carry:
        off = np.abs(_all(model, v)[choose.t - 1] - ahead[choose.t]).mean()
    else:
        x = np.stack([v[t - CHUNK : t] for t in choose.t])
        off = np.abs(_last(model, x) - ahead[choose.t]).mean()
    return model, off


def _every_step(n_out: int):
    from torch import nn

    class Follower(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.GRU(1, UNITS, batch_first=True)
            self.out = nn.Linear(UNITS, n_out)

        def forward(self, x, state=None):
            h, state = self.layer(x[..., None], state)
            return self.out(h), state

    return Follower()


def _last(model, x: np.ndarray) -> np.ndarray:
    import torch

    with torch.no_grad():
        return model(torch.tensor(x).float())[0][:, -1].numpy()


def _all(model, v: np.ndarray) -> np.ndarray:
    """Return the forecasts after each value of a series that is read once."""
    import torch

    with torch.no_grad():
        return model(torch.tensor(v).float()[None])[0][0].numpy()
