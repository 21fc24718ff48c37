"""Wrong answers that learners really give, each with a phrase the check must say."""

from unrolled.check import Mistake


def _radius(value):
    return f"def radius(w):\n    return {value}\n"


RADIUS = [
    Mistake(
        "largest singular value",
        "largest singular value: what one step",
        _radius("np.linalg.norm(w, ord=2)"),
    ),
    Mistake(
        "singular values by svd",
        "largest singular value: what one step",
        _radius("np.linalg.svd(w, compute_uv=False)[0]"),
    ),
    Mistake(
        "eigenvalue of w.T @ w",
        "square of the largest singular value",
        _radius("np.linalg.eigvalsh(w.T @ w).max()"),
    ),
    Mistake("Frobenius norm", "Frobenius norm", _radius("np.linalg.norm(w)")),
    Mistake(
        "largest real part",
        "largest real part",
        _radius("np.linalg.eigvals(w).real.max()"),
    ),
    Mistake(
        "absolute value after the maximum",
        "before the maximum",
        _radius("abs(np.linalg.eigvals(w).max())"),
    ),
    Mistake(
        "imaginary parts thrown away",
        "imaginary parts are thrown away",
        _radius("np.abs(np.linalg.eigvals(w).real).max()"),
    ),
    Mistake(
        "eigenvalues of a symmetric matrix",
        "`eigvalsh` is for symmetric",
        _radius("np.abs(np.linalg.eigvalsh(w)).max()"),
    ),
    Mistake(
        "no absolute value",
        "complex numbers",
        _radius("np.linalg.eigvals(w).max() + 0j"),
    ),
    Mistake(
        "the first eigenvalue",
        "no special order",
        _radius("abs(np.linalg.eigvals(w)[0])"),
    ),
    Mistake("largest entry", "largest entry", _radius("np.abs(w).max()")),
    Mistake(
        "all absolute eigenvalues",
        "expected a number",
        _radius("np.abs(np.linalg.eigvals(w))"),
    ),
    Mistake(
        "eigenvectors among them",
        "stopped with",
        _radius("np.abs(np.linalg.eig(w)).max()"),
    ),
    Mistake("determinant", "determinant", _radius("abs(np.linalg.det(w))")),
]


def _reach(
    factor="slope * radius(w_h)",
    never="np.inf",
    steps="np.ceil(np.log(least) / np.log(factor))",
):
    return f"""
def reach(w_h, slope, least):
    factor = {factor}
    if factor >= 1:
        return {never}
    return {steps}
"""


REACH = [
    Mistake("slope not used", "`slope` is not used", _reach("radius(w_h)")),
    Mistake("radius not used", "radius is not used", _reach("slope")),
    Mistake(
        "largest singular value",
        "predict with the largest singular value",
        _reach("slope * np.linalg.norm(w_h, ord=2)"),
    ),
    Mistake(
        "rounded down",
        "you round down",
        _reach(steps="np.floor(np.log(least) / np.log(factor))"),
    ),
    Mistake(
        "cut to a whole number",
        "you round down",
        _reach(steps="int(np.log(least) / np.log(factor))"),
    ),
    Mistake(
        "rounded to the nearest",
        "to the nearest",
        _reach(steps="np.round(np.log(least) / np.log(factor))"),
    ),
    Mistake(
        "not rounded",
        "Whole steps are asked for",
        _reach(steps="np.log(least) / np.log(factor)"),
    ),
    Mistake(
        "no case without end",
        "nothing vanishes: return `np.inf`",
        """
def reach(w_h, slope, least):
    return np.ceil(np.log(least) / np.log(slope * radius(w_h)))
""",
    ),
    Mistake(
        "equal amounts a step",
        "Each step *multiplies* it",
        _reach(steps="np.ceil((1 - least) / (1 - factor))"),
    ),
    Mistake(
        "fraction upside down",
        "upside down",
        _reach(steps="np.ceil(np.log(factor) / np.log(least))"),
    ),
    Mistake(
        "slope once",
        "counted once only",
        """
def reach(w_h, slope, least):
    if radius(w_h) >= 1:
        return np.inf
    return np.ceil(np.log(least / slope) / np.log(radius(w_h)))
""",
    ),
    Mistake("None where it never falls", "returned nothing", _reach(never="None")),
    Mistake("0 where it never falls", "expected inf", _reach(never="0")),
    Mistake(
        "loop without an end",
        "expected inf",
        """
def reach(w_h, slope, least):
    left, n = 1.0, 0
    while left > least and n < 10_000:
        left, n = left * slope * radius(w_h), n + 1
    return n
""",
    ),
]


def _back(
    step="d = (d * (1 - state**2)) @ w_h.T",
    over="h[::-1]",
    keep="norms.append(np.linalg.norm(d))",
    result="np.array(norms[::-1])",
    first="",
):
    return f"""
def back(h, w_h, d_last):
    d, norms = d_last, []
    {first}
    for state in {over}:
        {keep}
        {step}
    return {result}
"""


