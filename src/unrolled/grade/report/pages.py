"""What a learner gets back: a page for each submission, in Markdown and in HTML."""

from unrolled.grade.marking.grader import Result
from unrolled.grade.report import harmless

SIGNS = {
    "right": "✓ right",
    "wrong": "✗ wrong",
    "not attempted": "– not attempted",
    "killed": "✗ killed",
    "timed out": "✗ timed out",
    "refused": "✗ refused",
}
MEANS = {
    "killed": "The process that ran it ended, or was ended, before it answered.",
    "timed out": "It took longer than it may.",
    "refused": "What came back was not taken: it was too large, or in no known form.",
}
PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto;
  padding: 0 1rem; }}
code {{ background: #f2f2f2; padding: 0 .2em; }}
h2 {{ font-size: 1.1rem; margin-bottom: .2rem; }}
h2 + p {{ margin-top: 0; white-space: pre-wrap; overflow-wrap: anywhere; }}
</style></head><body>
{body}
</body></html>
"""


def as_markdown(result: Result) -> str:
    """Return the feedback in Markdown; a learner's own text is never a mark."""
    parts = [f"# {_title(result)}", _score(result)]
    if result.unreadable:
        parts.append(harmless.block(result.unreadable))
    for v in result.exercises:
        parts.append(f"## {harmless.line(v.name)}: {SIGNS[v.word]}, {_points(v)}")
        if v.word in MEANS:
            parts.append(MEANS[v.word])
        if v.says and v.word != "right":
            parts.append(harmless.block(v.says))
    if result.notes:
        parts += ["## Notes", harmless.block("\n".join(result.notes))]
    return "\n\n".join(parts) + "\n"


def as_html(result: Result) -> str:
    """Return the feedback as a page that runs nothing and loads nothing."""
    parts = [f"<h1>{harmless.page(_title(result))}</h1>", f"<p>{_score(result)}</p>"]
    if result.unreadable:
        parts.append(f"<p>{harmless.page(result.unreadable)}</p>")
    for v in result.exercises:
        parts.append(f"<h2>{harmless.page(v.name)}: {SIGNS[v.word]}, {_points(v)}</h2>")
        says = [MEANS.get(v.word, ""), v.says if v.word != "right" else ""]
        parts.append(f"<p>{harmless.page(' '.join(filter(None, says)))}</p>")
    if result.notes:
        items = "".join(f"<li>{harmless.page(note)}</li>" for note in result.notes)
        parts.append(f"<h2>Notes</h2><ul>{items}</ul>")
    title = harmless.page(_title(result))
    return PAGE.format(title=title, body="\n".join(parts))


def _title(result: Result) -> str:
    where = f"{result.unit}, {result.track}" if result.unit else "assignment"
    return f"{where}: feedback"


def _points(verdict) -> str:
    return f"{verdict.points:g} of {verdict.most:g} points"


def _score(result: Result) -> str:
    if result.unreadable:
        return "It could not be graded."
    said = f"{result.points:g} of {result.most:g} points ({result.share:.0%})."
    if result.isolation != "bubblewrap":
        said += " Graded WITHOUT a sandbox, with limits only."
    return said
