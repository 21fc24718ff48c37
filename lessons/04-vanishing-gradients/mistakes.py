"""The wrong answers that learners give: what to say, and what it is in the solution."""

LARGEST = "np.abs(np.linalg.eigvals(w)).max()"
EIGEN = "np.linalg.eigvals(w)"
RADIUS = {
    "That is the largest singular value: what one step can do at most. The radius is "
    "about eigenvalues: `np.linalg.eigvals`.": {LARGEST: "np.linalg.norm(w, ord=2)"},
    "That is the square of the largest singular value, the largest eigenvalue of w.T @ "
    "w. Take the eigenvalues of `w` itself.": {EIGEN: "np.linalg.eigvals(w.T @ w)"},
    "That is the Frobenius norm, the size of all entries together. Take the "
    "eigenvalues first.": {LARGEST: "np.linalg.norm(w)"},
    "You take the largest real part. A negative or complex eigenvalue counts with its "
    "absolute value: `np.abs` first.": {LARGEST: "np.linalg.eigvals(w).real.max()"},
    "`max` of complex numbers compares their real parts. Take `np.abs` before the "
    "maximum, not after it.": {LARGEST: "np.abs(np.linalg.eigvals(w).max())"},
    "The imaginary parts are thrown away. The absolute value of a complex number needs "
    "both parts: `np.abs` of it, without `.real`.": {EIGEN: EIGEN + ".real"},
    "`eigvalsh` is for symmetric matrices and looks at one half of `w` only. Use "
    "`eigvals`.": {"eigvals": "eigvalsh"},
    "That is the smallest absolute value. In the long run the largest one wins.": {
        "max": "min"
    },
    "You take the first eigenvalue, and they come in no special order. Take the "
    "maximum over all.": {".max()": "[0]"},
    "You take the last eigenvalue, and they come in no special order. Take the maximum "
    "over all.": {".max()": "[-1]"},
    "That is the largest entry of the matrix. The entries act together: take the "
    "eigenvalues.": {EIGEN: "w"},
    "That is the mean of the absolute eigenvalues. Take the maximum.": {"max": "mean"},
    "That is the sum of the absolute eigenvalues. Take the largest.": {"max": "sum"},
    "That is the norm of all eigenvalues together. Take the largest one.": {
        LARGEST: "np.linalg.norm(np.linalg.eigvals(w))"
    },
    "That is the trace, the sum of the eigenvalues. Take the largest absolute one.": {
        LARGEST: "np.abs(np.trace(w))"
    },
    "That is the determinant, the product of all eigenvalues. Take the largest one.": {
        LARGEST: "np.abs(np.linalg.det(w))"
    },
    "That is the place of the largest absolute value, not the value: `max`, not "
    "`argmax`.": {"max": "argmax"},
    "You add absolute entries along the rows. That bounds the radius from above: take "
    "the eigenvalues.": {LARGEST: "np.abs(w).sum(axis=1).max()"},
    "You add absolute entries along the columns. That bounds the radius from above: "
    "take the eigenvalues.": {LARGEST: "np.abs(w).sum(axis=0).max()"},
    "You take absolute values of the entries first, which makes another matrix. Take "
    "them of the eigenvalues.": {"eigvals(w)": "eigvals(np.abs(w))"},
}

