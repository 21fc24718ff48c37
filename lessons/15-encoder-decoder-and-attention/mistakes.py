"""The wrong answers that learners give: what to say, and what it is in the solution."""

X_ROW, Y_ROW = "x[row, : len(s) + 1] = [begin, *s]", "y[row, : len(s) + 1] = [*s, end]"
MASK_ROW = "mask[row, : len(s) + 1] = True"
LEFT = "[row, : len(s) + 1]", "[row, steps - len(s) - 1 :]"
SHIFT_RIGHT = {
    "`x` is not shifted: it holds at each step what `y` wants there. A decoder would "
    "learn to copy its input, and have nothing to copy when it writes by itself.": {
        X_ROW: X_ROW.replace("[begin, *s]", "[*s, end]")
    },
    "`x` is shifted to the left: the decoder is given the *next* sign. Give it the one "
    "before.": {X_ROW: "x[row, : len(s) + 1] = [*s[1:], end, end][: len(s) + 1]"},
    "`x` ends with `end`, in the place of its last sign. The decoder never reads the "
    "end: it says it.": {
        X_ROW: "x[row, : len(s) + 1] = [begin, *s[:-1], end][: len(s) + 1]"
    },
    "`begin` stands behind the signs. It is the first that the decoder is given.": {
        X_ROW: X_ROW.replace("[begin, *s]", "[*s, begin]")
    },
    "The end is missing in `y`: the decoder would never learn to stop.": {
        Y_ROW: "y[row, : len(s)] = s"
    },
    "`y` begins with `begin`. The decoder is given that sign and must not say it.": {
        Y_ROW: "y[row, : len(s) + 1] = [begin, *s]"
    },
    "The mask ends one step too soon: the end counts too, or it is never learned.": {
        MASK_ROW: "mask[row, : len(s)] = True"
    },
    "The mask is True everywhere. What is left over behind a shorter sequence is no "
    "target.": {MASK_ROW: "mask[row] = True"},
    "The mask is turned round: it is True where nothing counts.": {
        "return x, y, mask": "return x, y, ~mask"
    },
    "The mask leaves out the first step. `x` holds `begin` there, and `y` a sign that "
    "counts.": {MASK_ROW: "mask[row, 1 : len(s) + 1] = True"},
    "What is left over holds `end`. Fill it with 0.": {
        "y, mask = x.copy()": "y, mask = x.copy() + end"
    },
    "The padding stands on the left. Sequences begin at step 0.": {
        X_ROW: X_ROW.replace(*LEFT),
        Y_ROW: Y_ROW.replace(*LEFT),
        MASK_ROW: MASK_ROW.replace(
            "[row, : len(s) + 1]", "[row, steps - len(s) - 1 :]"
        ),
    },
    "`steps` is one more than the longest `y` needs.": {
        "for s in sequences) + 1": "for s in sequences) + 2"
    },
}

MASKED = "scores = np.where(mask, scores, -np.inf)"
LINE = f"    {MASKED}\n"
SUM = "weights = weights / weights.sum(axis=1, keepdims=True)"
ATTEND = {
    "Padding gets a share: `mask` is not used. Give a padded position the score −∞.": {
        LINE: ""
    },
    "A padded position has the score 0, which is a share like another: exp(0) is 1. "
    "Give it −∞.": {MASKED: "scores = scores * mask"},
    "The weights of padding are set to 0 after the softmax, so that the others sum to "
    "less than 1. Mask the scores, before it.": {
        LINE: "",
        SUM: f"{SUM} * mask",
    },
    "The mask is turned round: padding alone is looked at.": {
        MASKED: "scores = np.where(mask, -np.inf, scores)"
    },
    "The scores are divided by the square root of n. That is another attention; here a "
    "score is the product itself.": {
        '"bn,btn->bt", q, k)': '"bn,btn->bt", q, k) / np.sqrt(q.shape[1])'
    },
    "The scores are products with the *values*. Keys are compared, and values mixed.": {
        '"bn,btn->bt", q, k)': '"bn,btn->bt", q, v[..., : q.shape[1]])'
    },
    "The context mixes the keys. Keys are compared, and values mixed.": {
        '"bt,btm->bm", weights, v': '"bt,btm->bm", weights, k'
    },
    "The softmax runs over the batch. Its shares are those of the positions of one "
    "sequence: sum over axis 1.": {
        "scores.max(axis=1, keepdims=True)": "scores.max()",
        SUM: "weights = weights / weights.sum(axis=0, keepdims=True)",
    },
    "One sum for the whole batch. Each sequence has its own shares.": {
        "scores.max(axis=1, keepdims=True)": "scores.max()",
        SUM: "weights = weights / weights.sum()",
    },
    "The weights are not divided by their sum, so they are no shares.": {
        f"    {SUM}\n": ""
    },
    "The scores themselves are divided by their sum. A softmax takes the exponential "
    "first.": {
        LINE: "    scores = np.where(mask, scores, 0)\n",
        "    scores = scores - scores.max(axis=1, keepdims=True)\n": "",
        "np.exp(scores)": "scores",
    },
    "The exponential overflows where scores are in the hundreds. Subtract the largest "
    "score of each sequence first.": {
        "    scores = scores - scores.max(axis=1, keepdims=True)\n": ""
    },
    "Only the position with the largest score is taken. Attention takes a mean of all "
    "in the shares of a softmax.": {
        "np.exp(scores)": "(scores == 0).astype(scores.dtype)"
    },
    "The context is a plain mean of the real positions. Weigh them.": {
        '"bt,btm->bm", weights, v': '"bt,btm->bm", mask / mask.sum(1, keepdims=True), v'
    },
}

