"""Open JupyterLab on the learner's own copy of pages and notebooks.

python tools/lab.py [--unit UNIT] [JupyterLab's own options]

The copy is the folder workspace/, which git ignores; UNROLLED_WORKSPACE names another.
"""

import argparse
import os
import sys
from pathlib import Path

import workspace

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = Path(__file__).resolve().parent / "jupyter"


def folder() -> Path:
    """Return the learner's folder."""
    chosen = os.environ.get("UNROLLED_WORKSPACE")
    return Path(chosen).expanduser().resolve() if chosen else ROOT / "workspace"


def options(folder: Path, unit: str | None) -> list[str]:
    """Return how JupyterLab is started: its root, its first page, its settings."""
    page = f"lessons/{unit}/README.md" if unit else workspace.START
    return [
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{page}",
        # Pages open as pages, and names have the width of the list to themselves. What
        # a learner has set in JupyterLab goes before these.
        f"--LabApp.app_settings_dir={SETTINGS}",
    ]


def main() -> int:
    """Renew the copy and start JupyterLab; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--unit", help="the folder's name of a unit to begin with")
    args, rest = parser.parse_known_args()
    where = folder()
    try:
        said = workspace.renew(ROOT, where)
    except OSError as error:
        print(
            f"Your copy of the notebooks cannot be written to {where} "
            f"({error.strerror}). UNROLLED_WORKSPACE names another folder for it: "
            "UNROLLED_WORKSPACE=~/unrolled make lab",
            file=sys.stderr,
        )
        return 1
    print("\n".join(said or [f"Your own copies of pages and notebooks: {where}"]))
    from jupyterlab.labapp import LabApp

    return LabApp.launch_instance([*options(where, args.unit), *rest]) or 0


if __name__ == "__main__":
    sys.exit(main())
