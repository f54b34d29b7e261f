"""Rules about a lead: read from LeadConduit's JSON, checked, compiled, and able to explain their verdict.

A rule set is `{"op": "and" or "or", "rules": [...]}`, of rules and of rule sets again. A rule is `{"lhv", "op", "rhv"}`;
unary operators take no `rhv`, and a `rule_set` beside it must hold too. `lhv` is a variable's path, or a template where
it has braces; texts in `rhv` are templates. Beyond what LeadConduit documents ("Rules"), docs/rules.md says what each
operator means.
"""

from leadconduit.leads.rules.checking import (
    MAX_DEPTH,
    MAX_RULES,
    MAX_SLOW_PATTERNS,
    MAX_VALUES,
    problems,
    slow_patterns,
    templates_in,
    walk_rules,
)
from leadconduit.leads.rules.compiling import Rules, compile_rules
from leadconduit.leads.rules.offered import operators_for
from leadconduit.leads.rules.operators import BINARY, OPERATORS, UNARY
from leadconduit.leads.rules.verdicts import RuleVerdict, Verdict, sentences
from leadconduit.leads.rules.words import in_words

__all__ = [
    "BINARY",
    "MAX_DEPTH",
    "MAX_RULES",
    "MAX_SLOW_PATTERNS",
    "MAX_VALUES",
    "OPERATORS",
    "UNARY",
    "RuleVerdict",
    "Rules",
    "Verdict",
    "compile_rules",
    "in_words",
    "operators_for",
    "problems",
    "sentences",
    "slow_patterns",
    "templates_in",
    "walk_rules",
]
