"""YAML 1.2 for quizzes. PyYAML reads YAML 1.1, which surprises who writes one.

In YAML 1.1 `1e-3` is a text, `012` is 10, `1:30` is 90, `no` is false, and of a key
that stands twice the last one wins. In 1.2: a number, 12, two texts and a fault.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

# The core schema (yaml.org/spec/1.2.2, section 10.3.2), without what no quiz can hold:
# infinity, not-a-number, octal and hexadecimal numbers stay text.
PLAIN = {
    "null": r"(~|null|Null|NULL|)$",
    "bool": r"(true|True|TRUE|false|False|FALSE)$",
    "int": r"[-+]?[0-9]+$",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$",
}


class Loader(yaml.SafeLoader):
    """PyYAML's parser, with the plain values of YAML 1.2."""

    yaml_implicit_resolvers: dict = {}  # noqa: RUF012 (PyYAML's, which it changes)


for name, form in PLAIN.items():
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(form), None)
Loader.add_constructor(
    "tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node))
)


def load(text: str) -> tuple[Any, list[list[str]]]:
    """Return what a text says, and for each item of its list the keys that stand twice.

    Each such key is a sentence. Raises yaml.YAMLError.
    """
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None, []
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        twice = [list(_twice(item)) for item in items]
        return loader.construct_document(node), twice
    finally:
        loader.dispose()


def _twice(node: yaml.Node) -> Iterator[str]:
    if isinstance(node, yaml.MappingNode):
        found = set()
        for key, value in node.value:
            if str(key.value) in found:
                again = f"`{key.value}` twice, again in line {key.start_mark.line + 1}"
                yield f"has the key {again}. Keep one."
            found.add(str(key.value))
            yield from _twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from _twice(inner)
