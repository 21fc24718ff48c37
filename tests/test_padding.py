"""Adding padding or shuffling a batch changes no prediction of any unit.

A unit whose lesson judges predictions, or batches sequences of unequal length, says in
`lessons/<unit>/classifiers.py` which networks it has; every one of them is asked here,
in both tracks. And each bug of unit 08's clinic, put back in, makes a check fail.
"""

import ast
import json
import types

import numpy as np
import pytest

import courses
import forked
import length_cases
from courses import COURSE, UNITS
from unrolled import metrics
from unrolled.source.layout import TRACKS

# What only a lesson that judges predictions uses, and one with unequal lengths.
TELLTALE = {
    *("accuracy", "confusion", "f1", "macro_f1"),
    *("Buckets", "same_length", "predict", "pad", "pack_padded_sequence"),
    *("mask_zero", "Masking"),
}
# A trained network rounds to about 1e-15 in float64. In float32, sums of some tens of
# products near 1 differ by a few times 6e-8 if they are added up in another order.
MOST, MOST_32 = 1e-6, 2e-6


def telltales(code: str) -> set[str]:
    """Return the names in a lesson's code that say that it must declare."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) != "np":
            found.add(node.attr)
        elif isinstance(node, ast.keyword | ast.alias):
            found.add(node.arg if isinstance(node, ast.keyword) else node.name)
    return found & TELLTALE


def undeclared(course) -> list[str]:
    """Return the units that classify and do not say so."""
    return [
        f"{folder.name} uses {', '.join(sorted(found))} and has no classifiers.py: "
        "declare its networks there (see CONTRIBUTING.md)"
        for folder in sorted((course / "lessons").glob("[0-9][0-9]-*"))
        if (found := telltales((folder / "lesson.py").read_text("utf-8")))
        and not (folder / "classifiers.py").exists()
    ]


def declaring(course=COURSE) -> list[str]:
    return [u for u in UNITS if (course / f"lessons/{u}/classifiers.py").exists()]


def asked(track: str, cases: dict) -> dict:
    """Return what tests/padding_cases.py found: {name: {classifier: changes}}."""
    tool = COURSE / "tests/padding_cases.py"
    cases = {name: [str(folder), edits] for name, (folder, edits) in cases.items()}
    ran = forked.run(track, tool, track, json.dumps(cases))
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout)


def faults(found: dict) -> list[str]:
    """Return where a prediction depends on its company, or on nothing at all."""
    wrong = []
    for name, changes in found.items():
        most = MOST_32 if changes.pop("float32") else MOST
        if changes.pop("spread") < 1e-3:
            wrong.append(f"{name}: says the same of every sequence")
        for case, change in changes.items():
            if not change <= most:
                wrong.append(f"{name}, {case}: an output changes by {change:.0e}")
    return wrong


@pytest.fixture(scope="module")
def outputs():
    """What every declared unit's networks say, by track; a process for each track."""
    kept: dict[str, dict] = {}

    def of(track):
        if track not in kept:
            cases = {unit: (COURSE / "lessons" / unit, []) for unit in declaring()}
            kept[track] = asked(track, cases)
        return kept[track]

    return of


def test_a_unit_that_classifies_declares_its_networks():
    assert undeclared(COURSE) == []
    assert declaring()


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("unit", declaring())
def test_padding_and_company_change_no_prediction(unit, track, outputs):
    found = outputs(track)[unit]
    assert isinstance(found, dict), found
    assert found, "classifiers() returned none"
    assert faults(found) == []


def test_a_unit_that_forgets_to_declare_is_noticed(tmp_path):
    course = courses.small_course(tmp_path / "course")
    assert undeclared(course) == []  # the template classifies nothing
    lesson = course / "lessons" / courses.SMALL / "lesson.py"
    text = lesson.read_text("utf-8")
    lesson.write_text(text + "\n# %% score\nmetrics.accuracy([1], [1])\n", "utf-8")
    assert "uses accuracy and has no classifiers.py" in undeclared(course)[0]


