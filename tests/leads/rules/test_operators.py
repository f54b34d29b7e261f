"""Each operator by each type that offers it, on values as their types read them."""

from typing import Any

import pytest

from leadconduit.leads.rules import BINARY, OPERATORS, compile_rules, operators_for
from leadconduit.leads.types import TYPES, parse

OPPOSITES = {
    "is equal to": "is not equal to",
    "is included in": "is not included in",
    "includes": "does not include",
    "is between": "is not between",
    "matches pattern": "does not match pattern",
    "is blank": "is not blank",
    "is true": "is not true",
    "is false": "is not false",
    "format is valid": "format is invalid",
    "is obscene": "is not obscene",
}
ORDER = ("is less than", "is less than or equal to", "is greater than", "is greater than or equal to")

# What was submitted, the right-hand value, and whether it holds. An operator's opposite is asked in each row too.
Row = tuple[object, object, bool]

BLANK: list[Row] = [(None, None, True), ("", None, True), (" ", None, True), ("x", None, False)]


def order(less: Row, equal: Row, more: Row) -> dict[str, list[Row]]:
    """The four operators of order, of three pairs of values. The last of each is not asked."""
    holds = {ORDER[0]: (1, 0, 0), ORDER[1]: (1, 1, 0), ORDER[2]: (0, 0, 1), ORDER[3]: (0, 1, 1)}
    return {
        op: [
            (left, right, bool(hold))
            for (left, right, _), hold in zip((less, equal, more), which, strict=True)
        ]
        for op, which in holds.items()
    }


