import contextlib

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from leadconduit.leads.template import MAX_RESULT, TemplateError, TooLong, compile_template

NAMES = st.sampled_from(["a", "b", "c", "normal", "raw", "valid"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)
VALUES = st.sampled_from(
    [
        "lead.a",
        "lead.b.c",
        "lead.nothing",
        "'x y'",
        "-12.5",
        "true",
        "(uppercase lead.a)",
        '(math "lead.a * 2")',
    ]
)
OPTIONS = st.sampled_from(
    [
        "",
        'format="YYYY-MM-DD HH:mm"',
        'format="0,0.00"',
        'dataType="Number"',
        "start=2",
        "start=lead.b end=3",
        'pattern="a" replace="bb"',
        'pattern="regexp((.)\\1*)" replace="$1$&"',
        'pattern="\\w+"',
        "salt=lead.a",
        'encoding="base64"',
    ]
)
FUNCTIONS = st.sampled_from(
    ["lowercase", "uppercase", "format", "substring", "replace", "extract", "md5", "whirlpool"]
)
EXPRESSIONS = st.builds("{{{{{} {} {}}}}}".format, FUNCTIONS, VALUES, OPTIONS) | st.builds(
    "{{{{{}}}}}".format, VALUES
)
TEMPLATES = st.lists(EXPRESSIONS | st.text(max_size=5), max_size=4).map("".join)
ALMOST = st.lists(
    st.sampled_from(
        [
            *"{}()\"'\\=|.#[]? a1",
            "{{",
            "}}",
            "lead.a ",
            "md5 ",
            "(md5 ",
            "extract ",
            "replace ",
            'pattern="',
            "math ",
            "regexp(",
        ]
    ),
    max_size=20,
).map("".join)


def problem_of(text: str) -> TemplateError | None:
    try:
        compile_template(text)
    except TemplateError as error:
        return error
    return None


@given(st.text() | ALMOST | TEMPLATES)
@example("{{" * 5000)
@example("{{md5 " + "(" * 9000 + "}}")
@example('{{extract a pattern="' + "(" * 900 + '"}}')
@example("{{a \ud800}}\ud800")
@example('{{extract a pattern="\ud800"}}')
def test_any_text_is_compiled_or_refused_at_a_column_of_it(text: str) -> None:
    problem = problem_of(text)

    assert problem is None or (problem.sentence and 1 <= problem.column <= len(text) + 1)


@given(TEMPLATES, st.dictionaries(NAMES, JSON))
def test_rendering_gives_the_same_and_no_more_than_the_bound_for_any_variables(
    text: str, lead: dict[str, object]
) -> None:
    assume(problem_of(text) is None)
    template = compile_template(text)
    notes: list[str] = []

    rendered = template.render({"lead": lead}, notes=notes)

    assert rendered == template.render({"lead": lead})
    assert not isinstance(rendered, str) or len(rendered) <= MAX_RESULT


@pytest.mark.parametrize("character", ["x", "é", "2015-"])
@pytest.mark.parametrize(
    "text",
    [
        '{{replace lead.a pattern="regexp(.)" replace="$&$&"}}',
        '{{replace lead.a pattern="x" replace=lead.a}}',
        r'{{extract lead.a pattern="\\w"}}',
        '{{extract lead.a pattern="(a+)+$"}}',
        '{{extract lead.a pattern="(?=(x|xx)+y)x"}}',
        "{{uppercase lead.a}}{{lead.a}}",
        '{{format lead.a format="0.0"}}',
        '{{format lead.a format="YYYY"}}',
        '{{math "lead.a * 2"}}',
        "{{sha512 lead.a}}",
    ],
)
def test_a_value_of_a_million_characters_is_bounded(text: str, character: str) -> None:
    with contextlib.suppress(TooLong):
        rendered = compile_template(text).render({"lead": {"a": character * (1_000_000 // len(character))}})

        assert rendered is None or len(str(rendered)) <= MAX_RESULT