FACTOR, ROUNDED = "slope * radius(w_h)", "np.ceil(np.log(least) / np.log(factor))"
NEVER = "    if factor >= 1:\n        return np.inf\n"
REACH = {
    "`slope` is not used: the non-linearity shrinks a gradient too. The factor of one "
    "step is slope × radius.": {FACTOR: "radius(w_h)"},
    "The radius is not used. The factor is slope × radius.": {FACTOR: "slope"},
    "You add slope and radius. A gradient is multiplied by both: the factor of one "
    "step is slope × radius.": {FACTOR: "slope + radius(w_h)"},
    "You predict with the largest singular value. It bounds one step; in the long run "
    "the spectral radius rules.": {FACTOR: "slope * np.linalg.norm(w_h, ord=2)"},
    "You predict with the norm of all entries of `w_h`. In the long run the spectral "
    "radius rules.": {FACTOR: "slope * np.linalg.norm(w_h)"},
    "You predict with the largest entry of `w_h`. In the long run the spectral radius "
    "rules.": {FACTOR: "slope * np.abs(w_h).max()"},
    "One step short: you round down, and then more than `least` is left. Round up "
    "(`np.ceil`).": {"ceil": "floor"},
    "You round to the nearest number of steps. At most `least` must be left, so round "
    "up (`np.ceil`).": {"ceil": "round"},
    "Whole steps are asked for: round up (`np.ceil`).": {"np.ceil": ""},
    "Where slope × radius is 1 or more, nothing vanishes: return `np.inf`. Your "
    "formula gives a number of steps there too.": {NEVER: ""},
    "You ask the radius alone whether anything vanishes. The slope shrinks the "
    "gradient too: ask slope × radius.": {"factor >= 1": "radius(w_h) >= 1"},
    "The slope is counted once only. It acts at every step, as the radius does.": {
        "factor = slope * ": "factor = ",
        "log(least)": "log(least / slope)",
    },
    "You let the gradient fall by equal amounts. Each step *multiplies* it: after n "
    "steps factor**n is left.": {ROUNDED: "np.ceil((1 - least) / (1 - factor))"},
    "The fraction is upside down: the number of steps is log(least) divided by "
    "log(factor).": {ROUNDED: "np.ceil(np.log(factor) / np.log(least))"},
    "You subtract the logarithms. How often the factor goes into `least` is their "
    "quotient: log(least) / log(factor).": {
        ROUNDED: "np.ceil(np.log(factor) - np.log(least))"
    },
    "You take the logarithm of the quotient. Take the quotient of the two logarithms: "
    "log(least) / log(factor).": {ROUNDED: "np.ceil(np.log(least / factor))"},
    "You mix two kinds of logarithm (`np.log`, `np.log10`). Any will do, the same one "
    "above and below.": [{"log(factor": "log10(factor"}, {"log(least": "log10(least"}],
    "You ask when the share `least` is lost. Asked is when at most `least` is left: "
    "log(least).": {"log(least)": "log(1 - least)"},
    "Your number of steps is negative. Both logarithms are below 0: divide log(least) "
    "by log(factor) as they are.": {"log(least)": "log(1 / least)"},
    "One step too many: after one step less, at most `least` is left already.": {
        ROUNDED: ROUNDED + " + 1"
    },
    "One step too many where exactly `least` is left. Stop there: `np.ceil`, no `+ "
    "1`.": {ROUNDED: ROUNDED.replace("ceil", "floor") + " + 1"},
    "One step short: more than `least` is left then.": {ROUNDED: ROUNDED + " - 1"},
    "The comparison is turned round: `np.inf` belongs to factors of 1 and more, the "
    "logarithms to those below.": {">=": "<="},
    "A factor of exactly 1 never shrinks anything either: `>= 1`.": {">=": ">"},
    "Where nothing vanishes you return `-np.inf`. The number of steps has no bound "
    "upwards: `np.inf`.": {"return np.inf": "return -np.inf"},
    "`np.inf` belongs to factors of 1 and more, not to those below.": {
        ROUNDED: "np.inf"
    },
}

