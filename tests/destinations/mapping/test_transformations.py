from typing import Any

import pytest

from destinations.mapping import TRANSFORMATIONS, MappingRow, Table, compile_mapping, problems
from leadconduit.leads.bounds import TooLong

TABLES = [
    Table("Sizes", (("s", "small"), ("l", "large")), "table", table="More"),
    Table("More", (("xl", "huge"),), "blank"),
]


def transformed(value: object, *transformations: dict[str, Any], **lead: object) -> object:
    """What becomes of a value; None where it comes to nothing."""
    rows = [MappingRow("a", "{{lead.value}}", transformations=transformations)]
    assert problems(rows, TABLES) == []
    return compile_mapping(rows, TABLES).apply({"lead": lead | {"value": value}}).get("a")


def notes(value: object, *transformations: dict[str, Any]) -> tuple[str, ...]:
    rows = [MappingRow("a", "{{lead.value}}", transformations=transformations)]
    return compile_mapping(rows, TABLES).explain({"lead": {"value": value}})[0].notes


@pytest.mark.parametrize(
    ("use", "options", "before", "after"),
    [
        ("trim", {}, " Ada  L. \n", "Ada  L."),
        ("trim", {}, ["a ", None, " b"], ["a", None, "b"]),
        ("trim", {}, 5, 5),
        ("trim", {}, True, True),
        ("trim", {}, {"a": " b "}, {"a": " b "}),
        ("collapse_spaces", {}, " 12  Harbor\n Street ", "12 Harbor Street"),
        ("lowercase", {}, "ADA@Example.com", "ada@example.com"),
        ("uppercase", {}, "tx", "TX"),
        ("title_case", {}, "mary-ann o'neil", "Mary-Ann O'Neil"),
        ("title_case", {}, "DON'T WALK", "Don't Walk"),
        ("title_case", {}, "élan 3rd st.", "Élan 3rd St."),
        ("digits", {}, "(512) 555-0134 x9", "51255501349"),
        ("digits", {}, 12.5, "125"),
        ("e164", {}, "(512) 789-0134", "+15127890134"),
        ("e164", {}, "1-512-789-0134", "+15127890134"),
        ("e164", {}, "5127890134", "+15127890134"),
        ("e164", {}, "+44 20 7946 0018", "+442079460018"),
        ("e164", {"country": "GB"}, "020 7946 0018", "+442079460018"),
        ("e164", {"country": "gb"}, "(512) 789-0134", "(512) 789-0134"),
        ("e164", {"country": "CA"}, "416 555 0134", "+14165550134"),
        ("e164", {}, "555-0134", "555-0134"),
        ("e164", {}, "call me", "call me"),
        ("date", {}, "2026-03-04", "2026-03-04"),
        ("date", {"format": "MM/DD/YYYY"}, "1985-12-10", "12/10/1985"),
        ("date", {"format": "D MMMM YYYY", "locale": "fr"}, "1985-12-10", "10 décembre 1985"),
        (
            "date",
            {"format": "YYYY-MM-DD HH:mm", "timezone": "America/Chicago"},
            "2026-01-31T12:00:00+00:00",
            "2026-01-31 06:00",
        ),
        ("date", {}, "soon", "soon"),
        ("number", {}, "$1,250.50", 1250.5),
        ("number", {}, "7", 7),
        ("number", {}, 7, 7),
        ("number", {"format": "0,0.00"}, "1250.5", "1,250.50"),
        ("number", {"format": "0,0.00"}, 1250.5, "1,250.50"),
        ("number", {}, "- 12.50 %", -12.5),
        ("number", {}, "1,234,567", 1234567),
        ("number", {}, ".5", 0.5),
        ("number", {}, "12345678901234567890", "12345678901234567890"),
        ("number", {}, "many", "many"),
        ("number", {}, "12 Harbor Street", "12 Harbor Street"),
        ("number", {}, "1,25", "1,25"),
        ("number", {}, "1e999", "1e999"),
        ("number", {}, "512-789-0134", "512-789-0134"),
        ("number", {}, True, True),
        ("number", {}, "9" * 501, "9" * 501),
        ("text", {}, 7.0, "7"),
        ("text", {}, True, "true"),
        ("text", {}, [1, 2.5], ["1", "2.5"]),
        ("boolean", {}, "Yes", True),
        ("boolean", {}, "no", False),
        ("boolean", {}, True, True),
        ("boolean", {"true": "Y", "false": "N"}, "yes", "Y"),
        ("boolean", {"true": "Y", "false": "N"}, False, "N"),
        ("boolean", {"true": "Y"}, False, None),
        ("boolean", {}, "perhaps", "perhaps"),
        ("boolean", {}, "", None),
        ("boolean", {"blank_is_false": True}, None, False),
        ("boolean", {"blank_is_false": True, "true": "1", "false": "0"}, " ", "0"),
        ("lookup", {"table": "Sizes"}, " L ", "large"),
        ("lookup", {"table": "sizes"}, "XL", "huge"),
        ("lookup", {"table": "Sizes"}, "m", None),
        ("lookup", {"table": "Sizes"}, ["s", "l"], ["small", "large"]),
        ("substring", {"start": 3}, "Michael", "chael"),
        ("substring", {"start": 2, "end": 4}, "Michael", "ich"),
        ("substring", {"start": -4}, "1234567890", "7890"),
        ("substring", {"end": -3}, "Michael", "Micha"),
        ("substring", {"end": -1}, "Michael", "Michael"),
        ("substring", {"start": 20}, "Michael", None),
        ("replace", {"pattern": "Mi", "replacement": "At"}, "Michael Mi", "Atchael At"),
        ("replace", {"pattern": " "}, "a b c", "abc"),
        ("replace", {"pattern": "MI", "ignore_case": True, "replacement": r"\1$1"}, "Michael", r"\1$1chael"),
        ("replace", {"pattern": "h.{3}", "regexp": True, "replacement": "ke"}, "Michael", "Micke"),
        ("replace", {"pattern": "(a)(b)", "regexp": True, "replacement": "$2$1"}, "abab", "baba"),
        ("replace", {"pattern": "A", "regexp": True, "ignore_case": True}, "banana", "bnn"),
        ("extract", {"pattern": r"(?<=#)\w+(?=#)"}, "#John#Doe#", "John Doe"),
        ("extract", {"pattern": r"\d+", "separator": "-"}, "a1b22", "1-22"),
        ("extract", {"pattern": r"\d+"}, "none", None),
        ("split", {}, "red, green ,blue", ["red", "green", "blue"]),
        ("split", {"separator": r"\s"}, "a b", ["a", "b"]),
        ("split", {"separator": r"\n"}, "a\nb", ["a", "b"]),
        ("split", {"separator": "|", "part": 2}, "a | b | c", "b"),
        ("split", {"separator": "|", "part": -1}, "a | b | c", "c"),
        ("split", {"separator": "|", "part": -3}, "a | b | c", "a"),
        ("split", {"separator": "|", "part": 4}, "a | b | c", None),
        ("split", {"separator": "|", "part": -4}, "a | b | c", None),
        ("split", {}, ["a,b", "c", None], ["a", "b", "c", None]),
        ("split", {"part": 1}, ["a,b", "c"], ["a", "c"]),
        ("split", {}, 1, ["1"]),
        ("join", {}, ["a", None, " ", 1], "a,1"),
        ("join", {"separator": r";\s"}, ["a", "b"], "a; b"),
        ("join", {"separator": ""}, ["a", "b"], "ab"),
        ("join", {}, "a", "a"),
        ("join", {}, [None], None),
        ("truncate", {"length": 3}, "Michael", "Mic"),
        ("prefix", {"text": "lead-"}, 7, "lead-7"),
        ("prefix", {"text": "lead-"}, " ", None),
        ("suffix", {"text": " Esq."}, "Ada", "Ada Esq."),
        ("hash", {"algorithm": "md5"}, "a", "0cc175b9c0f1b6a831c399e269772661"),
        ("hash", {"algorithm": "md5", "salt": "b", "encoding": "base64"}, "a", "GH70Q2Ei0cwvQNwrkvDroA=="),
        ("hash", {"algorithm": "md5"}, "", None),
    ],
)
def test_what_becomes_of_a_value(use: str, options: dict[str, Any], before: object, after: object) -> None:
    result = transformed(before, {"use": use} | options)

    assert (result, type(result)) == (after, type(after))


