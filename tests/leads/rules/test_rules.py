from typing import Any

import pytest

from leadconduit.leads.rules import (
    MAX_DEPTH,
    MAX_RULES,
    MAX_SLOW_PATTERNS,
    Verdict,
    compile_rules,
    in_words,
    problems,
    sentences,
    slow_patterns,
    templates_in,
    walk_rules,
)
from leadconduit.leads.rules.obscenity import is_obscene
from leadconduit.leads.template import TooLong
from leadconduit.leads.types import parse

LEAD = {
    "state": "ca",
    "age": 36,
    "score": "5.0",
    "tags": ["Gold", 7],
    "note": " ",
    "city": "San Jose",
    "ok": True,
}


def rule_set(*rules: dict[str, Any], op: str = "and") -> dict[str, Any]:
    return {"op": op, "rules": list(rules)}


def rule(lhv: str, op: str, rhv: object = None) -> dict[str, Any]:
    return {"lhv": lhv, "op": op} | ({} if rhv is None else {"rhv": rhv})


@pytest.mark.parametrize(
    ("lhv", "op", "rhv", "matched"),
    [
        ("lead.state", "is equal to", "CA", True),
        ("lead.state", "is equal to", "TX", False),
        ("lead.state", "is not equal to", "TX", True),
        ("lead.state", "is not equal to", "Ca", False),
        ("lead.age", "is equal to", "36", True),
        ("lead.age", "is equal to", 36.0, True),
        ("lead.age", "is equal to", "thirty", False),
        ("lead.score", "is equal to", 5, True),
        ("lead.score", "is equal to", "5", False),
        ("lead.ok", "is equal to", "true", True),
        ("lead.ok", "is equal to", True, True),
        ("lead.ok", "is equal to", 1, True),
        ("lead.note", "is equal to", "", True),
        ("lead.nothing", "is not equal to", "x", True),
        ("lead.tags", "is equal to", ["gold", "7"], True),
        ("lead.tags", "is equal to", "gold", False),
        ("lead.note", "is blank", None, True),
        ("lead.nothing", "is blank", None, True),
        ("lead.age", "is blank", None, False),
        ("lead.age", "is not blank", None, True),
        ("lead.nothing", "is not blank", None, False),
        ("lead.tags", "includes", "GOLD", True),
        ("lead.tags", "includes", "7", True),
        ("lead.tags", "includes", "Gol", False),
        ("lead.tags", "includes", ["x", "gold"], True),
        ("lead.city", "includes", "jose", True),
        ("lead.city", "includes", "paris", False),
        ("lead.nothing", "includes", "x", False),
        ("lead.city", "includes", "{{lead.nothing}}", False),
        ("{{lead.city}}, {{lead.state}}", "is equal to", "san jose, CA", True),
        ("lead.state", "is equal to", "{{lead.state}}", True),
    ],
)
def test_each_operator_holds_as_it_reads(lhv: str, op: str, rhv: object, matched: bool) -> None:
    rules = compile_rules(rule_set(rule(lhv, op, rhv)))

    assert rules.match({"lead": LEAD}).matched is matched


@pytest.mark.parametrize(("op", "matched"), [("and", False), ("or", True)])
def test_all_or_any_of_the_rules_must_hold(op: str, matched: bool) -> None:
    rules = compile_rules(
        rule_set(rule("lead.state", "is equal to", "CA"), rule("lead.age", "is blank"), op=op)
    )

    assert rules.match({"lead": LEAD}).matched is matched


def test_explaining_what_is_settled_takes_nothing_from_what_is_not() -> None:
    known = {"lhv": "lead.a", "op": "is equal to", "rhv": "x"}
    dear = [{"lhv": "lead.t", "op": "includes", "rhv": f"z{number}"} for number in range(30)]
    rules = compile_rules({"op": "and", "rules": [{"op": "or", "rules": [known, *dear]}, known]})
    variables: dict[str, object] = {"lead": {"a": "x", "t": "y " * 400_000}}

    verdict = rules.match(variables)

    assert verdict.matched is rules.matches(variables) is True
    assert any(rule.unjudged for rule in verdict.rules())


def test_the_verdict_explains_each_rule_with_its_values() -> None:
    rules = compile_rules(
        rule_set(rule("lead.state", "is equal to", "TX"), rule("lead.note", "is blank"), op="or")
    )

    verdict = rules.match({"lead": LEAD})

    assert [(why.matched, why.left, why.right) for why in verdict.rules()] == [
        (False, "ca", "TX"),
        (True, " ", None),
    ]
    assert [why.sentence for why in verdict.rules()] == [
        'lead.state is equal to "TX": no, it is "ca"',
        "lead.note is blank: yes, it is blank",
    ]


