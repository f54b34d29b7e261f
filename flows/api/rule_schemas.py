"""Rules in the OpenAPI description, as JSON schemas: no serializer can stand inside itself.

Whatever matches is taken, within the limits that the description of a set names in words, as no schema can. What a
text is read as is said by formats of ours, such as `pattern`: only their languages could say more.
"""

from collections.abc import Collection
from typing import Any, Final

from leadconduit.leads.rules import MAX_DEPTH, MAX_RULES, MAX_SLOW_PATTERNS, MAX_VALUES, OPERATORS, UNARY
from leadconduit.leads.rules.operators import BETWEEN, LISTED, ORDERED, PATTERNED

Schema = dict[str, Any]

FORMATS: Final = {
    "variable": "A variable such as `lead.state`, or a template with braces in it.",
    "template": "A text; where it has two braces, a template.",
    "values": "A text that is not blank, or a template. Commas stand between several values.",
    "measure": "A number, a date such as `2030-06-30`, a time in ISO 8601, or a template.",
    "range": "As `18-65`, `18+`, or `2030-01-01 to 2030-06-30`; or a template.",
    "pattern": "A regular expression, or a template.",
}
"""What texts are read as, each with what it means."""

_RULE: Final = {"$ref": "#/components/schemas/Rule"}
_RULE_SET: Final = {"$ref": "#/components/schemas/RuleSet"}
_ID: Final = {
    "description": "Ours. Six letters and digits are kept where they are given back; anything else is made anew."
}
_NUMBER: Final = {"type": "number"}
_BOOLEAN: Final = {"type": "boolean"}


def _text(format: str) -> Schema:
    return {"type": "string", "format": format, "description": FORMATS[format]}


def _texts(format: str, *, least: int = 1, most: int = MAX_VALUES) -> Schema:
    return {"type": "array", "items": _text(format), "minItems": least, "maxItems": most}


def _rule(operators: Collection[str], *right: Schema) -> Schema:
    """Without a right side where the operator compares with nothing."""
    rhv = {"anyOf": list(right)} if right else {"enum": [None, ""]}
    return {
        "type": "object",
        "required": ["lhv", "op", "rhv"] if right else ["lhv", "op"],
        "additionalProperties": False,
        "properties": {
            "id": _ID,
            "lhv": _text("variable"),
            "op": {"enum": [operator for operator in OPERATORS if operator in operators]},
            "rhv": rhv,
            "rule_set": {"anyOf": [_RULE_SET, {"type": "null"}], "description": "It must hold too."},
        },
    }


_EQUALITY: Final = frozenset(OPERATORS) - frozenset(UNARY) - ORDERED - BETWEEN - LISTED - PATTERNED

RULES_OF_A_SET: Final = {
    "type": "array",
    "items": {"anyOf": [_RULE, _RULE_SET]},
    "minItems": 1,
    "maxItems": MAX_RULES,
}
RULES: Final[dict[str, Schema]] = {
    "Rule": {
        "description": "Compares a variable; what each operator compares it with stands beside it.",
        "anyOf": [
            _rule(UNARY),
            _rule(_EQUALITY, _text("template"), _NUMBER, _BOOLEAN, _texts("template")),
            _rule(LISTED, _text("values"), _NUMBER, _BOOLEAN, _texts("values")),
            _rule(ORDERED, _text("measure"), _NUMBER),
            _rule(BETWEEN, _text("range"), _NUMBER),
            _rule(PATTERNED, _text("pattern"), _texts("pattern")),
        ],
    },
    "RuleSet": {
        "type": "object",
        "description": (
            f"Sets may stand in sets, {MAX_DEPTH} deep at most, with {MAX_RULES} rules at most in all of them. At most "
            f"{MAX_SLOW_PATTERNS} patterns may look around, refer back, or have variables."
        ),
        "required": ["op", "rules"],
        "additionalProperties": False,
        "properties": {"id": _ID, "op": {"enum": ["and", "or"]}, "rules": RULES_OF_A_SET},
    },
}
SEARCHED: Final[Schema] = {
    "type": ["array", "null"],
    "items": RULES_OF_A_SET["items"],
    "maxItems": MAX_RULES,
    "description": "Only events that match all of these rules.",
}