@pytest.mark.parametrize("use", sorted(TRANSFORMATIONS.keys() - {"first_nonblank", "boolean"}))
@pytest.mark.parametrize("blank", [None, "", "  ", [], {}])
def test_a_blank_stays_blank(use: str, blank: object) -> None:
    needed: dict[str, dict[str, Any]] = {
        "lookup": {"table": "Sizes"},
        "truncate": {"length": 1},
        "replace": {"pattern": "x", "replacement": "y"},
        "extract": {"pattern": "x"},
    }

    assert transformed(blank, {"use": use} | needed.get(use, {})) is None


@pytest.mark.parametrize("use", sorted(TRANSFORMATIONS))
@pytest.mark.parametrize("blank", [None, ""])
def test_an_option_that_is_left_blank_is_refused_or_has_a_meaning(use: str, blank: str | None) -> None:
    blanks = {option.key: blank for option in TRANSFORMATIONS[use].options}
    rows = [MappingRow("a", "{{lead.value}}", transformations=({"use": use} | blanks,))]

    if not problems(rows, TABLES):
        compile_mapping(rows, TABLES).apply({"lead": {"value": "1"}})


def test_transformations_follow_one_another() -> None:
    steps = [{"use": "trim"}, {"use": "lowercase"}, {"use": "replace", "pattern": "a", "replacement": "b"}]

    assert transformed(" AAc ", *steps) == "bbc"