SLOPE, STEP = "1 - state**2", "(d * (1 - state**2)) @ w_h.T"
NORM, LOOP = "np.linalg.norm(d)", "for state in h[::-1]"
KEEP = "        norms.append(np.linalg.norm(d))\n"
BEFORE = {LOOP: "for before in [*h[-2::-1], h[0]]"}  # the state one step earlier
BACK = {
    "The slopes are missing: on its way back the gradient goes through every tanh, "
    "whose slope is 1 − h².": {STEP: "d @ w_h.T"},
    "The recurrent matrix is not transposed. Backward it is `w_h.T`.": {"w_h.T": "w_h"},
    "You divide by the matrix. By the chain rule it multiplies: `@ w_h.T`.": {
        "w_h.T": "np.linalg.inv(w_h)"
    },
    "You divide by the slope. By the chain rule it multiplies: d * (1 − h²).": {
        "(d * (": "(d / ("
    },
    "The slope of tanh is 1 − h², not 1 − h.": {"state**2": "state"},
    "The slope of tanh is 1 − h², with a minus. Yours rises to both sides of 0.": {
        SLOPE: "1 + state**2"
    },
    "`h` is already the tanh: its slope is 1 − h². You take the tanh once more.": {
        "state**2": "np.tanh(state) ** 2"
    },
    "That is the slope of the sigmoid. That of tanh is 1 − h².": {"1 -": "state -"},
    "The slope comes one state late. Between step t and t − 1 stands the tanh that "
    "made h[t]: multiply by 1 − h[t]² first, by the matrix second.": BEFORE
    | {STEP: "(d @ w_h.T) * (1 - before**2)"},
    "The slope comes one state late: between step t and t − 1 stands the tanh that "
    "made h[t]. Multiply by 1 − h[t]², not by 1 − h[t − 1]².": BEFORE
    | {"state**2": "before**2"},
    "Matrix and slope act in the wrong order. Going back, the tanh comes first and the "
    "matrix second.": {STEP: "(d @ w_h.T) * (1 - state**2)"},
    "The slope of one state serves for all. Every step back has a slope of its own, 1 "
    "− h[t]².": [{"state**2": "h[-1] ** 2"}, {"state**2": "h[0] ** 2"}],
    "You keep the norm after the slope, halfway. Keep it before.": {
        NORM: f"np.linalg.norm(d * ({SLOPE}))"
    },
    "All norms are one step too far back. The gradient for the last state is `d_last` "
    "itself: keep its norm before the first step back.": {
        KEEP: "",
        "one step back\n": "one step back\n" + KEEP,
    },
    "`d_last` is added at every step. The loss looks at the last state only.": {
        STEP: f"d_last + {STEP}"
    },
    "Every step begins with `d_last` again. Carry on what the last step gave.": {
        "(d *": "(d_last *"
    },
    "Nothing is carried back: every norm is that of `d_last`. Assign the new gradient "
    "to `d` in the loop.": {f"d = {STEP}": f"_ = {STEP}"},
    "You bring the gradient back to the norm 1 at every step, so nothing can vanish. "
    "Carry it as it is.": {STEP: f"{STEP}\n        d = d / np.linalg.norm(d)"},
    "The norms are divided by that of `d_last`. Return them as they are.": {
        NORM: "np.linalg.norm(d) / np.linalg.norm(d_last)"
    },
    "You multiply norms of matrices: a bound from above. Carry the gradient itself.": {
        "= d_last": "= np.linalg.norm(d_last)",
        NORM: "d",
        STEP: "d * np.linalg.norm(w_h * (1 - state**2), ord=2)",
    },
    "You read the states from the first to the last. The gradient starts at the last "
    "state: loop over `h[::-1]`.": {LOOP: "for state in h"},
    "Your norms run from the last state to the first. Turn them round at the end.": {
        "norms[::-1]": "norms"
    },
    "These are sums of absolute values. The norm is the root of the sum of squares: "
    "`np.linalg.norm`.": {NORM: "np.abs(d).sum()"},
    "These are roots of means. The norm is the root of the sum of squares: "
    "`np.linalg.norm`.": {NORM: "np.sqrt((d**2).mean())"},
    "These are sums of the gradient's numbers, which cancel. Take the norm: "
    "`np.linalg.norm`.": {NORM: "d.sum()"},
    "These are the largest numbers of the gradients. Take their norms, which count "
    "all: `np.linalg.norm`.": {NORM: "np.abs(d).max()"},
}

