"""What differs between two revisions, in words. Nothing here touches a database."""

from typing import Any

import pytest

from destinations.connectors.webhook.declaration import WEBHOOK
from destinations.fields import Choice, FieldSpec
from destinations.wizard.diff import Change, Group, Turn, Vocabulary, difference, in_short, in_words

WORDS = Vocabulary(
    schemes={scheme.key: scheme.label for scheme in WEBHOOK.schemes},
    pages=tuple(spec for page in WEBHOOK.pages for spec in page.fields),
    offers=WEBHOOK.actions,
)


def document(**parts: Any) -> dict[str, Any]:
    return {"connection": None, "scheme": "none", "configuration": {}, "actions": [], **parts}


def action(id: str = "1", name: str = "Contacts", **parts: Any) -> dict[str, Any]:
    return {"id": id, "action_id": f"key-{id}", "name": name, "configuration": {}, "mapping": [], **parts}


def differs(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Change, ...]]:
    return {group.title: group.changes for group in difference(before, after, WORDS)}


def changed(what: str, *turns: Turn) -> Change:
    return Change("changed", what, turns)


def of_rows(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> tuple[Change, ...]:
    found = differs(document(actions=[action(mapping=before)]), document(actions=[action(mapping=after)]))
    assert set(found) <= {"Fields of “Contacts”"}
    return found.get("Fields of “Contacts”", ())


def row(target: str = "email", template: str = "{{lead.email}}", **parts: Any) -> dict[str, Any]:
    return {"target": target, "template": template, **parts}


def test_the_same_does_not_differ() -> None:
    one = document(actions=[action(mapping=[row()])], configuration={"url": "https://a.test"})

    assert difference(one, one, WORDS) == ()
    assert in_short(()) == "No change"


def test_a_row_differs_by_what_it_does_not_by_how_it_is_written() -> None:
    assert of_rows([row(default="", sends="normal")], [row()]) == ()


# --- Authentication and configuration


def test_another_way_to_authenticate() -> None:
    assert differs(document(scheme="bearer", connection="a"), document(scheme="basic", connection="b")) == {
        "Authentication": (
            changed("Way to authenticate", Turn("", "Bearer token", "User name and password")),
        )
    }


def test_of_credentials_only_that_they_are_others() -> None:
    before, after = document(scheme="bearer", connection="a"), document(scheme="bearer", connection="b")

    assert differs(before, after) == {"Authentication": (Change("changed", "Other credentials"),)}


@pytest.mark.parametrize(
    ("before", "after", "what", "was", "now"),
    [
        ({"url": "https://a.test"}, {"url": "https://b.test"}, "URL", "https://a.test", "https://b.test"),
        ({"format": "json"}, {"format": "form"}, "Format", "JSON", "Form"),
        ({"timeout": 10}, {"timeout": 2.5}, "Timeout", "10", "2.5"),
        ({"url": "https://a.test"}, {"url": "https://a.test", "timeout": 20}, "Timeout", "10", "20"),
        ({"search_term": ""}, {"search_term": "ok"}, "The answer must contain", None, "ok"),
        ({"search_term": "ok"}, {"search_term": None}, "The answer must contain", "ok", None),
        ({"headers": [["A", "1"], ["B", "2"]]}, {"headers": [["B", "2"], ["A", "1"]]}, "Headers", "A: 1, B: 2", "B: 2, A: 1"),
        ({"gone": "one"}, {"gone": "two"}, "gone", "one", "two"),
    ],
)  # fmt: skip
def test_a_field_goes_by_its_label_and_its_value_by_its_words(
    before: dict[str, Any], after: dict[str, Any], what: str, was: str | None, now: str | None
) -> None:
    found = differs(document(configuration=before), document(configuration=after))

    (change,) = found["Configuration"]
    assert (change.what, change.turns) == (what, (Turn("", was, now),))
    assert change.kind == ("added" if was is None else "removed" if now is None else "changed")


@pytest.mark.parametrize(
    ("spec", "value", "said"),
    [
        (FieldSpec(key="a", label="A", kind="boolean"), False, "No"),
        (FieldSpec(key="a", label="A", kind="secret"), "s3cret", "Stored, never shown"),
        (FieldSpec(key="a", label="A", kind="secret_pairs"), [["X", "s3cret"]], "Stored, never shown"),
        (FieldSpec(key="a", label="A", kind="choice", choices=(Choice("x", "Ex"),)), "gone", "gone"),
        (FieldSpec(key="a", label="A", kind="target_fields"), [{"key": "age", "type": "integer", "required": True, "label": ""}], "age (Whole number, required)"),
        (FieldSpec(key="a", label="A"), None, ""),
    ],
)  # fmt: skip
def test_values_in_words(spec: FieldSpec, value: Any, said: str) -> None:
    assert in_words(spec, value) == said


def test_headers_differ_one_by_one() -> None:
    before = document(configuration={"headers": [["X-A", "1"], ["X-B", "2"]]})
    after = document(configuration={"headers": [["X-A", "3"], ["X-C", "4"]]})

    assert differs(before, after)["Configuration"] == (
        changed("Headers", Turn("X-A", "1", "3"), Turn("X-C", None, "4"), Turn("X-B", "2", None)),
    )


# --- Actions


def test_fields_of_the_receiver_differ_one_by_one_in_the_words_of_the_page() -> None:
    before = action(configuration={"fields": [{"key": "age", "type": "number"}, {"key": "old"}]})
    now = [
        {"key": "age", "type": "integer", "required": True},
        {"key": "plan", "label": "Plan", "type": "choice", "choices": ["A", "B"], "max_length": 1000},
    ]
    after = action(configuration={"fields": now})

    assert differs(document(actions=[before]), document(actions=[after]))["Actions"] == (
        changed(
            "Contacts",
            Turn("What the receiver takes: age", "Number", "Whole number, required"),
            Turn(
                "What the receiver takes: plan",
                None,
                "Plan, One of a list, at most 1,000 characters, choices: A / B",
            ),
            Turn("What the receiver takes: old", "Text", None),
        ),
    )


def test_actions_that_come_go_and_are_changed() -> None:
    before = document(
        actions=[
            action("1", "One", configuration={"path": "/one"}),
            action("2", "Two", configuration={"path": "/two"}),
            action("3", "Three"),
        ]
    )
    after = document(
        actions=[
            action("1", "Uno", configuration={"path": "/uno"}),
            action("3", "Three"),
            action("4", "Four", configuration={"path": "/four"}),
        ]
    )

    assert differs(before, after) == {
        "Actions": (
            changed("Uno", Turn("Name", "One", "Uno"), Turn("Path", "/one", "/uno")),
            Change("added", "Four", (Turn("Path", None, "/four"),)),
            Change("removed", "Two", (Turn("Path", "/two", None),)),
        )
    }


def test_actions_in_another_order() -> None:
    one, two, three = action("1", "One"), action("2", "Two"), action("3", "Three")

    assert differs(document(actions=[one, two]), document(actions=[two, three, one])) == {
        "Actions": (
            Change("added", "Three"),
            Change("moved", "Order", (Turn("", "One, Two", "Two, One"),)),
        )
    }


def test_a_new_action_comes_with_its_fields() -> None:
    found = differs(document(), document(actions=[action(mapping=[row()])]))

    assert found["Fields of “Contacts”"] == (
        Change("added", "email", (Turn("Source", None, "{{lead.email}}"),)),
    )


# --- Mapping rows


def test_a_row_that_comes_and_one_that_goes() -> None:
    assert of_rows([row("mail", default="none")], [row("email")]) == (
        Change("added", "email", (Turn("Source", None, "{{lead.email}}"),)),
        Change("removed", "mail", (Turn("Source", "{{lead.email}}", None), Turn("Default", "none", None))),
    )


CALIFORNIANS = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "CA"}]}
NESTED = {
    "op": "or",
    "rules": [
        {"lhv": "lead.email", "op": "is not blank"},
        {"op": "and", "rules": [{"lhv": "lead.state", "op": "includes", "rhv": ["CA", "NV"]}]},
    ],
}


