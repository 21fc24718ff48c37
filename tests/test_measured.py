"""Tables of what was measured: said in one form, written between their marks."""

import pytest

from unrolled import measured


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "Say what to measure, one of: rates, parts."),
        (["rate"], "`rate` is not measured here. Say what to measure, one of: rates,"),
    ],
)
def test_what_is_not_measured_is_a_sentence(words, says, monkeypatch):
    known = {"rates": 1, "parts": 2}
    assert measured.asked(known, "parts") == 2
    monkeypatch.setattr("sys.argv", ["measure.py", *words])
    with pytest.raises(SystemExit, match=says):
        measured.asked(known)
    monkeypatch.setattr("sys.argv", ["measure.py", "rates", "more"])
    assert measured.asked(known) == 1


def test_a_median_has_its_range_where_there_is_one():
    assert measured.middle([3.0, 1.0, 2.0]) == "2.000 (1.000 – 3.000)"
    assert measured.middle([1.0, 1.00001], digits=2) == "1.00"


def test_a_table_is_renewed_between_its_marks_and_nothing_else_is(tmp_path):
    page, made = tmp_path / "README.md", measured.table(["a", "b"], [[1, "x\\y"]])
    marks = "<!-- measured:one -->\n{}\n<!-- /measured:one -->"
    page.write_text(f"before\n{marks.format('old')}\nafter\n", "utf-8")
    for _ in range(2):
        measured.renew(page, {"one": made})
        table = "| a | b |\n| --- | --- |\n| 1 | x\\y |"
        assert page.read_text("utf-8") == f"before\n{marks.format(table)}\nafter\n"


def test_a_page_without_the_place_or_with_two_is_refused(tmp_path):
    page = tmp_path / "README.md"
    for text in ("nothing", "<!-- measured:a -->\n<!-- /measured:a -->\n" * 2):
        page.write_text(text, "utf-8")
        with pytest.raises(ValueError, match=r"README\.md needs the mark .* once"):
            measured.renew(page, {"a": "table"})
