"""Most rows are the documented examples of LeadConduit's templates, by what they are documented to give."""

import hashlib

import pytest

from leadconduit.leads.template import TooLong, compile_template

VARIABLES = {
    "lead": {
        "first_name": "Mike",
        "whole": "Michael",
        "hashes": "#John#Doe#Smith",
        "dob": "2015-06-24",
        "typed_dob": {"normal": "2015-06-24", "raw": "June 24, 2015", "valid": True},
        "source_timestamp": "2015-06-24T17:24:49.060Z",
        "age": 30,
        "opted_in": True,
        "balance": 45302,
        "value": 62115.5,
        "postal_code": "78751",
        "canadian": "H3Z 2Y7",
        "long_number": "12345678901234567890",
        "email": "Ada@example.com",
        "phone_1": {"normal": "5125551234", "raw": "(512) 555-1234", "valid": True},
        "blank": " ",
        "price": "$100",
        "tags": ["a", "b"],
        "two": 2,
    }
}


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


EXAMPLES = [
    # Dates
    ('{{ format lead.dob format="YYYY-MM-DD" }}', "2015-06-24"),
    ('{{ format lead.typed_dob format="MM/DD/YYYY" }}', "06/24/2015"),
    ('{{ format lead.dob format="[It\'s] MMMM Do" }}', "It's June 24th"),
    ('{{ format lead.source_timestamp format="LLL" locale="fr" }}', "24 juin 2015 17:24"),
    ('{{ format lead.source_timestamp format="H:mm z" timezone="America/New_York" }}', "13:24 EDT"),
    ('{{ format lead.source_timestamp format="YYYY-MM-DDT00:00:00" }}', "2015-06-24T00:00:00"),
    # Numbers
    ('{{ format lead.balance format="$0,0.00"}}', "$45,302.00"),
    ('{{ format "1000.234" format="$0,0.00"}}', "$1,000.23"),
    ('{{ format -104000 format="0a"}}', "-104k"),
    ('{{ math "(lead.balance / lead.value) * 100" format="0"}}%', "73%"),
    ('{{ math "lead.balance / lead.value" format="0.[00]%" }}', "72.93%"),
    ('{{ math "1 + 1" }}', 2),
    # Types
    ('{{format lead.age dataType="String"}}', "30"),
    ('{{format lead.opted_in dataType="String"}}', "true"),
    ('{{format lead.nothing dataType="String"}}', None),
    ('{{format lead.postal_code dataType="Number"}}', 78751),
    ('{{format lead.canadian dataType="Number"}}', "H3Z 2Y7"),
    ('{{format lead.long_number dataType="Number"}}', "12345678901234567890"),
    ('{{format lead.blank dataType="Number"}}', " "),
    ('{{format "-1.50" dataType="Number"}}', -1.5),
    ('{{format lead.source_timestamp format="X" dataType="Number"}}', 1435166689),
    # Case
    ("{{lowercase lead.first_name}}", "mike"),
    ("{{uppercase lead.first_name}}", "MIKE"),
    ("{{uppercase lead.nothing}}", ""),
    ("{{uppercase lead.tags}}", "A,B"),
    ("{{uppercase lead.phone_1}}", "5125551234"),
    # Substring
    ('{{substring lead.whole start="3"}}', "chael"),
    ('{{substring lead.whole start="2" end="4"}}', "ich"),
    ("{{substring lead.whole start=2 end=4}}", "ich"),
    ("{{substring lead.whole start=lead.two}}", "ichael"),
    ("{{substring lead.whole start=5 end=99}}", "ael"),
    ("{{substring lead.whole start=4 end=2}}", ""),
    ("{{substring lead.whole start=99}}", ""),
    # Replace
    ('{{replace lead.whole pattern="Mi" replace="At"}}', "Atchael"),
    ('{{replace lead.whole pattern="regexp(h.{3})" replace="ke"}}', "Micke"),
    ('{{replace lead.hashes pattern="#" replace=""}}', "JohnDoeSmith"),
    ('{{replace lead.whole pattern="." replace="x"}}', "Michael"),
    ('{{replace lead.whole pattern="regexp((M)(i))" replace="$2$1$$"}}', "iM$chael"),
    ('{{replace lead.whole pattern="Mi" replace="$&"}}', "$&chael"),
    ('{{replace lead.whole pattern="regexp(Mi)" replace=lead.price}}', "$100chael"),
    # Extract
    (r'{{ extract lead.hashes pattern="(?<=#)(\\w+)(?=#)" }}', "John Doe"),
    (r'{{ extract lead.hashes pattern="(?<=#)(\w+)(?=#)" }}', "John Doe"),
    (r'{{ extract lead.hashes pattern="regexp([A-Z]\w)" }}', "Jo Do Sm"),
    ('{{ extract lead.hashes pattern="[0-9]" }}', ""),
    # Hashes
    ("{{ md5 lead.email }}", md5("Ada@example.com")),
    ("{{ md5 lead.email lead.phone_1 }}", md5("Ada@example.com5125551234")),
    ('{{ md5 lead.email "this is my salt" }}', md5("Ada@example.comthis is my salt")),
    ('{{ md5 lead.email salt="this is my salt" }}', md5("Ada@example.comthis is my salt")),
    ('{{ sha256 "abc" encoding="base64" }}', "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    ("{{ md5 lead.nothing }}", None),
    ('{{ md5 lead.blank lead.nothing "salt" }}', None),
    ('{{ md5 "" }}', md5("")),
    # Nested
    ("{{md5 (lowercase lead.email)}}", md5("ada@example.com")),
    ("{{uppercase (substring lead.whole start=1 end=(math 'lead.two + 1'))}}", "MIC"),
    ('{{format (math "lead.age / 7") format="0.00"}}', "4.29"),
    # Texts between quotes
    (r'{{replace "a\"b" pattern="\"" replace="\\"}}', r"a\b"),
    ("{{uppercase 'it\\'s'}}", "IT'S"),
]


@pytest.mark.parametrize(("text", "result"), EXAMPLES)
def test_functions_give_what_is_documented(text: str, result: object) -> None:
    notes: list[str] = []

    rendered = compile_template(text).render(VARIABLES, notes=notes)

    assert rendered == result
    assert type(rendered) is type(result)
    assert notes == []


@pytest.mark.parametrize(
    ("text", "result", "says"),
    [
        ('{{format lead.canadian format="YYYY"}}', "H3Z 2Y7", "`lead.canadian` is no date"),
        ('{{format lead.canadian format="0.00"}}', "H3Z 2Y7", "`lead.canadian` is no number"),
        ('{{format lead.opted_in format="0.00"}}', True, "`lead.opted_in` is no number"),
        ('{{math "lead.canadian + 1"}}', None, "`lead.canadian + 1` comes to no number"),
        ("{{substring lead.whole start=lead.canadian}}", "Michael", "no position"),
    ],
)
def test_a_value_that_a_function_cannot_take_is_kept_and_noted(text: str, result: object, says: str) -> None:
    notes: list[str] = []

    assert compile_template(text).render(VARIABLES, notes=notes) == result
    assert says in notes[0]
    assert compile_template(text).render(VARIABLES) == result


def test_a_blank_is_neither_formatted_nor_noted() -> None:
    notes: list[str] = []

    assert compile_template('{{format lead.nothing format="YYYY"}}').render(VARIABLES, notes=notes) is None
    assert notes == []


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (r'{{extract lead.a pattern="(a)\\1(a+)+$"}}', ""),
        (r'{{replace lead.a pattern="regexp((a)\\1(a+)+$)" replace="b"}}', "a" * 100_000 + "!"),
    ],
)
def test_a_pattern_that_takes_too_long_counts_as_not_matching_and_is_noted(text: str, result: str) -> None:
    notes: list[str] = []

    assert compile_template(text).render({"lead": {"a": "a" * 100_000 + "!"}}, notes=notes) == result
    assert "took longer than 50 ms" in notes[0]


def test_more_than_whirlpool_hashes_is_refused() -> None:
    with pytest.raises(TooLong) as refused:
        compile_template("{{whirlpool lead.a}}").render({"lead": {"a": "x" * 100_001}})

    assert "Whirlpool" in refused.value.sentence
