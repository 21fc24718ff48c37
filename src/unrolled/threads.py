"""How the threads of the libraries of arithmetic wait, and how many there are.

The one place where the course says so. Such a library reads its settings from the
environment when it is loaded; later it is too late. Importing `unrolled`, which every
notebook does before it imports a framework, calls `wait_briefly`; what runs one process
beside another (tests, windows, benchmarks, the grader) adds `fixed(1)` to its
environment.

PyTorch shares each matrix product among OpenMP threads that spin while they wait for
each other. Where another program holds a core, one waits for a thread that does not
run, and that one for the core on which the first spins: a lesson then takes ten times
as long. GNU's OpenMP (PyTorch on Linux) spins 300,000 rounds before it sleeps; with
1,000 it sleeps soon; `benchmarks/busy.py` measures both. Intel's
(PyTorch on Windows, and from conda) waits 200 milliseconds. Nothing is set for it: of
the values tried only 0 helped, and what 0 costs on a quiet machine was not measured.
LLVM's (PyTorch on macOS) sleeps at once on Apple's processors.
"""

from collections.abc import MutableMapping

# The setting, and by which variables its runtime has been told about waiting already.
BRIEFLY = {
    "GOMP_SPINCOUNT": ("1000", {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"}),
}
SHARED_OUT = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def wait_briefly(environ: MutableMapping[str, str]) -> None:
    """Let threads that wait go to sleep soon, in place; what the user set stays."""
    for name, (value, told_by) in BRIEFLY.items():
        if not told_by & set(environ):
            environ[name] = value


def fixed(n: int) -> dict[str, str]:
    """Return the environment of a process whose arithmetic uses `n` threads.

    TensorFlow runs `n` operations at once, each in one thread: the product of a time
    step is too small to be shared. It takes its two from `unrolled.backends.quiet`.
    """
    found = dict.fromkeys(SHARED_OUT, str(n))
    return found | {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": str(n)}
