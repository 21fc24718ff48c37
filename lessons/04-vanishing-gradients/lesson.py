# %% title [markdown]
# # Vanishing and exploding gradients, hands on
#
# *The cat, which the dogs behind the mice saw, …* **was** or **were**? The subject is
# many words back. Can a plain recurrent network learn this over 6 words, and over 24?
# If it fails somewhere, is its memory too short? The theory is in the unit's README;
# here you predict, measure and conclude.

# %% imports
import numpy as np

from unrolled import cells, ledger, metrics, plot, quiz

UNIT = "04-vanishing-gradients"
SEED = ledger.seed()

# %% framework tags=["pytorch"]
import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# Each training below compiles a function of its own, which TensorFlow warns of.
tf.get_logger().setLevel("ERROR")

# %% about-quiz-before [markdown]
# ## Before you start
#
# A few questions. Guess freely: they are not graded, and every answer says why.

# %% quiz-before
quiz.show(UNIT, "before")

# %% about-words [markdown]
# ## 1 · The cat from afar
#
# A small grammar. Between subject and verb stands a clause with nouns of its own, each
# singular or plural at random. Nothing in the clause says which verb is right. A comma
# counts as a word.

# %% words
SINGULAR = ["cat", "dog", "bird", "horse", "mouse", "goose"]
PLURAL = ["cats", "dogs", "birds", "horses", "mice", "geese"]
PLACES = ["near", "behind", "beside", "above", "below"]
WORDS = [*SINGULAR, *PLURAL, *PLACES, "the", "which", "saw", ","]
THE, WHICH, SAW, COMMA = range(17, 21)
VERBS = ("was", "were")


# %% sentences
def sentences(n, phrases, rng):
    """Return n sentences up to the verb, (n, time), and the verb of each, (n,)."""
    nouns = rng.integers(0, 12, (n, 2 + phrases))
    places = rng.integers(12, 17, (n, phrases))
    columns = [THE, nouns[:, 0], COMMA, WHICH, THE, nouns[:, 1]]
    for k in range(phrases):
        columns += [places[:, k], THE, nouns[:, 2 + k]]
    columns += [SAW, COMMA]
    x = np.stack([np.broadcast_to(c, n) for c in columns], axis=1)
    return x, (nouns[:, 0] >= 6).astype(np.int64)


# %% examples
for phrases in (0, 1, 2):
    x, y = sentences(1, phrases, np.random.default_rng(phrases))
    said = " ".join(WORDS[i] for i in x[0])
    print(f"{6 + 3 * phrases:2} words between: {said} {VERBS[y[0]]}")

# %% about-reader [markdown]
# The plain network of unit 02: one-hot words, a recurrent layer, and one answer
# computed from the last state. The weights that it starts from are an argument, so that
# two networks can differ in their start alone.


# %% reader tags=["pytorch"]
class Reader(nn.Module):
    def __init__(self, weights, n_out, f="tanh"):
        super().__init__()
        self.n_symbols, n_hidden = weights.w_x.shape
        self.rnn = nn.RNN(self.n_symbols, n_hidden, batch_first=True, nonlinearity=f)
        self.out = nn.Linear(n_hidden, n_out)
        ur.load_rnn(self.rnn, weights)

    def forward(self, x):  # x: (batch, time), integers
        h, _ = self.rnn(one_hot(x, self.n_symbols).float())  # (batch, time, n_hidden)
        return self.out(h[:, -1])  # (batch, n_out)


# %% reader tags=["tensorflow"]
class Reader(keras.Model):
    def __init__(self, weights, n_out, f="tanh"):
        super().__init__()
        self.n_symbols, n_hidden = weights.w_x.shape
        self.rnn = keras.layers.SimpleRNN(n_hidden, activation=f)
        self.rnn.build((None, None, self.n_symbols))
        self.out = keras.layers.Dense(n_out)
        ur.load_rnn(self.rnn, weights)

    def call(self, x):  # x: (batch, time), integers
        last = self.rnn(tf.one_hot(x, self.n_symbols))  # (batch, n_hidden)
        return self.out(last)  # (batch, n_out)


# %% about-train [markdown]
# One update for each minibatch, with Adam at a rate of 0.002 unless told otherwise.
# `clip` bounds the gradient's norm, which section 7 is about; it stays at 1 until then.


