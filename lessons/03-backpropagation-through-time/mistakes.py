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


def _through(
    over="reversed(range(x.shape[1]))",
    before="h[:, t - 1] if t > 0 else start",
    got="d_h[:, t] + later",
    add="d_w_x, d_w_h, d_b = d_w_x + one_x, d_w_h + one_h, d_b + one_b",
    first="",
    result="d_x, later, d_w_x, d_w_h, d_b",
):
    return f"""
def through(d_h, x, start, h, w_x, w_h):
    d_x = np.zeros_like(x)
    d_w_x, d_w_h, d_b = 0, 0, 0
    later = np.zeros_like(start)
    for t in {over}:
        {first}
        before = {before}
        d_x[:, t], later, one_x, one_h, one_b = back(
            {got}, x[:, t], before, h[:, t], w_x, w_h
        )
        {add}
    return {result}
"""


THROUGH = [
    Mistake(
        "the next state's part left out",
        "what comes back from the next step",
        _through(got="d_h[:, t]"),
    ),
    Mistake(
        "= for +=",
        "one step only",
        _through(add="d_w_x, d_w_h, d_b = one_x, one_h, one_b"),
    ),
    Mistake(
        "only the last loss",
        "Only the loss at the last step",
        _through(got="d_h[:, t] if t == x.shape[1] - 1 else later"),
    ),
    Mistake(
        "before step 0 the last state",
        "Your index -1 reads the last state",
        _through(before="h[:, t - 1]"),
    ),
    Mistake(
        "before step 0 zeros",
        "not zeros",
        _through(before="h[:, t - 1] if t > 0 else np.zeros_like(start)"),
    ),
    Mistake(
        "new state given as the old one",
        "the new state as the old one",
        _through(before="h[:, t]"),
    ),
    Mistake("always start", "Every step is given `start`", _through(before="start")),
    Mistake("forward in time", "runs forward in time", _through("range(x.shape[1])")),
    Mistake(
        "first step left out",
        "Step 0 is left out",
        _through("range(x.shape[1] - 1, 0, -1)"),
    ),
    Mistake(
        "no gradient for start",
        "gradient for `start` stayed zero",
        _through(result="d_x, np.zeros_like(start), d_w_x, d_w_h, d_b"),
    ),
    Mistake(
        "averaged over the steps",
        "averaged over the steps",
        _through(
            result="(d_x, later) + tuple(g / x.shape[1] for g in (d_w_x, d_w_h, d_b))"
        ),
    ),
    Mistake(
        "d_h overwritten",
        "changed its argument `d_h` in place",
        _through(first="d_h[:, t] += later", got="d_h[:, t]"),
    ),
    Mistake(
        "inputs' gradients in the order of the walk",
        "run backwards in time",
        _through(result="d_x[:, ::-1], later, d_w_x, d_w_h, d_b"),
    ),
    Mistake(
        "loop over the batch",
        "Your loop runs over the batch",
        _through("reversed(range(len(x)))"),
    ),
    Mistake(
        "weights' gradients only",
        "expected 5",
        _through(result="d_w_x, d_w_h, d_b"),
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


def _mend(
    w_y="d_w_y += h[:, t + 1].T @ d_y[:, t]",
    d_h="d_y[:, t] @ w_y.T + later",
    table="np.add.at(d_table, ids[:, t], d_a)",
    w_h="d_w_h += h[:, t].T @ d_a",
    later="d_a @ w_h.T",
):
    return f"""
def mend(ids, d_y, h, table, w_h, w_y):
    d_table, d_w_h = np.zeros_like(table), np.zeros_like(w_h)
    d_w_y, later = np.zeros_like(w_y), np.zeros_like(h[:, 0])
    for t in reversed(range(ids.shape[1])):
        {w_y}
        d_h = {d_h}
        d_a = d_h * (1 - h[:, t + 1] ** 2)
        {table}
        {w_h}
        later = {later}
    return d_table, d_w_h, d_w_y
"""


OVER = "d_w_y = h[:, t + 1].T @ d_y[:, t]"
ONE_PATH = "d_y[:, t] @ w_y.T"
ONCE = "d_table[ids[:, t]] += d_a"

MEND = [
    Mistake("nothing mended", "All three sums", _mend(OVER, ONE_PATH, ONCE)),
    Mistake("w_y over the steps", "`w_y` is used at every step", _mend(w_y=OVER)),
    Mistake("one path", "A state is used twice", _mend(d_h=ONE_PATH)),
    Mistake("repeated symbols", "counted once", _mend(table=ONCE)),
    Mistake("only w_y mended", "Two sums are", _mend(d_h=ONE_PATH, table=ONCE)),
    Mistake("only the paths mended", "Two sums are", _mend(w_y=OVER, table=ONCE)),
    Mistake("only the table mended", "Two sums are", _mend(w_y=OVER, d_h=ONE_PATH)),
    Mistake(
        "table's gradient overwritten",
        "written, not added",
        _mend(table="d_table[ids[:, t]] = d_a"),
    ),
    Mistake(
        "table's gradient averaged",
        "divided by the batch",
        _mend(table="np.add.at(d_table, ids[:, t], d_a / len(ids))"),
    ),
    Mistake(
        "recurrent matrix not transposed",
        "must be transposed",
        _mend(later="d_a @ w_h"),
    ),
    Mistake(
        "the output's part overwritten by the next state's",
        "`mend`",
        _mend(d_h="later if t < ids.shape[1] - 1 else d_y[:, t] @ w_y.T"),
    ),
    Mistake(
        "w_h overwritten in turn",
        "`patient` had that right",
        _mend(w_h="d_w_h = h[:, t].T @ d_a"),
    ),
    Mistake(
        "zeros made anew in the loop",
        "begins at zero again",
        _mend(
            table="d_table = np.zeros_like(table); np.add.at(d_table, ids[:, t], d_a)"
        ),
    ),
    Mistake(
        "new state for w_h",
        "gradient for `w_h` is wrong",
        _mend(w_h="d_w_h += h[:, t + 1].T @ d_a"),
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

THROUGH += [
    Mistake(
        "later counted twice",
        "the loss at the last step is wrong",
        """
def through(d_h, x, start, h, w_x, w_h):
    d_x = np.zeros_like(x)
    d_w_x, d_w_h, d_b = 0, 0, 0
    later = np.zeros_like(start)
    for t in reversed(range(x.shape[1])):
        before = h[:, t - 1] if t > 0 else start
        d_x[:, t], later, one_x, one_h, one_b = back(
            d_h[:, t] + 2 * later, x[:, t], before, h[:, t], w_x, w_h
        )
        d_w_x, d_w_h, d_b = d_w_x + one_x, d_w_h + one_h, d_b + one_b
    return d_x, later, d_w_x, d_w_h, d_b
""",
    ),
    Mistake(
        "d_h of the last step everywhere",
        "gradient for `x` is wrong",
        """
def through(d_h, x, start, h, w_x, w_h):
    d_x = np.zeros_like(x)
    d_w_x, d_w_h, d_b = 0, 0, 0
    later = np.zeros_like(start)
    for t in reversed(range(x.shape[1])):
        before = h[:, t - 1] if t > 0 else start
        d_x[:, t], later, one_x, one_h, one_b = back(
            d_h[:, -1] + later, x[:, t], before, h[:, t], w_x, w_h
        )
        d_w_x, d_w_h, d_b = d_w_x + one_x, d_w_h + one_h, d_b + one_b
    return d_x, later, d_w_x, d_w_h, d_b
""",
    ),
    Mistake(
        "bias not added",
        "gradient for `b` is wrong",
        """
def through(d_h, x, start, h, w_x, w_h):
    d_x = np.zeros_like(x)
    d_w_x, d_w_h, d_b = 0, 0, 0
    later = np.zeros_like(start)
    for t in reversed(range(x.shape[1])):
        before = h[:, t - 1] if t > 0 else start
        d_x[:, t], later, one_x, one_h, one_b = back(
            d_h[:, t] + later, x[:, t], before, h[:, t], w_x, w_h
        )
        d_w_x, d_w_h, d_b = d_w_x + one_x, d_w_h + one_h, one_b
    return d_x, later, d_w_x, d_w_h, d_b
""",
    ),
    Mistake(
        "d_h of the start",
        "gradient for `start` is wrong",
        """
def through(d_h, x, start, h, w_x, w_h):
    d_x = np.zeros_like(x)
    d_w_x, d_w_h, d_b = 0, 0, 0
    later = np.zeros_like(start)
    for t in reversed(range(x.shape[1])):
        before = h[:, t - 1] if t > 0 else start
        d_x[:, t], later, one_x, one_h, one_b = back(
            d_h[:, t] + later, x[:, t], before, h[:, t], w_x, w_h
        )
        d_w_x, d_w_h, d_b = d_w_x + one_x, d_w_h + one_h, d_b + one_b
    return d_x, d_h[:, 0], d_w_x, d_w_h, d_b
""",
    ),
    Mistake(
        "w_h one too early",
        "gradient for `w_h` is wrong",
        """
def through(d_h, x, start, h, w_x, w_h):
    d_x = np.zeros_like(x)
    d_w_x, d_w_h, d_b = 0, 0, 0
    later = np.zeros_like(start)
    for t in reversed(range(x.shape[1])):
        before = h[:, t - 2] if t > 1 else start
        d_x[:, t], later, one_x, one_h, one_b = back(
            d_h[:, t] + later, x[:, t], before, h[:, t], w_x, w_h
        )
        d_w_x, d_w_h, d_b = d_w_x + one_x, d_w_h + one_h, d_b + one_b
    return d_x, later, d_w_x, d_w_h, d_b
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

MEND += [
    Mistake(
        "old state for w_y",
        "`w_y` reads the new state",
        """
def mend(ids, d_y, h, table, w_h, w_y):
    d_table, d_w_h = np.zeros_like(table), np.zeros_like(w_h)
    d_w_y, later = np.zeros_like(w_y), np.zeros_like(h[:, 0])
    for t in reversed(range(ids.shape[1])):
        d_w_y += h[:, t].T @ d_y[:, t]
        d_h = d_y[:, t] @ w_y.T + later
        d_a = d_h * (1 - h[:, t + 1] ** 2)
        np.add.at(d_table, ids[:, t], d_a)
        d_w_h += h[:, t].T @ d_a
        later = d_a @ w_h.T
    return d_table, d_w_h, d_w_y
""",
    ),
    Mistake(
        "slope at the old state",
        "gradient for `table` is wrong",
        """
def mend(ids, d_y, h, table, w_h, w_y):
    d_table, d_w_h = np.zeros_like(table), np.zeros_like(w_h)
    d_w_y, later = np.zeros_like(w_y), np.zeros_like(h[:, 0])
    for t in reversed(range(ids.shape[1])):
        d_w_y += h[:, t + 1].T @ d_y[:, t]
        d_h = d_y[:, t] @ w_y.T + later
        d_a = d_h * (1 - h[:, t] ** 2)
        np.add.at(d_table, ids[:, t], d_a)
        d_w_h += h[:, t].T @ d_a
        later = d_a @ w_h.T
    return d_table, d_w_h, d_w_y
""",
    ),
    Mistake(
        "later is the state's gradient",
        "Right is `w_y`",
        """
def mend(ids, d_y, h, table, w_h, w_y):
    d_table, d_w_h = np.zeros_like(table), np.zeros_like(w_h)
    d_w_y, later = np.zeros_like(w_y), np.zeros_like(h[:, 0])
    for t in reversed(range(ids.shape[1])):
        d_w_y += h[:, t + 1].T @ d_y[:, t]
        d_h = d_y[:, t] @ w_y.T + later
        d_a = d_h * (1 - h[:, t + 1] ** 2)
        np.add.at(d_table, ids[:, t], d_a)
        d_w_h += h[:, t].T @ d_a
        later = d_a
    return d_table, d_w_h, d_w_y
""",
    ),
    Mistake(
        "unique symbols",
        "gradient for `table` is wrong",
        """
def mend(ids, d_y, h, table, w_h, w_y):
    d_table, d_w_h = np.zeros_like(table), np.zeros_like(w_h)
    d_w_y, later = np.zeros_like(w_y), np.zeros_like(h[:, 0])
    for t in reversed(range(ids.shape[1])):
        d_w_y += h[:, t + 1].T @ d_y[:, t]
        d_h = d_y[:, t] @ w_y.T + later
        d_a = d_h * (1 - h[:, t + 1] ** 2)
        for s in np.unique(ids[:, t]):
            d_table[s] += d_a[ids[:, t] == s][0]
        d_w_h += h[:, t].T @ d_a
        later = d_a @ w_h.T
    return d_table, d_w_h, d_w_y
""",
    ),
    Mistake(
        "whole table",
        "Right are `w_h`, `w_y`",
        """
def mend(ids, d_y, h, table, w_h, w_y):
    d_table, d_w_h = np.zeros_like(table), np.zeros_like(w_h)
    d_w_y, later = np.zeros_like(w_y), np.zeros_like(h[:, 0])
    for t in reversed(range(ids.shape[1])):
        d_w_y += h[:, t + 1].T @ d_y[:, t]
        d_h = d_y[:, t] @ w_y.T + later
        d_a = d_h * (1 - h[:, t + 1] ** 2)
        d_table += d_a.sum(axis=0)
        d_w_h += h[:, t].T @ d_a
        later = d_a @ w_h.T
    return d_table, d_w_h, d_w_y
""",
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

THROUGH += [
    Mistake(
        "return in the loop",
        "Only the last step is walked back",
        _through().replace("    return", "        return"),
    ),
    Mistake(
        "last step left out",
        "last step is left out",
        _through("reversed(range(x.shape[1] - 1))"),
    ),
    Mistake(
        "what comes back added up",
        "It replaces what came",
        _through(first="kept = later").replace(
            "        d_w_x, d_w_h", "        later = later + kept\n        d_w_x, d_w_h"
        ),
    ),
    Mistake(
        "last loss twice",
        "counts twice",
        _through().replace("np.zeros_like(start)", "d_h[:, -1]"),
    ),
    Mistake(
        "next state for the one before",
        "the next state as the old one",
        _through(before="h[:, t + 1] if t + 1 < x.shape[1] else start"),
    ),
    Mistake(
        "states exchanged",
        "and the old as the new",
        _through().replace("before, h[:, t], w_x", "h[:, t], before, w_x"),
    ),
    Mistake("own part left out", "`d_h` is not used", _through(got="later")),
    Mistake(
        "own part for start",
        "holds `d_h` of step 0",
        _through(result="d_x, d_h[:, 0] + later, d_w_x, d_w_h, d_b"),
    ),
    Mistake(
        "a bias for each sequence",
        "a row for each sequence",
        _through(result="d_x, later, d_w_x, d_w_h, d_b + np.zeros_like(start)"),
    ),
    Mistake(
        "a row of biases",
        "has shape (1, 8); expected (8,)",
        _through(result="d_x, later, d_w_x, d_w_h, d_b[None]"),
    ),
    Mistake(
        "weights first",
        "right results in another order",
        _through(result="d_w_x, d_w_h, d_b, d_x, later"),
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

MEND += [
    Mistake("later before the slope", "not from `d_h`", _mend(later="d_h @ w_h.T")),
    Mistake(
        "what comes back added up",
        "It replaces what came",
        _mend(later="later + d_a @ w_h.T"),
    ),
    Mistake(
        "forward in time",
        "runs forward in time",
        _mend().replace("reversed(range(ids.shape[1]))", "range(ids.shape[1])"),
    ),
    Mistake(
        "return in the loop",
        "Only the last step is walked back",
        _mend().replace("    return", "        return"),
    ),
    Mistake(
        "loop over the batch",
        "Your loop runs over the batch",
        _mend().replace("ids.shape[1]", "ids.shape[0]"),
    ),
    Mistake(
        "divided by the batch, all of them",
        "All gradients are divided",
        _mend().replace(
            "d_table, d_w_h, d_w_y\n",
            "d_table / len(ids), d_w_h / len(ids), d_w_y / len(ids)\n",
        ),
    ),
    Mistake(
        "the state two steps before",
        "A small case that fails",
        _mend(w_h="d_w_h += h[:, t - 1].T @ d_a"),
    ),
]


MISTAKES = {
    "slope": SLOPE,
    "numeric": NUMERIC,
    "back": BACK,
    "through": THROUGH,
    "pieces": PIECES,
    "mend": MEND,
}