BACK = [
    Mistake("no slope", "slopes are missing", _back("d = d @ w_h.T")),
    Mistake(
        "not transposed",
        "recurrent matrix is not transposed",
        _back("d = (d * (1 - state**2)) @ w_h"),
    ),
    Mistake(
        "slope without the square",
        "1 − h², not 1 − h",
        _back("d = (d * (1 - state)) @ w_h.T"),
    ),
    Mistake(
        "tanh taken twice",
        "take the tanh once more",
        _back("d = (d * (1 - np.tanh(state) ** 2)) @ w_h.T"),
    ),
    Mistake(
        "slope of the earlier state",
        "one state late",
        """
def back(h, w_h, d_last):
    d, norms = d_last, [np.linalg.norm(d_last)]
    for t in range(len(h) - 2, -1, -1):
        d = (d @ w_h.T) * (1 - h[t] ** 2)
        norms.append(np.linalg.norm(d))
    return np.array(norms[::-1])
""",
    ),
    Mistake(
        "matrix before the slope",
        "act in the wrong order",
        _back("d = (d @ w_h.T) * (1 - state**2)"),
    ),
    Mistake(
        "not turned round",
        "from the last state to the first",
        _back(result="np.array(norms)"),
    ),
    Mistake(
        "kept after the step",
        "one step too far back",
        _back(
            keep="d = (d * (1 - state**2)) @ w_h.T",
            step="norms.append(np.linalg.norm(d))",
        ),
    ),
    Mistake(
        "states read forward",
        "from the first to the last",
        _back(over="h"),
    ),
    Mistake(
        "squared norms", "squares of norms", _back(keep="norms.append((d**2).sum())")
    ),
    Mistake(
        "sum of absolute values",
        "sums of absolute values",
        _back(keep="norms.append(np.abs(d).sum())"),
    ),
    Mistake(
        "product of norms",
        "bound from above",
        """
def back(h, w_h, d_last):
    norm, norms = np.linalg.norm(d_last), []
    for state in h[::-1]:
        norms.append(norm)
        norm = norm * np.linalg.norm(w_h * (1 - state**2), ord=2)
    return np.array(norms[::-1])
""",
    ),
    Mistake(
        "gradient not carried",
        "Nothing is carried back",
        _back("_ = (d * (1 - state**2)) @ w_h.T"),
    ),
    Mistake(
        "vectors for norms",
        "has shape",
        _back(keep="norms.append(d)"),
    ),
    Mistake(
        "the initial state too",
        "one too long",
        _back(result="np.array([np.linalg.norm(d), *norms[::-1]])"),
    ),
]


def _clip(body):
    return "def clip(gradient, most):\n" + "".join(
        f"    {line}\n" for line in body.strip("\n").split("\n")
    )


NORM = "norm = np.sqrt(sum((g**2).sum() for g in gradient))"

CLIP = [
    Mistake(
        "each array by itself",
        "Each array is bounded by itself",
        _clip(
            "sizes = [max(np.linalg.norm(g), 1e-30) for g in gradient]\n"
            "pairs = zip(gradient, sizes)\n"
            "return [g * min(1, most / size) for g, size in pairs]"
        ),
    ),
    Mistake(
        "numbers cut off",
        "cut every number",
        _clip("return [np.clip(g, -most, most) for g in gradient]"),
    ),
    Mistake(
        "always scaled",
        "A small gradient is made longer",
        _clip(NORM + "\nreturn [g * (most / norm) for g in gradient]"),
    ),
    Mistake(
        "no root",
        "The root is missing",
        _clip(
            "norm = sum((g**2).sum() for g in gradient)\n"
            "if norm <= most:\n    return gradient\n"
            "return [g * (most / norm) for g in gradient]"
        ),
    ),
    Mistake(
        "norms added up",
        "add up the norms",
        _clip(
            "norm = sum(np.linalg.norm(g) for g in gradient)\n"
            "if norm <= most:\n    return gradient\n"
            "return [g * (most / norm) for g in gradient]"
        ),
    ),
    Mistake(
        "largest norm of one array",
        "largest norm of a single array",
        _clip(
            "norm = max(np.linalg.norm(g) for g in gradient)\n"
            "if norm <= most:\n    return gradient\n"
            "return [g * (most / norm) for g in gradient]"
        ),
    ),
    Mistake(
        "largest number",
        "largest number in place",
        _clip(
            "norm = max(np.abs(g).max() for g in gradient)\n"
            "if norm <= most:\n    return gradient\n"
            "return [g * (most / norm) for g in gradient]"
        ),
    ),
    Mistake(
        "scaled to 1",
        "with the norm 1",
        _clip(
            NORM + "\nif norm <= most:\n    return gradient\n"
            "return [g / norm for g in gradient]"
        ),
    ),
    Mistake(
        "factor upside down",
        "upside down",
        _clip(
            NORM + "\nif norm <= most:\n    return gradient\n"
            "return [g * (norm / most) for g in gradient]"
        ),
    ),
    Mistake(
        "long ones thrown away",
        "thrown away",
        _clip(
            NORM + "\nif norm <= most:\n    return gradient\n"
            "return [0 * g for g in gradient]"
        ),
    ),
    Mistake(
        "result not kept",
        "Nothing is clipped",
        _clip(
            NORM + "\nfor g in gradient:\n    if norm > most:\n"
            "        g = g * (most / norm)\nreturn gradient"
        ),
    ),
    Mistake(
        "changed in place",
        "in place",
        _clip(
            NORM + "\nif norm > most:\n    for g in gradient:\n"
            "        g *= most / norm\nreturn gradient"
        ),
    ),
    Mistake(
        "joined into one array",
        "must return w_x, w_h, b",
        _clip(
            "whole = np.concatenate([g.ravel() for g in gradient])\n"
            "norm = np.linalg.norm(whole)\n"
            "return whole * (most / norm) if norm > most else whole"
        ),
    ),
    Mistake(
        "no return",
        "returned nothing",
        _clip(
            NORM + "\nif norm > most:\n"
            "    gradient = [g * (most / norm) for g in gradient]"
        ),
    ),
]


