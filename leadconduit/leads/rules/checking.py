"""What a rule set may be: every mistake by the dotted path of its place."""

from collections.abc import Iterator, Mapping
from typing import Any

from leadconduit.leads.patterns import PatternError
from leadconduit.leads.rules.measures import bounds, measure
from leadconduit.leads.rules.operators import (
    BETWEEN,
    BINARY,
    LISTED,
    OPERATORS,
    ORDERED,
    PATTERNED,
    listed,
    pattern,
)
from leadconduit.leads.template import TemplateError, compile_template, is_path
from leadconduit.leads.values import is_blank

MAX_RULES = 100
"""In a rule set and all that it nests."""

MAX_DEPTH = 10
"""Rule sets inside one another."""

MAX_VALUES = 10_000
"""In the list that a rule compares with."""

MAX_SLOW_PATTERNS = 10
"""Patterns of a rule set that may take their time-out for every lead: those that look around or refer back, and those
that are made of the lead's values."""

_TOO_MANY_SLOW_PATTERNS = (
    f"A rule set may have at most {MAX_SLOW_PATTERNS} patterns that look around, refer back, "
    "or are made of a lead's values."
)

Problem = tuple[str, str]


def walk_rules(rule_set: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every single rule with its path, such as `rules.0.rule_set.rules.1`; one before those of its own `rule_set`.

    Whatever cannot be a rule is passed over, and so is what is nested too deep.
    """
    yield from _walk(rule_set, "", MAX_DEPTH)


def _walk(rule_set: object, prefix: str, deeper: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    rules = rule_set.get("rules") if isinstance(rule_set, Mapping) else None
    for index, rule in enumerate(rules if isinstance(rules, list | tuple) and deeper else ()):
        path = f"{prefix}rules.{index}"
        if not isinstance(rule, Mapping):
            continue
        if "rules" in rule:
            yield from _walk(rule, f"{path}.", deeper - 1)
            continue
        yield path, rule
        yield from _walk(rule.get("rule_set"), f"{path}.rule_set.", deeper - 1)


def templates_in(rule_set: object) -> Iterator[str]:
    """The templates of both sides of every rule, a left-hand path with braces around it."""
    for _, rule in walk_rules(rule_set):
        left, right = rule.get("lhv"), rule.get("rhv")
        if isinstance(left, str):
            yield template_of_left(left)
        yield from (text for text in (right if isinstance(right, list) else [right]) if isinstance(text, str))


def template_of_left(lhv: str) -> str:
    return lhv if "{{" in lhv else "{{" + lhv + "}}"


def problems(rule_set: object) -> list[Problem]:
    """What keeps a rule set from being run: the dotted path of each mistake inside it, and a sentence."""
    if sum(1 for _ in walk_rules(rule_set)) > MAX_RULES:
        return [("rules", f"A rule set has at most {MAX_RULES} rules, with those that it nests.")]
    found = [(path.rstrip("."), sentence) for path, sentence in _of_set(rule_set, "", MAX_DEPTH)]
    return found or list(_too_slow(rule_set))


def _of_set(rule_set: object, at: str, deeper: int) -> Iterator[Problem]:
    if not isinstance(rule_set, dict):
        yield at, "A rule set is an object with `op` and `rules`."
        return
    if not deeper:
        yield at, f"Rule sets may be nested {MAX_DEPTH} deep at most."
        return
    for key in rule_set.keys() - {"id", "op", "rules"}:
        yield f"{at}{key}", f"`{key}` is not a property of a rule set."
    if rule_set.get("op") not in ("and", "or"):
        yield f"{at}op", "A rule set's `op` is `and` or `or`."
    rules = rule_set.get("rules")
    if not isinstance(rules, list) or not rules:
        yield f"{at}rules", "A rule set has at least one rule."
        return
    for index, rule in enumerate(rules):
        yield from _of_part(rule, f"{at}rules.{index}.", deeper)


def _of_part(rule: object, at: str, deeper: int) -> Iterator[Problem]:
    if not isinstance(rule, dict):
        yield at, "A rule is an object with `lhv`, `op` and, for most operators, `rhv`."
        return
    if "rules" in rule:
        yield from _of_set(rule, at, deeper - 1)
        return
    for key in rule.keys() - {"id", "lhv", "op", "rhv", "rule_set"}:
        yield f"{at}{key}", f"`{key}` is not a property of a rule."
    for part, sentence in _of_rule(rule):
        yield f"{at}{part}", sentence
    if rule.get("rule_set") is not None:
        yield from _of_set(rule["rule_set"], f"{at}rule_set.", deeper - 1)


def _of_rule(rule: Mapping[str, Any]) -> Iterator[Problem]:
    if sentence := _wrong_with_left(rule.get("lhv")):
        yield "lhv", sentence
    op = rule.get("op")
    if not isinstance(op, str) or op not in OPERATORS:
        yield "op", _operator_refused(op)
    elif op in BINARY:
        if sentence := _wrong_with_right(op, rule.get("rhv")):
            yield "rhv", sentence
    elif rule.get("rhv") not in (None, ""):
        yield "rhv", f"The operator `{op}` compares with nothing: leave the right-hand value out."


def _operator_refused(op: object) -> str:
    choices = ", ".join(f"`{known}`" for known in OPERATORS)
    if not isinstance(op, str) or not op:
        return f"A rule needs an operator: one of {choices}."
    return f"There is no operator `{op[:40]}`: use one of {choices}."


def _wrong_with_left(lhv: object) -> str:
    if not isinstance(lhv, str) or not lhv.strip():
        return "The left-hand value is a variable, such as `lead.state`."
    if "{{" not in lhv and not is_path(lhv):
        return f"`{lhv[:40]}` is not a variable: write names with dots between them, as in `lead.state`."
    return _wrong_with_templates([template_of_left(lhv)])


def _wrong_with_right(op: str, rhv: object) -> str:
    if isinstance(rhv, list):
        if not rhv or not all(isinstance(text, str) for text in rhv):
            return "A list of right-hand values has texts in it, at least one."
        if len(rhv) > MAX_VALUES:
            return f"A rule compares with at most {MAX_VALUES:,} values."
    elif not isinstance(rhv, str | int | float):
        return "The right-hand value is a text, a number, true, false, or a list of texts."
    texts = [text for text in (rhv if isinstance(rhv, list) else [rhv]) if isinstance(text, str)]
    wrong = _wrong_with_templates([text for text in texts if "{{" in text])
    return wrong or _wrong_for(op, rhv, is_constant=not any("{{" in text for text in texts))


def _wrong_with_templates(texts: list[str]) -> str:
    try:
        for text in texts:
            compile_template(text)
    except TemplateError as error:
        return error.sentence
    return ""


def _wrong_for(op: str, rhv: object, *, is_constant: bool) -> str:
    """What keeps the operator from making anything of its right-hand value."""
    if op in ORDERED:
        if isinstance(rhv, list) or (is_constant and measure(rhv) is None):
            return "Compare with a number such as `18`, a date such as `2030-06-30`, or a time in ISO 8601."
    elif op in BETWEEN:
        return _wrong_with_range(rhv) if is_constant else ""
    elif op in LISTED:
        values = listed(rhv)
        if is_constant and all(
            is_blank(value) for value in (values if isinstance(values, list) else [values])
        ):
            return "Nothing includes a blank: say which value it is to be."
    elif op in PATTERNED:
        return _wrong_with_pattern(rhv)
    return ""


def _wrong_with_range(rhv: object) -> str:
    ends = bounds(rhv)
    if ends is None:
        return "Compare with a range such as `18-65`, `18+`, or `2030-01-01 to 2030-06-30`."
    low, high = ends
    if high is not None and low > high:  # type: ignore[operator]  # bounds are both numbers or both instants
        return "The range ends before it begins."
    return ""


def _wrong_with_pattern(rhv: object) -> str:
    for text in rhv if isinstance(rhv, list) else [rhv]:
        if not isinstance(text, str) or is_blank(text):
            return "Write the pattern, a regular expression such as `^787`."
        if "{{" not in text:
            try:
                pattern(text)
            except PatternError as error:
                return error.sentence
    return ""


def _too_slow(rule_set: object) -> Iterator[Problem]:
    seen = 0
    for path, slow in slow_patterns(rule_set):
        seen += slow
        if seen > MAX_SLOW_PATTERNS:
            yield path, _TOO_MANY_SLOW_PATTERNS
            return


def slow_patterns(rule_set: object) -> Iterator[tuple[str, int]]:
    """How many patterns the sides of rules have that may take their time-out. What cannot be read has none."""
    for path, rule in walk_rules(rule_set):
        left, right = rule.get("lhv"), rule.get("rhv")
        if isinstance(left, str):
            yield f"{path}.lhv", _slow_in(template_of_left(left))
        is_pattern = rule.get("op") in PATTERNED
        for text in right if isinstance(right, list) else [right]:
            if isinstance(text, str):
                yield f"{path}.rhv", _slow_in(text, is_pattern=is_pattern)


def _slow_in(text: str, *, is_pattern: bool = False) -> int:
    try:
        if "{{" in text:
            return compile_template(text).backtracking + is_pattern
        return int(pattern(text).needs_backtracking) if is_pattern else 0
    except (TemplateError, PatternError):
        return 0
