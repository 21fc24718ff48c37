"""The benchmark: its rows learn, its table renders, its hand-written gradients hold."""

import itertools
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
NETWORKS = ("pytorch", "tensorflow", "min-char-rnn", "char-rnn", "tensorflow-tutorial")


@pytest.fixture
def modules(monkeypatch):
    """Put `benchmarks/` on the path for one test."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def bench(*arguments: str) -> str:
    command = [sys.executable, str(BENCHMARKS / "bench.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def measured(tmp_path, *rows: str, budget: float = 2.0) -> dict[str, dict]:
    results = tmp_path / "results.jsonl"
    bench(
        *("--rows", ",".join(rows), "--budget", str(budget), "--threads", "1"),
        *("--clock", "cpu"),
        *("--corpus", "pydoc-topics", "--limit", "30000"),
        *("--results", str(results)),
    )
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    return {line["row"]: line for line in lines}


@pytest.mark.parametrize(
    "row", [*NETWORKS[:-1], pytest.param(NETWORKS[-1], marks=pytest.mark.every)]
)
def test_a_row_learns(row, tmp_path, modules):
    from common import task

    # Seconds of the processor, of which starting a framework's optimizer takes two to
    # four. The tutorial's are many: it compiles, and its steps are few and large.
    budget = {"tensorflow-tutorial": 24.0, "min-char-rnn": 3.0}.get(row, 8.0)
    result = measured(tmp_path, row, budget=budget)[row]
    uniform = task("95/5", "pydoc-topics", 30000).uniform
    assert math.isfinite(result["nats"])
    assert 1.0 < result["nats"] < uniform - 0.1
    assert result["characters"] > 0 and result["parameters"] > 10_000
    assert result["seconds"] >= budget
    if row in ("pytorch", "tensorflow"):  # with a table, it must be better still
        assert 1.0 < result["mixed"] < result["nats"]


def test_counting_beats_uniform(tmp_path):
    result = measured(tmp_path, "five-gram")["five-gram"]
    assert 1.0 < result["nats"] < 3.0


@pytest.mark.parametrize("row", ["generate-pytorch", "generate-tensorflow"])
def test_generation_draws_all_symbols(row, tmp_path):
    result = measured(tmp_path, row)[row]
    assert result["characters"] == 1000 and 0 < result["seconds"] < 30


def test_the_list_names_every_row():
    listed = bench("--list")
    assert all(row in listed for row in (*NETWORKS, "five-gram", "generate-pytorch"))


def test_an_unknown_row_is_refused():
    command = [sys.executable, str(BENCHMARKS / "bench.py"), "--rows", "pytorhc"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2 and "pytorhc" in done.stderr


def a_result(**changes) -> dict:
    base = {"row": "pytorch", "budget": 60.0, "threads": 2, "seed": 0, "split": "95/5"}
    base |= {"nats": 2 * math.log(2), "parameters": 1234, "characters": 6000}
    base |= {
        "seconds": 60.0,
        "evaluation_seconds": 1.5,
        "mixed": 0.0,
        "on": {"cpu": "a processor"},
    }
    return base | changes


def test_the_table_renders(modules):
    from bench import table

    results = [a_result(nats=9.0), a_result(), a_result(budget=200.0, split="90/10")]
    written = table(results)
    assert "9.0000" not in written, "the newest result of a row replaces the older"
    assert "| 1.3863 | 2.0000 | — | 100 | 1,234 | 60.0 | 1.5 s |" in written
    assert "| 1.2345 | 100 |" in table([a_result(mixed=1.2345)])
    assert written.index("95/5, 60 seconds") < written.index("90/10, 200 seconds")
    assert "a processor" in written
    assert "Nothing has been measured" in table([])


def test_the_machine_is_told_without_its_name(modules):
    import platform

    from bench import machine

    told = json.dumps(machine())
    assert platform.node() not in told and str(Path.home()) not in told
    assert "cores" in told


def test_the_score_is_over_the_whole_part(modules):
    from common import score, score_each

    seen = []

    def nats_of(x, y):
        assert x.shape == y.shape and np.array_equal(x[0, 1:], y[0, :-1])
        seen.append(y[0])
        return y[0] / 10

    valid = np.arange(10_000)
    each, _ = score_each(valid, nats_of, chunk=7)
    assert np.array_equal(each, valid[1:] / 10)
    assert np.array_equal(np.concatenate(seen), valid[1:])
    nats, _ = score(valid, lambda x, y: nats_of(x, y).sum())
    assert nats == pytest.approx(each.mean())


def test_a_mixture_is_a_weighted_sum_of_probabilities(modules):
    from mixture import mixed

    network, table = np.array([0.5, 0.2]), np.array([0.1, 0.8])
    expected = -np.log([0.6 * 0.5 + 0.4 * 0.1, 0.6 * 0.2 + 0.4 * 0.8]).mean()
    assert mixed(-np.log(network), table, 0.6) == pytest.approx(expected)
    assert mixed(-np.log(network), table, 1.0) == pytest.approx(-np.log(network).mean())


def test_the_table_is_counted_on_the_clock(modules):
    from common import Settings, task
    from mixture import counted

    text = task("95/5", "pydoc-topics", 30000)
    table, rest = counted(text, Settings(5.0))
    assert 0 < rest.budget < 5.0
    each = table.each(text.valid)
    assert -np.log(each).mean() == pytest.approx(table.nats(text.valid))


def test_streams_go_on_and_say_when_they_begin_anew(modules):
    from common import endless

    stream = endless(np.arange(200), 2, 10, np.random.default_rng(0))
    drawn = [next(stream) for _ in range(20)]
    assert drawn[0][2] and 1 < sum(new for *_, new in drawn) < 5
    for (_, y, _), (x, _, new) in itertools.pairwise(drawn):
        assert new or np.array_equal(x[:, 0], y[:, -1])


def test_min_char_rnn_gradients(modules):
    from references import min_char_forward, min_char_gradients, min_char_weights

    rng = np.random.default_rng(0)
    weights = [w + rng.normal(0, 0.3, w.shape) for w in min_char_weights(5, 7, rng)]
    x, y, h = rng.integers(5, size=9), rng.integers(5, size=9), rng.normal(size=7) * 0.1
    _, states, p = min_char_forward(weights, x, y, h)
    gradients = min_char_gradients(weights, x, y, states, p)
    for w, gradient in zip(weights, gradients, strict=True):
        for place in list(np.ndindex(w.shape))[::3]:
            kept, losses = w[place], []
            for shift in (1e-5, -1e-5):
                w[place] = kept + shift
                losses.append(min_char_forward(weights, x, y, h)[0])
            w[place] = kept
            slope = (losses[0] - losses[1]) / 2e-5
            assert gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-7)


SHARED_IS_WHOLE = """
import sys; sys.path.insert(0, {benchmarks!r})
import torch
from ours_pytorch import CharLSTM
from recipes import Recipe
from workers_pytorch import Workers
torch.manual_seed(0)
model = CharLSTM(7, Recipe(hidden=5, embedding=3))
x, y = torch.randint(0, 7, (2, 3, 4, 6))  # three batches of 4 rows, 6 steps
found = []
for n in (1, 2, 4):
    with Workers(model, n) as workers:
        losses = [workers.gradients(x[k], y[k], k == 0) for k in range(3)]
        found.append((losses, [w.grad.clone() for w in model.parameters()
                               if w.requires_grad]))
