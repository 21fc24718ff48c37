"""Who handed in what: hostile archives, platforms' names, rosters, days late."""

import io
import stat
import zipfile
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import thirty
from unrolled.grade.intake import archives, gather, lateness, platforms, roster
from unrolled.grade.intake.lateness import BadPolicy, Policy
from unrolled.grade.intake.roster import BadRoster, Roster, Student
from unrolled.grade.submission.reading import Unreadable

# ---- archives of students, which may be hostile --------------------------------------


def info(name, mode=0, flags=0, method=zipfile.ZIP_STORED):
    made = zipfile.ZipInfo(name)
    made.external_attr, made.compress_type = mode << 16, method
    return made


def archive(*members, bits=0):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for one, content in members:
            made.writestr(one, content)
    found = out.getvalue()
    if bits:  # in both headers of each member, as a password sets it
        for head in (b"PK\x03\x04\x14\x00", b"PK\x01\x02\x14\x03\x14\x00"):
            found = found.replace(head + b"\x00", head + b"\x01")
    return found


BOOK = b'{"cells": []}'
REFUSED = {
    "above": (archive(("../x.ipynb", BOOK)), "leads out of it"),
    "inside above": (archive(("a/../../x.ipynb", BOOK)), "leads out of it"),
    "absolute": (archive(("/etc/x.ipynb", BOOK)), "leads out of it"),
    "a drive": (archive(("C:\\x.ipynb", BOOK)), "leads out of it"),
    "backslashes": (archive(("..\\x.ipynb", BOOK)), "leads out of it"),
    "a link": (archive((info("x.ipynb", stat.S_IFLNK), b"/etc/passwd")), "a link"),
    "a pipe": (archive((info("x.ipynb", stat.S_IFIFO), b"")), "a device or a pipe"),
    "twice": (archive(("x.ipynb", BOOK), ("X.ipynb", BOOK)), "twice"),
    "a password": (archive(("x.ipynb", BOOK), bits=1), "needs a password"),
    "lzma": (archive((info("x.ipynb", method=zipfile.ZIP_LZMA), BOOK)), "is packed in"),
    "nested": (archive(("x.zip", archive(("x.ipynb", BOOK)))), "another archive"),
    "nothing": (archive(), "holds no notebook: it is empty"),
    "a PDF": (archive(("a/x.pdf", b"%PDF")), "but `x.pdf`, a PDF"),
    "many": (archive(*((f"{i}.ipynb", BOOK) for i in range(21))), "21 notebooks"),
    "very many": (archive(*((f"{i}", b"") for i in range(2001))), "holds 2001 files"),
    "damaged": (archive(("x.ipynb", BOOK))[:-9], "damaged"),
    "no zip": (b"%PDF-1.7", "but a PDF"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("place", ["in a folder", "in a zip of the class"])
@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_archive_is_one_row_with_a_sentence(name, place, tmp_path):
    content, says = REFUSED[name]
    other = ("ben/hw.ipynb", BOOK)
    if place == "in a folder":
        top = tmp_path / "class"
        for path, data in (("ann/hw.zip", content), other):
            (top / path).parent.mkdir(parents=True)
            (top / path).write_bytes(data)
    else:
        top = tmp_path / "class.zip"
        top.write_bytes(archive(("ann/hw.zip", content), other))
        if name == "no zip":
            says = "damaged"
    works, ignored = gather.gather([top])
    assert [w.name for w in works] == ["ann/hw.zip", "ben/hw"] and ignored == []
    assert says in works[0].reason and works[0].reason[-1] in ".?"
    with pytest.raises(Unreadable):
        works[0].load()
    assert works[1].load() == BOOK


def test_a_bomb_is_told_by_its_size_and_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 1000)
    out = archive((info("x.ipynb", method=zipfile.ZIP_DEFLATED), b" " * 1001))
    (tmp_path / "x.zip").write_bytes(out)
    [work], _ = gather.gather([tmp_path])
    with pytest.raises(Unreadable, match="Clear its outputs"):
        work.load()


def test_a_size_that_lies_is_a_damaged_archive(tmp_path):
    made = archive((info("x.ipynb", method=zipfile.ZIP_DEFLATED), b" " * 5000))
    lies = made.replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    assert lies != made
    (tmp_path / "x.zip").write_bytes(lies)
    [work], _ = gather.gather([tmp_path])
    with pytest.raises(Unreadable, match="damaged"):
        work.load()


def test_one_bad_member_of_a_class_costs_the_others_nothing(tmp_path):
    link = info("cem/x.ipynb", stat.S_IFLNK | 0o777)
    members = [("ann/x.ipynb", BOOK), ("../../ben.ipynb", BOOK), (link, b"/etc/passwd")]
    (tmp_path / "class.zip").write_bytes(archive(*members))
    works, _ = gather.gather([tmp_path / "class.zip"])
    reasons = {w.name: w.reason for w in works}
    assert reasons.pop("ann/x") == "" and len(reasons) == 2
    assert all("leads out" in r or "a link" in r for r in reasons.values())


def test_names_of_other_alphabets_are_read_as_they_were_meant(tmp_path):
    made = archive(("Zoë/x.ipynb", BOOK)).replace(
        b"\x00\x08\x00\x00", b"\x00\x00\x00\x00"
    )
    (tmp_path / "class.zip").write_bytes(made)
    [work], _ = gather.gather([tmp_path / "class.zip"])
    assert "Zoë" in work.name and work.load() == BOOK


# ---- a row for everybody -------------------------------------------------------------


def put(top, *names, content=BOOK):
    for name in names:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            (top / name).mkdir()
        else:
            (top / name).write_bytes(content)


def reasons(top):
    return {w.name: w.reason for w in gather.gather([top])[0]}


def test_who_handed_in_no_notebook_has_a_row_that_says_so(tmp_path):
    put(
        tmp_path,
        "ann/x.ipynb",
        "ann/notes.pdf",
        "ben/",
        "cem/x.pdf",
        "dee.py",
        "list.txt",
    )
    put(tmp_path, ".eve/", ".fay/x.ipynb", "gia/.git/x.ipynb", "hal/a/b/x.docx")
    itself = " Hand in the .ipynb file itself."
    assert reasons(tmp_path) == {
        "ann/x": "",
        "ben": "The folder is empty.",
        "cem": "There is no notebook, but `x.pdf`, a PDF." + itself,
        "dee.py": "This is no notebook, but a Python file." + itself,
        ".eve": "The folder is empty.",
        ".fay/x": "",
        "gia": "The folder is empty.",
        "hal": "There is no notebook, but `x.docx`, a Word file." + itself,
    }  # fmt: skip


def test_a_repository_is_one_student_whatever_folders_it_has(tmp_path):
    put(
        tmp_path / "rnn",
        "x.ipynb",
        "img/a.png",
        "README.md",
        "setup.py",
        ".github/x.yml",
    )
    assert reasons(tmp_path / "rnn") == {"x": ""}


def test_an_archive_of_one_notebook_is_called_like_it(tmp_path):
    (tmp_path / "ann.zip").write_bytes(archive(("hw/x.ipynb", BOOK)))
    [work], _ = gather.gather([tmp_path / "ann.zip"])
    assert work.name == "ann.zip/hw/x" and work.owners[0].shown == "ann"


NUMBERED = Roster([Student(f"s{k}") for k in range(1, 8)] + [Student("ann")])


def shown(path, known=None):
    """Return what is handed in, and whose it is said to be."""
    works, _ = gather.gather([path], known)
    return {w.name: w.owners[0].shown for w in works}


@pytest.mark.parametrize("packed", [True, False])
def test_a_class_in_a_folder_of_its_own_is_many_and_not_one_student(tmp_path, packed):
    names = ["s1.ipynb", "s2/x.ipynb", "s3/y.zip", "s4.pdf", "list.txt"]
    book = {"s3/y.zip": archive(("y.ipynb", BOOK))}
    if packed:
        path = tmp_path / "class.zip"
        path.write_bytes(archive(*((f"hw2/{n}", book.get(n, BOOK)) for n in names)))
    else:
        path = tmp_path / "class"
        put(path / "hw2", *names)
        (path / "hw2/s3/y.zip").write_bytes(book["s3/y.zip"])
    for known in (None, NUMBERED):
        assert shown(path, known) == {
            "hw2/s1": "s1", "hw2/s2/x": "s2", "hw2/s3/y.zip/y": "s3", "hw2/s4.pdf": "s4"
        }  # fmt: skip


def test_a_class_of_loose_files_in_a_folder_is_told_by_its_roster_or_by_its_size(
    tmp_path,
):
    put(tmp_path / "few/hw2", "s1.ipynb", "s2.ipynb")
    assert shown(tmp_path / "few") == {"hw2/s1": "hw2", "hw2/s2": "hw2"}
    assert shown(tmp_path / "few", NUMBERED) == {"hw2/s1": "s1", "hw2/s2": "s2"}
    put(tmp_path / "many/hw2", *(f"s{k}.ipynb" for k in range(1, 8)))
    assert len(set(shown(tmp_path / "many").values())) == 7


def test_what_one_student_packed_with_its_folder_stays_one_students(tmp_path):
    members = [(f"ann/{n}.ipynb", BOOK) for n in ("a/x", "b/y", "s1")]
    (tmp_path / "ann.zip").write_bytes(archive(*members))
    assert set(shown(tmp_path / "ann.zip", NUMBERED).values()) == {"ann"}
    (tmp_path / "ann.zip").write_bytes(archive(("a.ipynb", BOOK), ("b.ipynb", BOOK)))
    assert shown(tmp_path / "ann.zip", NUMBERED) == {
        "ann.zip/a": "ann",
        "ann.zip/b": "ann",
    }
    own = ["02a_lesson_pytorch.ipynb", "02b_assignment_pytorch.ipynb", "old.ipynb"]
    put(tmp_path / "class/bob", *own)
    assert set(shown(tmp_path / "class").values()) == {"bob"}


def test_a_file_that_is_no_notebook_is_a_students_who_handed_in_nothing_else(tmp_path):
    put(tmp_path, "s1.txt", "s2", "s3.ipynb", "s3.txt", "s4 notes.txt", "students.csv")
    works, ignored = gather.gather([tmp_path], NUMBERED)
    told = {w.name: (w.owners[0].shown, w.reason) for w in works}
    itself = " Hand in the .ipynb file itself."
    assert told == {
        "s3": ("s3", ""),
        "s1.txt": ("s1", "This is no notebook, but `s1.txt`." + itself),
        "s2": ("s2", "This is no notebook, but `s2`." + itself),
    }
    assert sorted(p.name for p in ignored) == ["s3.txt", "s4 notes.txt", "students.csv"]


def test_the_same_name_in_two_folders_is_two_students(tmp_path):
    name = "02b_assignment_pytorch.ipynb"
    put(tmp_path, f"ann/{name}", f"ben/{name}", f"cem/{name}")
    works, _ = gather.gather([tmp_path / n for n in ("ann", "ben", "cem")])
    assert [w.owners[0].shown for w in works] == ["ann", "ben", "cem"]
    assert len({w.owners[0].key for w in works}) == 3


# ---- names of platforms --------------------------------------------------------------


def owner(layout, top, **more):
    return platforms.owners(layout, top, **more)[0]


def test_moodles_and_canvas_names():
    one = owner("moodle", "Toni-Marie Noel_657_assignsubmission_file_")
    assert one.handles == (
        ("moodle", "657"), ("name", "Toni-Marie Noel"), ("name", "Marie Noel"),
    )  # fmt: skip
    flat = owner("moodle", "Ann Lee_657_assignsubmission_file_hw.ipynb")
    assert flat.back == "Ann Lee_657_assignsubmission_file_"
    one = owner("canvas", "leeann_LATE_12_345_hw-2.ipynb")
    assert (one.key, one.late, one.attempt) == ("canvas 12", True, 2)
    one = owner("canvas", "anon_Ab3x_345_hw.ipynb")
    assert (one.key, one.shown) == ("canvas Ab3x", "anon Ab3x")


@pytest.mark.parametrize(
    ("names", "layout"),
    [
        (["leeann_1_2_x.ipynb", "noelmia_3_4_x.ipynb"], "canvas"),
        (["ann_2026_11_30.ipynb", "ben_2026_11_30.ipynb"], "plain"),  # dates
        (["ann.ipynb", "ben.ipynb"], "plain"),
    ],
)
def test_a_date_in_a_name_is_no_number_of_canvas(names, layout):
    assert platforms.layout_of(names, [], "class", False) == layout


def test_what_repositories_are_called():
    assert platforms.slug(["hw-ann", "hw-ann-b"], "hw-submissions") == "hw-"
    assert platforms.slug(["rnn-02-ann", "rnn-02-abe"], "x") == "rnn-02-"
    assert platforms.slug(["ann", "ben"], "x") == ""


def test_metadata_that_is_odd_tells_nothing():
    for odd in (
        b"",
        b"- 1",
        b"a: [",
        b"\xff",
        b"&a [*a]",
        b"x: !!python/name:os.system",
    ):
        assert platforms.metadata(odd) == {}
    assert owner("gradescope", "submission_1", told={"submission_1": 3}).key == (
        "submission_1"
    )


def test_a_group_has_a_row_each(tmp_path):
    told = b"submission_1:\n  :submitters:\n  - :name: Ann\n    :sid: '1'\n"
    told += b"  - :name: Ben\n    :sid: '2'\n  :created_at: 2026-11-30 10:00:00 Z\n"
    put(tmp_path, "submission_1/x.ipynb")
    (tmp_path / "submission_metadata.yml").write_bytes(told)
    [work], _ = gather.gather([tmp_path])
    assert [o.shown for o in work.owners] == ["Ann", "Ben"]
    assert work.when == "2026-11-30T10:00:00+00:00"


# ---- the roster ----------------------------------------------------------------------

CLASS = Roster(
    [
        Student("17", "Ann Lee", "al@x.org", (("github", "annl"),)),
        Student("18", "Zoë van Dijk", "zd@x.org"),
        Student("19", "Kim Park", "kp1@x.org"),
        Student("20", "Park Kim", "kp2@x.org"),
        Student("21", "Cem Yılmaz", "cy@x.org", (("moodle", "Participant 99"),)),
    ]
)


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (owner("plain", "17.ipynb"), "17"),
        (owner("plain", "hw_17_final.ipynb"), "17"),
        (owner("plain", "117.ipynb"), None),
        (owner("plain", "al@x.org"), "17"),
        (owner("plain", "Lee, Ann"), "17"),
        (owner("plain", "ann"), None),  # a first name is nobody's
        (owner("plain", "kp1 (2).ipynb"), "19"),
        (owner("moodle", "Zoe van Dijk_5_assignsubmission_file_"), "18"),
        (owner("moodle", "Nobody_99_assignsubmission_file_"), "21"),
        (owner("moodle", "Kim Park_5_assignsubmission_file_"), None),  # two of them
        (owner("moodle", "Ann Lee_18_assignsubmission_file_"), "17"),  # not the id 18
        (owner("canvas", "vandijkzoë_5_6_x.ipynb"), "18"),
        (owner("canvas", "leeann_18_6_x.ipynb"), "17"),  # not the id 18
        (owner("github", "hw-annl", start="hw-"), "17"),
    ],
    ids=str,
)
def test_a_student_is_found(one, found):
    student, why = CLASS.find(one)
    assert (student.id if student else None) == found and bool(why) == (found is None)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("id,name,email\n1,Ann,a@x\n2,Ben,\n", ["1", "2"]),
        ("\ufeffEmail address;ID number\r\na@x;7\r\n", ["7"]),
        ("First name\tLast name\tStudent ID\nAnn\tLee\t3\n", ["3"]),
        ("identifier,github_username\n,annl\n", ["annl"]),
        (
            "Student,ID,SIS User ID,SIS Login ID,Section\n"
            "    Points Possible,,,,\nLee\\, Ann,5,u5,annl,A\n",
            ["u5"],
        ),
    ],
)
def test_rosters_as_platforms_export_them(text, ids, tmp_path):
    text = text.replace("Lee\\, Ann", '"Lee, Ann"').replace("identifier,", "name,")
    (tmp_path / "r.csv").write_text(text, "utf-8")
    assert [s.id for s in roster.read(tmp_path / "r.csv").students] == ids


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "names nobody"),
        (b"id,name\n", "names nobody"),
        (b"a,b\n1,2\n", "has the columns a, b"),
        (b"id\n1\n1\n", "the id 1 more than once"),
        (b"\x00\x01", "no CSV"),
        (None, "cannot be read"),
    ],
)
def test_a_bad_roster_is_told_in_a_sentence(content, says, tmp_path):
    if content is not None:
        (tmp_path / "r.csv").write_bytes(content)
    with pytest.raises(BadRoster, match=says):
        roster.read(tmp_path / "r.csv")


