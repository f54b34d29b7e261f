"""What a flow may be."""

from typing import Any

import pytest

from flows import definition
from flows.definition import InvalidFlow
from leadconduit.accounts.models import Account
from tests.factories import (
    DestinationFactory,
    EntityFactory,
    filter_step,
    flow_body,
    source_of,
    use_of,
)

RULE = {"lhv": "lead.state", "op": "is equal to", "rhv": "CA"}


def errors(body: object, account: Account, before: definition.Document | None = None) -> dict[str, str]:
    with pytest.raises(InvalidFlow) as refusal:
        definition.read(body, account=account, before=before)
    return refusal.value.errors


# --- What it becomes


def test_the_smallest_flow_becomes_a_document(acme: Account) -> None:
    assert definition.read(flow_body(), account=acme) == {
        "name": "Sales Leads",
        "enabled": True,
        "fields": ["email"],
        "types": {"email": "email"},
        "acceptance_criteria": None,
        "sources": [],
        "steps": [],
        "destinations": [],
    }


def test_a_filter_gets_ids_and_every_part(acme: Account) -> None:
    step = definition.read(flow_body(steps=[filter_step()]), account=acme)["steps"][0]

    rule = step["rule_set"]["rules"][0]
    assert {len(step["id"]), len(step["rule_set"]["id"]), len(rule["id"])} == {6}
    assert step == {
        "type": "filter",
        "id": step["id"],
        "description": "",
        "notes": "",
        "reason": "Not in our area",
        "outcome": "failure",
        "rule_set": {"id": step["rule_set"]["id"], "op": "or", "rules": [{"id": rule["id"], **RULE}]},
        "enabled": True,
    }


def test_an_id_inside_a_flow_is_kept_once(acme: Account) -> None:
    steps = [
        filter_step(id="abc123"),
        filter_step(id="abc123"),
        filter_step(id="not an id"),
        filter_step(id=7),
    ]

    ids = [step["id"] for step in definition.read(flow_body(steps=steps), account=acme)["steps"]]

    assert ids[0] == "abc123"
    assert len(set(ids)) == 4
    assert all(len(id) == 6 for id in ids)


def test_the_same_flow_with_other_ids_is_no_change(acme: Account) -> None:
    body = flow_body(steps=[filter_step(), filter_step(outcome="error")])
    before = definition.read(body, account=acme)

    assert definition.read(body, account=acme, before=before) is before


def test_true_in_place_of_one_is_a_change(acme: Account) -> None:
    one, true = (flow_body(steps=[filter_step({**RULE, "rhv": rhv})]) for rhv in (1, True))
    before = definition.read(one, account=acme)

    after = definition.read(true, account=acme, before=before)

    assert after["steps"][0]["rule_set"]["rules"][0]["rhv"] is True


def test_another_entity_is_a_change(acme: Account) -> None:
    first, second = EntityFactory.create(account=acme), EntityFactory.create(account=acme)
    before = definition.read(flow_body(sources=[source_of(first)]), account=acme)

    after = definition.read(flow_body(sources=[source_of(second)]), account=acme, before=before)

    assert after["sources"][0]["entity"] == {"id": second.pk}


def test_a_source_keeps_any_module_and_only_what_its_entity_does_not_say(acme: Account) -> None:
    entity = EntityFactory.create(account=acme, time_zone="America/Chicago")
    sources = [
        source_of(
            entity,
            integration={"module_id": "anything at all", "mappings": []},
            entity={"id": entity.pk.upper(), "name": "Ignored", "time_zone": "America/Chicago"},
            caps=None,
            authentication_required=False,
        )
    ]

    source = definition.read(flow_body(sources=sources), account=acme)["sources"][0]

    assert source.pop("id")
    assert source == {
        "integration": {"module_id": "anything at all", "mappings": []},
        "entity": {"id": entity.pk},
        "enabled": True,
        "authentication_required": False,
        "acceptance_criteria": None,
    }


