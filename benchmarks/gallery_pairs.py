"""What opens and closes in a text: brackets, tags, environments."""

import re

SIMPLE = dict(zip(")]}?!", "([{¿¡", strict=True))


def closed(pattern: str, written: str) -> tuple[int, int]:
    """Return how many of the signs that `pattern` finds have their partner, of all.

    A closing sign takes the last open one of its kind; what was opened after that and
    is still open stays without a partner, and so does what is open at the end.
    """
    waiting: list[str] = []
    right = of = 0
    for sign in re.finditer(pattern, written, re.MULTILINE):
        kind, opens = read(sign)
        if opens is None:
            continue
        of += 1
        if opens:
            waiting.append(kind)
        elif kind in waiting:
            while waiting.pop() != kind:
                pass
            right += 2
    return right, of


def read(sign: re.Match) -> tuple[str, bool | None]:
    """Return the kind of a sign, and if it opens; None where it opens and closes.

    A pattern has a group `open` and a group `close` that name the kind, or it finds
    single brackets.
    """
    groups = sign.groupdict()
    if groups:
        opens = groups["open"] is not None
        if opens and groups.get("alone"):
            return groups["open"], None
        kind = groups["open"] if opens else groups["close"]
        return PARTNERS.get(kind, kind), opens
    found = sign[0]
    return SIMPLE.get(found, found), found not in SIMPLE


# Where the closing sign is called otherwise than the opening one.
PARTNERS = {
    "*/": "/*",
    "endif": "if",
    "ifdef": "if",
    "ifndef": "if",
    "]]": "[[",
    "}}": "{{",
}
