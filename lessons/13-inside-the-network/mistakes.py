"""The wrong answers that learners give: what to say, and what it is in the solution."""

MEAN, ABOVE = "(above + 0.5 * equal).mean()", "ours[:, None] > others"
AUC = {
    "A pair of equal values counts one half; you count it 0.": {MEAN: "above.mean()"},
    "A pair of equal values counts one half; you count it 1.": {"0.5 * equal": "equal"},
    "The pairs are turned round: you count those in which the False place has the "
    "larger value.": {ABOVE: "ours[:, None] < others"},
    "You turn the unit round when it is below 0.5. A single AUC may be "
    "below: that says "
    "that the unit is small where the label is True.": {
        "return (above + 0.5 * equal).mean()": "area = (above + 0.5 * equal).mean()\n"
        "    return max(area, 1 - area)"
    },
    "You compare each place with the place of the same number among the "
    "others, so most "
    "pairs are left out. Every True place meets every False one: `[:, None]`.": {
        "ours[:, None] >": "ours[: min(len(ours), len(others))] >",
        "ours[:, None] ==": "ours[: min(len(ours), len(others))] ==",
        "> others": "> others[: min(len(ours), len(others))]",
        "== others": "== others[: min(len(ours), len(others))]",
    },
    "That is the number of pairs won. Divide by the number of all pairs.": {
        "mean()": "sum()"
    },
    "You compare the two means alone. Compare every pair.": {
        ABOVE: "ours.mean() > others.mean()",
        "ours[:, None] == others": "ours.mean() == others.mean()",
    },
    "That is the difference of the two means, in the unit's own scale. The AUC counts "
    "pairs.": {MEAN: "ours.mean() - others.mean()"},
    "That is the accuracy of a threshold at 0. The AUC needs no threshold: it counts "
    "pairs.": {MEAN: "((values > 0) == labels).mean()"},
    "You compare the True places with all places, themselves among them. Compare them "
    "with the False ones.": {
        "values[labels], values[~labels]": "values[labels], values"
    },
    "You give 2 AUC − 1. That is 0 where nothing can be told apart, and the AUC is one "
    "half there.": {MEAN: "2 * (above + 0.5 * equal).mean() - 1"},
}

ROLL, STRENGTH = "np.roll(labels, shift)", "np.maximum(areas, 1 - areas)"
LEAST = " - n_true * (n_true + 1) / 2"
NULL = {
    "The labels are not rolled: every shift gives the value of the real labels.": {
        ROLL: "labels"
    },
    "You roll the labels to the other side.": {ROLL: "np.roll(labels, -shift)"},
    "You roll the labels further and further: each shift starts from `labels` as they "
    "are.": {
        "    for shift": "    rolled = labels\n    for shift",
        ROLL: "np.roll(rolled, shift)",
    },
    "You shuffle the labels instead of rolling them. Neighbors of a text are "
    "alike, and "
    "a shuffle would tear them apart.": {
        ROLL: "np.random.default_rng(shift % 97).permutation(labels)"
    },
    "You cut the labels off at the end instead of rolling them in again at the "
    "beginning.": {
        ROLL: "np.concatenate([np.zeros(shift % len(labels), bool), "
        "labels[: len(labels) - shift % len(labels)]])"
    },
    "You keep the largest AUC. A unit that is small where the label is True tells as "
    "much: take max(AUC, 1 − AUC) first.": {STRENGTH: "areas"},
    "You take the mean over the units. The null is of the *best* unit, since the best "
    "one was chosen.": {".max()": ".mean()"},
    "You take the median over the units. The null is of the *best* unit.": {
        f"{STRENGTH}.max()": f"np.median({STRENGTH})"
    },
    "Only the first unit is looked at. The best of all is asked for.": {
        f"{STRENGTH}.max()": f"{STRENGTH}[0]"
    },
    "You choose one unit for the real labels and keep it. For each shift the best unit "
    "is chosen anew.": {
        "    for "
        "shift": "    first = ranks[labels].sum(axis=0) - n_true * (n_true + 1) / 2\n"
        "    first = np.abs(first / n_pairs - 0.5).argmax()\n    for shift",
        f"{STRENGTH}.max()": f"{STRENGTH}[first]",
    },
    "The least possible sum of ranks is not taken off. n True places have at least the "
    "ranks 1 to n, which add up to n (n + 1) / 2.": {LEAST: ""},
    "Ranks begin with 1 here, so the least possible sum is n (n + 1) / 2, not "
    "n (n − 1) / 2.": {"(n_true + 1) / 2": "(n_true - 1) / 2"},
    "You divide by the number of places squared. There are as many pairs as "
    "True places "
    "times False ones.": {"n_true * (len(labels) - n_true)": "len(labels) ** 2"},
    "You sum the ranks of the False places.": {"ranks[rolled]": "ranks[~rolled]"},
    "The largest of all shifts is returned. Return one number for each shift.": {
        "np.array(best)": "np.full(len(shifts), max(best))"
    },
}