D_SCORES = "weights * (d_weights - mean)"
BACKWARD = {
    "Your `d_scores` is the gradient for the weights: the softmax is left out.": {
        D_SCORES: "d_weights"
    },
    "Your `d_scores` treats the weights as if each depended on its own score alone. "
    "The softmax ties them: subtract the mean of `d_weights`, weighed.": {
        D_SCORES: "weights * d_weights"
    },
    "That is the slope of a sigmoid, w (1 − w). In a softmax a score changes all other "
    "weights too.": {D_SCORES: "weights * (1 - weights) * d_weights"},
    "You subtract the plain mean of `d_weights`. Weigh it with the weights.": {
        "(weights * d_weights).sum(axis=1, keepdims=True)": (
            "d_weights.mean(axis=1, keepdims=True)"
        )
    },
    "The mean is taken over the batch. It is one for each sequence: axis 1.": {
        "(weights * d_weights).sum(axis=1, keepdims=True)": (
            "(weights * d_weights).sum(axis=0, keepdims=True)"
        )
    },
    "`d_q` mixes the values. A score is the product of q and a *key*.": {
        '"bt,btn->bn", d_scores, k': '"bt,btn->bn", d_scores, v[..., : q.shape[1]]'
    },
    "`d_q` weighs the keys with the weights, not with the gradient for the scores.": {
        '"bt,btn->bn", d_scores, k': '"bt,btn->bn", weights, k'
    },
    "`d_k` uses the keys where it needs `q`: the slope of q·k for k is q.": {
        '"bt,bn->btn", d_scores, q': '"bt,btn->btn", d_scores, k'
    },
    "`d_k` uses the weights. What reaches a key comes through its score.": {
        '"bt,bn->btn", d_scores, q': '"bt,bn->btn", weights, q'
    },
    "`d_v` is not weighed: a value's share in the context is its weight.": {
        '"bt,bm->btm", weights, d_context': (
            '"bt,bm->btm", np.ones_like(weights), d_context'
        )
    },
    "`d_v` is weighed with the gradient for the scores. A value's share in the context "
    "is its weight.": {
        '"bt,bm->btm", weights, d_context': '"bt,bm->btm", d_scores, d_context'
    },
}

