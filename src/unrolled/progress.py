"""Progress bars where a learner looks for them."""

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm


def in_notebook() -> bool:
    """Whether there is a notebook to show something in."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


def bar(**options: Any) -> "tqdm":
    """Return tqdm's bar; `options` are tqdm's own.

    tqdm writes to stderr, which a notebook colors like an error, so there it goes to
    stdout. Where outputs are stored (`UNROLLED_STATIC=1`) stderr is right: it is not
    kept.
    """
    from tqdm import tqdm

    watched = in_notebook() and os.environ.get("UNROLLED_STATIC") != "1"
    return tqdm(file=sys.stdout if watched else sys.stderr, **options)
