"""Small stand-ins for the package index and for an upstream server."""

import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from unrolled.data import cache, registry

MIRROR = Path(__file__).resolve().parents[2] / "shared" / "data"
BODY = b"To be, or not to be:\r\nthat is the question.\n" * 2000


def url_entry(body=BODY, **changes):
    """Return an upstream entry whose file has the hash of `body`."""
    entry = replace(
        registry.ENTRIES["tiny-shakespeare"],
        name="small",
        size=len(body),
        sha256=cache.digest({"x": body}),
        repo="owner/repo",
        commit="abc",
        path="folder/small.txt",
    )
    return replace(entry, **changes)


def index_entry(files, **changes):
    """Return an index entry for the wheel that `make_wheel` makes of `files`."""
    entry = replace(
        registry.ENTRIES["plays"],
        name="tinyplays",
        size=100,
        sha256=cache.digest(files),
        package="tinyplays==1.0",
        members=("tinyplays/plays/**/*.md",),
    )
    return replace(entry, **changes)


def make_wheel(folder, files):
    """Write tinyplays-1.0 with `files` and two that nobody wants."""
    info = "tinyplays-1.0.dist-info"
    wheel = folder / "tinyplays-1.0-py3-none-any.whl"
    members = {
        **files,
        "tinyplays/__init__.py": b"",
        "tinyplays/plays/notes.txt": b"not wanted",
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: tinyplays\nVersion: 1.0\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\n"
        b"Root-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in reversed(members.items()):
            archive.writestr(name, content)
    return wheel


class Server:
    """An HTTP server on this machine; `answers` is used up, the last one repeats.

    An answer is bytes, an HTTP status, or ("cut", bytes): promise all, send half.
    """

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                last = len(outer.answers) == 1
                answer = outer.answers[0] if last else outer.answers.pop(0)
                outer.reply(self, answer)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.http.server_address[1]}"

    @staticmethod
    def reply(handler, answer):
        if isinstance(answer, int):
            handler.send_error(answer)
            return
        cut = isinstance(answer, tuple)
        body = answer[1] if cut else answer
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2] if cut else body)

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()
