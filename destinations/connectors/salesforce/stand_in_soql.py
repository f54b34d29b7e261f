"""The SOQL that the Salesforce stand-in understands: SELECT, FROM, WHERE with AND, ORDER BY, LIMIT, OFFSET.

SOQL and SOSL Reference, "SOQL SELECT Syntax". A condition is `field op value`, the operator one of = != < > <= >= LIKE IN.
Text is compared without regard to case. What a backslash means in it: "Quoted String Escape Sequences"; `\\%` and `\\_` are
these signs themselves in LIKE.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from destinations.connectors.salesforce.stand_in_objects import OBJECTS, fields_of

_TOKEN = re.compile(r"\s*(?:('(?:\\.|[^'\\])*')|([<>!]=|[=<>(),])|([\w.+:-]+))")


class SoqlError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Query(NamedTuple):
    kind: str
    fields: tuple[str, ...]
    matches: Callable[[Mapping[str, Any]], bool]
    order: tuple[tuple[str, bool], ...]
    """Field, and whether the highest comes first."""
    limit: int | None
    offset: int


def parse(text: str) -> Query:
    """Raises SoqlError: MALFORMED_QUERY, INVALID_TYPE or INVALID_FIELD."""
    return _Reader(_tokens(text)).query()


def rows(query: Query, records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The fields that were asked for, of the records that match. The whole result of the query."""
    found = [record for record in records if query.matches(record)]
    for name, descending in reversed(query.order):
        found.sort(key=lambda record: _sortable(record.get(name)), reverse=descending)
    end = None if query.limit is None else query.offset + query.limit
    return [{name: record.get(name) for name in query.fields} for record in found[query.offset : end]]


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if not found:
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{text[at:].strip()[:1]}'")
        tokens.append(found[0].strip())
        at = found.end()
    return tokens


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._kind = ""

    def query(self) -> Query:
        self._expect("SELECT")
        names = [self._next()]
        while self._take(","):
            names.append(self._next())
        self._expect("FROM")
        named = self._next()
        self._kind = next((kind for kind in OBJECTS if kind.lower() == named.lower()), "")
        if not self._kind:
            raise SoqlError("INVALID_TYPE", f"sObject type '{named}' is not supported.")
        fields = tuple(self._field(name) for name in names)
        conditions = self._conditions() if self._take("WHERE") else []
        order = self._order() if self._take("ORDER") else ()
        limit = self._number() if self._take("LIMIT") else None
        offset = self._number() if self._take("OFFSET") else 0
        if self._tokens:
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{self._tokens[0]}'")
        return Query(self._kind, fields, lambda row: all(c(row) for c in conditions), order, limit, offset)

    def _conditions(self) -> list[Callable[[Mapping[str, Any]], bool]]:
        conditions = [self._condition()]
        while self._take("AND"):
            conditions.append(self._condition())
        return conditions

    def _condition(self) -> Callable[[Mapping[str, Any]], bool]:
        if self._take("("):
            inner = self._conditions()
            self._expect(")")
            return lambda row: all(condition(row) for condition in inner)
        name, operator = self._field(self._next()), self._next().upper()
        if operator == "IN":
            self._expect("(")
            allowed = [self._value()]
            while self._take(","):
                allowed.append(self._value())
            self._expect(")")
            return lambda row: _low(row.get(name)) in allowed
        if operator == "LIKE":
            pattern = self._pattern()
            return lambda row: (
                isinstance(row.get(name), str) and pattern.fullmatch(_low(row[name])) is not None
            )
        compare = _OPERATORS.get(operator)
        if compare is None:
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{operator}'")
        value = self._value()
        return lambda row: compare(_low(row.get(name)), value)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        self._expect("BY")
        order = [self._ordered()]
        while self._take(","):
            order.append(self._ordered())
        return tuple(order)

    def _ordered(self) -> tuple[str, bool]:
        name = self._field(self._next())
        descending = self._take("DESC")
        if not descending:
            self._take("ASC")
        if self._take("NULLS"):
            self._next()
        return name, descending

    def _field(self, name: str) -> str:
        field = fields_of(self._kind).get(name.lower())
        if field is None:
            words = f"No such column '{name}' on entity '{self._kind}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name."
            raise SoqlError("INVALID_FIELD", words)
        return field.name

    def _value(self) -> Any:
        token = self._next()
        if token.startswith("'"):
            return "".join(_meant(sign) for sign in _signs(token)).casefold()
        if token.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[token.lower()]
        if re.fullmatch(r"[+-]?\d+(\.\d+)?", token):
            return float(token)
        if re.match(r"\d{4}-\d\d-\d\d", token):
            return token.casefold()
        raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{token}'")

    def _pattern(self) -> "re.Pattern[str]":
        token = self._next()
        if not token.startswith("'"):
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{token}'")
        parts = (_WILDCARDS.get(sign) or re.escape(_meant(sign).casefold()) for sign in _signs(token))
        return re.compile("".join(parts), re.DOTALL)

    def _number(self) -> int:
        token = self._next()
        if not token.isdigit():
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{token}'")
        return int(token)

    def _take(self, word: str) -> bool:
        if self._tokens and self._tokens[0].upper() == word:
            self._tokens.pop(0)
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise SoqlError("MALFORMED_QUERY", f"expecting {word}, found '{' '.join(self._tokens[:1])}'")

    def _next(self) -> str:
        if not self._tokens:
            raise SoqlError("MALFORMED_QUERY", "unexpected token: '<EOF>'")
        return self._tokens.pop(0)


def _low(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _ordered_pair(left: Any, right: Any) -> bool:
    return left is not None and right is not None and isinstance(left, str) == isinstance(right, str)


_WILDCARDS = {"%": ".*", "_": "."}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def _signs(quoted: str) -> list[str]:
    """The characters of a text in quotes, each with the backslash before it."""
    return re.findall(r"\\.|[^\\]", quoted[1:-1], re.DOTALL)


def _meant(sign: str) -> str:
    return _ESCAPES.get(sign[1], sign[1]) if sign[0] == "\\" else sign


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: _ordered_pair(left, right) and left < right,
    ">": lambda left, right: _ordered_pair(left, right) and left > right,
    "<=": lambda left, right: _ordered_pair(left, right) and left <= right,
    ">=": lambda left, right: _ordered_pair(left, right) and left >= right,
}


def _sortable(value: Any) -> tuple[int, Any]:
    """What is not there comes first, as Salesforce has it."""
    if value is None:
        return 0, ""
    return (2, value.casefold()) if isinstance(value, str) else (1, value)