CHOICE = "np.maximum(areas_a, 1 - areas_a).argmax()"
ANSWER = "1 - areas_b[unit] if turned else areas_b[unit]"
HUNT = {
    "That is the published function unchanged: it chooses on the text that it reports. "
    "Choose unit and sign on `areas_a`.": {
        CHOICE: "np.maximum(areas_b, 1 - areas_b).argmax()",
        ANSWER: "max(areas_b[unit], 1 - areas_b[unit])",
    },
    "The unit is still chosen on the second text. Choose it on `areas_a`.": {
        CHOICE: "np.maximum(areas_b, 1 - areas_b).argmax()"
    },
    "The sign is still chosen on the second text: a unit that changed sides "
    "looks good. "
    "Turn it only if its AUC on the first text is below 0.5.": [
        {ANSWER: "max(areas_b[unit], 1 - areas_b[unit])"},
        {"turned = areas_a": "turned = areas_b"},
    ],
    "You report the AUC on the first text, where the unit was chosen. Report "
    "the second "
    "text's.": {ANSWER: "max(areas_a[unit], 1 - areas_a[unit])"},
    "The unit's AUC is reported with its own sign. Where it was below 0.5 on the first "
    "text, return 1 − AUC.": {ANSWER: "areas_b[unit]"},
    "You choose the largest AUC. A unit far below 0.5 tells as much as one "
    "far above.": {CHOICE: "areas_a.argmax()"},
    "You choose the unit that is worst, the one nearest to 0.5.": {
        "argmax()": "argmin()"
    },
    "You choose by both texts together. The second one must not be looked at "
    "before the "
    "unit is chosen.": {
        CHOICE: "np.maximum(areas_a + areas_b, 2 - areas_a - areas_b).argmax()"
    },
    "You report the mean of both texts. The first one was used to choose: "
    "leave it out.": {
        ANSWER: "(1 - (areas_a + areas_b)[unit] / 2) if turned else "
        "(areas_a + areas_b)[unit] / 2"
    },
    "The sign is turned round: you turn the unit where its AUC on the first text is "
    "*above* 0.5.": {"< 0.5": "> 0.5"},
}


def each(torch, keras):
    """Return the edit of `ablate` in either framework."""
    return {"pytorch": torch, "tensorflow": keras}


