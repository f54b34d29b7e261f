"""What is still missing, and where it is to be put right."""

from destinations import wizard
from destinations.mapping import MappingRow
from leadconduit.accounts.models import User
from tests.destinations.wizard.steps import (
    authenticated,
    begun,
    document_of,
    later,
    name_actions,
    set_up,
)


def missing(destination: object, step: str) -> tuple[str, ...]:
    return wizard.progress(destination).step(step).missing  # type: ignore[arg-type]


def test_a_new_draft_needs_everything_and_nothing_was_begun(adam: User) -> None:
    found = wizard.progress(begun(adam))

    assert [step.complete for step in found.steps] == [False] * 4
    assert [step.begun for step in found.steps] == [False] * 4
    assert (found.next_step.key, found.number) == ("auth", 2)


def test_a_draft_with_all_filled_in_needs_a_test(adam: User) -> None:
    found = wizard.progress(set_up(adam))

    assert found.missing == []
    assert (found.next_step.key, found.number) == ("test", 5)
    assert found.step("test").missing == ("Send a test that succeeds.",)


def test_a_missing_secret_is_named(adam: User) -> None:
    destination = begun(adam)
    authenticated(destination, adam, "bearer")

    assert missing(destination, "auth") == ("Token: Fill this in.",)
    assert wizard.progress(destination).credentials == {"token": "Fill this in."}


def test_the_configuration_is_judged_field_by_field(adam: User) -> None:
    destination = begun(adam)
    wizard.save_configuration(destination=destination, values={"timeout": 400}, by=adam, now=later(1))

    assert wizard.progress(destination).configuration == {"url": "Fill this in.", "timeout": "At most 60."}


def test_there_must_be_an_action(adam: User) -> None:
    assert "Add at least one action." in missing(begun(adam), "configure")


def test_actions_have_names_and_no_two_the_same(adam: User) -> None:
    destination = begun(adam)
    name_actions(destination, adam, "", "Contacts", "contacts")

    found = wizard.progress(destination)

    assert [problems.get("name") for problems in found.actions.values()] == [
        "Fill this in.",
        "Another action has this name: give each its own.",
        "Another action has this name: give each its own.",
    ]
    assert "Action 1, Name: Fill this in." in found.step("configure").missing


def test_each_action_must_map_something(adam: User) -> None:
    destination = set_up(adam, actions=("One", "Two"))
    one = document_of(destination)["actions"][0]["id"]
    wizard.save_mapping(destination=destination, mappings={one: []}, by=adam, now=later(5))

    assert missing(destination, "map") == (
        "One: Map at least one field: without one, nothing of the lead is sent.",
    )


def test_a_row_that_cannot_be_used_is_named(adam: User) -> None:
    destination = set_up(adam)
    action = document_of(destination)["actions"][0]["id"]
    rows = [MappingRow("email", "{{lead.email"), MappingRow("", "x")]
    wizard.save_mapping(destination=destination, mappings={action: rows}, by=adam, now=later(5))

    found = wizard.progress(destination)

    assert [problem[:2] for problem in found.mapping[action]] == [(0, "template"), (1, "target")]
    assert found.step("map").missing[1] == "Contacts, row 2, target: Name the field that receives the value."
