"""The stored translator: whole, small, refused when damaged, as good as it says."""

import sys
import zipfile

import numpy as np
import pytest

from courses import COURSE
from unrolled import data, models
from unrolled.models import translation

FILE = models.STORED / "translators" / "english-spanish.npz"
MODEL = models.translator()


def test_it_says_what_it_is():
    trained = {"pairs learned from", "updates", "rate", "seed", "versions"}
    scored = {"corpus", "licence", "source", "network", "dictionary"}
    assert trained | scored <= set(MODEL.about)
    assert FILE.stat().st_size < 2_500_000
    assert MODEL.signs[: translation.UNKNOWN + 1] == translation.SPECIAL
    assert len(set(MODEL.signs[: MODEL.n_source])) == MODEL.n_source


def test_sentences_become_signs_and_signs_become_sentences():
    rows = MODEL.encode(["Run!", "Where is THE book?", "zzzz a b c d e f g h i"])
    assert rows.shape == (3, MODEL.time)
    assert (rows[0, 2:] == translation.PAD).all() and (rows[0, :2] > 3).all()
    assert rows[2, 0] == translation.UNKNOWN
    assert np.array_equal(rows[1, 2], MODEL.encode(["the"])[0, 0])
    said = np.full((2, MODEL.steps), MODEL.n_source)  # the first word of the target
    said[0, 1], said[1, 0] = translation.END, translation.UNKNOWN
    first = MODEL.signs[MODEL.n_source]
    assert MODEL.decode(said) == [first, " ".join(["?", *[first] * (MODEL.steps - 1)])]


def test_padding_changes_no_translation():
    asked = ["Tom is here.", "Where is my book?"]
    together = MODEL.translate(asked)
    assert together == [MODEL.translate([one])[0] for one in asked]
    rows = MODEL.encode(asked)
    given = np.ones((2, MODEL.steps), int)
    _, weights = MODEL.run(rows, given)
    assert np.allclose(weights.sum(axis=-1), 1, atol=1e-6)
    assert (weights[0, :, 4:] == 0).all()  # "tom is here ." has four


def test_it_translates():
    assert MODEL.translate(["I am tired."])[0].endswith("cansado .")
    table = MODEL.decode(MODEL.dictionary[MODEL.encode(["water"])])[0]
    assert table == "agua"


def _arrays(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_saved_and_read_again_it_is_the_same(tmp_path):
    translation.save(MODEL, tmp_path / "again.npz")
    # Not the bytes of the archive: Python 3.11.4 changed what stands around the arrays.
    assert _arrays(tmp_path / "again.npz") == _arrays(FILE)
    again = translation.read(tmp_path / "again.npz")
    assert again.translate(["Tom is here."]) == MODEL.translate(["Tom is here."])


@pytest.mark.parametrize("place", [0.1, 0.5, 0.999])
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path, place):
    written = bytearray(FILE.read_bytes())
    written[int(len(written) * place)] ^= 255
    (tmp_path / "broken.npz").write_bytes(written)
    with pytest.raises(models.ModelError, match=r"translator\.py --store"):
        translation.read(tmp_path / "broken.npz")
    with pytest.raises(models.ModelError, match="There is no file"):
        translation.read(tmp_path / "none.npz")


@pytest.mark.slow
def test_it_is_as_good_as_it_says(monkeypatch):
    monkeypatch.syspath_prepend(str(COURSE / "benchmarks"))
    monkeypatch.setenv("UNROLLED_OFFLINE", "1")
    import translator

    try:
        asked = translator.sentences()
    except data.DataError as error:
        pytest.skip(f"its sentences cannot be had: {error}")
    assert asked.signs == MODEL.signs
    learned = {asked.pairs.sources[k].casefold() for k in asked.learn}
    assert not learned & {asked.pairs.sources[k].casefold() for k in asked.test}
    found = translator.measured(MODEL, asked)
    for way in ("network", "dictionary"):
        for score, value in found[way].items():
            assert value == pytest.approx(MODEL.about[way][score], abs=0.3), way
    assert found["network"]["BLEU"] > found["dictionary"]["BLEU"]
    sys.modules.pop("translator")
