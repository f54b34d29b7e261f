"""What is expected of plain calculations is what expr-eval 1.2.3 gives for them."""

import math
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leadconduit.leads.arithmetic import MAX_DEPTH, MAX_LENGTH, MAX_TEXT, Math, MathError, compile_math
from leadconduit.leads.values import lookup

LEAD: dict[str, object] = {
    "lead": {
        "mortgage": {"loan": {"amount": "175000"}, "new_property_value": 240_000},
        "zip": "01234",
        "state": "TX",
        "homeowner": True,
        "rate": " 4.5 ",
        "age": 36,
        "blank": "  ",
        "tags": ["1", "2"],
        "phones": ["512"],
        "huge": 10**400,
    }
}


def result_of(text: str) -> object:
    return compile_math(text).evaluate(lambda path: lookup(LEAD, path))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 + 1", 2),
        ("1.5 + 1.5", 3),
        ("0.1 + 0.2", 0.30000000000000004),
        (".5 + 1.", 1.5),
        ("1e3", 1000),
        ("0x1f + 0b101", 36),
        ("7 - 2 - 1", 4),
        ("2 * 3 + 4 * 5", 26),
        ("2 * (3 + 4) * 5", 70),
        ("7 / 2", 3.5),
        ("7 % 4", 3),
        ("-7 % 4", -3),
        ("2 ^ 3 ^ 2", 512),
        ("-2 ^ 2", -4),
        ("2 ^ -1", 0.5),
        ("2 * -3", -6),
        ("--3", 3),
        ("+'5'", 5),
        ("5!", 120),
        ("3!!", 720),
        ("2 ^ 3!", 64),
        ("0.5!", 0.886226925452758),
        ("sqrt 16", 4),
        ("sqrt 4 ^ 2", 4),
        ("sqrt(4) ^ 2", 4),
        ("sqrt 9 + 16", 19),
        ("-sqrt(9)", -3),
        ("abs -3", 3),
        ("1 || 2", "12"),
        ("1 + 2 || 'x' || 0.5", "3x0.5"),
        ("1e21 || ''", "1e+21"),
        ("1e20 || ''", "100000000000000000000"),
        ("1 / 1e7 || ''", "1e-7"),
        ("0 * -1 || ''", "0"),
        ("true || ' ' || false", "true false"),
        (r"""'it\'s' || "\\" """, "it's\\"),
        ("1 == 1", True),
        ("1 == true", False),
        ("true == true", True),
        ("'a' == 'a'", True),
        ("0 == ''", False),
        ("1 != 2", True),
        ("1 < 2", True),
        ("2 <= 1", False),
        ("'b' > 'a'", True),
        ("'b' >= 'c'", False),
        ("'a' < 1", False),
        ("3 > 2 > 1", False),
        ("not 0", True),
        ("not 1 == 2", False),
        ("not (1 == 2)", True),
        ("1 and 0", False),
        ("1 and 'a'", True),
        ("0 or ''", False),
        ("0 or 2", True),
        ("1 or 0 and 0", True),
        ("1 < 2 ? 10 : 20", 10),
        ("0 ? 1 : 0 ? 2 : 3", 3),
        ("1 ? 0 ? 1 : 2 : 3", 2),
        ("if(1 > 2, 10, 20)", 20),
        ("PI", math.pi),
        ("E", math.e),
        ("false", False),
        ("sin(PI / 2)", 1),
        ("cos 0", 1),
        ("tan 0", 0),
        ("asin(1)", math.pi / 2),
        ("acos(1)", 0),
        ("atan(1)", math.pi / 4),
        ("sinh 0", 0),
        ("cosh 0", 1),
        ("tanh 0", 0),
        ("asinh 0", 0),
        ("acosh 1", 0),
        ("atanh 0", 0),
        ("log(E)", 1),
        ("ln(E ^ 2)", 2),
        ("lg 1000", 3),
        ("log10(0.01)", -2),
        ("exp(0)", 1),
        ("exp(log(0))", 0),
        ("ceil(1.2)", 2),
        ("floor(-1.2)", -2),
        ("round(2.5)", 3),
        ("round(-2.5)", -2),
        ("round(0.49999999999999994)", 0),
        ("trunc(-1.8)", -1),
        ("roundTo(1.005, 2)", 1.01),
        ("roundTo(1234.5, -2)", 1200),
        ("roundTo(2.5)", 3),
        ("fac(4)", 24),
        ("fac(170)", math.factorial(170) / 1),
        ("gamma(5)", 24),
        ("min(3, 1, 2)", 1),
        ("max(3, 1, 2)", 3),
        ("pyt(3, 4)", 5),
        ("hypot(2, 3, 6)", 7),
        ("pow(2, 10)", 1024),
        ("atan2(1, 1)", math.pi / 4),
        ("length('four')", 4),
        ("9007199254740992", 2**53),
        ("9007199254740993 * 2", 1.8014398509481984e16),
        ("1 / 0 > 5", True),
    ],
)
def test_it_calculates(text: str, result: object) -> None:
    found = result_of(text)

    assert found == (pytest.approx(result, rel=1e-14) if isinstance(result, float) else result)
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("lead.mortgage.loan.amount / lead.mortgage.new_property_value * 100", 72.91666666666666),
        ("lead.rate * 2", 9),
        ("lead.mortgage.loan.amount", 175_000),
        ("lead.mortgage.loan.amount > 9", True),
        ("lead.zip", 1234),
        ("lead.zip || '-0000'", "01234-0000"),
        ("length(lead.zip)", 5),
        ("lead.zip == '01234'", True),
        ("lead.zip == 1234", True),
        ("lead.state == 'TX' ? 1 : 2", 1),
        ("lead.state || lead.age", "TX36"),
        ("lead.homeowner + 1", 2),
        ("lead.homeowner", True),
        ("lead.phones.0 + 1", 513),
        ("lead.state == 'CA' ? lead.blank : 5", 5),
        ("if(1, 5, lead.blank)", 5),
        ("lead.age > 30 or lead.blank > 1", True),
        ("lead.age < 30 and lead.blank > 1", False),
        ("not lead.huge", False),
    ],
)
def test_it_takes_the_values_of_a_lead(text: str, result: object) -> None:
    assert result_of(text) == result


