"""The wrong answers that learners give: what to say, and what it is in the solution."""

SORTED, PLACE = "sorted(set(text))", "place.get(symbol, len(symbols))"
BACK, UNKNOWN = "[*symbols, UNKNOWN][k]", "[*symbols, UNKNOWN]"
CODEC = {
    "The order of a `set` is another one in the next run of Python, and depends on how "
    "it was filled. Sort it.": {SORTED: "list(set(text))"},
    "You number the characters as they first appear, so another text with the same "
    "characters gets other integers. Sort them.": {SORTED: "list(dict.fromkeys(text))"},
    "You number the characters by how often they occur, so another text with the same "
    "characters gets other integers. Sort them.": {
        SORTED: "sorted(set(text), key=lambda c: (-text.count(c), text.index(c)))"
    },
    "Repeated characters of `text` have several places each. Take the different ones: "
    "`set`.": {SORTED: "sorted(text)"},
    "You count from 1, or shift by 1. The first of the n characters has 0, the last "
    "n − 1.": {PLACE: f"{PLACE} + 1", "[k]": "[k - 1]"},
    "You give unknown characters 0 and the first known one 1. Known ones have 0 to "
    "n − 1, and unknown ones n.": {
        PLACE: "place.get(symbol, -1) + 1",
        UNKNOWN: "[UNKNOWN, *symbols]",
    },
    "You leave out what is not known: the string that comes back is shorter, and every "
    "later place is another one. Give it the integer n.": {
        f"{PLACE} for symbol in s": "place[symbol] for symbol in s if symbol in place"
    },
    "A character that is not known becomes −1. Python takes it for the last one, and "
    "most tables do the same without a word. Give it n.": {
        PLACE: "place.get(symbol, -1)"
    },
    "A character that is not known gets 0, like the first that is. Nobody can tell "
    "them apart any more. Give it n.": {PLACE: "place.get(symbol, 0)"},
    "A character that is not known gets n − 1, like the last that is. Nobody can tell "
    "them apart any more. Give it n.": {PLACE: "place.get(symbol, len(symbols) - 1)"},
    "Capitals became small letters, so they do not come back. Keep the characters as "
    "they are.": [
        {
            SORTED: "sorted(set(text.lower()))",
            "place.get(symbol,": "place.get(symbol.lower(),",
        },
        {"place.get(symbol,": "place.get(symbol.lower(),"},
    ],
    "Those are the numbers of Unicode, up to 1,114,111. A one-hot row needs them to "
    "run from 0 to n − 1: take the place among the characters of `text`.": {
        PLACE: "ord(symbol)",
        BACK: "chr(k)",
    },
    "What comes back has spaces between the characters. Join them with nothing.": {
        '"".join': '" ".join'
    },
    "`decode` gives a list of characters. Join them to one string.": {
        f'"".join({BACK} for k in ids)': f"[{BACK} for k in ids]"
    },
    "`decode` leaves out what was not known. Write UNKNOWN in its place.": {
        UNKNOWN: '[*symbols, ""]'
    },
    "What was not known comes back as “?”, which may be a character of the text. "
    "Write UNKNOWN.": {UNKNOWN: '[*symbols, "?"]'},
    "White space at the ends is lost: it belongs to the text.": {
        "for symbol in s]": "for symbol in s.strip()]"
    },
}

