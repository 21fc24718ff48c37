"""The wrong answers that learners give: what to say, and what it is in the solution."""

SCORES, SHIFT, SUM = "np.log(p) / tau", "scores - scores.max()", "raised / raised.sum()"
TEMPER = {
    "You multiply the logarithms by `tau`: a low temperature would make the likely "
    "less likely. The exponent is 1 / tau, so divide.": {SCORES: "np.log(p) * tau"},
    "`p` comes back as it was. Either `tau` is not used, or `p` itself is divided by "
    "it, which dividing by the sum undoes. Divide the logarithms.": [
        {SCORES: "np.log(p / tau)"},
        {SCORES: "np.log(p)"},
    ],
    "You take the softmax of p / tau. A temperature divides logits, and the logits of "
    "`p` are `np.log(p)`.": {SCORES: "p / tau"},
    "The result does not add up to 1. Divide by its own sum.": [
        {f"return {SUM}": "return raised"},
        {f"return {SUM}": "return raised / np.sqrt((raised**2).sum())"},
    ],
    "A power of so small a number is 0 for the computer, and where all are 0 their sum "
    "divides 0 by 0. Work with logarithms, and take the largest away before `exp`.": [
        {SHIFT: "scores"},
        {SUM: "p ** (1 / tau) / (p ** (1 / tau)).sum()"},
    ],
    "A small number inside the logarithm gives what is impossible a chance, at high "
    "temperatures a good one. `np.log(0)` is -inf, and exp of that is 0, as it must "
    "be.": [
        {"np.log(p)": f"np.log(p + 1e-{digits})"} for digits in (6, 8, 9, 10, 12, 16)
    ],
    "You take the logarithm to base 2 and then `exp`, which undoes the natural one. "
    "Use one base in both.": {"np.log(p)": "np.log2(p)"},
    "`1 / tau` became a whole number, as `//` makes it. The exponent may be any "
    "number.": {SCORES: "np.log(p) * (1 // tau)"},
}

KEEP, BEFORE = "order[before < top_p]", "np.cumsum(p[order]) - p[order]"
NUCLEUS = {
    "You leave out the symbol with which the sum reaches `top_p`. Without it the sum "
    "is too small; keep it too. (So the likeliest always stays.)": {
        KEEP: "order[(np.cumsum(p[order]) < top_p) | (order == order[0])]"
    },
    "You leave out the symbol with which the sum reaches `top_p`, and where the first "
    "does so at once nothing is left. Keep it too.": {
        KEEP: "order[np.cumsum(p[order]) < top_p]"
    },
    "Where the sum is exactly `top_p` you keep one symbol more. It is enough then: the "
    "fewest whose sum is `top_p` or more.": {"before < top_p": "before <= top_p"},
    "You keep every symbol whose own probability is `top_p` or more. It is the *sum* "
    "of the likeliest that must reach it.": {
        KEEP: "np.unique([order[0], *order[p[order] >= top_p]])"
    },
    "You add up in the order of the vocabulary. Sort first: the likeliest symbols come "
    "first.": {"np.argsort(-p)": "np.arange(len(p))"},
    "You begin with the least likely symbols. Sort the other way round, "
    "`np.argsort(-p)`.": {"argsort(-p)": "argsort(p)"},
    "What is kept does not add up to 1. Divide by its sum.": {
        "return kept / kept.sum()": "return kept"
    },
    "You divide by `top_p`. What is kept adds up to that or to more: divide by its own "
    "sum.": {"kept / kept.sum()": "kept / top_p"},
    "The right symbols are kept, but they are all equally likely now. Keep their "
    "probabilities.": {"kept[keep] = p[keep]": "kept[keep] = 1.0"},
    "The probabilities of what is kept stand in sorted order, not at the places of "
    "their symbols. Write them to `kept[keep]`.": {
        "kept[keep] = p[keep]": "kept[: len(keep)] = p[keep]"
    },
    "You keep `top_p` times as many symbols as there are. How many are kept depends on "
    "the probabilities.": {KEEP: "order[: max(1, round(top_p * len(p)))]"},
    "That is min-p: you keep what has at least a share of the largest probability. "
    "Keep the fewest whose sum reaches `top_p`.": {
        KEEP: "order[p[order] >= top_p * p.max()]"
    },
}

