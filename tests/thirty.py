"""A class of thirty as five platforms export it, and what its table must say.

Some are late, some zip, somebody hands in a PDF, two hand in twice, one nothing.
"""

import csv
import io
import json
import os
import stat
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import courses
import grade_bank

ZONE = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 11, 30, 12, tzinfo=ZONE)
EARLY = DUE - timedelta(hours=5)
NAMES = """Ann Lee;Ben Okafor;Cem Yılmaz;Dee Novak;Eve Lindqvist;Finn O'Brien;Gia Rossi;
Hugo Martínez;Ida Sørensen;Jan de Vries;Kim Park;Lea Müller;Mia Schmidt;Noé Dubois;
Olu Adeyemi;Pia Toni-Marie;Quy Nguyen;Ravi Kumar;Sara Haddad;Tom Baker;Uma Iyer;
Vera Kowalska;Wei Zhang;Xenia Popova;Yusuf Demir;Zoë van Dijk;Amir Hosseini;Bea Costa;
Chi Tanaka;Dan Fisher""".replace("\n", "").split(";")  # fmt: skip
LAYOUTS = ("moodle", "canvas", "gradescope", "github", "plain")
MISTAKE = "def count(n_symbols, emb_size, hid_size, n_out, n_biases):\n    return 7\n"


def contents() -> dict[str, bytes]:
    """Return the three kinds of notebooks that can be graded, and what they earn."""
    nb = grade_bank.solved()
    solved = json.dumps(nb).encode()
    next(c for c in nb["cells"] if c["id"] == "count")["source"] = MISTAKE
    blank = courses.path(courses.COURSE, grade_bank.UNIT, "assignment", "pytorch")
    return {
        "solved": solved,
        "mistake": json.dumps(nb).encode(),
        "blank": blank.read_bytes(),
    }


@dataclass
class Pupil:
    """One of the class: what was handed in, in order, and which row that must give."""

    i: int
    files: list = field(default_factory=list)  # (name, bytes or None for a link, when)
    points: float = 0
    status: str = "could not be graded"
    days: str = "0"
    deducted: str = ""
    kind: str = ""  # of contents(), which counts
    why: str = ""

    @property
    def name(self) -> str:
        return NAMES[self.i]

    @property
    def id(self) -> str:
        return f"s{self.i:02d}"

    @property
    def github(self) -> str:
        return f"{self.name.split()[0].casefold()}-{self.i}x"


def zipped(*members: tuple[str, bytes]) -> bytes:
    """Return a zip of some members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def pupils() -> list[Pupil]:
    """Return the thirty."""
    made = contents()
    late = {n: DUE + timedelta(days=n, hours=-2) for n in (1, 3, 10)}

    def book(kind, name="hw.ipynb", when=EARLY):
        return [(name, made[kind], when)]

    def right(i, kind, files, **more):
        points = {"solved": 16, "mistake": 14, "blank": 0}[kind]
        word = "passed" if points else "below the pass mark"
        given = {"points": points, "status": word} | more
        return Pupil(i, files, kind=kind, **given)

    below = "below the pass mark"
    found = [right(i, "solved", book("solved")) for i in range(6)]
    found += [right(i, "mistake", book("mistake")) for i in range(6, 12)]
    found += [
        right(12, "solved", book("solved", when=late[1]), points=14.4, days="1",
              deducted="1.6"),
        right(13, "solved", book("solved", when=late[3]), points=11.2, days="3",
              deducted="4.8"),
        right(14, "mistake", book("mistake", when=late[10]), points=0, days="10",
              deducted="14", status=below),
    ]  # fmt: skip
    macs = [("__MACOSX/hw/._hw.ipynb", b"x"), ("hw/.DS_Store", b"x")]
    packs = [
        (15, "solved", [("hw.ipynb", made["solved"])]),
        (
            16,
            "mistake",
            [*macs, ("hw/hw.ipynb", made["mistake"]), ("hw/notes.txt", b"")],
        ),
    ]
    for i, kind, members in packs:
        found.append(right(i, kind, [("hw.zip", zipped(*members), EARLY)]))
    inner = zipped(("hw.ipynb", made["solved"]))
    for i, name, content, why in (
        (17, "hw.zip", zipped(("hw.pdf", b"%PDF")),
         "The zip file holds no notebook, but `hw.pdf`, a PDF."),
        (18, "hw.zip", zipped(("../hw.ipynb", made["solved"])),
         "It holds a path that leads out of it, `../hw.ipynb`."),
        (19, "hw.pdf", b"%PDF-1.7", "PDF"),
        (20, "hw.py", b"print(1)", "Python file"),
        (21, "hw.ipynb", b"", "The file is empty."),
    ):  # fmt: skip
        found.append(Pupil(i, [(name, content, EARLY)], why=why))
    found.append(
        right(22, "solved", book("mistake") + book("solved", "hw-1.ipynb",
                                                  EARLY + timedelta(hours=1)))
    )  # fmt: skip
    found.append(
        right(
            23, "blank", book("solved") + book("blank", "hw-1.ipynb", late[1]), days="1"
        )
    )
    found.append(Pupil(24, status="absent", days=""))
    found.append(Pupil(25, [("hw.ipynb", None, EARLY)], why="links are not followed"))
    found.append(right(26, "solved", book("solved", "HW.IPYNB")))
    found.append(right(27, "mistake", book("mistake", "hw.ipynb.json")))
    found.append(
        Pupil(28, [("hw.zip", zipped(("more.zip", inner)), EARLY)],
              why="The zip file holds no notebook, but `more.zip`, another archive.")
    )  # fmt: skip
    found.append(right(29, "blank", book("blank")))
    return found


def roster(path: Path) -> None:
    """Write the roster of the class."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "name", "email", "github"])
        for p in pupils():
            table.writerow([p.id, p.name, f"{p.id}@uni.example", p.github])