SIZE, SCALED = "np.sqrt(sum((g**2).sum() for g in gradient))", "g * (most / norm)"
SHORT = "    if norm <= most:\n        return list(gradient)\n"
RETURN = "    return [g * (most / norm) for g in gradient]\n"
AS_IT_GOES = """def clip(gradient, most):
    found, total = [], 0
    for g in gradient:
        total += (g**2).sum()
        norm = np.sqrt(total)
        found.append(g if norm <= most else g * (most / norm))
    return found
"""
CLIP = {
    "Each array is bounded by itself. That turns the direction, and the whole may "
    "still be too long: use one norm over all arrays, and one factor.": {
        "most / norm": "min(1, most / np.linalg.norm(g))"
    },
    "You cut every number at ±most. That turns the direction: scale the whole gradient "
    "by one factor.": {SCALED: "np.clip(g, -most, most)"},
    "A small gradient is made longer: yours always has the norm `most` (and a zero "
    "gradient becomes nan). Leave it as it is when its norm is small enough.": {
        SHORT: ""
    },
    "A small gradient is made longer: yours always has the norm `most`. Leave it as it "
    "is when its norm is small enough.": {"norm <= most": "norm == 0"},
    "The root is missing: the norm is the root of the sum of squares.": {"np.sqrt": ""},
    "You add up the norms of the arrays. The norm of the whole is the root of the sum "
    "of *all* squares.": {SIZE: "sum(np.linalg.norm(g) for g in gradient)"},
    "You take the mean of the arrays' norms. The norm of the whole is the root of the "
    "sum of *all* squares.": {SIZE: "np.mean([np.linalg.norm(g) for g in gradient])"},
    "You take the largest norm of a single array. The norm of the whole counts all of "
    "them.": {SIZE: "max(np.linalg.norm(g) for g in gradient)"},
    "You take the norm of the first array alone. All arrays count together.": {
        "ent))": "ent[:1]))"
    },
    "The last array is left out of the norm. All three count.": {"ent))": "ent[:-1]))"},
    "You take the largest number in place of the norm.": {
        SIZE: "max(np.abs(g).max() for g in gradient)"
    },
    "You add absolute values. The norm is the root of the sum of squares.": {
        SIZE: "sum(np.abs(g).sum() for g in gradient)"
    },
    "You take means of the squares. The norm is the root of their sum.": {
        "(g**2).sum()": "(g**2).mean()"
    },
    "`np.linalg.norm(g, 2)` of a matrix is its largest singular value. Leave the 2 "
    "out: then all its numbers count.": {"(g**2).sum()": "np.linalg.norm(g, 2) ** 2"},
    "The norm is not complete when you scale. Read all arrays first, then scale all by "
    "one factor.": AS_IT_GOES,
    "Only the first array is scaled, which turns the direction. Scale all.": {
        RETURN: "    return [gradient[0] * (most / norm), *gradient[1:]]\n"
    },
    "The comparison is turned round: long gradients stay, short ones are scaled.": {
        "<=": ">="
    },
    "You compare the square of the norm with `most`. Take the root first.": {
        "norm <=": "norm**2 <="
    },
    "You compare the norm with the square of `most`. Take the root of the sum of "
    "squares first, then compare.": {"<= most": "<= most**2"},
    "A long gradient comes out with the norm 1. Scale it to `most`: multiply by most / "
    "norm.": {"most / norm": "1 / norm"},
    "The factor is upside down: you make a long gradient longer. Multiply by most / "
    "norm.": {"most / norm": "norm / most"},
    "You multiply by 1 − most / norm. Multiply by most / norm.": {
        "most / norm)": "1 - most / norm)"
    },
    "A long gradient is divided by `most`. Multiply it by most / norm.": {
        SCALED: "g / most"
    },
    "A long gradient is multiplied by `most` alone. Multiply by most / norm.": {
        "(most / norm)": "most"
    },
    "You subtract from every number. That turns it: multiply by most / norm.": {
        SCALED: "g - (norm - most)"
    },
    "A long gradient is thrown away. Keep its direction: multiply by most / norm.": {
        "(most / norm)": "0"
    },
    "The arrays come back in another order. Keep the order of `gradient`.": [
        {"in gradient]": "in gradient[::-1]]"},
        {"in gradient]": "in gradient[::-1]]", "list(gradient)": "gradient[::-1]"},
    ],
    "Nothing is clipped: the gradient comes back as it was, however long.": {
        RETURN: "    return gradient\n"
    },
}

