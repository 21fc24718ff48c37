"""What the exercises of this unit are asked, and what they must compute."""

from functools import cache
from itertools import pairwise

import numpy as np

from unrolled import baselines, batches, data, text
from unrolled.check import Check
from unrolled.check.values import kind

# ---- codec ---------------------------------------------------------------------------

PRINTABLE = "".join(map(chr, range(32, 127)))
# A text, and strings that are coded by it: known characters, unknown ones, nothing.
CODED = [
    ("hello", ("hole", "yellow", "")),
    ("to be, or not to be", ("be bot", "To be!", "q")),
    ("Ñandú del año\n\t0", ("año 0\n", "nandu", "Á ú ñ")),
    (PRINTABLE * 3, ("x = [k for k in 'ab']", "é → ☺", "~ ~")),
    ("☺𝄞é", ("𝄞☺", "e")),
    ("a", ("aaa", "b")),
]


def _draw_codec(rng, case):
    written, strings = CODED[case]
    others = ["".join(rng.permutation([*written, *written[:2]])) for _ in range(4)]
    return {"text": written, "others": others, "strings": list(strings)}


def _coded(answer, inputs):
    """Return the integers and the strings that come back, of each string."""
    written, others, strings = inputs.values()
    given = answer(written)
    several = isinstance(given, tuple | list) and len(given) == 2
    if not several or not all(map(callable, given)):
        return {"instead": kind(given)}
    encode, decode = given
    ids = [encode(one) for one in (*sorted(set(written)), *strings)]
    back = [decode(one) for one in ids]
    ids = [np.asarray(one if hasattr(one, "__len__") else list(one)) for one in ids]
    again = [np.asarray(answer(other)[0](written)) for other in others]
    return {"ids": ids, "back": back, "again": again}


def _is_coded(inputs, value):
    """Say what is wrong with the integers of single characters and of strings."""
    if "instead" in value:
        return f"`codec` returned {value['instead']}; return two functions."
    known = sorted(set(inputs["text"]))
    n, taken = len(known), {}
    for s, ids in zip((*known, *inputs["strings"]), value["ids"], strict=True):
        if ids.shape != (len(s),) or (ids.size and ids.dtype.kind not in "iu"):
            return (
                f"encode({s!r}) gave {ids.tolist()!r}; expected {len(s)} whole numbers,"
                " one for each character, known or not."
            )
        for symbol, k in zip(s, ids.tolist(), strict=True):
            if not (0 <= k < n if symbol in known else k == n):
                where = "0 to n − 1" if symbol in known else "n, as it is not in `text`"
                return f"{symbol!r} became {k}; expected {where}, with n = {n}."
            if k < n and taken.setdefault(k, symbol) != symbol:
                return f"{taken[k]!r} and {symbol!r} both became {k}."
    return None


def _comes_back(inputs, value):
    known = sorted(set(inputs["text"]))
    asked = (*known, *inputs["strings"])
    for s, back in zip(asked, value["back"], strict=True):
        right = "".join(c if c in known else "�" for c in s)
        if not isinstance(back, str) or back != right:
            return f"decode(encode({s!r})) gave {back!r}; expected {right!r}."
    return None


def _is_stable(inputs, value):
    ids = dict(zip(sorted(set(inputs["text"])), value["ids"], strict=False))
    right = [ids[symbol].tolist()[0] for symbol in inputs["text"]]
    if [one.tolist() for one in value["again"]] == [right] * len(inputs["others"]):
        return None
    return (
        "Two texts with the same characters, in another order, got other integers. Put "
        "the characters into an order that depends on nothing but themselves."
    )


codec = Check(
    name="codec",
    draw=_draw_codec,
    call=_coded,
    properties=(_is_coded, _comes_back, _is_stable),
    cases=len(CODED),
    float32=False,
    start="Begin with the different characters of `text`, in order: sorted(set(text)).",
)

# ---- bigram: symbols, length of train and of test; in the third not all symbols occur,
# in the fourth one pair comes fifty times, in the last the test has one pair.
PAIRS = [(2, 6, 4), (3, 9, 7), (9, 12, 20), (4, 60, 30), (30, 2000, 700), (5, 40, 2)]