def mapped(account: Account, *mappings: Any) -> dict[str, Any]:
    integration = {"module_id": "any", "mappings": list(mappings)}
    return source_of(EntityFactory.create(account=account), integration=integration)


def test_a_sources_mappings_are_kept_as_they_are_written_and_get_ids(acme: Account) -> None:
    written: list[dict[str, Any]] = [
        {"property": "first_name", "value": "{{lead.fname}}"},
        {"property": "lead.company.name", "value": ["{{lead.a}}", None, "b"]},
        {"property": "state", "value": None, "rule_set": None},
        {"property": "price", "value": 2.5, "rule_set": {"op": "or", "rules": [RULE]}, "id": "abc123"},
    ]

    read = definition.read(flow_body(sources=[mapped(acme, *written)]), account=acme)["sources"][0]

    mappings = read["integration"]["mappings"]
    assert [(mapping["property"], mapping["value"]) for mapping in mappings] == [
        (mapping["property"], mapping["value"]) for mapping in written
    ]
    assert all(len(mapping["id"]) == 6 for mapping in mappings)
    assert mappings[3]["id"] == "abc123"
    assert mappings[3]["rule_set"]["rules"][0]["lhv"] == "lead.state"
    assert not any("rule_set" in mapping for mapping in mappings[:3])


def test_a_flow_that_was_saved_before_sources_had_mappings_is_no_other_flow(acme: Account) -> None:
    body = flow_body(sources=[source_of(EntityFactory.create(account=acme))])
    before = definition.read(body, account=acme)
    del before["sources"][0]["authentication_required"], before["sources"][0]["integration"]["mappings"]

    assert definition.read(body, account=acme, before=before) is before


def test_a_source_that_must_show_a_key_says_so(acme: Account) -> None:
    source = source_of(EntityFactory.create(account=acme), authentication_required=True)
    before = definition.read(flow_body(sources=[source]), account=acme)

    after = definition.read(
        flow_body(sources=[source | {"authentication_required": False}]), account=acme, before=before
    )

    assert before["sources"][0]["authentication_required"] is True
    assert after["sources"][0]["authentication_required"] is False


@pytest.mark.parametrize(
    ("mappings", "path", "sentence"),
    [
        ("x", "", "This must be a list."),
        (["x"], "0", "This must be an object."),
        ([{"value": ""}], "0.property", "This is required: a text."),
        ([{"property": "a"}], "0.value", "This is required: a template, a list of them, a number, or null."),
        (
            [{"property": "a b", "value": ""}],
            "0.property",
            "`a b` is no name: write words with dots between them.",
        ),
        (
            [{"property": "a.", "value": ""}],
            "0.property",
            "`a.` is no name: write words with dots between them.",
        ),
        ([{"property": "a", "value": "{{x"}], "0.value", "The braces `{{` are never closed by `}}`."),
        ([{"property": "a", "value": True}], "0.value", "This must be a text."),
        ([{"property": "a", "value": {}}], "0.value", "This must be a text."),
        (
            [{"property": "a", "value": "\0"}],
            "0.value",
            "This holds a character that no text of ours can keep.",
        ),
        ([{"property": "a", "value": 1e300}], "0.value", "This number is too large to be kept exactly."),
        ([{"property": "a", "value": []}], "0.value", "A list of values has 1 to 500 items."),
        ([{"property": "a", "value": ["a", 1]}], "0.value.1", "This must be a text."),
        ([{"property": "a", "value": ["{{x"]}], "0.value.0", "The braces `{{` are never closed by `}}`."),
        ([{"property": "a", "value": "", "op": 1}], "0.op", "`op` is not a property of a mapping."),
        (
            [{"property": "a", "value": "", "rule_set": {"op": "and", "rules": []}}],
            "0.rule_set.rules",
            "A rule set has at least one rule.",
        ),
    ],
)
def test_a_mistake_in_a_mapping_is_named_by_its_path(
    acme: Account, mappings: object, path: str, sentence: str
) -> None:
    source = source_of(
        EntityFactory.create(account=acme), integration={"module_id": "a", "mappings": mappings}
    )

    found = errors(flow_body(sources=[source]), acme)

    assert found == {f"sources.0.integration.mappings.{path}".rstrip("."): sentence}


