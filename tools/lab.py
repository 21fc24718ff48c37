"""Open JupyterLab on the learner's own copy of pages and notebooks.

python tools/lab.py [--unit UNIT] [JupyterLab's own options]

The copy is the folder workspace/, which git ignores; UNROLLED_WORKSPACE names another.
"""

import argparse
import os
import sys
from pathlib import Path

from unrolled.start import copies, lab

ROOT = Path(__file__).resolve().parents[1]


def folder() -> Path:
    """Return the learner's folder."""
    chosen = os.environ.get("UNROLLED_WORKSPACE")
    return Path(chosen).expanduser().resolve() if chosen else ROOT / "workspace"


def main() -> int:
    """Renew the copy and start JupyterLab; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--unit", help="the folder's name of a unit to begin with")
    args, rest = parser.parse_known_args()
    where = folder()
    try:
        said = copies.renew(ROOT, where)
    except OSError as error:
        print(
            f"Your copy of the notebooks cannot be written to {where} "
            f"({error.strerror}). UNROLLED_WORKSPACE names another folder for it: "
            "UNROLLED_WORKSPACE=~/unrolled make lab",
            file=sys.stderr,
        )
        return 1
    print("\n".join(said or [f"Your own copies of pages and notebooks: {where}"]))
    return lab.launch(where, args.unit, rest)


if __name__ == "__main__":
    sys.exit(main())
