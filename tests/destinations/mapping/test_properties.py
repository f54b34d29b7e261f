"""What holds for every mapping without problems, and every lead."""

import copy
import json
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from destinations.mapping import TRANSFORMATIONS, MappingRow, Table, compile_mapping, problems, table_problems
from destinations.mapping.mapping import MAX_PAYLOAD
from leadconduit.leads.bounds import TooLong
from leadconduit.leads.types import TYPES, parse

TABLES = [
    Table("a", (("x", "y"), ("TX", "Texas")), "table", table="b"),
    Table("b", (("z", ""),), "text", "other"),
]

texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["ada@example.com", "(512) 789-0134", "1985-12-10", "$1,250.50", "yes", "a,b", "TX", "x" * 5_000]
    ),
)
plain_values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(["a", "b", "normal"]), inner, max_size=2)
    ),
    max_leaves=6,
)
values = st.one_of(plain_values, st.builds(parse, st.sampled_from(TYPES), plain_values))
leads = st.dictionaries(st.sampled_from(["a", "b", "c"]), values)

paths = st.sampled_from(["lead.a", "lead.b", "lead.c", "lead.a.normal", "lead.b.0", "lead", "flow.id"])
templates = st.one_of(
    paths.map(lambda path: f"{{{{{path}}}}}"),
    st.builds(lambda path, text: f"{text}{{{{ {path} }}}}", paths, st.sampled_from(["", " ", "lead-"])),
    st.just(""),
)
patterns = st.sampled_from(["a", " ", r"\d+", r"(?<=a).", "(x|y)*", "[", ""])
options: dict[str, st.SearchStrategy[Any]] = {
    "format": st.sampled_from(["YYYY-MM-DD", "0,0.00", "X", "LLLL", "0a"]),
    "locale": st.sampled_from(["en", "fr"]),
    "timezone": st.sampled_from(["", "America/Chicago"]),
    "table": st.sampled_from(["a", "B", "nowhere"]),
    "country": st.sampled_from(["US", "gb"]),
    "start": st.integers(-3, 3),
    "end": st.integers(-3, 3),
    "part": st.integers(-3, 3),
    "length": st.integers(1, 5),
    "pattern": patterns,
    "replacement": st.sampled_from(["", "$1", "yy" * 50]),
    "separator": st.sampled_from([",", r"\s", "--"]),
    "template": templates,
    "text": st.sampled_from(["", "x "]),
    "true": st.sampled_from(["", "Y"]),
    "false": st.sampled_from(["", "N"]),
    "algorithm": st.sampled_from(["md5", "sha256", "whirlpool"]),
    "encoding": st.sampled_from(["hex", "base64"]),
    "salt": st.just(""),
}


@st.composite
def transformations(draw: st.DrawFn) -> dict[str, Any]:
    known = TRANSFORMATIONS[draw(st.sampled_from(list(TRANSFORMATIONS)))]
    needs = {"format", "table", "length", "pattern", "template"}
    chosen = [
        option.key
        for option in known.options
        if option.key in needs or (option.key in options and draw(st.booleans()))
    ]
    flags = {option.key: draw(st.booleans()) for option in known.options if option.kind == "boolean"}
    return {"use": known.key} | flags | {key: draw(options[key]) for key in chosen}


rule_sets = st.sampled_from(
    [
        None,
        {"op": "and", "rules": [{"lhv": "lead.a", "op": "is blank"}]},
        {"op": "or", "rules": [{"lhv": "lead.b", "op": "is equal to", "rhv": "{{lead.c}}"}]},
    ]
)
rows = st.builds(
    MappingRow,
    target=st.sampled_from(["a", "b", "c.d", "c.e", "list.0", "list.3", "people.1.name", "people.0.tags.2"]),
    template=templates,
    default=st.sampled_from(["", "none"]),
    literal=st.booleans(),
    transformations=st.lists(transformations(), max_size=4).map(tuple),
    rule_set=rule_sets,
    sends=st.sampled_from(["normal", "raw", "valid"]),
)
mappings = st.lists(rows, max_size=6)


def applied(of: list[MappingRow], lead: dict[str, Any]) -> object:
    try:
        return compile_mapping(of, TABLES).apply({"lead": lead})
    except TooLong as error:
        return error.sentence


@given(mappings, leads)
def test_a_mapping_is_bounded_deterministic_and_raises_nothing_else(
    of: list[MappingRow], lead: dict[str, Any]
) -> None:
    assert table_problems(TABLES) == []
    assume(problems(of, TABLES) == [])
    before = copy.deepcopy(lead)

    payload = applied(of, lead)

    assert lead == before
    assert applied(of, lead) == payload
    assert len(json.dumps(payload, allow_nan=False)) < 2 * MAX_PAYLOAD


@given(mappings, leads)
def test_what_is_explained_is_what_is_sent(of: list[MappingRow], lead: dict[str, Any]) -> None:
    assume(problems(of, TABLES) == [])
    payload = applied(of, lead)
    results = compile_mapping(of, TABLES).explain({"lead": lead})

    if isinstance(payload, str):
        assert payload.split(": ", 1)[1] in [result.why for result in results]
        return
    for row, result in zip(of, results, strict=True):
        if result.sent:
            assert _at(payload, row.path) == result.value
    assert sum(result.sent for result in results) == _values_in(payload, of)


@given(mappings, leads)
def test_a_mapping_with_problems_is_found_out_or_does_as_it_is_told(
    of: list[MappingRow], lead: dict[str, Any]
) -> None:
    try:
        compile_mapping(of, TABLES)
    except (ValueError, LookupError):
        assert problems(of, TABLES) != []


@given(rows)
def test_a_row_survives_json(row: MappingRow) -> None:
    assert MappingRow.from_json(json.loads(json.dumps(row.to_json()))) == row


def _at(payload: Any, path: tuple[str, ...]) -> object:
    for part in path:
        payload = payload[int(part)] if isinstance(payload, list) else payload[part]
    return payload


def _values_in(payload: Any, of: list[MappingRow]) -> int:
    """How many targets have a value."""
    found = 0
    for path in {row.path for row in of}:
        try:
            found += _at(payload, path) is not None
        except (KeyError, IndexError, TypeError):
            continue
    return found
