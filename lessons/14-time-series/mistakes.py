"""The wrong answers that learners give: what to say, and what it is in the solution."""

COUNT, TABLE = "len(values) - steps - horizon + 1", "at = np.arange(n)[:, None]"
WHOLE, X, Y = "~np.isnan(whole).any(axis=1)", "whole[:, :steps]", "whole[:, steps:]"
KEEP = f"    whole = whole[{WHOLE}]\n"
WINDOWS = {
    "The last window is missing: `len(values) - steps - horizon + 1` windows fit.": {
        COUNT: "len(values) - steps - horizon"
    },
    "You keep windows in which something is missing. Leave out a window if any of its "
    "values, in x or in y, is NaN.": {KEEP: ""},
    "You look for missing values in x alone. A window whose targets were not measured "
    "cannot be judged either.": {"np.isnan(whole)": f"np.isnan({X})"},
    "You look for missing values in y alone. What the model reads must be there too.": {
        "np.isnan(whole)": f"np.isnan({Y})"
    },
    "You take the missing values out of the series first. Then values on both sides of "
    "a gap look like neighbors: windows must not reach across it.": {
        f"    n = {COUNT}": f"    values = values[~np.isnan(values)]\n    n = {COUNT}"
    },
    "You put 0 where a value is missing. A gap is no measurement: leave such windows "
    "out.": {
        f"    n = {COUNT}": f"    values = np.nan_to_num(values)\n    n = {COUNT}"
    },
    "`y` begins with the last value of `x`: the model would be asked for what it has "
    "just read. The targets begin one value later.": {Y: "whole[:, steps - 1 : -1]"},
    "`y` holds the last value of the horizon alone. Return all values of it, (n, "
    "horizon).": {Y: "whole[:, -1:]"},
    "Your windows do not overlap. Every moment begins one: step by 1.": {
        TABLE: "at = np.arange(0, n, steps)[:, None]"
    },
    "Your windows step on by `horizon`. Every moment begins one: step by 1.": {
        TABLE: "at = np.arange(0, n, horizon)[:, None]"
    },
    "Your windows come with the latest first. Return them in order of time.": {
        f"return {X}, {Y}": f"return {X}[::-1], {Y}[::-1]"
    },
    "The windows are in order, but the values inside `x` run backwards.": {
        f"return {X}": f"return {X}[:, ::-1]"
    },
    "Your windows are shuffled. Return them in order of time.": {
        f"return {X}, {Y}": "whole = np.random.default_rng(0).permutation(whole)\n"
        f"    return {X}, {Y}"
    },
}

APPEND, SHIFT = "said.append(step(x))", "x[:, 1:]"
RECURSIVE = {
    "The window never changes, so that all your forecasts are the first one. Put each "
    "forecast into the window for the next.": {
        "        x = np.concatenate([x[:, 1:], said[-1][:, None]], axis=1)\n": ""
    },
    "The forecast replaces the last value, and the window does not move on. Drop the "
    "oldest value, then append the forecast.": {
        "[x[:, 1:], said[-1][:, None]]": "[x[:, :-1], said[-1][:, None]]"
    },
    "The forecast goes to the front of the window. The newest value stands last.": {
        "[x[:, 1:], said[-1][:, None]]": "[said[-1][:, None], x[:, 1:]]"
    },
    "The forecast goes to the front and the newest value drops out: time runs "
    "backwards. Drop the first value, and append.": {
        "[x[:, 1:], said[-1][:, None]]": "[said[-1][:, None], x[:, :-1]]"
    },
    "The window moves on without the forecast: its last value stands there twice. "
    "Append what the model said.": {"said[-1][:, None]], axis": "x[:, -1:]], axis"},
    "You begin with the last value of the window, which is known, and stop one step "
    "too soon. The first forecast is `step(x)`.": {
        "said = []": "said = [x[:, -1]]",
        "range(horizon)": "range(horizon - 1)",
    },
    "Your first forecast is missing: the window is moved on once before anything is "
    "kept.": {
        "    said = []\n": "    said = []\n"
        "    x = np.concatenate([x[:, 1:], step(x)[:, None]], axis=1)\n"
    },
    "Only the last forecast is left. Return all of them, (batch, horizon).": {
        "np.stack(said, axis=1)": "said[-1][:, None]"
    },
    "The mean of the forecasts so far goes into the window. Append the forecast "
    "itself.": {"said[-1][:, None]], axis": "np.mean(said, axis=0)[:, None]], axis"},
}

