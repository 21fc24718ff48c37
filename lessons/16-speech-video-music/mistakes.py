"""The wrong answers that learners give: what to say, and what it is in the solution."""

COUNT, POWER = "1 + (len(wave) - size) // hop", "np.abs(np.fft.rfft(wave[at] * window))"
LOG_BANDS = {
    "The last frame is missing. `1 + (len(wave) - size) // hop` frames fit.": {
        COUNT: "(len(wave) - size) // hop"
    },
    "Your frames do not overlap as they should: one begins every `size` samples. They "
    "begin every `hop` samples.": {
        "size) // hop\n": "size) // size\n",
        "hop * np.arange(n)": "size * np.arange(n)",
    },
    "The window is missing. Multiply each frame by it before the transform.": {
        " * window": ""
    },
    "The window is applied twice.": {"* window)": "* window**2)"},
    "You multiply by the window after the transform. It belongs to the samples.": {
        POWER: "np.abs(np.fft.rfft(wave[at]) * window[: size // 2 + 1])"
    },
    "You add up the sizes of the amplitudes. The power is their square.": {
        f"{POWER} ** 2": POWER
    },
    "The logarithm is taken before the filters add up. Add the powers, then take it.": {
        "np.log(power @ filters.T + 1e-6)": "np.log(power + 1e-6) @ filters.T"
    },
    "The logarithm is missing.": {
        "np.log(power @ filters.T + 1e-6)": "power @ filters.T + 1e-6"
    },
    "The logarithm is one to the base 10. Take the natural one.": {
        "np.log(": "np.log10("
    },
    "That is in decibels. Take the natural logarithm of the power.": {
        "np.log(": "10 * np.log10("
    },
    "You keep the real part alone. The power has the real and the imaginary part.": {
        POWER: "np.real(np.fft.rfft(wave[at] * window))"
    },
    "Each band is divided by the sum of its filter. Add up, nothing more.": {
        "power @ filters.T": "power @ filters.T / filters.sum(axis=1)"
    },
}

TEST = "symbol != before and symbol != blank"
COLLAPSE = {
    "You take the blanks out first. Then a symbol that is said twice, with a blank "
    "between, becomes one: merge repeats first, then take blanks out.": {
        "        before = symbol\n": "        if symbol != blank:\n"
        "            before = symbol\n"
    },
    "Repeats are not merged. What stands in neighboring frames is said once.": {
        TEST: "symbol != blank"
    },
    "The blanks are still there. They say that nothing new is said.": {
        TEST: "symbol != before",
        "said, before = [], blank": "said, before = [], None",
    },
    "Every symbol is said at most once. Only neighbors are merged.": {
        TEST: "symbol not in said and symbol != blank"
    },
    "You take 0 for the blank. It is the argument `blank`.": {
        "symbol != blank": "symbol != 0",
        "[], blank": "[], 0",
    },
    "The first symbol is lost if the path begins with it. Before the first frame there "
    "was none.": {"before = [], blank": "before = [], path[0]"},
    "You say a symbol only once it is repeated. One frame is enough.": {
        TEST: "symbol == before and symbol != blank"
    },
}

SKIP = "symbol != 0 and symbol != places[s - 2]"
STAY = "        before = alpha.copy()\n"
CTC = {
    "A path skips the blank between two *equal* symbols. Then they would be merged: "
    "skip only where the symbol differs from the one two places before.": {
        SKIP: "symbol != 0"
    },
    "A path skips symbols of the label: from a blank to the next blank. Only a blank "
    "may be skipped.": {SKIP: "(symbol == 0 or symbol != places[s - 2])"},
    "No path skips a blank. Between two different symbols none is needed.": {
        f"s > 1 and {SKIP}": "False"
    },
    "No path stays where it is. A symbol may last for many frames.": {
        STAY: "        before = alpha.copy()\n        alpha[:] = -np.inf\n"
    },
    "Paths must begin with a blank in your sum. They may begin with the first "
    "symbol.": {"alpha[:2] = log_p[0, places[:2]]": "alpha[0] = log_p[0, 0]"},
    "Paths may begin anywhere in your sum. They begin at the first blank or the first "
    "symbol.": {"alpha[:2] = log_p[0, places[:2]]": "alpha[:] = log_p[0, places]"},
    "Paths must end with a blank in your sum. They may end with the last symbol.": {
        "alpha[-2:]": "alpha[-1:]"
    },
    "Paths must end with the last symbol in your sum. A blank may follow it.": {
        "return -np.logaddexp.reduce(alpha[-2:])": "return -alpha[max(0, len(alpha) "
        "- 2)]"
    },
    "Paths may end anywhere in your sum. They end at the last symbol or the last "
    "blank.": {"alpha[-2:]": "alpha"},
    "You keep the best path instead of adding all of them up.": {
        "np.logaddexp(": "np.maximum(",
        "np.logaddexp.reduce": "np.max",
    },
    "`alpha` is changed while it is read: a path goes on by several places in one "
    "frame. Keep a copy of the frame before.": {
        "before = alpha.copy()": "before = alpha"
    },
    "The first frame is used twice.": {"in log_p[1:]": "in log_p"},
    "The product of so many probabilities is 0, and its logarithm infinite. Stay with "
    "logarithms.": """def ctc(log_p, label):
    p, places = np.exp(log_p), [0]
    for symbol in label:
        places += [symbol, 0]
    alpha = np.zeros(len(places))
    alpha[:2] = p[0, places[:2]]
    for now in p[1:]:
        before = alpha.copy()
        for s, symbol in enumerate(places):
            if s > 0:
                alpha[s] += before[s - 1]
            if s > 1 and symbol != 0 and symbol != places[s - 2]:
                alpha[s] += before[s - 2]
            alpha[s] *= now[symbol]
    with np.errstate(divide="ignore"):
        return -np.log(alpha[-2:].sum())
""",
    "The loss is divided by the number of frames. Return the sum.": {
        "return -np.logaddexp.reduce(alpha[-2:])": "return -np.logaddexp.reduce("
        "alpha[-2:]) / len(log_p)"
    },
}

