"""Whose a submission is, by the folder and file names that a platform gives.

Moodle: `Ann Lee_1234_assignsubmission_file_/x.ipynb`, or all of it in one file name.
Canvas: `leeann_LATE_1234_5678_x-1.ipynb`: the user, the upload, how often.
Gradescope: `submission_1234/x.ipynb`, and `submission_metadata.yml` tells who that is.
GitHub Classroom: `rnn-02-submissions/rnn-02-ann/x.ipynb`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MOODLE = re.compile(
    r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+_?(?P<rest>.*)$"
)
CANVAS = re.compile(
    r"^(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>\d+|(?<=anon_)\w+?|(?<=anon_LATE_)\w+?)"
    r"_(?P<upload>\d+)_(?P<file>.+)$",
    re.IGNORECASE,
)
TIMES = re.compile(r"-(\d{1,3})(?=\.\w+$|\.ipynb)", re.IGNORECASE)
GRADESCOPE = re.compile(r"^submission_(\d+)$")
METADATA = "submission_metadata.yml"
CLONED = "-submissions"  # what `gh classroom clone` adds to an assignment's name
MOST_METADATA = 20 << 20  # bytes
ENDING = re.compile(
    r"(?i)(?<=.)\.(ipynb(\.\w+)?|zip|pdf|py|html?|docx?|odt|rtf|pages)$"
)
AGAIN = re.compile(r"\s*(?:\((\d{1,3})\)|- copy|- Copy)$")  # a browser's second copy


@dataclass(frozen=True)
class Owner:
    """Whose a submission is, as far as its name tells."""

    layout: str
    key: str  # the same for all that one student handed in
    shown: str
    handles: tuple[tuple[str, str], ...]  # (kind, value) by which a roster finds him
    late: bool = False  # the platform says so
    attempt: int = 0
    back: str = ""  # the folder, or the start of the file name, for the way back
    when: str = ""  # the platform's own time of the submission


def layout_of(
    names: Sequence[str], folders: Sequence[str], parent: str, cloned: bool
) -> str:
    """Return whose names these are: of files and folders side by side in a class.

    `cloned`: some of the folders are git repositories.
    """
    if any(GRADESCOPE.match(n) for n in folders) or METADATA in names:
        return "gradescope"
    if any(MOODLE.match(n) for n in names):
        return "moodle"
    if _is_canvas([n for n in names if n not in folders]):
        return "canvas"
    if folders and (parent.endswith(CLONED) or cloned) and slug(folders, parent):
        return "github"
    return "plain"


def _is_canvas(files: Sequence[str]) -> bool:
    """Return whether files are named by Canvas: each user has one number, and back.

    A date, `ann_2026_11_30.ipynb`, looks the same but for that.
    """
    found = [m for m in map(CANVAS.match, files) if m]
    pairs = {(m["name"].casefold(), m["id"]) for m in found}
    ids = {i for _, i in pairs}
    uploads = [m["upload"] for m in found]
    one_each = len(ids) == len(pairs) and len(set(uploads)) == len(uploads)
    return bool(found) and 2 * len(found) > len(files) and one_each


def slug(folders: Sequence[str], parent: str) -> str:
    """Return the assignment's name with which all repositories begin, or nothing."""
    start = parent.removesuffix(CLONED) + "-"
    if parent.endswith(CLONED) and all(f.startswith(start) for f in folders):
        return start
    if len(folders) < 2:
        return ""
    first, last = min(folders), max(folders)  # the others lie between these two
    same = next((i for i, c in enumerate(first) if last[i : i + 1] != c), len(first))
    return first[: first.rfind("-", 0, same) + 1]


def owners(
    layout: str, top: str, start: str = "", told: Mapping[str, Any] | None = None
) -> tuple[Owner, ...]:
    """Return whose a file or folder `top` of a class is; several for a group.

    `start` is what GitHub's names begin with, `told` Gradescope's metadata.
    """
    if layout == "moodle" and (m := MOODLE.match(top)):
        back = top[: m.start("rest")] if m["rest"] else top
        names = [m["name"], m["name"].rpartition("-")[2]]  # `Group A-Ann Lee`
        handles = [("moodle", m["id"]), *(("name", n) for n in names if n)]
        shown = m["name"]
        return (Owner(layout, f"moodle {m['id']}", shown, tuple(handles), back=back),)
    if layout == "canvas" and (m := CANVAS.match(top)):
        again = TIMES.search(m["file"])
        return (
            Owner(
                layout,
                f"canvas {m['id']}",
                m["name"] if m["name"].casefold() != "anon" else f"anon {m['id']}",
                (("canvas", m["id"]), ("letters", m["name"])),
                late=bool(m["late"]),
                attempt=int(again[1]) if again else 0,
                back=top[: m.start("file")],
            ),
        )
    if layout == "gradescope" and told and top in told:
        return _submitters(top, told[top])
    if layout == "github" and top.startswith(start) and top != start:
        user = top.removeprefix(start)
        return (Owner(layout, user, user, (("github", user), ("any", top)), back=top),)
    bare = ENDING.sub("", top)
    again = AGAIN.search(bare)
    n = int(again[1] or 1) if again else 0
    return (Owner("plain", top, bare, (("any", bare),), attempt=n, back=bare),)


def _submitters(top: str, told: Any) -> tuple[Owner, ...]:
    who = told.get(":submitters") if isinstance(told, dict) else None
    when = told.get(":created_at") if isinstance(told, dict) else None
    stamp = when.isoformat() if isinstance(when, datetime) else str(when or "")
    found = []
    for one in who if isinstance(who, list) else ():
        if not isinstance(one, dict):
            continue
        fields = {
            k: str(one.get(f":{k}") or "").strip() for k in ("name", "sid", "email")
        }
        kinds = (("id", "sid"), ("email", "email"), ("name", "name"))
        handles = tuple((kind, fields[k]) for kind, k in kinds if fields[k])
        if handles:
            key, shown = f"gradescope {handles[0][1]}", fields["name"] or handles[0][1]
            found.append(Owner("gradescope", key, shown, handles, back=top, when=stamp))
    return tuple(found) or (Owner("gradescope", top, top, (("any", top),), back=top),)


def metadata(content: bytes) -> dict[str, Any]:
    """Return what Gradescope's metadata tells of each folder; nothing if it is odd."""
    import yaml

    if len(content) > MOST_METADATA:
        return {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = yaml.load(content.decode("utf-8", "replace"), Loader=loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