# %% train tags=["pytorch"]
def train(model, batches, rule="Adam", lr=0.002, clip=1.0):
    model.to(ur.device())
    optimizer = getattr(torch.optim, rule)(model.parameters(), lr)
    losses, norms = [], []
    for x, y in batches:
        loss = cross_entropy(model(ur.tensor(x)), ur.tensor(y))
        optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), clip)  # before clipping
        optimizer.step()
        losses.append(loss.item())
        norms.append(norm.item())
    return np.array(losses), np.array(norms)


# %% train tags=["tensorflow"]
def train(model, batches, rule="Adam", lr=0.002, clip=1.0):
    optimizer = getattr(keras.optimizers, rule)(lr)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    any_length = tf.TensorSpec((None, None), tf.int64)  # (batch, time)

    @tf.function(input_signature=[any_length, tf.TensorSpec((None,), tf.int64)])
    def update(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x))
        gradients = tape.gradient(loss, model.trainable_variables)
        gradients, norm = tf.clip_by_global_norm(gradients, clip)  # norm: before
        optimizer.apply(gradients, model.trainable_variables)
        return loss, norm

    history = [update(x, y) for x, y in batches]
    losses, norms = np.array([[float(a) for a in pair] for pair in history]).T
    return losses, norms


# %% score tags=["pytorch"]
def score(model, x, y):
    with torch.no_grad():
        logits = ur.array(model(ur.tensor(x)))  # (batch, n_out)
    return metrics.accuracy(logits.argmax(-1), y)


# %% score tags=["tensorflow"]
def score(model, x, y):
    logits = ur.array(model(ur.tensor(x)))  # (batch, n_out)
    return metrics.accuracy(logits.argmax(-1), y)


# %% learn
def learn(batches, weights, n_out, f="tanh", **how):
    """Return a new network, trained, with its losses and gradient norms."""
    ur.seed(SEED)
    model = Reader(weights, n_out, f)
    losses, norms = train(model, batches, **how)
    return model, losses, norms


# %% about-far [markdown]
# 300 minibatches of 64 sentences, each network on its own distance, tested on 1,000 new
# sentences of the same distance: 6 words, then 24. Guessing gives 0.5. **Predict** both
# accuracies.

# %% prediction-far [markdown]
# *Your prediction:*

# %% far tags=["predicted"]
rng = np.random.default_rng(SEED)
n_hidden = 64
uniform = cells.rnn_weights(len(WORDS), n_hidden, rng)  # PyTorch's own start
plain = {}


def try_distance(phrases):
    batches = [sentences(64, phrases, rng) for _ in range(300)]
    model, *_ = learn(batches, uniform, n_out=2)
    n_words = 6 + 3 * phrases
    plain[n_words] = score(model, *sentences(1000, phrases, rng))
    print(f"{n_words:2} words between: {plain[n_words]:.3f} right")


try_distance(0)
try_distance(6)

# %% about-between [markdown]
# And in between? **Predict:** does it get worse bit by bit?

# %% between tags=["aside", "predicted"]
try_distance(2)
try_distance(4)

# %% about-one-number [markdown]
# Each network is either right every time or no better than a guess, though the task is
# always the same, one bit to carry. All four were trained at one learning rate. Keep
# the question open until section 8.
#
# ## 2 · One number
#
# The smallest recurrence: $h_t = w\,h_{t-1}$. A change of $h_0$ changes $h_t$ by $w^t$
# times as much. **Predict** the last column before you run it.

# %% one-number tags=["nbval-check-output", "predicted"]
for w in (0.5, 0.9, 1.0, 1.1):
    print(f"w = {w}:  10 steps {w**10:.2g},  50 steps {w**50:.2g}")

# %% about-two-numbers [markdown]
# ## 3 · Two numbers
#
# Now $W$ is 2 × 2 and the gradient a vector. Three matrices, as code keeps them, for
# rows (the page's are their transposes): one shrinks each axis, one turns, one shears.
# Each will carry a gradient back 40 steps.

# %% two-numbers
turn = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
matrices = {
    "shrink": np.array([[0.9, 0.0], [0.0, 0.5]]),
    "turn": 1.05 * turn,
    "shear": np.array([[0.8, 1.0], [0.0, 0.8]]),
}

# %% about-radius [markdown]
# Two properties of a matrix matter here. The **spectral radius** is the largest
# absolute value of an eigenvalue; the eigenvalues of `turn` are complex. The **largest
# singular value** is the most that one step can stretch any vector.


# %% radius tags=["nbval-check-output"]
def radius(w):
    return np.abs(np.linalg.eigvals(w)).max()


for name, w in matrices.items():
    stretch = np.linalg.norm(w, ord=2)  # the largest singular value
    print(f"{name:7} radius {radius(w):.2f}   largest singular value {stretch:.2f}")

