"""The site: it builds without a warning, asks no other host, and works in a browser."""

import functools
import http.server
import re
import shutil
import subprocess
import sys
import threading
import time

import pytest

from courses import COURSE
from unrolled.quiz.loading import read
from unrolled.source import layout

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SITE = COURSE / "build/site"
WAIT = 300_000  # milliseconds: a machine may be busy
UNITS = layout.units(COURSE)
UNIT = "05-lstm"


@pytest.fixture(scope="module")
def site():
    """Build the site anew; yields its folder and the seconds of the processor."""
    shutil.rmtree(SITE, ignore_errors=True)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "tools/website/build.py"],
        cwd=COURSE,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    print(f"The site was built in {time.monotonic() - began:.0f} s.")
    return SITE


@pytest.fixture(scope="module")
def address(site):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip(
        "playwright.sync_api", reason="no browser looks at the site: no playwright"
    )
    if CHROMIUM is None:
        pytest.skip("no browser looks at the site: there is no chromium")
    with api.sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )


@pytest.fixture
def page(browser, address):
    """Return a page that collects what goes wrong in `page.faults`."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.faults = []
    page.on(
        "console",
        lambda m: page.faults.append(m.text) if m.type == "error" else None,
    )
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on(
        "request",
        lambda r: (
            None
            if r.url.startswith((address, "data:", "blob:"))
            else page.faults.append(f"asked for {r.url}")
        ),
    )
    yield page
    context.close()


def html(site):
    return sorted(p for p in site.rglob("*.html") if "_static" not in p.parts)


def test_every_unit_has_its_four_pages_and_both_notebooks(site):
    for unit in UNITS:
        for page in ("README", "lesson", "assignment"):
            assert (site / f"lessons/{unit}/{page}.html").is_file()
        assert (site / f"quizzes/{unit}.html").is_file()
        lesson = (site / f"lessons/{unit}/lesson.html").read_text("utf-8")
        for track in layout.TRACKS:
            name = layout.notebook(unit, "lesson", track).rsplit("/", 1)[1]
            assert re.search(rf'href="[^"]*_downloads/[^"]*{name}"', lesson)
            path = layout.notebook(unit, "lesson", track)
            assert re.search(rf'href="https://colab\.[^"]*/blob/main/{path}"', lesson)
            assert re.search(rf'href="https://mybinder\.[^"]*lab/tree/{path}"', lesson)
        assert 'href="https://codespaces.new/' in lesson


def test_the_capstone_has_its_page_and_one_for_each_notebook(site):
    for page in ("README", *layout.PROJECTS):
        assert (site / f"lessons/capstone/{page}.html").is_file()
    page = (site / "lessons/capstone/README.html").read_text("utf-8")
    assert "Rubric" in page and 'href="equation.html"' in page
    assert 'href="lessons/capstone/README.html"' in (site / "index.html").read_text(
        "utf-8"
    )


def test_no_page_loads_anything_from_another_host(site):
    loads = re.compile(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?:https?:)?//')
    assert [str(p) for p in html(site) if loads.search(p.read_text("utf-8"))] == []


def test_a_result_to_predict_is_folded_and_no_other_is(site):
    text = (site / f"lessons/{UNIT}/lesson.html").read_text("utf-8")
    source = (COURSE / f"lessons/{UNIT}/lesson.py").read_text("utf-8")
    cells = set(re.findall(r"^# %% (\S+) tags=.*\"predicted\"", source, re.M))
    folded = text.count("What came out, after your prediction")
    # Once where the tracks agree, else once in each tab.
    assert len(cells) <= folded <= 2 * len(cells)
    assert "Predicted? Then compare" not in text


def test_every_page_loads_without_a_fault(page, site):
    for path in html(site):
        answer = page.goto(f"/{path.relative_to(site).as_posix()}")
        assert answer.ok
        assert page.faults == [], path


def test_formulas_are_typeset(page):
    for path in (f"lessons/{UNIT}/README.html", f"quizzes/{UNIT}.html"):
        page.goto(f"/{path}")
        page.wait_for_selector("mjx-container mjx-math")
        page.wait_for_function(
            "() => MathJax.startup.promise.then(() => "
            "!/\\\\\\(|\\\\frac|\\\\sigma/.test(document.body.innerText))",
            timeout=60_000,
        )
        assert page.locator("mjx-merror").count() == 0


def test_the_first_page_writes_and_shows_the_map(page):
    page.goto("/index.html")
    page.wait_for_function(
        "() => document.querySelector('pre.writes').textContent.length > 400"
    )
    assert "HAMLET" in page.locator("pre.writes").inner_text()
    links = page.locator(".sd-card a").evaluate_all("all => all.map(a => a.href)")
    for unit in UNITS:
        assert any(unit in link for link in links)
    begin = page.locator("article a.reference[href='#three-paths']").bounding_box()
    assert begin["y"] < 720, "without scrolling"
    assert page.locator("#the-units .sd-card").count() == len(UNITS)
    assert page.locator("#three-paths table tr").count() == 4
    # One search is offered, not one in an empty bar above it too.
    seen = page.locator("button.search-button-field:visible").count()
    assert seen == 1
    assert page.faults == []


def test_a_quiz_says_why_right_and_wrong(page):
    quiz = read(COURSE / "lessons" / UNIT / "quiz.yml")
    single = next(q for q in quiz.questions if q.kind == "single")
    number = next(q for q in quiz.questions if q.kind == "numeric")
    page.goto(f"/quizzes/{UNIT}.html")
    form = page.locator(f'form:has([name="q-{single.when}-{single.id}"])')
    for right, said in (("0", "Not yet"), ("1", "Right")):
        form.locator(f'input[data-right="{right}"]').first.check()
        form.locator("button").click()
        assert said in form.locator(".said").inner_text()
        assert form.locator(".why:visible").count() == 1
        assert len(form.locator(".why:visible").inner_text()) > 10
    form = page.locator(f'form:has([name="q-{number.when}-{number.id}"])')
    for given, said in (
        ("", "Type a number"),
        ("123456.5", "Not yet"),
        (number.options[0].text, "Right"),
    ):
        form.locator("input").fill(given)
        form.locator("button").click()
        assert said in form.locator(".said").inner_text()
    assert page.faults == []


def test_the_track_is_remembered_on_another_page(page):
    page.goto(f"/lessons/{UNIT}/lesson.html")
    page.locator("label.sd-tab-label", has_text="TensorFlow").first.click()
    page.goto("/lessons/06-gru/lesson.html")
    page.wait_for_timeout(500)
    chosen = page.locator("input:checked + label.sd-tab-label").all_inner_texts()
    both = [text for text in chosen if text in layout.TITLES.values()]
    assert both and set(both) == {"TensorFlow"}


def test_the_search_finds_the_forget_gate(page):
    page.goto("/search.html?q=forget+gate")
    page.wait_for_selector("#search-results li a")
    found = page.locator("#search-results li a").all_inner_texts()
    assert any("LSTM" in title for title in found)


def test_a_telephone_shows_a_page_without_scrolling_sideways(browser, address):
    context = browser.new_context(
        base_url=address, viewport={"width": 390, "height": 800}
    )
    page = context.new_page()
    page.set_default_timeout(WAIT)
    for path in (
        "index.html",
        f"lessons/{UNIT}/README.html",
        f"lessons/{UNITS[-1]}/lesson.html",
        f"lessons/{layout.CAPSTONE}/README.html",
        f"quizzes/{UNIT}.html",
    ):
        page.goto(f"/{path}")
        page.wait_for_load_state("networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, path
    context.close()


def test_axe_finds_no_serious_fault(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for path in (
        "index.html",
        f"lessons/{UNIT}/README.html",
        f"lessons/{UNIT}/lesson.html",
        f"lessons/{layout.CAPSTONE}/README.html",
        f"quizzes/{UNIT}.html",
        "results.html",
    ):
        page.goto(f"/{path}")
        page.wait_for_load_state("networkidle")
        found = axe.run(page).response["violations"]
        serious = [
            (v["id"], [n["html"][:120] for n in v["nodes"][:3]])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert serious == [], path
