"""Rules about a lead: read from LeadConduit's JSON, checked, compiled, and able to explain their verdict.

A rule set is `{"op": "and" or "or", "rules": [{"lhv", "op", "rhv"}]}`, one level deep so far. `lhv` is a path, or a
template where it has braces; texts in `rhv` are templates too.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from leadconduit.leads.bounds import BoundedWork, spend
from leadconduit.leads.template import Template, TemplateError, compile_template, is_path
from leadconduit.leads.values import as_text, is_blank

MAX_RULES = 100

COMPARISON = 30
"""What comparing two short values costs, in characters that are read."""

_NUMBER = re.compile(r"\s*[-+]?[0-9]{1,300}(\.[0-9]{1,300})?\s*")


def _equal(left: object, right: object) -> bool:
    """Texts whatever their case, numbers by value, also where one of the two is written as text; blank is blank."""
    if is_blank(left) or is_blank(right):
        return is_blank(left) and is_blank(right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(_equal(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, list | dict) or isinstance(right, list | dict):
        return left == right
    spend(COMPARISON)
    if (_is_number(left) or _is_number(right)) and (number := _as_number(left)) is not None:
        return number == _as_number(right)
    return _folded(left) == _folded(right)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_number(value: object) -> float | None:
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _includes(left: object, right: object) -> bool:
    """A list holds the value, or one of several; a text has it as a part, whatever its case. Nothing holds a blank."""
    if isinstance(right, list):
        return any(_includes(left, one) for one in right)
    if is_blank(left) or is_blank(right):
        return False
    if isinstance(left, list):
        return any(_equal(item, right) for item in left)
    return _folded(right) in _folded(left)


def _folded(value: object) -> str:
    text = as_text(value)
    spend(len(text) if text.isascii() else 4 * len(text))
    return text.casefold()


BINARY: dict[str, Callable[[object, object], bool]] = {
    "is equal to": _equal,
    "is not equal to": lambda left, right: not _equal(left, right),
    "includes": _includes,
}
UNARY: dict[str, Callable[[object], bool]] = {
    "is blank": is_blank,
    "is not blank": lambda left: not is_blank(left),
}
OPERATORS = (*BINARY, *UNARY)


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """One rule, the values it compared, and whether it held."""

    matched: bool
    lhv: str
    op: str
    left: object
    right: object = None

    @property
    def sentence(self) -> str:
        """For people: `lead.state is equal to "CA": no, it is "TX"`."""
        compared = f" {_quoted(self.right)}" if self.op in BINARY else ""
        found = "blank" if is_blank(self.left) else _quoted(self.left)
        return f"{self.lhv} {self.op}{compared}: {'yes' if self.matched else 'no'}, it is {found}"


def _quoted(value: object) -> str:
    text = as_text(value)
    return f'"{text if len(text) <= 80 else text[:79] + "…"}"'


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a rule set matched, and why: what every one of its rules came to."""

    matched: bool
    explanation: tuple[RuleVerdict, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    lhv: str
    op: str
    left: Template
    right: Template | tuple[Template, ...] | float | bool | None

    def judge(self, variables: Mapping[str, object]) -> RuleVerdict:
        left = self.left.render(variables)
        if self.op in UNARY:
            return RuleVerdict(UNARY[self.op](left), self.lhv, self.op, left)
        right = self._right(variables)
        return RuleVerdict(BINARY[self.op](left, right), self.lhv, self.op, left, right)

    def _right(self, variables: Mapping[str, object]) -> object:
        if isinstance(self.right, Template):
            return self.right.render(variables)
        if isinstance(self.right, tuple):
            return [template.render(variables) for template in self.right]
        return self.right


@dataclass(frozen=True, slots=True)
class Rules:
    """A compiled rule set."""

    op: str
    rules: tuple[Rule, ...]

    def match(self, variables: Mapping[str, object]) -> Verdict:
        with BoundedWork():
            verdicts = tuple(rule.judge(variables) for rule in self.rules)
        every_or_any = all if self.op == "and" else any
        return Verdict(every_or_any(verdict.matched for verdict in verdicts), verdicts)


def compile_rules(rule_set: Mapping[str, Any]) -> Rules:
    """For a rule set without `problems`; raises ValueError with the first of them otherwise."""
    if found := problems(rule_set):
        path, sentence = found[0]
        raise ValueError(f"{path}: {sentence}")
    return Rules(rule_set["op"], tuple(_compiled(rule) for rule in rule_set["rules"]))


def _compiled(rule: Mapping[str, Any]) -> Rule:
    right = rule.get("rhv") if rule["op"] in BINARY else None
    if isinstance(right, str):
        right = compile_template(right)
    elif isinstance(right, list):
        right = tuple(compile_template(item) for item in right)
    return Rule(rule["lhv"], rule["op"], _left(rule["lhv"]), right)


def _left(lhv: str) -> Template:
    return compile_template(lhv if "{{" in lhv else "{{" + lhv + "}}")


def problems(rule_set: object) -> list[tuple[str, str]]:
    """What keeps a rule set from being run: the dotted path of each mistake inside it, and a sentence."""
    return list(_problems_of_set(rule_set))


def _problems_of_set(rule_set: object) -> Iterator[tuple[str, str]]:
    if not isinstance(rule_set, dict):
        yield "", "A rule set is an object with `op` and `rules`."
        return
    for key in rule_set.keys() - {"id", "op", "rules"}:
        yield str(key), f"`{key}` is not a property of a rule set."
    if rule_set.get("op") not in ("and", "or"):
        yield "op", "A rule set's `op` is `and` or `or`."
    rules = rule_set.get("rules")
    if not isinstance(rules, list) or not rules:
        yield "rules", "A rule set has at least one rule."
    elif len(rules) > MAX_RULES:
        yield "rules", f"A rule set has at most {MAX_RULES} rules."
    else:
        for index, rule in enumerate(rules):
            for key, sentence in _problems_of_rule(rule):
                yield f"rules.{index}.{key}".rstrip("."), sentence


def _problems_of_rule(rule: object) -> Iterator[tuple[str, str]]:
    if not isinstance(rule, dict):
        yield "", "A rule is an object with `lhv`, `op` and, for most operators, `rhv`."
        return
    if "rules" in rule:
        yield "", "A rule set inside a rule set is not run yet: write its rules in one level."
        return
    if rule.get("rule_set") is not None:
        yield "rule_set", "A rule set inside a rule is not run yet: write its rules beside this one."
    for key in rule.keys() - {"id", "lhv", "op", "rhv", "rule_set"}:
        yield str(key), f"`{key}` is not a property of a rule."
    yield from _problems_of_left(rule.get("lhv"))
    op = rule.get("op")
    if not isinstance(op, str) or op not in OPERATORS:
        yield "op", _operator_refused(op)
    elif op in BINARY:
        yield from _problems_of_right(rule.get("rhv"))
        if op == "includes" and rule.get("rhv") == "":
            yield "rhv", "Nothing includes a blank: say what is to be included."
    elif rule.get("rhv") not in (None, ""):
        yield "rhv", f"The operator `{op}` compares with nothing: leave the right-hand value out."


def _operator_refused(op: object) -> str:
    choices = ", ".join(f"`{known}`" for known in OPERATORS)
    if not isinstance(op, str) or not op:
        return f"A rule needs an operator: one of {choices}."
    return f"The operator `{op[:40]}` is not run yet: use one of {choices}."


def _problems_of_left(lhv: object) -> Iterator[tuple[str, str]]:
    if not isinstance(lhv, str) or not lhv.strip():
        yield "lhv", "The left-hand value is a variable, such as `lead.state`."
        return
    if "{{" not in lhv and not is_path(lhv):
        yield (
            "lhv",
            f"`{lhv[:40]}` is not a variable: write names with dots between them, as in `lead.state`.",
        )
        return
    try:
        _left(lhv)
    except TemplateError as error:
        yield "lhv", error.sentence


def _problems_of_right(rhv: object) -> Iterator[tuple[str, str]]:
    if isinstance(rhv, int | float):
        return
    texts = [text for text in (rhv if isinstance(rhv, list) else [rhv]) if isinstance(text, str)]
    if not texts or (isinstance(rhv, list) and len(texts) < len(rhv)):
        yield "rhv", "The right-hand value is a text, a number, true, false, or a list of texts."
        return
    try:
        for text in texts:
            compile_template(text)
    except TemplateError as error:
        yield "rhv", error.sentence
