"""Wrong answers that learners really give, each with a phrase the check must say."""

from unrolled.check import Mistake


def _slope(line):
    return f"def slope(h):\n    {line}\n"


SLOPE = [
    Mistake("tanh once more", "tanh once more", _slope("return 1 - np.tanh(h) ** 2")),
    Mistake(
        "one over cosh squared, of the output",
        "tanh once more",
        _slope("return 1 / np.cosh(h) ** 2"),
    ),
    Mistake("sigmoid's slope", "logistic sigmoid", _slope("return h * (1 - h)")),
    Mistake("no square", "square is missing", _slope("return 1 - h")),
    Mistake(
        "square of the difference",
        "square belongs to `h` alone",
        _slope("return (1 - h) ** 2"),
    ),
    Mistake("plus for minus", "Yours rises", _slope("return 1 + h**2")),
    Mistake("sign", "Every sign is turned round", _slope("return h**2 - 1")),
    Mistake(
        "derived once too often",
        "derivative of the slope's formula",
        _slope("return -2 * h"),
    ),
    Mistake("ReLU's slope", "slope of ReLU", _slope("return (h > 0) * 1.0")),
    Mistake(
        "the slope of the inverse",
        "inverse of tanh",
        _slope("return 1 / (1 - h**2)"),
    ),
    Mistake(
        "a product of matrices for a square",
        "`slope`",
        _slope("return 1 - h @ h.T"),
    ),
    Mistake("summed", "One number came back", _slope("return np.sum(1 - h**2)")),
    Mistake("no return", "returned nothing", _slope("slope = 1 - h**2")),
]


def _numeric(
    rise="loss(up) - loss(down)",
    run="(2 * epsilon)",
    up="up[i] += epsilon",
    down="down[i] -= epsilon",
    zeros="np.zeros_like(w)",
    loop="for i in np.ndindex(w.shape)",
):
    return f"""
def numeric(loss, w, epsilon):
    gradient = {zeros}
    {loop}:
        up, down = w.copy(), w.copy()
        {up}
        {down}
        gradient[i] = ({rise}) / {run}
    return gradient
"""


NUMERIC = [
    Mistake(
        "one side only",
        "to one side only",
        _numeric(rise="loss(up) - loss(w)", run="epsilon"),
    ),
    Mistake(
        "one side, downwards",
        "downwards",
        _numeric(rise="loss(w) - loss(down)", run="epsilon"),
    ),
    Mistake("divided by epsilon", "divide by that", _numeric(run="epsilon")),
    Mistake(
        "one side, divided by two epsilon",
        "Go to both sides",
        _numeric(rise="loss(up) - loss(w)"),
    ),
    Mistake("brackets forgotten", "Mind the brackets", _numeric(run="2 * epsilon")),
    Mistake("not divided", "not divided by anything", _numeric(run="1")),
    Mistake("sign", "subtract the lower loss", _numeric(rise="loss(down) - loss(up)")),
    Mistake(
        "all at once",
        "nudged at once",
        _numeric(up="up += epsilon", down="down -= epsilon"),
    ),
    Mistake(
        "relative nudge",
        "The nudge is `epsilon * w`",
        _numeric(up="up[i] *= 1 + epsilon", down="down[i] *= 1 - epsilon"),
    ),
    Mistake(
        "nudged in place, not put back",
        "stay nudged",
        """
def numeric(loss, w, epsilon):
    gradient = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        w[i] += epsilon
        up = loss(w)
        w[i] -= 2 * epsilon
        gradient[i] = (up - loss(w)) / (2 * epsilon)
    return gradient
""",
    ),
    Mistake(
        "nudged in place, put back by adding",
        "changed its argument `w` in place",
        """
def numeric(loss, w, epsilon):
    gradient = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        w[i] += epsilon
        up = loss(w)
        w[i] -= 2 * epsilon
        gradient[i] = (up - loss(w)) / (2 * epsilon)
        w[i] += epsilon
    return gradient
""",
    ),
    Mistake(
        "a copy that stays nudged",
        "stay nudged",
        """
def numeric(loss, w, epsilon):
    gradient, w = np.zeros_like(w), w.copy()
    for i in np.ndindex(w.shape):
        w[i] += epsilon
        up = loss(w)
        w[i] -= 2 * epsilon
        gradient[i] = (up - loss(w)) / (2 * epsilon)
    return gradient
""",
    ),
    Mistake(
        "whole numbers",
        "whole numbers",
        _numeric(zeros="np.zeros_like(w, dtype=int)"),
    ),
    Mistake(
        "first axis only",
        "You nudge whole rows",
        _numeric(loop="for i in range(len(w))"),
    ),
    Mistake(
        "nudges that swallow each other",
        "Are they one array",
        _numeric().replace("w.copy(), w.copy()", "w, w"),
    ),
]