def _torch_mend(*lines, loss="((h[:, -1] - target) ** 2).sum()", result="loss"):
    body = "\n".join(f"    {line}" for line in lines)
    return f"""
def mend(layer, optimizer, x, target, most):
    h, _ = layer(x)
    loss = {loss}
{body}
    return {result}
"""


ZERO, BACKWARD, STEP = "optimizer.zero_grad()", "loss.backward()", "optimizer.step()"
WHOLE = "nn.utils.clip_grad_norm_(layer.parameters(), most)"
APART = "[nn.utils.clip_grad_norm_(p, most) for p in layer.parameters()]"
VALUE = "nn.utils.clip_grad_value_(layer.parameters(), most)"


def _keras_mend(
    clipped="tf.clip_by_global_norm(gradients, most)[0]",
    used="clipped",
    loss="tf.reduce_sum((h[:, -1] - target) ** 2)",
    apply="optimizer.apply({used}, layer.trainable_variables)",
    result="loss",
):
    return f"""
def mend(layer, optimizer, x, target, most):
    with tf.GradientTape() as tape:
        h = layer(x)
        loss = {loss}
    gradients = tape.gradient(loss, layer.trainable_variables)
    clipped = {clipped}
    {apply.format(used=used)}
    return {result}
"""


MEND = [
    Mistake(
        "clipped before the backward pass",
        "The update is not bounded at all",
        _torch_mend(ZERO, WHOLE, BACKWARD, STEP),
        "pytorch",
    ),
    Mistake(
        "clipped after the step",
        "The update is not bounded at all",
        _torch_mend(ZERO, BACKWARD, STEP, WHOLE),
        "pytorch",
    ),
    Mistake(
        "not clipped",
        "The update is not bounded at all",
        _torch_mend(ZERO, BACKWARD, STEP),
        "pytorch",
    ),
    Mistake(
        "each array by itself",
        "Each array is bounded by itself",
        _torch_mend(ZERO, BACKWARD, APART, STEP),
        "pytorch",
    ),
    Mistake(
        "clipped by value",
        "cut every number",
        _torch_mend(ZERO, BACKWARD, VALUE, STEP),
        "pytorch",
    ),
    Mistake(
        "last gradient kept",
        "The last gradient is kept",
        _torch_mend(BACKWARD, WHOLE, STEP),
        "pytorch",
    ),
    Mistake(
        "last gradient clipped, new one added",
        "You clip the *last* gradient",
        _torch_mend(WHOLE, BACKWARD, STEP),
        "pytorch",
    ),
    Mistake(
        "the patient itself",
        "You clip each array of the *last* gradient",
        _torch_mend(APART, BACKWARD, STEP),
        "pytorch",
    ),
    Mistake(
        "forgotten too late",
        "Nothing moves",
        _torch_mend(BACKWARD, WHOLE, ZERO, STEP),
        "pytorch",
    ),
    Mistake("no step", "Nothing moves", _torch_mend(ZERO, BACKWARD, WHOLE), "pytorch"),
    Mistake(
        "mean for sum",
        "`loss`",
        _torch_mend(
            ZERO, BACKWARD, WHOLE, STEP, loss="((h[:, -1] - target) ** 2).mean()"
        ),
        "pytorch",
    ),
    Mistake(
        "loss not returned",
        "loss` returned nothing",
        _torch_mend(ZERO, BACKWARD, WHOLE, STEP, result="None"),
        "pytorch",
    ),
    Mistake(
        "clipped ones not used",
        "The update is not bounded at all",
        _keras_mend(used="gradients"),
        "tensorflow",
    ),
    Mistake(
        "each array by itself",
        "Each array is bounded by itself",
        _keras_mend("[tf.clip_by_norm(g, most) for g in gradients]"),
        "tensorflow",
    ),
    Mistake(
        "clipped by value",
        "cut every number",
        _keras_mend("[tf.clip_by_value(g, -most, most) for g in gradients]"),
        "tensorflow",
    ),
    Mistake(
        "always scaled",
        "A small gradient is made longer",
        _keras_mend("[g * most / tf.linalg.global_norm(gradients) for g in gradients]"),
        "tensorflow",
    ),
    Mistake(
        "added, not subtracted",
        "The update climbs",
        _keras_mend(
            apply="[w.assign_add(g) for w, g in zip(layer.trainable_variables, {used})]"
        ),
        "tensorflow",
    ),
    Mistake(
        "not applied",
        "Nothing moves",
        _keras_mend(apply="pass"),
        "tensorflow",
    ),
    Mistake(
        "both results of the call",
        "mend` stopped with",
        _keras_mend("tf.clip_by_global_norm(gradients, most)"),
        "tensorflow",
    ),
    Mistake(
        "mean for sum",
        "`loss`",
        _keras_mend(loss="tf.reduce_mean((h[:, -1] - target) ** 2)"),
        "tensorflow",
    ),
    Mistake(
        "loss not returned",
        "loss` returned nothing",
        _keras_mend(result="None"),
        "tensorflow",
    ),
]