LENGTH = "int(above or 1) / (int(below or 2) if slash else 1)"
BAR_LENGTH = {
    "Rests are left out. They take time as well.": {"[A-Ga-gz]": "[A-Ga-g]"},
    "The low notes, in capital letters, are left out.": {"[A-Ga-gz]": "[a-gz]"},
    "The high notes, in small letters, are left out.": {"[A-Ga-gz]": "[A-Gz]"},
    "Each note counts 1, whatever its length.": {LENGTH: "1.0"},
    "You read whole lengths alone: what stands behind `/` is lost.": {
        LENGTH: "int(above or 1)"
    },
    "`/` alone is one half; yours leaves the note whole.": {"below or 2": "below or 1"},
    "You read one figure of a length. `12` is twelve.": {r"(\d*)(/?)": r"(\d?)(/?)"},
    "Behind `,` and `'` the length is lost. The octave comes first, then the length.": {
        "[,']*(": "("
    },
    "`(3` is passed over. The three notes after it have two thirds of their length.": {
        "2 / 3 if short else 1": "1"
    },
    "`(3` shortens all notes that follow. It is for three.": {
        "short = max(0, short - 1)": "short = short"
    },
    "`(3` shortens the next note alone. It is for three.": {"short = 3": "short = 1"},
    "The notes of a triplet have one third of their length in yours. Three have the "
    "time of two: two thirds.": {"2 / 3 if": "1 / 3 if"},
    "`3/2` is 1.5; yours divides the other way round.": {
        LENGTH: "(int(below or 2) if slash else 1) / int(above or 1) if slash else "
        "int(above or 1)"
    },
}


def both(torch, keras):
    """Return an edit for each track."""
    return {"pytorch": torch, "tensorflow": keras}


T_OUT, K_OUT = "self.out(h[:, -1])", "self.out(self.layer(seen))"
T_SEEN = "self.layer(seen.reshape(batch, time, -1))"
T_GRU = "nn.GRU(8 * 6 * 6, n_hidden, batch_first=True)"
WATCHER = {
    "All frames are left": both(
        {"h[:, -1]": "h"}, {"GRU(n_hidden)": "GRU(n_hidden, return_sequences=True)"}
    ),
    "returned nothing": both({f"return {T_OUT}": T_OUT}, {f"return {K_OUT}": K_OUT}),
    "first state taken instead of the last": both(
        {"h[:, -1]": "h[:, 0]"}, {"self.layer(seen)": "self.layer(seen[:, :1])"}
    ),
    "only a part is read": both(
        {T_SEEN: "self.layer(seen.reshape(batch, time, -1)[:, 1:])"},
        {"self.layer(seen)": "self.layer(seen[:, 1:])"},
    ),
    "the order is lost": both(
        {
            T_GRU: "nn.Linear(8 * 6 * 6, n_hidden)",
            f"h, _ = {T_SEEN}": f"h = {T_SEEN}.mean(dim=1, keepdim=True)",
        },
        {
            "keras.layers.GRU(n_hidden)": "keras.layers.Dense(n_hidden)",
            "self.layer(seen)": "self.layer(keras.ops.mean(seen, axis=1))",
        },
    ),
    "`n_hidden` is not used": both(
        {
            T_GRU: "nn.GRU(8 * 6 * 6, 16, batch_first=True)",
            "nn.Linear(n_hidden, 4)": "nn.Linear(16, 4)",
        },
        {"GRU(n_hidden)": "GRU(16)"},
    ),
    "something drawn at random": both(
        {T_OUT: "self.out(nn.functional.dropout(h[:, -1], 0.2))"},
        {K_OUT: "self.out(keras.random.dropout(self.layer(seen), 0.2))"},
    ),
    "Batch and time are mixed up": [
        {"pytorch": {", batch_first=True": ""}},
        both(
            {
                "seen.reshape(batch, time, -1)": "seen.reshape(time, batch, -1)"
                ".transpose(0, 1)"
            },
            {
                "self.layer(seen)": "self.layer(tf.transpose(tf.reshape(seen, (seen"
                ".shape[1], -1, 288)), (1, 0, 2)))"
            },
        ),
        both(
            {T_OUT: "self.out(h[:, -1] - h[:, -1].mean(0))"},
            {K_OUT: "self.out(self.layer(seen - keras.ops.mean(seen, axis=0)))"},
        ),
    ],
    "a `detach`": both(
        {T_OUT: "self.out(h[:, -1].detach())"},
        {K_OUT: "self.out(keras.ops.stop_gradient(self.layer(seen)))"},
    ),
    "a mean over places": both(
        {
            "seen.reshape(batch, time, -1)": (
                "seen.mean((2, 3)).reshape(batch, time, 8)"
            ),
            "8 * 6 * 6, n_hidden": "8, n_hidden",
        },
        {"keras.layers.Flatten()": "keras.layers.GlobalAveragePooling2D()"},
    ),
}

MISTAKES = {"log-bands": LOG_BANDS, "collapse": COLLAPSE, "ctc": CTC}
MISTAKES |= {"bar-length": BAR_LENGTH, "watcher": WATCHER}
