"""What the exercises of this unit are asked, and what they must compute."""

from functools import cache

import numpy as np
from sklearn.metrics import roc_auc_score

from unrolled import batches
from unrolled.check import Check, models

# ---- windows: time, steps, horizon, and which values are missing ---------------------

WINDOWS = [
    (5, 2, 1, ()),
    (14, 3, 2, (4,)),
    (12, 4, 4, ()),
    (7, 1, 3, (0,)),
    (20, 5, 1, (6, 7, 15)),
    (6, 4, 2, ()),  # one window
    (11, 2, 2, (10,)),
    (16, 3, 1, (8,)),
    (14, 1, 1, (5, 6)),
]


def _draw_windows(rng, case):
    time, steps, horizon, missing = WINDOWS[case]
    values = rng.normal(size=time).round(2)
    values[list(missing)] = np.nan
    return {"values": values, "steps": steps, "horizon": horizon}


def _windows(values, steps, horizon):
    x, y = batches.windows(values, steps, horizon)
    whole = ~(np.isnan(x).any(1) | np.isnan(y).any(1))
    return x[whole], y[whole]


windows = Check(
    name="windows",
    draw=_draw_windows,
    reference=_windows,
    cases=len(WINDOWS),
    outputs=("x", "y"),
    axes=("n", "time"),
    start="Make a table of places, (n, steps + horizon), and look `values` up in it.",
)

# ---- recursive: batch, steps, horizon; SHARED is how the answer's model is made ------

SHARED = ("model_of_one", "_sound")
RECURSIVE = [(1, 2, 3), (3, 3, 1), (4, 2, 5), (2, 4, 4), (1, 1, 6), (5, 6, 2)]


def _draw_recursive(rng, case):
    batch, steps, horizon = RECURSIVE[case]
    return {
        "w": 1.2 * rng.normal(size=steps) / np.sqrt(steps),
        "b": rng.normal(),
        "x": rng.normal(size=(batch, steps)),
        "horizon": horizon,
    }


def model_of_one(w, b):
    """Return `step(x)`, which says the next value of each window."""

    def step(x):
        if np.ndim(x) != 2 or np.shape(x)[1] != len(w):
            raise ValueError(
                f"`step` was given x of shape {np.shape(x)}; it takes (batch, "
                f"{len(w)}), the last {len(w)} values of each series"
            )
        return np.tanh(x @ w + b)

    return step


def _recursed(answer, inputs):
    step = model_of_one(inputs["w"], inputs["b"])
    return answer(step, inputs["x"], inputs["horizon"])


def _recursive(w, b, x, horizon):
    line = np.concatenate([x, np.zeros((len(x), horizon))], axis=1)
    for t in range(x.shape[1], line.shape[1]):
        line[:, t] = np.tanh(line[:, t - x.shape[1] : t] @ w + b)
    return line[:, x.shape[1] :]


recursive = Check(
    name="recursive",
    draw=_draw_recursive,
    call=_recursed,
    reference=_recursive,
    cases=len(RECURSIVE),
    axes=("batch", "horizon"),
    start="Loop `horizon` times: ask `step`, then make a new window.",
)

# ---- prepare: time, steps, share, which values are missing, and the trend ------------

PREPARE = [
    (10, 2, 0.6, (), 0.0),
    (16, 3, 0.5, (4,), 0.3),
    (24, 4, 0.75, (9, 10, 20), 0.2),
    (15, 1, 0.5, (7,), 1.0),  # the gap lies where the parts meet
    (21, 3, 0.7, (2, 14, 15), -0.5),
    (13, 5, 0.61, (12,), 0.1),
    (30, 2, 0.5, (14, 15, 16), 0.4),
]


def _draw_prepare(rng, case):
    time, steps, share, missing, trend = PREPARE[case]
    values = rng.normal(size=time) + trend * np.arange(time)
    values[list(missing)] = np.nan
    return {"values": values, "steps": steps, "share": share}


