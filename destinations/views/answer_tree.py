"""The body of an answer as a tree whose values can be pointed at."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from leadconduit.leads.values import as_text
from leadconduit.lib.masking import MASK

MOST_NODES = 300
MOST_SHOWN = 200
"""Characters of a value."""
DEEPEST = 12


@dataclass(slots=True)
class Node:
    """A value of the answer. `path` is "" where no path can lead to it; `text` is None for what holds others."""

    name: str
    path: str
    text: str | None = None
    shown: str = ""
    kind: str = "string"
    children: list["Node"] = field(default_factory=list)

    @property
    def can_be_told(self) -> bool:
        """May a rule look for this text? What is masked in what is stored is something else in the next answer."""
        text = self.text or ""
        return bool(self.path and text.strip()) and text.isprintable() and MASK not in text


@dataclass(slots=True)
class Tree:
    """`cut`: there is more of it than is shown."""

    nodes: list[Node]
    cut: bool = False


def tree_of(body: str) -> Tree | None:
    """None where the body is no JSON object or list."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict | list):
        return None
    tree = Tree([])
    room = iter(range(MOST_NODES))
    tree.nodes = list(_nodes(value, "", room, tree, 1, reachable=True))
    return tree


def _nodes(
    value: object, above: str, room: Iterator[int], tree: Tree, depth: int, *, reachable: bool
) -> Iterator[Node]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        if next(room, None) is None or depth > DEEPEST:
            tree.cut = True
            return
        name = str(key)
        leads_there = reachable and name != "" and "." not in name
        path = f"{above}.{name}" if above else name
        node = Node(_storable(name), path if leads_there else "")
        if isinstance(inner, dict | list) and inner:
            node.children = list(_nodes(inner, path, room, tree, depth + 1, reachable=leads_there))
        else:
            node.text = _storable(as_text(inner))
            node.kind = _kind(inner)
            node.shown = _shown(inner, node.text)
        yield node


def _storable(text: str) -> str:
    # A lone surrogate, which JSON can write, no page can carry.
    return text.encode("utf-8", "replace").decode()


def _kind(value: object) -> str:
    """As `readable` colours it."""
    if isinstance(value, str):
        return "string"
    return "figure" if isinstance(value, int | float) and not isinstance(value, bool) else "literal"


def _shown(value: object, text: str) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    return f"“{text}”" if len(text) <= MOST_SHOWN else f"“{text[:MOST_SHOWN]}…”"
