"""The capstone's notebooks, template and examples, built of lessons/capstone."""

from pathlib import Path

import notebook
import source
from source import SourceError
from unrolled.capstone import FILE
from unrolled.source import layout
from unrolled.source.layout import TRACKS

__all__ = ["SourceError", "files", "table"]


def table(part: str, track: str) -> str:
    """Return the path of the table that an example writes beside its notebook."""
    return str(Path(layout.capstone(part, track)).with_name(FILE).as_posix())


def files(course: Path) -> dict[str, bytes]:
    """Return {path: content} of a course's capstone, or nothing where there is none.

    Reads the stored notebooks to keep their outputs, as the build of a unit does. A
    table is written by its notebook when that runs, so it is kept as it is. Raises
    SourceError.
    """
    made: dict[str, bytes] = {}
    folder = course / "lessons" / layout.CAPSTONE
    if not folder.is_dir():
        return made
    repository = notebook.repository(course)
    for part in layout.PROJECTS:
        read = source.read(folder / f"{part}.py")
        for track in TRACKS:
            path = layout.capstone(part, track)
            fresh = notebook.make(read, track, repository)
            made[path] = notebook.text(
                notebook.keep_outputs(fresh, course / path)
            ).encode()
            written = course / table(part, track)
            if written.is_file():
                made[table(part, track)] = written.read_bytes()
    return made