T_B, T_OUT = "lstm.bias_ih_l0 += mean * lstm", "out.bias += mean * out.weight[:, unit]"
T_ZERO, T_COLUMN = "lstm.weight_hh_l0[:, unit] = 0", "out.weight[:, unit] = 0"
K_B, K_OUT = "b = b + mean * w_h[unit]", "b = b + mean * w[unit]"
K_ZERO, K_ROW = "w_h[unit] = 0", "w[unit] = 0"
ABLATE = {
    "The biases do not change, so that the unit is set to 0 and not to its mean: what "
    "others made of it, times `mean`, goes there, and must be taken before it is 0.": [
        each(
            {f"    {T_B}.weight_hh_l0[:, unit]\n": "", f"    {T_OUT}\n": ""},
            {f"    {K_B}\n": "", f"    {K_OUT}\n": ""},
        ),
        each(
            {
                f"    {T_B}.weight_hh_l0[:, unit]\n    {T_ZERO}\n": f"    {T_ZERO}\n"
                f"    {T_B}.weight_hh_l0[:, unit]\n",
                f"    {T_OUT}\n    {T_COLUMN}": f"    {T_COLUMN}\n    {T_OUT}",
            },
            {
                f"    {K_B}\n    {K_ZERO}\n": f"    {K_ZERO}\n    {K_B}\n",
                f"    {K_OUT}\n    {K_ROW}\n": f"    {K_ROW}\n    {K_OUT}\n",
            },
        ),
    ],
    "The readout's bias does not change: the logits, too, lose `mean` times the unit's "
    "weights.": each({f"    {T_OUT}\n": ""}, {f"    {K_OUT}\n": ""}),
    "The LSTM's bias does not change: its gates, too, lose `mean` times the unit's "
    "weights.": each({f"    {T_B}.weight_hh_l0[:, unit]\n": ""}, {f"    {K_B}\n": ""}),
    "The readout still reads the unit, beside its mean: set its weights "
    "there to 0.": each(
        {f"\n    {T_COLUMN}": ""}, {f"\n    {K_ROW}\n    out": "\n    out"}
    ),
    "The gates still read the unit, beside its mean: set its recurrent "
    "weights to 0.": each({f"\n    {T_ZERO}": ""}, {f"\n    {K_ZERO}\n": "\n"}),
    "The recurrent layer reads the unit as before: only the readout changes, or what "
    "comes *into* the unit, which is the other axis of the recurrent weights.": [
        each(
            {f"    {T_B}.weight_hh_l0[:, unit]\n    {T_ZERO}\n": ""},
            {f"    {K_B}\n    {K_ZERO}\n": ""},
        ),
        each(
            {
                f"{T_B}.weight_hh_l0[:, unit]": "n = lstm.hidden_size",
                T_ZERO: "lstm.weight_hh_l0[unit::n] = 0",
            },
            {K_B: "pass", K_ZERO: "w_h[:, unit :: len(w_h)] = 0"},
        ),
    ],
    "Only the recurrent layer is changed: the readout reads the unit as before.": each(
        {f"    {T_OUT}\n    {T_COLUMN}": ""}, {f"    {K_OUT}\n    {K_ROW}\n": ""}
    ),
    "Nothing has changed. Assign in place, or hand the new weights back to the "
    "layers.": each(
        {
            f"    {T_B}.weight_hh_l0[:, unit]\n    {T_ZERO}\n    {T_OUT}\n    "
            f"{T_COLUMN}": "    w_h = 0 * lstm.weight_hh_l0[:, unit]"
        },
        {"lstm.set_weights([w_x, w_h, b])": "pass", "out.set_weights([w, b])": "pass"},
    ),
    "The mean is taken off the biases. Others now see `mean` where they saw "
    "h: add it.": each({"+= mean": "-= mean"}, {"b + mean": "b - mean"}),
    "`mean` itself is added to the biases. It goes there times what others make of the "
    "unit, its column or row of weights.": each(
        {
            "mean * lstm.weight_hh_l0[:, unit]": "mean",
            "mean * out.weight[:, unit]": "mean",
        },
        {"mean * w_h[unit]": "mean", "mean * w[unit]": "mean"},
    ),
    "Another unit is switched off: units are numbered from 0.": each(
        {"[:, unit]": "[:, unit - 1]"}, {"[unit]": "[unit - 1]"}
    ),
}

