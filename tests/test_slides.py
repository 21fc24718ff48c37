"""The slides: a deck builds, fits its slides, asks no other host, keeps its time."""

import re
import shutil

import pytest

from courses import COURSE
from slides import build, deck, handout, page, pull

DECKS = build.decks(COURSE)
UNITS = [path.parent.name for path in DECKS]
WAIT = 300_000  # milliseconds: a machine may be busy
TYPESET = """() => window.MathJax?.startup?.promise && Reveal.isReady()
    && MathJax.startup.promise.then(() => true)"""
# What of a slide, all its steps shown, lies outside it; a wide block may scroll inside.
OUTSIDE = """(k) => {
  const slide = Reveal.getSlides()[k], {h, v} = Reveal.getIndices(slide);
  Reveal.slide(h, v);
  slide.querySelectorAll('.fragment').forEach(f => f.classList.add('visible'));
  const wrong = [], blocks = 'pre, table, ul, ol, p, img, h1, h2, .math, svg';
  for (const one of slide.querySelectorAll(blocks)) {
    if (one.closest('aside')) continue;
    const box = one.getBoundingClientRect();
    if (box.left < 0 || box.top < 0 || box.right > 1270 || box.bottom > 706)
      wrong.push(`${one.tagName} to ${[box.right, box.bottom].map(Math.round)}`);
    if (one.tagName == 'PRE' && one.scrollWidth > one.clientWidth + 1)
      wrong.push(`a block of code is ${one.scrollWidth} wide`);
    if (one.tagName == 'IMG' && !one.naturalWidth) wrong.push(`no picture ${one.src}`);
  }
  return wrong;
}"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("slides") / "slides"
    assert build.build(COURSE, out) == UNITS
    return out


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip(
        "playwright.sync_api", reason="no browser looks at the slides: no playwright"
    )
    if handout.browser() is None:
        pytest.skip("no browser looks at the slides: there is no chromium")
    with api.sync_playwright() as driver:
        yield driver.chromium.launch(
            executable_path=handout.browser(), args=["--no-sandbox"]
        )


@pytest.fixture
def screen(browser):
    """A window of 1280 × 720; `screen.faults` collects what goes wrong in it."""
    window = browser.new_page(viewport={"width": 1280, "height": 720})
    window.set_default_timeout(WAIT)
    window.faults = []
    window.on("pageerror", lambda error: window.faults.append(str(error)))
    window.on(
        "request",
        lambda r: (
            None
            if r.url.startswith(("file:", "data:", "blob:"))
            else window.faults.append(f"asked for {r.url}")
        ),
    )
    window.on(
        "requestfailed", lambda r: window.faults.append(f"could not load {r.url}")
    )
    yield window
    window.close()


def opened(screen, built, unit, asked=""):
    screen.goto((built / f"{unit}.html").as_uri() + asked)
    screen.wait_for_function(TYPESET)
    return screen.evaluate("Reveal.getTotalSlides()")


@pytest.mark.parametrize("unit", UNITS)
def test_every_slide_of_a_deck_fits_and_asks_no_other_host(unit, built, screen):
    slides = opened(screen, built, unit)
    assert slides == len(deck.read(COURSE / deck.label(unit)).slides)
    found = {k + 1: screen.evaluate(OUTSIDE, k) for k in range(slides)}
    assert {k: wrong for k, wrong in found.items() if wrong} == {}
    assert screen.locator("[data-mml-node=merror]").count() == 0
    assert screen.faults == []


def test_a_slide_that_overflows_is_seen(built, screen):
    opened(screen, built, UNITS[0])
    long = "s => s.insertAdjacentHTML('beforeend', '<p>much</p>'.repeat(30))"
    screen.eval_on_selector(".reveal .slides section section", long)
    assert screen.evaluate(OUTSIDE, 0) != []


def test_an_address_with_45_leaves_the_added_slides_out(built, screen):
    unit = UNITS[0]
    short = [s for s in deck.read(COURSE / deck.label(unit)).slides if not s.added]
    assert opened(screen, built, unit, "?45") == len(short)


def test_a_handout_has_a_page_for_each_slide(built, browser):
    loaded = deck.read(COURSE / deck.label("05-lstm"))
    pages = handout.printed(browser, built / "05-lstm.html", built / "05-lstm.pdf")
    pdf = (built / "05-lstm.pdf").read_bytes()
    assert pages == len(loaded.slides)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == len(loaded.slides)


def test_links_in_a_deck_are_relative(built):
    loads = re.compile(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="([^"]+)"')
    for path in built.glob("*.html"):
        for target in loads.findall(path.read_text("utf-8")):
            assert not re.match(r"/|\w+:", target), f"{path.name} loads {target}"
            assert (built / target.partition("?")[0]).is_file(), target


@pytest.mark.parametrize("path", DECKS, ids=UNITS)
def test_every_slide_has_minutes_and_notes_and_they_add_up(path):
    read = deck.read(path)  # raises where a slide has none, or the sums are wrong
    assert 40 <= read.minutes(45) <= 45
    assert 80 <= read.minutes(90) <= 90
    assert all(slide.minutes <= 12 for slide in read.slides)
    assert sum("Board:" in s.notes for s in read.slides) >= 2, "a plan for the board"
    kinds = {found for s in read.slides for found in re.findall(r"\{(\w+) ", str(s))}
    assert {"figure", "quiz", "ask", "output", "code", "mistake", "demo"} <= kinds
    assert kinds & {"table", "measured", "result"}, "numbers over several seeds"
    equations = [s.body for s in read.slides if s.body.count("$$") >= 2]
    stepped = [body for body in equations if page.PAUSE.search(body)]
    assert len(stepped) >= 2 and 2 * len(stepped) >= len(equations), "step by step"
    asked = [s for s in read.slides if re.search(r"\?\**$|\{(ask|quiz) ", s.body, re.M)]
    assert 2 * len(asked) >= len(read.slides), "questions to the room"
    for slide in read.slides:
        said = re.sub(r"\{\w+ [^}]*\}", " ", slide.notes)
        assert len(said.split()) >= 6 or "{" in slide.notes, slide.title


@pytest.fixture
def unit(tmp_path):
    """Return the folder of a unit that a test may spoil."""
    name = "05-lstm"
    shutil.copytree(COURSE / "notebooks", tmp_path / "notebooks")
    return shutil.copytree(COURSE / "lessons" / name, tmp_path / "lessons" / name)


def fault(unit, file, old, new) -> str:
    """Return what the build says after a change of one of the unit's files."""
    text = (unit / file).read_text("utf-8")
    assert old in text
    (unit / file).write_text(text.replace(old, new), encoding="utf-8")
    puller = pull.Puller(unit.parents[1], unit.name, unit / "pictures")
    with pytest.raises(deck.DeckError) as error:
        page.written(deck.read(unit / "slides.md"), puller)
    return str(error.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("lesson.py", "# %% step\n", "# %% one-step\n", "the cell `step`"),
        ("lesson.py", "about-reads [", "about-nudge [", "the text cell `about-reads`"),
        ("README.md", "measured:race ", "measured:run ", "the table `race`"),
        ("README.md", "img/built.svg", "img/cell.svg", "the figure `built.svg`"),
        ("quiz.yml", "id: solved", "id: vanished", "the question `solved`"),
        ("windows.json", "recall of 60", "recall of 6", "`recall of 60 steps`"),
    ],
)
def test_a_name_that_was_changed_is_named_with_what_to_do(unit, file, old, new, said):
    told = fault(unit, file, old, new)
    assert told.startswith("lessons/05-lstm/slides.md: pulls the ")
    assert said in told
    assert "Was it renamed? Write one of these in the deck: `" in told


