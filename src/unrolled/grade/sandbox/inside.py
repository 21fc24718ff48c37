"""Runs in the sandbox: the cells of one submission, as the grader asks for them.

It knows neither references nor checks. For a check cell it gets inputs, calls the
answer, and returns what came back as plain values. Everything that it says may be a
lie, since the learner's code runs in the same process; the grader believes nothing but
arrays that turn out to be right.
"""

import builtins
import linecache
import os
import random
import socket
import struct
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from unrolled import check
from unrolled.check import say
from unrolled.check.run import Outcome, run
from unrolled.grade.sandbox import wire

LENGTH = struct.Struct(">Q")


def send(line: socket.socket, message: bytes) -> None:
    """Send one message."""
    line.sendall(LENGTH.pack(len(message)) + message)


def receive(line: socket.socket) -> bytes:
    """Return the next message; raises EOFError when the other side has gone."""
    (length,) = LENGTH.unpack(_exactly(line, LENGTH.size))
    return _exactly(line, length)


def _exactly(line: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        part = line.recv(min(length, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def serve(line: socket.socket, most_bytes: int) -> None:
    """Do what the grader asks, until it hangs up."""
    random.seed(0)
    np.random.seed(0)
    runner = Runner(most_bytes)
    while True:
        try:
            asked = wire.unpack(receive(line), trusted=True)
        except EOFError:
            return
        told = runner.check(asked) if "cases" in asked else runner.run(asked)
        message = wire.sealed(asked["token"], _answer(told))
        if len(message) > most_bytes:
            large = wire.Answer(wire.LARGE, LENGTH.pack(len(message)))
            message = wire.sealed(asked["token"], large)
        send(line, message)


def _answer(told: dict) -> wire.Answer:
    error = told.get("error")
    if "outcomes" in told:
        try:
            return wire.Answer(wire.OUTCOMES, wire.pack(told["outcomes"]))
        except wire.WireError as large:
            error = f"What came back is too large: {large}"
    if error is None:
        return wire.Answer(wire.DONE)
    sentence = error.encode("utf-8", "replace")
    return wire.Answer(wire.ERROR, sentence[: wire.MOST_WORDS])


class Runner:
    """The namespace of a notebook, and what happens in it."""

    def __init__(self, most_bytes: int):
        """Begin with an empty notebook; `most_bytes` is the longest message."""
        # Only here: the grader, which reads this file too, needs no notebook.
        from unrolled.grade.sandbox.shell import prepared

        self.most_bytes = most_bytes
        self.shell = prepared()
        self.scope: dict[str, Any] = self.shell.user_ns
        # What a cell may not take away from what runs its answer.
        self.exec, self.compile = builtins.exec, builtins.compile
        check.unit = lambda name: SimpleNamespace()  # there are no checks in here

    def run(self, asked: dict) -> dict:
        """Run one cell; an error ends the cell, as in a notebook."""
        try:
            error = self.shell.run(asked["name"], asked["code"])
        except BaseException as odd:  # of the notebook itself: it goes on
            error = odd
        told = None if error is None else _sentence(asked["name"], error)
        return {"error": told}

    def check(self, asked: dict) -> dict:
        """Run a check cell and return what the answer gave for each case."""
        found: list[dict] = []
        call, limits = self._call(asked["call"]), (asked["may"], asked["bars"])

        def collect(answer: Any, **context: Any) -> None:
            if found:
                return
            for inputs in asked["cases"]:
                outcome = run(asked["title"], answer, inputs, call, context, *limits)
                found.append(_told(outcome))

        self.scope["checks"] = SimpleNamespace(**{asked["check"]: collect})
        error = self.run(asked)["error"]
        if error and not found:
            return {"error": error}
        return {"outcomes": found}

    def _call(self, code: str | None) -> Callable | None:
        if code is None:
            return None
        scope: dict[str, Any] = {"__name__": "checks"}
        name = os.path.join("course", "checks.py")  # not the learner's, say the errors
        linecache.cache[name] = (len(code), None, code.splitlines(True), name)
        self.exec(self.compile(code, name, "exec"), scope)
        return scope["call"]


def _told(outcome: Outcome) -> dict:
    """Return an outcome in words that can be sent."""
    told = {"value": outcome.value, "error": outcome.error, "changed": outcome.changed}
    try:
        wire.pack(told)
    except (wire.WireError, RecursionError) as error:
        return {"value": None, "error": f"What came back is too large: {error}"} | {
            "changed": None
        }
    return told


def _sentence(name: str, error: BaseException) -> str:
    try:
        if isinstance(error, SyntaxError) and str(error.filename).startswith("<"):
            line = f", `{error.text.strip()}`" if error.text else ""
            where = f"in line {error.lineno}{line}: {error.msg}"
            return f"`{name}` stopped with {type(error).__name__} {where}."
        return say.failure(name, error, {})
    except BaseException:
        return f"`{name}` stopped with an error."


def quiet() -> None:
    """Send everything that is printed nowhere, and give nothing to read."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)
    sys.stdin = open(os.devnull, encoding="utf-8")
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")