for losses, gradients in found[1:]:
    assert torch.allclose(torch.tensor(losses), torch.tensor(found[0][0]), atol=1e-6)
    for one, other in zip(gradients, found[0][1]):
        assert torch.allclose(one, other, atol=1e-6)
    assert losses[0] != losses[1]
try:
    Workers(model, 3).gradients(x[0], y[0], True)
except ValueError as error:
    assert "cannot be shared by 3" in str(error)
    print("same")
"""


def test_threads_that_share_a_batch_have_the_gradient_of_the_whole():
    code = SHARED_IS_WHOLE.format(benchmarks=str(BENCHMARKS))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and "same" in done.stdout, done.stderr


ONE_UPDATE = """
import sys; sys.path.insert(0, {benchmarks!r})
import numpy as np
from ours_tensorflow import CharLSTM, start, training_step
from recipes import Recipe
tf, _ = start(2)
recipe = Recipe(hidden=5, embedding=3, batch=4, steps=6)
rng = np.random.default_rng(0)
x, y = (tf.constant(a, tf.int32) for a in rng.integers(0, 7, (2, 4, 6)))
found = []
for workers in (1, 2):
    model = CharLSTM(7, recipe, seed=0)
    step = training_step(tf, model, recipe, workers)
    h, c = step(x, y, *model.zeros(4), tf.constant(1e-2))
    found.append([h, c, *model.weights.values()])
for one, other in zip(*found, strict=True):
    assert np.allclose(one, other, atol=1e-4), (one, other)
print("same")
"""


def test_the_tensorflow_step_is_the_same_however_many_share_it():
    code = ONE_UPDATE.format(benchmarks=str(BENCHMARKS))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and "same" in done.stdout, done.stderr


# In a process of its own: TensorFlow beside PyTorch in pytest's process is slow.
SAME_AS_AUTODIFF = """
import sys; sys.path.insert(0, {benchmarks!r})
import numpy as np
from ours_tensorflow import start
tf, _ = start(1)
from lstm_tensorflow import lstm
steps, batch, n = 5, 3, 4
rng = np.random.default_rng(0)
shapes = ((steps, batch, 4 * n), (n, 4 * n), (batch, n), (batch, n))
given = [tf.Variable(rng.normal(size=s), dtype=tf.float32) for s in shapes]
pull = [tf.constant(rng.normal(size=s), tf.float32)
        for s in ((steps, batch, n), (batch, n), (batch, n))]
def plain(projected, w_h, h, c):
    hs = []
    for t in range(steps):
        i, f, o, g = tf.split(projected[t] + h @ w_h, 4, axis=1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h = tf.sigmoid(o) * tf.tanh(c)
        hs.append(h)
    return tf.stack(hs), h, c
def pulled(run):
    with tf.GradientTape() as tape:
        out = run(*[tf.convert_to_tensor(v) for v in given])
        loss = tf.add_n([tf.reduce_sum(a * b) for a, b in zip(out, pull)])
    return [*out, *tape.gradient(loss, given)]
for ours, theirs in zip(tf.function(lambda: pulled(lstm))(), pulled(plain)):
    assert np.allclose(ours, theirs, atol=1e-5), (ours, theirs)
print("same")
"""


def test_the_tensorflow_lstm_has_the_gradients_of_autodiff():
    code = SAME_AS_AUTODIFF.format(benchmarks=str(BENCHMARKS))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and "same" in done.stdout, done.stderr