@pytest.mark.parametrize(
    ("wrong", "path", "says"),
    [
        ("text", "", "object"),
        ({"rules": [rule("lead.a", "is blank")]}, "op", "`and` or `or`"),
        (rule_set(), "rules", "at least one"),
        (rule_set(rule("lead.a", "is nearly", 5)), "rules.0.op", "no operator `is nearly`"),
        (rule_set(rule("lead.a", "is blank"), {"lhv": "lead.b"}), "rules.1.op", "needs an operator"),
        (rule_set(rule_set()), "rules.0.rules", "at least one"),
        (
            rule_set(rule("lead.a", "is blank") | {"rule_set": rule_set()}),
            "rules.0.rule_set.rules",
            "at least",
        ),
        (rule_set({"op": "is blank"}), "rules.0.lhv", "left-hand"),
        (rule_set(rule("lead state", "is blank")), "rules.0.lhv", "not a variable"),
        (rule_set(rule("{{lead.a", "is blank")), "rules.0.lhv", "never closed"),
        (rule_set(rule("lead.a", "is equal to")), "rules.0.rhv", "right-hand"),
        (rule_set(rule("lead.a", "is equal to", {})), "rules.0.rhv", "right-hand"),
        (rule_set(rule("lead.a", "is equal to", ["{{"])), "rules.0.rhv", "never closed"),
        (rule_set(rule("lead.a", "includes", "")), "rules.0.rhv", "blank"),
        (rule_set(rule("lead.a", "is blank", "x")), "rules.0.rhv", "compares with nothing"),
        (rule_set(rule("lead.a", "is blank") | {"huh": 1}), "rules.0.huh", "not a property"),
        ({**rule_set(rule("lead.a", "is blank")), "huh": 1}, "huh", "not a property"),
    ],
)
def test_a_mistake_is_named_where_it_is(wrong: object, path: str, says: str) -> None:
    [(where, sentence)] = problems(wrong)

    assert where == path
    assert says in sentence


NUMBERS = "Compare with a number"
RANGES = "Compare with a range"
BLANKS = "Nothing includes a blank"


@pytest.mark.parametrize(
    ("op", "rhv", "says"),
    [
        ("is less than", "many", NUMBERS),
        ("is less than", "", NUMBERS),
        ("is less than", "2030-02-30", NUMBERS),
        ("is greater than or equal to", True, NUMBERS),
        ("is greater than", ["1"], NUMBERS),
        ("is between", "many", RANGES),
        ("is between", ["1", "2", "3"], RANGES),
        ("is not between", ["1", "2030-01-01"], RANGES),
        ("is between", "65-18", "ends before it begins"),
        ("is between", "2030-06-30 to 2030-01-01", "ends before it begins"),
        ("is included in", " , ", BLANKS),
        ("does not include", ["", " "], BLANKS),
        ("matches pattern", " ", "Write the pattern"),
        ("matches pattern", 7, "Write the pattern"),
        ("matches pattern", "(", "never closed"),
        ("does not match pattern", ["a", "[z-a]"], "runs backwards"),
        ("is equal to", [], "at least one"),
        ("is equal to", ["a", 7], "has texts in it"),
        ("is included in", ["a"] * 10_001, "at most 10,000 values"),
    ],
)
def test_what_an_operator_cannot_compare_with_is_refused(op: str, rhv: object, says: str) -> None:
    [(where, sentence)] = problems(rule_set(rule("lead.a", op, rhv)))

    assert where == "rules.0.rhv"
    assert says in sentence


def test_what_is_only_known_with_the_lead_is_not_refused() -> None:
    dynamic = [rule("lead.a", op, "{{lead.b}}") for op in ("is less than", "is between", "matches pattern")]

    assert problems(rule_set(*dynamic)) == []


def nested(depth: int) -> dict[str, Any]:
    inner = rule_set(rule("lead.a", "is blank"))
    for level in range(depth - 1):
        inner = rule_set(rule("lead.a", "is blank") | {"rule_set": inner} if level % 2 else inner)
    return inner


def test_rule_sets_nest_as_deep_as_the_bound() -> None:
    assert problems(nested(MAX_DEPTH)) == []
    assert compile_rules(nested(MAX_DEPTH)).matches({})

    [(_, sentence)] = problems(nested(MAX_DEPTH + 1))
    assert sentence == f"Rule sets may be nested {MAX_DEPTH} deep at most."


