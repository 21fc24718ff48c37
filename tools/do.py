"""The front door of the course, for people with and without make.

python tools/do.py course [--unit 11] [--track pytorch]   install, run it all, report
python tools/do.py lab [--unit 11] [--track pytorch]      install, open JupyterLab
python tools/do.py test                                   install, then every test

This file only finds a Python that the course supports; front.py does the rest. Any
Python may open it, an old one too, so it is written in what all of them understand.
"""

import os
import subprocess
import sys

SUPPORTED = ((3, 11), (3, 12), (3, 13))
# The second is the launcher that Python's installer puts on Windows.
NAMES = (["python%d.%d"], ["py", "-%d.%d"])


def another_python():
    """Return the command of a Python here that the course supports, or None."""
    with open(os.devnull, "w") as nowhere:
        for version in SUPPORTED[::-1]:
            for name in NAMES:
                command = name[:-1] + [name[-1] % version]
                # A name on the path may be a shim for a version that is not there.
                try:
                    if not subprocess.call(command + ["-c", ""], stderr=nowhere):
                        return command
                except OSError:
                    pass
    return None


def main():
    """Hand over to front.py under a supported Python; returns the exit status."""
    if sys.version_info[:2] in SUPPORTED:
        # The course's own files say where they lie; it is not installed yet.
        root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        sys.path.insert(1, os.path.join(root, "src"))
        import front

        return front.main(__doc__)
    other = another_python()
    if other is None:
        sys.stderr.write(
            "This is Python %d.%d; the course needs 3.11, 3.12 or 3.13, which PyTorch "
            "and TensorFlow are both built for. Install one of them and run the same "
            "command again.\n" % sys.version_info[:2]
        )
        return 1
    process = subprocess.Popen(other + sys.argv)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass  # the other Python was told too, and says what follows


if __name__ == "__main__":
    sys.exit(main())
