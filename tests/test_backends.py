"""The two backends: one API, the same numbers, the same behavior."""

import ast
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from unrolled import backends, threads
from unrolled.source.layout import TRACKS

FOLDER = Path(backends.__file__).parent


@pytest.fixture(scope="module", params=TRACKS)
def track(request):
    return request.param


@pytest.fixture(scope="module")
def ran(track):
    """What tests/backend_cases.py found, and what it wrote to stderr."""
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("backend_cases.py"), track],
        capture_output=True,
        text=True,
        env={**os.environ, **threads.fixed(1)},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_states_and_gradients_agree_with_numpy(ran):
    worst = ran[0]["parity"]
    assert worst["h"] <= 1e-6
    assert worst["last"] <= 1e-6
    assert worst["gradient"] <= 1e-5
    assert worst["round_trip"] == 0


def test_training_learns_and_carries_its_state(ran):
    found = ran[0]["training"]
    assert found["first"] > 1.9  # near ln 8: nothing is known yet
    assert found["last"] < 0.1
    assert found["calls"] == [25, 50, 60]
    assert [step for step, _ in found["valid"]] == [25, 50, 60]
    assert found["valid"][-1][1] < 0.1
    assert found["n_norms"] == 60 and found["largest_norm"] > 0
    assert found["evaluated"] < 0.2


def test_sampling_follows_the_text_and_is_repeatable(ran):
    found = ran[0]["training"]
    assert found["sample"] == ("abcdefgh" * 6)[:42]
    assert found["sample"] == found["again"]


def test_seed_makes_the_same_weights(ran):
    assert ran[0]["seeded"]
    assert ran[0]["there_and_back"] == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("size", "Make the layer with n_in=2 and n_hidden=3"),
        ("kind", "expected"),
        ("prompt", "The prompt is empty"),
        ("temperature", "must be above 0"),
        ("schedule", "cosine or constant"),
        ("nothing", "Give more data"),
        ("before", "r acts"),
        ("before", 'reset="before"'),
        ("z", 'weights the "old" state'),
        ("lstm in gru", "expected GRUWeights"),
        ("wrong layer", "expected"),
        ("no bias", "with a bias"),
        ("too many layers", "the weights have 2 layers"),
        ("no pair", "2 directions, the weights have 1 layers with [1]"),
        ("state", "expected (2, 3) (batch, n_hidden)"),
        ("one of two", "a pair (h, c) for an LSTM"),
        ("mask", "bool of shape (2, 4)"),
        ("empty row", "Row 1 of the mask has no real step"),
        ("a model", "give the layer itself"),
    ],
)
def test_errors_are_sentences(ran, name, words):
    assert words in ran[0]["errors"][name]


def test_what_one_framework_alone_refuses(ran, track):
    said = ran[0]["errors"]
    if track == "pytorch":
        assert "a bias and no projection" in said["projection"]
        assert "no weights make equal" in said["before"]
        assert "GRU(reset_after=False)" in said["before"]
    else:
        assert "Make the layer with reset_after=False" in said["before"]
        assert "Make the layer with reset_after=True" in said["after"]
        assert "merge_mode='sum'" in said["merge"]
        assert "expected tanh and sigmoid" in said["activation"]


def test_layers_are_left_as_they_were(ran):
    assert all(ran[0]["kept"].values()), ran[0]["kept"]


def test_a_classifier_learns_from_unequal_lengths(ran):
    found = ran[0]["lengths"]["classifier"]
    assert found["steps"]
    assert found["accuracy"] > 0.95
    assert abs(found["evaluated"] - found["in NumPy"]) <= 1e-5


def test_a_prediction_does_not_depend_on_its_batch(ran):
    found = ran[0]["lengths"]["classifier"]
    assert found["alone"] <= 2e-6  # float32, logits of the size of 5: a few roundings
    assert found["other batches"] <= 2e-6


def test_a_tagger_answers_for_every_real_step_and_no_other(ran):
    found = ran[0]["lengths"]["tagger"]
    assert found["lengths"]
    assert found["accuracy"] > 0.95
    assert abs(found["evaluated"] - found["in NumPy"]) <= 1e-5


def test_padding_is_left_out_of_the_loss(ran):
    found = ran[0]["lengths"]["padding is left out"]
    for name in ("trained", "rubbish", "evaluated"):
        assert abs(found[name] - found["right"]) <= 1e-5, name
    assert "A batch has 5 parts" in ran[0]["lengths"]["five parts"]


def test_what_is_compiled_is_compiled_once_for_all_lengths(ran, track):
    if track == "tensorflow":  # a training asks once before, for the weights
        assert ran[0]["lengths"]["calls"] == [2, 1, 0]


def test_batches_may_differ_in_size(ran):
    found = ran[0]["faults"]["unequal"]
    assert found["steps"] == 6
    assert abs(found["evaluated"] - found["in NumPy"]) <= 1e-5


def test_a_state_may_be_nested_in_any_way(ran):
    found = ran[0]["faults"]["nestings"]
    assert len(found["plain"]) == len(found["none"]) == 2
    assert found["named"] == found["plain"]


def test_a_model_may_take_x_alone_and_have_its_gradient_unbounded(ran):
    found = ran[0]["faults"]["sequential"]
    (free,), (bounded,) = found["norms"]
    assert free == bounded > 0
    assert found["after"] < found["before"]


def test_a_value_of_python_that_changes_in_a_model_is_seen(ran):
    found = ran[0]["faults"]["changed"]
    first, again, without = found["evaluated"]
    assert first == again != without
    assert abs(without - math.log(5)) <= 1e-6  # all logits 0: five equal classes
    one, two, three = found["losses"]  # the value changes after the second step
    assert one == two != three
    assert abs(three - math.log(5)) <= 1e-6