LAST = "np.maximum.accumulate(np.where(real, np.arange(len(values)), 0))"
PAST, SCALED = "past = values[:cut][real[:cut]]", "values[last] - past.mean()"
LINE = "np.interp(np.arange(len(values)), np.flatnonzero(real), values[real])"
CUT = "learn, test = real[at] & (at < cut), real[at] & (at >= cut)"
PREPARE = {
    "A gap holds a straight line to the next value: one who stands in the gap does not "
    "know that value yet. Let it hold the last value before the gap.": {
        "values[last]": LINE
    },
    "A gap holds the value *after* it, which comes later. Let it hold the last value "
    "before it.": {
        LAST: "np.minimum.accumulate(np.where(real, np.arange(len(values)), "
        "len(values) - 1)[::-1])[::-1]"
    },
    "A gap holds the mean of the training values. Let it hold the last value before "
    "it.": {"values[last]": "np.where(real, values, past.mean())"},
    "A gap holds 0. Let it hold the last value before it, and scale then.": {
        "values[last]": "np.nan_to_num(values)"
    },
    "Mean and deviation are those of the whole series: the test part has told the "
    "scale how high it will rise. Use the first `int(share * len(values))` alone.": {
        PAST: "past = values[real]"
    },
    "Mean and deviation count what you filled the gaps with. Use the measured values "
    "alone.": {PAST: "past = values[last][:cut]"},
    "Each part is scaled by itself. In the test part that uses values which come after "
    "the forecast: use the training part's mean and deviation for both.": {
        "scaled = (values[last] - past.mean()) / past.std()": "later = values[cut:]["
        "real[cut:]]\n"
        "    scaled = (values[last] - past.mean()) / past.std()\n"
        "    scaled[cut:] = (values[last][cut:] - later.mean()) / later.std()"
    },
    "The training part is counted in windows, so it ends `steps` values too late. A "
    "window is for training if its *target* is among the first `int(share * "
    "len(values))` values.": {CUT: CUT.replace("cut)", "steps + int(share * len(x)))")},
    "A window is in training if it *begins* there, so that targets of the test part "
    "are learned. Its target decides.": {CUT: CUT.replace("cut)", "cut + steps)")},
    "You leave out the test windows that reach back into the training part. That past "
    "is known when the forecast is made.": {"(at >= cut)": "(at >= cut + steps)"},
    "The first target after the cut is learned. Training ends before it: `<`, not "
    "`<=`.": {"(at < cut)": "(at <= cut)", "(at >= cut)": "(at > cut)"},
    "Targets that were not measured are among yours: they are the value before, and "
    "easy to guess. Leave them out.": {CUT: "learn, test = at < cut, at >= cut"},
    "You leave out every window with a gap in it. In `x` a gap is filled, and only a "
    "target must have been measured.": {
        CUT: "whole = np.lib.stride_tricks.sliding_window_view(real[:-1], steps).all(1)"
        "\n    learn = whole & real[at] & (at < cut)"
        "\n    test = whole & real[at] & (at >= cut)"
    },
    "The windows are still shuffled before they are cut into two parts: neighbors of "
    "every test window are learned. Cut in order of time.": {
        CUT: "mixed = np.random.default_rng(0).permutation(at)\n"
        "    learn, test = real[at] & (mixed < cut), real[at] & (mixed >= cut)"
    },
    "The deviation is one with n − 1. Divide by n, as `np.std` does.": {
        "past.std()": "past.std(ddof=1)"
    },
    "You divide by the range. Divide by the standard deviation.": {
        "past.std()": "(past.max() - past.min())"
    },
}

