import json

import pytest

from destinations.mapping import MappingRow, Table, problems

CALIFORNIA = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "CA"}]}
TABLES = [Table("States", (("Texas", "TX"),))]


@pytest.mark.parametrize(
    "row",
    [
        MappingRow("Email", "{{lead.email}}"),
        MappingRow("Email"),
        MappingRow("note", "{{as it is}}", "none", literal=True, sends="raw"),
        MappingRow("a.0", "x", transformations=({"use": "trim"}, {"use": "truncate", "length": 3})),
        MappingRow("a", "x", rule_set=CALIFORNIA),
    ],
)
def test_a_row_is_the_same_after_json(row: MappingRow) -> None:
    assert MappingRow.from_json(json.loads(json.dumps(row.to_json()))) == row


def test_what_a_row_does_not_use_is_not_written_down() -> None:
    assert MappingRow("a", "x").to_json() == {"target": "a", "template": "x"}


def test_a_row_of_before_is_read() -> None:
    assert MappingRow.from_json({"target": "a", "template": "x", "default": ""}) == MappingRow("a", "x")


def test_rows_that_make_sense_have_no_problems() -> None:
    rows = [
        MappingRow("Email", "{{lead.email}}"),
        MappingRow("person.first name", "{{lead.first_name}}", "friend"),
        MappingRow("person.source", "", "web"),
        MappingRow("Email", "{{lead.work_email}}", rule_set=CALIFORNIA),
        MappingRow("phones.0", "{{lead.phone_1}}", transformations=({"use": "e164"},)),
        MappingRow("phones.199", "{{lead.phone_2}}", sends="valid"),
        MappingRow("people.0.name", "{{ braces", literal=True),
        MappingRow("people.1.name", "x"),
        MappingRow("state", "{{lead.state}}", transformations=({"use": "lookup", "table": "states"},)),
        MappingRow("phone", transformations=({"use": "first_nonblank", "template": "{{lead.phone_1}}"},)),
    ]

    assert problems(rows, TABLES) == []


@pytest.mark.parametrize(
    ("row", "field", "says"),
    [
        (MappingRow("", "x"), "target", "Name the field"),
        (MappingRow("a..b", "x"), "target", "empty part"),
        (MappingRow(" a", "x"), "target", "space"),
        (MappingRow("a\nb", "x"), "target", "line breaks"),
        (MappingRow("a" * 201, "x"), "target", "200"),
        (MappingRow(".".join("a" * 11), "x"), "target", "10 deep"),
        (MappingRow("0.phones", "x"), "target", "list's name before it"),
        (MappingRow("0", "x"), "target", "list's name before it"),
        (MappingRow("phones.200", "x"), "target", "0 to 199"),
        (MappingRow("phones.01", "x"), "target", "leading zeros"),
        (MappingRow("a", "{{lead.email"), "template", "(column "),
        (MappingRow("a"), "template", "never send anything"),
        (MappingRow("a", "x" * 10_001, literal=True), "template", "10,000"),
        (MappingRow("a", "x", "y" * 10_001), "default", "10,000"),
        (MappingRow("a", "x", sends="sometimes"), "sends", "which form"),  # type: ignore[arg-type]
        (MappingRow("a", "x", transformations=({"use": "trim"},) * 21), "transformations", "at most 20"),
        (MappingRow("a", "x", transformations=({"use": "lower"},)), "transformations.0", "`lower`"),
        (MappingRow("a", "x", transformations=({},)), "transformations.0", "no transformation"),
        (
            MappingRow("a", "x", transformations=({"use": "trim"}, {"use": "trim", "side": "left"})),
            "transformations.1.side",
            "`Trim` has no option `side`",
        ),
        (MappingRow("a", "x", rule_set={"op": "and", "rules": []}), "rule_set", "at least one rule"),
        (
            MappingRow(
                "a", "x", rule_set={"op": "and", "rules": [{"lhv": "a", "op": "is like", "rhv": "b"}]}
            ),
            "rule_set",
            "Rule 1: There is no operator `is like`",
        ),
    ],
)
def test_a_mistake_is_named_at_its_row_and_field(row: MappingRow, field: str, says: str) -> None:
    [(index, where, sentence)] = problems([MappingRow("fine", "x"), row])

    assert (index, where) == (1, field)
    assert says in sentence