def _torch_learn(
    start="nn.init.orthogonal_(self.rnn.weight_hh_l0)",
    layer="nn.RNN(n_in, n_hidden, batch_first=True)",
    forward="return self.out(self.rnn(x)[0][:, -1])",
    rule="torch.optim.Adam(model.parameters(), lr=0.002)",
    update="loss.backward(); optimizer.step()",
    result="model",
):
    return f"""
class Recall(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.rnn = {layer}
        self.out = nn.Linear(n_hidden, n_out)
        {start}

    def forward(self, x):
        {forward}


def learn(batches):
    model = Recall(8, n_hidden=64, n_out=4)
    optimizer = {rule}
    for x, y in batches:
        loss = cross_entropy(model(x), y)
        optimizer.zero_grad()
        {update}
    return {result}
"""


def _keras_learn(
    layer='keras.layers.SimpleRNN(n_hidden, recurrent_initializer="orthogonal")',
    call="return self.out(self.rnn(x))",
    rule="keras.optimizers.Adam(0.002, global_clipnorm=1.0)",
    fit="model.fit(x, y, batch_size=64, shuffle=False, verbose=0)",
    result="model",
):
    return f"""
class Recall(keras.Model):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.rnn = {layer}
        self.out = keras.layers.Dense(n_out)

    def call(self, x):
        {call}


def learn(batches):
    model = Recall(8, n_hidden=64, n_out=4)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer={rule}, loss=loss)
    x = tf.concat([x for x, _ in batches], axis=0)
    y = tf.concat([y for _, y in batches], axis=0)
    {fit}
    return {result}
"""


LEARN = [
    Mistake("PyTorch's own start", "recurrent matrix", _torch_learn("pass"), "pytorch"),
    Mistake(
        "small weights, to be safe",
        "recurrent matrix",
        _torch_learn("nn.init.normal_(self.rnn.weight_hh_l0, std=0.01)"),
        "pytorch",
    ),
    Mistake(
        "the input's matrix made orthogonal",
        "recurrent matrix",
        _torch_learn("nn.init.orthogonal_(self.rnn.weight_ih_l0)"),
        "pytorch",
    ),
    Mistake(
        "batch and time exchanged",
        "along the time axis",
        _torch_learn(layer="nn.RNN(n_in, n_hidden)"),
        "pytorch",
    ),
    Mistake(
        "an answer at every step",
        "stopped with",
        _torch_learn(forward="return self.out(self.rnn(x)[0])"),
        "pytorch",
    ),
    Mistake(
        "plain descent",
        "answers are right",
        _torch_learn(rule="torch.optim.SGD(model.parameters(), lr=0.002)"),
        "pytorch",
    ),
    Mistake(
        "no updates",
        "answers are right",
        _torch_learn(update="loss.backward()"),
        "pytorch",
    ),
    Mistake("no return", "returned nothing", _torch_learn(result="None"), "pytorch"),
    Mistake(
        "PyTorch's start in Keras",
        "recurrent matrix",
        _keras_learn(
            "keras.layers.SimpleRNN(n_hidden, recurrent_initializer="
            "keras.initializers.RandomUniform(-0.125, 0.125))"
        ),
        "tensorflow",
    ),
    Mistake(
        "small weights, to be safe",
        "recurrent matrix",
        _keras_learn(
            "keras.layers.SimpleRNN(n_hidden, recurrent_initializer="
            "keras.initializers.RandomNormal(stddev=0.01))"
        ),
        "tensorflow",
    ),
    Mistake(
        "recurrent matrix of zeros",
        "recurrent matrix",
        _keras_learn("keras.layers.SimpleRNN(n_hidden, recurrent_initializer='zeros')"),
        "tensorflow",
    ),
    Mistake(
        "an answer at every step",
        "stopped with",
        _keras_learn("keras.layers.SimpleRNN(n_hidden, return_sequences=True)"),
        "tensorflow",
    ),
    Mistake(
        "plain descent",
        "answers are right",
        _keras_learn(rule="keras.optimizers.SGD(0.002)"),
        "tensorflow",
    ),
    Mistake(
        "no updates",
        "answers are right",
        _keras_learn(fit="model(x[:64])"),
        "tensorflow",
    ),
    Mistake("no return", "returned nothing", _keras_learn(result="None"), "tensorflow"),
]

