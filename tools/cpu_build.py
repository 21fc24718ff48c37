"""Which build of PyTorch pip takes: on Linux the one for CUDA, unless it is told.

That build and its libraries take several gigabytes, and a machine without a GPU from
NVIDIA can do nothing with them.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

# PyTorch's own address for its CPU builds: pytorch.org, "Start locally".
INDEX = "https://download.pytorch.org/whl/cpu"
CUDA = (
    "PyTorch: pip takes the build for CUDA, about 5 GB on disk, since this machine has "
    "a GPU from NVIDIA."
)
CPU = (
    "PyTorch: this machine has no GPU from NVIDIA, so the build for CPUs is fetched "
    f"from {INDEX}. It is several GB smaller."
)
OWN_INDEX = (
    "PyTorch: pip is set to an index of its own here, which decides on the build. The "
    "one for CUDA takes about 5 GB on disk. If that comes, Ctrl-C stops it, and the "
    "README says how to ask for the build for CPUs."
)
UNREACHED = (
    "PyTorch: its build for CPUs could not be fetched. The usual one is taken instead, "
    "which on Linux holds CUDA: about 5 GB on disk. Ctrl-C stops it."
)


def has_gpu() -> bool:
    """Whether a driver from NVIDIA is there."""
    driver = Path("/proc/driver/nvidia/version")
    return driver.exists() or shutil.which("nvidia-smi") is not None


def choice(python: Path, root: Path) -> tuple[str, list[str]]:
    """Return what to say, and what pip must be asked first for the CPU build.

    Both are empty where there is nothing to choose: away from Linux, or when PyTorch
    is installed already.
    """
    if not sys.platform.startswith("linux") or _pip(python, "show", "-q", "torch")[0]:
        return "", []
    if has_gpu():
        return CUDA, []
    if "index-url" in _pip(python, "config", "list")[1]:
        return OWN_INDEX, []
    pins = (root / "constraints.txt").read_text(encoding="utf-8")
    torch = re.search(r"^torch==\S+", pins, re.MULTILINE)[0]
    # Without what it needs: that comes from the usual index, in the pinned versions.
    quick = ["--retries", "1", "--timeout", "20"]
    return CPU, ["--no-deps", *quick, "--index-url", INDEX, torch]


def _pip(python: Path, *arguments: str) -> tuple[bool, str]:
    """Return whether pip succeeded, and what it said."""
    command = [python, "-m", "pip", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    return not done.returncode, done.stdout