COUNT, ROWS = "train[:-1], train[1:]", "table.sum(axis=1, keepdims=True)"
ADD, TURNED = f"np.add.at(table, ({COUNT}), 1)", "train[1:], train[:-1]"
COLUMNS = {ROWS: "table.sum(axis=0, keepdims=True)"}
PICK, NATS, START = "table[test[:-1], test[1:]]", "-np.log(p).mean()", "np.ones("
BIGRAM = {
    "Each pair counts once, however often it stands in `train`: `+=` with places that "
    "repeat writes the same new value. `np.add.at` adds each time.": {
        ADD: "table[train[:-1], train[1:]] += 1"
    },
    "Your table has the next symbol in its rows. `table[i, j]` is for j after i.": [
        {COUNT: TURNED},
        {"return table,": "return table.T,"},
        {COUNT: TURNED, PICK: "table[test[1:], test[:-1]]"} | COLUMNS,
    ],
    "Your columns add up to 1: that is how likely i was before j. Each *row* is a "
    "distribution over what comes next.": COLUMNS,
    "Your whole table adds up to 1: that is how likely the pair is. After i, the "
    "probabilities of row i must add up to 1.": {ROWS: "table.sum()"},
    "You divide by how often the symbol came, without the ones that were added: the "
    "rows add up to more than 1.": {
        ROWS: "(table.sum(axis=1, keepdims=True) - n_symbols)"
    },
    "One is missing in every count, so a pair that never came costs infinitely much.": {
        START: "np.zeros("
    },
    "You add another number than 1 to each count.": [
        {START: f"{much} * np.ones("} for much in ("2", "0.5", "1 / n_symbols", "1e-8")
    ],
    "You add 1 only where the count is 0; every count gets it.": {
        START: "np.zeros(",
        "    table = table /": "    table = np.maximum(table, 1)\n    table = table /",
    },
    "The pair of the last symbol and the first is counted too: `roll` goes round in a "
    "circle. There are n − 1 pairs.": {COUNT: "train, np.roll(train, -1)"},
    "You count pairs that do not overlap, every second one. Each symbol but the last "
    "begins a pair.": {COUNT: "train[:-1:2], train[1::2]"},
    "You count pairs two steps apart. The next symbol is one step on.": {
        COUNT: "train[:-2], train[2:]"
    },
    "You counted the test too. What is asked must not have been counted: then the "
    "score is too good.": {
        ADD: f"{ADD}\n    np.add.at(table, (test[:-1], test[1:]), 1)"
    },
    "Your table is right. In the score, context and next symbol have changed places.": {
        PICK: "table[test[1:], test[:-1]]"
    },
    "Your table is right. The score is of `train`, which was counted; it is asked for "
    "`test`.": {PICK: "table[train[:-1], train[1:]]"},
    "Your table is right. The score is in bits; nats have the natural logarithm.": {
        "np.log": "np.log2"
    },
    "Your table is right. The score is the perplexity; the nats are its logarithm.": {
        NATS: "np.exp(-np.log(p).mean())"
    },
    "Your table is right. The score is a sum; divide by the number of predictions.": {
        ".mean()": ".sum()"
    },
    "Your table is right. You divide by `len(test)`, but the first symbol is not "
    "predicted: there is one prediction fewer.": {".mean()": ".sum() / len(test)"},
    "Your table is right. The sign of the score is lost: −ln p is positive.": {
        "-np.log": "np.log"
    },
    "Your table is right. You took the logarithm of the mean probability. Take the "
    "mean of the logarithms: one bad surprise must hurt.": {NATS: "-np.log(p.mean())"},
    "Your table is right. The score weights each logarithm with p, as an entropy does. "
    "What came, came once: take the plain mean.": [
        {NATS: "-(p * np.log(p)).mean()"},
        {NATS: "-(p * np.log(p)).sum()"},
    ],
    "Your table is right. The score is the mean over the table, not over the pairs of "
    "`test`.": {NATS: "-np.log(table).mean()"},
}

MIX = "(after + kinds * mixed) / (after.sum() + kinds)"
FIXED = "np.full(n_symbols, 1 / n_symbols)"
INTERPOLATED = {
    "return the function `p`": {"    return p": "    return counts"},
    "one for each symbol": {"return mixed": "return mixed[train[-1]]"},
    "are not finite": {"k :]))": "k :]), np.zeros(n_symbols))"},
    "the probabilities sum to": [
        {MIX: "(after + kinds * mixed) / after.sum()"},
        {MIX: "after / after.sum() + mixed"},
        {FIXED: "np.full(n_symbols, 1e-3)"},
        {MIX: "(after + 1) / after.sum()"},
    ],
    "has the probability 0": [
        {MIX: "after / after.sum()"},
        {
            FIXED: "np.zeros(n_symbols)",
            "        return mixed": "        return mixed / mixed.sum()",
        },
    ],
    "asked twice, got two answers": {
        "if after is not None:": "if after is not None:\n                after += 1"
    },
    "symbols count": {
        "min(len(context), order - 1)": "len(context)",
        "range(order)": "range(5)",
    },
    "should be likeliest": {"[train[t]] += 1": "[train[t] - n_symbols + 1] += 1"},
    "context and next symbol taken from the right places": [
        {"train[t - k : t]": "train[t - k + 1 : t + 1]"},
        {
            "train[t - k : t])": "train[t - k : t][::-1])",
            "[train[t]]": "[train[t - 1]]",
        },
    ],
    "the symbol before the last one is not used": {
        "range(min(len(context), order - 1) + 1)": "range(min(len(context), 1) + 1)"
    },
    "How much goes to the shorter context": [
        {MIX: "(after + 0.01 * mixed) / (after.sum() + 0.01)"},
        # Far off, since the text is that of the Python in use, and some are easier.
        {MIX: "0.9999 * after / after.sum() + 0.0001 * mixed"},
    ],
}