def test_whether_a_key_must_be_shown_is_true_or_false(acme: Account) -> None:
    source = source_of(EntityFactory.create(account=acme), authentication_required="yes")

    assert errors(flow_body(sources=[source]), acme) == {
        "sources.0.authentication_required": "This must be true or false."
    }


def test_a_time_zone_of_its_own_is_kept(acme: Account) -> None:
    entity = EntityFactory.create(account=acme)
    source = source_of(entity, entity={"id": entity.pk, "time_zone": "America/Denver"})

    read = definition.read(flow_body(sources=[source]), account=acme)["sources"][0]

    assert read["entity"]["time_zone"] == "America/Denver"


def test_what_says_nothing_may_stand_there_although_nothing_runs_it(acme: Account) -> None:
    silent: dict[str, Any] = {
        "caps": None,
        "ping_enabled": False,
        "ping_limits": [],
        "firehose": {},
    }

    document = definition.read(flow_body(**silent), account=acme)

    assert not silent.keys() & document.keys()


def test_read_only_properties_are_ignored(acme: Account) -> None:
    read_only = {"id": "x", "errors": {"a": 1}, "created_at": 5, "updated_at": None}

    assert definition.read(flow_body(**read_only), account=acme)["name"] == "Sales Leads"


# --- What is refused


@pytest.mark.parametrize("name", definition.FLOW_LATER)
def test_a_property_of_a_flow_that_nothing_runs_is_refused_by_name(acme: Account, name: str) -> None:
    assert errors(flow_body(**{name: {"anything": 1}}), acme) == {name: f"`{name}` is not supported yet."}


@pytest.mark.parametrize("name", definition.SOURCE_LATER)
def test_a_property_of_a_source_that_nothing_runs_is_refused_by_name(acme: Account, name: str) -> None:
    source = source_of(EntityFactory.create(account=acme), **{name: "something"})

    assert errors(flow_body(sources=[source]), acme) == {
        f"sources.0.{name}": f"`{name}` is not supported yet."
    }


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("name", {"name": None}, "This is required: a text."),
    ("name", {"name": "  "}, "This must not be blank."),
    ("name", {"name": "x" * 201}, "This has at most 200 characters."),
    ("name", {"name": 7}, "This must be a text."),
    ("name", {"name": "a\ud800"}, "This holds a character that no text of ours can keep."),
    ("enabled", {"enabled": None}, "This must be true or false."),
    ("enabled", {"enabled": "yes"}, "This must be true or false."),
    ("fields", {"fields": None}, "This must be a list."),
    ("fields", {"fields": ["a"] * 1001}, "This list has at most 1000 items."),
    ("fields.1", {"fields": ["email", 7]}, "This must be a text."),
    ("fields.1", {"fields": ["email", "email"]}, "`email` is in the list twice."),
    ("sources", {"sources": {}}, "This must be a list."),
    ("sources.0", {"sources": ["x"]}, "This must be an object."),
    ("steps", {"steps": None}, "This must be a list."),
    ("steps.0", {"steps": [None]}, "This must be an object."),
    ("steps.0.type", {"steps": [{}]}, "A step's type must be `filter` or `recipient`."),
    ("steps.0.type", {"steps": [{"type": ["filter"]}]}, "A step's type must be `filter` or `recipient`."),
    (
        "steps.0.outcome",
        {"steps": [filter_step(outcome="no")]},
        "This must be one of `success`, `failure`, `error`.",
    ),
    (
        "steps.0.description",
        {"steps": [filter_step(description="x" * 121)]},
        "This has at most 120 characters.",
    ),
    ("steps.0.notes", {"steps": [filter_step(notes="x" * 2001)]}, "This has at most 2,000 characters."),
    (
        "steps.0.reason",
        {"steps": [filter_step(reason="{{lead.state")]},
        "The braces `{{` are never closed by `}}`.",
    ),
    ("steps.0.caps", {"steps": [filter_step(caps=[1])]}, "`caps` is not a property of a filter step."),
    ("destinations", {"destinations": None}, "This must be a list."),
    ("destinations.0", {"destinations": ["x"]}, "This must be an object."),
    ("destinations.0.instance_id", {"destinations": [{}]}, "This is required: a text."),
    ("colour", {"colour": "red"}, "`colour` is not a property of a flow."),
]


