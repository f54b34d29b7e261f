from collections.abc import Collection
from typing import Any

import pytest

from destinations.fields import Choice
from destinations.mapping import Flag, MappingRow, check, compile_mapping
from destinations.mapping.components import components_of
from destinations.platforms.port import TargetField, Targets
from leadconduit.leads import types

LEAD: dict[str, Any] = {
    "email": types.parse("email", "ada@example.com"),
    "phone_1": types.parse("phone", "512 789 0134"),
    "state": "tx",
    "note": "x" * 50,
    "tags": ["a", "b"],
    "company": {"name": "Acme"},
    "age": 36,
}
KNOWN = [f"lead.{field}" for field in (*LEAD, "first_name", "custom.nested")]


def flags(
    *rows: MappingRow,
    fields: tuple[TargetField, ...] = (),
    known: Collection[str] = KNOWN,
    taken: Collection[str] = (),
) -> list[tuple[Any, ...]]:
    results = compile_mapping(rows).explain({"lead": LEAD})
    found = check(rows, results, Targets(fields), known, taken)
    return [(flag.row, flag.kind, flag.sentence) for flag in found]


def test_a_mapping_as_it_should_be_has_no_flags() -> None:
    rows = [
        MappingRow("Email", "{{lead.email}}"),
        MappingRow("Area", "{{lead.phone_1.area}}"),
        MappingRow("tags.0", "{{lead.tags.0}}"),
        MappingRow("Anything", "{{submission.ip}} {{lead.custom}}"),
    ]
    fields = (
        TargetField("Email", "E-mail", "email", required=True, max_length=80),
        TargetField("Area", "Area"),
        TargetField("tags", "Tags", "list", required=True),
        TargetField("Other", "Other"),
    )

    assert flags(*rows, fields=fields) == []


@pytest.mark.parametrize(
    ("rows", "row", "says"),
    [
        ([], None, "“Mail” is required, and no row fills it."),
        ([MappingRow("Other", "x")], None, "no row fills it"),
        ([MappingRow("Email", "{{lead.first_name}}")], 0, "comes to nothing for this lead"),
        (
            [MappingRow("x", "1"), MappingRow("Email.0", "{{lead.first_name}}")],
            1,
            "comes to nothing for this lead",
        ),
        (
            [
                MappingRow(
                    "Email",
                    "{{lead.email}}",
                    rule_set={
                        "op": "and",
                        "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "CA"}],
                    },
                )
            ],
            0,
            "this row's condition does not hold",
        ),
    ],
)
def test_a_required_field_that_gets_nothing(rows: list[MappingRow], row: int | None, says: str) -> None:
    [(at, kind, sentence)] = flags(*rows, fields=(TargetField("Email", "Mail", required=True),))

    assert (at, kind) == (row, "required")
    assert says in sentence


STATES = tuple(
    Choice(code, name) for code, name in [("CA", "California"), ("TX", "Texas"), ("NY", "New York")]
)
MANY = tuple(Choice(f"c{number}", "") for number in range(50))