# %% about-two-steps [markdown]
# **Predict:** what happens to the gradient of each, and of `shear` above all? Its
# radius is below 1, its largest singular value above.

# %% prediction-shear [markdown]
# *Your prediction:*

# %% two-steps tags=["nbval-check-output", "predicted"]
norms = {}
for name, w in matrices.items():
    d, norms[name] = np.array([0.6, 0.8]), []  # the gradient at the last step
    for _ in range(41):
        norms[name].append(np.linalg.norm(d))
        d = d @ w.T  # one step back
    print(f"{name:7}", " ".join(f"{norms[name][t]:.3f}" for t in (1, 3, 10, 40)))

# %% two-steps-curve tags=["aside", "predicted"]
plot.lines(
    norms,
    "At first anything may happen; in the end the spectral radius decides",
    "steps back",
    "norm of the gradient",
    log_y=True,
)

# %% about-jacobians [markdown]
# The shear's gradient grows first and vanishes then. The largest singular value bounds
# what a single step can do; the radius decides the long run.
#
# ## 4 · A product of Jacobians
#
# With tanh each step back multiplies by the slope $1 - h_t^2$ too. We write out the
# Jacobian of every step and multiply them. In rows each is the README's $J_t$
# transposed: the slopes scale its columns.

# %% jacobians tags=["nbval-check-output"]
small = cells.rnn_weights(2, 4, np.random.default_rng(0))
x = np.random.default_rng(1).normal(size=(1, 6, 2))  # (batch, time, n_in)
run = cells.rnn(x, small)
jacobians = [small.w_h * (1 - h**2) for h in run.h[0]]  # each (n_hidden, n_hidden)
product = np.linalg.multi_dot(jacobians)  # row i: how h_6 answers to unit i of h_0
print(len(jacobians), "Jacobians of", jacobians[0].shape, "-> product", product.shape)

# %% about-same-gradient [markdown]
# `product[i, j]` is the derivative of unit j of the last state by unit i of the first.
# Backpropagation through time (unit 03) never forms the product, and must give the same
# gradient.

# %% same-gradient
d_last = np.array([[1.0, -2.0, 0.5, 3.0]])  # (batch, n_hidden)
by_hand = d_last @ product.T
gradient = cells.rnn_backward(run, np.zeros_like(run.h), d_last).h
print(f"largest difference {np.abs(by_hand - gradient).max():.1e}")
assert np.allclose(by_hand, gradient)

# %% about-bound [markdown]
# So the gradient cannot be larger than the product of the largest singular values. Is
# that bound any good? **Predict:** how far below it is the gradient, after six steps?

# %% bound tags=["nbval-check-output", "predicted"]
without_f = np.linalg.norm(small.w_h, ord=2) ** 6
with_f = np.prod([np.linalg.norm(j, ord=2) for j in jacobians])
measured = np.linalg.norm(gradient) / np.linalg.norm(d_last)
print(f"bound {without_f:.4f}, with the slopes {with_f:.4f}, gradient {measured:.4f}")

# %% about-uniform [markdown]
# It is a bound from above, and here a loose one. A product below 1 proves that the
# gradient has shrunk; a product above 1 proves nothing.
#
# ## 5 · Predict, then measure
#
# Our start samples each weight uniformly from ±1/√n, so that its variance is 1/(3n).
# **Predict** its spectral radius (README), and how much of a gradient is left 50 steps
# back.

# %% uniform tags=["predicted"]
start = cells.rnn_weights(8, n_hidden, np.random.default_rng(SEED))
print(f"radius {radius(start.w_h):.3f}, of large matrices {1 / np.sqrt(3):.3f}")
alone = 50 * np.log10(radius(start.w_h))
print(f"50 steps back: 10 to the {alone:.1f}, from the radius alone")

# %% about-orthogonal [markdown]
# An **orthogonal** matrix turns and mirrors: all its singular values are 1, and so are
# the absolute values of its eigenvalues. The framework can sample one too.


# %% orthogonal
def orthogonal(n, rng):
    q, r = np.linalg.qr(rng.normal(size=(n, n)))
    return q * np.sign(np.diag(r))  # the signs make every orthogonal q equally likely


q = orthogonal(n_hidden, np.random.default_rng(SEED))
assert np.allclose(q.T @ q, np.eye(n_hidden))
print(f"radius {radius(q):.3f}, largest singular value {np.linalg.norm(q, ord=2):.3f}")