FORGET, UPDATE = "    optimizer.zero_grad()\n", "    optimizer.step()\n"
BACKWARD = "    loss.backward()\n"
BOUND = "    nn.utils.clip_grad_norm_(layer.parameters(), most)\n"
EACH = "    for p in layer.parameters():\n        nn.utils.clip_grad_norm_(p, most)\n"
FIRST = "    nn.utils.clip_grad_norm_(layer.weight_ih_l0, most)\n"
VALUES = "    nn.utils.clip_grad_value_(layer.parameters(), most)\n"
WHOLE = "clipped, _ = tf.clip_by_global_norm(gradients, most)"
APPLY = "    optimizer.apply(clipped, layer.trainable_variables)\n"
MEND = {
    "The update is not bounded at all: what was clipped is not what was used. Clip "
    "after the backward pass and before the step, and apply what you clipped.": {
        "pytorch": [
            {BOUND: ""},
            {BOUND: "", UPDATE: UPDATE + BOUND},
            {BOUND: "", BACKWARD: BOUND + BACKWARD},
        ],
        "tensorflow": {"apply(clipped": "apply(gradients"},
    },
    "Each array is bounded by itself, so the direction turns and the whole is too "
    "long. Clip all arrays together, by one norm.": {
        "pytorch": {BOUND: EACH},
        "tensorflow": {
            WHOLE: "clipped = [tf.clip_by_norm(g, most) for g in gradients]"
        },
    },
    "Only the first array is clipped. Clip all arrays together, by one norm.": {
        "pytorch": {BOUND: FIRST},
        "tensorflow": {
            WHOLE: "clipped = [tf.clip_by_norm(gradients[0], most), gradients[1]]"
        },
    },
    "You cut every number at ±most, which turns the direction. Clip by one norm.": {
        "pytorch": {BOUND: VALUES},
        "tensorflow": {
            WHOLE: "clipped = [tf.clip_by_value(g, -most, most) for g in gradients]"
        },
    },
    "A small gradient is made longer: yours always has the norm `most`. Only long ones "
    "are to be scaled.": {
        "pytorch": {
            BOUND: "    norm = nn.utils.clip_grad_norm_(layer.parameters(), most)\n"
            "    for p in layer.parameters():\n"
            "        p.grad *= most / min(norm, most)\n"
        },
        "tensorflow": {
            WHOLE: "norm = tf.linalg.global_norm(gradients)\n"
            "    clipped = [g * most / norm for g in gradients]"
        },
    },
    "You clip at 1, whatever `most` says.": {
        "pytorch": {"(), most": "(), 1.0"},
        "tensorflow": {"gradients, most": "gradients, 1.0"},
    },
    "You clip each array of the *last* gradient and then add the new one, which nobody "
    "clips. Set the gradients to zero, go backward, then clip all arrays together.": {
        "pytorch": {FORGET: EACH, BOUND: ""}
    },
    "You clip the *last* gradient and then add the new one, which nobody clips. Set "
    "the gradients to zero, go backward, then clip.": {
        "pytorch": {FORGET: BOUND, BACKWARD + BOUND: BACKWARD}
    },
    "The last gradient is kept and the new one added to it: the second update goes "
    "wrong. Set the gradients to zero (`optimizer.zero_grad()`) before the backward "
    "pass.": {"pytorch": {FORGET: ""}},
    "The bounds of the two arrays are each right, but the last gradient is kept and "
    "the new one added to it. Set the gradients to zero, and clip all arrays "
    "together.": {"pytorch": {FORGET: "", BOUND: EACH}},
    "The gradient is kept from update to update, and never bounded. Set it to zero, go "
    "backward, clip, step.": {"pytorch": {FORGET: "", BOUND: ""}},
    "Nothing moves: is there a step, and are the gradients still there when it is "
    "made?": {
        "pytorch": [{UPDATE: ""}, {FORGET: "", UPDATE: FORGET + UPDATE}],
        "tensorflow": {APPLY: ""},
    },
    "Each call makes two steps. One call, one step.": {
        "pytorch": {UPDATE: 2 * UPDATE},
        "tensorflow": {APPLY: 2 * APPLY},
    },
    "The update climbs: it adds the gradient, and should subtract it.": {
        "pytorch": {BACKWARD: "    (-loss).backward()\n"},
        "tensorflow": {"apply(clipped": "apply([-g for g in clipped]"},
    },
    "Only the first state is compared with the target. The loss looks at the last one, "
    "`h[:, -1]`.": {"h[:, -1]": "h[:, 0]"},
    "Every state is compared with the target. The loss looks at the last one, `h[:, "
    "-1]`.": {"h[:, -1] - target": "h - target[:, None]"},
    "`loss` is halved. It is the squared distance, summed, as in `patient`.": {
        "loss = ": "loss = 0.5 * "
    },
    "`loss` is a mean. It is the squared distance, summed, as in `patient`.": {
        "sum": "mean"
    },
    "`loss` is a mean over the batch. It is the squared distance, summed, as in "
    "`patient`.": {"loss = ": "loss = 1 / len(x) * "},
    "`loss` holds differences, without their squares. It is the squared distance, "
    "summed, as in `patient`.": {" ** 2": ""},
    "The loss is computed again after the update. Return the one that the "
    "update was made from.": {
        "pytorch": {"return loss": "return ((layer(x)[0][:, -1] - target) ** 2).sum()"},
        "tensorflow": {
            "return loss": "return tf.reduce_sum((layer(x)[:, -1] - target) ** 2)"
        },
    },
    "You return the gradient's norm. Return the loss, as `patient` does.": {
        "pytorch": {"return loss": "return norm", "    nn.": "    norm = nn."},
        "tensorflow": {"return loss": "return norm", "_ =": "norm ="},
    },
}

