"""Says in a notebook that an answer's cell was not run, where Python says NameError.

`checks.step(step)` fails before any check is called, if there is no `step` yet. So the
notebook itself is asked to say what to do.
"""

import ast
import linecache
import sys
import traceback
from types import FrameType, ModuleType, TracebackType
from typing import Any

MODULE = "unrolled_checks_"  # how the names of units' checks begin


def watch() -> None:
    """Let the notebook that this runs in, if any, say so from now on."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None and not shell.custom_exceptions:  # there is room for one
        shell.set_custom_exc((NameError,), _show)


def _show(
    shell: Any,
    kind: type[NameError],
    error: NameError,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """Show an error as the notebook would, but for a check's missing answer."""
    if says := sentence(error):
        error._render_traceback_ = lambda: [f"Not yet. {says}"]
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def sentence(error: NameError) -> str | None:
    """Return what to do about a name that a check was called with; else None."""
    frame, line = list(traceback.walk_tb(error.__traceback__))[-1]
    cell = "".join(linecache.getlines(frame.f_code.co_filename))
    try:
        calls = [n for n in ast.walk(ast.parse(cell)) if isinstance(n, ast.Call)]
    except SyntaxError:
        return None
    for call in calls:
        if call.lineno <= line <= call.end_lineno and _asks(call, error.name, frame):
            return (
                f"There is no `{error.name}` so far. Run the cell above that defines "
                "it, then this one again; after a restart of the kernel, run all."
            )
    return None


def _asks(call: ast.Call, name: str | None, frame: FrameType) -> bool:
    """Return whether a call is one of a check, and with a value of this name."""
    match call.func:
        case ast.Attribute(ast.Name(module)):
            found = frame.f_globals.get(module)
        case _:
            return False
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    used = {n.id for g in given for n in ast.walk(g) if isinstance(n, ast.Name)}
    is_check = isinstance(found, ModuleType) and found.__name__.startswith(MODULE)
    return is_check and name in used
