"""A PDF of each deck, with the notes of every slide below it, printed by a chromium."""

import shutil
from importlib.util import find_spec
from pathlib import Path

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
WAIT = 120_000  # milliseconds: a machine may be busy
READY = """() => window.MathJax?.startup?.promise && Reveal.isReady()
    && document.querySelector('.pdf-page')"""


def browser() -> str | None:
    """Return the chromium of this machine, if it has one."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def write(out: Path, units: list[str]) -> str:
    """Print the decks in `out` to PDF, beside them; return what to say of it."""
    program = browser()
    if program is None or find_spec("playwright") is None:
        looked = ", ".join(CHROMIUM)
        return (
            "No handout was printed: it takes a chromium (looked for "
            f"{looked}) and Python's playwright, which the extra [dev] brings."
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        for unit in units:
            printed(chromium, out / f"{unit}.html", out / f"{unit}.pdf")
        chromium.close()
    return f"{len(units)} handouts stand beside them, as PDF."


def printed(chromium, deck: Path, target: Path) -> int:
    """Print one deck by a browser of playwright's; return how many slides it has."""
    page = chromium.new_page(viewport={"width": 1280, "height": 720})
    page.set_default_timeout(WAIT)
    page.goto(f"{deck.resolve().as_uri()}?print-pdf&showNotes=separate-page")
    page.wait_for_function(READY)
    page.evaluate("() => MathJax.startup.promise")
    page.pdf(path=target, prefer_css_page_size=True, print_background=True)
    slides = page.locator(".pdf-page").count()
    page.close()
    return slides