# %% in-framework tags=["pytorch"]
theirs = nn.RNN(8, n_hidden)  # uniform, ±1/√n, unless you say otherwise
w_h = ur.array(theirs.weight_hh_l0).astype(float)
print(f"nn.RNN's own start: radius {radius(w_h):.3f}")
nn.init.orthogonal_(theirs.weight_hh_l0)
print(f"nn.init.orthogonal_: radius {radius(ur.array(theirs.weight_hh_l0)):.3f}")

# %% in-framework tags=["tensorflow"]
theirs = keras.layers.SimpleRNN(n_hidden)  # recurrent_initializer="orthogonal"
theirs.build((None, None, 8))
print(f"SimpleRNN's own start: radius {radius(theirs.get_weights()[1]):.3f}")

# %% about-slopes [markdown]
# Four starts. Besides the radius there are the slopes of the activation function. We
# take their root mean square over the states of some noise, since lengths add up as
# squares do, and multiply it by the radius.


# %% slopes
rng = np.random.default_rng(SEED)
x = rng.normal(size=(16, 81, 8))  # (batch, time, n_in)
d_last = rng.normal(size=(16, n_hidden))  # a random direction of the last state
starts = {
    "tanh, uniform": (start, "tanh"),
    "ReLU, uniform": (start, "relu"),
    "tanh, orthogonal": (start._replace(w_h=q), "tanh"),
    "ReLU, 3 × uniform": (start._replace(w_h=3 * start.w_h), "relu"),
}
factor = {}
for name, (weights, f) in starts.items():
    h = cells.rnn(x, weights, activation=f).h
    slope = np.sqrt(np.mean((1 - h**2 if f == "tanh" else h > 0) ** 2.0))
    factor[name] = slope * radius(weights.w_h)
    print(f"{name:18} slope {slope:.2f}, slope × radius {factor[name]:.3f}")

# %% about-layers [markdown]
# Now measure, in the framework's layer. It computes in float64 here: squares of numbers
# near 1e-24 do not fit into float32. `ur.gradients` gives, for each step, the norm of
# the gradient for its *input*: the same product, then one more slope and $W_{xh}$.
# **Predict:** for which start is slope × radius close, and where is it far off?


# %% layers tags=["pytorch"]
def new_layer(weights, f):
    n_in, n_hidden = weights.w_x.shape
    layer = nn.RNN(n_in, n_hidden, nonlinearity=f, batch_first=True)
    layer = layer.to(torch.float64)
    ur.load_rnn(layer, weights)
    return layer


# %% layers tags=["tensorflow"]
def new_layer(weights, f):
    n_in, n_hidden = weights.w_x.shape
    layer = keras.layers.SimpleRNN(n_hidden, activation=f, dtype="float64")
    layer.build((None, None, n_in))
    ur.load_rnn(layer, weights)
    return layer


# %% prediction-factor [markdown]
# *Your prediction:*

# %% measure tags=["predicted"]
back = {}
for name, (weights, f) in starts.items():
    norm = ur.gradients(new_layer(weights, f), x, d_last)[::-1]  # 0, 1, … steps back
    back[name] = norm / norm[0]
    print(f"{name:18} 50 steps back: {back[name][50]:.1e}")

# %% about-back-curve [markdown]
# A straight line on a logarithmic axis means one factor for every step. Read off each
# factor, then compare: how far is slope × radius off in a step, and how far after 50?

# %% back-curve tags=["aside", "predicted"]
plot.lines(
    back | {"tanh, uniform, predicted": factor["tanh, uniform"] ** np.arange(81)},
    "Every step multiplies the gradient; the factor decides",
    "steps back",
    "norm of the gradient, relative to the last step",
    log_y=True,
)

# %% factors tags=["predicted"]
measured = {name: (norm[60] / norm[10]) ** (1 / 50) for name, norm in back.items()}
for name, found in measured.items():
    off = factor[name] ** 50 / back[name][50]
    print(f"{name:18} {found:.3f} a step, predicted {factor[name]:.3f}", end="")
    print(f"; 50 steps: {off:.2g} times what is measured")
lost = np.log10(back["tanh, uniform"][50])
predicted = 50 * np.log10(factor["tanh, uniform"])
print(f"tanh, uniform: 10 to the {lost:.1f}, predicted 10 to the {predicted:.1f}")

# %% about-recall [markdown]
# A step is predicted within ten per cent; over fifty steps such factors multiply, and
# so do their errors. Under ReLU the slopes are 0 or 1, a mask that changes from step to
# step. Carry the gradient back with the masks as they were, with each mask's units
# shuffled, and with one step's mask at all steps. **Predict:** what changes the factor?