LOSS, D_SAID = "np.maximum(q * off, (q - 1) * off)", "np.where(off > 0, -q, 1 - q)"
QUANTILE_LOSS = {
    "The two sides are exchanged: `q` is what a forecast costs that is too *low*, "
    "where y - said is positive. Yours for the tenth percent ends at the ninetieth.": {
        LOSS: "np.maximum((1 - q) * off, -q * off)",
        D_SAID: "np.where(off > 0, q - 1, q)",
    },
    "That is the absolute error: all quantiles would end up at the median. Weigh the "
    "two sides with q and with 1 - q.": {
        LOSS: "np.abs(off)",
        D_SAID: "-np.sign(off)",
    },
    "The smaller of the two is taken, which is below 0. The loss is the larger one.": {
        "np.maximum": "np.minimum"
    },
    "You square the distance. That gives expectiles; quantiles need the distance "
    "itself.": {
        LOSS: "np.maximum(q * off, (q - 1) * off) * np.abs(off)",
        D_SAID: "2 * np.abs(off) * np.where(off > 0, -q, 1 - q)",
    },
    "The loss is a sum. Return the mean over everything.": {
        f"{LOSS}.mean()": f"{LOSS}.sum()",
        " / off.size": "",
    },
    "The loss is a mean and your gradient that of the sum. Divide it by the number of "
    "forecasts.": {" / off.size": ""},
    "Your gradient is divided by the batch alone. The mean is over batch, horizon and "
    "quantiles.": {"off.size": "len(off)"},
    "Your gradient is divided by the number of targets. The mean is over the quantiles "
    "too.": {"off.size": "y.size"},
    "Your gradient is the one for `y`. For `said` it has the other sign.": {
        "-q, 1 - q": "q, q - 1"
    },
    "The two sides of your gradient are exchanged. Where the forecast is too low, "
    "`off` positive, raising it makes the loss fall: -q.": {"off > 0": "off < 0"},
    "Your gradient forgets the side on which the forecast is too high: there it is "
    "1 - q.": {"-q, 1 - q": "-q, 0 * q"},
    "Your gradient is that of the loss's value, not of its slope: it grows with the "
    "distance.": {D_SAID: "np.where(off > 0, -q * off, (q - 1) * off)"},
}

OFF = "off[season:] = np.abs(values[season:] - values[:-season])"
TOTAL = "    total = np.concatenate([np.zeros(season), np.cumsum(off)])\n"
MEAN = "(total[season:] - total[:-season]) / season  # the mean of a season"
SCORE = {
    "That is the distance from the value before: a forecast of one step adapts to the "
    "failure at once. Compare with the value a season before.": {
        OFF: "off[1:] = np.abs(np.diff(values))"
    },
    "Your score has a sign, and failures on one side of the season score low. Take the "
    "distance.": {
        "np.abs(values[season:] - values[:-season])": (
            "values[season:] - values[:-season]"
        )
    },
    "Your scores are turned round: what is as it should be scores highest.": {
        f"return {MEAN}": "return -(total[season:] - total[:-season]) / season"
    },
    "You compare each value with the one a season *later*: that is the future.": {
        OFF: "off[:-season] = np.abs(values[season:] - values[:-season])"
    },
    "Your mean lies around each moment, so that half of it is the future. Take that "
    "of the last moments.": {
        f"{TOTAL}    return {MEAN}": "    return np.convolve(off, np.ones(season), "
        '"same") / season'
    },
    "You compare with the mean of the whole series at that time of the season. That "
    "mean knows the future.": {
        OFF: "day = values.reshape(-1, season).mean(axis=0)\n"
        "    off = np.abs(values - np.tile(day, len(values) // season))"
    },
    "You divide by the deviation of the whole series, which knows the future. Use the "
    "past alone, or leave the division out.": {
        f"return {MEAN}": "return (total[season:] - total[:-season]) / values.std()"
    },
    "That is a rolling z-score: a failure that stays inside the range of ordinary "
    "values does not stand out. Use the season.": {
        "off = np.zeros(len(values))": "off = np.zeros(len(values))\n"
        "    before = np.lib.stride_tricks.sliding_window_view(values, season)[:-1]",
        OFF: "off[season:] = np.abs(values[season:] - before.mean(1)) / before.std(1)",
    },
    "One score for each season is too few: one for each moment is asked.": {
        f"return {MEAN}": "return off.reshape(-1, season).mean(axis=1)"
    },
    "The scores of the first season are missing. Put zeros there.": {
        MEAN: "(total[2 * season :] - total[season:-season]) / season"
    },
}


