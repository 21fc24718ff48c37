"""What of this package an answer may not call: an exercise is there to be written.

While an answer runs, the functions of the package do not work for it, whatever the name
by which it reaches them: not through the module, not by a reference that was copied
before, not through `getattr`. What an exercise allows is named in its check (`may`) and
in its text. The package itself goes on calling them, so that what is allowed works, and
so does the code with which a check calls the answer.

Code that is copied as text, or rebuilt from a function's bytes, is not found: nobody
does that by mistake.
"""

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

# What is withheld: the neutral core, and what the backends do that exercises ask for.
CORE = ("cells", "metrics", "batches", "text", "baselines", "tunes")
INSIDE = ("lengths", "spans")  # of which these modules show the parts
INSIDE += ("models.character", "backends.shared", "backends.structure")
INSIDE += ("check.slopes",)
BACKENDS = ("weights", "layers", "models")
BACKENDS_OF = ("unrolled.backends.pytorch", "unrolled.backends.tensorflow")
TOOLS = {"fit", "evaluate", "predict", "sample"}  # of a backend's own module
# What computes the answers of quizzes does much that exercises ask for. No answer needs
# it: it is not even imported while one runs.
QUIZ = "unrolled.quiz"
# Their code has no need of what is withheld. Some of it calls what it is given, and
# would do so for an answer.
STRANGERS = ("check", "grade", "quiz", "plot", "backends.answers", "data.grids")


class NotYours(Exception):
    """An answer called a function of the package that does the exercise."""

    def __init__(self, helper: str):
        """`helper` is what was called, as a learner writes it: `cells.lstm_step`."""
        super().__init__(helper)
        self.helper = helper.removesuffix(".__init__")


def sentence(name: str, helper: str) -> str:
    """Return what is said of an answer that let a helper do the work."""
    return (
        f"Perhaps right, but not yours: `{name}` calls `{helper}`, which does the "
        "work, and an answer is there to be written. Use what the text of the exercise "
        "names; then compare the two."
    )


@contextmanager
def withheld(
    answer: Any,
    may: Iterable[str] = (),
    call: Callable | None = None,
    bars: Iterable[str] = (),
) -> Iterator[None]:
    """While this lasts, an answer cannot call the package's helpers, but for `may`.

    `may` names functions and classes as a learner writes them: "batches.one_hot". Who
    calls another one gets NotYours; so does an answer that is one. `call` is what calls
    the answer for a check, and its module may call all of them. `bars` names functions
    of a framework that are withheld too, "torch.nn.utils.clip_grad_norm_".
    """
    if _active():
        yield
        return
    loaded, allowed, changed = _loaded(), tuple(may), []
    guard = _NoReload(loaded)
    frameworks = tuple(_of_frameworks(bars))
    _BESIDE.clear()
    for function in _beside(call):
        _BESIDE.add(function.__code__)
    try:
        for function, name in (*_helpers(loaded), *frameworks):
            if getattr(answer, "func", answer) is function and name not in allowed:
                raise NotYours(name)
        for function, name in (*_kept_back(loaded, allowed), *frameworks):
            changed.append((function, function.__code__))
            function.__code__ = _stub(function, name)
        sys.meta_path.insert(0, guard)
        yield
    finally:
        for function, code in changed:
            function.__code__ = code
        if guard in sys.meta_path:
            sys.meta_path.remove(guard)


def _active() -> bool:
    return any(isinstance(finder, _NoReload) for finder in sys.meta_path)


class _NoReload:
    """A module that is loaded again would bring its functions back.

    So would one of the quizzes' that was not loaded before.
    """

    def __init__(self, loaded: frozenset[str]):
        """`loaded` are the names of the package's modules that are loaded."""
        self.loaded = loaded

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Refuse a module that was loaded before, or is a quiz's; find nothing."""
        if name in self.loaded or name.startswith(QUIZ):
            raise NotYours(name.removeprefix("unrolled."))


def _loaded() -> frozenset[str]:
    """Return the names of the package's modules that are loaded."""
    return frozenset([name for name in sys.modules if name.startswith("unrolled.")])


def _stub(function: FunctionType, name: str) -> CodeType:
    """Return code for a function: it works for the package's own code alone."""
    # Found by identity: to hash a piece of code takes longer than all else here.
    kept = _STUBS.get(id(function))
    if kept is None or kept[:2] != (name, id(function.__code__)):
        stub = _made(function, function.__code__, name)
        kept = _STUBS[id(function)] = (name, id(function.__code__), stub, function)
    return kept[2]


# With the functions themselves, and in the stubs their code: no identity comes twice.
_STUBS: dict[int, tuple[str, int, CodeType, FunctionType]] = {}