# The exercise is free, its network anyone's: these are phrases of what its check says.
START = "nn.init.orthogonal_(self.rnn.weight_hh_l0)"
ORTHOGONAL = 'recurrent_initializer="orthogonal"'
OF_TORCH, OF_KERAS = "self.out(h[:, -1])", "self.out(self.rnn(x))"
FIT = "fit(x, y, batch_size=len(batches[0][1]), shuffle=False, verbose=0)"


LEARN = {
    "From which recurrent matrix does the layer start": {
        "pytorch": [
            {START: "pass"},
            {START: "nn.init.normal_(self.rnn.weight_hh_l0, std=0.01)"},
            {START: "nn.init.orthogonal_(self.rnn.weight_ih_l0)"},
        ],
        "tensorflow": [
            {ORTHOGONAL: f"recurrent_initializer={start}"}
            for start in (
                "keras.initializers.RandomUniform(-0.125, 0.125)",
                "keras.initializers.RandomNormal(stddev=0.01)",
                '"zeros"',
            )
        ],
    },
    "the last gradient kept": {"pytorch": {"        optimizer.zero_grad()\n": ""}},
    "`from_logits=True` missing": {"tensorflow": {"from_logits=True": ""}},
    "Are the updates applied": {
        "pytorch": [{"        optimizer.step()\n": ""}, {"lr=0.002": "lr=1e-5"}],
        "tensorflow": {f"model.{FIT}": "model(x[:64])"},
    },
    "(`batch_first=True` in PyTorch)": {"pytorch": {", batch_first=True": ""}},
    "they have been through a softmax": {
        "pytorch": {OF_TORCH: f"{OF_TORCH}.softmax(-1)"},
        "tensorflow": {"Dense(n_out)": 'Dense(n_out, activation="softmax")'},
    },
    "summed over the batch": {
        "pytorch": {OF_TORCH: f"{OF_TORCH}.softmax(0)"},
        "tensorflow": {OF_KERAS: f"tf.nn.softmax({OF_KERAS}, 0)"},
    },
    "one row of logits for each sequence": {"n_out=4": "n_out=8"},
    "expected (1, 4)": {
        "pytorch": {OF_TORCH: f"{OF_TORCH}.squeeze()"},
        "tensorflow": {OF_KERAS: f"tf.squeeze({OF_KERAS})"},
    },
    "It looks as if `x` is read backwards": {
        "pytorch": [{"h[:, -1]": "h[:, 0]"}, {"self.rnn(x)": "self.rnn(x.flip(1))"}],
        "tensorflow": {ORTHOGONAL: ORTHOGONAL + ", go_backwards=True"},
    },
    "returned the class `Recall`": {"return model": "return Recall"},
}

MISTAKES = {
    "radius": RADIUS,
    "reach": REACH,
    "back": BACK,
    "clip": CLIP,
    "mend": MEND,
    "learn": LEARN,
}
