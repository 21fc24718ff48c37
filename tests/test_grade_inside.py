"""What runs in the sandbox: cells as a notebook runs them, answers as plain values."""

import socket
import sys
import threading

import numpy as np
import pytest

from unrolled import check
from unrolled.grade import inside, wire, zygote
from unrolled.grade.inside import Runner, receive, send
from unrolled.grade.names import as_python


@pytest.fixture
def runner(monkeypatch):
    monkeypatch.setattr(check, "unit", check.unit)  # it is replaced in there
    return Runner(1 << 20)


def run(runner, code, name="cell"):
    return runner.run({"name": name, "code": code})["error"]


def asked(**more):
    plain = {"name": "check-f", "code": "checks.f(f)", "check": "f", "title": "f"}
    return plain | {"call": None, "cases": [{"x": 1}, {"x": np.ones(2)}]} | more


def test_cells_share_a_namespace_and_errors_end_only_their_cell(runner):
    assert run(runner, "a = 1") is None
    said = run(runner, "b = a\nc = a / 0", "mine")
    assert said.startswith(
        "`mine` stopped with ZeroDivisionError in line 2, `c = a / 0`"
    )
    assert run(runner, "assert (a, b) == (1, 1)") is None
    assert "KeyboardInterrupt" in run(runner, "raise KeyboardInterrupt")
    assert "SystemExit" in run(runner, "exit = 3; raise SystemExit(exit)")
    assert "SyntaxError" in run(runner, "def (")


def test_an_answer_is_called_on_every_case(runner):
    run(runner, "def f(x):\n    return 2 * x")
    told = runner.check(asked())["outcomes"]
    assert told[0] == {"value": 2, "error": None, "changed": None}
    assert told[1]["value"].tolist() == [2, 2]


def test_an_answer_that_fails_changes_or_is_not_there_is_told(runner):
    assert "NameError" in runner.check(asked())["error"]
    run(runner, "def f(x):\n    x += 1\n    return x")
    assert runner.check(asked())["outcomes"][1]["changed"] == "x"
    run(runner, "def f(x):\n    raise NotImplementedError()")
    assert runner.check(asked())["outcomes"][0]["error"] == "unattempted"
    run(runner, "def f(x):\n    return 1 << 10**6")
    assert "too large" in runner.check(asked())["outcomes"][0]["error"]


def test_how_to_call_comes_as_code_and_context_from_the_cell(runner):
    run(runner, "def f(x):\n    return x\n\ntwice = 2")
    call = "call = lambda answer, inputs, *, k: k * answer(inputs['x'])\n"
    told = runner.check(asked(call=call, code="checks.f(f, k=twice)"))["outcomes"]
    assert told[0]["value"] == 2


def test_a_check_cell_that_asks_twice_is_answered_once(runner):
    run(runner, "def f(x):\n    return x")
    told = runner.check(asked(code="checks.f(f)\nchecks.f(f)"))["outcomes"]
    assert len(told) == 2


def test_there_are_no_checks_inside(runner):
    assert run(runner, "from unrolled import check\nc = check.unit('02')") is None
    assert "AttributeError" in run(runner, "c.step")


def test_messages_are_answered_with_their_token():
    ours, theirs = socket.socketpair()
    kept = check.unit
    thread = threading.Thread(target=inside.serve, args=(theirs, 5000))
    thread.start()
    try:
        for code, token in (("y = 1", "a" * 32), ("z", "b" * 32)):
            send(ours, wire.pack({"name": "c", "code": code, "token": token}))
            told = wire.opened(receive(ours), token)
        assert told.kind == wire.ERROR and "NameError" in told.sentence
        code = "import numpy as np\ndef f(x):\n    return np.ones(9999)"
        send(ours, wire.pack({"name": "f", "code": code, "token": "c" * 32}))
        assert wire.opened(receive(ours), "c" * 32) == (wire.DONE, b"")
        send(ours, wire.pack(asked(token="d" * 32)))
        told = wire.opened(receive(ours), "d" * 32)
        assert told.kind == wire.LARGE and int.from_bytes(told.body) > 5000
        code = "def f(x):\n    return ['words ' * 50_000] * 40"  # 12 MB as text
        send(ours, wire.pack({"name": "f", "code": code, "token": "e" * 32}))
        receive(ours)
        send(ours, wire.pack(asked(token="f" * 32)))
        told = wire.opened(receive(ours), "f" * 32)
        assert "too large" in wire.unpack(told.body)[0]["error"]
    finally:
        ours.close()
        thread.join()
        check.unit = kept


@pytest.mark.parametrize(
    ("code", "python"),
    [
        ("x = 1", "x = 1"),
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if y:\n    !pip list\n    z = 1", "if y:\n    pass\n    z = 1"),
        ("%%time\nx = 1", "\nx = 1"),
        ("%%bash\nrm -rf /", ""),
        ("np.tanh?\nx = 1", "pass\nx = 1"),
        ("?np.tanh", "pass"),
        ("x = '''\n%d\n''' % 1", "x = '''\n%d\n''' % 1"),
    ],
)
def test_what_only_a_notebook_understands_is_left_out(code, python):
    assert as_python(code) == python


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
def test_the_fork_server_tells_what_it_sees():
    asked = {"paths": ["/", "/no-such", "/bin/sh"]}
    assert zygote._look(asked) == {"seen": ["/", "/bin/sh"]}
