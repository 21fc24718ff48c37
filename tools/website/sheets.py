"""A lesson or an assignment as one page: what both tracks share, and tabs where not."""

import base64
import re
from pathlib import Path

import nbformat

import covers
from unrolled.source import layout

from . import tree

TABS = "::::::{tab-set}\n:sync-group: track\n\n"
TAB = ":::::{{tab-item}} {title}\n:sync: {track}\n\n{content}\n\n:::::\n\n"
FOLD = "::::{dropdown} What came out, after your prediction\n\n"
COLAB = "https://colab.research.google.com/github"
CODESPACES = "https://codespaces.new"
BINDER = "https://mybinder.org/v2/gh"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
Cell = nbformat.NotebookNode


def write(unit: str, part: str, source: Path) -> None:
    """Write the page of a unit's lesson or assignment below `source`."""
    place = tree.sheet(unit, part)
    cells = {}
    for track in layout.TRACKS:
        path = tree.ROOT / place_of(unit, part, track)
        cells[track] = {c.id: c for c in nbformat.read(path, 4).cells}
    sheet = _Sheet(source / Path(place).parent / part)
    blocks = [sheet.block(name, cells, unit) for name in _order(cells)]
    blocks.insert(1, _head(unit, part))
    text = "\n\n".join(block for block in blocks if block) + "\n"
    target = source / place
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(tree.linked(text, place), encoding="utf-8")


def _order(cells: dict[str, dict]) -> list[str]:
    """Return the names of the cells of all tracks, each after the one it follows."""
    order: list[str] = []
    for of_track in cells.values():
        place = 0
        for name in of_track:
            if name in order:
                place = order.index(name) + 1
            else:
                order.insert(place, name)
                place += 1
    return order


def _head(unit: str, part: str) -> str:
    """Return the lines that lead to the notebooks themselves, and to what is near."""
    if unit == layout.CAPSTONE:
        near = "[What a capstone needs](README.md)"
    else:
        other = next(p for p in layout.PARTS if p != part)
        near = f"[The unit](README.md) · [The {other}]({other}.md)"
        near += f" · [The quiz](../../{tree.quiz(unit)})"
    repository = tree.repository(tree.ROOT).removeprefix("https://github.com/")
    rows = []
    for track in layout.TRACKS:
        path = place_of(unit, part, track)
        links = [f"[{name}]({to})" for name, to in _services(repository, path).items()]
        links.append(f"{{download}}`download </{path}>`")
        rows.append(f"**{layout.TITLES[track]}** {' '.join(links)}")
    return "\n\n".join([near, "::::{div} open", *rows, "::::"])


def _services(repository: str, path: str) -> dict[str, str]:
    """Return where a notebook of the repository is opened in a browser, by name."""
    return {
        "Colab": f"{COLAB}/{repository}/blob/main/{path}",
        "Codespaces": f"{CODESPACES}/{repository}",
        "Binder": f"{BINDER}/{repository}/main?urlpath=lab/tree/{path}",
    }


def place_of(unit: str, part: str, track: str) -> str:
    """Return the path of a notebook: of a unit's part, or of the capstone's."""
    if unit == layout.CAPSTONE:
        return layout.capstone(part, track)
    return layout.notebook(unit, part, track)


class _Sheet:
    """The blocks of one page; pictures of outputs go into a folder beside it."""

    def __init__(self, pictures: Path):
        self.pictures = pictures

    def block(self, name: str, cells: dict[str, dict], unit: str) -> str:
        """Return a cell: once, where the tracks agree, else a tab for each track."""
        if name == "badges":
            return ""
        if name.startswith("quiz-"):
            when = name.removeprefix("quiz-")
            heading = f"{tree.quiz(unit)}#{when}-the-lesson"
            return (
                f"*Here stands [a quiz](../../{heading}), which can be answered there.*"
            )
        found = {track: of[name] for track, of in cells.items() if name in of}
        sources = {_source(cell) for cell in found.values()}
        if len(found) == len(cells) and len(sources) == 1:
            results = {t: self._results(c, t) for t, c in found.items()}
            return f"{sources.pop()}\n\n{_tabs(results)}".strip()
        return _tabs(
            {t: f"{_source(c)}\n\n{self._results(c, t)}" for t, c in found.items()}
        )

    def _results(self, cell: Cell, track: str) -> str:
        """Return the stored outputs of a cell, folded where it is to be predicted."""
        shown = [
            self._output(output, f"{cell.id}-{track}-{k}")
            for k, output in enumerate(cell.get("outputs", []))
            if output.get("data", {}).get(covers.KIND) != covers.COVER
        ]
        text = "\n\n".join(one for one in shown if one)
        if text and covers.HIDE in cell.metadata.get("tags", []):
            return f"{FOLD}{text}\n\n::::"
        return text

    def _output(self, output: nbformat.NotebookNode, name: str) -> str:
        if output.output_type == "stream":
            return _fenced(output.text, "text", "output")
        data = output.data
        if "image/png" in data:
            self.pictures.mkdir(parents=True, exist_ok=True)
            picture = self.pictures / f"{name}.png"
            picture.write_bytes(base64.b64decode(data["image/png"]))
            return f"![Figure: {name}]({self.pictures.name}/{picture.name})"
        if "text/html" in data:
            return f'<div class="output">\n{data["text/html"]}\n</div>'
        if "text/markdown" in data:
            return data["text/markdown"]
        return _fenced(data.get("text/plain", ""), "text", "output")


def _source(cell: Cell) -> str:
    if cell.cell_type == "markdown":
        return cell.source
    return _fenced(cell.source, "python", "input") if cell.source.strip() else ""


def _fenced(text: str, language: str, kind: str) -> str:
    text = ANSI.sub("", text).rstrip("\n")
    if not text:
        return ""
    return f"``````{{code-block}} {language}\n:class: {kind}\n\n{text}\n``````"


def _tabs(contents: dict[str, str]) -> str:
    """Return the contents of the tracks: nothing, once if equal, or in tabs."""
    some = {track: text.strip() for track, text in contents.items() if text.strip()}
    if not some:
        return ""
    if len(some) == len(layout.TRACKS) and len(set(some.values())) == 1:
        return next(iter(some.values()))
    tabs = [
        TAB.format(title=layout.TITLES[track], track=track, content=text)
        for track, text in some.items()
    ]
    return f"{TABS}{''.join(tabs)}::::::"
