"""What the lessons claim to have measured: windows are sane, and nothing strays."""

import ast
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

import as_script
from unrolled.data import registry

COURSE = Path(__file__).resolve().parents[1]
RENEW = "`make run FORCE=1`"
UNITS = sorted((COURSE / "lessons").glob("[0-9][0-9]-*"))
# The line that `ledger.record` prints, as it is stored in a notebook.
LINE = re.compile(
    r"^(?P<what>[^:\n]+): (?P<value>\S+) [^|\n]*(?:\|[^|\n]*)?"
    r"\| (?P<verdict>inside its window|OUTSIDE its window|no window[^\[\n]*)"
    r"(?: \[(?P<low>\S+), (?P<high>\S+)\])?$",
    re.MULTILINE,
)


STAND_INS = {e.instead for e in registry.ENTRIES.values()}
STAND_INS |= set(registry.FALLBACKS.values()) - {registry.PAIRS_FALLBACK}


def window_faults(windows: dict) -> Iterator[str]:
    """Yield what is wrong in a windows.json: {what: {track: window}}."""
    for what, tracks in windows.items():
        if set(tracks) != set(as_script.TRACKS):
            yield f"{what}: was measured in {', '.join(tracks)} only"
        for track, w in tracks.items():
            name = f"{what}, {track}"
            numbers = [w[key] for key in ("low", "mean", "high", "sd")]
            if not all(math.isfinite(x) for x in numbers):
                yield f"{name}: is not finite"
            elif not w["low"] <= w["mean"] <= w["high"] or w["low"] == w["high"]:
                yield f"{name}: the mean is not inside the window"
            if w["seeds"] < 20:
                yield f"{name}: {w['seeds']} seeds are fewer than 20"
            # An accuracy's window ends at 0 and at 1.
            below = w["low"] == 0 or w["mean"] - w["low"] > 2 * w["sd"]
            above = w["high"] == 1 or w["high"] - w["mean"] > 2 * w["sd"]
            if not (below and above):
                yield f"{name}: ends within two standard deviations of the mean"
            if w["corpus"] in STAND_INS:
                yield f"{name}: was measured on what stands in, {w['corpus']}"
        if len({w["corpus"] for w in tracks.values()}) > 1:
            yield f"{what}: the tracks were measured on different data"


def recorded(path: Path) -> Iterator[tuple[str, str, float | None]]:
    """Yield (what, track, stated bound or None) of each `ledger.record` in a source."""
    for track in as_script.TRACKS:
        for cell in as_script.cells(path, track):
            for node in ast.walk(ast.parse(cell.code)):
                if not isinstance(node, ast.Call):
                    continue
                if ast.unparse(node.func) != "ledger.record":
                    continue
                what = node.args[1]
                assert isinstance(what, ast.Constant), (
                    f"{path.parent.name}, cell {cell.name}: name the result by a plain "
                    "string, so that its window can be looked up"
                )
                bounds = [k.value for k in node.keywords if k.arg == "at_most"]
                bound = ast.literal_eval(bounds[0]) if bounds else None
                yield what.value, track, bound


def stated(path: Path) -> dict:
    """Return the windows that a source states, in the form of the measured ones."""
    found: dict[str, dict] = {}
    for what, track, bound in recorded(path):
        if bound is not None:
            found.setdefault(what, {})[track] = {"low": 0.0, "high": bound}
    return found


def stored(text: str, windows: dict, track: str) -> Iterator[str]:
    """Yield what is wrong in the results that a notebook's outputs print."""
    for line in LINE.finditer(text):
        what, window = line["what"], windows.get(line["what"], {}).get(track)
        if line["verdict"].startswith("no window"):
            if window:
                yield f"{what}: is stored without its window, and there is one: {RENEW}"
        elif not window:
            yield f"{what}: was stored beside a window that is gone"
        elif (line["low"], line["high"]) != (
            f"{window['low']:.4g}",
            f"{window['high']:.4g}",
        ):
            yield f"{what}: was stored beside another window: {RENEW}"
        elif not float(line["low"]) <= float(line["value"]) <= float(line["high"]):
            yield f"{what}: {line['value']} is stored, outside its window"


def windows_of(folder: Path) -> dict:
    path = folder / "windows.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def said_in(path: Path) -> str:
    """Return everything that a stored notebook prints."""
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(o.get("text", "") for c in cells for o in c.get("outputs", []))


@pytest.mark.parametrize("folder", UNITS, ids=lambda f: f.name)
def test_the_windows_of_a_unit_are_sane(folder):
    assert list(window_faults(windows_of(folder))) == []


