"""Data at an upstream address that is pinned to a commit, or in a mirror folder."""

import hashlib
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


def mirrored(entry: Entry) -> dict[str, bytes] | None:
    """Return the file from UNROLLED_DATA_MIRROR, or None if it is not there.

    The mirror keeps a file at OWNER/REPO/PATH. A file with another hash is passed
    over, and said.
    """
    mirror = os.environ.get("UNROLLED_DATA_MIRROR")
    if not mirror:
        return None
    file = Path(mirror).expanduser() / entry.repo / entry.path
    try:
        data = file.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        print(
            f"The mirror's file {file} is passed over: its SHA-256 is not the one of "
            f"`{entry.name}`."
        )
        return None
    return {PurePosixPath(entry.path).name: data}


def address(entry: Entry) -> str:
    """Return the address of the file at its pinned commit."""
    return f"{BASE}/{entry.repo}/{entry.commit}/{entry.path}"


def fetch(entry: Entry, progress: bool = True) -> dict[str, bytes]:
    """Return the file from its address, checked, and keep it.

    A download that was cut is tried again from the start. Raises DataError: no
    network, an address that is gone, a cut download, a wrong hash, a full disk, a
    cache that cannot be written.
    """
    name = PurePosixPath(entry.path).name
    with cache.workspace(entry) as temporary:
        data = _download(entry, name, temporary, progress)
    files = {name: data}
    cache.install(entry, files)
    return files


def _download(entry: Entry, name: str, to: Path, progress: bool) -> bytes:
    import pooch
    import requests

    pooch.get_logger().setLevel("ERROR")
    box = pooch.create(
        path=to,
        base_url="",
        registry={name: f"sha256:{entry.sha256}"},
        urls={name: address(entry)},
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
            f"{address(entry)} answered {error.response.status_code}, so "
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
        raise DataError(
            f"What came from {address(entry)} is not `{entry.name}` (its SHA-256 "
            "differs), so it was thrown away: a proxy or a login page may have "
            "answered instead; open the address in a browser."
        ) from error


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
