"""What can go wrong on the way to a data set, each said in one sentence."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .registry import Entry

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}


class DataError(RuntimeError):
    """A data set could not be had; the message says what happened and what to do."""


def megabytes(size: float) -> str:
    """Return a size in bytes as megabytes, for people."""
    return f"{size / 1e6:.1f} MB"


def advice(reason: str) -> str:
    """Return what to look at when nothing came through, by the reason given."""
    said = reason.lower()
    if "socks" in said:
        return (
            "a SOCKS proxy, as ALL_PROXY or HTTPS_PROXY names it here, needs the "
            "package PySocks; unset the variable, or install PySocks while it is unset"
        )
    if "certificate" in said or "ca bundle" in said or "x509" in said:
        return (
            "check the certificate file that REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, "
            "SSL_CERT_FILE or PIP_CERT names, or unset the variable"
        )
    if "proxy" in said or "failed to parse" in said:
        return "check the proxy that HTTPS_PROXY or ALL_PROXY names, or unset it"
    return "check the network"


def full_disk(entry: Entry, folder: Path) -> DataError:
    """Return the fault of a disk with no room left."""
    try:
        free = f", and {megabytes(shutil.disk_usage(folder).free)} are free"
    except OSError:
        free = ""
    return DataError(
        f"The disk is full: `{entry.name}` needs about {megabytes(2 * entry.size)} in "
        f"{folder}{free}; free some space, or set UNROLLED_DATA to a folder on "
        "another disk."
    )


def closed_cache(folder: Path, reason: str) -> DataError:
    """Return the fault of a cache folder that cannot be written."""
    return DataError(
        f"The data folder {folder} cannot be written ({reason}): set UNROLLED_DATA to "
        "a folder of your own."
    )


@contextmanager
def explained(entry: Entry, folder: Path) -> Iterator[None]:
    """Turn a file system's errors inside the block into a DataError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise full_disk(entry, folder) from error
        reason = error.strerror or str(error)
        if error.errno in _CLOSED:
            raise closed_cache(folder, reason) from error
        raise DataError(
            f"`{entry.name}` could not be stored in {folder} ({reason}): try again, or "
            "set UNROLLED_DATA to another folder."
        ) from error