def test_predictions_come_in_the_order_of_the_sequences(ran):
    for way, off in ran[0]["faults"]["order"].items():
        assert off <= 1e-6, way


def test_numbers_may_come_in_every_kind_of_array(ran):
    found = ran[0]["faults"]["kinds"]
    assert len(found) == 13
    for way, nats in found.items():
        assert nats == found["int64"], way


def test_what_does_not_count_may_hold_anything(ran):
    found = ran[0]["faults"]["uncounted"]
    assert abs(found["trained"] - found["in NumPy"]) <= 1e-5
    assert abs(found["evaluated"] - found["in NumPy"]) <= 1e-5


def test_a_layer_that_reads_from_the_end_carries_its_state_over_masked_steps(ran):
    off = ran[0]["faults"]["backwards"]
    assert off is None or off <= 1e-6  # PyTorch has no such layer


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("empty", "ended after 0 of 5 steps"),
        ("spent", "ended after 0 of 5 steps"),
        ("ends", "ended after 3 of 9 steps"),
        ("no length", "has no length, and no steps"),
        ("half a step", "steps=2.5 was given"),
        ("no epoch", "epochs=0 was given"),
        ("lr", "lr=nan was given"),
        ("clip", "clip=0 was given"),
        ("evaluate nothing", "nothing to evaluate"),
        ("nothing counts", "nothing to evaluate"),
        ("whole mask", "a mask of bools (mask.astype(bool)"),
        ("real mask", "a mask of bools (mask.astype(bool)"),
        ("asked with a whole mask", "a mask of bools (mask.astype(bool)"),
        ("-100", "A label is -100"),
        ("no such class", "A label is 9, and the model tells 5 classes apart"),
        ("evaluate no such class", "and the model tells 5 classes apart"),
        ("negative weight", "The weights go from -1.0 to 1.0"),
        ("nan weight", "The weights go from nan"),
        ("no weight", "In the batch of step 2 no label counts"),
        ("no real step", "In the batch of step 1 no label counts"),
        ("real labels", "The labels are float64"),
        ("names", "Encode text first"),
        ("rows", "x has shape (4, 6) and y (2, 6); expected (4, 6)"),
        ("mask's shape", "and mask (4, 5); expected (4, 6)"),
        ("weights' shape", "and weight (4, 5); expected (4, 6)"),
        ("logits", "The logits have shape (4, 6, 5) and the labels (4, 5)"),
        ("no rows", "The batch is empty: x has shape (0, 6)"),
        ("no steps", "The batch is empty: x has shape (4, 0)"),
        ("ragged", "rows of unequal length"),
        ("short", "which had 4 rows, and this one has 2"),
        ("no state", "The model returned no state"),
        ("seed", "rng=7 was given; it must be a random generator"),
        ("run flat", "x is float64 of shape (4, 2)"),
        ("run wide", "(batch, time, n_in=2)"),
        ("run no steps", "x has shape (1, 0, 2)"),
        ("run no rows", "x has shape (0, 3, 2)"),
        ("run ragged", "must be numbers of shape"),
        ("d_last", "expected (1, 3) (batch, n_hidden)"),
    ],
)
def test_what_cannot_be_done_is_said(ran, name, words):
    said = ran[0]["faults"]["said"][name]
    assert said.startswith("ValueError: ") and words in said, said


def test_training_stops_at_the_first_loss_that_is_not_finite(ran):
    said = ran[0]["faults"]["said"]
    assert said["nan"].startswith("FloatingPointError: Training stops: at step 3")
    assert (
        said["weights after"] == "finite"
    )  # of the model that was refused its batches


def test_the_device_is_a_gpu_if_there_is_one(ran, track):
    cpu, gpu = {"pytorch": ("cpu", "cuda"), "tensorflow": ("CPU:0", "GPU:0")}[track]
    assert ran[0]["devices"][:2] == [cpu, gpu]


def test_one_framework_does_not_bring_the_other(ran):
    assert not ran[0]["other_framework"]


def test_start_up_noise_does_not_reach_the_learner(ran):
    assert ran[1] == ""


def files_of(track):
    return [
        FOLDER / f"{track}{part}.py"
        for part in ("", "_asking", "_layers", "_models", "_weights")
    ]


def public(track):
    """The names a backend offers, and the functions that stand behind them."""
    names, functions = None, {}
    for path in files_of(track):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and names is None:
                if ast.unparse(node.targets[0]) == "__all__":
                    names = ast.literal_eval(node.value)
            if isinstance(node, ast.FunctionDef):
                functions.setdefault(node.name, node)
    return names, {name: functions.get(name) for name in names}


def test_both_offer_the_same_names():
    (names, functions), (others, twins) = map(public, TRACKS)
    assert names == others == sorted(names)
    assert all(functions.values()) and all(twins.values())


@pytest.mark.parametrize("name", public("pytorch")[0])
def test_both_have_the_same_signature_and_first_line(name):
    one, two = (public(track)[1][name] for track in TRACKS)
    arguments = [
        [a.arg for a in f.args.posonlyargs + f.args.args + f.args.kwonlyargs]
        for f in (one, two)
    ]
    assert arguments[0] == arguments[1]
    defaults = [ast.dump(ast.Module(f.args.defaults, [])) for f in (one, two)]
    assert defaults[0] == defaults[1]
    keywords = [[d and ast.dump(d) for d in f.args.kw_defaults] for f in (one, two)]
    assert keywords[0] == keywords[1]
    lines = [ast.get_docstring(f).splitlines()[0] for f in (one, two)]
    assert lines[0] == lines[1]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda p: p.stem)
def test_a_backend_stays_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 250