def _back(
    d_a="d_h * slope(h)",
    x="d_a @ w_x.T",
    before="d_a @ w_h.T",
    w_x="x.T @ d_a",
    w_h="h_before.T @ d_a",
    b="d_a.sum(axis=0)",
    result="d_x, d_before, d_w_x, d_w_h, d_b",
):
    return f"""
def back(d_h, x, h_before, h, w_x, w_h):
    d_a = {d_a}
    d_x = {x}
    d_before = {before}
    d_w_x = {w_x}
    d_w_h = {w_h}
    d_b = {b}
    return {result}
"""


BACK = [
    Mistake("no slope", "slope of tanh is missing", _back(d_a="d_h")),
    Mistake(
        "slope at the old state", "at the old state", _back("d_h * slope(h_before)")
    ),
    Mistake("tanh once more", "tanh once more", _back("d_h * (1 - np.tanh(h) ** 2)")),
    Mistake("divided by the slope", "divide by the slope", _back("d_h / slope(h)")),
    Mistake("w_h not transposed", "needs `w_h.T`", _back(before="d_a @ w_h")),
    Mistake("w_x not transposed", "needs `w_x.T`", _back(x="d_a @ w_x")),
    Mistake("new state for w_h", "uses the new state", _back(w_h="h.T @ d_a")),
    Mistake(
        "gradient of w_h transposed",
        "gradient for `w_h` is transposed",
        _back(w_h="d_a.T @ h_before"),
    ),
    Mistake(
        "column convention",
        "the column convention",
        _back(w_x="d_a.T @ x", w_h="d_a.T @ h_before"),
    ),
    Mistake("b not summed", "sum over the batch", _back(b="d_a")),
    Mistake("mean for b", "Yours is the mean", _back(b="d_a.mean(axis=0)")),
    Mistake("b summed to a number", "one number in all", _back(b="d_a.sum()")),
    Mistake("b before the slope", "`b` stands inside tanh", _back(b="d_h.sum(axis=0)")),
    Mistake(
        "state's gradient before the slope",
        "`h_before` also went through tanh",
        _back(before="d_h @ w_h.T"),
    ),
    Mistake(
        "divided by the batch",
        "divided by the batch",
        _back(
            w_x="x.T @ d_a / len(x)",
            w_h="h_before.T @ d_a / len(x)",
            b="d_a.mean(axis=0)",
        ),
    ),
    Mistake(
        "weights before states",
        "in another order",
        _back(result="d_x, d_w_x, d_w_h, d_b, d_before"),
    ),
    Mistake(
        "w_h before w_x",
        "in another order",
        _back(result="d_x, d_before, d_w_h, d_w_x, d_b"),
    ),
    Mistake(
        "four gradients", "expected 5", _back(result="d_x, d_before, d_w_x, d_w_h")
    ),
    Mistake(
        "d_h overwritten in place",
        "changed its argument `d_h` in place",
        _back(d_a="d_h; d_a *= slope(h)"),
    ),
]


def _torch(
    loop="range(0, x.shape[1], k)",
    call="layer(x[:, t : t + k], h)",
    loss="half_squared(states, y[:, t : t + k])",
    after="loss.backward()",
    total="total += loss.item()",
    cut="h = h.detach()",
    zero="layer.zero_grad()",
    end="",
    result="total, [weight.grad for weight in layer.parameters()]",
):
    return f"""
def pieces(layer, x, y, k):
    total, n, h = 0.0, 0, None
    {zero}
    for t in {loop}:
        n += 1
        states, h = {call}
        loss = {loss}
        {after}
        {total}
        {cut}
    {end}
    return {result}
"""