# ---- days late -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("over", "grace", "days"),
    [
        (timedelta(minutes=-1), 0, 0),
        (timedelta(0), 0, 0),
        (timedelta(minutes=1), 0, 1),
        (timedelta(minutes=10), 15, 0),
        (timedelta(hours=24), 0, 1),
        (timedelta(hours=24, seconds=1), 0, 2),
    ],
)
def test_days_begun_after_the_due_time(over, grace, days):
    policy = Policy(thirty.DUE, thirty.ZONE, grace)
    assert policy.days(thirty.DUE + over) == days
    assert policy.days(None) is None and policy.days(None, marked=True) == 1


def test_what_being_late_costs():
    policy = Policy(thirty.DUE, free=2, penalty=0.25, most=5)
    found = [policy.deducted(d, 10, 16) for d in (None, 0, 2, 3, 4, 5, 6)]
    assert found == [0, 0, 0, 4, 8, 10, 10]


def test_times_are_read_in_their_zone():
    berlin = ZoneInfo("Europe/Berlin")
    assert lateness.moment("2026-11-30", berlin) == datetime(2026, 12, 1, tzinfo=berlin)
    utc = lateness.moment("2026-11-30 11:00:00 UTC", berlin)
    assert utc == lateness.moment("2026-11-30T12:00", berlin)
    for wrong in ("tomorrow", "30.11.2026", ""):
        with pytest.raises(BadPolicy, match="is no time"):
            lateness.moment(wrong, berlin)
    with pytest.raises(BadPolicy, match="no time zone"):
        lateness.zone("Berlin/Moon")