@pytest.mark.parametrize(("path", "parts", "sentence"), WRONG)
def test_a_mistake_is_named_by_its_path(
    acme: Account, path: str, parts: dict[str, Any], sentence: str
) -> None:
    assert errors(flow_body(**parts), acme)[path] == sentence


@pytest.mark.parametrize("key", ["name", "enabled", "fields", "sources", "steps"])
def test_what_every_flow_has_is_required(acme: Account, key: str) -> None:
    body = flow_body()
    del body[key]

    assert list(errors(body, acme)) == [key]


@pytest.mark.parametrize(
    ("rule_set", "path"),
    [
        (None, "steps.0.rule_set"),
        ({"op": "xor", "rules": [RULE]}, "steps.0.rule_set.op"),
        ({"op": "or", "rules": []}, "steps.0.rule_set.rules"),
        ({"op": "or", "rules": [RULE, {**RULE, "op": "is nearly"}]}, "steps.0.rule_set.rules.1.op"),
        ({"op": "or", "rules": [{"op": "and", "rules": []}]}, "steps.0.rule_set.rules.0.rules"),
        (
            {"op": "or", "rules": [{**RULE, "rule_set": {"op": "or", "rules": [{**RULE, "rhv": 1e30}]}}]},
            "steps.0.rule_set.rules.0.rule_set.rules.0.rhv",
        ),
        ({"op": "or", "rules": [{**RULE, "rhv": 1e30}]}, "steps.0.rule_set.rules.0.rhv"),
    ],
)
def test_a_rule_that_cannot_run_is_named_by_its_path(acme: Account, rule_set: object, path: str) -> None:
    assert list(errors(flow_body(steps=[filter_step(rule_set=rule_set)]), acme)) == [path]


def test_rule_sets_inside_others_are_kept_with_their_ids(acme: Account) -> None:
    inner = {"id": "inner1", "op": "and", "rules": [{"id": "rule01", **RULE}]}
    of_a_rule = {"id": "inner2", "op": "or", "rules": [{"id": "rule02", **RULE}]}
    rules = [inner, {"id": "rule03", **RULE, "rule_set": of_a_rule}]
    rule_set = {"id": "outer1", "op": "or", "rules": rules}

    document = definition.read(flow_body(steps=[filter_step(rule_set=rule_set)]), account=acme)

    assert document["steps"][0]["rule_set"] == rule_set


@pytest.mark.parametrize("body", [None, [], "flow", 7])
def test_what_is_no_object_is_no_flow(acme: Account, body: object) -> None:
    assert errors(body, acme) == {"": "A flow is a JSON object."}


def test_every_mistake_is_found_and_the_sentence_names_the_first(acme: Account) -> None:
    with pytest.raises(InvalidFlow) as refusal:
        definition.read(flow_body(name="", steps=[filter_step(outcome=None)]), account=acme)

    assert list(refusal.value.errors) == ["name", "steps.0.outcome"]
    assert (
        str(refusal.value) == "The flow is not valid at `name`: This must not be blank. (1 more in `errors`.)"
    )


# --- Sources name entities


@pytest.mark.parametrize("id", ["0" * 24, "x", "", None, 7, "a\0b"])
def test_an_unknown_entity_is_refused(acme: Account, id: object) -> None:
    source = source_of(EntityFactory.create(account=acme), entity={"id": id})

    assert list(errors(flow_body(sources=[source]), acme)) == ["sources.0.entity.id"]


