"""Measure how fast a class is graded, with nbgrader beside it in the same run.

    python benchmarks/grading.py                      both tracks, 200 submissions each
    python benchmarks/grading.py --track pytorch --count 20 --nbgrader 3
    python benchmarks/grading.py --table [--write]    the table; into docs/grading.md

The class has solutions, untouched copies, known mistakes and hostile submissions. The
same call is made twice: the second time it is killed half-way and called again, and
must give the same points. Results go to benchmarks/grading.json.
"""

import argparse
import csv
import io
import json
import os
import platform
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from unittest.mock import patch

# First: Jupyter has a module `notebook` too.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools/quality"))

import courses
import grade_bank
from unrolled.check import mistakes
from unrolled.grade.marking import grader
from unrolled.grade.sandbox import fork_server, limits, session
from unrolled.grade.submission import restore
from unrolled.source.layout import TRACKS

COURSE = courses.COURSE
RESULTS = Path(__file__).with_suffix(".json")
UNIT = grade_bank.UNIT
MARKS = ("<!-- timing -->", "<!-- /timing -->")
MIX = {"solved": 0.4, "mistake": 0.4, "untouched": 0.15, "hostile": 0.05}
# Those that wait for a limit are measured by themselves, not by chance.
WAITING = ("timed out",)


def pupils(folder: Path, track: str, count: int) -> dict[str, float]:
    """Write a class of `count` submissions; return the points that each must earn."""
    rng = random.Random(0)
    paths = {
        k: courses.path(COURSE, UNIT, k, track) for k in ("solution", "assignment")
    }
    whole = json.loads(paths["solution"].read_text("utf-8"))
    known = [
        (exercise, mistake.code)
        for exercise, several in mistakes.read(COURSE / "lessons" / UNIT, track).items()
        for mistake in several
        if exercise != "step"  # sequence uses step
    ]
    points = {c["id"]: c["metadata"]["nbgrader"].get("points") for c in whole["cells"]
              if "nbgrader" in c["metadata"]}  # fmt: skip
    most = sum(filter(None, points.values()))
    bank = [h for h in grade_bank.bank() if not set(h.ends) & set(WAITING)]
    kinds = [kind for kind, share in MIX.items() for _ in range(round(share * count))]
    expected = {}
    for i, kind in enumerate(kinds[:count]):
        name, earns = f"pupil-{i:03d}-{kind}", most
        if kind == "solved":
            content = paths["solution"].read_bytes()
        elif kind == "untouched":
            content, earns = paths["assignment"].read_bytes(), 0
        elif kind == "mistake":
            exercise, code = rng.choice(known)
            nb = json.loads(json.dumps(whole))
            next(c for c in nb["cells"] if c["id"] == exercise)["source"] = code
            content = json.dumps(nb).encode()
            earns -= points[f"check-{exercise}"]
        else:
            hostile = rng.choice(bank)
            nb = grade_bank.notebook(hostile, {"brackets": "", "port": "1"}, whole)
            content, earns = nb, most - points["check-count"]
        path = folder / name / f"{UNIT[:2]}b_assignment_{track}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        expected[f"{name}/{path.stem}"] = earns
    return expected


def grade(folder: Path, out: Path, jobs: int) -> subprocess.Popen:
    """Start the command on a class."""
    command = [sys.executable, "-m", "unrolled.cli", "grade", str(folder)]
    # Two calls are compared, so they must draw the same inputs.
    command += ["--out", str(out), "--jobs", str(jobs), "--seed", "0"]
    env = {**os.environ, **courses.ENV, "PYTHONPATH": str(COURSE / "src")}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=COURSE, env=env, **quiet)


def watched(running: subprocess.Popen) -> tuple[float, float]:
    """Wait for it; return seconds, and the most MB that it and all below it held."""
    start, most, done = time.monotonic(), [0], threading.Event()

    def look() -> None:
        while not done.wait(0.5):
            held = sum(map(limits.resident, limits.family(running.pid)))
            most[0] = max(most[0], held)

    thread = threading.Thread(target=look)
    thread.start()
    running.wait()
    seconds = time.monotonic() - start
    done.set()
    thread.join()
    return seconds, most[0] / 2**20


def earned(out: Path) -> dict[str, float]:
    """Return what the class table says."""
    rows = csv.DictReader(io.StringIO((out / "class.csv").read_text("utf-8-sig")))
    return {row["submission"]: float(row["points"]) for row in rows}


def resumed(folder: Path, whole: Path, out: Path, jobs: int) -> bool:
    """Kill a call half-way and call again; return whether all reports are the same."""
    half = len(list((whole / "submissions").glob("*.json"))) // 2
    running = grade(folder, out, jobs)
    while running.poll() is None and len(kept(out)) < half:
        time.sleep(0.05)
    running.kill()
    running.wait()
    n = len(kept(out))
    grade(folder, out, jobs).wait()
    files = [p for p in whole.rglob("*.*") if p.is_file()]
    same = all(
        p.read_bytes() == (out / p.relative_to(whole)).read_bytes() for p in files
    )
    return same and n >= half


def kept(out: Path) -> list[Path]:
    """Return the results that are there."""
    return list((out / "submissions").glob("*.json"))