@pytest.mark.parametrize(
    "text",
    [
        "lead.nothing + 1",
        "lead.blank + 1",
        "lead.blank || 'x'",
        "lead.tags + 1",
        "lead.mortgage",
        "lead.state",
        "lead.state * 2",
        "lead.age > 1 ? lead.state : 1",
        "lead.huge",
        "1 / 0",
        "-1 / 0",
        "0 / 0",
        "1 % 0",
        "0 ^ -1",
        "1 ^ (1 / 0)",
        "(-8) ^ (1 / 3)",
        "10 ^ 1000",
        "1e999",
        "171!",
        "9" * 40 + "!",
        "100!!!!!!!!",
        "(-1)!",
        "sqrt(-1)",
        "log(0)",
        "atanh(1)",
        "exp(1000)",
        "floor(1 / 0)",
        "roundTo(1 / 0, 2)",
        "roundTo(1.5, 0.5)",
        "roundTo(1, 1e9)",
        "min(1, 'x')",
        "1 / 0 || ''",
        "0x" + "f" * 900,
    ],
)
def test_what_has_no_sensible_result_gives_none(text: str) -> None:
    assert result_of(text) is None


def test_a_random_number_is_below_its_bound() -> None:
    for text, below in (("random()", 1), ("random(10)", 10), ("random(0)", 1)):
        found = result_of(text)
        assert isinstance(found, int | float)
        assert 0 <= found < below