def export(folder: Path, layout: str) -> tuple[list, dict[str, str]]:
    """Write the class as a platform exports it.

    Returns the arguments of the command, and where each one's feedback goes back to.
    """
    folder.mkdir(parents=True)
    files, back = [], {}
    for p in pupils():
        for k, (name, content, when) in enumerate(p.files):
            path, back[p.id] = _PATHS[layout](p, k, name, when)
            files.append((path, content, when))
    if layout in ("moodle", "gradescope"):
        _as_zip(folder / "export.zip", files, layout)
        return [folder / "export.zip"], back
    top = folder / ("rnn-02-submissions" if layout == "github" else "class")
    for path, content, when in files:
        place = top / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            place.symlink_to("/etc/passwd")
        else:
            place.write_bytes(content)
        stamp = when.timestamp()
        os.utime(place, (stamp, stamp), follow_symlinks=False)
    if layout != "github":
        return [top], back
    times = folder / "grades.csv"
    rows = ["github_username,roster_identifier,submission_timestamp,points_awarded"]
    for p in pupils():
        (top / f"rnn-02-{p.github}" / ".git").mkdir(parents=True, exist_ok=True)
        if p.files:
            when = p.files[-1][2].astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            rows.append(f"{p.github},,{when},0")
        else:
            (top / f"rnn-02-{p.github}" / ".git").rmdir()
            (top / f"rnn-02-{p.github}").rmdir()
    times.write_text("\n".join(rows), "utf-8")
    return [top, "--times", times], back


def _moodle(p, k, name, when):
    folder = f"{p.name}_{1000 + p.i}_assignsubmission_file_"
    return f"{folder}/{name}", f"{folder}/feedback.html"


def _canvas(p, k, name, when):
    flat = "".join(c for c in p.name.casefold() if c.isalnum())
    late = "LATE_" if when > DUE else ""
    start = f"{flat}_{late}{2000 + p.i}_{5000 + 2 * p.i + k}_"
    return f"{start}{name}", f"{start}feedback.html"


def _gradescope(p, k, name, when):
    folder = f"submission_{4000 + 2 * p.i + k}"
    return f"assignment_9_export/{folder}/{name}", f"{folder}/feedback.html"


def _github(p, k, name, when):
    return f"rnn-02-{p.github}/{name}", f"rnn-02-{p.github}/feedback.html"


def _plain(p, k, name, when):
    ending = name.partition(".")[2]
    stem = f"{p.id} ({k})" if k else p.id
    return f"{stem}.{ending}", f"{stem}/feedback.html"


_PATHS = {"moodle": _moodle, "canvas": _canvas, "gradescope": _gradescope,
          "github": _github, "plain": _plain}  # fmt: skip


def _as_zip(path: Path, files: list, layout: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, when in files:
            info = zipfile.ZipInfo(name, when.timetuple()[:6])
            mode = stat.S_IFREG | 0o644 if content is not None else stat.S_IFLNK | 0o777
            info.external_attr = mode << 16
            archive.writestr(info, b"/etc/passwd" if content is None else content)
        if layout == "gradescope":
            archive.writestr("assignment_9_export/submission_metadata.yml", _metadata())


def _metadata() -> str:
    lines = []
    for p in pupils():
        for k, (_, _, when) in enumerate(p.files):
            stamp = when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.000000000 Z")
            lines += [f"submission_{4000 + 2 * p.i + k}:", "  :submitters:"]
            lines += [f"  - :name: {p.name}", f"    :sid: {p.id}"]
            lines += [f"    :email: {p.id}@uni.example", f"  :created_at: {stamp}"]
    return "\n".join(lines) + "\n"