TABLE: dict[str, dict[str, list[Row]]] = {
    "boolean": {
        "is true": [("yes", None, True), ("(T)", None, True), ("no", None, False), ("perhaps", None, False)],
        "is false": [("no", None, True), (0, None, True), ("yes", None, False), ("perhaps", None, False)],
        "is blank": [*BLANK[:3], ("no", None, False)],
        "format is valid": [("no", None, True), ("perhaps", None, False), (None, None, False)],
    },
    "city": {
        "is equal to": [("Austin", "AUSTIN", True), ("Austin", "Austin ", False), (None, "", True)],
        "is blank": BLANK,
        "is obscene": [("Shit Creek", None, True), ("Scunthorpe", None, False)],
        "format is valid": [("Austin", None, True), ("", None, False)],
        "includes": [("San Jose", "jose", True), ("San Jose", ["x", "san"], True), ("San Jose", "x", False)],
        "is included in": [("Austin", ["Dallas", "AUSTIN"], True), ("Austin", "Dallas, Houston", False)],
        "matches pattern": [("San Jose", "^san ", True), ("San Jose", "^jose", False), (None, "x", False)],
    },
    "credential": {
        "is equal to": [("secret", "SECRET", True), ("secret", "other", False)],
        "is blank": BLANK,
        "includes": [("secret", "cre", True), ("secret", "x", False)],
        "is included in": [("secret", ["a", "secret"], True), ("secret", ["a"], False)],
    },
    "date": {
        "is equal to": [
            ("6/2/2014", "2014-06-02", True),
            ("6/2/2014", "06/02/2014", True),
            ("6/2/2014", "2014-06-02T00:00:00Z", True),
            ("6/2/2014", "2014-06-03", False),
        ],
        **order(
            ("6/2/2014", "2014-06-10", True), ("6/2/2014", "6/2/2014", True), ("6/2/2014", "5/30/2014", True)
        ),
        "is blank": BLANK,
        "format is valid": [("6/2/2014", None, True), ("2/30/2014", None, False)],
        "is between": [
            ("6/2/2014", "2014-06-02 - 2014-06-30", True),
            ("6/2/2014", ["6/1/2014", "6/2/2014"], True),
            ("6/2/2014", "2014-06-03 to 2014-06-30", False),
            ("6/2/2014", "1-9", False),
            ("soon", "2014-06-02 to 2014-06-30", False),
        ],
    },
    "email": {
        "is equal to": [("Ada@Example.com", "ada@example.com", True), ("ada@example.com", "ada", False)],
        "is blank": BLANK,
        "is obscene": [("shit@example.com", None, True), ("ada@example.com", None, False)],
        "format is valid": [("ada@example.com", None, True), ("ada at example", None, False)],
        "includes": [("ada@example.com", "@EXAMPLE", True), ("ada@example.com", "gmail", False)],
        "is included in": [("ada@example.com", ["ADA@example.com"], True), ("ada@example.com", ["x"], False)],
        "matches pattern": [("ada@example.com", r"\.COM$", True), ("ada@example.com", r"\.org$", False)],
    },
    "first_name": {
        "is equal to": [("Ada", "ada", True), ("Ada", "Adah", False)],
        "is blank": BLANK,
        "is obscene": [("fuck", None, True), ("Dick", None, False)],
        "format is valid": [("Ada", None, True), (None, None, False)],
        "matches pattern": [("Ada", "^a.a$", True), ("Ada", "b", False)],
    },
    "gender": {
        "is equal to": [("f", "female", True), ("f", "F", False)],
        "is blank": BLANK,
        "format is valid": [("f", None, True), ("robot", None, False)],
    },
    "ip": {
        "is equal to": [("1.2.3.4", "1.2.3.4", True), ("1.2.3.4", "1.2.3.5", False)],
        "is blank": BLANK,
        "format is valid": [("1.2.3.4", None, True), ("1.2.3.400", None, False)],
        "includes": [("1.2.3.4", "1.2.", True), ("1.2.3.4", "5", False)],
        "is included in": [("1.2.3.4", "1.2.3.4, 1.2.3.5", True), ("1.2.3.4", ["1.2.3.5"], False)],
    },
    "number": {
        "is equal to": [
            ("$1,000.50", "1000.5", True),
            ("36", 36, True),
            ("36", "36.1", False),
            ("x", 0, False),
        ],
        **order(("9", "10", True), ("10.0", 10, True), ("100", "20", True)),
        "is blank": BLANK,
        "format is valid": [("36", None, True), ("many", None, False)],
        "includes": [(["1", "2"], "2.0", True), ("36", "6", True), (["1", "2"], "3", False)],
        "is included in": [("36", ["35", "36.0"], True), ("36", ["35"], False), (["1", "2"], "2,1", True)],
        "is between": [
            ("18", "18-65", True),
            ("65", "18 to 65", True),
            ("99", "18+", True),
            ("5", "5", True),
            ("17", ["18", "65"], False),
            ("many", "18-65", False),
            (None, "0-9", False),
        ],
    },
    "phone": {
        "is equal to": [("(512) 789-0134", "5127890134", True), ("(512) 789-0134", "5127890135", False)],
        "is blank": BLANK,
        "format is valid": [("(512) 789-0134", None, True), ("123", None, False)],
        "includes": [("(512) 789-0134", "512", True), ("(512) 789-0134", "999", False)],
        "is included in": [("(512) 789-0134", ["5127890134"], True), ("(512) 789-0134", ["512"], False)],
    },
    "postal_code": {
        "is equal to": [("78704", "78704", True), ("78704", "78705", False)],
        "is blank": BLANK,
        "format is valid": [("78704", None, True), ("7870", None, False)],
        "includes": [("78704-4224", "78704", True), ("78704", "9", False)],
        "is included in": [("78704", ["78703", "78704"], True), ("78704", ["78703"], False)],
        "matches pattern": [("78704", "^787", True), ("78704", "^786", False)],
    },
    "range": {
        "is equal to": [
            ("700 to 749", "700-749", True),
            ("700 to 749", "$700 - $749", True),
            ("700 to 749", 724.5, True),
            ("100+", "100 +", True),
            ("700 to 749", "700-750", False),
            ("100+", "100", False),
        ],
        **order(("700 - 749", 725, True), ("700 - 749", "724.5", True), ("700+", 699, True)),
        "is blank": BLANK,
        "format is valid": [("700-749", None, True), ("good", None, False)],
        "includes": [("700 to 749", "700", True), (["1-3", "5-7"], "5 to 7", True), ("1-3", "9", False)],
        "is included in": [("1-3", ["5-7", "1 to 3"], True), ("1-3", ["2"], True), ("1-3", ["3"], False)],
    },
    "ssn": {
        "is equal to": [("123-45-6789", "123456789", True), ("123-45-6789", "x", False)],
        "is blank": BLANK,
        "format is valid": [("123-45-6789", None, True), ("12", None, False)],
        "includes": [("123-45-6789", "6789", True), ("123-45-6789", "0", False)],
        "is included in": [("123-45-6789", ["123456789"], True), ("123-45-6789", ["1"], False)],
    },
    "state": {
        "is equal to": [("Texas", "tx", True), ("tx", "CA", False), ("Texas", "Texas", False)],
        "is blank": BLANK,
        "is obscene": [("shit", None, True), ("Texas", None, False)],
        "includes": [("Texas", "t", True), ("Texas", "exas", False)],
        "is included in": [("Texas", ["CA", "TX"], True), ("Texas", "ca,ny", False), (None, "ca", False)],
    },
    "street": {
        "is equal to": [("12 Harbor St", "12 HARBOR ST", True), ("12 Harbor St", "13", False)],
        "is blank": BLANK,
        "is obscene": [("12 Shit-Hole Rd", None, True), ("12 Cockburn St", None, False)],
        "format is valid": [("12 Harbor St", None, True), ("Harbor", None, False)],
        "includes": [("12 Harbor St", "harbor", True), ("12 Harbor St", "main", False)],
        "is included in": [("1 A St", ["1 a st"], True), ("1 A St", ["1"], False)],
        "matches pattern": [("PO Box 12", r"^p\.?o\.? box", True), ("12 Harbor St", "box", False)],
    },
    "string": {
        "is equal to": [("Hello", "hELLO", True), ("1.0", 1, True), ("1.0", "1", False), ("yes", True, True)],
        "is blank": BLANK,
        "is obscene": [
            ("what the FUCK?", None, True),
            ("what the heck", None, False),
            (["x", "cunt"], None, True),
        ],
        "includes": [
            (["Gold", "7"], "gold", True),
            (["Gold"], "gol", False),
            ("Gold", "{{lead.none}}", False),
        ],
        "is included in": [(["a", "b"], "a,b,c", True), (["a", "d"], "a,b,c", False), ([], "a", False)],
        "matches pattern": [
            ("abc", "B", True),
            (["x", "abc"], "b", True),
            ("", "^$", True),
            ("abc", "^b", False),
        ],
    },
    "time": {
        "is equal to": [
            ("2014-06-02T10:00:00-05:00", "2014-06-02T15:00:00Z", True),
            ("2014-06-02T10:00:00Z", "2014-06-02", False),
        ],
        **order(
            ("2014-06-02T10:00:00-05:00", "2014-06-02T15:00:01Z", True),
            ("2014-06-02T10:00:00-05:00", "2014-06-02 15:00", True),
            ("2014-06-02T10:00:00Z", "6/2/2014", True),
        ),
        "is blank": BLANK,
        "format is valid": [("2014-06-02", None, True), ("later", None, False)],
        "is between": [
            ("2014-06-02T10:00:00Z", "2014-06-01 to 2014-06-03", True),
            ("2014-06-02T10:00:00Z", "2014-06-02T11:00Z to 2014-06-03", False),
        ],
    },
    "trustedform_url": {
        "is blank": BLANK,
        "format is valid": [
            ("https://cert.trustedform.com/" + "0" * 40, None, True),
            ("https://example.com/" + "0" * 40, None, False),
        ],
    },
    "url": {
        "is equal to": [("Example.com", "http://example.com/", True), ("example.com", "example.org", False)],
        "is blank": BLANK,
        "is obscene": [("http://example.com/shit", None, True), ("http://example.com/", None, False)],
        "format is valid": [("http://example.com/", None, True), ("no address", None, False)],
        "includes": [("http://example.com/a?b=1", "/A?", True), ("http://example.com/", "org", False)],
        "is included in": [("example.com", ["http://example.com/"], True), ("example.com", ["x"], False)],
    },
}
TABLE["dob"] = TABLE["date"]
TABLE["last_name"] = TABLE["first_name"]