@pytest.mark.parametrize("folder", UNITS, ids=lambda f: f.name)
def test_a_lesson_records_into_windows_that_exist(folder):
    windows = windows_of(folder)
    claims = list(recorded(folder / "lesson.py"))
    assert claims, "the last cell of a lesson records what was measured"
    measured = {(what, track) for what, track, bound in claims if bound is None}
    if measured and not windows:
        pytest.skip(f"not measured yet: python tools/windows.py {folder.name}")
    there = {(what, track) for what, tracks in windows.items() for track in tracks}
    assert there == measured


@pytest.mark.parametrize("track", as_script.TRACKS)
@pytest.mark.parametrize("folder", UNITS, ids=lambda f: f.name)
def test_stored_results_lie_in_the_windows_of_today(folder, track):
    source = folder / "lesson.py"
    name = f"{folder.name[:2]}a_lesson_{track}.ipynb"
    text = said_in(COURSE / "notebooks" / track / folder.name / name)
    claims = {what for what, of, _ in recorded(source) if of == track}
    assert {line["what"] for line in LINE.finditer(text)} == claims
    windows = windows_of(folder) | stated(source)
    assert list(stored(text, windows, track)) == []


# --- the checks above can fail

SANE = {
    "low": 1.0,
    "mean": 1.2,
    "high": 1.4,
    "sd": 0.05,
    "seeds": 20,
    "corpus": "plays",
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"low": float("nan")}, "not finite"),
        ({"low": 1.3}, "mean is not inside"),
        ({"high": 1.0, "low": 1.0, "mean": 1.0}, "mean is not inside"),
        ({"sd": 0.15}, "two standard deviations"),
        ({"seeds": 3}, "3 seeds are fewer"),
        ({"corpus": "other"}, "different data"),
        ({"corpus": "made-digits"}, "stands in"),
    ],
)
def test_an_insane_window_is_found(change, said):
    windows = {"loss": {"pytorch": SANE, "tensorflow": SANE | change}}
    assert said in "\n".join(window_faults(windows))
    assert list(window_faults({"loss": dict.fromkeys(as_script.TRACKS, SANE)})) == []
    assert "pytorch only" in next(window_faults({"loss": {"pytorch": SANE}}))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("loss: 1.25 nats | baseline 5-gram 1.7 | inside its window [1, 1.4]", None),
        ("loss: 1.25 nats | inside its window [1, 1.4]", None),
        ("loss: 1.45 nats | OUTSIDE its window [1, 1.4]", "outside its window"),
        ("loss: 1.25 nats | inside its window [1, 1.5]", "another window"),
        ("loss: 1.25 nats | no window yet", "there is one"),
        ("gone: 1.25 nats | inside its window [1, 1.4]", "is gone"),
        ("new: 1.25 nats | baseline last value 3 | no window yet", None),
    ],
)
def test_a_stored_result_that_strayed_is_found(line, said):
    windows = {"loss": {"pytorch": SANE}}
    found = list(stored(f"epoch 1: 2.0\n{line}\n", windows, "pytorch"))
    assert len(list(LINE.finditer(f"x\n{line}\n"))) == 1
    assert (said in found[0]) if said else found == []


def test_what_a_lesson_records_is_read_from_its_source(tmp_path):
    source = tmp_path / "lesson.py"
    source.write_text(
        '# %% a tags=["pytorch"]\nledger.record(UNIT, "loss", 1.0)\n'
        '# %% b\nledger.record(UNIT, "parity", 0.0, at_most=1e-6)\n'
    )
    assert list(recorded(source)) == [
        ("loss", "pytorch", None),
        *(("parity", track, 1e-6) for track in as_script.TRACKS),
    ]
    line = "parity: 2e-06 difference | OUTSIDE its window [0, 1e-06]"
    assert "outside" in next(stored(line, stated(source), "pytorch"))


def test_the_line_is_what_the_ledger_prints(capsys, monkeypatch):
    from unrolled import ledger

    window = {"loss": {"numpy": SANE}}
    monkeypatch.setattr(ledger, "windows", lambda _: window)
    monkeypatch.setattr(ledger, "track", lambda: "numpy")
    monkeypatch.delenv("UNROLLED_LEDGER", raising=False)
    monkeypatch.setenv("UNROLLED_STRICT", "0")
    for value, extra in (
        (1.2, {"baseline": 1.7, "baseline_name": "a 5-gram"}),
        (9, {}),
    ):
        ledger.record("02-x", "loss", value, measure="nats per character", **extra)
    ledger.record("02-x", "loss", 1.2, measure="nats", corpus="other")
    text = capsys.readouterr().out
    assert [m["verdict"].split()[0] for m in LINE.finditer(text)] == [
        *("inside", "OUTSIDE", "no"),
    ]