RADIUS += [
    Mistake(
        "trace",
        "That is the trace",
        """
def radius(w):
    return np.abs(np.trace(w))
""",
    ),
    Mistake(
        "sum of absolute eigenvalues",
        "sum of the absolute",
        """
def radius(w):
    return np.abs(np.linalg.eigvals(w)).sum()
""",
    ),
    Mistake(
        "squared",
        "square of the radius",
        """
def radius(w):
    return (np.abs(np.linalg.eigvals(w)) ** 2).max()
""",
    ),
    Mistake(
        "norm of the eigenvalues",
        "norm of all eigenvalues",
        """
def radius(w):
    return np.linalg.norm(np.linalg.eigvals(w))
""",
    ),
    Mistake(
        "eigenvalue complex",
        "complex numbers",
        """
def radius(w):
    return max(np.linalg.eigvals(w), key=abs)
""",
    ),
]

REACH += [
    Mistake(
        "minus",
        "`reach` is",
        """
def reach(w_h, slope, least):
    factor = slope * radius(w_h)
    if factor >= 1:
        return np.inf
    return np.ceil(np.log(factor) - np.log(least))
""",
    ),
    Mistake(
        "one more",
        "One step too many",
        """
def reach(w_h, slope, least):
    factor = slope * radius(w_h)
    if factor >= 1:
        return np.inf
    return np.ceil(np.log(least) / np.log(factor)) + 1
""",
    ),
    Mistake(
        "sum of slope and radius",
        "not to those below",
        """
def reach(w_h, slope, least):
    factor = slope + radius(w_h)
    if factor >= 1:
        return np.inf
    return np.ceil(np.log(least) / np.log(factor))
""",
    ),
    Mistake(
        "asks the radius alone for inf",
        "ask slope × radius",
        """
def reach(w_h, slope, least):
    factor = slope * radius(w_h)
    if radius(w_h) >= 1:
        return np.inf
    return np.ceil(np.log(least) / np.log(factor))
""",
    ),
]

BACK += [
    Mistake(
        "matrix inverse",
        "A small case that fails",
        """
def back(h, w_h, d_last):
    d, norms = d_last, []
    for state in h[::-1]:
        norms.append(np.linalg.norm(d))
        d = (d * (1 - state**2)) @ np.linalg.inv(w_h)
    return np.array(norms[::-1])
""",
    ),
    Mistake(
        "max for norm",
        "A small case that fails",
        """
def back(h, w_h, d_last):
    d, norms = d_last, []
    for state in h[::-1]:
        norms.append(np.abs(d).max())
        d = (d * (1 - state**2)) @ w_h.T
    return np.array(norms[::-1])
""",
    ),
    Mistake(
        "normalized",
        "`back` is wrong in",
        """
def back(h, w_h, d_last):
    d, norms = d_last, []
    for state in h[::-1]:
        norms.append(np.linalg.norm(d) / np.linalg.norm(d_last))
        d = (d * (1 - state**2)) @ w_h.T
    return np.array(norms[::-1])
""",
    ),
    Mistake(
        "from d_last each time",
        "A small case that fails",
        """
def back(h, w_h, d_last):
    d, norms = d_last, []
    for state in h[::-1]:
        norms.append(np.linalg.norm(d))
        d = (d_last * (1 - state**2)) @ w_h.T
    return np.array(norms[::-1])
""",
    ),
]

CLIP += [
    Mistake(
        "norm of the first array",
        "first array alone",
        """
def clip(gradient, most):
    norm = np.linalg.norm(gradient[0])
    if norm <= most:
        return list(gradient)
    return [g * (most / norm) for g in gradient]
""",
    ),
    Mistake(
        "least for most",
        "comparison is turned round",
        """
def clip(gradient, most):
    norm = np.sqrt(sum((g**2).sum() for g in gradient))
    if norm >= most:
        return list(gradient)
    return [g * (most / norm) for g in gradient]
""",
    ),
    Mistake(
        "subtracted",
        "`clip` → `w_x`",
        """
def clip(gradient, most):
    norm = np.sqrt(sum((g**2).sum() for g in gradient))
    if norm <= most:
        return list(gradient)
    return [g - (norm - most) for g in gradient]
""",
    ),
    Mistake(
        "first array only scaled",
        "Only the first array is scaled",
        """
def clip(gradient, most):
    norm = np.sqrt(sum((g**2).sum() for g in gradient))
    if norm <= most:
        return list(gradient)
    return [gradient[0] * (most / norm), *gradient[1:]]
""",
    ),
    Mistake(
        "np.clip of the norm",
        "must return w_x, w_h, b",
        """
def clip(gradient, most):
    norm = np.sqrt(sum((g**2).sum() for g in gradient))
    return np.clip(norm, 0, most)
""",
    ),
]