def _draw_bigram(rng, case):
    n_symbols, n, n_test = PAIRS[case]
    p = rng.dirichlet(np.ones(n_symbols) * 0.6)
    train = rng.choice(n_symbols, n, p=p)
    if case == 3:
        train[:51] = np.arange(51) % 2
    test = rng.choice(n_symbols, n_test)
    return {"train": train, "test": test, "n_symbols": n_symbols}


def _bigram(train, test, n_symbols):
    pairs = train[:-1] * n_symbols + train[1:]
    counts = np.bincount(pairs, minlength=n_symbols**2).reshape(n_symbols, -1) + 1
    table = counts / counts.sum(axis=1)[:, None]
    nats = [-np.log(table[a, b]) for a, b in pairwise(test)]
    return table, sum(nats) / len(nats)


bigram = Check(
    name="bigram",
    draw=_draw_bigram,
    reference=_bigram,
    cases=len(PAIRS),
    axes=("symbol", "next symbol"),
    outputs=("table", "nats"),
    start="Begin with a table of ones, and add the pairs train[:-1], train[1:].",
)

# ---- interpolated: a text of eight symbols, one for order 1, and a real one ---

LEARNED, NEW, ASKED, ORDER, MARGIN = 60_000, 12_000, 8_000, 4, 0.4
FEW = [[], [0], [1, 0], [0, 1], [3, 3], [2, 0, 1, 0], [0] * 7]  # contexts


@cache
def _corpus():
    """Return what to count, new text, and how many symbols there are."""
    words = data.text("pydoc-topics").text
    vocab = text.Vocab.from_text(words, min_count=20, unknown="¤")
    ids = vocab.encode(words)
    return ids[:LEARNED], ids[-NEW:], len(vocab)


def _draw_interpolated(rng, case):
    drawn = {"train": np.array([0, 1, 0, 2, 0, 1, 0, 1]), "n_symbols": 4, "order": 3}
    if case == 1:
        drawn = {"train": rng.integers(0, 5, 300), "n_symbols": 6, "order": 1}
    if case == 2:
        train, new, n = _corpus()
        drawn = {"train": train, "n_symbols": n, "order": ORDER}
        # From places in no order: who knows the text cannot tell which these are.
        x, y = batches.windows(new, ORDER - 1)
        at = rng.permutation(len(x))[:ASKED]
        return drawn | {"contexts": FEW + x[at].tolist(), "follows": y[at, 0]}
    return drawn | {"contexts": FEW, "follows": np.zeros(0, int)}


def _without_follows(inputs):
    return {name: value for name, value in inputs.items() if name != "follows"}


def _bets(answer, inputs):
    """Return what a model says after each context, (contexts, n_symbols)."""
    train, n_symbols, order, contexts = inputs.values()
    p = answer(train, n_symbols, order)
    if not callable(p):
        return {"instead": type(p).__name__}
    said = [p(np.array(context, int)) for context in contexts]
    shapes = {np.shape(one) for one in said}
    if shapes != {(n_symbols,)}:
        return {"shapes": sorted(map(str, shapes))}
    said, again = np.array(said, float), p(np.array(contexts[2]))
    return {"said": said, "again": np.array(again, float)}


def _is_bet(inputs, value):
    """Say what is wrong with the probabilities themselves."""
    n, order, contexts = inputs["n_symbols"], inputs["order"], inputs["contexts"]
    if "instead" in value:
        return (
            f"`interpolated` returned {value['instead']}; return the function `p`, "
            "which takes a context."
        )
    if "shapes" in value:
        shapes = " and ".join(value["shapes"])
        return f"p(context) has shape {shapes}; expected ({n},), one for each symbol."
    said = value["said"]
    for context, one in zip(contexts, said, strict=True):
        after = f"After the context {context}, with order {order}, "
        if not np.isfinite(one).all():
            return after + "p holds numbers that are not finite: is a count of 0 there?"
        if one.min() < 0 or abs(one.sum() - 1) > 1e-6:
            return after + f"the probabilities sum to {one.sum():.4g}; expected 1."
        if one.min() == 0:
            return (
                after + f"symbol {one.argmin()} has the probability 0. If it comes, it "
                "costs infinitely much: mix with shorter contexts, down to 1/n_symbols."
            )
    if not np.array_equal(value["again"], said[2]):
        return "The same context, asked twice, got two answers: is `counts` changed?"
    longer, same = ([2, 0, 1, 0], [1, 0]) if order == 3 else ([0], [])
    if order < ORDER:
        a, b = said[contexts.index(longer)], said[contexts.index(same)]
        if not np.allclose(a, b):
            return (
                f"With order {order}, the contexts {longer} and {same} must get one "
                f"answer: only the last {order - 1} symbols count."
            )
    return None


