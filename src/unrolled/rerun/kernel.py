"""Runs a notebook from an empty kernel of this Python, in a copy of its folder.

The learner's code runs as it would in Jupyter: there is no sandbox around it. Needs
nbclient and ipykernel, which come with JupyterLab.
"""

import asyncio
import os
import re
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from unrolled.capstone import FILE

START = 180.0  # seconds; a kernel must start while others import a framework
ANSI = re.compile(r"\x1b\[[0-9;]*m")
NOT_WORK = shutil.ignore_patterns(".*", "__pycache__", FILE)


class _ThisPython(KernelSpecManager):
    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return how this interpreter is started, whatever else is installed."""
        return KernelSpec(resource_dir="", **get_kernel_dict())


class _Kernel(AsyncKernelManager):
    def __init__(self, **given: Any) -> None:
        super().__init__(**{**given, "kernel_spec_manager": _ThisPython()})


@dataclass(frozen=True)
class Ran:
    """A run: the folder that it left, what it printed, and what stopped it, if any."""

    folder: Path
    printed: str
    fault: str  # a sentence, empty for a run that came to the end
    seconds: float


class Runner:
    """Runs one notebook; a context, at whose end the copy of its folder is deleted."""

    def __init__(self, notebook: Path, limit: float) -> None:
        """Take a notebook and the seconds that all its cells together may take."""
        self.notebook, self.limit = notebook, limit
        self._place = tempfile.TemporaryDirectory(
            prefix="capstone-", ignore_cleanup_errors=True
        )

    def __enter__(self) -> "Runner":
        return self

    def __exit__(self, *_: object) -> None:
        self._place.cleanup()

    def run(self) -> Ran:
        """Run every cell in order; raises ValueError for what is no notebook."""
        work = nbformat.reads(self.notebook.read_text("utf-8"), as_version=4)
        folder = Path(self._place.name) / "work"
        shutil.copytree(self.notebook.parent, folder, ignore=NOT_WORK)
        began = time.monotonic()
        client = NotebookClient(
            work,
            kernel_manager_class=_Kernel,
            startup_timeout=START,
            timeout_func=lambda _: max(1, int(began + self.limit - time.monotonic())),
            force_raise_errors=True,
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}},
            on_notebook_start=_let_ctrl_c_through,
        )
        env = {**os.environ, "UNROLLED_STATIC": "1", "UNROLLED_CAPSTONE": ""}
        fault = ""
        try:
            with open(os.devnull, "w") as nowhere:
                client.execute(env=env, stdout=nowhere, stderr=nowhere)
        except CellExecutionError as error:
            fault = _failed(work, error)
        except CellTimeoutError:
            fault = (
                f"The notebook was still running after {self.limit:.0f} seconds and "
                "was stopped. Make it shorter, or allow more with --seconds."
            )
        except DeadKernelError:
            fault = (
                "The kernel died, as it does when memory runs out. Use a smaller model "
                "or smaller batches."
            )
        return Ran(folder, _printed(work), fault, time.monotonic() - began)


def _let_ctrl_c_through(notebook: nbformat.NotebookNode) -> None:
    """Undo nbclient's handler, for which Ctrl-C is a kernel that died, no end."""
    with suppress(RuntimeError):  # what asyncio raises where nbclient could set none
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)


def _printed(notebook: nbformat.NotebookNode) -> str:
    outputs = (o for cell in notebook.cells for o in cell.get("outputs", []))
    return "".join(o.text for o in outputs if o.get("name") == "stdout")


def _failed(notebook: nbformat.NotebookNode, error: CellExecutionError) -> str:
    """Return which cell failed, with the line of it and the last words of its error."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                trace = ANSI.sub("", "\n".join(output.traceback))
                line = re.search(r"^-+> +\d+ (.*)$", trace, re.MULTILINE)
                where = f", at `{line[1].strip()}`" if line else ""
                named = f"`{cell.id}`, code cell {number} of {len(code)},"
                said = f"{error.ename}: {error.evalue}".strip()
                return f"Cell {named} fails{where}. {said}"
    return f"A cell fails. {error.ename}: {error.evalue}"
