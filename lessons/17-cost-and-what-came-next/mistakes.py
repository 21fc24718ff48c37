"""The wrong answers that learners give: what to say, and what it is in the solution."""

LOGS = "x, y = np.log(sizes), np.log(costs)"
SLOPE = "(off * (y - y.mean())).sum() / (off**2).sum()"
GROWTH = {
    "The factor is still a logarithm: the line knows ln of the factor. Take its `exp`, "
    "and forecast with that.": {
        "np.exp(y.mean() - exponent * x.mean())": "y.mean() - exponent * x.mean()"
    },
    "You join the first point and the last. Noise in these two then decides: fit the "
    "line to all points.": {SLOPE: "(y[-1] - y[0]) / (x[-1] - x[0])"},
    "You fit a line to the costs themselves. A power is a line where *both* are "
    "logarithms.": {LOGS: "x, y = np.array(sizes), np.array(costs) + 0.0"},
    "You take the logarithm of the costs alone: that would be an exponential, and not "
    "a power. Take it of the sizes too.": {LOGS: "x, y = sizes, np.log(costs)"},
    "You take the logarithm of the sizes alone. Take it of the costs too.": {
        LOGS: "x, y = np.log(sizes), costs"
    },
    "The axes are exchanged: the slope is that of the sizes in the costs.": {
        SLOPE: "((y - y.mean()) ** 2).sum() / (off * (y - y.mean())).sum()"
    },
    "Your line goes through the origin, so that the factor is no longer free. Take "
    "the means off first.": {
        "off = x - x.mean()": "off = x",
        "(y - y.mean())": "y",
    },
    "The logarithm has base 10, and `exp` has base e. Use the natural one for both.": {
        LOGS: "x, y = np.log10(sizes), np.log10(costs)"
    },
    "You foretell `factor * far * exponent`. The size is raised to the exponent: "
    "`far ** exponent`.": {"factor * far**exponent": "factor * far * exponent"},
    "You foretell `factor * exponent ** far`. The size is what is raised to a power.": {
        "far**exponent": "exponent**far"
    },
    "You foretell for `far` without the factor.": {
        "factor * far**exponent": "far**exponent"
    },
}

WHERE = "    scores = np.where(seen, scores, -np.inf)\n"
SEEN, ROOT = "np.tri(x.shape[1], dtype=bool)", "np.sqrt(q.shape[-1])"
ATTEND = {
    "The mask comes after the softmax: the shares of a row add up to less than 1, and "
    "depend on what comes later. Put −∞ into the scores before.": {
        WHERE: "",
        "return shares @ v": "return np.where(seen, shares, 0.0) @ v",
    },
    "A score that may not be seen is 0, and exp(0) is 1: it still gets a share. Put −∞ "
    "there.": {"scores, -np.inf": "scores, 0.0"},
    "There is no mask: every step sees what comes after it.": {WHERE: ""},
    "The mask is off by one: a step does not see itself, and the first sees nothing at "
    "all.": {SEEN: "np.tri(x.shape[1], k=-1, dtype=bool)"},
    "The mask is off by one: a step sees the step after it.": {
        SEEN: "np.tri(x.shape[1], k=1, dtype=bool)"
    },
    "The mask is turned round: a step sees itself and what comes *after* it.": {
        SEEN: "np.tri(x.shape[1], dtype=bool).T"
    },
    "You divide the scores by n_head. Divide by its root: the deviation of a sum of n "
    "products grows with √n.": {ROOT: "q.shape[-1]"},
    "The scores are not divided by the root of n_head.": {f" / {ROOT}": ""},
    "You divide by the root of n_in, the width of x. The sum in a score has n_head "
    "terms.": {ROOT: "np.sqrt(x.shape[-1])"},
    "You divide by the root of the number of steps. The sum in a score has n_head "
    "terms.": {ROOT: "np.sqrt(x.shape[1])"},
    "The softmax runs over the queries. The shares of one query, over the keys, must "
    "add up to 1: the last axis.": {
        "scores.max(axis=-1": "scores.max(axis=-2",
        "shares.sum(axis=-1": "shares.sum(axis=-2",
    },
    "Queries and keys are exchanged: row t of the scores belongs to the query of step "
    "t.": {"q @ k.transpose": "k @ q.transpose"},
    "You mix the keys. What is taken in shares is the values.": {
        "shares @ v": "shares @ k"
    },
    "Large scores overflow in `exp`. Take the largest of each row off before.": {
        "scores - scores.max(axis=-1, keepdims=True)": "scores"
    },
}