# %% masks tags=["aside", "predicted"]
def carried(slope):
    d, norms = d_last, []
    for t in reversed(range(slope.shape[1])):
        norms.append(np.linalg.norm(d))
        d = (d * slope[:, t]) @ start.w_h.T
    return (norms[60] / norms[10]) ** (1 / 50)


on = (cells.rnn(x, start, activation="relu").h > 0) * 1.0  # (batch, time, n_hidden)
stretch = np.linalg.norm(start.w_h) / np.sqrt(n_hidden)
print(f"masks as they were          {carried(on):.3f} a step")
shuffled = np.random.default_rng(SEED).permuted(on, axis=2)
print(f"units of each mask shuffled {carried(shuffled):.3f}")
print(f"one mask at all steps       {carried(on[:, 40:41].repeat(81, axis=1)):.3f}")
print(f"slope × mean stretch        {np.sqrt(np.mean(on)) * stretch:.3f}")

# %% about-masks [markdown]
# The radius belongs to the direction into which *one* matrix turns a gradient when it
# is repeated. A mask that changes keeps moving the gradient out of it, so the mean
# stretch over all directions, ‖W‖/√n, predicts this factor better here. Tanh's slopes
# differ little, and there the radius does. (This is one start; the page has twenty.)
#
# ## 6 · Recall
#
# What does that do to learning? Name the first symbol, one of four, after T symbols of
# noise. Chance is 0.25.


# %% recall
def recall(n, n_steps, rng):
    """Return n sequences, (n, 1 + n_steps), and the first symbol of each, (n,)."""
    first = rng.integers(0, 4, (n, 1))
    noise = rng.integers(4, 8, (n, n_steps))
    return np.concatenate([first, noise], axis=1), first[:, 0]


def try_recall(n_steps, weights, updates=400, f="tanh", **how):
    rng = np.random.default_rng(SEED)
    batches = [recall(64, n_steps, rng) for _ in range(updates)]
    model, losses, norms = learn(batches, weights, n_out=4, f=f, **how)
    return score(model, *recall(1000, n_steps, rng)), losses, norms


# %% about-short [markdown]
# The uniform start, over 10 and over 30 steps, still at a rate of 0.002. You have seen
# its factor. **Predict** which of the two it learns.

# %% short tags=["aside", "predicted"]
for n_steps in (10, 30):
    print(f"T = {n_steps}: {try_recall(n_steps, start)[0]:.3f} right")

# %% about-long [markdown]
# Now 60 steps, from the uniform start and from the orthogonal one. Nothing else
# differs: same input weights, same size, same data, same updates, same rate.
# **Predict** both accuracies.

# %% prediction-long [markdown]
# *Your prediction:*

# %% long tags=["predicted"]
recalled, losses = {}, {}
for name in ("tanh, uniform", "tanh, orthogonal"):
    recalled[name], losses[name], norm = try_recall(60, starts[name][0])
    print(f"{name:18} T = 60: {recalled[name]:.3f} right, norm ≤ {norm.max():.2f}")

# %% long-curve tags=["aside", "predicted"]
title = "Two starts, and the loss over 60 steps"
if recalled["tanh, uniform"] < 0.35 and recalled["tanh, orthogonal"] > 0.9:
    title = "One start never leaves chance, the other learns 60 steps"
plot.lines(
    {
        name: (np.arange(10, 401, 10), a.reshape(-1, 10).mean(1))
        for name, a in losses.items()
    },
    title,
    "update",
    "loss (nats)",
    levels={"chance, ln 4": np.log(4)},
)

# %% about-rate [markdown]
# Both networks went through the data once, so training "in one pass" is not what makes
# a gradient vanish. But is it the start alone? Both ran at one rate. **Predict:** what
# does the uniform start do over 60 steps at a rate of 0.01?

# %% prediction-rate [markdown]
# *Your prediction:*

# %% rate tags=["aside", "predicted"]
faster, *_ = try_recall(60, start, lr=0.01)
print(f"uniform, rate 0.002: {recalled['tanh, uniform']:.3f} right")
print(f"uniform, rate 0.01:  {faster:.3f} right")

# %% about-two-cues [markdown]
# One run proves little; the README has five seeds at several rates. Before two starts
# are compared, each needs a rate of its own.
#
# A network whose gradient vanishes need not be idle. Ask two things at once: the
# symbol at the start (the **far cue**), and another, at the end or `gap` steps before
# it (the **near cue**). The answer is the pair, one of 16.