def _keras(
    loop="range(0, x.shape[1], k)",
    call="layer(x[:, t : t + k], initial_state=h)",
    loss="half_squared(states, y[:, t : t + k])",
    add="g + one",
    total="total += float(loss)",
    next_="states[:, -1]",
    outside="pass",
    result="total, gradients",
):
    return f"""
def pieces(layer, x, y, k):
    total, n, h = 0.0, 0, None
    weights = layer.trainable_variables
    gradients = [tf.zeros_like(weight) for weight in weights]
    for t in {loop}:
        n += 1
        with tf.GradientTape() as tape:
            states = {call}
            loss = {loss}
        {outside}
        new = tape.gradient(loss, weights)
        gradients = [{add} for g, one in zip(gradients, new, strict=True)]
        {total}
        h = {next_}
    return {result}
"""


ONE_TAPE = """
def pieces(layer, x, y, k):
    total, h = 0.0, None
    with tf.GradientTape() as tape:
        for t in range(0, x.shape[1], k):
            states = layer(x[:, t : t + k], initial_state=h)
            total += half_squared(states, y[:, t : t + k])
            h = states[:, -1]
    return total, tape.gradient(total, layer.trainable_variables)
"""

PIECES = [
    Mistake(
        "not detached, one backward at the end",
        "nothing is cut",
        _torch(after="pass", total="total += loss", cut="pass", end="total.backward()"),
        "pytorch",
    ),
    Mistake(
        "not detached, backward for each piece",
        "cut it off with `h.detach()`",
        _torch(cut="pass"),
        "pytorch",
    ),
    Mistake(
        "not detached, the graph retained",
        "nothing is cut",
        _torch(cut="pass", after="loss.backward(retain_graph=True)"),
        "pytorch",
    ),
    Mistake(
        "state thrown away",
        "Every piece starts from zeros",
        _torch(cut="h = None"),
        "pytorch",
    ),
    Mistake(
        "old gradients kept", "gradients of the first call", _torch(zero=""), "pytorch"
    ),
    Mistake(
        "gradients cleared for each piece",
        "gradients are those of the last piece only",
        _torch(after="layer.zero_grad(); loss.backward()"),
        "pytorch",
    ),
    Mistake(
        "last loss only",
        "loss is that of the last piece",
        _torch(total="total = loss.item()"),
        "pytorch",
    ),
    Mistake(
        "mean of the losses", "loss is a mean", _torch(end="total /= n"), "pytorch"
    ),
    Mistake(
        "short last piece left out",
        "last piece is left out",
        _torch(loop="range(0, max(x.shape[1] // k, 1) * k, k)"),
        "pytorch",
    ),
    Mistake(
        "cut at every step",
        "cut at every step",
        _torch(
            loop="range(x.shape[1])",
            call="layer(x[:, t : t + 1], h)",
            loss="half_squared(states, y[:, t : t + 1])",
        ),
        "pytorch",
    ),
    Mistake("no backward", "Some gradients are None", _torch(after="pass"), "pytorch"),
    Mistake(
        "no gradient recorded",
        "RuntimeError",
        _torch(call="layer(x[:, t : t + k].detach(), h)").replace(
            "    total, n", "    layer.requires_grad_(False)\n    total, n"
        ),
        "pytorch",
    ),
    Mistake("loss only", "must return two things", _torch(result="total"), "pytorch"),
    Mistake("one tape around the loop", "nothing is cut", ONE_TAPE, "tensorflow"),
    Mistake(
        "state thrown away",
        "Every piece starts from zeros",
        _keras(next_="None"),
        "tensorflow",
    ),
    Mistake(
        "last gradients only",
        "gradients are those of the last piece only",
        _keras(add="one"),
        "tensorflow",
    ),
    Mistake(
        "last loss only",
        "loss is that of the last piece",
        _keras(total="total = float(loss)"),
        "tensorflow",
    ),
    Mistake(
        "last piece of all",
        "are those of the last piece",
        _keras(add="one", total="total = float(loss)"),
        "tensorflow",
    ),
    Mistake(
        "mean of the losses",
        "loss is a mean",
        _keras(result="total / n, gradients"),
        "tensorflow",
    ),
    Mistake(
        "mean over the pieces",
        "mean over the pieces",
        _keras(result="total / n, [g / n for g in gradients]"),
        "tensorflow",
    ),
    Mistake(
        "short last piece left out",
        "last piece is left out",
        _keras(loop="range(0, max(x.shape[1] // k, 1) * k, k)"),
        "tensorflow",
    ),
    Mistake(
        "cut at every step",
        "cut at every step",
        _keras(
            loop="range(x.shape[1])",
            call="layer(x[:, t : t + 1], initial_state=h)",
            loss="half_squared(states, y[:, t : t + 1])",
        ),
        "tensorflow",
    ),
    Mistake(
        "layer run outside the tape",
        "Some gradients are None",
        _keras(
            call="0 * y[:, t : t + k]",
            outside="states = layer(x[:, t : t + k], initial_state=h)",
            add="one",
        ),
        "tensorflow",
    ),
    Mistake(
        "loss only", "must return two things", _keras(result="total"), "tensorflow"
    ),
]


