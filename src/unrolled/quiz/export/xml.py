"""XML written by hand, so that the same quiz is the same bytes, and zip files too."""

import io
import zipfile

from unrolled.quiz.text import escape

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Markup(str):
    """Text that is XML already."""


def tag(name: str, *inside: str, **attributes: str | None) -> Markup:
    """Return an element; plain strings in it are escaped, Markup is not.

    An attribute that is None is left out; `class_` means class.
    """
    named = "".join(
        f' {key.rstrip("_").replace("__", ":")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    content = "".join(x if isinstance(x, Markup) else escape(x) for x in inside)
    if not content:
        return Markup(f"<{name}{named}/>")
    # Only between elements does a line more mean nothing.
    many = len(inside) > 1 and all(isinstance(x, Markup) for x in inside)
    if many:
        content = "\n" + "\n".join(x for x in inside if x) + "\n"
    return Markup(f"<{name}{named}>{content}</{name}>")


def document(root: Markup) -> bytes:
    """Return an XML document."""
    return (HEAD + root + "\n").encode()


def package(files: dict[str, bytes]) -> bytes:
    """Return a zip file; its dates are fixed, so that a build repeats itself."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, content)
    return stream.getvalue()
