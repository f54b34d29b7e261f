"""An answer's body as a tree: every value can be pointed at by the path that finds it again."""

import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from destinations.views.answer_tree import MOST_NODES, Node, tree_of
from leadconduit.leads.values import as_text, lookup
from leadconduit.lib.masking import MASK


def all_nodes(nodes: Iterable[Node]) -> list[Node]:
    return [each for node in nodes for each in (node, *all_nodes(node.children))]


def node_of(body: object) -> Node:
    tree = tree_of(json.dumps(body))
    assert tree is not None
    return all_nodes(tree.nodes)[-1]


@pytest.mark.parametrize("body", ["", "OK", "5", "null", '"text"', "<a/>", "{", "[" * 100_000, "9" * 5000])
def test_what_is_no_object_or_list_has_no_tree(body: str) -> None:
    assert tree_of(body) is None


@pytest.mark.parametrize(
    ("body", "path", "text", "shown"),
    [
        ({"status": "created"}, "status", "created", "“created”"),
        ({"result": {"ok": True}}, "result.ok", "true", "true"),
        ({"errors": [{}, {"message": None}]}, "errors.1.message", "", "null"),
        ([1.5], "0", "1.5", "1.5"),
        ({"list": []}, "list", "", "[]"),
        ({"long": "x" * 300}, "long", "x" * 300, f"“{'x' * 200}…”"),
        ({"a.b": 1}, "", "1", "1"),
        ({"a.b": {"c": 1}}, "", "1", "1"),
        ({"": 1}, "", "1", "1"),
    ],
)
def test_a_value_has_its_path_its_text_and_how_it_is_shown(
    body: object, path: str, text: str, shown: str
) -> None:
    node = node_of(body)

    assert (node.path, node.text, node.shown) == (path, text, shown)


@pytest.mark.parametrize("value", ["", " ", None, "two\nlines", f"key {MASK}", {"a": 1}])
def test_what_no_rule_can_look_for_is_not_offered(value: object) -> None:
    tree = tree_of(json.dumps({"it": value}))

    assert tree is not None
    assert not tree.nodes[0].can_be_told


def test_a_large_answer_is_cut() -> None:
    tree = tree_of(json.dumps({f"f{n}": n for n in range(MOST_NODES + 1)}))

    assert tree is not None
    assert (len(tree.nodes), tree.cut) == (MOST_NODES, True)


def test_a_deep_answer_is_cut() -> None:
    tree = tree_of('{"a":' * 40 + "1" + "}" * 40)

    assert tree is not None
    assert tree.cut


def test_half_a_character_can_still_be_shown() -> None:
    node_of({"\ud800": "\ud800"}).shown.encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=15,
)


@given(JSON)
def test_every_path_finds_the_text_that_stands_there(body: object) -> None:
    tree = tree_of(json.dumps(body))
    nodes = all_nodes(tree.nodes) if tree else []
    assert all(
        as_text(lookup({"body": body}, f"body.{node.path}")) == node.text
        for node in nodes
        if node.path and node.text is not None and "?" not in f"{node.path}{node.text}"
    )
