"""What a flow names and nothing provides where it is named."""

from typing import Any

import pytest

from flows.dependencies import doubts_of

OK = {"lhv": "acme.outcome", "op": "is equal to", "rhv": "success"}


def rules(*lhv: str) -> dict[str, Any]:
    return {"op": "and", "rules": [OK | {"lhv": one} for one in lhv]}


def asked(key: str = "acme", *, id: str = "r", **parts: Any) -> dict[str, Any]:
    mappings = [{"property": "url", "value": "https://x.example"}, *parts.pop("mappings", [])]
    step = {"type": "recipient", "id": id, "key": key, "enabled": True, "rule_set": None}
    return step | {"integration": {"mappings": mappings}} | parts


def judged(*lhv: str, id: str = "f", **parts: Any) -> dict[str, Any]:
    return {"type": "filter", "id": id, "enabled": True, "rule_set": rules(*lhv), "reason": ""} | parts


def document(*steps: dict[str, Any], **parts: Any) -> dict[str, Any]:
    whole = {"fields": ["email", "phone_1"], "sources": [], "steps": list(steps), "destinations": []}
    return whole | {"acceptance_criteria": None} | parts


def source(**parts: Any) -> dict[str, Any]:
    return {"entity": {"id": "e"}, "integration": {"mappings": []}, "enabled": True} | parts


def use(**parts: Any) -> list[dict[str, Any]]:
    return [{"destination": "d", "actions": [{"action": "a", "enabled": True, "rule_set": None} | parts]}]


NAMED = "`acme.outcome` is blank here: "


@pytest.mark.parametrize(
    ("flow", "path", "sentence"),
    [
        (document(judged("acme.outcome")), "steps.0", "Nothing is called `acme.outcome` here"),
        (document(judged("nokey.outcome"), asked()), "steps.0", "Nothing is called `nokey.outcome`"),
        (
            document(judged("acme.outcome"), asked()),
            "steps.0",
            f"{NAMED}step 2, which appends it, comes later.",
        ),
        (
            document(asked(enabled=False), judged("acme.outcome")),
            "steps.1",
            f"{NAMED}step 1, which appends it, is turned off.",
        ),
        (document(asked(rule_set=rules("acme.outcome"))), "steps.0", f"{NAMED}only this step appends it"),
        (
            document(asked(mappings=[{"property": "json_property.a", "value": ["{{lowercase crm.id}}"]}])),
            "steps.0",
            "Nothing is called `crm.id`",
        ),
        (
            document(judged("lead.email", reason="No {{lead.nmae}}")),
            "steps.0",
            "The flow has no field `nmae`: add it under Fields.",
        ),
        (
            document(asked(), acceptance_criteria={"rule_set": rules("acme.outcome"), "reason": ""}),
            "acceptance_criteria",
            f"{NAMED}step 1, which appends it, comes later.",
        ),
        (
            document(sources=[source(acceptance_criteria={"rule_set": rules("lead.state"), "reason": ""})]),
            "sources.0",
            "The flow has no field `state`: add it under Fields.",
        ),
        (
            document(
                asked(),
                sources=[source(integration={"mappings": [{"property": "email", "value": "{{acme.mail}}"}]})],
            ),
            "sources.0",
            "`acme.mail` is blank here: step 1, which appends it, comes later.",
        ),
        (document(destinations=use(rule_set=rules("acme.outcome"))), "destinations.0", "Nothing is called"),
    ],
)
def test_what_nothing_provides_is_said_where_it_is_named(
    flow: dict[str, Any], path: str, sentence: str
) -> None:
    [doubt] = doubts_of(flow)

    assert doubt.path == path
    assert doubt.sentence.startswith(sentence)