UNIT_08 = COURSE / "lessons/08-padding-and-masking"
# Bug: the lesson's folder, and for each track the cell, what stands there, what stood.
CLINIC = {
    "the state after the pads": (
        UNIT_08,
        ["told", "self.lstm(p)", "self.lstm(e)"],
        ["told", "mask_zero=True", "mask_zero=False"],
    ),
    "the state after the pads, in the protocol of later units": (
        UNIT_08,
        ["ways", "h[torch.arange(len(x), device=x.device), lengths - 1]", "h[:, -1]"],
        ["ways", 'self.lstm(e, mask=mask if self.way == "masked" else None)',
         "self.lstm(e)"],
    ),
    "a mask found after one-hot": (
        UNIT_08,
        ["ways", "mask.sum(dim=1)",
         "nn.functional.one_hot(x, 8).any(dim=-1).sum(dim=1)"],
        ["ways", 'mask=mask if self.way == "masked" else None',
         "mask=keras.layers.Masking().compute_mask(tf.one_hot(x, 8))"],
    ),
    "a mask dropped on the way": (
        UNIT_08,
        ["told", "self.lstm(p)",
         "self.lstm(pad_packed_sequence(p, batch_first=True)[0])"],
        ["network", "keras.layers.LSTM(32),",
         "keras.layers.Reshape((-1, 16)), keras.layers.LSTM(32),"],
    ),
    "a backward layer that reads the pads": (
        UNIT_08,
        ["tagger", "h, _ = self.lstm(self.embedding(x))",
         "h, _ = self.lstm(self.embedding(x).flip(1)); h = h.flip(1)"],
        ["tagger", "return_sequences=True", "return_sequences=True, go_backwards=True"],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def broken():
    """What the networks say with each bug of the clinic in their lesson, by track."""
    kept: dict[str, dict] = {}

    def of(track):
        if track not in kept:
            kept[track] = asked(
                track,
                {
                    name: (folder, [edits[TRACKS.index(track)]])
                    for name, (folder, *edits) in CLINIC.items()
                },
            )
        return kept[track]

    return of


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("bug", CLINIC)
def test_a_bug_of_the_clinic_is_noticed(bug, track, broken):
    found = broken(track)[bug]
    assert isinstance(found, dict), found
    said = faults(found)
    assert any("an output changes by" in fault for fault in said), said


def padded_more(pads: int):
    """A tagger's answers, labels and mask for two sequences, with more padding."""
    rng = np.random.default_rng(0)
    logits, y = rng.normal(size=(2, 5, 3)), rng.integers(0, 3, (2, 5))
    mask = np.arange(5) < [[5], [2]]
    more = ((0, 0), (0, pads))
    easy = np.pad(logits, (*more, (0, 0)))
    easy[:, 5:, 0] = 9.0  # sure of the pads, and right about them
    return easy, np.pad(np.where(mask, y, 0), more), np.pad(mask, more)


def judged(module, pads: int) -> tuple[float, float]:
    logits, y, mask = padded_more(pads)
    right = module.accuracy(logits.argmax(-1), y, mask)
    return right, module.cross_entropy(logits, y, mask)


def test_accuracy_and_loss_leave_padding_out():
    assert judged(metrics, 0) == pytest.approx(judged(metrics, 20), abs=1e-12)


@pytest.mark.parametrize("name", ["accuracy over pads", "loss over pads"])
def test_judging_over_pads_is_noticed(name):
    path = COURSE / "src/unrolled/metrics.py"
    first = {
        "accuracy over pads": "predicted, y = map(_classes, _same_shape(predicted, y))",
        "loss over pads": "logits = np.asarray(logits, dtype=np.float64)",
    }[name]
    first = f"    {first}\n"
    text = path.read_text("utf-8")
    assert text.count(first) == 1
    wrong = types.ModuleType("wrong")
    exec(text.replace(first, first + "    weight = None\n"), wrong.__dict__)
    before, after = judged(wrong, 0), judged(wrong, 20)
    place = ["accuracy over pads", "loss over pads"].index(name)
    gained = (after[place] - before[place]) * (1 if place == 0 else -1)
    assert gained > 0.1  # it looks better, and nothing else changed


@pytest.mark.parametrize("track", TRACKS)
def test_training_on_the_loss_over_pads_is_noticed(track):
    """The bug is put into a copy of the backend; the backend itself is tested, too."""
    ran = forked.run(track, COURSE / "tests/length_cases.py", track)
    assert ran.returncode == 0, ran.stderr[-3000:]
    found = json.loads(ran.stdout)
    assert set(found) == {"as it is", *length_cases.BUGS[track]}
    for name, changes in found.items():
        gap = max(abs(changes[k] - changes["right"]) for k in changes)
        assert (gap <= 1e-5) == (name == "as it is"), (name, changes)