MEND += [
    Mistake(
        "first state for the last",
        "Only the first state",
        """
def mend(layer, optimizer, x, target, most):
    h, _ = layer(x)
    loss = ((h[:, 0] - target) ** 2).sum()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(layer.parameters(), most)
    optimizer.step()
    return loss
""",
        "pytorch",
    ),
    Mistake(
        "clips at 1",
        "You clip at 1",
        """
def mend(layer, optimizer, x, target, most):
    h, _ = layer(x)
    loss = ((h[:, -1] - target) ** 2).sum()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(layer.parameters(), 1.0)
    optimizer.step()
    return loss
""",
        "pytorch",
    ),
    Mistake(
        "a detached loss",
        "stopped with RuntimeError in line",
        """
def mend(layer, optimizer, x, target, most):
    h, _ = layer(x)
    loss = ((h[:, -1].detach() - target) ** 2).sum()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(layer.parameters(), most)
    optimizer.step()
    return loss
""",
        "pytorch",
    ),
    Mistake(
        "norm returned",
        "`mend` → `loss`",
        """
def mend(layer, optimizer, x, target, most):
    h, _ = layer(x)
    loss = ((h[:, -1] - target) ** 2).sum()
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(layer.parameters(), most)
    optimizer.step()
    return norm
""",
        "pytorch",
    ),
    Mistake(
        "two steps",
        "two steps",
        """
def mend(layer, optimizer, x, target, most):
    h, _ = layer(x)
    loss = ((h[:, -1] - target) ** 2).sum()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(layer.parameters(), most)
    optimizer.step()
    optimizer.step()
    return loss
""",
        "pytorch",
    ),
    Mistake(
        "first state for the last (Keras)",
        "Only the first state",
        """
def mend(layer, optimizer, x, target, most):
    with tf.GradientTape() as tape:
        h = layer(x)
        loss = tf.reduce_sum((h[:, 0] - target) ** 2)
    gradients = tape.gradient(loss, layer.trainable_variables)
    clipped, norm = tf.clip_by_global_norm(gradients, most)
    optimizer.apply(clipped, layer.trainable_variables)
    return loss
""",
        "tensorflow",
    ),
    Mistake(
        "clips at 1 (Keras)",
        "You clip at 1",
        """
def mend(layer, optimizer, x, target, most):
    with tf.GradientTape() as tape:
        h = layer(x)
        loss = tf.reduce_sum((h[:, -1] - target) ** 2)
    gradients = tape.gradient(loss, layer.trainable_variables)
    clipped, norm = tf.clip_by_global_norm(gradients, 1.0)
    optimizer.apply(clipped, layer.trainable_variables)
    return loss
""",
        "tensorflow",
    ),
    Mistake(
        "norm returned (Keras)",
        "`mend` → `loss`",
        """
def mend(layer, optimizer, x, target, most):
    with tf.GradientTape() as tape:
        h = layer(x)
        loss = tf.reduce_sum((h[:, -1] - target) ** 2)
    gradients = tape.gradient(loss, layer.trainable_variables)
    clipped, norm = tf.clip_by_global_norm(gradients, most)
    optimizer.apply(clipped, layer.trainable_variables)
    return norm
""",
        "tensorflow",
    ),
]

LEARN += [
    Mistake(
        "first state read",
        "even after 600 steps",
        """
class Recall(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.rnn = nn.RNN(n_in, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_out)
        nn.init.orthogonal_(self.rnn.weight_hh_l0)

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.out(h[:, 0])


def learn(batches):
    model = Recall(8, n_hidden=64, n_out=4)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    for x, y in batches:
        loss = cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
""",
        "pytorch",
    ),
    Mistake(
        "softmax in the model",
        "returns probabilities",
        """
class Recall(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.rnn = nn.RNN(n_in, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_out)
        nn.init.orthogonal_(self.rnn.weight_hh_l0)

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.out(h[:, -1]).softmax(-1)


def learn(batches):
    model = Recall(8, n_hidden=64, n_out=4)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    for x, y in batches:
        loss = cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
""",
        "pytorch",
    ),
    Mistake(
        "eight outputs",
        "one row of logits for each sequence",
        """
class Recall(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.rnn = nn.RNN(n_in, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_out)
        nn.init.orthogonal_(self.rnn.weight_hh_l0)

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.out(h[:, -1])


def learn(batches):
    model = Recall(8, n_hidden=64, n_out=8)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    for x, y in batches:
        loss = cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
""",
        "pytorch",
    ),
    Mistake(
        "reversed input",
        "even after 600 steps",
        """
class Recall(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.rnn = nn.RNN(n_in, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_out)
        nn.init.orthogonal_(self.rnn.weight_hh_l0)

    def forward(self, x):
        h, _ = self.rnn(x.flip(1))
        return self.out(h[:, -1])


def learn(batches):
    model = Recall(8, n_hidden=64, n_out=4)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    for x, y in batches:
        loss = cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
""",
        "pytorch",
    ),
]


