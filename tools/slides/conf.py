"""Settings of the slides' builder, Sphinx with sphinx-revealjs."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from sphinx.writers.html5 import HTML5Translator
from sphinx_revealjs.writers import RevealjsSlideTranslator

HERE = Path(__file__).parent
MATHJAX = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static/mathjax"
# Formulas as drawings need no font, which a page from a USB stick might not load.
USED = ("tex-svg.js", "input/tex/extensions")
project = "Unrolled"
author = "the authors of Unrolled"
copyright = "the authors of Unrolled, CC BY 4.0"
extensions = ["myst_parser", "sphinx.ext.mathjax", "sphinx_revealjs"]
mathjax_path = "mathjax/tex-svg.js"
mathjax3_config = {
    "svg": {"fontCache": "local", "displayAlign": "left", "displayIndent": "1em"},
    "options": {"enableMenu": False, "enableAssistiveMml": False},
}
myst_enable_extensions = ["dollarmath"]
suppress_warnings = ["myst.header"]
revealjs_static_path = [str(HERE / "static")]
revealjs_style_theme = "white"
revealjs_css_files = ["pygments.css", "slides.css"]
revealjs_js_files = ["slides.js"]
revealjs_script_files = ["revealjs/dist/reveal.js"]
revealjs_script_plugins = [
    {"src": "revealjs/plugin/notes/notes.js", "name": "RevealNotes"},
]
revealjs_script_conf = {
    "width": 1280,
    "height": 720,
    "margin": 0.0,
    "center": False,
    "hash": True,
    "controls": False,
    "slideNumber": "c/t",
    "transition": "none",
    "showNotes": False,
    "pdfSeparateFragments": False,
    "pdfMaxPagesPerSlide": 1,
}


class Translator(RevealjsSlideTranslator):
    """Slides whose code is colored when they are built, by Pygments."""

    def visit_literal_block(self, node) -> None:
        """Write a block of code as Sphinx writes it on a page."""
        HTML5Translator.visit_literal_block(self, node)


def setup(app) -> None:
    """Put MathJax beside the decks once they are built."""

    def copy(app, failed) -> None:
        if failed is None and app.builder.name == "revealjs":
            for name in USED:
                target = Path(app.outdir) / "_static/mathjax" / name
                target.parent.mkdir(parents=True, exist_ok=True)
                if (MATHJAX / name).is_dir():
                    shutil.copytree(MATHJAX / name, target, dirs_exist_ok=True)
                else:
                    shutil.copy(MATHJAX / name, target)

    app.connect("build-finished", copy)
    app.set_translator("revealjs", Translator, override=True)
    app.set_html_assets_policy("always")