DRAWN = "names[order[before < share * len(groups)]]"
RETURN = "np.flatnonzero(~test), np.flatnonzero(test)"
SPLIT = {
    "You draw rows, not groups: nearly every group has rows in both parts, and what "
    "was learned of it is asked again.": """def split(groups, share, rng):
    order = rng.permutation(len(groups))
    n = round(share * len(groups))
    return np.sort(order[n:]), np.sort(order[:n])
""",
    "You cut the rows in two where they stand. The rows of a group need not stand "
    "together, so a group has rows in both parts.": """def split(groups, share, rng):
    n = round((1 - share) * len(groups))
    return np.arange(n), np.arange(n, len(groups))
""",
    "You take a share of the rows of *each* group, as one does with classes. Here a "
    "whole group is in one part.": """def split(groups, share, rng):
    test = np.zeros(len(groups), bool)
    for name in np.unique(groups):
        rows = rng.permutation(np.flatnonzero(groups == name))
        test[rows[: max(1, round(share * len(rows)))]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)
""",
    "The two parts are exchanged: first the rows to learn from, then those of the "
    "test.": {RETURN: "np.flatnonzero(test), np.flatnonzero(~test)"},
    "Nothing is drawn: it is always the first groups. If groups are sorted, by date or "
    "by author, the test is of one kind only.": {
        "rng.permutation(len(names))": "np.arange(len(names))"
    },
    "Nothing is drawn: it is always the smallest groups first.": {
        "rng.permutation(len(names))": "np.argsort(sizes, kind='stable')"
    },
    "You draw with a generator of your own and not with `rng`: every split is the "
    "same.": {"rng.perm": "np.random.default_rng(0).perm"},
    "You return bools. The numbers of the rows are asked for: `np.flatnonzero`.": {
        RETURN: "~test, test"
    },
    "You return the names of the groups. The numbers of their rows are asked for.": {
        RETURN: "np.setdiff1d(names, drawn), drawn"
    },
    "You return the groups of the rows. The numbers of the rows are asked for.": {
        RETURN: "groups[~test], groups[test]"
    },
    "Only the first row of each group is left. Return all rows of the groups drawn.": {
        "    return": "    first = np.isin(np.arange(len(groups)), "
        "np.unique(groups, return_index=True)[1])\n    return",
        RETURN: "np.flatnonzero(~test & first), np.flatnonzero(test & first)",
    },
    "You count until the *learning* part holds `share` of the rows. It is the share of "
    "the test.": {"share * len": "(1 - share) * len"},
    "Only one group is drawn. Go on until they hold about `share` of the rows.": {
        DRAWN: "names[order[:1]]"
    },
    "All groups but one are drawn. Stop when they hold about `share` of the rows.": {
        DRAWN: "names[order[:-1]]"
    },
    "`learn` holds all rows, those of the test too.": {
        RETURN: "np.arange(len(groups)), np.flatnonzero(test)"
    },
}

W_X, W_Y = "[[1.0, 1, 0], [0, 0, 0]]", "[0.0, 1, 1]"
W_H = "[[0.0, -1, 0], [0, 0, 1], [0, 0, 1]]"
COUNTER = {
    "It counts one step late: the word that begins now is not in it yet. A unit that "
    "adds up sees the old state of the others; read that of now too.": {
        W_Y: "[0.0, 0, 1]"
    },
    "It counts letters, not words: nothing takes away what a letter after a letter "
    "adds. The unit that was a letter before must act with −1.": {
        W_H: "[[0.0, 0, 0], [0, 0, 1], [0, 0, 1]]"
    },
    "It forgets: the sum has no weight of 1 to itself, so only what has just begun is "
    "counted.": {W_H: "[[0.0, -1, 0], [0, 0, 1], [0, 0, 0]]"},
    "It counts the spaces, and a space need not stand between words: there may be two, "
    "or one at the end.": {
        W_X: "[[0.0, 0, 0], [1, 1, 0]]",
        W_H: "[[0.0, 0, 0], [0, 0, 1], [0, 0, 1]]",
    },
    "It counts runs of spaces, which is where a word has *ended*. Count where one "
    "begins.": {W_X: "[[0.0, 0, 0], [1, 1, 0]]"},
    "It finds the first word only: the unit for “was a letter” stays on. A space must "
    "put it out, so give it no weight to itself.": {
        W_H: "[[1.0, -1, 0], [0, 0, 1], [0, 0, 1]]"
    },
    "`w_h` is transposed. Row i holds what unit i gives to the others: the state is a "
    "row, `h @ w_h`.": {W_H: "[[0.0, 0, 0], [-1, 0, 0], [0, 1, 1]]"},
    "A bias acts at every step, also at a space: the count grows by itself.": {
        "np.zeros(3)": "np.array([0.0, 0, 1])"
    },
    "The weight of the sum to itself is not 1: over many steps the count shrinks or "
    "grows.": [
        {W_H: f"[[0.0, -1, 0], [0, 0, 1], [0, 0, {w}]]"}
        for w in ("0.9", "0.99", "1.1", "0.5")
    ],
    "It counts double: what begins is added when it begins and once more.": {
        W_X: "[[1.0, 1, 1], [0, 0, 0]]",
        W_H: "[[0.0, -1, -1], [0, 0, 1], [0, 0, 1]]",
        W_Y: "[0.0, 0, 1]",
    },
    "It says that a word begins, 1 or 0, and does not add up.": {W_Y: "[0.0, 1, 0]"},
}

MISTAKES = {"codec": CODEC, "bigram": BIGRAM, "interpolated": INTERPOLATED}
MISTAKES |= {"split": SPLIT, "counter": COUNTER}