LEFT, RIGHT = "(gate < low).mean(axis=(0, 1))", "(gate > high).mean(axis=(0, 1))"
STEPS = "-1 / np.log(gate).mean(axis=(0, 1))"
SATURATION = {
    "A gate exactly at a bound is not beyond it: use `<` and `>`.": {
        "gate < low": "gate <= low",
        "gate > high": "gate >= high",
    },
    "Left and right are exchanged: left is below `low`.": {
        "left, right, steps\n": "right, left, steps\n"
    },
    "You count the moments; divide by how many there are.": {
        LEFT: "(gate < low).sum(axis=(0, 1))",
        RIGHT: "(gate > high).sum(axis=(0, 1))",
    },
    "You average each unit first and compare the averages with the bounds. "
    "Compare each "
    "moment.": {
        LEFT: "(gate.mean(axis=(0, 1)) < low) * 1.0",
        RIGHT: "(gate.mean(axis=(0, 1)) > high) * 1.0",
    },
    "The share is of all units together. Each unit has its own: do not average over "
    "the last axis.": {
        LEFT: "np.full(gate.shape[2], (gate < low).mean())",
        RIGHT: "np.full(gate.shape[2], (gate > high).mean())",
    },
    "Right is measured from `low` too: it is the share above `high`.": {
        "gate > high": "gate > low"
    },
    "You take the logarithm of the mean gate. A single moment near 0 wipes the state "
    "out, and the mean gate hardly sees it: take the mean of the logarithms.": {
        STEPS: "-1 / np.log(gate.mean(axis=(0, 1)))"
    },
    "The sign is lost: logarithms of numbers below 1 are negative, and steps are "
    "not.": {"-1 / np": "1 / np"},
    "You use the logarithm to base 2, which gives the steps to one half. 1/e asks for "
    "the natural one.": {"np.log(": "np.log2("},
    "You average 1 over the logarithms. Average the logarithms, then take 1 over "
    "that.": {STEPS: "(-1 / np.log(gate)).mean(axis=(0, 1))"},
    "You give the share that one step loses. The steps are 1 over it.": {
        STEPS: "-np.log(gate).mean(axis=(0, 1))"
    },
    "1 / (1 − mean f) is near it only where f is near 1, and counts a moment "
    "that wipes "
    "the state out as one among many: use the mean of ln f.": {
        STEPS: "1 / (1 - gate.mean(axis=(0, 1)))"
    },
    "You look at the last step alone. A share is of all moments.": {
        "gate < low": "gate[:, -1:] < low",
        "gate > high": "gate[:, -1:] > high",
    },
    "You look at the first sequence of the batch alone.": {
        "gate < low": "gate[:1] < low",
        "gate > high": "gate[:1] > high",
        "log(gate)": "log(gate[:1])",
    },
}