def _made(function: FunctionType, code: CodeType, name: str) -> CodeType:
    original = FunctionType(
        code, function.__globals__, function.__name__, None, function.__closure__
    )
    original.__defaults__ = function.__defaults__
    original.__kwdefaults__ = function.__kwdefaults__

    def gate(given: tuple, named: dict) -> Any:
        caller = sys._getframe(2).f_code
        if caller in _OWN or caller in _BESIDE:
            return original(*given, **named)
        raise NotYours(name)

    def template(*given, **named):
        gate = "the place of the gate"
        return gate(given, named)

    made = template.__code__
    constants = tuple(gate if isinstance(c, str) else c for c in made.co_consts)
    return made.replace(
        co_consts=constants,
        co_freevars=code.co_freevars,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
    )


class _Codes:
    """Pieces of code, told apart by what they are and not by what they hold."""

    def __init__(self):
        self.kept: dict[int, CodeType] = {}

    def add(self, code: CodeType) -> None:
        """Take code in, and all that is defined inside it."""
        self.kept[id(code)] = code
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self.add(constant)

    def clear(self) -> None:
        """Hold nothing any more."""
        self.kept.clear()

    def __contains__(self, code: CodeType) -> bool:
        return id(code) in self.kept


_OWN = _Codes()  # the code of the package's functions, but for what calls the answers
_BESIDE = _Codes()  # the code with which a check calls the answer


@cache
def _helpers(loaded: frozenset[str]) -> tuple[tuple[FunctionType, str], ...]:
    """Return each function that is withheld, with its name as a learner writes it."""
    shown = [importlib.import_module(f"unrolled.{name}") for name in CORE]
    for name in loaded | _loaded():
        if not name.startswith(tuple(f"unrolled.{one}" for one in STRANGERS)):
            for function in _functions(sys.modules[name]):
                _OWN.add(function.__code__)
    found: dict[int, tuple[FunctionType, str]] = {}
    for module in [*shown, *_rooms()]:
        ending = module.__name__.rpartition("_")[2]
        tools = module.__name__.startswith(BACKENDS_OF)
        for function in _functions(module):
            if tools and ending not in BACKENDS and function.__name__ not in TOOLS:
                continue
            found[id(function)] = function, _name(function, shown)
    return tuple(found.values())


@cache
def _kept_back(
    loaded: frozenset[str], may: tuple[str, ...]
) -> tuple[tuple[FunctionType, str], ...]:
    """Return the helpers that an exercise does not allow."""
    return tuple(
        (function, name)
        for function, name in _helpers(loaded)
        if not any(name == m or name.startswith(f"{m}.") for m in may)
    )


def _of_frameworks(bars: Iterable[str]) -> Iterator[tuple[FunctionType, str]]:
    """Yield the functions that are named, of the frameworks that are loaded."""
    for path in bars:
        module, _, name = path.rpartition(".")
        function = getattr(sys.modules.get(module), name, None)
        if isinstance(function, FunctionType):
            yield function, path


def _rooms() -> list[ModuleType]:
    """Return the loaded modules whose functions are withheld, but for those of CORE."""
    cells = [n for n in sys.modules if n.startswith(("unrolled.cells.", QUIZ))]
    backends = [n for n in sys.modules if n.startswith(BACKENDS_OF)]
    names = [*(f"unrolled.{name}" for name in INSIDE), *sorted(cells + backends)]
    return [importlib.import_module(name) for name in names]


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """Yield every function that a module defines, and every method of its classes."""
    for value in list(vars(module).values()):
        if isinstance(value, type) and value.__module__ == module.__name__:
            parts = list(vars(value).values())
        else:
            parts = [value]
        for part in parts:
            part = getattr(part, "__func__", None) or getattr(part, "fget", part)
            part = getattr(part, "__wrapped__", part)
            if isinstance(part, FunctionType) and _from(part, module):
                yield part


def _beside(call: Callable | None) -> Iterator[FunctionType]:
    """Yield what stands beside the function that calls an answer, in its module."""
    scope = getattr(call, "__globals__", {})
    for value in list(scope.values()):
        for part in (value, *getattr(value, "__dict__", {}).values()):
            if isinstance(part, FunctionType) and part.__globals__ is scope:
                yield part
    if isinstance(call, FunctionType):
        yield call


def _from(function: FunctionType, module: ModuleType) -> bool:
    """Return whether a function is written in a module, and not made by Python."""
    return function.__code__.co_filename == getattr(module, "__file__", None)


def _name(function: FunctionType, shown: list[ModuleType]) -> str:
    first = function.__qualname__.partition(".")[0]
    for module in shown:
        if hasattr(module, first):
            return f"{module.__name__.partition('.')[2]}.{function.__qualname__}"
    if function.__module__.startswith(BACKENDS_OF):
        return f"ur.{function.__qualname__}"
    return f"{function.__module__.partition('.')[2]}.{function.__qualname__}"
