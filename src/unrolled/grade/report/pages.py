"""What a learner gets back: a page for each student, in Markdown and in HTML."""

import re

from unrolled.grade import harmless
from unrolled.grade.book.rows import Row, of_results
from unrolled.grade.result import Result, Verdict

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
KINDS = {"right": "right", "not attempted": "open"}  # else wrong: a color and a word
PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --right: #0a6b3d; --wrong: #a3261b; --open: #5f5f5f;
  --soft: #8881; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --right: #6fd3a0; --wrong: #ff9a8d; --open: #b5b5b5; }} }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 1.5rem auto;
  padding: 0 1rem; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.4rem; margin-bottom: 0; }}
.who {{ margin-top: 0; color: var(--open); }}
section {{ border-left: 4px solid; padding-left: .8rem; margin: 1.2rem 0; }}
section > * {{ color: CanvasText; }}
.right {{ border-color: var(--right); }} .wrong {{ border-color: var(--wrong); }}
.open {{ border-color: var(--open); }}
h2 {{ font-size: 1.05rem; margin: 0; }}
.word {{ font-weight: 600; margin: 0; }}
.right .word {{ color: var(--right); }} .wrong .word {{ color: var(--wrong); }}
.open .word {{ color: var(--open); }}
.says {{ margin: .3rem 0; white-space: pre-wrap; }}
code, pre {{ background: var(--soft); border-radius: 3px; }}
code {{ padding: 0 .2em; }}
pre {{ padding: .5rem; overflow-x: auto; font-size: .85rem; overflow-wrap: normal; }}
summary {{ cursor: pointer; }}
</style></head><body>
{body}
</body></html>
"""


def as_markdown(told: Result | Row, name: str = "") -> str:
    """Return the feedback in Markdown; a learner's own text is never a mark.

    `name` is an anonymous id, in place of the student's name.
    """
    row = _row(told)
    result = row.result
    parts = [f"# {_title(result)}"]
    if who := _who(row, told, name):
        parts.append(harmless.block(who))
    parts.append(_score(row))
    parts += [harmless.block(text) for text in decided(row)]
    if result.unreadable:
        parts.append(harmless.block(result.unreadable))
    for v in result.exercises:
        parts.append(f"## {harmless.line(v.name)}: {SIGNS[v.word]}, {_points(row, v)}")
        if v.title:
            parts.append(harmless.block(v.title))
        if v.word in MEANS:
            parts.append(MEANS[v.word])
        if v.says and v.word != "right":
            parts.append(harmless.block(v.says))
        if comment := row.said(v.name):
            parts.append(harmless.block(f"Comment: {comment}"))
        if v.lines and v.word != "right":
            parts += ["Your lines:", harmless.block(v.lines)]
    if result.notes:
        parts += ["## Notes", harmless.block("\n".join(result.notes))]
    return "\n\n".join(parts) + "\n"


def as_html(told: Result | Row, name: str = "") -> str:
    """Return the feedback as a page that runs nothing and loads nothing."""
    row = _row(told)
    result = row.result
    parts = [f"<h1>{harmless.page(_title(result))}</h1>"]
    if who := _who(row, told, name):
        parts.append(f'<p class="who">{harmless.page(who)}</p>')
    parts.append(f"<p>{_score(row)}</p>")
    parts += [f"<p>{harmless.page(text)}</p>" for text in decided(row)]
    if result.unreadable:
        parts.append(f"<p>{harmless.page(result.unreadable)}</p>")
    parts += [_section(row, v) for v in result.exercises]
    if result.notes:
        items = "".join(f"<li>{harmless.page(note)}</li>" for note in result.notes)
        parts.append(f"<h2>Notes</h2><ul>{items}</ul>")
    title = harmless.page(_title(result))
    return PAGE.format(title=re.sub(r"</?code>", "", title), body="\n".join(parts))


def _section(row: Row, v: Verdict) -> str:
    heading = harmless.page(v.title) + " " if v.title else ""
    kind = KINDS.get(v.word, "wrong")
    says = [MEANS.get(v.word, ""), v.says if v.word != "right" else ""]
    parts = [
        f'<section class="{kind}">',
        f"<h2>{heading}<code>{harmless.page(v.name)}</code></h2>",
        f'<p class="word">{SIGNS[v.word]}, {_points(row, v)}</p>',
    ]
    if said := " ".join(filter(None, says)):
        parts.append(f'<p class="says">{harmless.page(said)}</p>')
    if comment := row.said(v.name):
        parts.append(f'<p class="says">Comment: {harmless.page(comment)}</p>')
    if v.lines:
        opened = "" if v.word == "right" else " open"
        code = harmless.code(v.lines)
        parts.append(
            f"<details{opened}><summary>Your lines</summary><pre>{code}</pre></details>"
        )
    return "\n".join([*parts, "</section>"])


def _row(told: Result | Row) -> Row:
    return of_results([told])[0] if isinstance(told, Result) else told


def _who(row: Row, told: Result | Row, name: str) -> str:
    """Return whose page it is; without a class book a result does not know."""
    if name:
        return f"Student {name}"
    student = row.student
    if isinstance(told, Result):
        return ""
    return f"{student.name} ({student.id})" if student.name else student.id


def _title(result: Result) -> str:
    if not result.unit:
        return "assignment: feedback"
    title = f"{result.title} ({result.unit}" if result.title else result.unit
    end = ")" if result.title else ""
    return f"{title}, {result.track}{end}: feedback"


def _points(row: Row, v: Verdict) -> str:
    points = row.of(v)
    hand = " (given by hand)" if v.name in row.changed else ""
    return f"{points:g} of {v.most:g} points{hand}"


def _score(row: Row) -> str:
    result = row.result
    if result.unreadable and "" not in row.changed:
        return "It could not be graded."
    said = f"{row.points:g} of {row.most:g} points ({row.share:.0%})."
    if result.isolation != "bubblewrap":
        said += " Graded WITHOUT a sandbox, with limits only."
    return said


def decided(row: Row) -> list[str]:
    """Return what was taken off, given by hand, or said about the whole."""
    said = []
    days = row.counted.days if row.counted else None
    if days and "" not in row.changed:
        s = "" if days == 1 else "s"
        off = f"{row.deducted:g} points were taken off"
        off = off if row.deducted else "nothing was taken off"
        said.append(f"Handed in {days} day{s} late: {off}.")
    if "" in row.changed:
        said.append("The points were given by hand.")
    if len(row.attempts) > 1:
        # Not by its name: that may be the student's own, on a page that bears none.
        said.append(
            f"Of {len(row.attempts)} attempts, the last that can be graded counts."
        )
    if comment := row.said(""):
        said.append(f"Comment: {comment}")
    return said