@pytest.mark.parametrize(
    ("field", "row", "kind", "says"),
    [
        (
            TargetField("a", "Note", max_length=40),
            "{{lead.note}}",
            "too_long",
            "at most 40 characters, and this has 50",
        ),
        (TargetField("a", "Note", max_length=40), "{{lead.note}}", "too_long", "“Truncate” would cut it"),
        (
            TargetField("a", "State", "choice", choices=STATES),
            "{{lead.state}}",
            "not_in_choices",
            "it takes “TX”",
        ),
        (TargetField("a", "State", "choice", choices=STATES), "texas", "not_in_choices", "it takes “TX”"),
        (
            TargetField("a", "State", "choice", choices=STATES),
            "Utah",
            "not_in_choices",
            "it takes CA, TX, NY.",
        ),
        (
            TargetField("a", "Code", "choice", choices=MANY),
            "z",
            "not_in_choices",
            "c0, c1, c2, c3, c4 and 45 others",
        ),
        (
            TargetField("a", "A", "choice", choices=STATES),
            "{{lead.tags}}",
            "not_in_choices",
            "“a” is not a choice",
        ),
        (TargetField("a", "A", "number"), "many", "wrong_type", "“A” takes a number, and “many” is none."),
        (TargetField("a", "A", "number"), "{{lead.tags}}", "wrong_type", "this is a list"),
        (TargetField("a", "A", "integer"), "1.5", "wrong_type", "a whole number"),
        (TargetField("a", "A", "boolean"), "yes", "wrong_type", "true or false"),
        (TargetField("a", "A", "date"), "soon", "wrong_type", "a date"),
        (TargetField("a", "A", "datetime"), "soon", "wrong_type", "a date and a time"),
        (TargetField("a", "A", "email"), "ada", "wrong_type", "an e-mail address"),
        (TargetField("a", "A", "phone"), "12345", "wrong_type", "a telephone number"),
        (TargetField("a", "A", "url"), "example.com", "wrong_type", "a web address"),
        (TargetField("a", "A", "list"), "{{lead.state}}", "wrong_type", "takes a list"),
        (TargetField("a", "A", "object"), "{{lead.state}}", "wrong_type", "takes an object"),
        (TargetField("a", "A", "string"), "{{lead.company}}", "wrong_type", "this is an object"),
    ],
)
def test_a_value_that_the_receiver_would_not_take(field: TargetField, row: str, kind: str, says: str) -> None:
    [(at, found, sentence)] = flags(MappingRow("a", row), fields=(field,))

    assert (at, found) == (0, kind)
    assert says in sentence


@pytest.mark.parametrize(
    ("type", "row"),
    [
        ("number", "1,5"),
        ("date", "31.31.2020"),
    ],
)
def test_what_nobody_reads_so_is_none(type: str, row: str) -> None:
    assert [kind for _, kind, _ in flags(MappingRow("a", row), fields=(TargetField("a", "A", type),))] == [
        "wrong_type"
    ]


@pytest.mark.parametrize(
    ("type", "row"),
    [
        ("string", "{{lead.age}}"),
        ("number", "{{lead.age}}"),
        ("date", "2026-01-31"),
        ("date", "12/31/1985"),
        ("datetime", "1767225600"),
        ("datetime", "2026-01-31T12:00:00Z"),
        ("email", "{{lead.email}}"),
        ("phone", "{{lead.phone_1}}"),
        ("url", "https://example.com/a"),
        ("list", "{{lead.tags}}"),
        ("object", "{{lead.company}}"),
        ("choice", "anything"),
    ],
)
def test_a_value_of_the_right_type_is_not_flagged(type: str, row: str) -> None:
    assert flags(MappingRow("a", row), fields=(TargetField("a", "A", type),)) == []


def test_a_row_that_makes_too_much_is_flagged() -> None:
    twice = {"use": "replace", "pattern": "x", "replacement": "y" * 1_000 + "x" * 1_000}

    [(at, kind, sentence)] = flags(MappingRow("a", "{{lead.note}}", transformations=(twice, twice)))

    assert (at, kind) == (0, "too_long")
    assert "1,000,000" in sentence


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("lead.emial", "The lead has no field `emial`; did you mean `email`?"),
        ("lead.frist_name", "The lead has no field `frist_name`; did you mean `first_name`?"),
        ("lead.zzz", "The lead has no field `zzz`."),
        ("lead.emial.domain", "The lead has no field `emial.domain`; did you mean `email.domain`?"),
        ("lead.phone_1.aera", "`phone_1` has no part `aera`; did you mean `phone_1.area`?"),
        ("lead.email.area", "`email` has no part `area`."),
        ("lead.custom.netsed", "The lead has no field `custom.netsed`; did you mean `custom.nested`?"),
    ],
)
def test_a_field_that_the_lead_does_not_have(path: str, says: str) -> None:
    assert flags(MappingRow("a", f"x{{{{{path}}}}}")) == [(0, "unknown_field", says)]


