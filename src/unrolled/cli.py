"""The command `unrolled`: finds the subcommand and hands it the rest of the line."""

import argparse
import sys
from importlib import import_module

from unrolled.terminal import forgiving_terminal

# name: (module whose `main(arguments)` returns the exit status, what it does)
COMMANDS = {
    "start": ("unrolled.start.command", "write the course into a folder, and open it"),
    "quiz": ("unrolled.quiz.command", "take a unit's quiz, or export quizzes"),
    "exam": ("unrolled.quiz.exam.command", "write an exam for a seed, its key apart"),
    "capstone": ("unrolled.rerun.command", "begin a capstone, or run it again"),
    "grade": ("unrolled.grade.command", "grade notebooks, in a sandbox"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run a subcommand; its module is imported only now. Returns the exit status."""
    forgiving_terminal()
    parser = argparse.ArgumentParser(prog="unrolled")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, does) in COMMANDS.items():
        commands.add_parser(name, help=does, add_help=False)
    line = sys.argv[1:] if arguments is None else arguments
    chosen, _ = parser.parse_known_args(line[:1])
    return import_module(COMMANDS[chosen.command][0]).main(line[1:])


if __name__ == "__main__":
    sys.exit(main())