def test_its_paths_are_listed_once_each() -> None:
    found = compile_math("max(lead.b, lead.a) / lead.b + PI + e ? x : lead.length")

    assert found.paths == ("lead.b", "lead.a", "e", "x", "lead.length")


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("", 1, "nothing to calculate"),
        ("  ", 1, "nothing to calculate"),
        ("1 +", 3, "ends where"),
        ("1 + * 2", 5, "`*` stands where"),
        ("(1 + 2", 1, "never closed"),
        ("max(1, 2", 4, "never closed"),
        ("1 + 2)", 6, "never opened"),
        ("1 2", 3, "operator is missing before `2`"),
        ("2x", 2, "operator is missing before `x`"),
        ("1 # 2", 3, "`#` has no meaning"),
        ("a = 1", 3, "write `==`"),
        ("a && b", 3, "write `and`"),
        ("a | b", 3, "write `||`"),
        ("1 ? 2", 3, "needs a `:`"),
        ("'abc", 1, "never closed"),
        (r"1 || 'a\d'", 8, r"`\d` has no meaning"),
        ("foo(1)", 1, "no function `foo`"),
        ("lead.foo(1)", 1, "no function `lead.foo`"),
        ("1 + min", 5, "write `min(...)`"),
        ("if(1, 2)", 1, "takes 3 values"),
        ("pow(1)", 1, "takes 2 values"),
        ("fac()", 1, "takes 1 value."),
        ("roundTo()", 1, "takes 1 or 2 values"),
        ("max()", 1, "takes 1 or more values"),
        ("sin(1, 2)", 6, "`,` has no place"),
        ("!lead.a", 1, "Its opposite is `not`"),
        ("and 1", 1, "`and` stands where"),
        ("lead.a in lead.b", 8, "`in` is not available"),
        ("lead.", 5, "`.` has no meaning"),
        ("1 " + "+ 1" * 400, MAX_LENGTH + 1, "at most 1,000 characters"),
        ("(" * 40, MAX_DEPTH + 2, "nested at most 30"),
        ("-" * 40 + "1", MAX_DEPTH + 2, "nested at most 30"),
        ("2^" * 40 + "2", 2 * MAX_DEPTH + 3, "nested at most 30"),
    ],
)
def test_what_it_cannot_read_is_refused_where_it_stands(text: str, column: int, says: str) -> None:
    with pytest.raises(MathError) as refused:
        compile_math(text)

    assert says in refused.value.sentence
    assert refused.value.column == column


@pytest.mark.parametrize(
    "text",
    ["1" + "+1" * 499, "1" + "!" * 999, "1" + " or 0" * 199, "(" * 30 + "1" + ")" * 30, "a<" * 499 + "a"],
)
def test_the_longest_calculations_need_no_deep_stack(text: str) -> None:
    assert compile_math(text).evaluate(lambda _: 1) is not None


def test_a_text_that_grows_too_long_is_no_result() -> None:
    def give(length: int) -> Callable[[str], object]:
        return lambda _: "x" * length

    joined = compile_math("a || b")

    assert joined.evaluate(give(MAX_TEXT // 2)) == "x" * MAX_TEXT
    assert joined.evaluate(give(MAX_TEXT // 2 + 1)) is None


SIGNS = [
    *"()!^*/%+-<>?:,",
    "||",
    "==",
    " and ",
    " or ",
    "not ",
    "sqrt ",
    "fac(",
    "pow(",
    "roundTo(",
    "length(",
]
OPERANDS = ["lead.a", "lead.b", "0", "2", "0.5", "1e308", "'x'", "''", "true", "PI"]
CALCULATIONS = st.lists(st.sampled_from(SIGNS + OPERANDS), max_size=25).map("".join)


@given(CALCULATIONS, st.sampled_from([None, "", "12", "0x1", "a", True, 1e308, -0.0, 5]))
@example("2 ^ 1e308 ^ 1e308", None)
def test_any_calculation_that_can_be_read_has_a_result_that_json_has(text: str, value: object) -> None:
    calculation = read(text)
    if isinstance(calculation, Math):
        result = calculation.evaluate(lambda _: value)
        assert result is None or isinstance(result, bool | int | str) or math.isfinite(result)
        assert repr(calculation.evaluate(lambda _: value)) == repr(result)


@given(CALCULATIONS | st.text(max_size=60))
def test_any_other_text_is_refused_with_a_sentence_and_a_place_in_it(text: str) -> None:
    refused = read(text)
    if isinstance(refused, MathError):
        assert refused.sentence.endswith(".")
        assert 1 <= refused.column <= len(text) + 1


def read(text: str) -> Math | MathError:
    try:
        return compile_math(text)
    except MathError as error:
        return error