def _knows_what_came(inputs, value):
    """Say if the probabilities contradict the counts of a text of eight symbols."""
    if inputs["order"] != 3:
        return None
    said = dict(zip(map(tuple, inputs["contexts"]), value["said"], strict=True))
    if said[()].argmax() != 0:
        return (
            "After the empty context the most frequent symbol, 0, should be likeliest: "
            f"yours is {said[()].argmax()}."
        )
    if said[(0,)].argmax() != 1 or said[(0,)][2] <= said[(0,)][3]:
        return (
            "In 0 1 0 2 0 1 0 1 the symbol after 0 was 1 three times and 2 once. "
            f"p([0]) is {np.round(said[(0,)], 2).tolist()}: are context and next "
            "symbol taken from the right places?"
        )
    if np.allclose(said[(1, 0)], said[(0,)]):
        return "p([1, 0]) equals p([0]): the symbol before the last one is not used."
    return None


def _beats_pairs(inputs, value):
    """Say if the nats on new text are not far enough below those of pairs alone."""
    train, n, order, contexts, follows = inputs.values()
    if not len(follows):
        return None

    def nats(said):
        return -np.log(said[np.arange(len(follows)), follows]).mean()

    pairs = baselines.NGram(2, n).fit(train)
    base = nats(np.array(list(map(pairs.probabilities, contexts[len(FEW) :]))))
    found = nats(value["said"][len(FEW) :])
    if found <= base - MARGIN:
        return None
    return (
        f"Order {order} costs {found:.2f} nats a symbol on new text. Pairs alone have "
        f"{base:.2f}, and {MARGIN} less is asked. How much goes to the shorter "
        "context? A long one that was met once or twice says little."
    )


interpolated = Check(
    name="interpolated",
    draw=_draw_interpolated,
    call=_bets,
    given=_without_follows,
    properties=(_is_bet, _knows_what_came, _beats_pairs),
    cases=3,
    float32=False,
    free=True,
    start="Count for every context, the empty one included, what came after it.",
)

# ---- split ---------------------------------------------------------------------------

# The sizes of the groups, the share, and whether they have names; the third has one
# large group, the fourth groups of one row each.
SPLITS = [([2, 1, 2, 1, 2], 0.3, False), ([4, 7, 3, 9, 6, 2, 5], 0.2, True)]
SPLITS += [([30, 2, 3, 1, 4, 2, 3, 5], 0.25, False), ([1] * 12, 0.5, False)]
SPLITS += [([6] * 40, 0.1, True), ([3, 8, 1, 12] * 6, 0.2, False)]
NAMES = [f"{a} {k}" for a in ("Play", "play", "Henry") for k in range(20)]
SEEDS = range(6)


def _draw_split(rng, case):
    sizes, share, named = SPLITS[case]
    numbers = rng.permutation(60)[: len(sizes)]  # they do not begin at 0
    groups = rng.permutation(np.repeat(numbers, sizes))
    return {"groups": np.array(NAMES)[groups] if named else groups, "share": share}


def _splits(answer, inputs):
    """Return the two parts for each of some generators, the first one twice."""
    found = []
    for seed in (*SEEDS, SEEDS[0]):
        given = answer(*inputs.values(), np.random.default_rng(seed))
        if not isinstance(given, tuple | list) or len(given) != 2:
            return {"instead": type(given).__name__}
        found.append([np.asarray(part) for part in given])
    return {"parts": found}


