"""Where the course's own files are: the folder that holds `lessons/`."""

from pathlib import Path


def root() -> Path:
    """Return the folder that holds `lessons/`.

    Looks upwards from the working folder, then from this file (a checkout), then beside
    this file (the copy inside an installed wheel). Raises FileNotFoundError with a
    sentence when there is none.
    """
    here = Path.cwd().resolve()
    package = Path(__file__).resolve().parent
    for folder in (here, *here.parents, *package.parents, package):
        lessons = folder / "lessons"
        if any(lessons.glob("[0-9][0-9]-*/lesson.py")):
            return folder
    raise FileNotFoundError(
        f"No folder `lessons/` was found above {here} or beside the package. Open the "
        "notebook inside a clone of the course, or install the course with pip."
    )


def unit_folder(unit: str) -> Path:
    """Return the folder of a unit, `lessons/<unit>`; `unit` is its folder name.

    Raises FileNotFoundError that lists the units there are.
    """
    lessons = root() / "lessons"
    folder = lessons / unit
    if not folder.is_dir():
        known = ", ".join(sorted(p.name for p in lessons.glob("[0-9][0-9]-*")))
        raise FileNotFoundError(f"There is no unit `{unit}`. The units are: {known}.")
    return folder
