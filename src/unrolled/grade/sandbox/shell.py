"""The notebook of the sandbox: IPython's own shell, with nobody before it.

A cell means here what it means in Jupyter: magics, `display`, `get_ipython()`, `await`,
`_`. What would reach out of the notebook does nothing instead: a command of the system
returns no lines, `%pip` installs nothing, `%matplotlib` and progress bars show nothing.
"""

import functools
import tempfile
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import LSString, SList
from traitlets import Type
from traitlets.config import Config

from unrolled.grade.magics import Inline

IDLE = ("pip", "conda", "mamba", "micromamba", "uv", "load_ext", "reload_ext", "edit")


class Compiler(CachingCompiler):
    """Names the code of a cell as the sentences about its errors do."""

    cell = "cell"

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """Return `<step>` for the cell `step`; a second one of that name has a number.

        Functions of the first still find their lines then.
        """
        name = f"<{self.cell}>"
        taken = self._filename_map.get(name, number) != number
        return f"<{self.cell}, {number}>" if taken else name

    def cache(
        self, transformed_code: str, number: int = 0, raw_code: Any = None
    ) -> str:
        """Keep the code for who quotes it: that of `%%time` with its own lines."""
        raw_code = (raw_code or "").lstrip("\n")
        shown = raw_code if raw_code.startswith("%%") else transformed_code
        return super().cache(shown, number, transformed_code)


class Shell(InteractiveShell):
    """Runs the cells of one notebook."""

    compiler_class = Type(Compiler)

    def __init__(self, **given: Any):
        """Begin with an empty notebook, which leaves nothing in a home folder."""
        history = {"enabled": False, "hist_file": ":memory:"}
        config = Config({"HistoryManager": history})
        super().__init__(ipython_dir=tempfile.gettempdir(), config=config, **given)
        self.db = {}
        self.ast_transformers.append(Inline())
        self.set_hook("show_in_pager", lambda *given, **more: None, 0)
        scripts = self.magics_manager.registry["ScriptMagics"].magics["cell"]
        for name in (*IDLE, *scripts):
            self.register_magic_function(idle, "line_cell", name)

    def _tee(self, channel: str) -> AbstractContextManager:
        """Keep no copy of what is printed, which a flood would fill the memory with."""
        return nullcontext()

    def run(self, name: str, code: str) -> BaseException | None:
        """Run a cell; return the error that ended it, with the learner's frames alone.

        An answer that was called later quotes its lines from `linecache`.
        """
        self.compile.cell = name
        done = self.run_cell(code, store_history=True)
        error = done.error_before_exec
        if error is None:  # never asked for its truth, which may be the learner's
            error = done.error_in_exec
        if error is not None:
            error.__traceback__ = _theirs(error.__traceback__)
        return error

    def _find_with_lazy_load(self, type_: str, magic_name: str) -> Any:
        """Find a magic, for lines and cells; that of an extension does nothing."""
        return super()._find_with_lazy_load(type_, magic_name) or idle

    def ask_exit(self) -> None:
        """End the cell, for `exit()`."""
        raise SystemExit

    def system(self, cmd: str) -> None:
        """Run no command."""
        self.user_ns["_exit_code"] = 0

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """Run no command, which prints nothing."""
        return SList() if split else LSString()

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str | None, str]:
        """Draw nowhere, as before."""
        return gui, "agg"

    def enable_gui(self, gui: str | None = None) -> None:
        """Have no windows."""

    def init_profile_dir(self, profile_dir: Any) -> None:
        """Have no folder for settings."""
        self.profile_dir = None

    def showtraceback(self, *given: Any, **more: Any) -> None:
        """Show nothing: the grader tells what happened."""

    def showsyntaxerror(self, *given: Any, **more: Any) -> None:
        """Show nothing."""


def idle(line: str, cell: str | None = None) -> None:
    """Do nothing, as a magic."""


@functools.cache
def prepared() -> Shell:
    """Return this process's notebook; a fork has one that is ready."""
    shell = Shell.instance()
    shell.run("first", "0")  # imports what the first cell needs
    _plain_bars()
    return shell


def _theirs(trace: Any) -> Any:
    """Leave out the frames of IPython that lie above a cell's own."""
    while trace and not trace.tb_frame.f_code.co_filename.startswith("<"):
        trace = trace.tb_next
    return trace


def _plain_bars() -> None:
    """Let `tqdm.notebook` be the bar of a terminal: widgets may not be installed."""
    import tqdm.notebook as notebook
    from tqdm import std

    class Bar(std.tqdm):
        def __init__(self, *given: Any, display: bool = True, **more: Any):
            super().__init__(*given, **more)

        def display(self, *given: Any, **more: Any) -> None:
            """Show nothing."""

    def trange(*given: Any, **more: Any) -> Bar:
        return Bar(range(*given), **more)

    notebook.tqdm = notebook.tqdm_notebook = Bar
    notebook.trange = notebook.tnrange = trange
