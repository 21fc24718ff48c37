"""Make the course's own `.venv` and install into it; standard library only.

A stamp inside `.venv` remembers what was installed from which files, so that a second
call installs nothing.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import cpu_build

ROOT = Path(__file__).resolve().parents[1]
STAMP = "unrolled-setup.json"
LOG = Path("build", "setup.log")

# What pip says, and what a person can do about it.
CAUSES = {
    "No space left on device": "The disk is full. Both tracks need about 4 GB; one "
    "track needs less: add TRACK=pytorch or TRACK=tensorflow.",
    "Temporary failure in name resolution": "The package index was not reached: check "
    "the network, or the proxy settings that pip uses.",
    "Failed to establish a new connection": "The package index was not reached: check "
    "the network, or the proxy settings that pip uses.",
    "No matching distribution found for tensorflow": "TensorFlow has no build for this "
    "system and this Python: add TRACK=pytorch.",
    "No matching distribution found for torch": "PyTorch has no build for this system "
    "and this Python: add TRACK=tensorflow.",
}


class SetupError(Exception):
    """The environment could not be made; the message says what to do."""


def python_of(folder: Path) -> Path:
    """Return the interpreter of the virtual environment in `folder`."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def need_writable(root: Path = ROOT) -> None:
    """Raise SetupError if nothing can be written into the course's folder."""
    try:
        tempfile.TemporaryFile(dir=root).close()
    except OSError as error:
        raise SetupError(
            f"Nothing can be written into the folder of the course, {root} "
            f"({error.strerror}). Copy it to a folder of yours and run the same "
            "command there."
        ) from error


def _project(root: Path) -> dict:
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]


def closure(extras: Iterable[str], root: Path = ROOT) -> set[str]:
    """Return `extras` with every extra that they contain, as pyproject.toml says.

    Raises SetupError for an extra that does not exist.
    """
    project = _project(root)
    table = project["optional-dependencies"]
    found: set[str] = set()
    todo = list(extras)
    while todo:
        extra = todo.pop()
        if extra not in table:
            known = ", ".join(table)
            raise SetupError(f"There is no extra `{extra}`; the extras are: {known}.")
        if extra not in found:
            found.add(extra)
            for line in table[extra]:
                inner = re.match(rf"{project['name']}\[(.+?)\]", line)
                todo += re.split(r"\s*,\s*", inner[1]) if inner else []
    return found


