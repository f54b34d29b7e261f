from typing import Any

import pytest

from destinations.mapping import MappingRow, compile_mapping
from leadconduit.leads import bounds, types
from leadconduit.leads.bounds import TooLong
from leadconduit.leads.template import TemplateError

PHONE = {"raw": "512 789 0134 m", "valid": True, "normal": "5127890134", "area": "512", "type": "mobile"}
NO_PHONE = {"raw": "ask me", "valid": False, "normal": "ask me"}
VARIABLES: dict[str, Any] = {
    "lead": {
        "email": "ada@example.com",
        "age": 36,
        "note": " ",
        "company": {"name": "Acme", "phone": PHONE},
        "tags": ["a"],
        "phone": PHONE,
        "fax": NO_PHONE,
        "state": "CA",
        "phones": [PHONE, NO_PHONE],
        "opt_in": {"raw": "no", "valid": True, "normal": False},
    },
    "receipts": {"create-lead": {"id": "00Q1"}},
}


def only_in(state: str) -> dict[str, Any]:
    return {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": state}]}


def rules_about(op: str, right: object, count: int) -> dict[str, Any]:
    return {"op": "or", "rules": [{"lhv": "lead.v", "op": op, "rhv": right}] * count}


@pytest.mark.parametrize(
    ("rows", "payload"),
    [
        ([], {}),
        ([MappingRow("Email", "{{lead.email}}")], {"Email": "ada@example.com"}),
        ([MappingRow("age", "{{lead.age}}")], {"age": 36}),
        ([MappingRow("age", "{{lead.age}} years")], {"age": "36 years"}),
        ([MappingRow("tags", "{{lead.tags}}")], {"tags": ["a"]}),
        ([MappingRow("note", "{{lead.note}}")], {}),
        ([MappingRow("note", "{{lead.note}}", "none")], {"note": "none"}),
        ([MappingRow("note", "{{lead.note}}", " ")], {}),
        ([MappingRow("source", "web")], {"source": "web"}),
        ([MappingRow("source", "{{web}}", literal=True)], {"source": "{{web}}"}),
        ([MappingRow("lead_id", "{{receipts.create-lead.id}}")], {"lead_id": "00Q1"}),
        ([MappingRow("a", "{{lead}}.x"), MappingRow("b", "{{missing.value}}")], {"a": "LEAD.x"}),
        ([MappingRow("opt_in", "{{lead.opt_in}}")], {"opt_in": False}),
        (
            [MappingRow("p.email", "{{lead.email}}"), MappingRow("p.job.at", "{{lead.company.name}}")],
            {"p": {"email": "ada@example.com", "job": {"at": "Acme"}}},
        ),
        ([MappingRow("p.job.at", "{{lead.nothing}}")], {}),
    ],
)
def test_rows_become_what_is_sent(rows: list[MappingRow], payload: dict[str, Any]) -> None:
    variables = VARIABLES if payload.get("a") != "LEAD.x" else {"lead": "LEAD"}

    assert compile_mapping(rows).apply(variables) == payload


@pytest.mark.parametrize(
    ("template", "sends", "value"),
    [
        ("{{lead.phone}}", "normal", "5127890134"),
        ("{{lead.phone}}", "raw", "512 789 0134 m"),
        ("{{lead.phone}}", "valid", "5127890134"),
        ("{{lead.fax}}", "normal", "ask me"),
        ("{{lead.fax}}", "raw", "ask me"),
        ("{{lead.fax}}", "valid", None),
        ("tel {{lead.phone}}", "normal", "tel 5127890134"),
        ("tel {{lead.phone}}", "raw", "tel 512 789 0134 m"),
        ("tel {{lead.fax}}", "valid", "tel "),
        ("{{lead.phone.area}}", "normal", "512"),
        ("{{lead.phones}}", "normal", ["5127890134", "ask me"]),
        ("{{lead.phones.0}}", "raw", "512 789 0134 m"),
        ("{{lead.company}}", "normal", {"name": "Acme", "phone": "5127890134"}),
    ],
)
def test_a_row_chooses_the_form_of_typed_values(template: str, sends: Any, value: object) -> None:
    assert compile_mapping([MappingRow("a", template, sends=sends)]).apply(VARIABLES).get("a") == value


def test_an_invalid_value_is_a_blank_where_only_valid_ones_are_sent() -> None:
    steps = (
        {"use": "first_nonblank", "template": "{{lead.fax}}"},
        {"use": "first_nonblank", "template": "x"},
    )
    rows = [MappingRow("a", "{{lead.fax}}", sends="valid", transformations=steps)]

    assert compile_mapping(rows).apply(VARIABLES) == {"a": "x"}


def test_the_default_is_sent_as_it_is() -> None:
    rows = [MappingRow("a", "{{lead.nothing}}", "Ada", transformations=({"use": "uppercase"},))]

    assert compile_mapping(rows).apply(VARIABLES) == {"a": "Ada"}


@pytest.mark.parametrize(
    ("targets", "payload"),
    [
        (("phones.0",), {"phones": ["1"]}),
        (("phones.2", "phones.0"), {"phones": ["2", None, "1"]}),
        (
            ("people.0.name", "people.0.age", "people.1.name"),
            {"people": [{"name": "1", "age": "2"}, {"name": "3"}]},
        ),
        (("a.b.1.0", "a.b.1.1"), {"a": {"b": [None, ["1", "2"]]}}),
        (("a.1.x.0.y",), {"a": [None, {"x": [{"y": "1"}]}]}),
        (("a.٣",), {"a": {"٣": "1"}}),
    ],
)
def test_numbers_in_a_target_are_places_in_lists(targets: tuple[str, ...], payload: object) -> None:
    rows = [MappingRow(target, str(number)) for number, target in enumerate(targets, 1)]

    assert compile_mapping(rows).apply(VARIABLES) == payload


def test_a_list_that_nothing_fills_is_left_out() -> None:
    rows = [MappingRow("phones.0", "{{lead.nothing}}"), MappingRow("people.0.phones.1", "{{lead.nothing}}")]

    assert compile_mapping(rows).apply(VARIABLES) == {}


def test_the_later_row_wins() -> None:
    rows = [MappingRow("a", "first"), MappingRow("a", "{{lead.email}}")]

    assert compile_mapping(rows).apply(VARIABLES) == {"a": "ada@example.com"}


def test_a_later_row_that_comes_to_nothing_leaves_the_earlier_value() -> None:
    rows = [MappingRow("a", "first"), MappingRow("a", "{{lead.nothing}}")]

    assert compile_mapping(rows).apply(VARIABLES) == {"a": "first"}


def test_a_row_takes_part_where_its_condition_holds() -> None:
    rows = [
        MappingRow("a", "everybody"),
        MappingRow("a", "in California", rule_set=only_in("CA")),
        MappingRow("b", "{{lead.nothing}}", "in Texas", rule_set=only_in("TX")),
    ]
    mapping = compile_mapping(rows)

    assert mapping.apply({"lead": {"state": "CA"}}) == {"a": "in California"}
    assert mapping.apply({"lead": {"state": "TX"}}) == {"a": "everybody", "b": "in Texas"}


@pytest.mark.parametrize(
    ("targets", "payload"),
    [
        (("a", "a.b"), {"a": {"b": "2"}}),
        (("a.b", "a"), {"a": "2"}),
        (("a.b", "a.c"), {"a": {"b": "1", "c": "2"}}),
        (("a.0", "a.b"), {"a": {"b": "2"}}),
        (("a.b", "a.0"), {"a": ["2"]}),
        (("a.99999999", "b"), {"b": "2"}),
    ],
)
def test_of_two_that_exclude_each_other_the_lower_counts(targets: tuple[str, str], payload: object) -> None:
    rows = [MappingRow(targets[0], "1"), MappingRow(targets[1], "2")]

    assert compile_mapping(rows).apply(VARIABLES) == payload


def test_the_lead_is_never_written_into() -> None:
    variables = {"lead": {"company": {"name": "Acme"}, "tags": ["a"]}}
    rows = [
        MappingRow("company", "{{lead.company}}"),
        MappingRow("company.size", "9"),
        MappingRow("tags", "{{lead.tags}}"),
    ]

    payload = compile_mapping(rows).apply(variables)
    payload["tags"].append("b")  # type: ignore[attr-defined]

    assert variables == {"lead": {"company": {"name": "Acme"}, "tags": ["a"]}}


def test_a_template_that_cannot_be_read_is_not_compiled() -> None:
    with pytest.raises(TemplateError):
        compile_mapping([MappingRow("a", "{{")])


def test_a_table_that_is_not_there_is_not_compiled() -> None:
    with pytest.raises(LookupError, match="no look-up table `States`"):
        compile_mapping([MappingRow("a", "x", transformations=({"use": "lookup", "table": "States"},))])


# --- How much may be sent


@pytest.mark.parametrize("value", ["x" * 1_000_000, ["x" * 500_000] * 2, {"a": "x" * 1_000_000}])
def test_a_long_value_is_sent_once_but_not_a_hundred_times(value: object) -> None:
    rows = [MappingRow(f"field{number}", "{{lead.long}}") for number in range(100)]
    variables = {"lead": {"long": value}}

    assert compile_mapping(rows[:1]).apply(variables) == {"field0": value}
    with pytest.raises(TooLong, match=r"`field[45]`: With this value more than 5,000,000 characters"):
        compile_mapping(rows).apply(variables)


def test_a_text_that_gets_too_long_names_its_target() -> None:
    rows = [MappingRow("fine", "x"), MappingRow("long", "{{lead.long}}{{lead.long}}")]

    with pytest.raises(TooLong, match=r"^`long`: "):
        compile_mapping(rows).apply({"lead": {"long": "x" * 600_000}})


# --- Explaining


def test_each_row_says_what_it_does() -> None:
    rows = [
        MappingRow("a", "{{lead.email}}"),
        MappingRow("a", "{{lead.state}}"),
        MappingRow("b", "{{lead.nothing}}", "none"),
        MappingRow("c", "{{lead.nothing}}"),
        MappingRow("d", "x", rule_set=only_in("TX")),
        MappingRow("e", "{{lead.long}}{{lead.long}}"),
        MappingRow("f", "1"),
        MappingRow("f.g", "{{lead.phone}}", transformations=({"use": "date"},)),
    ]
    variables = {"lead": VARIABLES["lead"] | {"long": "x" * 600_000}}

    results = compile_mapping(rows).explain(variables)

    assert [(result.value, result.sent, result.state) for result in results] == [
        ("ada@example.com", False, "overridden"),
        ("CA", True, "sent"),
        ("none", True, "default"),
        (None, False, "blank"),
        (None, False, "skipped"),
        (None, False, "too_long"),
        (None, False, "conflict"),
        ("5127890134", True, "sent"),
    ]
    assert results[0].why == "Row 2 sends `a` too, and the lower row counts."
    assert results[2].why == "It comes to nothing, so the default is sent."
    assert results[4].why == 'The condition does not hold. lead.state is equal to "TX": no, it is "CA".'
    assert "1,000,000" in results[5].why
    assert results[7].notes == ("“5127890134” is no date: it stays as it is.",)


def test_an_earlier_row_counts_where_the_later_comes_to_nothing() -> None:
    rows = [MappingRow("a", "first"), MappingRow("a", "{{lead.nothing}}")]

    assert [result.sent for result in compile_mapping(rows).explain(VARIABLES)] == [True, False]


def test_rows_beyond_what_may_be_sent_say_so() -> None:
    rows = [MappingRow(f"field{number}", "{{lead.long}}") for number in range(7)]

    results = compile_mapping(rows).explain({"lead": {"long": "x" * 1_000_000}})

    assert [result.sent for result in results] == [True] * 5 + [False] * 2
    assert "5,000,000" in results[5].why


@pytest.mark.parametrize("sends", ["normal", "raw", "valid"])
@pytest.mark.parametrize(
    ("submitted", "template", "before"),
    [
        ("+44 20 7946 0958", "{{lead.phone}}", []),
        ("+44 20 7946 0958", "{{lead.none}}", [{"use": "first_nonblank", "template": "{{lead.phone}}"}]),
        (["+44 20 7946 0958"], "{{lead.phone}}", [{"use": "trim"}]),
    ],
)
def test_a_number_from_abroad_keeps_its_country(
    submitted: object, template: str, before: list[dict[str, Any]], sends: Any
) -> None:
    row = MappingRow("phone", template, transformations=(*before, {"use": "e164"}), sends=sends)

    payload = compile_mapping([row]).apply({"lead": {"phone": types.parse("phone", submitted)}})

    assert payload == {"phone": ["+442079460958"] if isinstance(submitted, list) else "+442079460958"}


def test_an_invalid_number_is_still_none_where_only_valid_ones_are_sent() -> None:
    row = MappingRow("fax", "{{lead.fax}}", transformations=({"use": "e164"},), sends="valid")

    assert compile_mapping([row]).apply(VARIABLES) == {}


def mapped(rows: list[MappingRow], value: object) -> dict[str, object]:
    return compile_mapping(rows).apply({"lead": {"v": value}})


@pytest.mark.parametrize(
    ("row", "value"),
    [
        (MappingRow("a", "{{whirlpool lead.v}}" * 100), "a" * 90_000),
        (MappingRow("a", '{{extract lead.v pattern="zz"}}' * 100), "a" * 900_000),
        (
            MappingRow("a", "{{md5 lead.v}}" * 100),
            ["some text"] * 30_000,
        ),
        (
            MappingRow("a", "{{lead.v}}", transformations=({"use": "hash", "algorithm": "whirlpool"},)),
            ["a"] * 10_000,
        ),
        (
            MappingRow("a", "{{lead.v}}", transformations=({"use": "date", "format": "LLLL" * 250},)),
            ["2015-06-24"] * 10_000,
        ),
        (
            MappingRow("a", "{{lead.v}}", transformations=({"use": "prefix", "text": "x" * 2_000},)),
            ["a"] * 15_000,
        ),
        (MappingRow("a", "{{lead.v}}", transformations=({"use": "title_case"},) * 20), "ab " * 300_000),
        (MappingRow("a", "x", rule_set=rules_about("includes", "zz", 100)), "A" * 900_000),
        (MappingRow("a", "x", rule_set=rules_about("includes", ["zz"] * 300, 100)), ["A"] * 10_000),
    ],
)
def test_what_is_too_much_work_for_one_lead_is_refused(
    row: MappingRow, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All of it takes a second or so, which is for leads, not for tests.
    monkeypatch.setattr(bounds, "MAX_WORK", bounds.MAX_WORK // 20)

    with pytest.raises(TooLong, match=r"`a`: .*too much work"):
        mapped([row], value)

    [result] = compile_mapping([row]).explain({"lead": {"v": value}})
    assert (result.sent, result.state) == (False, "too_long")


def test_the_work_of_all_rows_counts_together() -> None:
    rows = [MappingRow(f"a{number}", '{{extract lead.v pattern="z"}}') for number in range(50)]

    assert mapped(rows[:10], "a" * 900_000) == {}
    with pytest.raises(TooLong, match="too much work"):
        mapped(rows, "a" * 900_000)


@pytest.mark.parametrize(
    ("number", "row", "noted"),
    [
        ("+44 20 7946 0958", MappingRow("phone", "{{lead.phone_1}}"), True),
        (
            "+44 20 7946 0958",
            MappingRow("phone", "{{lead.phone_1}}", transformations=({"use": "e164"},)),
            False,
        ),
        ("+44 20 7946 0958", MappingRow("phone", "{{lead.phone_1}}", sends="raw"), False),
        ("(512) 789-1111", MappingRow("phone", "{{lead.phone_1}}"), False),
        ("no number", MappingRow("phone", "{{lead.phone_1}}"), False),
    ],
)
def test_a_number_whose_country_is_not_sent_is_noted(number: str, row: MappingRow, noted: bool) -> None:
    variables = {"lead": {"phone_1": types.parse("phone", number)}}

    (result,) = compile_mapping([row]).explain(variables)

    assert any("country (+44) is not sent" in note for note in result.notes) is noted
