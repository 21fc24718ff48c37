"""Data at an upstream address that is pinned to a commit, or in a mirror folder."""

import os
import textwrap
from pathlib import Path, PurePosixPath

from unrolled.progress import bar as progress_bar

from . import cache
from .faults import DataError, advice
from .registry import Entry

BASE = "https://raw.githubusercontent.com"
_SECONDS = (10, 30)  # to connect, and between two pieces
_RETRIES = 2
_MANY = 20  # from here on there is one bar for all files, not one for each


def mirrored(entry: Entry) -> dict[str, bytes] | None:
    """Return the files from UNROLLED_DATA_MIRROR, or None if one is not there.

    The mirror keeps a file at OWNER/REPO/PATH. Files with another hash are passed
    over, and said.
    """
    mirror = os.environ.get("UNROLLED_DATA_MIRROR")
    if not mirror:
        return None
    folder = Path(mirror).expanduser() / entry.repo
    try:
        files = {name: (folder / path).read_bytes() for name, path in _paths(entry)}
    except OSError:
        return None
    if cache.digest(files) != entry.sha256:
        what = f"file {folder / entry.path} is" if entry.path else f"{folder} is"
        print(
            f"The mirror's {what} passed over: its SHA-256 is not the one of "
            f"`{entry.name}`."
        )
        return None
    return files


def address(entry: Entry, path: str = "") -> str:
    """Return the address of a file at its pinned commit; the entry's `path` if none."""
    return f"{BASE}/{entry.repo}/{entry.commit}/{path or entry.path}"


def fetch(entry: Entry, progress: bool = True) -> dict[str, bytes]:
    """Return the files from their addresses, checked, and keep them.

    A download that was cut is tried again from the start. Raises DataError: no
    network, an address that is gone, a cut download, a wrong hash, a full disk, a
    cache that cannot be written.
    """
    paths, files = _paths(entry), {}
    many = len(paths) > _MANY
    bar = progress_bar(
        desc=f"{entry.name}, files", total=len(paths), disable=not (progress and many)
    )
    with cache.workspace(entry) as temporary, bar:
        for name, path in paths:
            each = progress and not many
            files[name] = _download(entry, name, path, temporary, each)
            bar.update()
    if cache.digest(files) != entry.sha256:  # of several: a single one was checked
        raise DataError(_another(entry, address(entry, "...")))
    cache.install(entry, files)
    return files


def _paths(entry: Entry) -> list[tuple[str, str]]:
    """Return name and path in the repository of each file."""
    paths = entry.members or (entry.path,)
    return [(PurePosixPath(path).name, path) for path in paths]


def _another(entry: Entry, where: str) -> str:
    return (
        f"What came from {where} is not `{entry.name}` (its SHA-256 differs), so it "
        "was thrown away: a proxy or a login page may have answered instead; open the "
        "address in a browser."
    )


def _download(entry: Entry, name: str, path: str, to: Path, progress: bool) -> bytes:
    import pooch
    import requests

    pooch.get_logger().setLevel("ERROR")
    box = pooch.create(
        path=to,
        base_url="",
        registry={name: None if entry.members else f"sha256:{entry.sha256}"},
        urls={name: address(entry, path)},
        retry_if_failed=_RETRIES,
    )
    bar = progress_bar(
        desc=entry.name,
        total=entry.size,
        unit="B",
        unit_scale=True,
        disable=not progress,
    )
    downloader = pooch.HTTPDownloader(progressbar=bar, timeout=_SECONDS)
    try:
        with bar:
            return Path(box.fetch(name, downloader=downloader)).read_bytes()
    except requests.HTTPError as error:
        raise DataError(
            f"{address(entry, path)} answered {error.response.status_code}, so "
            f"`{entry.name}` could not be fetched: try again later, or put the file "
            "into a mirror folder and set UNROLLED_DATA_MIRROR to it."
        ) from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise DataError(
            f"The download of `{entry.name}` was cut off more than once: try again; "
            "it starts afresh and nothing half is kept."
        ) from error
    except OSError as error:  # a RequestException is one too
        if error.errno and not isinstance(error, requests.RequestException):
            raise  # of the file system
        reason = _reason(error)
        raise DataError(
            f"There is no way through to {BASE} for `{entry.name}` ({reason}): "
            f"{advice(reason)}, or set UNROLLED_DATA_MIRROR to a folder that holds the "
            "file."
        ) from error
    except ValueError as error:  # what pooch raises for a wrong hash
        raise DataError(_another(entry, address(entry, path))) from error


def _reason(error: Exception) -> str:
    """Return the kind of an error and, from the innermost that it wraps, its words."""
    inner = error
    while isinstance(
        wrapped := getattr(inner, "reason", None) or _first(inner), Exception
    ):
        inner = wrapped
    return f"{type(error).__name__}: {textwrap.shorten(str(inner), 200)}"


def _first(error: Exception) -> object:
    return error.args[0] if error.args else None
