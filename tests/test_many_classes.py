"""The benchmark of many classes: its sets, and that every row runs and learns."""

import csv
import json
import subprocess
import sys

import pytest

from courses import COURSE

sys.path.insert(0, str(COURSE / "benchmarks"))
import lesson_cells
import many_classes


def query(*parts):
    """A sentence of Snips: (text, slot) pairs, None for text outside of a slot."""
    both = [{"text": t, "entity": s} if s else {"text": t} for t, s in parts]
    return {"data": both}


@pytest.fixture
def folder(tmp_path):
    """Two intents; one file in another encoding, a small file within a full one."""
    for intent, slot in (("PlayMusic", "artist"), ("RateBook", "title")):
        (tmp_path / intent).mkdir()
        told = [
            query((f"{intent} number {k} ", None), ("café", slot)) for k in range(9)
        ]
        told.append(query((f"{intent}  plain", None)))
        said = json.dumps({intent: told}, ensure_ascii=False)
        encoding = "latin-1" if intent == "RateBook" else "utf-8"
        for name in (f"train_{intent}.json", f"train_{intent}_full.json"):
            (tmp_path / intent / name).write_text(said, encoding)
        validate = json.dumps({intent: [told[0], query(("another", None))]})
        (tmp_path / intent / f"validate_{intent}.json").write_text(validate, "utf-8")
    return tmp_path


def test_classes_of_snips_are_intents_with_their_slots(folder, monkeypatch):
    monkeypatch.setattr(many_classes, "CLASSES", 2)
    train, test = many_classes.snips(folder)
    assert set(train[1]) == {"PlayMusic: artist", "RateBook: title"}
    assert len(train[0]) == len(train[1]) == 14 and len(test[0]) == 4  # 80 to 20
    assert not set(train[0]) & set(test[0])
    assert all(sentence.endswith("café") for sentence in train[0] + test[0])


@pytest.mark.slow
def test_a_row_of_each_kind_runs(tmp_path):
    for part in ("train", "test"):
        with open(tmp_path / f"{part}.csv", "w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["text", "category"])
            for k in range(60):
                verb, name = ("play", "music") if k % 2 else ("read", "books")
                table.writerow([f"{verb} {k % 7} {k % 11} , please", name])
    rows = "--rows=linear-words,linear-ngrams,ours-pytorch"
    files = "train.csv", "test.csv"
    done = subprocess.run(
        [sys.executable, many_classes.__file__, *files, "--seeds=1", rows],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[0] for line in lines][-1] == "ours-pytorch"
    assert [line[3] for line in lines] == ["1.0000"] * 3


def test_a_cell_of_the_lesson_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="no cell 'reeder' in pytorch"):
        lesson_cells.defined("09-text-classification", "pytorch", "imports", "reeder")