MEAN, D_SCORES = "(shares * d_shares).sum(axis=-1, keepdims=True)", "(d_shares - mean)"
B_ROOT = " / np.sqrt(q.shape[-1])"
ATTEND_BACKWARD = {
    "You take the softmax's slope as `s_i` alone. Raising one score lowers the other "
    "shares of its row: take the row's mean of d_shares, weighed by the shares, off.": {
        D_SCORES: "d_shares"
    },
    "You take the softmax's slope as s (1 − s), as of a sigmoid. A score moves the "
    "other shares of its row too.": {D_SCORES: "(d_shares * (1 - shares))"},
    "The mean is over the queries. A row of shares belongs to one query: the last "
    "axis.": {MEAN: "(shares * d_shares).sum(axis=-2, keepdims=True)"},
    "The mean is not weighed by the shares.": {
        MEAN: "d_shares.mean(axis=-1, keepdims=True)"
    },
    "The scores were divided by the root of n_head; their gradient is too.": {
        B_ROOT: ""
    },
    "You divide by n_head. The scores were divided by its root.": {
        B_ROOT: " / q.shape[-1]"
    },
    "`d_v` takes the shares as they are. A value is asked by the queries of its "
    "column: transpose the last two axes.": {
        "shares.transpose(0, 2, 1) @ d_y": "shares @ d_y"
    },
    "`d_k` takes the scores' gradient as it is. A key is met by the queries of its "
    "column: transpose the last two axes.": {
        "d_scores.transpose(0, 2, 1) @ q": "d_scores @ q"
    },
    "`d_q` is made from the queries. In a score a query is multiplied by keys.": {
        "d_scores @ k": "d_scores @ q"
    },
    "`d_k` is made from the keys. In a score a key is multiplied by queries.": {
        "(0, 2, 1) @ q\n": "(0, 2, 1) @ k\n"
    },
    "The gradient of the shares is made with the keys. What a share multiplies is a "
    "value.": {"v.transpose": "k.transpose"},
    "The shares are missing in the gradient of the scores.": {
        f"shares * {D_SCORES}": D_SCORES
    },
}

LATER, BOTH = "a[:, by:] * b[:, :-by] + b[:, by:]", "a[:, by:] * a[:, :-by]"
START = "    b = np.concatenate([h0[:, None], b], axis=1)  # a step that sets h to h0\n"
FRONT = "    a = np.concatenate([np.zeros_like(a[:, :1]), a], axis=1)\n"
SCAN = {
    "The start h0 is missing: your states begin from 0.": {
        "[h0[:, None], b]": "[0 * h0[:, None], b]"
    },
    "h0 is added to the first step as it is. Its share is `a[:, 0] * h0`.": {
        START: "    b = b.copy()\n    b[:, 0] = b[:, 0] + h0\n",
        FRONT: "",
        "return b[:, 1:]": "return b",
    },
    "You return the state *before* each step: h0 first. Leave h0 out, and return those "
    "after each step.": {"return b[:, 1:]": "return b[:, :-1]"},
    "The two are combined the wrong way round: it is the *later* a that shrinks the "
    "earlier b.": {LATER: "a[:, :-by] * b[:, by:] + b[:, :-by]"},
    "The `a` of both steps together is their product. Yours stays that of the later "
    "one, so that from the second round on too much is handed on.": {
        BOTH: "a[:, by:] + 0.0"
    },
    "The `a` of both steps together is their product, not their sum.": {
        BOTH: "a[:, by:] + a[:, :-by]"
    },
    "The last round is missing: go on as long as `by` is less than the number of "
    "steps.": {"while by < a.shape[1]": "while 2 * by < a.shape[1]"},
    "The distance grows by 1. After the first round each step holds two, so the next "
    "distance is 2, then 4: double it.": {"by = 2 * by": "by = by + 1"},
    "You divide by the running product of a. Where an a is 0, so is every product "
    "after it. Combine steps instead.": """def scan(a, b, h0):
    with np.errstate(all="ignore"):
        shrunk = np.cumprod(a, axis=1)
        return shrunk * (h0[:, None] + np.cumsum(b / shrunk, axis=1))
""",
}