def test_an_entity_of_another_account_is_as_unknown(acme: Account, elsewhere: Account) -> None:
    source = source_of(EntityFactory.create(account=elsewhere))

    assert list(errors(flow_body(sources=[source]), acme)) == ["sources.0.entity.id"]


def test_an_entity_is_a_source_once(acme: Account) -> None:
    entity = EntityFactory.create(account=acme, name="Leads Inc")

    found = errors(flow_body(sources=[source_of(entity), source_of(entity)]), acme)

    assert found == {
        "sources.1.entity.id": "`Leads Inc` is a source of this flow already: an entity stands there once."
    }


# --- Destinations


def read_uses(entries: list[Any], account: Account, before: list[Any] | None = None) -> list[dict[str, Any]]:
    kept = definition.read(flow_body(destinations=before), account=account) if before else None
    read: list[dict[str, Any]] = definition.read(
        flow_body(destinations=entries), account=account, before=kept
    )["destinations"]
    return read


AS_USUAL = {"enabled": True, "rule_set": None, "independent": False}


def test_a_destination_is_kept_by_its_row_with_its_actions_in_order(acme: Account) -> None:
    destination = DestinationFactory.create(account=acme, actions=["Contacts", "Deals"])
    contacts, deals = destination.actions.order_by("position")

    read = read_uses([use_of(destination, "deals", "contacts")], acme)

    assert read == [
        {
            "destination": destination.pk,
            "actions": [
                {"action": deals.pk, "action_id": "deals", **AS_USUAL},
                {"action": contacts.pk, "action_id": "contacts", **AS_USUAL},
            ],
        }
    ]


def test_the_only_action_need_not_be_named(acme: Account) -> None:
    destination = DestinationFactory.create(account=acme, actions=["Contacts"])

    read = read_uses([{"instance_id": destination.instance_id}], acme)

    assert [action["action_id"] for action in read[0]["actions"]] == ["contacts"]


def test_an_object_of_the_destination_list_can_be_put_there_as_it_is(acme: Account) -> None:
    destination = DestinationFactory.create(account=acme)
    entry = {
        "name": "Other",
        "integration_name": "Other",
        "integration_icon_url": "https://x",
        "instance_id": destination.instance_id,
        "actions": [{"name": "Other", "action_id": "contacts", "webhook_url": "https://x"}],
        "flow_usages": {"count": 0, "flows": []},
    }

    assert read_uses([entry], acme)[0]["destination"] == destination.pk


def test_settings_of_a_use_are_kept_where_they_are_left_out(acme: Account) -> None:
    destination = DestinationFactory.create(account=acme)
    rule_set = {"op": "and", "rules": [RULE]}

    before = [use_of(destination, enabled=False, rule_set=rule_set, independent=True)]
    action = read_uses([use_of(destination)], acme, before)[0]["actions"][0]

    assert (action["enabled"], action["independent"]) == (False, True)
    assert action["rule_set"]["rules"][0]["rhv"] == "CA"


def test_null_takes_a_setting_of_a_use_away(acme: Account) -> None:
    destination = DestinationFactory.create(account=acme)
    rule_set = {"op": "and", "rules": [RULE]}

    before = [use_of(destination, enabled=False, rule_set=rule_set, independent=True)]
    entry = use_of(destination, enabled=None, rule_set=None, independent=None)
    action = read_uses([entry], acme, before)[0]["actions"][0]

    assert action == {key: action[key] for key in ("action", "action_id")} | AS_USUAL


def test_what_says_the_same_as_a_flow_of_before_makes_no_revision(acme: Account) -> None:
    destination = DestinationFactory.create(account=acme)
    kept = definition.read(flow_body(destinations=[use_of(destination)]), account=acme)
    del kept["destinations"][0]["actions"][0]["independent"]

    same = flow_body(destinations=[use_of(destination, independent=False)])

    assert definition.read(same, account=acme, before=kept) is kept