def test_the_first_that_is_not_blank_is_taken() -> None:
    steps = [
        {"use": "first_nonblank", "template": "{{lead.mobile}}"},
        {"use": "first_nonblank", "template": "{{lead.home}} (home)"},
        {"use": "uppercase"},
    ]

    assert transformed("x", *steps, mobile="m", home="h") == "X"
    assert transformed(" ", *steps, mobile="m", home="h") == "M"
    assert transformed(None, *steps, home="h") == "H (HOME)"


def test_what_cannot_be_read_is_noted() -> None:
    assert notes("call me", {"use": "e164"}) == ("“call me” is no telephone number: it stays as it is.",)
    assert notes("soon", {"use": "date"}) == ("“soon” is no date: it stays as it is.",)
    assert notes(["many", "many", "1"], {"use": "number"}) == ("“many” is no number: it stays as it is.",)
    assert notes("perhaps", {"use": "boolean"}) == (
        "“perhaps” is neither true nor false: it stays as it is.",
    )
    assert notes("x" * 50, {"use": "date"}) == (f"“{'x' * 39}…” is no date: it stays as it is.",)


def test_a_catastrophic_pattern_counts_as_not_matching_and_is_not_tried_again() -> None:
    slow = {"use": "replace", "pattern": r"^(x|xx)+(?=$)y", "regexp": True, "replacement": "-"}
    value = "x" * 40

    assert transformed([value] * 100, slow) == [value] * 100
    [note] = notes([value] * 100, slow)
    assert "counts as not matching" in note


@pytest.mark.parametrize(
    ("value", "steps"),
    [
        ("x" * 1_000_000, [{"use": "replace", "pattern": "x", "replacement": "yy"}]),
        ("x" * 1_000_000, [{"use": "replace", "pattern": "X", "ignore_case": True, "replacement": "yy"}]),
        ("x" * 5_000, [{"use": "replace", "pattern": "x", "regexp": True, "replacement": "y" * 300}]),
        (",".join("x" * 2_000), [{"use": "split"}]),
        (["x" * 100_000] * 11, [{"use": "join"}]),
        (["1"] * 30_000, [{"use": "number"}]),
        ("x" * 1_000_000, [{"use": "trim"}] * 20 + []),
        ("x" * 200_000, [{"use": "hash", "algorithm": "whirlpool"}]),
    ],
)
def test_what_would_be_too_much_is_refused(value: object, steps: list[dict[str, Any]]) -> None:
    # Nineteen of twenty steps over a million characters are within the bound, so that one more row is not.
    rows = [MappingRow("a", "{{lead.value}}", transformations=tuple(steps))] * 2

    with pytest.raises(TooLong, match=r"^`a`: "):
        compile_mapping(rows).apply({"lead": {"value": value}})


def test_a_million_characters_once_are_fine() -> None:
    assert transformed("x" * 1_000_000, {"use": "uppercase"}, {"use": "truncate", "length": 5}) == "XXXXX"


def test_every_transformation_says_what_it_does() -> None:
    for key, transformation in TRANSFORMATIONS.items():
        assert transformation.key == key
        assert transformation.label
        assert transformation.help.endswith(".")
        assert all(option.label for option in transformation.options)
