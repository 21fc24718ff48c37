"""One process of a submission, watched from outside while it runs cell after cell."""

import contextlib
import secrets
import select
import socket
import time
from typing import Any

from unrolled.grade.sandbox import wire
from unrolled.grade.sandbox.fork_server import ForkServer
from unrolled.grade.sandbox.inside import LENGTH
from unrolled.grade.sandbox.limits import MB, Limits
from unrolled.grade.sandbox.memory import Memory

TICK = 0.1  # seconds between two looks at memory and processes


class Ended(Exception):
    """The process is no more. `word` is killed, timed out or refused."""

    def __init__(self, word: str, says: str):
        super().__init__(says)
        self.word, self.says = word, says


class Clock:
    """Counts the seconds of all runs of one submission together."""

    def __init__(self, limits: Limits):
        """Begin with all that `--total-seconds` gives."""
        self.left = limits.total


class Session:
    """A forked process that runs the cells of one submission."""

    def __init__(self, server: ForkServer, limits: Limits, clock: Clock):
        """Fork; nothing of the submission runs yet."""
        self.server, self.limits, self.clock = server, limits, clock
        self.pid, self.line = server.fork(limits)
        self.line.setblocking(False)
        self.began = time.monotonic()
        self.ends = self.began + clock.left
        self.memory = Memory(server.members(), server.group, limits.memory * MB)
        self.open = True

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def run(self, name: str, code: str) -> str | None:
        """Run a cell; return the sentence of its error. Raises Ended."""
        told = self._ask({"name": name, "code": code})
        return told.sentence if told.kind == wire.ERROR else None

    def check(self, asked: dict) -> wire.Answer:
        """Run a check cell on inputs; return what it says. Raises Ended."""
        return self._ask(asked)

    def _ask(self, asked: dict) -> wire.Answer:
        # Unknown before it is asked for: an answer that was written earlier, by a
        # thread of another exercise, cannot carry it.
        token = secrets.token_hex(16)
        message = wire.pack(asked | {"token": token}, strict=True)
        until = min(time.monotonic() + self.limits.cell, self.ends)
        try:
            self._send(LENGTH.pack(len(message)) + message, until)
            (length,) = LENGTH.unpack(self._exactly(LENGTH.size, until))
            if length > self.limits.output * MB:
                raise Ended("refused", self._large(length))
            told = wire.opened(self._exactly(length, until), token)
            if told.kind == wire.LARGE:
                raise Ended("refused", self._large(int.from_bytes(told.body[:8])))
        except wire.WireError as error:
            self.close()
            raise Ended("refused", str(error)) from None
        except Ended:
            self.close()
            raise
        return told

    def _large(self, length: int) -> str:
        most = self.limits.output
        return f"It returned {length // MB} MB; at most {most} MB are taken."

    def _send(self, data: bytes, until: float) -> None:
        view = memoryview(data)
        while view:
            _, ready, _ = select.select([], [self.line], [], TICK)
            self._watch(until)
            if ready:
                try:
                    view = view[self.line.send(view[: 1 << 20]) :]
                except BlockingIOError:
                    continue
                except OSError:
                    raise self._gone() from None

    def _exactly(self, length: int, until: float) -> bytes:
        parts, looked = [], 0.0
        while length:
            ready, _, _ = select.select([self.line], [], [], TICK)
            if time.monotonic() - looked > TICK:
                looked = time.monotonic()
                self._watch(until)
            if not ready:
                continue
            try:
                part = self.line.recv(min(length, 1 << 20))
            except BlockingIOError:
                continue
            except OSError:
                raise self._gone() from None
            if not part:
                raise self._gone()
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _watch(self, until: float) -> None:
        """Raise Ended if time, memory or processes are used up."""
        now = time.monotonic()
        if now > until:
            if now > self.ends:
                raise Ended(
                    "timed out",
                    f"All cells together took more than {self.limits.total:g} seconds.",
                )
            raise Ended("timed out", f"It ran for {self.limits.cell:g} seconds.")
        found = self.server.members()
        if len(found) > self.limits.processes + 3:
            raise Ended("killed", f"It started {len(found)} processes.")
        if self.memory.used(found) > self.limits.memory * MB:
            most = self.limits.memory
            raise Ended("killed", f"It used more than {most} MB of memory.")

    def _gone(self) -> Ended:
        status = self._end(wait=1.0)
        how = "" if status is None else f" (exit status {status})"
        return Ended("killed", f"Its process ended before it had answered{how}.")

    def close(self) -> None:
        """End the process and all that it started."""
        self._end()

    def _end(self, wait: float = 0.0) -> int | None:
        if not self.open:
            return None
        self.open = False
        self.clock.left -= time.monotonic() - self.began
        self.line.close()
        with contextlib.suppress(OSError, EOFError, wire.WireError, socket.timeout):
            return self.server.end(self.pid, wait)
        self.server.close()
        return None