# %% two-cues
def two_cues(n, n_steps, gap, rng):
    """Return n sequences, (n, n_steps + 2), and 4 * far + near of each, (n,)."""
    far, near = rng.integers(0, 4, (2, n, 1))
    noise = rng.integers(4, 8, (n, n_steps))
    split = n_steps - gap
    x = np.concatenate([far, noise[:, :split], 8 + near, noise[:, split:]], axis=1)
    return x, (4 * far + near)[:, 0]


# %% about-terms [markdown]
# The gradient of $W_{xh}$ is a sum over the steps. `terms` returns the norm of each
# step's term, which is what teaches the network to write that step's symbol down.


# %% readout tags=["pytorch"]
def readout(model):
    return ur.array(model.out.weight).T  # (n_hidden, n_out)


# %% readout tags=["tensorflow"]
def readout(model):
    return ur.array(model.out.kernel)  # (n_hidden, n_out)


# %% terms
def terms(model, x, y):
    """Return the norm of each step's term in the gradient of w_x, last step first."""
    logits = ur.array(model(ur.tensor(x)))  # (batch, n_out)
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    d_logits = (p / p.sum(axis=1, keepdims=True) - np.eye(16)[y]) / len(y)
    d, one_hots, weights = (
        d_logits @ readout(model).T,
        np.eye(12)[x],
        ur.dump(model.rnn),
    )
    h, found = cells.rnn(one_hots, weights).h, []
    for t in reversed(range(x.shape[1])):
        d_a = d * (1 - h[:, t] ** 2)
        found.append(np.linalg.norm(one_hots[:, t].T @ d_a))
        d = d_a @ weights.w_h.T
    return np.array(found)


# %% about-cues [markdown]
# 40 steps of noise, the uniform start, a rate of 0.002. First the near cue is the last
# symbol, then it stands three steps before the end. **Predict** for both: which cues
# are learned, and what would the loss and the gradient's norm tell you?

# %% prediction-cues [markdown]
# *Your prediction:*