SHARE = "share = n / sum(n_rows)"
CLIP = "[w * min(1.0, clip / norm) for w in whole]"
NORM = "np.sqrt(sum((w**2).sum() for w in whole))"
TOGETHER = {
    "That is the plain mean over the processes. A share of 4 rows counts four times as "
    "much as a share of 1: weigh each gradient by its rows.": {
        SHARE: "share = 1 / sum(m > 0 for m in n_rows)"
    },
    "That is the plain mean over all processes, the one without rows included. Weigh "
    "each gradient by its rows.": {SHARE: "share = 1 / len(n_rows)"},
    "The gradients are added up, each as if it were of a sum. They are means: weigh "
    "each by its rows, and divide by all rows.": {SHARE: "share = 1"},
    "Each gradient is weighed by its rows, but nothing is divided by the number of all "
    "rows.": {SHARE: "share = n"},
    "Each is divided by its rows: the smallest share then counts most. Multiply.": {
        SHARE: "share = 1 / n / sum(1 / m for m in n_rows if m)"
    },
    "A process without rows has NaN for a mean, and 0 · NaN is NaN. Leave it out.": {
        "if n:": "if True:"
    },
    "Each weight is clipped by itself. The norm is over all weights together.": {
        CLIP: "[w * min(1.0, clip / np.sqrt((w**2).sum())) for w in whole]"
    },
    "The norm adds up the norms of the weights. Add up all squares, then take one "
    "root.": {NORM: "sum(np.sqrt((w**2).sum()) for w in whole)"},
    "The norm is that of the largest weight alone. Add up the squares of all weights, "
    "then take one root.": {NORM: "max(np.sqrt((w**2).sum()) for w in whole)"},
    "The root is missing: a norm is the root of the sum of all squares.": {
        NORM: "sum((w**2).sum() for w in whole)"
    },
    "You scale to `clip` in any case. A gradient that is shorter stays as it is.": {
        "min(1.0, clip / norm)": "clip / norm"
    },
    "You clip each number. Clip the norm: one factor for all.": {
        CLIP: "[np.clip(w, -clip, clip) for w in whole]"
    },
    "Each process clips its own gradient before the mean. One process would clip the "
    "mean: clip it last.": {
        "        if n:\n": "        if n:\n"
        "            own = np.sqrt(sum((g**2).sum() for g in of_one))\n"
        "            of_one = [g * min(1.0, clip / own) for g in of_one]\n",
    },
    "The gradient is not clipped.": {CLIP: "whole"},
}

KEYS = "keys = np.concatenate([keys, (x @ w_k)[:, None]], axis=1)"
VALUES = "values = np.concatenate([values, (x @ w_v)[:, None]], axis=1)"
N_ROOT = " / np.sqrt(q.shape[1])"
LARGEST = "scores - scores.max(axis=1, keepdims=True)"
ATTEND_NEXT = {
    "The cache does not grow: you return the one that you were given.": {
        "return y, (keys, values)": "return y, cache"
    },
    "The cache holds this step alone. Put it at the end of what is there.": {
        KEYS: "keys = (x @ w_k)[:, None]",
        VALUES: "values = (x @ w_v)[:, None]",
    },
    "Queries stand in the cache in place of keys. A query is used once, and needs not "
    "be kept.": {"x @ w_k": "x @ w_q"},
    "Keys stand in the cache where values should.": {"x @ w_v": "x @ w_k"},
    "You mix the keys. What is taken in shares is the values.": {
        "shares[:, None] @ values": "shares[:, None] @ keys"
    },
    "You ask with the key of this step. Ask with its query.": {
        "q = (x @ w_q)": "q = (x @ w_k)"
    },
    "The scores are not divided by the root of n_head.": {N_ROOT: ""},
    "You divide the scores by n_head. Divide by its root.": {N_ROOT: " / q.shape[1]"},
    "You divide by the root of the steps so far. The sum in a score has n_head "
    "terms.": {N_ROOT: " / np.sqrt(keys.shape[1])"},
    "This step's key and value come into the cache after its output is made: a step "
    "must see itself too.": {
        f"    {KEYS}\n    {VALUES}\n": "",
        "return y, (keys, values)": (
            f"{KEYS}\n    {VALUES}\n    return y, (keys, values)"
        ),
        LARGEST: "scores - scores.max(axis=1, keepdims=True, initial=-np.inf)",
    },
    "The softmax runs over the batch. Each sequence has its own cache: over its "
    "steps.": {
        "scores.max(axis=1": "scores.max(axis=0",
        "shares.sum(axis=1": "shares.sum(axis=0",
    },
    "Large scores overflow in `exp`. Take the largest of each row off before.": {
        LARGEST: "scores"
    },
}

MISTAKES = {"growth": GROWTH, "attend": ATTEND, "attend-backward": ATTEND_BACKWARD}
MISTAKES |= {"scan": SCAN, "together": TOGETHER, "attend-next": ATTEND_NEXT}
