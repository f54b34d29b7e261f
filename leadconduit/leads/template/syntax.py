"""Reads a template: what of it is text, and what stands between its braces.

Between braces stands an expression: a variable's path, or a function with values and after them options, where a value
in parentheses is a function again. Which functions there are is not known here.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

from leadconduit.leads.template.errors import TemplateError

MAX_LENGTH = 10_000
MAX_DEPTH = 8

_PATH = re.compile(r"[\w$-]+(?:\.[\w$-]+)*")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_LIKE_A_NUMBER = re.compile(r"-?[0-9][0-9.]*")
_OPENED = re.compile(r"(\\{0,2})\{\{")
_SPACE = re.compile(r"\s*")
_OPTION = re.compile(r"([A-Za-z_]\w*)\s*=")
_ELSE = re.compile(r"\s*else(?=[\s}])")
_WORD = re.compile(r"""[^\s(){}='"|]+""")
_STRING = re.compile(r"""(["'])(?:\\.|(?!\1)[^\\])*\1""", re.DOTALL)
_ESCAPE = re.compile(r"""\\(["'\\])""")

_REFUSED = {
    "{": "Three braces have no meaning here: nothing is escaped, so write two, as in `{{lead.email}}`.",
    "#": "Blocks such as `{0}` are not run: put a condition on the row or step, or name one item, as in `lead.tags.0`.",
    "/": "Blocks such as `{0}` are not run: remove what opens and closes the block.",
    "^": "Blocks such as `{0}` are not run: put a condition on the row or step instead.",
    ">": "Partials such as `{0}` are not run: write their text here.",
    "!": "Comments such as `{0}` are not kept in a template: remove it.",
    "&": "`&` has no meaning here: nothing is escaped, so leave it out.",
    "*": "Decorators such as `{0}` are not run: write a variable or a function between the braces.",
    "~": "`~` does not trim here: remove it and the white space beside the braces.",
}


@dataclass(frozen=True, slots=True)
class Variable:
    path: str
    source: str
    column: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number, true or false, as it is written in `source`."""

    value: str | float | bool
    source: str
    column: int

    def column_of(self, index: int) -> int:
        """Where in the template the character of a text stands that has this index in `value`."""
        at = 1
        for _ in range(index):
            at += 2 if _ESCAPE.match(self.source, at) else 1
        return self.column + at


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    values: tuple["Expression", ...]
    options: tuple["Option", ...]
    source: str
    column: int


Expression = Variable | Literal | Function


@dataclass(frozen=True, slots=True)
class Option:
    name: str
    column: int
    value: Expression


def is_path(text: str) -> bool:
    """Is this the name of a variable, as it stands between braces?"""
    return _PATH.fullmatch(text) is not None


def parse(text: str) -> list[str | Expression]:
    r"""Texts and expressions in order, no text empty. Raises TemplateError.

    As in Handlebars, `\{{` is two braces as they are, and `\\{{` a backslash before an expression.
    """
    if len(text) > MAX_LENGTH:
        raise TemplateError(f"A template may have at most {MAX_LENGTH:,} characters.", MAX_LENGTH + 1)
    parts: list[str | Expression] = []
    plain, position = "", 0
    while opened := _OPENED.search(text, position):
        plain += text[position : opened.start()]
        position = opened.end()
        if opened[1] == "\\":
            plain += "{{"
            continue
        plain += opened[1][1:]
        if plain:
            parts.append(plain)
        reader = _Reader(text, opened.end())
        parts.append(reader.read())
        plain, position = "", reader.at
    plain += text[position:]
    return [*parts, plain] if plain else parts


class _Reader:
    """Reads one expression, from after its opening braces to after its closing ones."""

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at
        self.opened = at - 2

    def read(self) -> Expression:
        if self.text.find("}}", self.at) < 0:
            self._never_closed()
        if (sign := self.text[self.at]) in _REFUSED:
            word = self.text[self.at : self.at + 40].split("}")[0].split(maxsplit=1)[0]
            self._wrong(_REFUSED[sign].replace("{0}", word), self.opened)
        if _ELSE.match(self.text, self.at):
            self._wrong(_REFUSED["^"].replace("{0}", "else"), self.opened)
        if self._ends_with() == "}}":
            self._wrong(
                "There is no variable between the braces: write one, as in `{{lead.email}}`.", self.opened
            )
        expression = self._expression("}}", self.opened, depth=0)
        self.at += 2
        return expression

    def _expression(self, closing: str, opened: int, depth: int) -> Expression:
        """A word with values and options, up to what closes it; without any, whatever stands there alone."""
        start = self.at
        head = self._value(depth)
        values: list[Expression] = []
        options: dict[str, Option] = {}
        while (end := self._ends_with()) != closing:
            if end == ")":
                self._wrong("This `)` closes nothing.")
            if end:
                self._wrong("This `(` is never closed by `)`.", opened)
            if option := _OPTION.match(self.text, self.at):
                self._option(option, options, depth)
            elif options:
                self._wrong('Values stand before options, as in `{{md5 lead.email encoding="base64"}}`.')
            else:
                values.append(self._value(depth))
            if not isinstance(head, Variable):
                self._wrong(
                    f"`{head.source[:40]}` is no function: `{{{{lowercase lead.email}}}}` begins with one.",
                    start,
                )
        if not values and not options:
            return head
        source = self.text[start : self.at].rstrip()
        return Function(head.source, tuple(values), tuple(options.values()), source, start + 1)

    def _option(self, found: re.Match[str], options: dict[str, Option], depth: int) -> None:
        name, column = found[1], self.at + 1
        if name in options:
            self._wrong(f"The option `{name}` is given twice.")
        self.at = found.end()
        if self._ends_with():
            self._wrong(f'The option `{name}` has no value: write one, as in `{name}="..."`.', column - 1)
        options[name] = Option(name, column, self._value(depth))

    def _value(self, depth: int) -> Expression:
        if self.text.startswith("(", self.at):
            return self._nested(depth + 1)
        if self.text.startswith(("'", '"'), self.at):
            return self._string()
        start = self.at
        word = _WORD.match(self.text, start)
        if not word:
            self._unreadable()
        self.at = word.end()
        source, column = word[0], start + 1
        if source in ("true", "false"):
            return Literal(source == "true", source, column)
        if _NUMBER.fullmatch(source):
            return Literal(float(source) if "." in source else int(source), source, column)
        if _LIKE_A_NUMBER.fullmatch(source):
            self._wrong(
                f'`{source[:40]}` is no number of at most 15 digits: a text stands in `"..."`.', start
            )
        if not is_path(source):
            self._wrong(_no_variable(source), start)
        return Variable(source, source, column)

    def _nested(self, depth: int) -> Expression:
        opened = self.at
        if depth > MAX_DEPTH:
            self._wrong(f"Functions may be nested at most {MAX_DEPTH} deep.")
        self.at += 1
        expression = None if self._ends_with() else self._expression(")", opened, depth)
        if not isinstance(expression, Function):
            self._wrong("Between parentheses stands a function, as in `(uppercase lead.state)`.", opened)
        self.at += 1
        return expression

    def _string(self) -> Literal:
        found = _STRING.match(self.text, self.at)
        if not found:
            self._wrong(f"The text that begins with `{self.text[self.at]}` is never closed by another.")
        self.at = found.end()
        return Literal(_ESCAPE.sub(r"\1", found[0][1:-1]), found[0], found.start() + 1)

    def _ends_with(self) -> str:
        """Go past white space. What ends here: `}}`, `)` or, so far, nothing."""
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]  # it matches anywhere
        if self.at >= len(self.text):
            self._never_closed()
        return next((end for end in ("}}", ")") if self.text.startswith(end, self.at)), "")

    def _never_closed(self) -> NoReturn:
        self._wrong("The braces `{{` are never closed by `}}`.", self.opened)

    def _unreadable(self) -> NoReturn:
        sign = self.text[self.at]
        if self.text.startswith("{{", self.at):
            self._wrong("The braces `{{` are opened again before they are closed.", self.opened)
        if sign == "|":
            self._wrong("`|` has no meaning here: a function stands first, as in `{{lowercase lead.email}}`.")
        if sign == "=":
            self._wrong('`=` stands between an option\'s name and its value, as in `format="YYYY"`.')
        self._wrong(f"`{sign}` has no meaning between the braces.")

    def _wrong(self, sentence: str, at: int | None = None) -> NoReturn:
        raise TemplateError(sentence, (self.at if at is None else at) + 1)


def _no_variable(source: str) -> str:
    if "[" in source:
        return "`[` has no meaning in a variable: an item is written with a dot, as in `lead.tags.0`."
    return f"`{source[:40]}` is not a variable: write names with dots between them, as in `lead.email`."