SLOPE += [
    Mistake(
        "half",
        "A small case that fails",
        """
def slope(h):
    return 1 - h**2 / 2
""",
    ),
    Mistake(
        "exponent mistaken for xor",
        "stopped with TypeError in line",
        """
def slope(h):
    return 1 - h ^ 2
""",
    ),
    Mistake(
        "absolute value for square",
        "A small case that fails",
        """
def slope(h):
    return 1 - np.abs(h)
""",
    ),
    Mistake(
        "mean at the end",
        "One number came back",
        """
def slope(h):
    return (1 - h**2).mean()
""",
    ),
]

NUMERIC += [
    Mistake(
        "summed",
        "One number came back",
        """
def numeric(loss, w, epsilon):
    gradient = 0
    for i in np.ndindex(w.shape):
        up, down = w.copy(), w.copy()
        up[i] += epsilon
        down[i] -= epsilon
        gradient += (loss(up) - loss(down)) / (2 * epsilon)
    return gradient
""",
    ),
    Mistake(
        "own epsilon",
        "epsilon of your own",
        """
def numeric(loss, w, epsilon):
    gradient = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        up, down = w.copy(), w.copy()
        up[i] += 1e-5
        down[i] -= 1e-5
        gradient[i] = (loss(up) - loss(down)) / 2e-5
    return gradient
""",
    ),
    Mistake(
        "loss of the mean",
        "two losses are added",
        """
def numeric(loss, w, epsilon):
    gradient = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        up, down = w.copy(), w.copy()
        up[i] += epsilon
        down[i] -= epsilon
        gradient[i] = (loss(up) + loss(down)) / (2 * epsilon)
    return gradient
""",
    ),
    Mistake(
        "absolute",
        "signs are lost",
        """
def numeric(loss, w, epsilon):
    gradient = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        up, down = w.copy(), w.copy()
        up[i] += epsilon
        down[i] -= epsilon
        gradient[i] = abs(loss(up) - loss(down)) / (2 * epsilon)
    return gradient
""",
    ),
    Mistake(
        "one number nudged only",
        "Only the first number",
        """
def numeric(loss, w, epsilon):
    gradient = np.zeros_like(w)
    i = (0,) * w.ndim
    up, down = w.copy(), w.copy()
    up[i] += epsilon
    down[i] -= epsilon
    gradient[i] = (loss(up) - loss(down)) / (2 * epsilon)
    return gradient
""",
    ),
]

BACK += [
    Mistake(
        "first sequence only",
        "right in 1 of 6 cases",
        """
def back(d_h, x, h_before, h, w_x, w_h):
    d_a = d_h * (1 - h**2)
    return (
        d_a @ w_x.T,
        d_a @ w_h.T,
        x[:1].T @ d_a[:1],
        h_before[:1].T @ d_a[:1],
        d_a[0],
    )
""",
    ),
    Mistake(
        "bias summed over units",
        "summed over the units",
        """
def back(d_h, x, h_before, h, w_x, w_h):
    d_a = d_h * (1 - h**2)
    return (
        d_a @ w_x.T,
        d_a @ w_h.T,
        x.T @ d_a,
        h_before.T @ d_a,
        d_a.sum(axis=1),
    )
""",
    ),
    Mistake(
        "slope only for the state",
        "A small case that fails",
        """
def back(d_h, x, h_before, h, w_x, w_h):
    d_a = d_h * (1 - h**2)
    return (
        d_h @ w_x.T,
        d_a @ w_h.T,
        x.T @ d_h,
        h_before.T @ d_h,
        d_h.sum(axis=0),
    )
""",
    ),
    Mistake(
        "d_h added to state's gradient",
        "`back` → `h_before`",
        """
def back(d_h, x, h_before, h, w_x, w_h):
    d_a = d_h * (1 - h**2)
    return (
        d_a @ w_x.T,
        d_a @ w_h.T + d_h,
        x.T @ d_a,
        h_before.T @ d_a,
        d_a.sum(axis=0),
    )
""",
    ),
    Mistake(
        "minus for descent",
        "Every sign is turned round",
        """
def back(d_h, x, h_before, h, w_x, w_h):
    d_a = d_h * (1 - h**2)
    return (
        -d_a @ w_x.T,
        -d_a @ w_h.T,
        -x.T @ d_a,
        -h_before.T @ d_a,
        -d_a.sum(axis=0),
    )
""",
    ),
]

