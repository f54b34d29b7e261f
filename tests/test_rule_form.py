"""The rule builder: what it posts is what it was shown, what its buttons do, what it says about rules."""

from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from leadconduit.leads.names import Names
from leadconduit.rule_form import Group, Row, RuleBuilder, Sample, press, read_rule_set
from tests.pages import fields_of

NAMES = Names({"state": "state", "phone_1": "phone", "company.name": "string"}, ("acme_crm",))
STATE = {"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}
BLANK = {"lhv": "lead.phone_1", "op": "is blank"}
NESTED = {"op": "or", "rules": [STATE, {"op": "and", "rules": [BLANK, STATE]}]}


def posted(fields: dict[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def shown(rule_set: dict[str, Any]) -> QueryDict:
    """What the page of a rule set posts when nothing is touched."""
    builder = RuleBuilder(rule_set, names=NAMES)
    return posted(fields_of("<main>" + render_to_string("parts/_rules.html", {"builder": builder})))


@pytest.mark.parametrize(
    "rule_set",
    [
        {"op": "and", "rules": [STATE]},
        {"id": "aaaaaa", "op": "or", "rules": [STATE | {"id": "bbbbbb", "rhv": 18}, BLANK]},
        {"op": "and", "rules": [STATE | {"op": "is included in", "rhv": ["TX", "CA"]}]},
        {"op": "and", "rules": [STATE | {"op": "includes", "rhv": ["a\nb", " c "]}]},
        {"op": "and", "rules": [STATE | {"rhv": "\n<b> "}, STATE | {"rhv": False}]},
        NESTED,
        {"op": "and", "rules": [STATE | {"rule_set": NESTED}, BLANK]},
    ],
)
def test_what_is_shown_is_read_as_the_same(rule_set: dict[str, Any]) -> None:
    assert read_rule_set(shown(rule_set), "rules") == rule_set


@pytest.mark.parametrize(
    ("op", "typed", "read"),
    [
        ("is included in", "TX\r\nCA\r\n", ["TX", "CA"]),
        ("is included in", "TX, CA", "TX, CA"),
        ("is equal to", "one\r\ntwo", "one\ntwo"),
        ("is blank", "TX", None),
        ("is equal to", " ", None),
    ],
)
def test_several_values_are_a_line_each(op: str, typed: str, read: object) -> None:
    data = posted({"rules": "rule", "rules-0-lhv": "lead.state", "rules-0-op": op, "rules-0-rhv": typed})

    rule_set = read_rule_set(data, "rules")

    assert rule_set is not None
    assert rule_set["rules"][0].get("rhv") == read


@pytest.mark.parametrize(
    ("verb", "path", "after"),
    [
        ("add-rule", "", ["lead.state", ["lead.phone_1", "lead.state"], ""]),
        ("add-rule", "rules.1", ["lead.state", ["lead.phone_1", "lead.state", ""]]),
        ("add-group", "rules.1", ["lead.state", ["lead.phone_1", "lead.state", [""]]]),
        ("drop", "rules.0", [["lead.phone_1", "lead.state"]]),
        ("drop", "rules.1.rules.0", ["lead.state", ["lead.state"]]),
        ("drop", "rules.1", ["lead.state"]),
        ("drop", "rules.7", ["lead.state", ["lead.phone_1", "lead.state"]]),
        ("drop", "op", ["lead.state", ["lead.phone_1", "lead.state"]]),
        ("drop", "rules", ["lead.state", ["lead.phone_1", "lead.state"]]),
        ("add-rule", "rules.0", ["lead.state", ["lead.phone_1", "lead.state"]]),
    ],
)
def test_buttons_add_and_take_away(verb: str, path: str, after: list[Any]) -> None:
    rule_set = read_rule_set(shown(NESTED), "rules")

    assert left_sides(press(rule_set, verb, path).rule_set) == after


def left_sides(rule_set: Any) -> Any:
    return [left_sides(part) if "rules" in part else part["lhv"] for part in rule_set["rules"]]


def test_a_group_goes_with_its_last_rule_and_the_last_of_all_leaves_nothing() -> None:
    inner = {"op": "and", "rules": [{"op": "or", "rules": [{"op": "and", "rules": [STATE]}]}]}

    assert press(read_rule_set(shown(inner), "rules"), "drop", "rules.0.rules.0.rules.0").rule_set is None


def test_operators_are_those_of_the_type_and_the_one_that_stands_there() -> None:
    builder = RuleBuilder({"op": "and", "rules": [STATE | {"op": "is between"}, STATE]}, names=NAMES)

    first, second = builder.root.parts
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert "matches pattern" not in second.operators
    assert first.operators == (*second.operators, "is between")


@pytest.mark.parametrize(
    ("rule", "doubt"),
    [
        (STATE, ""),
        (STATE | {"lhv": "lead.zip"}, "The flow has no field `zip`: add it under Fields."),
        (STATE | {"rhv": "{{lead.zip}}"}, "The flow has no field `zip`: add it under Fields."),
        (STATE | {"lhv": "{{lead.company.name}} {{lead.phone_1.area}}"}, ""),
        (STATE | {"lhv": "lead.company"}, ""),
        (STATE | {"lhv": "lead.phone_1.aera"}, "`phone_1` is of the type phone, which has no part `aera`."),
        (STATE | {"lhv": "lead.phone_1.0.area"}, ""),
        (STATE | {"lhv": "state"}, "Nothing is called `state` here. Did you mean `lead.state`?"),
        (STATE | {"lhv": "other.score"}, "Nothing is called `other.score` here: a field of the lead begins"),
        (STATE | {"lhv": "acme_crm.score"}, ""),
        (STATE | {"lhv": "submission.port"}, "There is no `submission.port`, only `submission.ip`"),
    ],
)
def test_what_a_rule_names_and_nobody_has_is_doubted(rule: dict[str, Any], doubt: str) -> None:
    [said] = NAMES.doubts(rule) or [""]

    assert said.startswith(doubt) if doubt else said == ""


def test_what_is_wrong_is_said_at_the_rule_and_at_the_head() -> None:
    builder = RuleBuilder(
        {"op": "and", "rules": [BLANK, {"op": "or", "rules": [{"lhv": "", "op": "includes"}]}]}, names=NAMES
    )

    assert not builder.is_valid()
    page = render_to_string("parts/_rules.html", {"builder": builder})
    assert [id for _, id in builder.mistakes()] == ["rules-1-0-lhv", "rules-1-0-rhv"]
    assert 'aria-describedby="rules-1-0-rhv_error"' in page
    assert "Say what to compare with." in page


def test_errors_of_a_flow_are_taken_where_they_are_about_the_rules() -> None:
    builder = RuleBuilder(NESTED, names=NAMES)

    others = builder.put(
        {"steps.1.rule_set.rules.0.lhv": "Wrong.", "steps.1.reason": "Long."}, "steps.1.rule_set"
    )

    assert others == {"steps.1.reason": "Long."}
    assert list(builder.mistakes()) == [("Rule 1: Wrong.", "rules-0-lhv")]


def test_rules_are_tried_on_a_lead_and_each_says_what_it_came_to() -> None:
    builder = RuleBuilder({"op": "and", "rules": [STATE | {"rule_set": NESTED}]}, names=NAMES)

    builder.try_on(lambda text: Sample({"lead": {"state": "CA"}}, "This one"))

    [row] = builder.root.parts
    assert isinstance(row, Row)
    assert row.found is not None
    assert (row.found.matched, row.found.words) == (False, "It is “CA”.")
    assert isinstance(row.own, Group)
    assert row.own.matched is False
    assert "It is blank." in render_to_string("parts/_rules.html", {"builder": builder})