GROW, KEEP = "[one for one in kept if one[2]]", "[:width]"
BEAM = {
    "That is greedy: one candidate is kept, whatever `width` is.": {KEEP: "[:1]"},
    "Finished sequences drop out: they must stay among the candidates, with the score "
    "that they have.": {GROW: "[]"},
    "Finished sequences are kept beside the beam. They take a place of the `width` "
    "like any other candidate.": {
        "reverse=True)[:width]": "reverse=True)\n"
        "        going = [one for one in kept if not one[2]][:width]\n"
        "        kept = [one for one in kept if one[2]] + going",
        "symbols, score, done = kept[0]": (
            "symbols, score, done = max(kept, key=lambda one: one[1])"
        ),
    },
    "The worst candidates are kept. Log-probabilities are negative, and the highest is "
    "best.": {"reverse=True": "reverse=False"},
    "The log-probability of the end is missing: a finished sequence pays for its 0, "
    "too.": {"score + log_p, k == 0": "score + log_p * (k != 0), k == 0"},
    "The score is the last log-probability alone. Add up all of them.": {
        "score + log_p, k == 0": "log_p, k == 0"
    },
    "The scores are multiplied. Log-probabilities add.": {
        "([], 0.0, False)": "([], 1.0, False)",
        "score + log_p, k == 0": "score * log_p, k == 0",
    },
    "The score is divided by the length. Asked is the sum.": {
        "return symbols[:-1] if done else symbols, score": (
            "return symbols[:-1] if done else symbols, score / len(symbols)"
        )
    },
    "The 0 at the end is still there. Return the symbols before it.": {
        "symbols[:-1] if done else symbols": "symbols"
    },
    "The last symbol is taken off also where the sequence did not end.": {
        "symbols[:-1] if done else symbols": "symbols[:-1]"
    },
    "Only finished sequences are looked at in the end. A candidate that reached "
    "`longest` counts as it is.": {
        "symbols, score, done = kept[0]": (
            "kept = [one for one in kept if one[2]] or kept\n"
            "    symbols, score, done = kept[0]"
        )
    },
    "The search stops one step too soon.": {"range(longest)": "range(longest - 1)"},
    "The beginnings are kept by mean log-probability, which prefers long ones. Compare "
    "sums.": {
        "key=lambda one: one[1], reverse": (
            "key=lambda one: one[1] / len(one[0]), reverse"
        )
    },
}

ZIP = "for s, w in zip(said, wanted, strict=True):"
HITS = "hits += (pieces & there).total()"
ENDING = "return float(np.exp(np.mean(logs) + min(0, 1 - r / c)))"
BLEU = {
    "Sentences and references are sorted by their length, each list by itself: then "
    "they no longer belong together. Keep the order.": {
        "    logs = []": "    said = sorted(said, key=len)\n"
        "    wanted = sorted(wanted, key=len)\n    logs = []"
    },
    "That is the mean over sentences. Count the pieces over all sentences first: one "
    "share for each n.": """def bleu(said, wanted):
    scores = []
    for s, w in zip(said, wanted, strict=True):
        logs = []
        for n in range(1, 5):
            pieces = Counter(tuple(s[i : i + n]) for i in range(len(s) - n + 1))
            there = Counter(tuple(w[i : i + n]) for i in range(len(w) - n + 1))
            share = (pieces & there).total() / max(1, pieces.total())
            logs.append(np.log(share) if share else -np.inf)
        scores.append(np.exp(np.mean(logs) + min(0, 1 - len(w) / len(s))))
    return float(np.mean(scores))
""",
    "A piece that is said twice hits twice, though its reference has it once. It hits "
    "at most as often as it stands there.": {
        HITS: "hits += sum(n for p, n in pieces.items() if p in there)"
    },
    "Each kind of piece is counted once. Count how often it was said, and how often it "
    "may hit.": {
        HITS: "hits += len(pieces & there)",
        "total += pieces.total()": "total += len(pieces)",
    },
    "Short translations are not punished. Where fewer words are said than wanted, "
    "multiply by exp(1 − r/c).": {ENDING: "return float(np.exp(np.mean(logs)))"},
    "Long translations are rewarded: exp(1 − r/c) counts only where c is below r.": {
        "min(0, 1 - r / c)": "1 - r / c"
    },
    "The two lengths are exchanged: long translations are punished, and short ones "
    "are not. r is what is wanted, c what is said.": {
        "min(0, 1 - r / c)": "min(0, 1 - c / r)"
    },
    "You take the factor c/r for short translations. It is exp(1 − r/c).": {
        "np.exp(np.mean(logs) + min(0, 1 - r / c))": (
            "np.exp(np.mean(logs)) * min(1, c / r)"
        )
    },
    "The four shares are averaged. Take the geometric mean, so that a share of 0 makes "
    "all of it 0.": {
        "        if hits == 0:\n            return 0.0\n": "",
        "np.log(hits / total)": "hits / total",
        "np.exp(np.mean(logs) + min(0, 1 - r / c))": (
            "np.mean(logs) * np.exp(min(0, 1 - r / c))"
        ),
    },
    "The shares are multiplied, and the fourth root is missing.": {
        "np.mean(logs)": "np.sum(logs)"
    },
    "Pieces of three words at most are counted. Count those of four too.": {
        "range(1, 5)": "range(1, 4)"
    },
    "Only pieces of four words are counted. BLEU takes those of one, two and three, "
    "too.": {"range(1, 5)": "range(4, 5)"},
    "Hits are divided by the pieces of the *reference*. That is recall: BLEU asks "
    "which share of what was said is right.": {
        "total += pieces.total()": "total += there.total()"
    },
    "The last piece of each sentence is missing: a sentence of m words has m − n + 1 "
    "pieces.": {"range(len(s) - n + 1)": "range(len(s) - n)"},
    "A share of 0 is left out of the mean. It makes BLEU 0.": {
        "            return 0.0\n": "            continue\n",
        ENDING: f"if not logs:\n        return 0.0\n    {ENDING}",
    },
}


