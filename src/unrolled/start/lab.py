"""JupyterLab on a learner's copy: its first page, its settings."""

from pathlib import Path

from .copies import START

SETTINGS = Path(__file__).resolve().parent / "jupyter"


def options(folder: Path, unit: str | None = None) -> list[str]:
    """Return how JupyterLab is started: its root, its first page, its settings."""
    page = f"lessons/{unit}/README.md" if unit else START
    return [
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{page}",
        # Pages open as pages, and names have the width of the list to themselves. What
        # a learner has set in JupyterLab goes before these.
        f"--LabApp.app_settings_dir={SETTINGS}",
    ]


def launch(folder: Path, unit: str | None, more: list[str]) -> int:
    """Start JupyterLab and return its exit status; raises ImportError without it."""
    from jupyterlab.labapp import LabApp

    return LabApp.launch_instance([*options(folder, unit), *more]) or 0
