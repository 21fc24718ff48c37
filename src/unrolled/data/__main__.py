"""`python -m unrolled.data [list | fetch | path] [NAME ...]`."""

import argparse
import sys

from unrolled.terminal import forgiving_terminal

from . import catalogue, fetch, names, path
from .registry import EMBEDDED, ENTRIES


def main(arguments: list[str] | None = None) -> int:
    """List, fetch or find data sets; return 0, or 1 if one is not there."""
    forgiving_terminal()
    parser = argparse.ArgumentParser(
        prog="python -m unrolled.data", description=__doc__
    )
    parser.add_argument("action", nargs="?", default="list")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a data set, or `all`")
    chosen = parser.parse_args(arguments)
    wanted = list(names()) if chosen.names == ["all"] else chosen.names
    try:
        if chosen.action == "list":
            catalogue()
            return 0
        if chosen.action == "fetch":
            return 0 if all(fetch(wanted or None).values()) else 1
        if chosen.action == "path":
            return _paths(wanted or list(names()))
    except ValueError as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        print("\nStopped. The sets that are ready stay; fetch again for the others.")
        return 130
    parser.error(f"{chosen.action!r} is not one of list, fetch, path.")


def _paths(wanted: list[str]) -> int:
    missing = 0
    for name in wanted:
        where = path(name) or "not in the cache"
        if ENTRIES[name].way == EMBEDDED:
            where = "embedded, no folder"
        missing += where == "not in the cache"
        print(f"{name}\t{where}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