def test_a_mistake_that_is_worded_anew_is_named(unit):
    told = fault(unit, "mistakes.py", "The gates read the old `c`", "Gates read `c`")
    assert "pulls a mistake of `step`" in told


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Six equations {4 min}", "Six equations", "slide `Six equations`: has no min"),
        ("Six equations {4 min}", "Six equations {9 min}", "45 minutes take 50"),
        ("{figure built.svg}", "{picture built.svg}", "is no mark"),
        ("{code step}", "Read {code step}", "Give it a line of its own"),
        ("\nNote:\n", "\nNotes:\n", "has no speaker notes"),
        ("{code step}", "{code step lines 2-40}", "has 8"),
        ("{output reads}", "{output step}", "has none in the pytorch track"),
        ("{output reads}", "{output reads columns 900-901}", "where nothing stands"),
        ("{code step}", "{code step columns 1-9}", "is not understood"),
    ],
)
def test_a_fault_in_a_deck_is_named_with_what_to_do(unit, old, new, said):
    assert said in fault(unit, "slides.md", old, new)


def test_numbers_are_those_of_the_unit():
    puller = pull.Puller(COURSE, "05-lstm", COURSE / "build")
    assert puller.measured("bias/5/belt", ".2f") == "0.19 to 0.28"
    assert puller.measured("race/LSTM, forget bias 5/60/rate", "") == "0.003"
    assert puller.result("recall of 60 steps", "pytorch").startswith("1 (1 to 1 over")
    with pytest.raises(deck.DeckError, match=r"measured\.json"):
        puller.measured("bias/7/belt", "")


def test_an_output_is_cut_by_lines_and_columns():
    puller = pull.Puller(COURSE, "05-lstm", COURSE / "build")
    whole = puller.output("leak", "pytorch", "").split("\n")[1:-1]
    asked = page.BLOCK.match("{output leak lines 1-2 columns 3-12}")
    cut = page._pulled(asked, puller, []).split("\n")[1:-1]
    assert cut == [line[2:12].rstrip() for line in whole[:2]]
    assert all(cut)


def test_a_number_may_be_broken_over_two_lines():
    puller = pull.Puller(COURSE, "05-lstm", COURSE / "build")
    broken = "At {measured\nbias/5/belt:.2f}, and {result recall of\n60 steps}."
    told = page.INLINE.sub(lambda found: page._number(found, puller), broken)
    assert told.startswith("At 0.19 to 0.28, and 1 (1 to 1 over")
    assert "{" not in told
