"""What runs in the sandbox: cells as a notebook runs them, answers as plain values."""

import builtins
import io
import socket
import sys
import threading

import numpy as np
import pytest
import tqdm.notebook

from unrolled import check
from unrolled.grade.sandbox import inside, shell, wire, zygote
from unrolled.grade.sandbox.inside import Runner, receive, send
from unrolled.grade.submission.names import defines, uses


@pytest.fixture
def runner(monkeypatch):
    """A notebook of its own, in place of this process's main module and builtins."""
    monkeypatch.setattr(check, "unit", check.unit)  # it is replaced in there
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    for name in ("tqdm", "trange", "tqdm_notebook", "tnrange"):
        monkeypatch.setattr(tqdm.notebook, name, getattr(tqdm.notebook, name))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    for name in ("ps1", "ps2", "ps3"):
        monkeypatch.setattr(sys, name, "", raising=False)
    yield Runner(1 << 20)
    shell.Shell.clear_instance()
    shell.prepared.cache_clear()
    for name in ("display", "__IPYTHON__"):
        delattr(builtins, name)


def run(runner, code, name="cell"):
    return runner.run({"name": name, "code": code})["error"]


def asked(**more):
    plain = {"name": "check-f", "code": "checks.f(f)", "check": "f", "title": "f"}
    plain |= {"may": [], "bars": []}
    return plain | {"call": None, "cases": [{"x": 1}, {"x": np.ones(2)}]} | more


@pytest.mark.filterwarnings("ignore:To exit")
def test_cells_share_a_namespace_and_errors_end_only_their_cell(runner):
    assert run(runner, "a = 1") is None
    said = run(runner, "b = a\nc = a / 0", "mine")
    assert said.startswith(
        "`mine` stopped with ZeroDivisionError in line 2, `c = a / 0`"
    )
    assert run(runner, "assert (a, b) == (1, 1)") is None
    assert "KeyboardInterrupt" in run(runner, "raise KeyboardInterrupt")
    assert "SystemExit" in run(runner, "raise SystemExit(3)")
    assert run(runner, "a = (\ndef f():") == (
        "`cell` stopped with SyntaxError in line 1, `a = (`: '(' was never closed."
    )


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
    ours.settimeout(120)  # seconds: one that has ended never answers
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


JUPYTER = {
    "display": "display('x')\n"
    "from IPython.display import HTML, display\ndisplay(HTML('x'))",
    "get_ipython": "get_ipython().run_line_magic('matplotlib', 'inline')\n"
    "assert get_ipython().user_ns['a'] == 7",
    "time": "%time x = {1: 2}\nassert x[1] == 2",
    "time of a value": "x = %time 2 * a\nassert x == 14",
    "time of a cell": "%%time\nx = a\nassert x == 7",
    "time in a block": "for i in range(3):\n    %time x = i\nassert x == 2",
    "command": "files = !ls {a}\nassert files == [] and files.n == ''",
    "command alone": "!rm -rf {a}\nif a:\n    !ls\nassert a == 7",
    "timeit": "x = %timeit -o -n1 -r1 a + 1\nassert x.best >= 0",
    "prun": "%prun x = 3\nassert x == 3",
    "capture": "%%capture out\nprint(a)\ny = 3",
    "await": "import asyncio\nawait asyncio.sleep(0)\n"
    "async def f(): return 5\nassert await f() == 5",
    "bar": "from tqdm.notebook import tqdm, trange\n"
    "assert [*tqdm([1, 2], ncols='80%', display=False)] == [1, 2]\n"
    "with trange(3) as bar:\n    bar.set_description('x')\n"
    "assert [*trange(3)] == [0, 1, 2]",
    "bar by itself": "from tqdm.auto import tqdm\nassert [*tqdm([1])] == [1]",
    "install": "%pip install x\n!pip install y\n%conda install z",
    "extension": "%load_ext tensorboard\n%tensorboard --logdir x\nx = %memit a",
    "cell of an extension": "%%nosuchmagic x\nanything",
    "another language": "%%bash\nexit 3",
    "help": "np.tanh?\n?a\na??",
    "settings": "%matplotlib widget\n%config InlineBackend.figure_format = 'svg'\n"
    "%precision 3\n%env A=1\n%cd .\n%autoreload 2",
    "last value": "assert _ == 7",
    "prompt": ">>> x = 1\n>>> assert x == 1",
    "indent": "    x = 1\n    assert x == 1",
    "pickle": "import pickle\nclass A: pass\npickle.loads(pickle.dumps(A()))",
    "source": "import inspect\ndef f():\n    return 1\n"
    "assert inspect.getsource(f).endswith('return 1\\n')",
}