def both(torch, keras):
    """Return an edit for each track."""
    return {"pytorch": torch, "tensorflow": keras}


T_PLACES, K_PLACES = " + self.places.weight", " + self.places(tf.range(9))"
T_OUT, K_OUT = "self.out(torch.relu(mixed))", "self.out(mixed)"
CAPTIONER = {
    "forgets where a thing is": both({T_PLACES: ""}, {K_PLACES: ""}),
    "the cells `x[:, :9]` are not used": both(
        {"weights @ keys], -1": "0 * (weights @ keys)], -1"},
        {"tf.matmul(weights, keys)], -1": "0 * tf.matmul(weights, keys)], -1"},
    ),
    "looks ahead": [
        both(
            {
                "self.words(given)": "self.words(given).flip(1)",
                "# (batch, 6, n_hidden)\n        scores": (
                    "\n        s = s.flip(1)\n        scores"
                ),
            },
            {
                "return_sequences=True": "return_sequences=True, go_backwards=True",
                "self.words(given))": "self.words(given))[:, ::-1]",
            },
        ),
        both(
            {"s @ keys": "s.mean(1, keepdim=True).expand_as(s) @ keys"},
            {"tf.matmul(s, keys": "tf.matmul(0 * s + tf.reduce_mean(s, 1, True), keys"},
        ),
    ],
    "carries no state": both(
        {"s, _ = self.layer(self.words(given))": "s = self.words(given)"},
        {"s = self.layer(self.words(given))": "s = self.words(given)"},
    ),
    "The decoder steps through the cells too": both(
        {"self.words(given)": "self.words(x % 9)"},
        {"self.words(given)": "self.words(x % 9)"},
    ),
    "Only one step is left": both(
        {T_OUT: f"{T_OUT}[:, -1]"}, {K_OUT: f"{K_OUT}[:, -1]"}
    ),
    "Give the last layer `n_words` outputs": both(
        {"Linear(2 * n_hidden, n_words)": "Linear(2 * n_hidden, 5)"},
        {"Dense(n_words)": "Dense(5)"},
    ),
    "`n_hidden` is not used": both(
        {"super().__init__()": "super().__init__()\n        n_hidden = 16"},
        {"super().__init__()": "super().__init__()\n        n_hidden = 16"},
    ),
    "something drawn at random": both(
        {T_OUT: "self.out(nn.functional.dropout(mixed, 0.2))"},
        {K_OUT: "self.out(keras.random.dropout(mixed, 0.2))"},
    ),
    "averaged over the batch": [
        {"pytorch": {", batch_first=True": ""}},
        both(
            {"torch.relu(mixed)": "torch.relu(mixed - mixed.mean(0))"},
            {K_OUT: "self.out(mixed - keras.ops.mean(mixed, axis=0))"},
        ),
    ],
    "or a `detach`": both(
        {T_OUT: "self.out(torch.relu(mixed).detach())"},
        {K_OUT: "self.out(tf.stop_gradient(mixed))"},
    ),
}

MISTAKES = {"shift-right": SHIFT_RIGHT, "attend": ATTEND, "attend-backward": BACKWARD}
MISTAKES |= {"beam": BEAM, "bleu": BLEU, "captioner": CAPTIONER}
