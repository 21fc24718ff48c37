"""Kernels for notebooks that are run here: of this Python, each with its own sockets.

Jupyter looks for free TCP ports and lets them go before the kernel takes them. Two
processes that start kernels side by side are then sometimes given the same port, and
one kernel dies before its first word: "Address already in use". Sockets that are files
in a folder of their own cannot meet. (With `transport="ipc"` alone they do: all kernels
would share the files `kernel-ipc-1` to `-5` in the working folder.)
"""

import atexit
import functools
import itertools
import os
import shutil
import tempfile
import warnings
from typing import IO, Any

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager, KernelManager

# A kernel must start while other processes import a framework.
START = 180.0
LONGEST = 90  # bytes; a path to a socket may have about 104
NUMBERS = itertools.count(1)


class ThisPython(KernelSpecManager):
    """Start the kernel of this interpreter, whatever is installed for the user."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the specification of ipykernel run by this very interpreter."""
        return KernelSpec(resource_dir="", **get_kernel_dict())


class Own:
    """What the managers below have in common: this Python, and sockets of their own."""

    def __init__(self, **given: Any):
        own = {"kernel_spec_manager": ThisPython()}
        # Windows has no such sockets, and a folder's name may be too long for them.
        if os.name != "nt" and len(os.fsencode(_folder())) <= LONGEST:
            path = os.path.join(_folder(), f"{next(NUMBERS)}.json")
            own |= {"transport": "ipc", "connection_file": path}
        super().__init__(**{**given, **own})


class Kernel(Own, AsyncKernelManager):
    """Manages one kernel, for nbclient."""


class WaitingKernel(Own, KernelManager):
    """Manages one kernel for nbval, which waits for every answer."""


def start(startup_timeout: float = START, kernel_name: str = "", **given: Any) -> tuple:
    """Start a kernel for nbval, in place of its own function: a manager and a client.

    One that does not start is started once more, which stands among pytest's warnings.
    Raises RuntimeError where that does not start either.
    """
    with tempfile.TemporaryFile() as said:
        given["stderr"] = said
        try:
            return _started(startup_timeout, given)
        except RuntimeError as error:
            warnings.warn(not_started(error, said), stacklevel=2)
        return _started(startup_timeout, given)


def _started(startup_timeout: float, given: dict[str, Any]) -> tuple:
    manager = WaitingKernel()
    manager.start_kernel(**given)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=startup_timeout)
    except RuntimeError:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        raise
    return manager, client


def not_started(error: Exception, stderr: IO) -> str:
    """Return a sentence for a kernel that is started once more, and what it had said.

    `stderr` is the file that the kernel wrote to, open for reading; it is emptied.
    """
    stderr.seek(0)
    said = stderr.read().decode(errors="replace").strip().splitlines()
    stderr.seek(0)
    stderr.truncate()
    last = f"its last words: {said[-1]}" if said else "it said nothing"
    return f"A kernel did not start and is started once more ({error}; {last})."


@functools.cache
def _folder() -> str:
    """Return a folder of this process, which is gone when it ends."""
    folder = tempfile.mkdtemp(prefix="kernels-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
