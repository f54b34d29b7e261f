"""A rule set as a person would say it."""

from collections.abc import Mapping
from typing import Any

from leadconduit.leads.values import as_text

_MOST_VALUES = 20


def in_words(rule_set: Mapping[str, Any]) -> str:
    """Of a rule set without problems: `lead.state is equal to CA and (lead.age is blank or lead.age is less than 18)`."""
    said = [f"({in_words(part)})" if "rules" in part else _rule(part) for part in rule_set["rules"]]
    return f" {rule_set['op']} ".join(said)


def _rule(rule: Mapping[str, Any]) -> str:
    said = f"{rule['lhv']} {rule['op']} {_value(rule.get('rhv'))}".rstrip()
    return f"({said} and ({in_words(rule['rule_set'])}))" if rule.get("rule_set") else said


def _value(value: object) -> str:
    if not isinstance(value, list):
        return as_text(value)
    more = f" and {len(value) - _MOST_VALUES} more" if len(value) > _MOST_VALUES else ""
    return ", ".join(map(as_text, value[:_MOST_VALUES])) + more
