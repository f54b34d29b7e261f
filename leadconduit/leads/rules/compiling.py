"""Compiles a rule set, once, so that judging a lead only calls what was made."""

import re
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from leadconduit.leads.bounds import BoundedWork, Deciding, WorkApart, spend
from leadconduit.leads.rules.checking import problems, template_of_left
from leadconduit.leads.rules.operators import BINARY, UNARY, Notes, Test
from leadconduit.leads.rules.verdicts import RuleVerdict, Verdict
from leadconduit.leads.template import Template, TooLong, compile_template
from leadconduit.leads.values import plain, walk

COMPARISON = 30
"""What comparing two short values costs, in characters that are read."""

Variables = Mapping[str, object]
_Operand = Callable[[Variables, Notes], object]

_ALONE = re.compile(r"\{\{\s*([^\s{}()\"']+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class _Rule:
    """`test` is ready where it needs no variable of the lead; `right` is what it compares with else.

    `alone` is the left side where that is a variable, no template: it judges values as they came.
    """

    lhv: str
    op: str
    left: _Operand
    alone: bool
    right: _Operand | None
    test: Test | None

    def holds(self, variables: Variables, as_came: Variables) -> bool:
        test = self.test
        if test is None:
            test = BINARY[self.op](_paid(self._right(variables, None)))
        return test(_paid(self.left(as_came if self.alone else variables, None)), None)

    def explain(self, variables: Variables, as_came: Variables, *, settled: bool) -> RuleVerdict:
        try:
            return self._judge(variables, as_came)
        except TooLong as error:
            if not settled:
                raise
            return RuleVerdict(False, self.lhv, self.op, None, unjudged=error.sentence)

    def _judge(self, variables: Variables, as_came: Variables) -> RuleVerdict:
        notes: list[str] = []
        right = self._right(variables, notes) if self.test else _paid(self._right(variables, notes))
        left = _paid(self.left(as_came if self.alone else variables, notes))
        test = self.test or BINARY[self.op](right)
        matched = test(left, notes)
        # A verdict cuts what is long: half a secret is none that a masker finds.
        said = self.left(variables, None) if self.alone and as_came is not variables else left
        return RuleVerdict(matched, self.lhv, self.op, plain(said), plain(right), tuple(notes))

    def _right(self, variables: Variables, notes: Notes) -> object:
        return self.right(variables, notes) if self.right else None


@dataclass(frozen=True, slots=True)
class Rules:
    """A compiled rule set.

    Where secrets are masked in `variables`, `as_came` has them as they are: a variable alone on the left of a rule
    judges those, so that masking changes no verdict. Templates never see them, nor does an explanation tell them.
    """

    op: str
    rules: tuple["_Rule | Rules", ...]

    def matches(self, variables: Variables, as_came: Variables | None = None) -> bool:
        """The verdict alone, as soon as it is certain. Raises TooLong."""
        with BoundedWork():
            return self.holds(variables, variables if as_came is None else as_came)

    def holds(self, variables: Variables, as_came: Variables) -> bool:
        if self.op == "and":
            return all(rule.holds(variables, as_came) for rule in self.rules)
        return any(rule.holds(variables, as_came) for rule in self.rules)

    def match(self, variables: Variables, as_came: Variables | None = None) -> Verdict:
        """The same verdict, with what every rule came to. Raises TooLong in the same cases."""
        with BoundedWork():
            return self.explain(variables, variables if as_came is None else as_came, settled=False)

    def explain(self, variables: Variables, as_came: Variables, *, settled: bool) -> Verdict:
        """`settled`: whatever comes out, the verdict of the set around this one is certain already.

        What is explained although it is settled takes nothing from the work that is left to come to the verdict.
        """
        decisive = self.op == "or"
        parts: list[RuleVerdict | Verdict] = []
        rules = iter(self.rules)
        for rule in rules:
            parts.append(rule.explain(variables, as_came, settled=settled))
            if parts[-1].matched is decisive:
                with nullcontext() if settled else WorkApart():
                    parts += [one.explain(variables, as_came, settled=True) for one in rules]
                return Verdict(decisive, tuple(parts), self.op)
        return Verdict(not decisive, tuple(parts), self.op)


def _paid(value: object) -> object:
    """The value, after what comparing it costs."""
    if isinstance(value, str):
        spend(COMPARISON + (len(value) if value.isascii() else 4 * len(value)))
    elif isinstance(value, list):
        spend(sum(COMPARISON + (len(item) if isinstance(item, str) else 0) for item in value))
    else:
        spend(COMPARISON)
    return value


def compile_rules(rule_set: Mapping[str, Any]) -> Rules:
    """For a rule set without `problems`; raises ValueError with the first of them otherwise."""
    if found := problems(rule_set):
        path, sentence = found[0]
        raise ValueError(f"{path}: {sentence}")
    return _set(rule_set)


def _set(rule_set: Mapping[str, Any]) -> Rules:
    return Rules(rule_set["op"], tuple(map(_part, rule_set["rules"])))


def _part(part: Mapping[str, Any]) -> _Rule | Rules:
    if "rules" in part:
        return _set(part)
    rule = _rule(part)
    return Rules("and", (rule, _set(part["rule_set"]))) if part.get("rule_set") is not None else rule


def _rule(rule: Mapping[str, Any]) -> _Rule:
    lhv, op = rule["lhv"], rule["op"]
    left, alone = _text(template_of_left(lhv)), "{{" not in lhv
    if op in UNARY:
        return _Rule(lhv, op, left, alone, None, UNARY[op])
    rhv = rule["rhv"]
    is_constant = not any(
        "{{" in text for text in (rhv if isinstance(rhv, list) else [rhv]) if isinstance(text, str)
    )
    return _Rule(lhv, op, left, alone, _operand(rhv), BINARY[op](rhv) if is_constant else None)


def _operand(value: object) -> _Operand:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        items = [_text(text) for text in value]
        return lambda variables, notes: [item(variables, notes) for item in items]
    return lambda *_: value


def _text(text: str) -> _Operand:
    """A variable that stands alone comes with its components, which operators read; anything else as it is rendered."""
    if "{{" not in text:
        return lambda *_: text
    template = compile_template(text)
    if (alone := _ALONE.fullmatch(text)) and template.paths == (alone[1],):
        parts = alone[1].split(".")
        return lambda variables, _: walk(variables, parts)
    return lambda variables, notes: _rendered(template, variables, notes)


def _rendered(template: Template, variables: Variables, notes: Notes) -> object:
    with Deciding():
        return template.render(variables, notes=notes)