def nbgrader(folder: Path, track: str, names: list[str]) -> list[float]:
    """Return the seconds that nbgrader takes for each of some submissions."""
    top = folder / "nbgrader"
    top.mkdir()
    shutil.copy(COURSE / "nbgrader_config.py", top)
    source = courses.path(COURSE, UNIT, "solution", track)
    copy = top / source.relative_to(COURSE)
    copy.parent.mkdir(parents=True)
    shutil.copy(source, copy)

    def call(*arguments: str) -> float:
        start = time.monotonic()
        ran = courses.run(
            *("-m", "nbgrader", *arguments),
            course=top,
            UNROLLED_TRACK=track,
            JUPYTER_CONFIG_DIR=str(top),
        )
        if ran.returncode:
            raise RuntimeError(ran.stderr[-2000:])
        return time.monotonic() - start

    call("generate_assignment", UNIT)
    for name in names:
        place = top / "grading" / track / "submitted" / name / UNIT
        place.mkdir(parents=True)
        shutil.copy(source, place)
    # One call for all, as an instructor would; the first is left out, as it is there.
    first = call("autograde", UNIT, "--student", names[0])
    several = call("autograde", UNIT)
    return [first, several / (len(names) - 1)]


def processor(track: str) -> float:
    """Return the seconds of processor time that a solution takes in the sandbox."""
    found: list[float] = []

    class Timed(session.Session):
        def close(self) -> None:
            if self.open:
                found.append(sum(map(_used, self.server.members())))
            super().close()

    servers = fork_server.Servers("bubblewrap")
    one = grader.Grader(COURSE, restore.release(COURSE, UNIT, track), servers)
    content = courses.path(COURSE, UNIT, "solution", track).read_bytes()
    with patch.object(grader, "Session", Timed):
        for _ in range(4):
            assert one.grade("solved", content).share == 1
    servers.close()
    return statistics.median(found[1:])


def _used(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(track: str, count: int, jobs: int, n_nbgrader: int) -> dict:
    """Measure one track."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        expected = pupils(top / "pupils", track, count)
        load = [os.getloadavg()[0]]
        theirs = nbgrader(top, track, [f"p{i}" for i in range(n_nbgrader + 1)])
        load.append(os.getloadavg()[0])
        one = top / "one"
        first = next((top / "pupils").glob("*solved"))
        shutil.copytree(first, one / first.name)
        start, _ = watched(grade(one, top / "one-out", 1))
        # Solutions alone: what nbgrader was measured with.
        solved = top / "solved"
        n_solved = max(2 * jobs + 2, count // 10)
        for i in range(n_solved):
            shutil.copytree(first, solved / f"pupil-{i}")
        alone, _ = watched(grade(solved, top / "solved-out", jobs))
        seconds, memory = watched(grade(top / "pupils", top / "whole", jobs))
        load.append(os.getloadavg()[0])
        wrong = {k: v for k, v in earned(top / "whole").items() if expected[k] != v}
        return {
            "track": track,
            "submissions": count,
            "jobs": jobs,
            "first": start,
            "each": (seconds - start) / (count - jobs),
            "each solved": (alone - start) / (n_solved - jobs),
            "whole": seconds,
            "memory": memory,
            "processor": processor(track),
            "wrong": wrong,
            "resumed": resumed(top / "pupils", top / "whole", top / "killed", jobs),
            "nbgrader first": theirs[0],
            "nbgrader each": theirs[1],
            "nbgrader submissions": n_nbgrader,
            "load": statistics.fmean(load),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        }


def table(rows: list[dict]) -> str:
    """Return the results as a table."""
    lines = [
        "| | " + " | ".join(r["track"] for r in rows) + " |",
        "| --- |" + " --- |" * len(rows),
    ]
    for label, show in (
        ("nbgrader, the first", lambda r: f"{r['nbgrader first']:.1f} s"),
        ("nbgrader, each after it", lambda r: f"{r['nbgrader each']:.1f} s"),
        ("`unrolled grade`, the first", lambda r: f"{r['first']:.1f} s"),
        ("each solution after it", lambda r: f"{r['each solved']:.2f} s"),
        ("each of the mixed class", lambda r: f"{r['each']:.2f} s"),
        ("the whole class", lambda r: f"{r['submissions']} in {r['whole']:.0f} s"),
        ("processor time of a solution", lambda r: f"{r['processor']:.1f} s"),
        ("jobs, cores", lambda r: f"{r['jobs']}, {r['cores']}"),
        ("most memory, all processes", lambda r: f"{r['memory']:.0f} MB"),
        ("points as expected", lambda r: "all" if not r["wrong"] else str(r["wrong"])),
        (
            "killed half-way and resumed",
            lambda r: "the same" if r["resumed"] else "NOT",
        ),
        ("load of the machine meanwhile", lambda r: f"{r['load']:.1f}"),
    ):
        lines.append(f"| {label} | " + " | ".join(map(show, rows)) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure, or show what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--track", choices=TRACKS)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--nbgrader", type=int, default=5)
    parser.add_argument("--processor", action="store_true", help="that row alone")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    for name, value in (("--count", args.count), ("--nbgrader", args.nbgrader)):
        if value < 1:
            parser.error(f"{name} {value} was given; it counts submissions, from 1 on.")
    stored = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    if not args.table:
        for track in [args.track] if args.track else TRACKS:
            if args.processor:
                stored[track]["processor"] = processor(track)
            else:
                stored[track] = measure(track, args.count, args.jobs, args.nbgrader)
            RESULTS.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    shown = table([stored[t] for t in TRACKS if t in stored])
    print(shown)
    if args.write:
        page = grade_bank.PAGE.read_text("utf-8")
        marks = re.escape(MARKS[0]) + ".*" + re.escape(MARKS[1])
        new = f"{MARKS[0]}\n{shown}\n{MARKS[1]}"
        page = re.sub(marks, lambda _: new, page, flags=re.DOTALL)
        grade_bank.PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
