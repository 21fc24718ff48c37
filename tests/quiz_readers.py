"""Readers of exported quizzes, written from what the formats' documents say.

None of them uses the exporter's code. Each yields questions in one form:

    id, kind, text, options (texts, for what is chosen or ordered), grade

`grade(response)` does what a platform would: it returns the share of the mark and the
feedback shown. A response is a list of texts of options, or a number. Texts are in one
plain form: ⟦TeX⟧, ⟪code⟫, **bold**, *italic*, ¶ between paragraphs.
"""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser

Grade = Callable[[list[str] | float], tuple[float, list[str]]]


@dataclass
class Read:
    """A question as a platform has it."""

    id: str
    kind: str
    text: str
    options: list[str]
    grade: Grade


def canonical(source: str) -> str:
    """Return the plain form of a text as it stands in quiz.yml."""
    made, rest = "", source
    while rest:
        piece, length = _piece(rest, made == "" or made.endswith("\n"))
        made, rest = made + piece, rest[length:]
    return squeeze(re.sub(r"\n[ \t]*\n\s*", "¶", made))


def _piece(text: str, new_line: bool) -> tuple[str, int]:
    """Return the plain form of what a text begins with, and how long it is."""
    if new_line and (block := re.match(r"```.*\n((?:.*\n)*?)``` *(\n|$)", text)):
        return listing(block[1][:-1]) + "\n", block.end()
    if text.startswith(r"\$"):
        return "$", 2
    if text.startswith("$$"):
        end = text.find("$$", 3)
        while end > 0 and text[end - 1] in " \t":
            end = text.find("$$", end + 1)
        if end > 0 and text[2] not in " \t":
            return f"⟦{text[2:end].strip()}⟧", end + 2
    if text[0] == "$" and not text[1:2].isspace():
        place = 1
        while place < len(text) and text[place] not in "$`\n":
            place += 2 if text[place] == "\\" else 1
        digit = text[place + 1 : place + 2].isdigit()
        if 1 < place < len(text) and text[place] == "$" and not digit:
            if not text[place - 1].isspace():
                return f"⟦{text[1:place]}⟧", place + 1
    if text[0] == "`" and (end := text.find("`", 1)) > 1:
        return f"⟪{text[1:end]}⟫", end + 1
    return text[0], 1


def listing(code: str) -> str:
    """Return the plain form of a block of code: every space and line break is seen."""
    return "¶⟪" + code.replace("\n", "⏎").replace(" ", "·") + "⟫¶"


def squeeze(text: str) -> str:
    parts = (" ".join(part.split()) for part in text.split("¶"))
    return "¶".join(part for part in parts if part)


MARKS = {"strong": "**", "em": "*", "br": "\n", "p": "\n\n"}


class Html(HTMLParser):
    """HTML, or XHTML with MathML, as a browser and its MathJax would show it."""

    def __init__(self, source: str):
        super().__init__(convert_charrefs=True)
        self.made, self.items, self.hidden, self.code = "", [], [], 0
        self.block = None  # the lines of code so far, inside of <pre>
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag == "img" and named.get("class") == "equation_image":
            assert named["alt"] == f"LaTeX: {named['data-equation-content']}"
            assert named["src"].startswith("/equation_images/")
        if "data-equation-content" in named:
            self.made += f"⟦{named['data-equation-content']}⟧"
        if (tag == "span" and "data-equation-content" in named) or tag == "math":
            self.hidden.append(tag)
        elif tag == "annotation":
            assert named["encoding"] == "application/x-tex"
            self.made += "⟦"
        elif tag == "pre":
            self.block = ""
        elif self.block is not None:
            self.block += "\n" if tag == "br" else ""
        elif tag == "code":
            self.code += 1
            self.made += "⟪"
        elif tag == "li":
            self.items.append("")
            self.made, self.before = "", self.made
        elif tag == "span" and self.hidden:
            self.hidden.append(tag)
        else:
            self.made += MARKS.get(tag, "")
        self.inside_note = tag == "annotation"

    def handle_endtag(self, tag):
        if tag == "annotation":
            self.made += "⟧"
        elif tag == "pre":
            self.made += listing(self.block.removesuffix("\n"))
            self.block = None
        elif self.block is not None:
            pass
        elif tag == "code":
            self.code -= 1
            self.made += "⟫"
        elif tag == "li":
            self.items[-1], self.made = self.text(), self.before
        elif self.hidden and tag == self.hidden[-1]:
            self.hidden.pop()
        elif tag != "br":
            self.made += MARKS.get(tag, "")
        self.inside_note = False

    def handle_data(self, data):
        if self.hidden and not getattr(self, "inside_note", False):
            return
        if self.block is not None:
            self.block += data
            return
        if not self.code and not self.hidden:  # MathJax does not look into code
            data = re.sub(r"\\\((.+?)\\\)|\\\[(.+?)\\\]", _formula, data, flags=re.S)
            assert "$$" not in data and not re.search(r"\\[(\[]", data)
        self.made += data.replace("\n", " ") if not self.hidden else data

    def text(self) -> str:
        return squeeze(re.sub(r" *\n *\n *", "¶", self.made))