@pytest.mark.parametrize(
    ("after", "label", "was", "now"),
    [
        ({"template": "{{lead.email}}!"}, "Source", "{{lead.email}}", "{{lead.email}}!"),
        ({"template": "{{x}}", "literal": True}, "Source", "{{lead.email}}", "the text “{{x}}”"),
        ({"default": "none"}, "Default", None, "none"),
        ({"rule_set": CALIFORNIANS}, "Condition", None, "lead.state is equal to CA"),
        ({"rule_set": NESTED}, "Condition", None, "lead.email is not blank or (lead.state includes CA, NV)"),
        ({"sends": "raw"}, "Sends", None, "always as it was submitted"),
        ({"sends": "valid"}, "Sends", None, "only what is valid"),
    ],
)  # fmt: skip
def test_a_row_that_is_changed(after: dict[str, Any], label: str, was: str | None, now: str) -> None:
    assert of_rows([row()], [row() | after]) == (changed("email", Turn(label, was, now)),)
    assert of_rows([row() | after], [row()]) == (changed("email", Turn(label, now, was)),)


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("abc", "bca", [("a", "1", "3")]),
        ("abc", "cab", [("c", "3", "1")]),
        ("abcd", "badc", 2),
        ("abc", "xabc", 0),
        ("abc", "ac", 0),
        ("ab", "b x a".replace(" ", ""), 1),
    ],
)
def test_as_few_rows_as_can_be_count_as_moved(before: str, after: str, moved: Any) -> None:
    found = of_rows([row(name) for name in before], [row(name) for name in after])
    moves = [
        (change.what, change.turns[0].before, change.turns[0].after)
        for change in found
        if change.kind == "moved"
    ]

    assert moves == moved if isinstance(moved, list) else len(moves) == moved