# %% cues tags=["aside", "predicted"]
cue_start = cells.rnn_weights(12, n_hidden, np.random.default_rng(SEED))
by_step = {}
for gap in (0, 3):
    rng = np.random.default_rng(SEED)
    batches = [two_cues(64, 40, gap, rng) for _ in range(300)]
    model, loss, norm = learn(batches, cue_start, n_out=16)
    new, y = two_cues(1000, 40, gap, rng)
    said = ur.array(model(ur.tensor(new))).argmax(axis=-1)
    by_step[f"near cue {gap} steps before the end"] = terms(model, new, y)
    near, far = np.mean(said % 4 == y % 4), np.mean(said // 4 == y // 4)
    print(f"gap {gap}: near cue {near:.3f} right, far cue {far:.3f} right;", end="")
    print(f" loss {loss[0]:.2f} -> {loss[-20:].mean():.2f},", end="")
    print(f" norm {norm[:20].mean():.2f} -> {norm[-20:].mean():.2f}")

# %% cue-terms tags=["aside", "predicted"]
plot.lines(
    by_step,
    "Each step's term in the gradient, after training on two cues",
    "steps back",
    "norm of the term",
    log_y=True,
)

# %% about-explosion [markdown]
# With the near cue at the end the loss stops at ln 4: one cue is learned. The norm does
# not tell. With a near cue that must be kept for three steps, the far one is learned
# too. That its way back was trained along is likely, and was not tested.
#
# ## 7 · The other end: explosion
#
# The identity is orthogonal too, and with ReLU it hands positive states on unchanged
# (Le, Jaitly and Hinton 2015).

# %% about-one-long [markdown]
# Recall over 10 steps from that start, with plain gradient descent, once without a
# bound on the gradient's norm and once with a bound of 1; four starts each. One
# minibatch, number 200, is not 10 but 60 steps long. **Predict** the accuracy over 10
# steps at the end.

# %% prediction-one-long [markdown]
# *Your prediction:*

# %% one-long tags=["aside", "predicted"]
one_long = {}
how = {"n_out": 4, "f": "relu", "rule": "SGD", "lr": 0.01}
for k in range(4):  # four starts: their input weights and their data differ
    rng = np.random.default_rng(SEED + k)
    first = cells.rnn_weights(8, n_hidden, rng)
    first = first._replace(w_h=np.eye(n_hidden), b=np.zeros(n_hidden))
    lengths = [60 if update == 200 else 10 for update in range(220)]
    batches, test = [recall(64, n, rng) for n in lengths], recall(1000, 10, rng)
    for name, most in {"no bound": 1e9, "bound 1": 1.0}.items():
        model, loss, norm = learn(batches, first, clip=most, **how)
        one_long[f"start {k}, {name}"] = score(model, *test), loss
        print(f"start {k}, {name:9} loss {loss[190:200].mean():.3f}", end="")
        after = loss[201:211].mean()
        then = f"loss {after:.3f}" if np.isfinite(after) else "no number"
        print(f" -> norm {norm[200]:.1e} -> {then}", end="")
        print(f"; at the end {score(model, *test):.3f} right")

# %% one-long-curve tags=["aside", "predicted"]
gone = [k for k in range(4) if one_long[f"start {k}, no bound"][0] < 0.6]
kept = all(one_long[f"start {k}, bound 1"][0] > 0.6 for k in range(4))
shown = f"start {gone[0] if gone else 0}"
print(f"lost without a bound: {len(gone)} of 4")
title = f"One long minibatch at update 200, {shown}"
if gone and kept:
    title = f"{shown.capitalize()}: one long minibatch takes away what was learned"
plot.lines(
    {name: loss for name, (_, loss) in one_long.items() if shown in name},
    title,
    "update",
    "loss (nats)",
    log_y=True,
    levels={"chance, ln 4": np.log(4)},
)
# %% about-survivor [markdown]
# A line that ends at update 200 is a loss that is no number any more. Where a run
# without a bound survived, look at its norm there: a network that already answers over
# 60 steps has nothing to correct. The page has five starts at four rates.

# %% about-clip [markdown]
# Clipping is one line: if the norm of the *whole* gradient is above a bound, scale it
# down to the bound. The direction stays.


# %% clip
def clip(gradient, most):
    """Return the arrays of a gradient, scaled so that their joint norm is at most."""
    norm = np.sqrt(sum((g**2).sum() for g in gradient))
    return [g * min(1.0, most / norm) for g in gradient]


gradient = [np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([12.0, 0.0])]
print(clip(gradient, most=6.5))  # their joint norm is 13

# %% same-clip tags=["pytorch"]
parameters = [nn.Parameter(torch.zeros(g.shape)) for g in gradient]
for p, g in zip(parameters, gradient, strict=True):
    p.grad = torch.tensor(g, dtype=torch.float32)
nn.utils.clip_grad_norm_(parameters, 6.5)
theirs = [ur.array(p.grad) for p in parameters]

# %% same-clip tags=["tensorflow"]
theirs, norm = tf.clip_by_global_norm(gradient, 6.5)
theirs = [ur.array(g) for g in theirs]

# %% same-clip-numbers tags=["nbval-check-output"]
ours = clip(gradient, most=6.5)
print(all(np.allclose(a, b, atol=1e-6) for a, b in zip(ours, theirs, strict=True)))

# %% about-price [markdown]
# A bound has a price. 20 steps, the identity start, plain gradient descent at a rate of
# 0.03, and three bounds. **Predict:** which run falls below a loss of 0.7 first?

# %% spike tags=["predicted"]
identity = start._replace(w_h=np.eye(n_hidden), b=np.zeros(n_hidden))
how = {"f": "relu", "rule": "SGD", "lr": 0.03, "updates": 200}
bounds = {"no bound": 1e9, "bound 1": 1.0, "bound 0.1": 0.1}
bounded = {}
for name, most in bounds.items():
    bounded[name] = try_recall(20, identity, clip=most, **how)
    right, loss, norm = bounded[name]
    soon = np.flatnonzero(loss < 0.7)[:1]
    print(
        f"{name:9}: largest loss {loss.max():.2f}, at the end {right:.3f} right, "
        f"first loss below 0.7: {f'update {soon[0]}' if soon.size else 'never'}"
    )

# %% about-one-step [markdown]
# That was plain gradient descent. Adam divides each weight's step by the recent size of
# that weight's gradient. **Predict:** how far does a single update move the recurrent
# matrix under each rule, without a bound and with a bound of 0.01?

# %% prediction-one-step [markdown]
# *Your prediction:*

# %% one-step tags=["aside", "predicted"]
batch = [recall(64, 20, np.random.default_rng(SEED))]
for rule, rate in (("SGD", 0.03), ("Adam", 0.002)):
    for most in (1e9, 0.01):
        how = {"n_out": 4, "f": "relu", "rule": rule, "lr": rate, "clip": most}
        model, _, norm = learn(batch, identity, **how)
        moved = np.linalg.norm(ur.dump(model.rnn).w_h - identity.w_h)
        print(f"{rule:4} norm {norm[0]:.2f}, bound {most:<5g} moved by {moved:.5f}")

# %% about-not-restored [markdown]
# Under Adam a bound on the first gradient cancels, but for the epsilon in its divisor
# (Keras' is ten times PyTorch's, and shows). What the bound still does is to keep a
# single large gradient out of Adam's running means.
#
# And clipping has a limit. It multiplies *all* of a gradient by one number. **Predict**
# what it does to a curve of section 5.

# %% clipped-parts tags=["predicted"]
weights, f = starts["ReLU, 3 × uniform"]
run = cells.rnn(x, weights, activation=f)
d = cells.rnn_backward(run, np.zeros_like(run.h), d_last)
whole = np.sqrt(sum((g**2).sum() for g in (d.w_x, d.w_h, d.b)))
parts = np.sqrt((d.x**2).sum(axis=(0, 2)))[::-1]  # 0, 1, … steps back
clipped = parts * min(1.0, 1.0 / whole)
print(f"norm of the whole gradient {whole:.1e}, bound 1")
print(f"last step against the first: {parts[0] / parts[80]:.1e} before clipping,")
print(f"                             {clipped[0] / clipped[80]:.1e} after it")

# %% clipped-curve tags=["aside", "predicted"]
plot.lines(
    {"as computed": parts, "clipped to norm 1": clipped},
    "Clipping moves the whole curve down and leaves its slope",
    "steps back",
    "norm of the gradient",
    log_y=True,
)

# %% about-cat-again [markdown]
# Nor could it help the uniform start of section 6 at a rate of 0.002: the largest norm
# printed there is below the bound of 1, so clipping never acted. A bound from above
# makes nothing larger.
#
# ## 8 · Back to the cat
#
# 24 words lie between *cat* and *was*; the rate is 0.002 again. First the orthogonal
# start. Then the uniform one, but half of its minibatches have the short clause, a
# quarter one phrase more, and so on. **Predict** both.

# %% prediction-cat [markdown]
# *Your prediction:*

# %% cat-again tags=["predicted"]
rng = np.random.default_rng(SEED)
turned = uniform._replace(w_h=orthogonal(n_hidden, rng))
only_long = [sentences(64, 6, rng) for _ in range(300)]
mixed = [sentences(64, min(rng.geometric(0.5) - 1, 6), rng) for _ in range(300)]
cures = {
    "orthogonal, long only": learn(only_long, turned, n_out=2)[0],
    "uniform, mixed lengths": learn(mixed, uniform, n_out=2)[0],
}
print(f"{'uniform, long only':23} 24 words: {plain[24]:.3f} right")
for name, model in cures.items():
    right = {k: score(model, *sentences(1000, k, rng)) for k in (6, 10)}
    print(f"{name:23} 24 words: {right[6]:.3f} right, 36 words: {right[10]:.3f}")

# %% about-answer [markdown]
# The third line is the answer. The start that learned nothing from long sentences alone
# at this rate carries the number over 36 words, once short sentences have taught it to.
# So its memory was not too short: the *signal* that teaches it was.
#
# (Do not trust the second line's last number. Over a distance never met, one stored run
# has every verb right, the other every verb wrong: the bit arrived, and was misread.)

# %% about-record [markdown]
# ## 9 · What it bought
#
# At a rate of 0.002, one matrix sampled differently moved recall over 60 steps from the
# baseline to what you see, and short sentences among the long did the same for the cat.
# A bound on the gradient kept a run alive. The numbers of your own run, beside their
# baselines:

# %% record-gradients
ledger.record(
    UNIT,
    "gradient 50 steps back",
    lost,
    measure="powers of ten",
    baseline=predicted,
    baseline_name="slope × radius",
)
ledger.record(
    UNIT,
    "gradient kept a step, orthogonal",
    measured["tanh, orthogonal"],
    measure="of its norm",
    baseline=measured["tanh, uniform"],
    baseline_name="uniform start",
)

# %% record-learning
ledger.record(
    UNIT,
    "recall over 60 steps",
    recalled["tanh, orthogonal"],
    baseline=recalled["tanh, uniform"],
    baseline_name="uniform start",
)
ledger.record(
    UNIT,
    "agreement over 24 words",
    score(cures["uniform, mixed lengths"], *sentences(1000, 6, rng)),
    baseline=plain[24],
    baseline_name="long sentences only",
)
ledger.record(
    UNIT,
    "recall, bounded updates",
    bounded["bound 1"][0],
    baseline=bounded["no bound"][0],
    baseline_name="no bound",
)

# %% about-quiz-after [markdown]
# ## Check yourself

# %% quiz-after
quiz.show(UNIT, "after")
