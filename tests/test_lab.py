"""JupyterLab in a real browser, where there is one: the pages, the links, the cells.

It needs Playwright's client, `pip install playwright`, and a chromium.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from courses import COURSE
from unrolled.quiz.loading import read
from unrolled.source import layout
from unrolled.source.layout import TRACKS

UNIT = "02-recurrent-cell"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
WAIT = 300_000  # milliseconds: a machine may be busy
CURRENT = "#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current"


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip(
        "playwright.sync_api", reason="no browser looks at JupyterLab: no playwright"
    )
    if CHROMIUM is None:
        pytest.skip("no browser looks at JupyterLab: there is no chromium")
    with api.sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """`make lab`, as it is once everything is installed; yields address and folder."""
    folder = tmp_path_factory.mktemp("un ñandú") / "work"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    asked = ["--no-browser", "--allow-root", f"--port={port}"]
    env = {"UNROLLED_WORKSPACE": str(folder), "JUPYTER_CONFIG_DIR": f"{folder}-config"}
    env["UNROLLED_STATIC"] = "0"  # here somebody can answer a quiz
    process = subprocess.Popen(
        [sys.executable, "tools/lab.py", *asked, "--IdentityProvider.token="],
        cwd=COURSE,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + WAIT / 1000
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/api").close()
            break
        except OSError:
            time.sleep(0.5)
    yield address, folder
    process.send_signal(signal.SIGTERM)
    process.wait(60)


def changed() -> str:
    """Return what git says of the course's files."""
    done = subprocess.run(
        ["git", "status", "--porcelain", "notebooks", "lessons"],
        cwd=COURSE,
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("track", TRACKS)
def test_a_lesson_is_found_read_and_run(browser, server, track):
    address, folder = server
    before = changed()
    page = browser.new_page()
    page.set_default_timeout(WAIT)
    page.goto(f"{address}/")
    started = page.url.rstrip("?")  # JupyterLab may leave an empty query behind
    assert started.endswith("/lab/tree/START.md")
    page.goto(f"{started}?reset")  # without the tabs that the other track left open
    # The first page is the table of units, shown as a page.
    row = page.locator(".jp-RenderedMarkdown tr", has_text="The recurrent cell")
    row.wait_for()
    columns = page.locator(".jp-RenderedMarkdown th").all_inner_texts()
    cell = row.locator("td").nth(columns.index(layout.TITLES[track]))
    cell.get_by_role("link", name="lesson").click()
    lesson = layout.notebook(UNIT, "lesson", track)
    here = page.locator(f"{CURRENT}[title*='Path: {lesson}']")
    here.wait_for()
    other = next(t for t in TRACKS if t != track)
    links = {
        "Read the unit": ":has-text('README.md')",
        f"This lesson in {layout.TITLES[other]}": (
            f"[title*='Path: {layout.notebook(UNIT, 'lesson', other)}']"
        ),
        "The assignment": (
            f"[title*='Path: {layout.notebook(UNIT, 'assignment', track)}']"
        ),
    }
    shown = page.locator(".jp-NotebookPanel:visible")
    for name, title in links.items():
        shown.get_by_role("link", name=name).first.click()
        page.locator(CURRENT + title).wait_for()
        assert page.locator(".jp-Dialog").count() == 0
        if name == "Read the unit":  # as a page, not as its source
            heading = page.locator(".jp-RenderedMarkdown:visible h1")
            heading.filter(has_text="The recurrent cell").wait_for()
        tab = f"#jp-main-dock-panel .lm-TabBar-tab[title*='Path: {lesson}']"
        page.locator(tab).click()
    # A name in the tab and in the list says which of the two notebooks it is.
    assert "lesson" in page.locator(CURRENT).inner_text()[:24]
    answer_the_quiz(page, shown)
    # All cells run, without a line on stderr, and Jupyter saves only the copy.
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    cells = executed(page, folder / lesson)
    assert changed() == before
    kinds = [(o["output_type"], o.get("name")) for c in cells for o in c["outputs"]]
    assert not [k for k in kinds if k[0] == "error" or k[1] == "stderr"]
    page.close()


def answer_the_quiz(page, shown):
    """Run the first cells; answer a question of the quiz wrong, then right."""
    page.get_by_role("menuitem", name="Edit").click()
    page.get_by_text("Clear Outputs of All Cells").click()
    shown.locator(".jp-CodeCell").first.click()
    for _ in range(8):  # text cells, too, stand among the first four code cells
        page.keyboard.press("Shift+Enter")
    shown.locator(".jp-CodeCell").nth(3).locator(
        ".jp-InputPrompt", has_text="[4]:"
    ).wait_for()
    quiz = read(COURSE / "lessons" / UNIT / "quiz.yml")
    asked = next(q for q in quiz.part("before") if q.kind == "single")
    for right in (False, True):
        option = next(o for o in asked.options if o.right == right)
        words = option.text.strip("`")
        shown.locator("label", has_text=words).first.click()
        why = re.sub(r"[`$*].*", "", option.why).strip()
        assert len(why) > 10
        shown.locator(".Feedback", has_text=why).first.wait_for()


def executed(page, path):
    """Wait until the last cell of a notebook was run; return what was then saved."""
    deadline = time.monotonic() + WAIT / 1000
    while time.monotonic() < deadline:
        page.keyboard.press("Control+s")
        time.sleep(1)
        try:
            cells = json.loads(path.read_text("utf-8"))["cells"]
        except ValueError:  # it is being written
            continue
        code = [c for c in cells if c["cell_type"] == "code"]
        if all(c["execution_count"] for c in code):
            return code
    raise AssertionError(f"{path.name} was not run to its end")


@pytest.mark.slow
@pytest.mark.parametrize("track", TRACKS)
def test_a_check_refuses_and_then_accepts(browser, server, track):
    address, _ = server
    name = layout.notebook(UNIT, "assignment", track)
    page = browser.new_page()
    page.set_default_timeout(WAIT)
    page.goto(f"{address}/lab/tree/{name}?reset")
    page.locator(f"{CURRENT}[title*='Path: {name}']").wait_for()
    shown = page.locator(".jp-NotebookPanel:visible")
    answer = shown.locator(".jp-CodeCell", has_text="def step(").first
    check = shown.locator(".jp-CodeCell", has_text="checks.step(step)").first
    right = solution(track)
    # All cells above the answer run; then a wrong answer, and a right one.
    answer.locator(".jp-InputPrompt").click()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Above Selected Cell", exact=True).click()
    for text, said in (
        (right.replace(" + b)", ")"), "The bias is missing. Add"),
        (right, "step: right (7 cases)."),
    ):
        answer.locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text)
        page.keyboard.press("Shift+Enter")
        page.keyboard.press("Shift+Enter")
        check.locator(".jp-OutputArea", has_text=said).wait_for()
    page.close()


def solution(track):
    """Return the cell that solves the first exercise, without its marks."""
    path = COURSE / layout.notebook(UNIT, "solution", track)
    cells = json.loads(path.read_text("utf-8"))["cells"]
    text = next("".join(c["source"]) for c in cells if c.get("id") == "step")
    return "\n".join(line for line in text.splitlines() if "###" not in line)
