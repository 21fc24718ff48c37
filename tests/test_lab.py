"""JupyterLab in a real browser, where there is one: the pages, the links, the cells.

It needs Playwright's client, `pip install playwright`, and a chromium.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from courses import COURSE
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
    # Four cells run, without a line on stderr, and Jupyter saves only the copy.
    name = os.path.basename(lesson)
    page.locator(f".jp-DirListing-item[title*='{name}']").wait_for()
    page.get_by_role("menuitem", name="Edit").click()
    page.get_by_text("Clear Outputs of All Cells").click()
    shown.locator(".jp-CodeCell").first.click()
    for _ in range(8):  # text cells, too, stand among the first four code cells
        page.keyboard.press("Shift+Enter")
    fourth = shown.locator(".jp-CodeCell").nth(3)
    fourth.locator(".jp-InputPrompt", has_text="[4]:").wait_for()
    assert (
        shown.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    )
    page.keyboard.press("Control+s")
    deadline = time.monotonic() + WAIT / 1000
    stored = (COURSE / lesson).read_bytes()
    while time.monotonic() < deadline and (folder / lesson).read_bytes() == stored:
        time.sleep(0.5)
    assert (folder / lesson).read_bytes() != stored
    assert changed() == before
    page.close()
