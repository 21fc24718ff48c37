"""A capstone to begin with: the template, as a notebook of the learner's own."""

import json
from pathlib import Path

from unrolled import course
from unrolled.source import layout


class InTheWay(Exception):
    """A folder in which no capstone can be begun; a sentence says why."""


def start(folder: Path, track: str) -> Path:
    """Write the template of a track into a folder and return where; raises InTheWay.

    Its outputs are left out, and the links that hold in the course alone.
    """
    there = sorted(folder.glob("*.ipynb")) if folder.is_dir() else []
    if there or folder.is_file():
        what = f"{there[0].name} already" if there else "no other files: it is one"
        raise InTheWay(
            f"{folder} holds {what}. Name a folder of its own for the capstone."
        )
    source = course.root() / layout.capstone("template", track)
    try:
        notebook = json.loads(source.read_text("utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell |= {"outputs": [], "execution_count": None}
        notebook["cells"] = [c for c in notebook["cells"] if c["id"] != "badges"]
        target = folder / f"{layout.CAPSTONE}_{track}.ipynb"
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InTheWay(
            f"The capstone cannot be written to {folder} ({error.strerror}). Name a "
            "folder that you may write to."
        ) from error
    return target