RADIUS += [
    Mistake(
        "root", "root of the radius", _radius("abs(np.linalg.eigvals(w)).max()**0.5")
    ),
    Mistake(
        "argmax", "not the value", _radius("np.abs(np.linalg.eigvals(w)).argmax()")
    ),
    Mistake("sums of rows", "along the rows", _radius("np.abs(w).sum(axis=1).max()")),
    Mistake(
        "sums of columns", "along the columns", _radius("np.linalg.norm(w, ord=1)")
    ),
    Mistake(
        "absolute entries",
        "makes another matrix",
        _radius("np.abs(np.linalg.eigvals(np.abs(w))).max()"),
    ),
]

REACH += [
    Mistake(
        "one step on where exactly `least` is left",
        "where exactly `least` is left",
        """
def reach(w_h, slope, least):
    factor, n = slope * radius(w_h), 0
    if factor >= 1:
        return np.inf
    while factor**n >= least:
        n += 1
    return n
""",
    ),
    Mistake(
        "rounded down, plus one",
        "where exactly `least` is left",
        _reach(steps="np.floor(np.log(least) / np.log(factor)) + 1"),
    ),
    Mistake(
        "the first step not counted",
        "One step short",
        """
def reach(w_h, slope, least):
    factor, n = slope * radius(w_h), 0
    if factor >= 1:
        return np.inf
    left = factor
    while left > least:
        left, n = left * factor, n + 1
    return n
""",
    ),
    Mistake("exactly 1 left out", "exactly 1", _reach().replace(">= 1", "> 1")),
    Mistake("turned round", "turned round", _reach().replace(">= 1", "<= 1")),
    Mistake("minus infinity", "`-np.inf`", _reach(never="-np.inf")),
    Mistake(
        "negative",
        "steps is negative",
        _reach(steps="np.ceil(np.log(1 / least) / np.log(factor))"),
    ),
    Mistake(
        "logarithm of the quotient",
        "quotient of the two",
        _reach(steps="np.ceil(np.log(least / factor))"),
    ),
    Mistake(
        "two kinds of logarithm",
        "two kinds of logarithm",
        _reach(steps="np.ceil(np.log(least) / np.log10(factor))"),
    ),
    Mistake(
        "the share that is lost",
        "share `least` is lost",
        _reach(steps="np.ceil(np.log(1 - least) / np.log(factor))"),
    ),
    Mistake(
        "norm of all entries",
        "norm of all entries",
        _reach("slope * np.linalg.norm(w_h)"),
    ),
    Mistake("largest entry", "largest entry", _reach("slope * np.abs(w_h).max()")),
]

BACK += [
    Mistake(
        "slope of the earlier state, before the matrix",
        "not by 1 − h[t − 1]²",
        """
def back(h, w_h, d_last):
    norms = np.zeros(len(h))
    d, norms[-1] = d_last, np.linalg.norm(d_last)
    for t in range(len(h) - 2, -1, -1):
        d = ((1 - h[t] ** 2) * d) @ w_h.T
        norms[t] = np.linalg.norm(d)
    return norms
""",
    ),
    Mistake(
        "kept after the slope",
        "halfway",
        _back(keep="norms.append(np.linalg.norm(d * (1 - state**2)))"),
    ),
    Mistake(
        "d_last at every step",
        "`d_last` is added",
        _back("d = d_last + (d * (1 - state**2)) @ w_h.T"),
    ),
    Mistake(
        "brought to the norm 1",
        "nothing can vanish",
        _back("d = (d * (1 - state**2)) @ w_h.T; d = d / np.linalg.norm(d)"),
    ),
    Mistake(
        "sigmoid's slope",
        "slope of the sigmoid",
        _back("d = (d * state * (1 - state)) @ w_h.T"),
    ),
    Mistake(
        "last state's slope for all",
        "serves for all",
        _back("d = (d * (1 - h[-1] ** 2)) @ w_h.T"),
    ),
    Mistake(
        "root of the mean",
        "roots of means",
        _back(keep="norms.append(np.sqrt((d**2).mean()))"),
    ),
    Mistake("sum for norm", "which cancel", _back(keep="norms.append(d.sum())")),
    Mistake("last step left out", "time is one short", _back(over="h[:0:-1]")),
]


NORM_OF_ALL = "np.sqrt(sum((g**2).sum() for g in gradient))"


def _clip_if(norm=NORM_OF_ALL, if_="norm <= most", new="g * (most / norm)"):
    return f"""
def clip(gradient, most):
    norm = {norm}
    if {if_}:
        return list(gradient)
    return [{new} for g in gradient]
"""