def _formula(found: re.Match) -> str:
    return f"⟦{found[1] or found[2]}⟧"


def shown(source: str) -> str:
    """Return the plain form of HTML."""
    return Html(source).text()


def listed(source: str) -> list[str]:
    """Return the plain forms of the items of a list in HTML."""
    return Html(source).items


def by_share(shares: dict[str, float], why: dict[str, str]) -> Grade:
    """Moodle's multichoice: shares of what is chosen add up, never below nothing."""

    def grade(chosen):
        total = min(1.0, max(0.0, sum(shares[text] for text in chosen)))
        return total, [why[text] for text in chosen if why[text]]

    return grade


def by_number(rows: list[tuple[float, float, float, str]]) -> Grade:
    """Moodle's numerical: the first answer within its tolerance decides."""

    def grade(number):
        for value, tolerance, share, why in rows:
            fudge = 1e-14 * max(1.0, abs(value))
            if abs(number - value) <= tolerance + fudge:
                return share, [why]
        return 0.0, []

    return grade


def by_place(order: list[str], feedback: list[str]) -> Grade:
    """Each thing at its own place counts its share; the feedback is always shown."""

    def grade(given):
        hits = sum(a == b for a, b in zip(given, order, strict=True))
        return hits / len(order), feedback

    return grade


def moodle(content: bytes) -> list[Read]:
    """Read Moodle XML (docs.moodle.org, "Moodle XML format")."""
    root = ET.fromstring(content)
    assert root.tag == "quiz"
    return [_moodle(q) for q in root if q.get("type") != "category"]


def _moodle(q: ET.Element) -> Read:
    name, text = q.findtext("name/text"), shown(q.findtext("questiontext/text"))
    assert q.find("questiontext").get("format") == "html"
    answers = q.findall("answer")
    texts = [shown(a.findtext("text")) for a in answers]
    why = [shown(a.findtext("feedback/text") or "") for a in answers]
    part = [float(a.get("fraction")) / 100 for a in answers]
    if q.get("type") == "numerical":
        values = [float(a.findtext("text")) for a in answers]
        reach = [float(a.findtext("tolerance")) for a in answers]
        grade = by_number(list(zip(values, reach, part, why, strict=True)))
        return Read(name, "numeric", text, [], grade)
    if q.get("type") == "ordering":
        assert [a.get("fraction") for a in answers] == [
            f"{n}.0000000" for n in range(1, len(answers) + 1)
        ]
        assert q.findtext("selecttype") == "ALL"
        assert q.findtext("gradingtype") == "ABSOLUTE_POSITION"
        reasons = listed(q.findtext("generalfeedback/text"))
        return Read(name, "order", text, texts, by_place(texts, reasons))
    assert q.get("type") == "multichoice"
    kind = "single" if q.findtext("single") == "true" else "multiple"
    if kind == "single":
        assert max(part) == 1
    for share in part:  # Moodle refuses a share that is not in its list
        assert any(abs(abs(share) - known) < 5e-7 for known in MOODLE_SHARES), share
    shares, reasons = (dict(zip(texts, row, strict=True)) for row in (part, why))
    grade = by_share(shares, reasons)
    return Read(name, kind, text, texts, grade)


MOODLE_SHARES = (
    *(1, 0.9, 0.8333333, 0.8, 0.75, 0.7, 0.6666667, 0.6, 0.5, 0.4, 0.3333333, 0.3),
    *(0.25, 0.2, 0.1666667, 0.1428571, 0.125, 0.1111111, 0.1, 0.05, 0),
)