def test_rules_are_counted_wherever_they_stand() -> None:
    half = [rule("lead.a", "is blank")] * (MAX_RULES // 2)

    assert problems(rule_set(*half, rule_set(*half[1:]) | {"op": "or"}, half[0])) == []
    [(where, sentence)] = problems(rule_set(half[0] | {"rule_set": rule_set(*half)}, *half))
    assert where == "rules"
    assert str(MAX_RULES) in sentence


@pytest.mark.parametrize("slow", ["(?=a)", "^{{lead.b}}", "{{extract lead.b pattern='(?=a)'}}"])
def test_patterns_that_may_take_long_are_counted(slow: str) -> None:
    rules = [rule("lead.a", "matches pattern", "^fast")]
    rules += [rule("lead.a", "matches pattern", slow)] * MAX_SLOW_PATTERNS
    few = [one if "extract" not in slow else one | {"op": "is equal to"} for one in rules]

    assert sum(count for _, count in slow_patterns(rule_set(*few))) == MAX_SLOW_PATTERNS
    assert problems(rule_set(*few)) == []
    [(where, _)] = problems(rule_set(*few, few[-1]))
    assert where == f"rules.{MAX_SLOW_PATTERNS + 1}.rhv"


NESTED = rule_set(
    rule("lead.state", "is equal to", "TX") | {"rule_set": rule_set(rule("lead.city", "includes", "x"))},
    rule_set(
        rule("lead.age", "is less than", 40), rule("lead.tags", "includes", ["gold", "{{lead.b}}"]), op="or"
    ),
)


def test_every_rule_is_found_with_its_path() -> None:
    assert [(path, one["lhv"]) for path, one in walk_rules(NESTED)] == [
        ("rules.0", "lead.state"),
        ("rules.0.rule_set.rules.0", "lead.city"),
        ("rules.1.rules.0", "lead.age"),
        ("rules.1.rules.1", "lead.tags"),
    ]


def test_templates_are_found_on_both_sides() -> None:
    assert list(templates_in(NESTED)) == [
        *(
            "{{lead.state}}",
            "TX",
            "{{lead.city}}",
            "x",
            "{{lead.age}}",
            "{{lead.tags}}",
            "gold",
            "{{lead.b}}",
        ),
    ]


def test_a_mistake_inside_is_named_where_it_is() -> None:
    inner = rule_set(rule_set({"lhv": "lead.b", "op": "is"}))
    wrong = {"op": "and", "rules": [rule("lead.a", "is blank") | {"rule_set": inner}, 7]}

    assert [path for path, _ in problems(wrong)] == ["rules.0.rule_set.rules.0.rules.0.op", "rules.1"]


def test_a_rule_set_is_said_in_words() -> None:
    assert in_words(NESTED) == (
        "(lead.state is equal to TX and (lead.city includes x)) and "
        "(lead.age is less than 40 or lead.tags includes gold, {{lead.b}})"
    )


def test_the_explanation_has_the_shape_of_the_rule_set() -> None:
    verdict = compile_rules(NESTED).match({"lead": LEAD})

    assert not verdict.matched
    assert verdict.to_json() == {
        "op": "and",
        "matched": False,
        "rules": [
            {
                "op": "and",
                "matched": False,
                "rules": [
                    {"sentence": 'lead.state is equal to "TX": no, it is "ca"', "matched": False},
                    {
                        "op": "and",
                        "matched": False,
                        "rules": [
                            {"sentence": 'lead.city includes "x": no, it is "San Jose"', "matched": False}
                        ],
                    },
                ],
            },
            {
                "op": "or",
                "matched": True,
                "rules": [
                    {"sentence": 'lead.age is less than "40": yes, it is "36"', "matched": True},
                    {"sentence": 'lead.tags includes "gold", "": yes, it is "Gold", "7"', "matched": True},
                ],
            },
        ],
    }


def test_sentences_are_those_of_each_single_rule() -> None:
    verdict = compile_rules(NESTED).match({"lead": LEAD})

    assert sentences(verdict.to_json()) == [one.sentence for one in verdict.rules()]
    assert len(sentences(verdict.to_json())) == 4
    assert sentences({}) == []


def explained(lhv: str, op: str, rhv: object, **lead: object) -> str:
    [verdict] = compile_rules(rule_set(rule(lhv, op, rhv))).match({"lead": lead}).rules()
    return verdict.sentence


def test_a_value_that_cannot_be_compared_is_said() -> None:
    many, day = parse("number", "many"), parse("date", "2030-05-01")

    assert explained("lead.a", "is less than", 5, a=many) == (
        'lead.a is less than "5": no, it is "many" (that is no number, date or time)'
    )
    assert explained("lead.a", "is not between", "1-5", a=day) == (
        'lead.a is not between "1-5": yes, it is "2030-05-01" (the two cannot be put in order)'
    )
    assert explained("lead.a", "is less than", 5) == 'lead.a is less than "5": no, it is blank'


SLOW = "^(?!(a|aa)+$).*fraud"
LARGE = "fraud(a{0,10}b{0,10}){90}|fraud"
UNJUDGED = {
    "slow": ("lead.a", SLOW, {"a": "a" * 60 + " fraud"}, "took longer than 50 ms."),
    "slow in a list": ("lead.a", SLOW, {"a": ["b", "a" * 60 + " fraud"]}, "took longer than 50 ms."),
    "too large": ("lead.a", LARGE, {"a": "fraud" + "q" * 900_000}, "is too large for a text of this length."),
    "made of values": ("lead.a", "{{lead.b}}", {"a": "fraud", "b": "("}, "never closed"),
    "in a template": (
        "{{replace lead.a pattern='regexp(^(a|aa)+(?=!))' replace=''}}",
        "fraud",
        {"a": "a" * 60 + " fraud"},
        "took longer than 50 ms.",
    ),
}


@pytest.mark.parametrize("op", ["matches pattern", "does not match pattern"])
@pytest.mark.parametrize(("lhv", "rhv", "lead", "sentence"), UNJUDGED.values(), ids=UNJUDGED)
def test_what_cannot_be_judged_is_an_error_whatever_the_operator(
    lhv: str, rhv: str, lead: dict[str, Any], sentence: str, op: str
) -> None:
    rules = compile_rules(rule_set(rule(lhv, op, rhv)))
    certain = compile_rules(rule_set(rule("lead.none", "is not blank"), rule(lhv, op, rhv)))

    for judge in (rules.matches, rules.match):
        with pytest.raises(TooLong) as raised:
            judge({"lead": lead})
        assert sentence in raised.value.sentence
        assert "counts as" not in raised.value.sentence
    assert not certain.matches({"lead": lead})
    [_, said] = certain.match({"lead": lead}).rules()
    assert f"not judged. {raised.value.sentence}" in said.sentence


def test_one_of_several_patterns_that_matches_is_enough_whatever_the_others_are() -> None:
    rules = compile_rules(rule_set(rule("lead.a", "matches pattern", [SLOW, "{{lead.b}}", "fraud"])))

    assert rules.matches({"lead": {"a": "a" * 60 + " fraud", "b": "("}})


def test_a_long_list_is_cut_in_words() -> None:
    sentence = explained("lead.a", "is included in", [str(number) for number in range(40)], a="x")

    assert sentence == 'lead.a is included in "0", "1", "2", "3", "4" and 35 more: no, it is "x"'


TOO_LONG = rule("{{lead.a}}{{lead.a}}", "is blank")
LENGTHY = {"lead": {"a": "x" * 600_000}}


def test_a_text_that_grows_too_long_is_an_error_where_the_verdict_hangs_on_it() -> None:
    rules = compile_rules(rule_set(rule("lead.b", "is blank"), TOO_LONG))

    with pytest.raises(TooLong):
        rules.matches(LENGTHY)
    with pytest.raises(TooLong):
        rules.match(LENGTHY)


def test_a_rule_on_which_nothing_hangs_any_more_is_only_said_not_to_be_judged() -> None:
    rules = compile_rules(rule_set(rule("lead.b", "is blank"), TOO_LONG, op="or"))

    verdict = rules.match(LENGTHY)

    assert rules.matches(LENGTHY)
    assert verdict.matched
    assert "not judged. The text would have more than" in [*verdict.rules()][1].sentence


@pytest.mark.parametrize("text", ["SHIT", "a shit-show", "shit2you", "you_fucker", "«bitch»"])
def test_obscene_words_are_found_whole(text: str) -> None:
    assert is_obscene(text)


@pytest.mark.parametrize("text", ["", "Scunthorpe", "Dick Cox", "Shittake", "Essex", "hancock", "bitching2x"])
def test_names_and_parts_of_words_are_not_obscene(text: str) -> None:
    assert not is_obscene(text)


def test_a_verdict_is_and_unless_said_otherwise() -> None:
    assert Verdict(True, ()).to_json() == {"op": "and", "matched": True, "rules": []}


def test_a_rule_set_of_what_is_run_has_no_problems() -> None:
    assert (
        problems({"id": "a1b2c3", **rule_set({"id": "d4e5f6", **rule("lead.a", "is equal to", "x")})}) == []
    )


def test_what_has_problems_is_not_compiled() -> None:
    with pytest.raises(ValueError, match=r"rules\.0\.op"):
        compile_rules(rule_set(rule("lead.a", "is nearly", "x")))