PIECES += [
    Mistake(
        "targets one ahead",
        "must match the size",
        """
def pieces(layer, x, y, k):
    total, h = 0.0, None
    layer.zero_grad()
    for t in range(0, x.shape[1], k):
        states, h = layer(x[:, t : t + k], h)
        loss = half_squared(states, y[:, t + 1 : t + k + 1])
        loss.backward()
        total += loss.item()
        h = h.detach()
    return total, [w.grad for w in layer.parameters()]
""",
        "pytorch",
    ),
    Mistake(
        "gradients cloned as data of weights",
        "the weights themselves",
        """
def pieces(layer, x, y, k):
    total, h = 0.0, None
    layer.zero_grad()
    for t in range(0, x.shape[1], k):
        states, h = layer(x[:, t : t + k], h)
        loss = half_squared(states, y[:, t : t + k])
        loss.backward()
        total += loss.item()
        h = h.detach()
    return total, [w.data for w in layer.parameters()]
""",
        "pytorch",
    ),
    Mistake(
        "batch cut",
        "nothing is cut",
        """
def pieces(layer, x, y, k):
    total, h = 0.0, None
    layer.zero_grad()
    for t in range(0, x.shape[0], k):
        states, h = layer(x[t : t + k], h)
        loss = half_squared(states, y[t : t + k])
        loss.backward()
        total += loss.item()
        h = h.detach()
    return total, [w.grad for w in layer.parameters()]
""",
        "pytorch",
    ),
    Mistake(
        "k pieces, not pieces of k",
        "Each piece has `k` steps",
        """
def pieces(layer, x, y, k):
    total, h = 0.0, None
    layer.zero_grad()
    for t in range(0, x.shape[1], max(1, x.shape[1] // k)):
        states, h = layer(x[:, t : t + max(1, x.shape[1] // k)], h)
        loss = half_squared(states, y[:, t : t + max(1, x.shape[1] // k)])
        loss.backward()
        total += loss.item()
        h = h.detach()
    return total, [w.grad for w in layer.parameters()]
""",
        "pytorch",
    ),
    Mistake(
        "clipped",
        "`pieces` → `w_x`",
        """
def pieces(layer, x, y, k):
    total, h = 0.0, None
    layer.zero_grad()
    for t in range(0, x.shape[1], k):
        states, h = layer(x[:, t : t + k], h)
        loss = half_squared(states, y[:, t : t + k])
        loss.backward()
        nn.utils.clip_grad_norm_(layer.parameters(), 1.0)
        total += loss.item()
        h = h.detach()
    return total, [w.grad for w in layer.parameters()]
""",
        "pytorch",
    ),
]

SLOPE += [
    Mistake("root", "No root", _slope("return np.sqrt(1 - h**2)")),
    Mistake("tanh itself", "That is tanh", _slope("return np.tanh(h)")),
    Mistake("double for square", "not its double", _slope("return 1 - 2 * h")),
]