def gift(content: bytes) -> list[Read]:
    """Read GIFT (docs.moodle.org, "GIFT format"): what Moodle does, step by step."""
    made, block = [], []
    for line in [*content.decode().split("\n"), ""]:
        if line.strip():
            block += [] if line.strip().startswith("//") else [line]
        elif block:
            text, block = "\n".join(block).strip(), []
            made += [] if text.startswith("$CATEGORY:") else [_gift(text)]
    return made


ESCAPES = {f"\\{sign}": chr(0xE000 + n) for n, sign in enumerate(":#={}~n")}


def _gift(text: str) -> Read:
    text = text.replace("\\\\", "\ue100")
    for pair, place in ESCAPES.items():
        text = text.replace(pair, place)
    text = text.replace("\ue100", "\\")
    name, text = re.fullmatch(r"::(.*?)::(.*)", text, re.S).groups()
    assert text.count("{") == text.count("}") == 1
    assert text.endswith("}")
    asked, body = text[:-1].split("{")
    body, _, general = body.strip().partition("####")
    assert asked.startswith("[html]")
    asked = _unescaped(asked.removeprefix("[html]"))
    if body.startswith("#"):
        rows = [_gift_number(row) for row in body[1:].strip().split("=")[1:]]
        return Read(_unescaped(name), "numeric", shown(asked), [], by_number(rows))
    if "~" not in body:
        pairs = [row.split("->", 1) for row in body.split("=")[1:]]
        assert len(pairs) == body.count("->")
        placed = sorted((int(place), shown(_unescaped(t))) for t, place in pairs)
        assert [place for place, _ in placed] == list(range(1, len(placed) + 1))
        order = [text for _, text in placed]
        grade = by_place(order, listed(_unescaped(general)))
        return Read(_unescaped(name), "order", shown(asked), order, grade)
    rows = [_gift_choice(row) for row in re.findall(r"[=~][^=~]*", body)]
    kind = "single" if "=" in body else "multiple"
    shares = {text: share for share, text, _ in rows}
    grade = by_share(shares, {text: why for _, text, why in rows})
    return Read(_unescaped(name), kind, shown(asked), list(shares), grade)


def _gift_number(row: str) -> tuple[float, float, float, str]:
    share, value, tolerance, why = re.fullmatch(
        r"%([0-9.]+)%([^:#]+):([^:#]+)#([^#]*)", row.strip()
    ).groups()
    return float(value), float(tolerance), float(share) / 100, shown(_unescaped(why))


def _gift_choice(row: str) -> tuple[float, str, str]:
    mark, row = row[0], row[1:].strip()
    weight = re.match(r"%(-?\d{1,3}(\.\d+)?)%", row)
    share = float(weight[1]) / 100 if weight else float(mark == "=")
    text, _, why = row[weight.end() if weight else 0 :].partition("#")
    assert not text.strip().startswith("[")
    return share, shown(_unescaped(text)), shown(_unescaped(why))


def _unescaped(text: str) -> str:
    assert not set("#={}~") & set(text), text
    for pair, place in ESCAPES.items():
        text = text.replace(place, "\n" if pair == "\\n" else pair[1])
    return text


def lossless(content: bytes) -> list[Read]:
    """Read the course's JSON (docs/quizzes.md)."""
    quiz = json.loads(content)
    assert (quiz["format"], quiz["form"]) == ("unrolled-quiz", 1)
    return [_lossless(q) for q in quiz["questions"]]


def _lossless(q: dict) -> Read:
    kind, text = q["kind"], canonical(q["text"])
    rows = q["in_order"] if kind == "order" else q["options"]
    why = [canonical(row["why"]) for row in rows]
    if kind == "numeric":
        numbers = [
            (row["value"], q["tolerance"], float(row["right"]), reason)
            for row, reason in zip(rows, why, strict=True)
        ]
        return Read(q["id"], kind, text, [], by_number(numbers))
    texts = [canonical(row["text"]) for row in rows]
    if kind == "order":
        # A reason that is a block begins a line, as in the other forms.
        gaps = ["¶" if row["why"].strip().startswith("```") else " " for row in rows]
        reasons = [f"{a}:{gap}{b}" for a, gap, b in zip(texts, gaps, why, strict=True)]
        return Read(q["id"], kind, text, texts, by_place(texts, reasons))
    right = [row["right"] for row in rows]
    minus = sum(not r for r in right)
    shares = {
        text: 1 / sum(right) if r else -1 / minus * (kind == "multiple")
        for text, r in zip(texts, right, strict=True)
    }
    grade = by_share(shares, dict(zip(texts, why, strict=True)))
    return Read(q["id"], kind, text, texts, grade)