T_DONE = "slope.norm(dim=1), (slope * (mean - e[0])).sum(dim=1)"
K_DONE = "tf.norm(slope, axis=1), tf.reduce_sum(slope * (mean - e[0]), axis=1)"
T_LOG, K_LOG = (
    "torch.log_softmax(out(h[0, -1]), dim=-1)",
    "tf.nn.log_softmax(out(h[:, -1]))",
)
ATTRIBUTE = {
    "That is the gradient of the probability. Take it of ln P, as the loss "
    "does: else a "
    "place seems unimportant only because P is small.": each(
        {"torch.log_softmax": "torch.softmax"}, {"log_softmax": "softmax"}
    ),
    "That is the gradient of the logit. A logit that rises with all others changes no "
    "probability: take ln P.": each({T_LOG: "out(h[0, -1])"}, {K_LOG: "out(h[:, -1])"}),
    "That is the gradient of the largest logarithm. `target` says whose is "
    "asked for.": each(
        {"log_p[target]": "log_p.max()"}, {"log_p[0, target]": "tf.reduce_max(log_p)"}
    ),
    "That is the gradient of all logarithms together. Take the one of `target`.": each(
        {"log_p[target]": "log_p.sum()"}, {"log_p[0, target]": "tf.reduce_sum(log_p)"}
    ),
    "The target's number is taken for a symbol that was read: its own last one. Take "
    "`target`.": each(
        {"log_p[target]": "log_p[ids[-1]]"}, {"log_p[0, target]": "log_p[0, ids[-1]]"}
    ),
    "You take the prediction after the first step. The one after the last is asked "
    "for.": each({"h[0, -1]": "h[0, 0]"}, {"h[:, -1]": "h[:, 0]"}),
    "You add up the predictions after all steps. The one after the last is "
    "asked for.": each(
        {
            T_LOG: "torch.log_softmax(out(h[0]), dim=-1).sum(dim=0)",
        },
        {K_LOG: "tf.reduce_sum(tf.nn.log_softmax(out(h)), axis=1)"},
    ),
    "The gain is the product with the embedding itself. What is put in its place is "
    "`mean`, so the change is mean − embedding.": each(
        {"(mean - e[0])": "e[0]"}, {"(mean - e[0])": "e[0]"}
    ),
    "The gain has the wrong sign: the embedding becomes `mean`, so the change is "
    "mean − embedding.": each(
        {"(mean - e[0])": "(e[0] - mean)"}, {"(mean - e[0])": "(e[0] - mean)"}
    ),
    "The norm is squared. Take the root.": each(
        {"slope.norm(dim=1)": "(slope**2).sum(dim=1)"},
        {"tf.norm(slope, axis=1)": "tf.reduce_sum(slope**2, axis=1)"},
    ),
    "That is the sum of the sizes, not the norm: the root of the sum of the "
    "squares.": each(
        {"slope.norm(dim=1)": "slope.abs().sum(dim=1)"},
        {"tf.norm(slope, axis=1)": "tf.reduce_sum(tf.abs(slope), axis=1)"},
    ),
    "That is the sum of the gradient's entries, in which signs cancel. Take "
    "the norm.": each(
        {"slope.norm(dim=1)": "slope.sum(dim=1)"},
        {"tf.norm(slope, axis=1)": "tf.reduce_sum(slope, axis=1)"},
    ),
    "The gain's size is returned. Its sign says whether ln P would rise or fall.": each(
        {
            "(slope * (mean - "
            "e[0])).sum(dim=1)": "(slope * (mean - e[0])).sum(dim=1).abs()"
        },
        {
            "tf.reduce_sum(slope * (mean - e[0]), "
            "axis=1)": "tf.abs(tf.reduce_sum(slope * (mean - e[0]), axis=1))"
        },
    ),
    "You take the gradient for the rows of the table, so a symbol that was read twice "
    "has one gradient for both places. Each place has its own.": each(
        {
            "e = "
            "embed(ids[None]).detach().requires_grad_(True)": "e = embed(ids[None])",
            "slope = e.grad[0]": "slope = embed.weight.grad[ids]",
        },
        {
            "    e = embed(ids[None])  # (1, time, n_embedding)\n": "",
            "tape.watch(e)": "e = embed(ids[None])",
            "slope = tape.gradient(chosen, e)[0]": "slope = tape.gradient(chosen, "
            "embed.embeddings)\n    slope = "
            "tf.gather(tf.convert_to_tensor(slope), ids)",
        },
    ),
    "The gradient is scaled so that the places add up to 1. Return it as it is.": each(
        {"slope.norm(dim=1)": "slope.norm(dim=1) / slope.norm(dim=1).sum()"},
        {
            "tf.norm(slope, "
            "axis=1)": "tf.norm(slope, axis=1) / tf.reduce_sum(tf.norm(slope, axis=1))"
        },
    ),
}

MISTAKES = {"auc": AUC, "null": NULL, "hunt": HUNT, "ablate": ABLATE}
MISTAKES |= {"saturation": SATURATION, "attribute": ATTRIBUTE}