ROWS = [(type, op, *row) for type, by_op in TABLE.items() for op, rows in by_op.items() for row in rows]


def holds(type: str, op: str, submitted: object, rhv: object) -> bool:
    rule: dict[str, Any] = {"lhv": "lead.field", "op": op} | ({"rhv": rhv} if op in BINARY else {})
    variables = {"lead": {"field": parse(type, submitted)}}
    rules = compile_rules({"op": "and", "rules": [rule]})

    assert rules.matches(variables) is rules.match(variables).matched
    return rules.matches(variables)


@pytest.mark.parametrize(("type", "op", "submitted", "rhv", "expected"), ROWS)
def test_an_operator_holds_or_not_and_its_opposite_is_its_opposite(
    type: str, op: str, submitted: object, rhv: object, expected: bool
) -> None:
    assert holds(type, op, submitted, rhv) is expected
    if opposite := OPPOSITES.get(op):
        assert holds(type, opposite, submitted, rhv) is not expected


@pytest.mark.parametrize("type", TYPES)
def test_the_table_has_each_operator_of_the_type_where_it_holds_and_where_not(type: str) -> None:
    seen = {(op, expected) for of, op, *_, expected in ROWS if of == type}
    asked = {op for op in operators_for(type) if op not in OPPOSITES.values()}

    assert seen == {(op, expected) for op in asked for expected in (True, False)}