@pytest.mark.parametrize("value", ["yes", 1, {}, []])
def test_independent_is_true_or_false(acme: Account, value: object) -> None:
    destination = DestinationFactory.create(account=acme)

    found = errors(flow_body(destinations=[use_of(destination, independent=value)]), acme)

    assert found == {"destinations.0.actions.0.independent": "This must be true or false."}


def test_no_destinations_property_leaves_them_as_they_are(acme: Account) -> None:
    before = definition.read(
        flow_body(destinations=[use_of(DestinationFactory.create(account=acme))]), account=acme
    )

    after = definition.read(flow_body(name="Renamed"), account=acme, before=before)

    assert after["destinations"] == before["destinations"]


def test_an_empty_list_takes_all_destinations_away(acme: Account) -> None:
    before = [use_of(DestinationFactory.create(account=acme))]

    assert read_uses([], acme, before) == []


def test_a_paused_destination_can_be_attached(acme: Account) -> None:
    destination = DestinationFactory.create(account=acme)
    destination.lane.pause()

    assert read_uses([use_of(destination)], acme)


def test_a_draft_or_a_deleted_or_a_foreign_destination_is_unknown(acme: Account, elsewhere: Account) -> None:
    draft = DestinationFactory.create(account=acme, draft=True)
    foreign = DestinationFactory.create(account=elsewhere)
    deleted = DestinationFactory.create(account=acme)
    deleted.deleted_at = deleted.created_at
    deleted.save()
    entries = [{"instance_id": one.instance_id} for one in (draft, foreign, deleted)]

    found = errors(flow_body(destinations=[*entries, {"instance_id": "a\0b"}]), acme)

    assert found["destinations.1.instance_id"] == (
        f"This account has no destination with the instance_id `{foreign.instance_id}`."
    )
    assert list(found) == [f"destinations.{index}.instance_id" for index in range(4)]


def test_a_destination_stands_in_a_flow_once(acme: Account) -> None:
    destination = DestinationFactory.create(account=acme, name="CRM", actions=["Contacts", "Deals"])
    entries = [use_of(destination, "contacts"), use_of(destination, "deals")]

    assert errors(flow_body(destinations=entries), acme) == {
        "destinations.1.instance_id": "`CRM` stands in this flow twice: list its actions in one entry."
    }


def test_what_is_wrong_with_actions_is_named(acme: Account) -> None:
    destination = DestinationFactory.create(account=acme, name="CRM", actions=["Contacts", "Deals"])
    instance_id = destination.instance_id

    def found(**entry: Any) -> dict[str, str]:
        return errors(flow_body(destinations=[{"instance_id": instance_id, **entry}]), acme)

    assert found() == {
        "destinations.0.actions": "`CRM` has 2 actions: name those that this flow uses.",
    }
    assert found(actions=[]) == {
        "destinations.0.actions": "Name at least one action of `CRM`, or leave the destination out.",
    }
    assert found(actions=[{"action_id": "deals"}, {"action_id": "deals"}]) == {
        "destinations.0.actions.1.action_id": "The action `deals` of `CRM` is listed twice.",
    }
    assert found(actions=[{"action_id": "nope"}]) == {
        "destinations.0.actions.0.action_id": "`CRM` has no action with the action_id `nope`.",
    }
    assert found(actions=[{"action_id": "deals", "mappings": []}]) == {
        "destinations.0.actions.0.mappings": "`mappings` is not a property of an action.",
    }
    assert found(actions=[{"action_id": "deals", "rule_set": {"op": "and", "rules": []}}]) == {
        "destinations.0.actions.0.rule_set.rules": "A rule set has at least one rule.",
    }


def test_a_removed_action_is_unknown(acme: Account) -> None:
    destination = DestinationFactory.create(account=acme, actions=["Contacts", "Deals"])
    destination.actions.filter(action_id="deals").update(removed_at=destination.created_at)

    assert "destinations.0.actions.0.action_id" in errors(
        flow_body(destinations=[use_of(destination, "deals")]), acme
    )