FIRST, LOOP = "p, state = read(prompt, None)", "    for number in u:"
ON = "p, state = read([symbol], state)"
GENERATE = {
    "The state is not handed back: after each symbol the network has read that symbol "
    "alone. Give `read` the state that it returned.": [
        {ON: "p, state = read([symbol], None)"},
    ],
    "Every symbol is read from the state after the prompt, so the network knows the "
    "prompt and one symbol. Replace `state` in each turn of the loop.": {
        ON: "p, _ = read([symbol], state)"
    },
    "Every symbol is drawn from the distribution after the prompt. In each turn of the "
    "loop `read([symbol], state)` gives a new `p`, and a new state.": [
        {ON: "_, state = read([symbol], state)"},
        {f"        {ON}\n": ""},
    ],
    "The last symbol of the prompt is read twice: the prompt has been read as a whole, "
    "and what comes next is what was *drawn*.": {
        LOOP: f"    p, state = read(prompt[-1:], state)\n{LOOP}"
    },
    "Of the prompt only its last symbol is read. All of it makes the state.": {
        FIRST: "p, state = read(prompt[-1:], None)"
    },
    "Of the prompt only its first symbol is read. All of it makes the state.": {
        FIRST: "p, state = read(prompt[:1], None)"
    },
    "The last symbol of the prompt is left out. The first draw comes after all of "
    "it.": {
        FIRST: "p, state = read(prompt[: max(1, len(prompt) - 1)], None)",
    },
    "You take the likeliest symbol each time, and `u` is not used. Draw: "
    "`draw(p, number)`.": {"draw(p, number)": "int(np.argmax(p))"},
    "You yield the prompt as well. Only what was drawn is asked for.": {
        FIRST: f"yield from prompt\n    {FIRST}"
    },
    "The first number of `u` is not used. A symbol is drawn for each of them.": {
        "in u:": "in u[1:]:"
    },
    "The text is right, but": [
        {
            ON: "ids.append(symbol)\n        p, state = read(ids, None)",
            FIRST: f"ids = list(prompt)\n    {FIRST}",
        },
    ],
    "You read the symbol before the one that was drawn: hand over the new one.": {
        FIRST: f"last = prompt[-1]\n    {FIRST}",
        ON: "p, state = read([last], state)\n        last = symbol",
    },
}

START = "start, texts = read(prompt, None), []"
ROW, OWN = "        (p, state), text = start, list(prompt)", "list(prompt)"
INNER, NEXT = "        for number in numbers:", "p, state = read(text[-1:], state)"
TWICE = {INNER: f"        p, state = read(text[-1:], state)\n{INNER}"}
GOES_ON = {
    START: "(p, state), texts = read(prompt, None), []",
    ROW: "        text = list(prompt)",
}
ALIAS = {OWN: "prompt"}
CONTINUATIONS = {
    "That is the published function unchanged. All rows are one list, the last symbol "
    "of the prompt is read twice, and each text starts where the one before ended.": """
def continuations(read, prompt, u):
    texts = [prompt] * len(u)
    p, state = read(prompt, None)
    for text, numbers in zip(texts, u):
        for number in numbers:
            p, state = read(text[-1:], state)
            text.append(draw(p, number))
    return texts
""",
    "All your texts are one list, and it is the caller's prompt. `list(prompt)` makes "
    "a new one.": ALIAS,
    "All your texts are one list: `[list(prompt)] * n` copies the prompt once and "
    "gives n names to the copy. Copy it for each text.": {
        OWN: "shared",
        START: "shared, start, texts = list(prompt), read(prompt, None), []",
    },
    "The last symbol of the prompt is read twice: the prompt has been read as a whole. "
    "Draw first, then read what was drawn.": TWICE,
    "Each text starts from the state in which the one before ended. All start where "
    "the *prompt* ends: keep what `read(prompt, None)` returned.": GOES_ON,
    "Two faults are left: the last symbol of the prompt is read twice, and each text "
    "starts where the one before ended.": GOES_ON
    | {INNER: f"        p, state = read(text[-1:], state)\n{INNER}"},
    "Two faults are left: all texts are one list, and each starts where the one before "
    "ended.": {
        START: "(p, state), texts = read(prompt, None), []",
        ROW: "        text = prompt",
    },
    "Two faults are left: all texts are one list, and the last symbol is read twice.": (
        ALIAS | TWICE
    ),
    "The distribution is that of the prompt for every symbol. Replace `p` in each turn "
    "of the loop.": {NEXT: "_, state = read(text[-1:], state)"},
    "The state is not carried: what was drawn is read from nothing. Hand `state` to "
    "`read`.": {NEXT: "p, state = read(text[-1:], None)"},
    "The texts lack the prompt: each is the prompt and what was drawn.": {
        OWN: "list(prompt[-1:])"
    },
    "Every text is drawn with the first row of numbers. Each row of `u` gives a text "
    "of its own.": {INNER: "        for number in u[0]:"},
    "The texts are right, but": {
        ROW: "        (p, state), text = read(prompt, None), list(prompt)"
    },
    "You take the likeliest symbol each time, so all texts are equal. Draw: "
    "`draw(p, number)`.": {"draw(p, number)": "int(np.argmax(p))"},
}