def _prepare(values, steps, share):
    cut, filled = int(share * len(values)), []
    for value in values:
        filled.append(filled[-1] if np.isnan(value) else value)
    mean, deviation = np.nanmean(values[:cut]), np.nanstd(values[:cut])
    scaled = (np.array(filled) - mean) / deviation
    found = [], [], [], []
    for t in range(steps, len(values)):
        if not np.isnan(values[t]):
            side = 0 if t < cut else 2
            found[side].append(scaled[t - steps : t])
            found[side + 1].append(scaled[t])
    return tuple(np.array(part) for part in found)


prepare = Check(
    name="prepare",
    draw=_draw_prepare,
    reference=_prepare,
    cases=len(PREPARE),
    outputs=("x_learn", "y_learn", "x_test", "y_test"),
    start="Mend a copy of `published`, one leak after the other.",
)

# ---- quantile_loss: batch, horizon, n_q, and how far off -----------------------------

QUANTILES = [(1, 2, 3, 1), (2, 3, 2, 1), (3, 2, 3, 5), (4, 1, 1, 1), (2, 2, 2, 10)]
QUANTILES += [(1, 1, 3, 1), (3, 4, 5, 2), (5, 3, 3, 100)]


def _draw_quantiles(rng, case):
    batch, horizon, n_q, far = QUANTILES[case]
    q = np.sort(rng.choice(np.arange(1, 20), n_q, replace=False)) / 20
    return {
        "said": far * rng.normal(size=(batch, horizon, n_q)),
        "y": far * rng.normal(size=(batch, horizon)),
        "q": q,
    }


def _pinball(said, y, q):
    over = said > y[:, :, None]
    return np.mean(np.abs(said - y[:, :, None]) * np.abs(q - over))


def _quantile_loss(said, y, q):
    over = said > y[:, :, None]
    return _pinball(said, y, q), (over - q) / said.size


quantile_loss = Check(
    name="quantile_loss",
    draw=_draw_quantiles,
    reference=_quantile_loss,
    cases=len(QUANTILES),
    outputs=("loss", "d_said"),
    dims={
        "said": ("batch", "horizon", "n_q"),
        "y": ("batch", "horizon"),
        "q": ("n_q",),
    },
    start="Begin with `off = y[..., None] - said`, of shape (batch, horizon, n_q).",
)

# ---- score ---------------------------------------------------------------------------

SCORE = [(24, 40), (24, 60), (12, 60), (30, 50)]  # season, and how many of them
LEAST, MARGIN = 0.7, 0.15


