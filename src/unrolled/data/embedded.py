"""Texts that an installed dependency, or Python itself, already carries."""

import importlib.util
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from unrolled import course

from .faults import DataError


def pydoc_topics() -> str:
    """Return Python's help pages, in the order of their names.

    Their length differs by Python version, so losses do not compare across versions.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise DataError(
            "This Python was installed without its help pages (pydoc_data): install "
            "Python's complete standard library, or set a network up for `plays`."
        ) from error
    return "\n".join(topics[name] for name in sorted(topics))


def stdlib_source() -> str:
    """Return the source of the standard library's top-level modules, sorted."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    return _joined(folder, folder.glob("*.py"), "the standard library's source")


def c10_headers() -> str:
    """Return the C++ headers of PyTorch's core library, sorted by path."""
    # find_spec looks for the folder; it does not import PyTorch.
    found = importlib.util.find_spec("torch")
    if found is None or not found.submodule_search_locations:
        raise DataError(
            "`c10-headers` come with PyTorch, which is not installed here: install "
            "the course with `pip install unrolled[pytorch]`, or choose another text."
        )
    folder = Path(found.submodule_search_locations[0]) / "include" / "c10"
    return _joined(folder, folder.rglob("*.h"), "PyTorch's c10 headers")


def linux_headers() -> str:
    """Return the C headers that Linux offers to programs, sorted by path.

    They are the system's own, so they differ by its version.
    """
    folder = Path("/usr/include/linux")
    return _joined(folder, folder.rglob("*.h"), "Linux' headers for programs")


def lessons() -> str:
    """Return this course: of each unit its page, its lesson and its quiz, in order."""
    try:
        folder = course.root() / "lessons"
    except FileNotFoundError as error:
        raise DataError(f"The course's own lessons are not here. {error}") from error
    kinds = "README.md", "lesson.py", "quiz.yml"
    files = (file for kind in kinds for file in folder.glob(f"[0-9][0-9]-*/{kind}"))
    return _joined(folder, files, "the course's own lessons")


def made_tunes() -> str:
    """Return tunes of our own in ABC notation."""
    from .melodies import made

    return made()


def _joined(folder: Path, files: Iterable[Path], what: str) -> str:
    # Sorted as text, not as paths: Windows compares paths without case.
    ordered = sorted(files, key=lambda file: file.relative_to(folder).as_posix())
    text = "".join(file.read_bytes().decode("utf-8") for file in ordered)
    if not text:
        raise DataError(
            f"No file of {what} is in {folder}: this installation has left them out; "
            "choose another text."
        )
    return text


TEXTS = {
    "pydoc-topics": pydoc_topics,
    "stdlib-source": stdlib_source,
    "c10-headers": c10_headers,
    "linux-headers": linux_headers,
    "lessons": lessons,
    "made-tunes": made_tunes,
}