@pytest.mark.parametrize(
    "flow",
    [
        document(asked(), judged("acme.outcome", "acme.any.path", "lead.email", "lead.phone_1.area")),
        document(asked(), destinations=use(rule_set=rules("acme.outcome", "submission.ip", "flow.name"))),
        document(asked(mappings=[{"property": "json_property.who", "value": "{{recipient.name}}"}])),
        document(
            judged("acme.outcome", enabled=False), destinations=use(enabled=False, rule_set=rules("x.y"))
        ),
        document(asked(), asked(id="s", enabled=False), judged("acme.outcome")),
        # A source may submit what the flow has no field for, and have a mapping read it.
        document(
            sources=[source(integration={"mappings": [{"property": "email", "value": "{{lead.mail}}"}]})]
        ),
        document(
            sources=[source(enabled=False, acceptance_criteria={"rule_set": rules("x.y"), "reason": ""})]
        ),
    ],
)
def test_what_is_provided_or_does_not_run_is_no_doubt(flow: dict[str, Any]) -> None:
    assert doubts_of(flow) == []


def test_a_destinations_mapping_is_asked_for_answers_of_recipients_alone() -> None:
    rows: list[dict[str, Any]] = [
        {"target": "score", "template": "{{acme.score}} {{lead.of_another_flow}}"},
        {"target": "literally", "template": "{{gone.outcome}}", "literal": True},
    ]

    [doubt] = doubts_of(document(destinations=use()), {"a": rows})

    assert (doubt.id, doubt.is_mapping) == ("a", True)
    assert doubt.sentence.startswith("Nothing is called `acme.score`")
    assert doubts_of(document(asked(), destinations=use()), {"a": rows}) == []


@pytest.mark.parametrize(
    ("row", "is_blank"),
    [
        ({"template": "{{lead.company.name}}"}, True),
        ({"template": "{{uppercase lead.company.name}}"}, True),
        ({"template": "{{lead.company.name}} {{lead.email}}"}, False),
        ({"template": "{{lead.email}}"}, False),
        ({"template": "{{lead.phone_1.area}}"}, False),
        ({"template": "{{lead.company.name}}", "default": "None"}, False),
        ({"template": "{{lead.company.name}}", "literal": True}, False),
        ({"template": "{{source.name}}"}, False),
    ],
)
def test_what_a_receiver_requires_is_not_to_come_of_a_field_that_the_flow_lacks(
    row: dict[str, Any], *, is_blank: bool
) -> None:
    rows = [{"target": "Company", **row}]
    flow = document(destinations=use())

    found = doubts_of(flow, {"a": rows}, {"a": ["Company"]})

    assert doubts_of(flow, {"a": rows}) == []
    assert [doubt.sentence for doubt in found] == [
        "The receiver requires `Company`, and the flow has no field `company.name` for it: add it under Fields."
    ] * is_blank


def in_order(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    """Two actions of one destination, of which the second one's mapping names what the first one returned."""
    actions = [
        {"action": id, "action_id": id, "enabled": True, "rule_set": None} | more
        for id, more in zip(("create.lead", "notify"), parts, strict=True)
    ]
    return [{"destination": "d", "actions": actions}]


ROWS: list[dict[str, Any]] = [{"target": "LeadId", "template": "{{receipts.create.lead.id}}"}]
BLANK = "`receipts.create.lead.id` is blank here: "
NOTHING_RETURNS = f"{BLANK}no action that this one waits for returns it."


def test_what_earlier_actions_of_the_destination_returned_is_no_answer_of_a_recipient() -> None:
    assert doubts_of(document(destinations=in_order({}, {})), {"notify": ROWS}) == []


@pytest.mark.parametrize(
    ("uses", "sentence"),
    [
        (
            in_order({}, {"independent": True}),
            f"{BLANK}this action is independent, and does not wait for what others return.",
        ),
        (in_order({"independent": True}, {}), NOTHING_RETURNS),
        (in_order({"enabled": False}, {}), NOTHING_RETURNS),
        ([{"destination": "d", "actions": in_order({}, {})[0]["actions"][::-1]}], NOTHING_RETURNS),
    ],
)
def test_a_receipt_that_the_order_of_the_flow_does_not_give_is_blank(
    uses: list[dict[str, Any]], sentence: str
) -> None:
    [doubt] = doubts_of(document(destinations=uses), {"notify": ROWS})

    assert (doubt.id, doubt.sentence, doubt.is_mapping) == ("notify", sentence, True)


def test_the_same_is_said_once_of_a_step() -> None:
    assert len(doubts_of(document(judged("lead.state", "lead.state", reason="{{lead.state}}")))) == 1