def test_of_rows_for_the_same_field_the_first_is_compared_with_the_first() -> None:
    first, second = row(template="{{lead.a}}"), row(template="{{lead.b}}")

    assert of_rows([first, second], [first]) == (
        Change("removed", "email", (Turn("Source", "{{lead.b}}", None),)),
    )


def test_many_changes_are_counted_and_the_first_spelt_out() -> None:
    after = document(actions=[action(mapping=[row(f"f{number}") for number in range(450)])])
    (group,) = difference(document(actions=[action()]), after, WORDS)

    assert (group.count, len(group.changes), group.left_out) == (450, 200, 250)
    assert in_short([group]) == "450 changes: Fields of “Contacts”"


# --- Look-up tables


def test_look_up_tables() -> None:
    states = {"name": "States", "rows": [["CA", "California"], ["TX", "Texas"], ["NV", "Nev"]]}
    before = document(tables=[states, {"name": "Old", "rows": [["a", "b"]], "otherwise": "blank"}])
    more = [[f"A{number}", str(number)] for number in range(5)]
    after = document(
        tables=[
            {"name": "States", "rows": [["CA", "California"], ["NV", "Nevada"], *more], "otherwise": "text", "text": "?"},
            {"name": "New", "rows": [["x", "y"]]},
        ]
    )  # fmt: skip

    assert differs(before, after) == {
        "Look-up tables": (
            changed(
                "States",
                Turn("5 rows added", None, "A0 → 0, A1 → 1, A2 → 2 and 2 more"),
                Turn("1 row removed", "TX → Texas", None),
                Turn("1 row changed", "NV → Nev", "NV → Nevada"),
                Turn("Anything else", "stays as it is", "becomes “?”"),
            ),
            Change(
                "added",
                "New",
                (Turn("1 row added", None, "x → y"), Turn("Anything else", None, "stays as it is")),
            ),
            Change(
                "removed",
                "Old",
                (Turn("1 row removed", "a → b", None), Turn("Anything else", "becomes blank", None)),
            ),
        )
    }


def test_in_short() -> None:
    groups = [Group("Configuration", 1, ()), Group("Actions", 2, ())]

    assert in_short(groups) == "3 changes: Configuration, Actions"
    assert in_short(groups[:1]) == "1 change: Configuration"
