"""Draw the splits of the fetched labelled sets: `python tools/draw_splits.py`.

Writes `src/unrolled/data/splits/NAME.json`. The draw is seeded: run again, it writes
the same files. `--check` writes nothing and says which file is not what would be drawn.
"""

import json
import sys
import textwrap

from unrolled import data
from unrolled.data import registry, rows


def drawn(name: str) -> str:
    """Return the file of one set as text: its items, the seed, the rows of the test."""
    found = data.labelled(name, fallback=False)
    _, test = rows.draw(found.inputs, found.labels)
    head = {"set": name, "items": len(found.inputs), "seed": rows.SEED}
    head["classes"] = list(found.classes)
    numbers = textwrap.fill(", ".join(map(str, test)), 88)
    start = json.dumps(head, indent=2).removesuffix("\n}")
    return f'{start},\n  "test": [\n{numbers}\n  ]\n}}\n'


def main() -> int:
    """Write every file, or with `--check` compare; return 1 if one differs."""
    only_check = "--check" in sys.argv[1:]
    stale = 0
    for entry in registry.ENTRIES.values():
        if entry.kind != "labelled" or entry.way == registry.EMBEDDED:
            continue
        path, text = rows.FOLDER / f"{entry.name}.json", drawn(entry.name)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        print(f"{path.name}: {'is not what is drawn' if only_check else 'written'}.")
        if not only_check:
            path.write_text(text, encoding="utf-8")
    return 1 if only_check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
