"""What differs between two documents of a flow, in words."""

from typing import Any

from flows.wording import Credential, Names, changes_between

NAMES = Names({"e1": "Website", "e2": "Checker"}, {"a1": "CRM: Create", "a2": "CRM: Notify"})


def rules(state: str) -> dict[str, Any]:
    return {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": state}]}


def a_filter(id: str = "filt01", **parts: Any) -> dict[str, Any]:
    return {
        "type": "filter",
        "id": id,
        "description": "Area",
        "outcome": "failure",
        "reason": "Too far",
        "rule_set": rules("CA"),
        "enabled": True,
        **parts,
    }


def a_recipient(**mapped: Any) -> dict[str, Any]:
    mappings = [
        {"id": name, "property": name} | (value if isinstance(value, dict) else {"value": value})
        for name, value in {"url": "https://x.example", **mapped}.items()
    ]
    return {
        "type": "recipient",
        "id": "reci01",
        "entity": {"id": "e2"},
        "integration": {"module_id": "leadconduit-custom.outbound.json", "mappings": mappings},
        "rule_set": None,
        "enabled": True,
    }


def a_source(**parts: Any) -> dict[str, Any]:
    return {
        "id": "sour01",
        "entity": {"id": "e1"},
        "enabled": True,
        "integration": {"module_id": "leadconduit-default.inbound", "mappings": []},
        **parts,
    }


def document(**parts: Any) -> dict[str, Any]:
    return {
        "name": "Solar",
        "enabled": True,
        "fields": ["email", "state"],
        "types": {"email": "email", "state": "state"},
        "acceptance_criteria": None,
        "sources": [a_source()],
        "steps": [],
        "destinations": [],
        **parts,
    }


def use(*actions: str, **parts: Any) -> dict[str, Any]:
    return {
        "destination": "d1",
        "actions": [
            {"action": id, "action_id": id, "enabled": True, "rule_set": None, **parts} for id in actions
        ],
    }


def told(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Each change in a line: `Steps: Area changed; Answers: failure → success`."""
    return [
        "; ".join(
            [
                f"{group.title}: {change.what} {change.kind}",
                *(f"{turn.label}: {turn.before or '-'} → {turn.after or '-'}" for turn in change.turns),
            ]
        )
        for group in changes_between(before, after, NAMES)
        for change in group.changes
    ]


def test_nothing_changed_is_nothing() -> None:
    assert told(document(), document()) == []


def test_settings_and_fields() -> None:
    after = document(name="Sun", enabled=False, fields=["state", "phone_1"], types={"state": "string"})

    assert told(document(), after) == [
        "Settings: Name changed; : Solar → Sun",
        "Settings: Takes leads changed; : Yes → No",
        "Fields: email removed",
        "Fields: phone_1 added",
        "Types of fields: state changed; : state → string",
    ]


def test_a_step_that_changed_says_all_of_it_at_once() -> None:
    before = document(steps=[a_filter()])
    after = document(steps=[a_filter(rule_set=rules("TX"), reason="", enabled=False)])

    assert told(before, after) == [
        (
            "Steps: Area changed; Runs: Yes → No; Stops leads where: lead.state is equal to CA → lead.state is"
            " equal to TX; Answers: failure: Too far → failure"
        )
    ]


def test_steps_come_and_go_with_all_that_they_say() -> None:
    steps = [a_filter("aaaaaa", description="Texans"), a_filter("bbbbbb", reason="", notes="Why")]

    assert told(document(steps=steps[:1]), document(steps=steps[1:])) == [
        (
            "Steps: Texans removed; Description: Texans → -; Runs: Yes → -; Stops leads where: lead.state is equal to CA →"
            " -; Answers: failure: Too far → -"
        ),
        (
            "Steps: Area added; Description: - → Area; Runs: - → Yes; Notes: - → Why; Stops leads where: - → lead.state is"
            " equal to CA; Answers: - → failure"
        ),
    ]


def test_a_step_that_moved_says_from_where_to_where() -> None:
    first, second, third = (a_filter(id * 6, description=id) for id in "abc")

    assert told(document(steps=[first, second, third]), document(steps=[second, third, first])) == [
        "Steps: a moved; Place: 1 → 3"
    ]


def test_a_recipients_mappings_and_credentials_which_are_never_shown() -> None:
    before = document(steps=[a_recipient(**{"basic_password": {"sealed": "AAA"}, "json_property.a": "1"})])
    after = document(
        steps=[
            a_recipient(
                **{
                    "basic_password": {"sealed": "BBB"},
                    "json_property.b": {"value": ["{{lead.email}}", None], "rule_set": rules("TX")},
                }
            )
        ]
    )

    assert told(before, after) == [
        (
            "Steps: Checker changed; Password: Stored, never shown → Another one, never shown; Property b: - →"
            " {{lead.email}}, , where lead.state is equal to TX; Property a: 1 → -"
        )
    ]
    assert told(before, before) == []
    assert "AAA" not in str(Credential("AAA"))


def test_a_credential_in_a_url_says_that_it_changed_beside_the_url() -> None:
    before, after = (
        document(
            steps=[a_recipient(url={"value": f"https://x.example{path}?key=********", "sealed": sealed})]
        )
        for path, sealed in (("", "AAA"), ("/b", "BBB"))
    )

    assert told(before, after) == [
        (
            "Steps: Checker changed; URL: https://x.example?key=******** → https://x.example/b?key=********; "
            "URL, credentials: Stored, never shown → Another one, never shown"
        )
    ]


def test_two_mappings_of_one_property_are_told_apart() -> None:
    step = a_recipient()
    step["integration"]["mappings"] += [{"id": "x", "property": "url", "value": "https://y.example"}]

    assert told(document(steps=[a_recipient()]), document(steps=[step])) == [
        "Steps: Checker changed; URL (2): - → https://y.example"
    ]


def test_sources_and_acceptance_criteria() -> None:
    criteria = {
        "acceptance_criteria": {"rule_set": rules("TX"), "outcome": "failure", "reason": "Texas only"}
    }
    other = a_source(entity={"id": "gone", "time_zone": "America/Chicago"})

    assert told(document(), document(**criteria, sources=[a_source(**criteria, enabled=False), other])) == [
        "Acceptance criteria: Accepts leads where added; : - → lead.state is equal to TX",
        "Acceptance criteria: Answers others added; : - → failure: Texas only",
        (
            "Sources: Website changed; Takes leads: Yes → No; Accepts leads where: - → lead.state is equal to TX;"
            " Answers others: - → failure: Texas only"
        ),
        (
            "Sources: A source that is gone added; Takes leads: - → Yes; Asks for a key: - → No; Time zone: - →"
            " America/Chicago"
        ),
    ]


def test_uses_of_destinations() -> None:
    before = document(destinations=[use("a1", "a2")])

    assert told(before, document(destinations=[use("a2", "a1")])) == [
        "Destinations: CRM: Notify moved; Place: 2 → 1"
    ]
    assert told(before, document(destinations=[use("a1", "a2", rule_set=rules("TX"), enabled=False)]))[0] == (
        "Destinations: CRM: Create changed; Delivers: Yes → No; Only where: - → lead.state is equal to TX"
    )
    assert told(before, document(destinations=[use("a1", "a2", independent=True)]))[0] == (
        "Destinations: CRM: Create changed; Waits for its turn: - → No, it is independent"
    )
    assert told(before, document(destinations=[use("a1")])) == [
        "Destinations: CRM: Notify removed; Delivers: Yes → -"
    ]
