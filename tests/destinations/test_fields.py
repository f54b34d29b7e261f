from typing import Any

import pytest

from destinations.fields import Choice, FieldGroup, FieldSpec, problems, split_secrets, with_defaults


def spec(kind: Any = "text", **more: Any) -> FieldSpec:
    return FieldSpec(key="it", label="It", kind=kind, **more)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (spec(), "a text"),
        (spec(), ""),
        (spec("secret", required=True), "s3cret"),
        (spec("url"), "https://example.com/a?b=c"),
        (spec("number", minimum=1, maximum=60), 1),
        (spec("choice", choices=(Choice("a", "A"),)), "a"),
        (spec("choice", live_choices=True), "701xx"),
        (spec("boolean", required=True), False),
        (spec("number", required=True), 0),
        (spec("pairs"), [["X-Source", "web"]]),
        (spec("pairs"), []),
    ],
)
def test_a_fitting_value_has_no_problem(field: FieldSpec, value: object) -> None:
    assert field.problem(value) == ""


def test_a_field_is_looked_at_only_with_the_choice_that_it_is_for() -> None:
    choices = (Choice("own", "Own"), Choice("shared", "Shared"))
    kind = FieldSpec(key="kind", label="Kind", kind="choice", choices=choices, default="shared")
    fields = [kind, FieldSpec(key="host", label="Host", required=True, only_for=("kind", "own"))]

    assert problems(fields, {}) == {}
    assert problems(fields, {"kind": "shared", "host": 5}) == {}
    assert problems(fields, {"kind": "own"}) == {"host": "Fill this in."}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        (spec(required=True), " ", "Fill this in"),
        (spec(required=True), None, "Fill this in"),
        (spec("secret_pairs", required=True), [], "Fill this in"),
        (spec(), 5, "not a text"),
        (spec(max_length=3), "long", "At most 3"),
        (spec("secret"), "two\nlines", "Line breaks"),
        (spec("url"), "example.com/leads", "whole address"),
        (spec("url"), "ftp://example.com", "whole address"),
        (spec("url"), "http://[::1", "not an address"),
        (spec("url"), "http://example.com:port/", "not an address"),
        (spec("url"), "https://ada:pw@example.com/", "user name"),
        (spec("number"), "10", "not a number"),
        (spec("number"), True, "not a number"),
        (spec("number", minimum=1), 0, "At least 1"),
        (spec("number", maximum=60), float("nan"), "At most 60"),
        (spec("choice", choices=(Choice("a", "A"),)), "b", "offered"),
        (spec("boolean"), "yes", "neither"),
        (spec("pairs"), {"a": "b"}, "list"),
        (spec("pairs"), [["a"]], "list"),
        (spec("pairs"), [["", "b"]], "name"),
        (spec("pairs"), [["a", "b\n"]], "Line breaks"),
        (spec("pairs"), [["a", "b"]] * 51, "At most 50"),
        (spec(check=lambda value: "Not today."), "x", "Not today."),
    ],
)
def test_a_value_that_does_not_fit_gets_a_sentence(field: FieldSpec, value: object, says: str) -> None:
    assert says in field.problem(value)


def test_problems_are_found_by_field() -> None:
    fields = (FieldSpec(key="a", label="A", required=True), FieldSpec(key="b", label="B"))

    assert problems(fields, {"b": 1}) == {"a": "Fill this in.", "b": "This is not a text."}


def test_what_fits_only_apart_is_found_together() -> None:
    group = FieldGroup(
        key="g",
        label="G",
        fields=(spec(default="x"),),
        check=lambda values: {"it": "No x here."} if values["it"] == "x" else {},
    )

    assert group.problems({}) == {"it": "No x here."}
    assert group.problems({"it": "y", "elsewhere": 1}) == {}


def test_defaults_stand_in_for_what_was_not_given() -> None:
    assert with_defaults((spec(default="x"), FieldSpec(key="b", label="B")), {"c": 1}) == {
        "it": "x",
        "b": None,
    }


def test_secrets_are_kept_apart_from_what_may_be_shown() -> None:
    fields = (
        FieldSpec(key="username", label="U"),
        FieldSpec(key="password", label="P", kind="secret"),
        FieldSpec(key="headers", label="H", kind="secret_pairs"),
    )

    shown, sealed = split_secrets(fields, {"username": "ada", "password": "pw", "headers": [["a", "b"]]})

    assert shown == {"username": "ada"}
    assert sealed == {"password": "pw", "headers": [["a", "b"]]}
