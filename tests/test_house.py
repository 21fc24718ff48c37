"""docs/architecture.md shows the house as it stands, and imports go down alone."""

import re

import pytest

import house
from courses import COURSE

SOURCE = COURSE / "src"
PAGE = house.PAGE.read_text("utf-8")


def floors() -> list[set[str]]:
    """Return the names of each floor, as the page gives them."""
    table = re.search(r"<!-- floors -->\n(.*)<!-- /floors -->", PAGE, re.DOTALL)[1]
    cells = [row.split("|")[2] for row in table.splitlines()[2:]]
    return [set(re.findall(r"`(\w+)/?`", cell)) for cell in cells]


def test_the_map_is_the_tree():
    assert house.filled(PAGE) == PAGE, "run python tools/quality/house.py"


def test_every_file_of_the_package_has_a_floor_and_only_one():
    named = sorted(name for floor in floors() for name in floor)
    there = {p.stem for p in (SOURCE / "unrolled").iterdir() if p.name[0].isalpha()}
    assert named == sorted(there)


def above(path, levels: dict[str, int]) -> list[str]:
    """Return what a file imports from a floor above its own."""
    own = levels[path.relative_to(SOURCE / "unrolled").with_suffix("").parts[0]]
    names = (name.split(".") for name in house.imports(path))
    return [".".join(n) for n in names if n[1:] and levels.get(n[1], 0) > own]


def modules() -> list:
    return sorted((SOURCE / "unrolled").glob("*/**/*.py")) + sorted(
        p for p in (SOURCE / "unrolled").glob("*.py") if p.name != "__init__.py"
    )


def test_imports_go_down():
    levels = {name: k for k, floor in enumerate(floors()) for name in floor}
    wrong = {str(p): found for p in modules() if (found := above(p, levels))}
    assert wrong == {}


# The grader, from the ground up. Rooms on one floor do not know each other.
ROOMS = (
    ("child", "harmless", "magics", "result", "storage"),  # files beside the rooms
    ("sandbox", "submission"),
    ("intake", "marking"),
    ("book", "classes"),
    ("report", "options"),
    ("command",),
)


def test_the_rooms_of_the_grader_stand_on_each_other():
    assert len(ROOMS) - 1 <= 5  # floors, above what lies on the ground
    order = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}
    grade = SOURCE / "unrolled/grade"
    there = {p.stem for p in grade.iterdir() if p.name[0].isalpha()}
    assert there == set(order)
    for path in sorted(grade.rglob("*.py")):
        own = path.relative_to(grade).with_suffix("").parts[0]
        for name in house.imports(path):
            room = name.split(".")[2:3]
            if name.startswith("unrolled.grade.") and room and room != [own]:
                below = order.get(own, 0) > order.get(room[0], 0)
                assert below, f"{path} imports {name}"


def test_nothing_else_imports_the_grader():
    for path in modules():
        if "grade" not in path.parts and path.name != "cli.py":
            assert not any(n.startswith("unrolled.grade") for n in house.imports(path))


@pytest.mark.parametrize(
    ("one", "other"), [("backends", "check"), ("check", "backends")]
)
def test_backends_and_checks_do_not_know_each_other(one, other):
    for path in (SOURCE / "unrolled" / one).glob("*.py"):
        assert not any(n.startswith(f"unrolled.{other}") for n in house.imports(path))