def digest(root: Path = ROOT) -> str:
    """Return a hash of the files that say what is installed, and where they lie."""
    # The folder counts too: an editable install points at it; a moved clone is stale.
    whole = hashlib.sha256(str(root).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        whole.update((root / name).read_text(encoding="utf-8").encode())
    return whole.hexdigest()


def installed(root: Path = ROOT) -> set[str]:
    """Return the extras that `.venv` holds in their present form, or an empty set."""
    try:
        stamp = json.loads((root / ".venv" / STAMP).read_text(encoding="utf-8"))
        same = stamp["digest"] == digest(root)
        return set(stamp["extras"]) if same else set()
    except (OSError, ValueError, KeyError):
        return set()


def ensure(extras: Iterable[str], root: Path = ROOT) -> Path:
    """Make `.venv` hold `extras` and return its interpreter; does nothing twice.

    Raises SetupError with a sentence if that cannot be done.
    """
    need = closure(extras, root)
    python = python_of(root / ".venv")
    have = installed(root) if _runs(python) else set()
    if need <= have:
        return python
    need_writable(root)
    # Without its pip (a first call that was stopped, say) it is made anew.
    if not _runs(python, "-m", "pip", "--version"):
        _create(root / ".venv")
    started = time.monotonic()
    _install(python, sorted(need | have), root)
    text = json.dumps({"digest": digest(root), "extras": sorted(need | have)})
    (root / ".venv" / STAMP).write_text(text, encoding="utf-8")
    print(f"Installed in {time.monotonic() - started:.0f} s.", flush=True)
    return python


def require(extras: Iterable[str], root: Path = ROOT) -> str:
    """Return this interpreter, which must have what `extras` need.

    Raises SetupError that names what it lacks and says how to install it.
    """
    extras = list(extras)
    project = _project(root)
    lines = [project["name"], *project.get("dependencies", [])]
    for extra in closure(extras, root):
        lines += project["optional-dependencies"][extra]
    names = sorted({re.match(r"[\w.-]+", line)[0] for line in lines})
    missing = [name for name in names if not _has(name)]
    if missing:
        raise SetupError(
            f"This Python, {sys.executable}, lacks {', '.join(missing)}. Install what "
            f"is missing with\n  {sys.executable} -m pip install -c constraints.txt "
            f'-e ".[{",".join(extras)}]"\nor leave --here out: then everything goes '
            "into .venv."
        )
    return sys.executable


def _has(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _runs(python: Path, *arguments: str) -> bool:
    """Whether an interpreter is there and starts (its base may have been removed)."""
    if not python.exists():
        return False
    command = [python, *(arguments or ("-c", ""))]
    return not subprocess.run(command, capture_output=True).returncode


def _create(folder: Path) -> None:
    print(f"Making {folder.name} with Python {sys.version.split()[0]} …", flush=True)
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=os.name != "nt").create(
            folder
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(
            f"No virtual environment could be made in {folder}: {error}. On Debian and "
            "Ubuntu its module is a package of its own: `sudo apt install "
            "python3-venv`. Then run the same command again."
        ) from error
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        raise KeyboardInterrupt(
            f"{folder.name} was not finished and is gone. Run the same command again: "
            "it begins with that step."
        ) from None


def _install(python: Path, extras: list[str], root: Path) -> None:
    """Install the course with `extras`, the exact versions of constraints.txt."""
    wanted = f".[{','.join(extras)}]"
    log = root / LOG
    log.parent.mkdir(exist_ok=True)
    log.write_bytes(b"")
    if "pytorch" in extras:
        _choose_build(python, root)
    print(f"Installing {wanted} into .venv (details: {LOG.as_posix()}) …", flush=True)
    status, lines = _pip(python, root, "-c", "constraints.txt", "-e", wanted)
    if status:
        raise SetupError(_reason(lines))


def _choose_build(python: Path, root: Path) -> None:
    """Say which build of PyTorch pip will take; fetch the small one where it serves."""
    said, arguments = cpu_build.choice(python, root)
    if said:
        print(said, flush=True)
    if arguments and _pip(python, root, *arguments)[0]:
        print(cpu_build.UNREACHED, flush=True)


def _pip(python: Path, root: Path, *arguments: str) -> tuple[int, list[str]]:
    """Run `pip install`; return its exit status and the lines that it printed."""
    command = [python, "-m", "pip", "install", "--disable-pip-version-check"]
    with subprocess.Popen(
        [*command, "--progress-bar", "off", *arguments],
        cwd=root,
        text=True,
        encoding="utf-8",
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as pip:
        try:
            lines = _follow(pip.stdout, root / LOG)
        except KeyboardInterrupt:
            _end(pip)
            raise KeyboardInterrupt(
                "The set-up is not finished. Run the same command again: what pip has "
                "fetched whole is kept in its cache, and what is installed stays."
            ) from None
    return pip.returncode, lines


def _end(pip: subprocess.Popen) -> None:
    """Let pip tidy up, since the terminal told it of Ctrl-C too; then end it."""
    try:
        pip.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        pip.kill()


def _follow(stream: Iterable[str], log: Path) -> list[str]:
    """Copy pip's lines to the log and show on one line how far it is."""
    lines, packages, started = [], 0, time.monotonic()
    live = sys.stdout.isatty()
    with log.open("a", encoding="utf-8", buffering=1) as file:
        for line in stream:
            file.write(line)
            lines.append(line.rstrip())
            packages += line.startswith("Collecting")
            if live:
                what = f"{packages} packages, {time.monotonic() - started:.0f} s: "
                print(f"\r\033[K  {what}{line.strip()[:50]}", end="", flush=True)
    if live:
        print("\r\033[K", end="")
    return lines


def _reason(lines: list[str]) -> str:
    """Return why pip failed: our own sentence where the cause is known, else its."""
    text = "\n".join(lines)
    advice = [said for cause, said in CAUSES.items() if cause in text]
    tail = [line for line in lines if "ERROR" in line][-3:] or lines[-5:]
    said = "\n".join(["pip could not install the course:", *tail, *advice[:1]])
    return f"{said}\nThe whole of what pip said is in {LOG.as_posix()}."