def both(torch, keras):
    """Return an edit for each track."""
    return {"pytorch": torch, "tensorflow": keras}


T_OUT, K_OUT = "self.out(h[:, -1])", "self.out(h)"
T_GRU, K_GRU = "nn.GRU(1, n_hidden, batch_first=True)", "keras.layers.GRU(n_hidden)"
FORECASTER = {
    "All steps are left": both(
        {"h[:, -1]": "h"}, {"GRU(n_hidden)": "GRU(n_hidden, return_sequences=True)"}
    ),
    "give the last layer `horizon` outputs": both(
        {"Linear(n_hidden, horizon)": "Linear(n_hidden, 1)"},
        {"Dense(horizon)": "Dense(1)"},
    ),
    "returned nothing": both({f"return {T_OUT}": T_OUT}, {f"return {K_OUT}": K_OUT}),
    "first state taken instead of the last": both(
        {"h[:, -1]": "h[:, 0]"},
        {
            "GRU(n_hidden)": "GRU(n_hidden, go_backwards=True)",
            "layer(x)": ("layer(x[:, :1])"),
        },
    ),
    "only a part of the window is read": both(
        {"self.layer(x)": "self.layer(x[:, -4:])"},
        {"self.layer(x)": "self.layer(x[:, -4:])"},
    ),
    "the order is lost": both(
        {
            "h, _ = self.layer(x)": "h = x.mean(dim=1, keepdim=True)",
            "(n_hidden, h": ("(1, h"),
        },
        {"self.layer(x)": "keras.ops.mean(x, axis=1)"},
    ),
    "Let the last layer be linear": [
        both(
            {T_OUT: f"nn.functional.relu({T_OUT})"}, {K_OUT: f"keras.ops.relu({K_OUT})"}
        ),
        both(
            {T_OUT: f"nn.functional.tanh({T_OUT})"}, {K_OUT: f"keras.ops.tanh({K_OUT})"}
        ),
        both(
            {T_OUT: f"nn.functional.sigmoid({T_OUT})"},
            {K_OUT: f"keras.ops.sigmoid({K_OUT})"},
        ),
    ],
    "`n_hidden` is not used": both(
        {"(1, n_hidden": "(1, 16", "(n_hidden,": "(16,"}, {"GRU(n_hidden)": "GRU(16)"}
    ),
    "something drawn at random": both(
        {T_OUT: "self.out(nn.functional.dropout(h[:, -1], 0.2))"},
        {K_OUT: "self.out(keras.random.dropout(h, 0.2))"},
    ),
    "averaged over the batch": [
        {"pytorch": {", batch_first=True": ""}},
        both(
            {T_OUT: "self.out(h[:, -1] - h[:, -1].mean(0))"},
            {K_OUT: "self.out(h - keras.ops.mean(h, axis=0))"},
        ),
    ],
    "a `detach`": both(
        {T_OUT: "self.out(h[:, -1].detach())"},
        {K_OUT: "self.out(keras.ops.stop_gradient(h))"},
    ),
}

MISTAKES = {"windows": WINDOWS, "recursive": RECURSIVE, "prepare": PREPARE}
MISTAKES |= {"quantile-loss": QUANTILE_LOSS, "score": SCORE, "forecaster": FORECASTER}
