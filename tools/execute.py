"""Execute one notebook and return it fit to be committed: the same bytes, no noise."""

import asyncio
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

import kernels
from covers import cover

ANSI = re.compile(r"\x1b\[[0-9;]*m")
ADDRESS = re.compile(r"\bat 0x[0-9A-Fa-f]+")
REWRITTEN = re.compile(r"^.*\r(?!\n)", re.MULTILINE)


class NotebookFailed(Exception):
    """A notebook that did not run to its end; the message names the cell."""


class Client(NotebookClient):
    """Owns its kernel, which ends with the notebook; starts it once more if need be."""

    async def async_start_new_kernel(self, **kwargs: Any) -> None:
        """Start a kernel, and remember how."""
        self.started_with = kwargs
        await super().async_start_new_kernel(**kwargs)

    async def async_start_new_kernel_client(self) -> Any:
        """Wait for the kernel's first word; where none comes, start another kernel."""
        try:
            return await super().async_start_new_kernel_client()
        except RuntimeError as error:
            said = kernels.not_started(error, self.started_with["stderr"])
        print(said, file=sys.stderr)
        self.km = self.create_kernel_manager()  # nbclient has dropped the first
        await super().async_start_new_kernel(**self.started_with)
        try:
            return await super().async_start_new_kernel_client()
        except RuntimeError:
            self.km = self.create_kernel_manager()  # nbclient asks it when Python ends
            raise


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
    client = Client(
        notebook,
        kernel_manager_class=kernels.Kernel,
        startup_timeout=kernels.START,
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
        with open(os.devnull, "w") as nowhere, tempfile.TemporaryFile() as said:
            client.execute(
                env={**os.environ, **(env or {})}, stdout=nowhere, stderr=said
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
    except RuntimeError as error:  # nbclient knows no better name for it
        if client.code_cells_executed:
            raise
        raise NotebookFailed(f"no kernel started, twice: {error}") from error
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
        cover(cell)


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
