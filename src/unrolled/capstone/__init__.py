"""A capstone: what it must have before it is finished, and the table of its numbers.

    from unrolled import capstone
    work = capstone.Capstone("mean absolute error, ppm", better="lower")

Each method of `work` takes one part; `work.finish()` says in sentences what is missing,
or writes the table beside the notebook. `unrolled capstone check FOLDER` runs the
notebook again and compares.
"""

from .parts import Leak, together
from .record import SEEDS, Capstone
from .table import FILE, TableError, read

__all__ = ["FILE", "SEEDS", "Capstone", "Leak", "TableError", "read", "together"]