@pytest.mark.parametrize(
    ("transformation", "option", "says"),
    [
        ({"use": "e164", "country": "ZZ"}, "country", "`ZZ` is no country"),
        ({"use": "date", "format": ""}, "format", "Fill this in"),
        ({"use": "date", "timezone": "Mars/Base"}, "timezone", "`Mars/Base`"),
        ({"use": "date", "locale": "xx"}, "locale", "Choose one"),
        ({"use": "number", "format": "0" * 1_001}, "format", "At most 1,000"),
        ({"use": "lookup"}, "table", "Fill this in"),
        ({"use": "lookup", "table": "Nowhere"}, "table", "There is no look-up table `Nowhere`"),
        ({"use": "substring", "start": 0}, "start", "Count from 1"),
        ({"use": "substring", "start": 1.5}, "start", "whole number"),
        ({"use": "substring", "end": "x"}, "end", "not a number"),
        ({"use": "replace"}, "pattern", "Fill this in"),
        ({"use": "extract"}, "pattern", "Fill this in"),
        ({"use": "replace", "pattern": "(", "regexp": True}, "pattern", "column"),
        ({"use": "extract", "pattern": "a)"}, "pattern", "column"),
        ({"use": "split", "separator": ""}, "separator", "Fill this in"),
        ({"use": "split", "part": 0}, "part", "Count from 1"),
        ({"use": "split", "separator": "-" * 21}, "separator", "At most 20"),
        ({"use": "first_nonblank"}, "template", "Fill this in"),
        ({"use": "first_nonblank", "template": "{{"}, "template", "(column "),
        ({"use": "truncate"}, "length", "Fill this in"),
        ({"use": "truncate", "length": 0}, "length", "At least 1"),
        ({"use": "hash", "algorithm": "md6"}, "algorithm", "Choose one"),
    ],
)
def test_a_mistake_is_named_at_its_option(transformation: dict[str, object], option: str, says: str) -> None:
    rows = [MappingRow("a", "x", transformations=({"use": "trim"}, transformation))]

    [(index, where, sentence)] = problems(rows, TABLES)

    assert (index, where) == (0, f"transformations.1.{option}")
    assert says in sentence


@pytest.mark.parametrize(
    "targets",
    [
        ("a", "a.b"),
        ("a.b", "a"),
        ("a.b.c", "a"),
        ("a", "a.b.c"),
        ("a.0", "a.b"),
        ("a.b", "a.0"),
        ("a", "a.0"),
        ("x.a.0.b", "x.a.c"),
        ("a.0", "a.0.b"),
    ],
)
def test_a_field_holds_a_value_or_fields_or_a_list(targets: tuple[str, str]) -> None:
    [(index, field, sentence)] = problems([MappingRow(target, "x") for target in targets])

    assert (index, field) == (1, "target")
    assert all(f"`{target}`" in sentence for target in targets)


def test_too_many_rows_are_one_problem() -> None:
    [(index, _, sentence)] = problems([MappingRow("a", "{{")] * 501)

    assert (index, sentence) == (500, "A mapping has at most 500 rows.")


def test_patterns_that_may_take_long_are_counted_over_all_rows() -> None:
    slow = MappingRow("a", "x", transformations=({"use": "extract", "pattern": "(?<=a)b"},) * 6)
    fast = MappingRow("a", "x", transformations=({"use": "extract", "pattern": "ab"},) * 6)

    in_template = MappingRow("b", '{{extract lead.a pattern="(?<=a)b"}}')
    in_condition = MappingRow(
        "c", "x", rule_set={"op": "or", "rules": [{"lhv": in_template.template, "op": "is blank"}]}
    )

    assert problems([slow, fast, *[in_template] * 4]) == []
    assert [problem[:2] for problem in problems([slow, *[in_template] * 5])] == [(5, "template")]
    assert [problem[:2] for problem in problems([slow, *[in_condition] * 5])] == [(5, "rule_set")]
    [(index, field, sentence)] = problems([slow, fast, slow])
    assert (index, field) == (2, "transformations.4.pattern")
    assert "at most 10 patterns" in sentence


@pytest.mark.parametrize(
    ("transformation", "field"),
    [
        ({"use": "substring", "start": []}, "transformations.0.start"),
        ({"use": "hash", "algorithm": {}}, "transformations.0.algorithm"),
    ],
)
def test_an_option_is_no_list_or_object(transformation: dict[str, object], field: str) -> None:
    [(_, where, _sentence)] = problems([MappingRow("a", "x", transformations=(transformation,))])

    assert where == field


@pytest.mark.parametrize(
    "transformation", [{"use": "replace", "pattern": " "}, {"use": "split", "separator": " "}]
)
def test_a_space_is_a_pattern_or_a_separator(transformation: dict[str, object]) -> None:
    assert problems([MappingRow("a", "x", transformations=(transformation,))], TABLES) == []