CLIP += [
    Mistake("1 minus the factor", "1 − most", _clip_if(new="g * (1 - most / norm)")),
    Mistake("divided by most", "divided by `most`", _clip_if(new="g / most")),
    Mistake("times most", "by `most` alone", _clip_if(new="g * most")),
    Mistake(
        "means of squares",
        "means of the squares",
        _clip_if("np.sqrt(sum((g**2).mean() for g in gradient))"),
    ),
    Mistake(
        "mean of norms",
        "mean of the arrays' norms",
        _clip_if("np.mean([np.linalg.norm(g) for g in gradient])"),
    ),
    Mistake(
        "bias left out",
        "last array is left out",
        _clip_if("np.sqrt(sum((g**2).sum() for g in gradient[:2]))"),
    ),
    Mistake(
        "singular values",
        "largest singular value",
        _clip_if("np.sqrt(sum(np.linalg.norm(g, 2) ** 2 for g in gradient))"),
    ),
    Mistake("square compared", "square of the norm", _clip_if(if_="norm**2 <= most")),
    Mistake(
        "square of most compared",
        "square of `most`",
        _clip_if(if_="norm <= most**2"),
    ),
    Mistake(
        "scaled while the norm is added up",
        "norm is not complete",
        """
def clip(gradient, most):
    found, total = [], 0
    for g in gradient:
        total += (g**2).sum()
        norm = np.sqrt(total)
        found.append(g if norm <= most else g * most / norm)
    return found
""",
    ),
    Mistake(
        "backwards",
        "Keep the order of",
        _clip_if().replace("in gradient]", "in gradient[::-1]]"),
    ),
    Mistake(
        "return in the loop",
        "a list of 1",
        """
def clip(gradient, most):
    norm = np.sqrt(sum((g**2).sum() for g in gradient))
    found = []
    for g in gradient:
        found.append(g * min(1, most / max(norm, 1e-30)))
        return found
""",
    ),
    Mistake(
        "generator",
        "a generator",
        _clip_if().replace(
            "[g * (most / norm) for g in gradient]", "(g for g in gradient)"
        ),
    ),
    Mistake(
        "dict",
        "a dict",
        """
def clip(gradient, most):
    norm = np.sqrt(sum((g**2).sum() for g in gradient))
    factor = min(1, most / max(norm, 1e-30))
    return {k: g * factor for k, g in zip(("w_x", "w_h", "b"), gradient)}
""",
    ),
]

HALF, EVERY = "0.5 * {}((h[:, -1] - target) ** 2){}", "{}((h - target[:, None]) ** 2){}"
OF_TORCH, OF_KERAS = ("", ".sum()"), ("tf.reduce_sum(", ")")
RIGHT = (ZERO, BACKWARD, WHOLE, STEP)

MEND += [
    Mistake(
        "half the loss",
        "is halved",
        _torch_mend(*RIGHT, loss=HALF.format(*OF_TORCH)),
        "pytorch",
    ),
    Mistake(
        "half the loss",
        "is halved",
        _keras_mend(loss=HALF.format(*OF_KERAS)),
        "tensorflow",
    ),
    Mistake(
        "loss at every state",
        "Every state is compared",
        _torch_mend(*RIGHT, loss=EVERY.format(*OF_TORCH)),
        "pytorch",
    ),
    Mistake(
        "loss at every state",
        "Every state is compared",
        _keras_mend(loss=EVERY.format(*OF_KERAS)),
        "tensorflow",
    ),
    Mistake(
        "loss after the update",
        "after the update",
        _torch_mend(*RIGHT, result="((layer(x)[0][:, -1] - target) ** 2).sum()"),
        "pytorch",
    ),
    Mistake(
        "loss after the update",
        "after the update",
        _keras_mend(result="tf.reduce_sum((layer(x)[:, -1] - target) ** 2)"),
        "tensorflow",
    ),
    Mistake(
        "two results",
        "returned 2 values; expected one number",
        _torch_mend(*RIGHT, result="loss, h"),
        "pytorch",
    ),
    Mistake(
        "two results",
        "returned 2 values; expected one number",
        _keras_mend(result="loss, h"),
        "tensorflow",
    ),
    Mistake(
        "first array only",
        "Only the first array is clipped",
        _torch_mend(
            ZERO, BACKWARD, "nn.utils.clip_grad_norm_(layer.weight_ih_l0, most)", STEP
        ),
        "pytorch",
    ),
    Mistake(
        "first array only",
        "Only the first array is clipped",
        _keras_mend("[tf.clip_by_norm(gradients[0], most), gradients[1]]"),
        "tensorflow",
    ),
    Mistake(
        "last sequence for the last state",
        "must match",
        _torch_mend(*RIGHT, loss="((h[-1] - target) ** 2).sum()"),
        "pytorch",
    ),
]

LEARN += [
    Mistake(
        "softmax over the batch",
        "softmax over the batch",
        _torch_learn(forward="return self.out(self.rnn(x)[0][:, -1]).softmax(0)"),
        "pytorch",
    ),
    Mistake(
        "gradients kept",
        "last gradient kept",
        _torch_learn().replace("optimizer.zero_grad()", "pass"),
        "pytorch",
    ),
    Mistake(
        "steps too small",
        "nor too small",
        _torch_learn(rule="torch.optim.Adam(model.parameters(), lr=1e-5)"),
        "pytorch",
    ),
    Mistake(
        "the class", "the class `Recall`", _torch_learn(result="Recall"), "pytorch"
    ),
    Mistake(
        "probabilities taken for logits",
        "from_logits=True",
        _keras_learn().replace("from_logits=True", ""),
        "tensorflow",
    ),
]


MISTAKES = {
    "radius": RADIUS,
    "reach": REACH,
    "back": BACK,
    "clip": CLIP,
    "mend": MEND,
    "learn": LEARN,
}
