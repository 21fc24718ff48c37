"""The stored models: whole, the same in NumPy and both frameworks, as good as said."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from courses import COURSE
from model_cases import small
from unrolled import cells, data, models, threads
from unrolled.source.layout import TRACKS

NAMES = models.names()


@pytest.fixture(scope="module", params=TRACKS)
def ran(request):
    """What tests/model_cases.py found in one framework."""
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("model_cases.py"), request.param],
        capture_output=True,
        text=True,
        env={**os.environ, **threads.fixed(1)},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", [*NAMES, "one layer", "two layers"])
def test_the_frameworks_compute_the_same(ran, name):
    found = ran["compared"][name]
    for way in ("whole", "parts", "steps"):
        assert found[way] <= 1e-6, way
    assert found["sampled"] == found["sampled in NumPy"]
    assert abs(found["nats"] - found["nats in NumPy"]) <= 1e-5


def test_the_translator_is_the_same_in_numpy_and_as_the_lesson_loads_it(ran):
    # A score of 107 has a spacing of 8e-6 in float32, which the softmax hands on.
    assert max(ran["translated"].values()) <= 8e-6


def test_a_loaded_model_can_be_trained_further(ran):
    assert ran["trained"]["last"] < 0.5 * ran["trained"]["first"]


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_model_says_what_it_is(name):
    model = models.load(name)
    assert model.name == name and model.title and model.unknown in model.symbols
    assert {"corpus", "licence", "source", "updates", "characters read", "rate", "seed",
            "versions", "nats", "nats of a 7-gram"} <= set(model.about)  # fmt: skip
    assert all(a.dtype == np.float32 for a in (model.embedding, *model.layers[0]))
    assert model.decode(model.encode("The end.\n")) == "The end.\n"
    assert model.encode("\u16a0")[0] == model.symbols.index(model.unknown)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_stored_model_is_as_good_as_it_says(name, monkeypatch):
    """Measured here in NumPy, in 64 rows that begin in mid-text."""
    monkeypatch.syspath_prepend(str(COURSE / "benchmarks"))
    monkeypatch.setenv("UNROLLED_OFFLINE", "1")
    import gallery_corpora

    try:
        texts = gallery_corpora.read(gallery_corpora.find(name))
    except data.DataError as error:
        pytest.skip(f"its text cannot be had: {error}")
    about, model = models.load(name).about, models.load(name)
    if texts.sha256 != about["held-out sha256"]:
        pytest.skip("this Python carries another text than the model was scored on")
    assert "".join(texts.vocab.symbols) == model.symbols
    width = len(texts.held_out) // 64
    rows = model.encode(texts.asked)[: 64 * width].reshape(64, width)
    found = model.nats(rows, chunk=256).mean()
    assert found == pytest.approx(about["nats"], abs=0.01)
    # A network of this size that has learned nothing of words has more than that.
    assert about["nats"] < 0.4 * np.log(model.n_symbols)


def test_the_first_cell_of_the_readme_writes(capsys):
    readme = (COURSE / "README.md").read_text("utf-8")
    exec(re.search(r"```python\n(.*?)```", readme, re.DOTALL)[1], {})
    said = capsys.readouterr().out
    assert said.startswith("**ROMEO**  \n") and len(said) == len("**ROMEO**  \n") + 401
    assert len(set(said.split()) & {"the", "and", "to", "of", "my", "I", "a"}) >= 3


def test_all_stored_models_together_are_small():
    sizes = [p.stat().st_size for p in models.STORED.iterdir()]
    assert NAMES and sum(sizes) <= 3_000_000
    config = (COURSE / "pyproject.toml").read_text("utf-8")
    assert 'packages = ["src/unrolled"]' in config  # the whole folder, data and all


def test_step_by_step_is_a_run():
    model = small(2)
    ids = np.random.default_rng(0).integers(0, 5, (4, 12))
    whole, state = model.run(ids), None
    for t in range(12):
        logits, state = model.step(ids[:, t], state)
        assert np.allclose(logits, whole.logits[:, t], atol=1e-6)
    for (h, c), run in zip(state, whole.layers, strict=True):
        assert np.allclose(h, run.last[0]) and np.allclose(c, run.last[1])
    later = model.run(ids[:, 5:], model.run(ids[:, :5]).state)
    assert np.allclose(later.logits, whole.logits[:, 5:], atol=1e-6)


def test_a_run_shows_states_and_gates():
    model = small()
    run = model.run(model.encode("abcabc")[None])
    by_hand = cells.lstm(model.embedding[model.encode("abcabc")][None], model.layers[0])
    for part in "hcifgo":
        assert getattr(run, part).shape == (1, 6, 7)
        assert np.array_equal(getattr(run, part), getattr(by_hand, part))
    assert np.allclose(run.h, run.o * np.tanh(run.c))


def test_nats_are_those_of_the_probabilities():
    model = small()
    ids = np.random.default_rng(1).integers(0, 5, (2, 30))
    logits = model.run(ids).logits[:, :-1].astype(np.float64)
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    expected = -np.log(np.take_along_axis(p, ids[:, 1:, None], -1))[..., 0]
    for chunk in (1, 7, 1000):
        assert np.allclose(model.nats(ids, chunk=chunk), expected, atol=1e-5)


def test_a_file_is_the_model_again_rounded_to_two_bytes(tmp_path):
    model, path = small(2), tmp_path / "small.npz"
    models.save(model, path)
    again = models.load(path)
    parts = [(m.embedding, *m.layers[1], m.w_out) for m in (model, again)]
    for one, two in zip(*parts, strict=True):
        assert np.array_equal(one.astype(np.float16).astype(np.float32), two)
    assert again.about == model.about
    assert (again.symbols, again.unknown) == (model.symbols, model.unknown)
    models.save(again, tmp_path / "twice.npz")
    assert path.read_bytes() == (tmp_path / "twice.npz").read_bytes()


def test_a_file_holds_no_pickle():
    for name in NAMES:
        with zipfile.ZipFile(models.STORED / f"{name}.npz") as stored:
            for member in stored.namelist():
                with stored.open(member) as file:
                    np.lib.format.read_magic(file)
                    *_, dtype = np.lib.format.read_array_header_1_0(file)
                assert not dtype.hasobject


@pytest.mark.parametrize(
    "content", [b"", b"To be, or not to be", None], ids=["empty", "another file", "cut"]
)
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "small.npz"
    models.save(small(), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(models.ModelError, match=r"is no whole model .*train the model"):
        models.load(path)


def test_a_byte_that_changed_is_seen_wherever_it_is(tmp_path):
    path, seen = tmp_path / "small.npz", 0
    models.save(small(), path)
    whole = path.read_bytes()
    for where in range(0, len(whole), 37):
        path.write_bytes(
            whole[:where] + bytes([whole[where] ^ 255]) + whole[where + 1 :]
        )
        try:  # some bytes mean nothing: a time, say
            assert np.array_equal(models.load(path).w_out, rounded().w_out)
        except models.ModelError as error:
            assert "is no whole model" in str(error)
            seen += 1
    assert seen > len(whole) / 37 / 2


def rounded() -> models.CharacterModel:
    model = small()
    w_out = model.w_out.astype(np.float16).astype(np.float32)
    return models.CharacterModel(**{**vars(model), "w_out": w_out})


def test_numbers_of_another_model_are_refused(tmp_path):
    path, other = tmp_path / "small.npz", tmp_path / "other.npz"
    models.save(small(), path)
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    np.savez(other, **{**arrays, "w_out": arrays["w_out"] * 2})
    with pytest.raises(models.ModelError, match="not those that were written"):
        models.load(other)
    del arrays["b_0"]
    np.savez(other, **arrays)
    with pytest.raises(models.ModelError, match="is no whole model"):
        models.load(other)


def test_what_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(ValueError, match=r"no stored model called 'bard'.*plays"):
        models.load("bard")
    with pytest.raises(models.ModelError, match="There is no file"):
        models.load(tmp_path / "nothing.npz")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda m: m.run([0, 1]), r"expected integers of shape \(batch, time\)"),
        (lambda m: m.run([[0.5]]), "expected integers"),
        (lambda m: m.step([5]), "run from 0 to 4"),
        (lambda m: m.step([0, 1], m.step([0])[1]), "The state has the shapes"),
        (lambda m: m.sample("", 3), "The prompt is empty"),
        (lambda m: m.sample("a", 3, 0.0), "must be above 0"),
        (lambda m: m.sample("a", -1), "n=-1"),
        (lambda m: m.sample("a", 3, rng=7), "random generator"),
    ],
)
def test_errors_are_sentences(call, words):
    with pytest.raises(ValueError, match=words):
        call(small())


@pytest.mark.parametrize(
    ("part", "value", "words"),
    [
        ("symbols", "a\nbc\ufffd", "sorted"),
        ("unknown", "?", "unknown"),
        ("b_out", np.zeros(4, np.float32), r"b_out has shape \(4,\); expected \(5,\)"),
        ("embedding", np.zeros((5, 4), np.float32), "w_x of layer 0"),
    ],
)
def test_parts_that_contradict_one_another_are_refused(part, value, words):
    with pytest.raises(ValueError, match=words):
        models.CharacterModel(**{**vars(small()), part: value})