def _are_rows(inputs, value):
    """Say if the two parts are no row numbers, each row once."""
    if "instead" in value:
        return f"`split` returned {value['instead']}; return two arrays of row numbers."
    n = len(inputs["groups"])
    for parts in value["parts"]:
        if any(part.dtype.kind not in "iu" or part.ndim != 1 for part in parts):
            kinds = " and ".join(str(part.dtype) for part in parts)
            return (
                f"The parts hold {kinds}; expected row numbers, and in both at least "
                "one: np.flatnonzero turns bools into these."
            )
        rows = np.sort(np.concatenate(parts))
        if not np.array_equal(rows, np.arange(n)) or not all(map(len, parts)):
            return (
                f"The parts hold {len(parts[0])} and {len(parts[1])} rows of {n}; each "
                "row is in one of the two, once, and both have some."
            )
    return None


def _no_group_in_both(inputs, value):
    for learn, test in value["parts"]:
        both = np.intersect1d(inputs["groups"][learn], inputs["groups"][test])
        if len(both):
            return (
                f"Some groups have rows in both parts, {both[0]!s} for one: "
                "what was learned of a group is asked again. Draw groups, not rows."
            )
    return None


def _share_is_held(inputs, value):
    groups, share = inputs.values()
    largest = np.unique(groups, return_counts=True)[1].max()
    for _, test in value["parts"]:
        wanted = share * len(groups)
        if abs(len(test) - wanted) > largest:
            return (
                f"The test part has {len(test)} of {len(groups)} rows; about "
                f"{wanted:.0f} are asked, one group more or less. The first part is "
                "for learning, the second for the test."
            )
    return None


def _is_drawn(inputs, value):
    tests = [frozenset(test.tolist()) for _, test in value["parts"]]
    if tests[-1] != tests[0]:
        return (
            "Two generators with the same seed gave two splits: use `rng` for all that "
            "is drawn, else no result can be repeated."
        )
    if len(set(tests)) == 1:
        return (
            f"{len(tests) - 1} generators with different seeds gave one and the same "
            "split. Draw the groups with `rng`."
        )
    return None


split = Check(
    name="split",
    draw=_draw_split,
    call=_splits,
    properties=(_are_rows, _no_group_in_both, _share_is_held, _is_drawn),
    cases=len(SPLITS),
    float32=False,
    start="Begin with the names of the groups and their sizes: np.unique.",
)

# ---- counter -------------------------------------------------------------------------

# What is read: 0 is a letter, 1 a space. Words and spaces of several lengths, spaces at
# both ends, none at all; long ones, in which a small error grows; the last at random.
READ = ["ab c", "a b c", " ab  c ", "abcdef", "   ", "a", "  a", "ab ab  ab   abc d"]
READ += ["abc de f ghij  " * 40, "a " * 500]


def _draw_counter(rng, case):
    drawn = "".join(rng.choice(list("ab "), 60)) if case == len(READ) else READ[case]
    return {"ids": np.array([int(symbol == " ") for symbol in drawn])}


def _counted(answer, inputs):
    """Return what the hand-set network says after each symbol, (time,)."""
    w_x, w_h, b, w_y = (np.asarray(part, float) for part in answer())
    w_y = w_y[:, 0] if w_y.ndim == 2 and w_y.shape[1] == 1 else w_y
    n = len(w_h)
    shapes = {"w_x": (2, n), "w_h": (n, n), "b": (n,), "w_y": (n,)}
    found = {"w_x": w_x.shape, "w_h": w_h.shape, "b": b.shape, "w_y": w_y.shape}
    if found != shapes:
        wrong = next(name for name in shapes if found[name] != shapes[name])
        raise ValueError(
            f"{wrong} has shape {found[wrong]}; with the {n} rows of w_h it must have "
            f"{shapes[wrong]}. Inputs are rows: w_x is (n_in, n_hidden)"
        )
    h, said = np.zeros(n), []
    for symbol in inputs["ids"]:
        h = np.maximum(0, w_x[symbol] + h @ w_h + b)  # one-hot: a row of w_x
        said.append(h @ w_y)
    return np.array(said)


def _words(ids):
    begins = np.diff(ids, prepend=1) < 0  # a letter where a space was
    return np.cumsum(begins).astype(float)


counter = Check(
    name="counter",
    draw=_draw_counter,
    call=_counted,
    reference=_words,
    cases=len(READ) + 1,
    axes=("time",),
    tolerance=1e-6,
    start="Let the first unit remember one thing: was the last symbol a letter?",
)