NUMERIC += [
    Mistake(
        "one copy under two names",
        "Are they one array",
        _numeric().replace("w.copy(), w.copy()", "(w.copy(),) * 2"),
    ),
    Mistake(
        "copied once",
        "before the loop",
        """
def numeric(loss, w, epsilon):
    gradient = np.zeros_like(w)
    up, down = w.copy(), w.copy()
    for i in np.ndindex(w.shape):
        up[i] += epsilon
        down[i] -= epsilon
        gradient[i] = (loss(up) - loss(down)) / (2 * epsilon)
    return gradient
""",
    ),
    Mistake(
        "loss of one number",
        "is given one number",
        _numeric(rise="loss(up[i]) - loss(down[i])"),
    ),
    Mistake(
        "replaced by epsilon",
        "is replaced by epsilon",
        _numeric(up="up[i] = epsilon", down="down[i] = -epsilon"),
    ),
    Mistake(
        "added everywhere",
        "added to all numbers",
        _numeric().replace("gradient[i] =", "gradient +="),
    ),
    Mistake(
        "half of epsilon",
        "by half of epsilon and divide",
        _numeric(up="up[i] += epsilon / 2", down="down[i] -= epsilon / 2"),
    ),
    Mistake(
        "half of epsilon, divided by epsilon",
        "Nudge by epsilon itself",
        _numeric(
            up="up[i] += epsilon / 2", down="down[i] -= epsilon / 2", run="epsilon"
        ),
    ),
    Mistake(
        "return in the loop",
        "below the loop",
        _numeric().replace("    return", "        return"),
    ),
]

BACK += [
    Mistake("x before the slope", "for `x` starts from", _back(x="d_h @ w_x.T")),
    Mistake("w_x before the slope", "for `w_x` starts from", _back(w_x="x.T @ d_h")),
    Mistake(
        "w_h before the slope", "for `w_h` starts from", _back(w_h="h_before.T @ d_h")
    ),
    Mistake(
        "both weights before the slope",
        "`w_x` and `w_h` start",
        _back(w_x="x.T @ d_h", w_h="h_before.T @ d_h"),
    ),
    Mistake(
        "outer products of batches",
        "`np.outer` pairs",
        _back(w_x="np.outer(x, d_a)", w_h="np.outer(h_before, d_a)"),
    ),
    Mistake(
        "the earlier slope too",
        "slope of its own",
        _back(before="(d_a @ w_h.T) * slope(h_before)"),
    ),
    Mistake(
        "weights first",
        "in another order",
        _back(result="d_w_x, d_w_h, d_b, d_x, d_before"),
    ),
]

OVERLAP = "range(x.shape[1])"
SHORT = "range(0, x.shape[1] - k, k)"
ALL_MEAN = "0.5 * ((states - y[:, t : t + k]) ** 2)"
LAST = "half_squared(states[:, -1:], y[:, t : t + k][:, -1:])"


def _both(name, hint, torch, keras):
    return [
        Mistake(name, hint, torch, "pytorch"),
        Mistake(name, hint, keras, "tensorflow"),
    ]


