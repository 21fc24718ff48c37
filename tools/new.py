"""Start a unit from the template: `python tools/new.py 18-some-name`."""

import argparse
import re
import shutil
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parents[1]
TEMPLATE = Path(__file__).resolve().parent / "template"
SLUG = re.compile(r"\d\d(-[a-z0-9]+)+")


class NewError(Exception):
    """Why a unit cannot be started, in a sentence."""


def new(course: Path, name: str) -> Path:
    """Copy the template to `lessons/<name>` and return that folder.

    Raises NewError if the name is no slug, or if its number or its folder is taken.
    """
    if not SLUG.fullmatch(name):
        raise NewError(
            f"`{name}` is no name for a unit. Use two digits and words of a-z and 0-9 "
            "with hyphens between, as in 18-state-spaces."
        )
    taken = sorted((course / "lessons").glob(f"{name[:2]}-*"))
    if taken:
        raise NewError(
            f"lessons/{taken[0].name} has the number {name[:2]} already. Choose "
            "another, or write in that folder."
        )
    folder = course / "lessons" / name
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(TEMPLATE, folder, ignore=ignored)
    title = name[3:].replace("-", " ").capitalize()
    for path in sorted(folder.glob("*.*")):
        text = path.read_text("utf-8")
        text = text.replace("00-template", name).replace("# A new unit", f"# {title}")
        path.write_text(text, "utf-8", newline="\n")
    return folder


def main(arguments: list[str] | None = None) -> int:
    """Start a unit; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("unit", help="two digits and a name: 18-state-spaces")
    parser.add_argument("--course", type=Path, default=COURSE, metavar="DIR")
    chosen = parser.parse_args(arguments)
    name = chosen.unit.removeprefix("UNIT=")
    try:
        new(chosen.course, name)
    except NewError as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"lessons/{name} is there. It builds and passes as it is; now make it yours:\n"
        f"  make build && make run UNIT={name}\n"
        f"  make test"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