def test_every_operator_has_its_opposite_or_an_order() -> None:
    assert {*OPPOSITES, *OPPOSITES.values(), *ORDER} == set(OPERATORS)
    assert len(OPERATORS) == 24


@pytest.mark.parametrize(
    ("type", "has", "lacks"),
    [
        ("boolean", "is not false", "is equal to"),
        ("number", "is between", "matches pattern"),
        ("range", "is less than", "is between"),
        ("first_name", "matches pattern", "includes"),
        ("array", "includes", "is less than"),
    ],
)
def test_a_type_offers_what_makes_sense_of_it(type: str, has: str, lacks: str) -> None:
    assert has in operators_for(type)
    assert lacks not in operators_for(type)


def test_all_operators_are_offered_where_there_is_no_type() -> None:
    assert operators_for(None) == OPERATORS


@pytest.mark.parametrize(
    ("lhv", "op", "rhv", "expected"),
    [
        ("{{lead.age}}", "is less than", 40, True),
        ("{{ lead.range }}", "is greater than", "{{lead.age}}", True),
        ("lead.age", "is between", "{{lead.range}}", False),
        ("lead.age", "is between", ["{{lead.low}}", "{{lead.high}}"], True),
        ("lead.age", "is between", "{{lead.low}}-{{lead.high}}", True),
        ("lead.range.min", "is equal to", "100", True),
        ("lead.mail", "format is invalid", None, True),
        ("{{lead.mail}}!", "format is valid", None, True),
        ("{{uppercase lead.mail}}!", "is equal to", "ADA!", True),
        ("lead.word", "is included in", "{{lead.words}}", True),
        ("lead.words", "includes", "{{lead.word}}", True),
        ("lead.word", "matches pattern", "^{{lead.part}}", True),
        ("lead.word", "matches pattern", "{{lead.none}}", False),
        ("lead.date", "is less than", "{{submission.timestamp}}", True),
        ("submission.timestamp", "is greater than", "2030-05-01", True),
        ("lead.age", "is less than", "{{lead.date}}", False),
        ("enrich.score", "is greater than or equal to", "7", True),
        ("enrich.found", "is true", None, True),
        ("enrich", "is blank", None, False),
        ("enrich.score", "format is valid", None, True),
        ("flow.name", "is equal to", "SOLAR", True),
    ],
)
def test_both_sides_are_templates_over_all_variables(lhv: str, op: str, rhv: object, expected: bool) -> None:
    lead = {
        "age": parse("number", "36"),
        "range": parse("range", "100 to 200"),
        "low": parse("number", "30"),
        "high": "40",
        "mail": parse("email", "ada"),
        "word": "gold",
        "words": ["silver", "Gold"],
        "part": "G",
        "date": parse("date", "1985-12-10"),
    }
    variables = {
        "lead": lead,
        "enrich": {"score": 7.5, "found": True},
        "flow": {"name": "Solar"},
        "submission": {"timestamp": "2030-05-01T10:00:00.000Z"},
    }
    rule = {"lhv": lhv, "op": op} | ({"rhv": rhv} if op in BINARY else {})

    rules = compile_rules({"op": "and", "rules": [rule]})

    assert rules.matches(variables) is expected
    assert rules.match(variables).matched is expected