PIECES += [
    *_both("overlap", "The pieces overlap", _torch(OVERLAP), _keras(OVERLAP)),
    *_both("never the last", "always left out", _torch(SHORT), _keras(SHORT)),
    *_both(
        "return in the loop",
        "Only the first piece",
        _torch().replace("    return", "        return"),
        _keras().replace("    return", "        return"),
    ),
    *_both(
        "first targets",
        "the first `k` steps of `y`",
        _torch(loss="half_squared(states, y[:, : states.shape[1]])"),
        _keras(loss="half_squared(states, y[:, : states.shape[1]])"),
    ),
    *_both("last states", "Only the last state", _torch(loss=LAST), _keras(loss=LAST)),
    *_both(
        "no half",
        "the half is missing",
        _torch(loss="2 * half_squared(states, y[:, t : t + k])"),
        _keras(loss="2 * half_squared(states, y[:, t : t + k])"),
    ),
    *_both(
        "mean of a piece",
        "mean over each piece",
        _torch(loss=ALL_MEAN + ".mean()"),
        _keras(loss=f"tf.reduce_mean({ALL_MEAN})"),
    ),
    *_both(
        "loss for each step",
        "divided by the number of steps",
        _torch(end="total /= x.shape[1]"),
        _keras(result="total / x.shape[1], gradients"),
    ),
    *_both(
        "first state handed on",
        "first state of a piece",
        _torch(cut="h = states[:, 0][None].detach()"),
        _keras(next_="states[:, 0]"),
    ),
    *_both(
        "matrices exchanged",
        "two matrices are in another order",
        _torch(end="a, b, *c = [w.grad for w in layer.parameters()]").replace(
            "total, [weight.grad for weight in layer.parameters()]", "total, [b, a, *c]"
        ),
        _keras(result="total, [gradients[1], gradients[0], gradients[2]]"),
    ),
    *_both(
        "results exchanged",
        "given list, float",
        _torch(result="[weight.grad for weight in layer.parameters()], total"),
        _keras(result="gradients, total"),
    ),
    *_both(
        "weights moved",
        "weights are others than before",
        _torch(cut="h = h.detach(); torch.optim.SGD(layer.parameters(), 0.1).step()"),
        _keras(next_="states[:, -1]; [w.assign_sub(g) for w, g in zip(weights, new)]"),
    ),
    Mistake(
        "one backward at the end, state cut",
        "every piece is kept until the end",
        _torch(after="pass", total="total = total + loss", end="total.backward()"),
        "pytorch",
    ),
    Mistake(
        "cleared after each piece",
        "cleared after the backward pass",
        _torch(cut="h = h.detach(); layer.zero_grad()"),
        "pytorch",
    ),
    Mistake(
        "one bias only",
        "3 gradients for 4 weights",
        _torch(result="total, [weight.grad for weight in layer.parameters()][:3]"),
        "pytorch",
    ),
    Mistake(
        "read under no_grad",
        "does not know the layer's weights",
        _torch().replace("states, h =", "with torch.no_grad(): states, h ="),
        "pytorch",
    ),
    Mistake(
        "lists put one behind the other",
        "gradients for 3 weights",
        _keras(add="g")
        .replace("gradients = [g for", "gradients += [one for")
        .replace("zip(gradients, new, strict=True)", "zip(new, new)"),
        "tensorflow",
    ),
    Mistake(
        "loss outside the tape",
        "inside the `with`",
        _keras().replace("            loss =", "        loss ="),
        "tensorflow",
    ),
]

THROUGH = {
    "Only the loss' own gradient reaches each state. Add what comes back from the next "
    "step: `d_h[:, t] + later`.": {" + later": ""},
    "The weights' gradients hold one step only, the last that the loop made. The "
    "weights were used at every step: add up, `+=`.": {
        "d_w_x + one_x, d_w_h + one_h, d_b + one_b": "one_x, one_h, one_b"
    },
    "Only the loss at the last step is used. Every step has a gradient of its own, "
    "`d_h[:, t]`, that is added to what comes back.": {
        "d_h[:, t] + later": "d_h[:, t] if t == x.shape[1] - 1 else later"
    },
    "Before step 0 comes `start`. Your index -1 reads the last state.": {
        " if t > 0 else start": ""
    },
    "Before step 0 comes `start`, not zeros.": {"else start": "else 0 * start"},
    "`back` is given the new state as the old one. Before step t comes "
    "`h[:, t - 1]`.": {"h[:, t - 1] if t > 0 else start": "h[:, t]"},
    "Every step is given `start` as the state before it. Before step t comes "
    "`h[:, t - 1]`.": {"h[:, t - 1] if t > 0 else start": "start"},
    "`back` is given the next state as the old one. Before step t comes "
    "`h[:, t - 1]`.": {"h[:, t - 1] if t > 0": "h[:, t + 1] if t + 1 < x.shape[1]"},
    "`back` is given the new state as the old one, and the old as the new. It takes "
    "`d_h, x, h_before, h, w_x, w_h`.": {
        "before, h[:, t], w_x": "h[:, t], before, w_x"
    },
    "Your loop runs forward in time. The gradient of a state needs that of the next "
    "one: begin at the last step, `reversed(range(…))`.": {
        "reversed(range(x.shape[1]))": "range(x.shape[1])"
    },
    "Step 0 is left out: `range(…, 0, -1)` stops before it.": {
        "reversed(range(x.shape[1]))": "range(x.shape[1] - 1, 0, -1)"
    },
    "The last step is left out: t begins at `x.shape[1] - 1`.": {
        "x.shape[1])": "x.shape[1] - 1)"
    },
    "Your loop runs over the batch. Time is the second axis: t in "
    "`reversed(range(x.shape[1]))`.": {"x.shape[1]": "len(x)"},
    "Only the last step is walked back. Does the `return` stand in the loop?": {
        "    return": "        return"
    },
    "What comes back is added up from step to step. It replaces what came before: "
    "`later` is what the last call of `back` returned.": {
        "        d_x[:, t], later,": "        kept = later\n        d_x[:, t], later,",
        "        d_w_x, d": "        later = later + kept\n        d_w_x, d",
    },
    "The loss at the last step counts twice. Nothing comes back from behind the end: "
    "`later` begins with zeros.": {"np.zeros_like(start)": "d_h[:, -1]"},
    "`d_h` is not used: a gradient that begins with zeros stays zero. Each state gets "
    "`d_h[:, t] + later`.": {"d_h[:, t] + later": "later"},
    "The gradient for `start` holds `d_h` of step 0 too. The loss does not look at "
    "`start`: take what the last call of `back` returned.": {
        "return d_x, later": "return d_x, d_h[:, 0] + later"
    },
    "The gradient for `start` stayed zero. It is what comes back from step 0.": {
        "return d_x, later": "return d_x, np.zeros_like(start)"
    },
    "The gradient for `b` has a row for each sequence. All share one bias: its "
    "gradient has the shape (n_hidden,).": {"d_b\n": "d_b + np.zeros_like(start)\n"},
    "The weights' gradients are averaged over the steps. Each use adds its part in "
    "full.": {"+ one_": "+ 1 / x.shape[1] * one_"},
    "The gradients for `x` run backwards in time. Put each at its own step.": {
        "return d_x,": "return d_x[:, ::-1],"
    },
}

