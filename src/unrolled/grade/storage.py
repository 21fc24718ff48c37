"""Where the result of a submission is kept, and how a file is written whole."""

import hashlib
import os
import re
import tempfile
from pathlib import Path


def place(folder: Path, name: str) -> Path:
    """Return the file of a submission's result; two names never share one."""
    coded = name.encode("utf-8", "surrogatepass")  # a name of no known letters too
    safe = re.sub(r"[^\w.-]+", "_", name)[:60].strip("._") or "submission"
    return folder / f"{safe}-{hashlib.sha256(coded).hexdigest()[:16]}.json"


def write(path: Path, text: str) -> None:
    """Write a file whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(name, 0o644)
    os.replace(name, path)
