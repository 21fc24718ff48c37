"""Settings of the site's builder, Sphinx. It reads what `tools/website` has written."""

from importlib.util import find_spec
from pathlib import Path

from sphinx.util.fileutil import copy_asset

HERE = Path(__file__).parent
# It carries MathJax as files, so that a page asks no other host for it.
MATHJAX = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static/mathjax"
project = "Unrolled"
author = "the authors of Unrolled"
copyright = "the authors of Unrolled, MIT licence"
extensions = ["myst_parser", "sphinx_design", "sphinx.ext.mathjax"]
mathjax_path = "mathjax/tex-chtml.js"
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 4
html_theme = "sphinx_book_theme"
html_title = "Unrolled"
html_static_path = [str(HERE / "static")]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_theme_options = {
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
}
html_show_sourcelink = False
html_context = {"default_mode": "auto"}
html_favicon = str(HERE / "static/icon.svg")


def setup(app) -> None:
    """Put MathJax beside the pages once they are built."""

    def copy(app, failed) -> None:
        if failed is None:
            copy_asset(MATHJAX, Path(app.outdir) / "_static/mathjax")

    app.connect("build-finished", copy)
    app.set_html_assets_policy("always")  # a quiz has formulas that Sphinx does not see