KNOWN = "{train[i : i + n] for i in range(len(train) - n + 1)}"
PIECES, SHARE = (
    "range(len(text) - n + 1)",
    "np.mean([piece in known for piece in pieces])",
)
SEEN = {
    "You count each different piece once. A piece that comes twice in the text counts "
    "twice: make a list of the pieces, no set.": {
        "[text[i : i + n] for i in range(len(text) - n + 1)]": (
            "{text[i : i + n] for i in range(len(text) - n + 1)}"
        )
    },
    "That is the share of the training text's pieces that stand in your text. Turn it "
    "round: which pieces of `text` stand in `train`?": {
        KNOWN: KNOWN.replace("train", "text"),
        "text[i : i + n] for i in range(len(text) - n + 1)]": (
            "train[i : i + n] for i in range(len(train) - n + 1)]"
        ),
    },
    "That is the share of what is new. What stands in `train` is asked for.": {
        "piece in known": "piece not in known"
    },
    "The pieces do not overlap: you step over n letters. Start one at every letter.": {
        PIECES: "range(0, len(text) - n + 1, n)"
    },
    "The training text is cut into pieces that do not overlap, so most of what stands "
    "in it is missed. Start one at every letter.": {
        "range(len(train) - n + 1)": "range(0, len(train) - n + 1, n)"
    },
    "The last piece of `text` is left out: there are len(text) - n + 1.": {
        PIECES: "range(max(1, len(text) - n))"
    },
    "The last piece of `train` is left out: there are len(train) - n + 1.": {
        "range(len(train) - n + 1)": "range(len(train) - n)"
    },
    "You divide by the number of letters. A text of 10 letters has 8 pieces of 3; "
    "those that begin later are shorter, and do not count.": [
        {PIECES: "range(len(text))"},
        {SHARE: "sum(piece in known for piece in pieces) / len(text)"},
    ],
    "That is a count. Divide by the number of pieces of `text`.": {
        SHARE: "float(sum(piece in known for piece in pieces))"
    },
    "Capitals and small letters count as the same. A piece stands in `train` only as "
    "it is written there.": {
        "train[i : i + n]": "train[i : i + n].lower()",
        "piece in known": "piece.lower() in known",
    },
    "Spaces are left out. They are letters like the others.": {
        "    for n": '    text, train = text.replace(" ", ""), train.replace(" ", "")\n'
        "    for n"
    },
    "`n` is one off: the pieces have n + 1 letters.": {
        "for n in lengths:": "for n in np.add(lengths, 1):"
    },
    "That is 0 or 1: whether any piece stands in `train`. Their share is asked for.": {
        SHARE: "float(any(piece in known for piece in pieces))"
    },
}

GROW, SORT = "score + np.log(p[k])", "grown.sort(key=lambda one: one[0], reverse=True)"
KEPT = "read(text[-1:], state)) for s, text, state in grown[:width]"
BEAM = {
    "`width` is not used: one text is kept, which is the greedy search. Keep the "
    "`width` likeliest.": {"grown[:width]": "grown[:1]"},
    "Each text keeps its own `width` likeliest continuations, so there are more texts "
    "at every step. All of them compete for the same `width` places.": {
        "for k in range(len(p))": "for k in np.argsort(-p)[:width]",
        "grown[:width]": "grown",
    },
    "You rank by the last symbol's probability alone. Rank by the sum of the "
    "logarithms of the whole text.": {
        "lambda one: one[0]": "lambda one: one[0] - one[3]",
        "state)\n": "state, score)\n",
        "for s, text, state in": "for s, text, state, _ in",
    },
    "You keep the least likely texts. Sort the other way round.": {
        "reverse=True": "reverse=False"
    },
    "Nothing is sorted: the first texts are kept, not the likeliest.": {
        f"        {SORT}\n": ""
    },
    "You add up probabilities. The probability of a text is their product: add "
    "logarithms.": {"np.log(p[k])": "p[k]"},
    "The text is right, but its score is a probability. Return the logarithm.": {
        "beams[0][0]\n": "np.exp(beams[0][0])\n"
    },
    "The score is divided by the length. ln of the probability of the whole text is "
    "asked for.": {"beams[0][0]\n": "beams[0][0] / n\n"},
    "The logarithm is to base 2. ln is the natural one.": {"np.log(": "np.log2("},
    "Every text is continued from one state, that of the first in the list. Each text "
    "has a state of its own, which goes with it.": {
        "read(text[-1:], state)) for": "read(text[-1:], grown[0][2])) for"
    },
    "The state is not handed on: a text is continued as if its last symbol were all of "
    "it. Keep the state with each text.": {
        "read(text[-1:], state)) for": "read(text[-1:], None)) for"
    },
    "You return the last of the texts that are kept. The first is the likeliest.": {
        "beams[0][1], beams[0][0]": "beams[-1][1], beams[-1][0]"
    },
    "The text is the prompt's and the search's together. Return the n symbols that "
    "were found.": {"beams[0][1],": "[*prompt, *beams[0][1]],"},
    "The search stops one step early: n symbols are asked for.": {
        "range(n)": "range(n - 1)"
    },
}

MISTAKES = {"temper": TEMPER, "nucleus": NUCLEUS, "generate": GENERATE}
MISTAKES |= {"continuations": CONTINUATIONS, "seen": SEEN, "beam": BEAM}