@pytest.mark.parametrize(
    "path",
    [
        "lead.email.domain",
        "lead.phone_1.raw",
        "lead.tags.0",
        "lead.age.anything",
        "lead.company",
        "lead.custom",
        "lead.id",
        "submission.ip",
        "account.name",
        "source",
        "my_crm.outcome",
        "my_crm.properties.0.score",
    ],
)
def test_a_field_that_may_be_there(path: str) -> None:
    known = [*KNOWN, "lead.id", "lead.age.anything", "my_crm.outcome"]

    found = flags(MappingRow("a", f"x{{{{{path}}}}}"), known=known)

    assert [kind for _, kind, _ in found] == []


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("flow.nmae", "Nothing is called `flow.nmae`; did you mean `flow.name`?"),
        (
            "submission.timestmap",
            "Nothing is called `submission.timestmap`; did you mean `submission.timestamp`?",
        ),
        ("souce.name", "Nothing is called `souce.name`; did you mean `source.name`?"),
        ("laed.email", "Nothing is called `laed.email`; did you mean `lead.email`?"),
        ("first_name", "Nothing is called `first_name`; did you mean `lead.first_name`?"),
        ("phone_1.area", "Nothing is called `phone_1.area`; did you mean `lead.phone_1.area`?"),
        ("frist_name", "Nothing is called `frist_name`; did you mean `lead.first_name`?"),
        ("my_crn.outcome", "Nothing is called `my_crn.outcome`; did you mean `my_crm.outcome`?"),
        ("recipient.name", "Nothing is called `recipient.name`."),
        (
            "receipts.create_laed.id",
            "Nothing is called `receipts.create_laed.id`; did you mean `receipts.create_lead.id`?",
        ),
    ],
)
def test_what_does_not_stand_beside_a_lead(path: str, says: str) -> None:
    row = MappingRow("a", f"x{{{{{path}}}}}")

    assert flags(row, known=[*KNOWN, "my_crm.outcome", "receipts.create_lead.id"]) == [
        (0, "unknown_field", says)
    ]


def test_a_name_without_braces_is_a_text() -> None:
    rows = [MappingRow("a", "lead.first_name"), MappingRow("b", "flow.name "), MappingRow("c", "example.com")]
    meant = MappingRow("d", "lead.first_name", literal=True)

    assert flags(*rows, meant) == [
        (0, "unknown_field", "Sent as this very text; did you mean `{{lead.first_name}}`?"),
        (1, "unknown_field", "Sent as this very text; did you mean `{{flow.name}}`?"),
    ]


@pytest.mark.parametrize("path", ["lead.state", "lead.tags.0", "lead.email.domain"])
def test_a_field_that_no_flow_takes_says_so(path: str) -> None:
    row, field = MappingRow("a", f"x{{{{{path}}}}}"), path.split(".")[1]
    says = f"No flow of yours takes `{field}`: add it under the flow's Fields."

    assert flags(row, taken=["first_name"]) == [(0, "not_taken", says)]
    assert flags(row, taken=["first_name", field]) == []
    assert flags(row) == []


@pytest.mark.parametrize("path", ["lead.custom", "lead.custom.nested", "lead.id", "source.name"])
def test_a_part_or_the_whole_of_what_a_flow_takes_is_there(path: str) -> None:
    known = [*KNOWN, "lead.id"]

    assert flags(MappingRow("a", f"x{{{{{path}}}}}"), known=known, taken=["custom.nested"]) == []


@pytest.mark.parametrize(
    ("type", "text", "says"),
    [
        (
            "number",
            "1.5",
            "“1.5” is sent as a text. The transformation “Number” sends the number itself.",
        ),
        ("integer", "36", "The transformation “Number” sends the number itself."),
        ("boolean", "TRUE", "The transformation “True or false” sends true or false itself."),
    ],
)
def test_a_text_that_reads_right_is_a_text_all_the_same(type: str, text: str, says: str) -> None:
    fields = (TargetField("a", "A", type),)
    use = "boolean" if type == "boolean" else "number"

    [(row, kind, sentence)] = flags(MappingRow("a", text), fields=fields)

    assert (row, kind) == (0, "note")
    assert says in sentence
    assert flags(MappingRow("a", text, transformations=({"use": use},)), fields=fields) == []
    assert flags(MappingRow("a", "{{lead.first_name}}", default=text), fields=fields) == []


def test_yes_and_no_can_be_made_true_and_false() -> None:
    [(_, kind, sentence)] = flags(MappingRow("a", "yes"), fields=(TargetField("a", "A", "boolean"),))

    assert kind == "wrong_type"
    assert sentence.endswith("“yes” is none. The transformation “True or false” makes it one.")


