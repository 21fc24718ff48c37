"""A terminal whose alphabet may lack signs that the course prints."""

import sys


def forgiving_terminal() -> None:
    """Show a substitute for what the terminal has no sign for, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
