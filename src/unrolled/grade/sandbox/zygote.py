"""The fork server: imports a framework once, and forks for every submission.

python -m unrolled.grade.sandbox.zygote TRACK FD [step-down]     FD is the grader's line

It runs in the sandbox and knows no more than it is told. One message in, one out:

{"do": "fork", ...} with a socket   a child serves that socket   -> {"pid": …}
{"do": "end", "pid": …}             it is killed                 -> {"status": …}
{"do": "look", "paths": …}                                       -> {"seen": [...]}
"""

import array
import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
import time

from unrolled.backends import BEFORE_FORKING

COMMON = ("numpy", "unrolled.check", "unrolled.cells", "unrolled.batches")
COMMON += ("unrolled.metrics", "unrolled.text", "unrolled.grade.sandbox.inside")
COMMON += ("unrolled.backends.shared", "unrolled.backends.structure")
COMMON += ("unrolled.models", "unrolled.baselines", "unrolled.check.withheld")
GRACE = 5.0  # seconds that a killed child may take to be gone
MACHINE = os.uname().machine


def main() -> None:
    """Import, say that all is ready, and serve until the grader hangs up."""
    from unrolled.backends.quiet import parked_stderr
    from unrolled.grade.sandbox import confine, wire
    from unrolled.grade.sandbox.inside import receive, send

    line = socket.socket(fileno=int(sys.argv[2]))
    if sys.argv[3:] == ["step-down"]:
        confine.step_down()
    os.uname = _uname
    with contextlib.suppress(AttributeError, OSError):
        _reap_orphans()
    with parked_stderr():
        for name in (*COMMON, *BEFORE_FORKING[sys.argv[1]]):
            importlib.import_module(name)
        importlib.import_module("unrolled.grade.sandbox.shell").prepared()
    gc.collect()
    gc.freeze()  # a child that collects garbage need not copy all that is here
    send(line, wire.pack({"ready": True}))
    while True:
        try:
            asked, passed = wire.unpack(receive(line), trusted=True), None
            if asked["do"] == "fork":
                passed = _socket_from(line)
        except EOFError:
            return
        if asked["do"] == "fork":
            told = _fork(asked, passed, line)
        else:
            told = {"end": _end, "look": _look}[asked["do"]](asked)
        send(line, wire.pack(told))


def _uname() -> os.uname_result:
    """Stand in for a call that is forbidden to a submission; tell nothing."""
    return os.uname_result(("Linux", "sandbox", "0", "0", MACHINE))


def _reap_orphans() -> None:
    """What a submission leaves behind comes back to us, to be ended with it."""
    import ctypes

    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def _socket_from(line: socket.socket) -> socket.socket:
    _, data, _, _ = line.recvmsg(1, socket.CMSG_LEN(array.array("i").itemsize))
    (_, _, raw) = data[0]
    return socket.socket(fileno=array.array("i", raw[:4])[0])


def _fork(asked: dict, passed: socket.socket, line: socket.socket) -> dict:
    pid = os.fork()
    if pid:
        passed.close()
        return {"pid": pid}
    status = 1
    try:
        line.close()  # the submission has no line to the fork server
        _child(asked, passed)
        status = 0
    finally:
        os._exit(status)


def _child(asked: dict, passed: socket.socket) -> None:
    """Become the process of one submission, and serve it."""
    from unrolled.grade.sandbox import confine, inside
    from unrolled.grade.sandbox.limits import Limits

    limits = Limits(**asked["limits"])
    inside.quiet()
    confine.alone(limits, asked["nested"])
    inside.serve(passed, limits.output << 20)


def _end(asked: dict) -> dict:
    """Kill a child and all that it started; return how it had ended, if it had."""
    pid = asked["pid"]
    done, status = os.waitpid(pid, os.WNOHANG)
    if not done:
        until = time.monotonic() + asked["wait"]
        while not done and time.monotonic() < until:
            time.sleep(0.002)
            done, status = os.waitpid(pid, os.WNOHANG)
    ended = os.waitstatus_to_exitcode(status) if done else None
    if not done:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return {"status": ended, "clean": _sweep()}


def _sweep() -> bool:
    """Kill whatever is left of earlier submissions; return whether all is gone."""
    until = time.monotonic() + GRACE
    while time.monotonic() < until:
        left = _others()
        if not left:
            return True
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        select.select([], [], [], 0.002)
    return False


def _others() -> list[int]:
    """Return every process that a submission has left."""
    from unrolled.grade.sandbox.limits import family

    if os.getpid() == 1:  # all that there are in here
        return [int(p) for p in os.listdir("/proc") if p.isdigit() and p != "1"]
    return [pid for pid in family(os.getpid()) if pid != os.getpid()]


def _look(asked: dict) -> dict:
    """Return which of some files, or folders that are not empty, are seen here."""
    return {"seen": [path for path in asked["paths"] if _there(path)]}


def _there(path: str) -> bool:
    return bool(os.listdir(path)) if os.path.isdir(path) else os.path.exists(path)


if __name__ == "__main__":
    main()