@pytest.mark.parametrize("name", JUPYTER)
def test_what_is_right_in_jupyter_is_right_in_here(runner, name):
    assert run(runner, "import numpy as np\na = 7\na", "before") is None
    assert run(runner, JUPYTER[name]) is None


def test_commands_and_installations_do_not_happen(runner, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for code in ("!touch a", "x = !touch b", "%%bash\ntouch c", "%sx touch d"):
        assert run(runner, code) is None
    for code in (
        "%%script touch g\n1",
        "get_ipython().system('touch e')",
        "%%!\ntouch f",
    ):
        assert run(runner, code) is None
    assert not list(tmp_path.iterdir())


def test_what_a_magic_ran_is_there_for_the_cells_after_it(runner):
    assert run(runner, "%%capture out\nprint(3)\ny = 3") is None
    assert run(runner, "assert (out.stdout, y) == ('3\\n', 3)") is None


@pytest.mark.filterwarnings("ignore:To exit")
def test_errors_under_a_magic_have_their_line(runner):
    said = run(runner, "%%time\nx = 1\n\nx / 0", "mine")
    assert said == (
        "`mine` stopped with ZeroDivisionError in line 4, `x / 0`: division by zero."
    )
    assert "in line 2, `%time 1 / 0`" in run(runner, "x = 1\n%time 1 / 0").replace(
        "get_ipython().run_line_magic('time', '1 / 0')", "%time 1 / 0"
    )
    assert "in line 2, `x / 0`" in run(runner, "%%capture\nx / 0")
    assert "SystemExit" in run(runner, "exit()")


def test_functions_of_two_cells_of_one_name_keep_their_lines(runner):
    run(runner, "def f():\n    return 1 / 0", "after step")
    run(runner, "x = 1\ny = 2", "after step")
    assert "in line 2 of `f`, `return 1 / 0`" in run(runner, "f()")


@pytest.mark.parametrize(
    ("code", "made", "read"),
    [
        ("x = a", "x", "a"),
        ("%time x = f(a)", "x", "f a"),
        ("x = %time f(a)", "x", "f a"),
        ("%%time\nx = f(a)", "x", "f a"),
        ("%%capture out\nx = f(a)", "out x", "f a"),
        ("files = !ls {a}", "files", "ls a"),
        ("if y:\n    !cat $a\n    z = 1", "z", "y cat a"),
        ("x = %timeit -o f(a)", "x", "o f a"),
        ("f?\nx = 1", "x", "f"),
        ("await f(a)\nx = 1", "x", "f a"),
        ("x = '''\n%time y = 1\n''' % 1", "x", ""),
        ("def g():\n    %time return f(a)", "g", "f a"),
        ("%%bash\nf", "", "f"),
        ("def (", "", ""),
    ],
)
def test_names_are_seen_through_magics(code, made, read):
    assert defines(code) == set(made.split())
    assert uses(code) >= set(read.split())
    assert uses(code) <= {*read.split(), *made.split()}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
def test_the_fork_server_tells_what_it_sees():
    asked = {"paths": ["/", "/no-such", "/bin/sh"]}
    assert zygote._look(asked) == {"seen": ["/", "/bin/sh"]}