STEPS = {"d_w_y +=": "d_w_y ="}
PATHS = {" + later": ""}
SYMBOLS = {"np.add.at(d_table, ids[:, t], d_a)": "d_table[ids[:, t]] += d_a"}
MEND = {
    "`w_y` is used at every step, so its gradient is a sum over the steps.": STEPS,
    "A state is used twice, by its output and by the next "
    "state: a gradient comes back from both.": PATHS,
    "A symbol that comes twice in `ids[:, t]` is counted once: "
    "`array[ids] += …` writes each place one time only. `np.add.at` adds every time.": (
        SYMBOLS
    ),
    "All three sums are still missing.": STEPS | PATHS | SYMBOLS,
    "The table's gradient is written, not added: a symbol that comes again, in another "
    "step or another sequence, wipes out what was there.": {
        "np.add.at(d_table, ids[:, t], d_a)": "d_table[ids[:, t]] = d_a"
    },
    "The table's gradient begins at zero again in every step. Make the zeros once, "
    "before the loop.": {"        np.add": "        d_table[:] = 0\n        np.add"},
    "The table's gradient is divided by the batch. Every use of a symbol adds its part "
    "in full.": {"ids[:, t], d_a)": "ids[:, t], d_a / len(ids))"},
    "The gradient of `w_h` holds one step only. `patient` had that right.": {
        "d_w_h +=": "d_w_h ="
    },
    "On the way back the recurrent matrix must be transposed: `d_a @ w_h.T`.": {
        "w_h.T": "w_h"
    },
    "What goes back to the state before has not gone through the slope of tanh: "
    "`later` is made from `d_a`, not from `d_h`.": {"later = d_a": "later = d_h"},
    "What comes back is added up from step to step. It replaces what came before: "
    "`later = d_a @ w_h.T`.": {"later = d_a": "later = later + d_a"},
    "Your loop runs forward in time. `later` comes from the next step: begin at the "
    "last one, as `patient` does.": {
        "reversed(range(ids.shape[1]))": "range(ids.shape[1])"
    },
    "Only the last step is walked back. Does the `return` stand in the loop?": {
        "    return": "        return"
    },
    "Your loop runs over the batch. Time is the second axis of `ids`: "
    "`ids.shape[1]`.": {"ids.shape[1]": "len(ids)"},
    "`w_y` reads the new state: `h[:, t + 1]`, as in `patient`.": {
        "d_w_y += h[:, t + 1]": "d_w_y += h[:, t]"
    },
    "All gradients are divided by the batch. The loss decides whether it is a mean; "
    "here gradients only add up.": {
        "return d_table, d_w_h, d_w_y": "return tuple(d / len(ids) for d in "
        "(d_table, d_w_h, d_w_y))"
    },
}


MISTAKES = {
    "slope": SLOPE,
    "numeric": NUMERIC,
    "back": BACK,
    "through": THROUGH,
    "pieces": PIECES,
    "mend": MEND,
}