@cache
def _failing(season, n, seed):
    """Return values of `n` seasons, and which moments failed."""
    rng = np.random.default_rng(seed)
    at = 2 * np.pi * np.arange(season) / season
    day = 2 * np.sin(at) + 1.5 * np.cos(2 * at)
    values = np.tile(day, n) + 0.25 * rng.normal(size=n * season)
    values += np.repeat(0.3 * rng.normal(size=n), season)
    wrong = np.zeros(len(values), bool)
    for k in range(4):
        start = (4 + (k * (n - 6)) // 4) * season + int(rng.integers(season))
        values[start : start + 2 * season] = np.roll(
            values[start : start + 2 * season], season // 3
        )
        wrong[start : start + 2 * season] = True
    return values, wrong


def _draw_score(rng, case):
    season, n = SCORE[case]
    # So many seeds that they cannot be tried out.
    return {"season": season, "n": n, "seed": int(rng.integers(2**62))}


def _values(inputs):
    values, _ = _failing(inputs["season"], inputs["n"], inputs["seed"])
    return {"values": values, "season": inputs["season"]}


def _scored(answer, inputs):
    """Return the scores, and those of the series with another future."""
    values, season = inputs["values"], inputs["season"]
    half = len(values) // 2
    other = values.copy()
    other[half:] = 5.0
    return {
        "scores": answer(values.copy(), season),
        "other future": answer(other, season),
    }


def _one_each(inputs, value):
    scores, n = np.asarray(value["scores"]), inputs["n"] * inputs["season"]
    if scores.shape != (n,):
        return (
            f"The scores have shape {scores.shape}; expected ({n},), one for each "
            "moment. Give the first ones, which have no past, a score of 0."
        )
    if not np.isfinite(scores.astype(float)).all():
        at = int(np.flatnonzero(~np.isfinite(scores.astype(float)))[0])
        return (
            f"The score of moment {at} is not a number. Where there is no past, or "
            "no deviation to divide by, let the score be 0."
        )
    return None


def _no_future(inputs, value):
    scores, other = (np.asarray(value[k], float) for k in ("scores", "other future"))
    half = len(scores) // 2
    differ = np.flatnonzero(~np.isclose(scores[:half], other[:half], atol=1e-9))
    if not len(differ):
        return None
    return (
        f"The score of moment {differ[-1]} changes when the values from moment {half} "
        "on do: it looks ahead. Whoever watches a machine has the past alone: also a "
        "mean over the whole series, or one around the moment, knows the future."
    )


def _finds(inputs, value):
    values, wrong = _failing(**{k: inputs[k] for k in ("season", "n", "seed")})
    season = inputs["season"]
    counted = slice(2 * season, None)
    found = roc_auc_score(wrong[counted], np.asarray(value["scores"])[counted])
    rolling = roc_auc_score(wrong[counted], _rolling(values, season)[counted])
    needed = max(LEAST, rolling + MARGIN)
    if found >= needed:
        return None
    says = (
        f"The area under the ROC curve is {found:.2f}; at least {needed:.2f} is asked, "
        f"and a rolling z-score has {rolling:.2f}. "
    )
    if found < 0.4:
        return says + "Below one half: suspicious moments must score high, not low."
    return says + (
        "A value is suspicious where it is far from the one a season before. A failure "
        "lasts: the mean of the last moments is steadier than one alone."
    )


def _rolling(values, width):
    before = np.lib.stride_tricks.sliding_window_view(values, width)[:-1]
    z = np.abs(values[width:] - before.mean(1)) / before.std(1)
    return np.concatenate([np.zeros(width), z])


score = Check(
    name="score",
    draw=_draw_score,
    given=_values,
    hidden=("seed",),
    call=_scored,
    properties=(_one_each, _no_future, _finds),
    cases=len(SCORE),
    float32=False,
    start="Begin with the distance of each value from the one a season before it.",
)

# ---- forecaster ----------------------------------------------------------------------

FEW = 8  # steps of an untrained model: it forgets what is far away
STEPS, HORIZON, UPDATES, SHARE_OF_BASE, PERIOD = 24, 8, 250, 0.5, 17


LEARNED, ASKED = 1140, 300  # values to learn from, and windows of what comes later


@cache
def _series(seed):
    """Return training and test windows of Mackey and Glass's equation.

    Those of the test come in no order, and no two share a value: what follows one is
    not to be found in another.
    """
    rng, n = np.random.default_rng(seed), LEARNED + ASKED * (STEPS + HORIZON)
    x = list(1.2 + 0.1 * rng.normal(size=18))
    for _ in range(3 * n + 600):
        x.append(x[-1] + 0.2 * x[-18] / (1 + x[-18] ** 10) - 0.1 * x[-1])
    s = np.array(x[-3 * n :: 3])
    s = (s - s.mean()) / s.std() + 0.05 * rng.normal(size=n)
    apart = rng.permutation(s[LEARNED:].reshape(ASKED, -1))
    learn = batches.windows(s[:LEARNED], STEPS, HORIZON)
    return learn, (apart[:, :STEPS], apart[:, STEPS:])


def _draw_forecaster(rng, case):
    few, seed = rng.normal(size=(4, FEW)), int(rng.integers(2**62))
    return {"few": few, "n_hidden": 6, "seed": seed}


def _without_answers(inputs):
    (x, y), (x_test, _) = _series(inputs["seed"])
    return inputs | {"x": x, "y": y, "asked": x_test}


def _examine(model_class, inputs, ur):
    """Return what a model says; it is trained only if it is sound."""
    few, n_hidden, x, y, asked = (
        v.astype(np.float32)[..., None] if k in ("few", "x", "asked") else v
        for k, v in inputs.items()
    )
    horizon = y.shape[1]
    ur.seed(0)
    model = ur.ready(model_class(n_hidden, horizon))

    def says(windows, model=model):
        return ur.array(model(ur.tensor(np.ascontiguousarray(windows))))

    found = {"said": says(few)}
    if found["said"].shape != (len(few), horizon):
        return found
    first, last, other = few.copy(), few.copy(), few.copy()
    first[:, 0] += 2
    last[:, -1] += 2
    other[1:] = -other[1:]
    found |= {
        "again": says(few),
        "first": says(first),
        "last": says(last),
        "other": says(other),
        "turned": says(few[:, ::-1]),
    }
    wider = ur.ready(model_class(n_hidden + 1, horizon))
    says(few, wider)
    found["sizes"] = [models.n_parameters(one) for one in (model, wider)]
    if _sound(inputs, found):
        return found
    rng = np.random.default_rng(0)
    rows = [rng.integers(len(x), size=32) for _ in range(250)]
    data = [(x[r], y[r].astype(np.float32)) for r in rows]

    def absolute(said, target):
        return abs(said - target)

    ur.seed(0)
    model = model_class(24, horizon)
    ur.fit(model, data, lr=0.02, loss=absolute, progress=False)
    return found | {"trained": says(asked, ur.ready(model))}


def _right_shape(inputs, value):
    given, expected = value["said"].shape, (len(inputs["few"]), HORIZON)
    if given == expected:
        return None
    says = {
        2: "",
        3: " All steps are left: read the network's answer after the last one alone.",
        1: " One number for each window is too few: there is one for each step ahead.",
    }.get(len(given), "")
    if given[1:] == (1,):
        says = " The network says one value: give the last layer `horizon` outputs."
    asked = f"{expected}, (batch, horizon)"
    return f"The forecasts have shape {given}; expected {asked}.{says}"


def _sound(inputs, value):
    """Say what a model does that no forecaster should."""

    def moved(name, rows=slice(None)):
        return np.abs(value[name] - value["said"])[rows].max() > 1e-6

    if moved("again"):
        return (
            "The same windows, given twice, get two answers. Is a state kept "
            "(`stateful=True`), or something drawn at random?"
        )
    if moved("other", slice(0, 1)):
        return (
            "A change in one window changes the forecast of another one. Is the layer "
            "told that the batch comes first, or is something averaged over the batch?"
        )
    if not moved("last"):
        return (
            "The last value of a window does not change its forecast: the newest value "
            "is the most telling one. Is the first state taken instead of the last?"
        )
    if not moved("first"):
        return (
            "The first of eight values does not change the forecast: only a part of "
            "the window is read."
        )
    if not moved("turned"):
        return (
            "A window that is turned round gets the same forecast: the order is lost. "
            "Take the state after the last step, not a mean over steps."
        )
    return models.as_wide(value["sizes"])


def _beats_both(inputs, value):
    (x, y), (x_test, y_test) = _series(inputs["seed"])

    def mae(said):
        return float(np.abs(said - y_test).mean())

    seasonal = x_test[:, -PERIOD + np.arange(HORIZON)]
    w, *_ = np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)
    bases = {
        "the seasonal naive forecast": mae(seasonal),
        "a linear autoregression": mae(np.c_[x_test, np.ones(len(x_test))] @ w),
    }
    name = min(bases, key=bases.get)
    found = mae(value["trained"])
    if found <= SHARE_OF_BASE * bases[name]:
        return None
    says = (
        f"After {UPDATES} updates the mean absolute error is {found:.2f}; {name} has "
        f"{bases[name]:.2f}, and half of it is asked. "
    )
    if value["trained"].min() >= 0:
        return says + (
            "No forecast is below 0: does a ReLU or a sigmoid stand at the end? "
            "Let the last layer be linear."
        )
    if np.abs(value["trained"]).max() <= 1:
        return says + (
            "No forecast is beyond 1: does a tanh stand at the end? Let the last layer "
            "be linear."
        )
    return says + (
        "Does something learn too little: a linear layer alone, a `detach`, a network "
        "too small, or one that reads a part of the window?"
    )


forecaster = Check(
    name="Forecaster",
    draw=_draw_forecaster,
    call=_examine,
    given=_without_answers,
    hidden=("seed",),
    properties=(_right_shape, _sound, _beats_both),
    measured=("trained",),
    cases=1,
    float32=False,
    free=True,
    start="A recurrent layer, its last state, and a linear layer of `horizon` outputs.",
)