@pytest.mark.parametrize(
    ("targets", "notes"),
    [
        (["arr.0", "arr.1"], []),
        (["arr.1"], [(0, "No row fills `arr.0`: a null is sent there.")]),
        (["arr.5"], [(0, "No row fills `arr.0` to `arr.4`: 5 nulls are sent there.")]),
        (
            ["arr.4", "arr.1", "arr.0"],
            [(0, "No row fills `arr.2` to `arr.3`: 2 nulls are sent there.")],
        ),
        (["a.2.x", "a.2.y"], [(0, "No row fills `a.0` to `a.1`: 2 nulls are sent there.")]),
        (["a.0.b.1"], [(0, "No row fills `a.0.b.0`: a null is sent there.")]),
    ],
)
def test_places_of_a_list_that_no_row_fills(targets: list[str], notes: list[tuple[int, str]]) -> None:
    found = flags(*[MappingRow(target, "x") for target in targets])

    assert found == [(row, "note", sentence) for row, sentence in notes]


def test_types_of_custom_fields_say_what_they_have() -> None:
    known = {"lead.handy": "phone", "lead.opaque": None}
    row = MappingRow("a", "{{lead.handy.area}}{{lead.handy.domain}}{{lead.opaque.domain}}{{lead.opaque.zzz}}")

    assert [sentence for _, _, sentence in flags(row, known=known)] == [
        "`handy` has no part `domain`.",
        "`opaque` has no part `zzz`.",
    ]


def test_names_are_looked_for_wherever_a_row_has_templates() -> None:
    row = MappingRow(
        "a",
        "x",
        transformations=({"use": "first_nonblank", "template": "{{lead.one}}"},),
        rule_set={
            "op": "or",
            "rules": [
                {"lhv": "lead.two", "op": "is blank"},
                {"lhv": "lead.email", "op": "includes", "rhv": ["{{lead.three}}", "x"]},
            ],
        },
    )

    assert [sentence.split("`")[1] for _, kind, sentence in flags(row) if kind == "unknown_field"] == [
        "one",
        "two",
        "three",
    ]


def test_braces_in_plain_text_name_nothing() -> None:
    assert flags(MappingRow("a", "{{lead.zzz}}", literal=True)) == []


def test_a_row_that_another_overrides_for_every_lead_says_so() -> None:
    condition = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}]}
    first, always = MappingRow("a", "1"), MappingRow("a", "2")

    assert flags(first, always) == [(0, "overridden", "Row 2 sends `a` too, and the lower row counts.")]
    assert flags(first, MappingRow("a", "2", rule_set=condition)) == []
    assert flags(first, MappingRow("a", "{{lead.first_name}}")) == []


def test_notes_stand_at_their_row() -> None:
    rows = [MappingRow("b", "1"), MappingRow("a", "soon", transformations=({"use": "date"},))]

    assert flags(*rows) == [(1, "note", "“soon” is no date: it stays as it is.")]


def test_flags_come_in_the_order_of_the_rows() -> None:
    rows = [MappingRow("a", "{{lead.zzz}}"), MappingRow("b", "many")]
    fields = (
        TargetField("b", "B", "number"),
        TargetField("c", "C", required=True),
        TargetField("a", "A", required=True),
    )

    results = compile_mapping(rows).explain({"lead": LEAD})

    assert [(flag.row, flag.kind) for flag in check(rows, results, Targets(fields), KNOWN)] == [
        (None, "required"),
        (0, "required"),
        (0, "unknown_field"),
        (1, "wrong_type"),
    ]
    assert check(rows, results, Targets(fields), KNOWN)[0] == Flag(
        None, "c", "required", "“C” is required, and no row fills it."
    )


def test_components_are_those_that_values_of_a_type_have() -> None:
    assert {"area", "exchange", "normal", "raw", "valid"} <= components_of("phone")
    assert {"zip", "fsa", "outcode"} <= components_of("postal_code")
    assert components_of("string") == components_of("array") == frozenset()
    assert {"area", "domain"} <= components_of(None)
