"""Execute one notebook and return it fit to be committed: the same bytes, no noise."""

import asyncio
import os
import re
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import nbformat
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ANSI = re.compile(r"\x1b\[[0-9;]*m")
ADDRESS = re.compile(r"\bat 0x[0-9A-Fa-f]+")
REWRITTEN = re.compile(r"^.*\r(?!\n)", re.MULTILINE)


class NotebookFailed(Exception):
    """A notebook that did not run to its end; the message names the cell."""


class ThisPython(KernelSpecManager):
    """Start the kernel of this interpreter, whatever is installed for the user."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the specification of ipykernel run by this very interpreter."""
        return KernelSpec(resource_dir="", **get_kernel_dict())


def execute(
    path: Path,
    *,
    env: Mapping[str, str] | None = None,
    timeout: float = 600,
    may_fail: bool = False,
    on_cell: Callable[[], None] = lambda: None,
) -> nbformat.NotebookNode:
    """Execute the notebook at `path` in its own folder and return it, cleaned.

    `env` is added to the environment of the kernel; `timeout` is in seconds for each
    cell; `on_cell` is called after each code cell. With `may_fail`, as in a blank
    assignment, cells tagged `raises-exception` may fail. Raises NotebookFailed, whose
    message names the cell, its error and its line.
    """
    notebook = nbformat.read(path, as_version=4)
    metadata = dict(notebook.metadata)
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_spec_manager=ThisPython()),
        timeout=timeout,
        force_raise_errors=not may_fail,
        record_timing=False,
        coalesce_streams=True,
        store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_notebook_start=_let_ctrl_c_through,
        on_cell_executed=lambda cell, cell_index, execute_reply: on_cell(),
    )
    try:
        # What a kernel writes past its own streams belongs to no cell.
        with open(os.devnull, "w") as nowhere:
            client.execute(
                env={**os.environ, **(env or {})}, stdout=nowhere, stderr=nowhere
            )
    except CellExecutionError as error:
        raise NotebookFailed(_told(notebook, error)) from error
    except CellTimeoutError as error:
        raise NotebookFailed(
            f"a cell was still running after {timeout:.0f} s and was stopped"
        ) from error
    except DeadKernelError as error:
        raise NotebookFailed(
            "the kernel died, as it does when memory runs out or when a framework was "
            "built for another processor"
        ) from error
    notebook.metadata = nbformat.from_dict(metadata)
    clean(notebook)
    return notebook


def _let_ctrl_c_through(notebook: nbformat.NotebookNode) -> None:
    """Undo nbclient's handler, for which Ctrl-C is a kernel that died, no end."""
    with suppress(RuntimeError):  # what asyncio raises where nbclient could set none
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)


def clean(notebook: nbformat.NotebookNode) -> None:
    """Drop from the outputs what is noise or differs from run to run, in place."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            if output.output_type == "stream":
                output.text = _steady(REWRITTEN.sub("", output.text))
            for kind, value in output.get("data", {}).items():
                if kind.startswith("text/") and isinstance(value, str):
                    output.data[kind] = _steady(value)
            if output.output_type == "error":
                output.traceback = [_steady(ANSI.sub("", t)) for t in output.traceback]


def is_stale(notebook: nbformat.NotebookNode) -> bool:
    """Whether a code cell has never been executed (the build empties changed ones)."""
    return any(
        cell.cell_type == "code" and cell.source.strip() and not cell.execution_count
        for cell in notebook.cells
    )


def _steady(text: str) -> str:
    """Replace memory addresses, which differ from run to run."""
    return ADDRESS.sub("at 0x…", text)


def _told(notebook: nbformat.NotebookNode, error: CellExecutionError) -> str:
    """Return which cell failed, the line of it, and the last words of its error."""
    said = f"{error.ename}: {error.evalue}".strip()
    # Execution stops at the cell that failed: it is the last one with an error.
    for cell in reversed(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                trace = ANSI.sub("", "\n".join(output.traceback))
                lines = re.findall(r"^-+> +\d+ (.*)$", trace, re.MULTILINE)
                where = f"\n    {lines[0].strip()}" if lines else ""
                return f"cell `{cell.get('id', '?')}`: {said}{where}"
    return said
