"""Calculations with a lead's values: `(lead.loan / lead.value) * 100`. Compiled once, evaluated often, never run as code.

The language is that of expr-eval 1.x, in which LeadConduit's `math` is written
(https://developers.activeprospect.com/docs/leadconduit/api/tag/Templates/): from tight to loose, calls, `!` behind its
number, `^` from the right, prefixes (`-`, `+`, `not`, `sqrt` and the like), `* / %`, `+ - ||`, comparisons, `and`,
`or`, `? :`. Numbers are JavaScript's. On purpose otherwise: `!` stands behind its number only; a submitted text that
reads as a number is that number wherever one is compared; branches that are not taken need no values.
"""

import math
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from leadconduit.leads.bounds import spend
from leadconduit.leads.values import is_blank

MAX_LENGTH = 1_000
MAX_DEPTH = 30
MAX_TEXT = 10_000

Value = float | bool | str
Resolve = Callable[[str], object]
Node = Callable[[Resolve], Value]


class MathError(ValueError):
    """A calculation that cannot be read. `sentence` says why, `column` (from 1) where."""

    def __init__(self, sentence: str, column: int) -> None:
        super().__init__(f"{sentence} (column {column})")
        self.sentence = sentence
        self.column = column


@dataclass(frozen=True, slots=True)
class Math:
    """A compiled calculation, and the dotted paths of its variables, each once, in order."""

    text: str
    paths: tuple[str, ...]
    _node: Node = field(repr=False, compare=False)

    def evaluate(self, resolve: Resolve) -> float | bool | str | None:
        """The result for the values that `resolve` gives for paths; a whole number is an int.

        None where there is no sensible result: a variable that is needed is blank, a list or an object; a text is no
        number where one is needed; the result is no finite number, or a text of more than MAX_TEXT characters.
        """
        try:
            return _result(self._node(resolve))
        except _NoResult:
            return None


def compile_math(text: str) -> Math:
    """Raises MathError for what is no calculation, or one too long or nested too deeply."""
    if len(text) > MAX_LENGTH:
        raise MathError(f"A calculation may have at most {MAX_LENGTH:,} characters.", MAX_LENGTH + 1)
    parser = _Parser(text)
    node = parser.parse()
    return Math(text, tuple(parser.paths), node)


# --- values


class _NoResult(Exception):
    """What is evaluated comes to nothing."""


class _Numeral(float):
    """A submitted text that reads as a number: it keeps its zeros where it is used as a text."""

    __slots__ = ("text",)
    text: str


class _Submitted(str):
    """Any other submitted text: good to compare and to join, but no result of a calculation by itself."""

    __slots__ = ()


_DECIMAL = re.compile(r"\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\s*")


def _from_lead(value: object) -> Value:
    if is_blank(value) or not isinstance(value, str | bool | int | float):
        raise _NoResult
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        spend(len(value))
        if len(value) > MAX_TEXT or not _DECIMAL.fullmatch(value):
            return _Submitted(value)
        numeral = _Numeral(value)
        numeral.text = value
        return numeral
    return _as_float(value)


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # an int beyond what a double holds
        return math.inf if number > 0 else -math.inf


def _result(value: Value) -> float | bool | str | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return None if isinstance(value, _Submitted) else value
    if not math.isfinite(value):
        return None
    # Beyond 2**53 a double no longer tells neighbours apart, and digits would claim that it does.
    return int(value) if value.is_integer() and abs(value) <= 2**53 else float(value)


def _number(value: Value) -> float:
    if isinstance(value, str):
        if not value.strip():
            return 0.0
        return float(value) if len(value) <= MAX_TEXT and _DECIMAL.fullmatch(value) else math.nan
    return float(value)


def _text(value: Value) -> str:
    """As JavaScript writes it, but never as `NaN` or `Infinity`: no receiver is to be sent those."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Numeral):
        return value.text
    if not math.isfinite(value):
        raise _NoResult
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        plain = f"{Decimal(repr(value)):f}"
        return plain.removesuffix(".0").removeprefix("-" if value == 0 else "")
    return re.sub(r"e([-+])0*", r"e\1", repr(value)).replace(".0e", "e")


def _truth(value: Value) -> bool:
    return bool(value) and value == value  # noqa: PLR0124 - NaN is false, and unlike itself


# --- what operators and functions do


def _equal(left: Value, right: Value) -> bool:
    """By value and by kind; a text that reads as a number equals that number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    # A blank text is 0 in a sum, as in JavaScript, but it does not equal 0.
    return _number(left) == _number(right) and not (left == "" or right == "")


def _compared(holds: Callable[[float | int, float | int], bool]) -> Callable[[Value, Value], bool]:
    def compare(left: Value, right: Value) -> bool:
        if isinstance(left, str) and isinstance(right, str):
            return holds((left > right) - (left < right), 0)
        return holds(_number(left), _number(right))

    return compare


def _calculated(operate: Callable[[float, float], float]) -> Callable[[Value, Value], float]:
    def calculate(left: Value, right: Value) -> float:
        return _in_bounds(operate, _number(left), _number(right))

    return calculate


def _in_bounds(operate: Callable[..., float], *numbers: float) -> float:
    """What Python refuses, JavaScript answers with Infinity and NaN."""
    try:
        return float(operate(*numbers))
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def _joined(left: Value, right: Value) -> str:
    joined = _text(left) + _text(right)
    if len(joined) > MAX_TEXT:
        raise _NoResult
    return joined


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    return (
        math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1, right)
    )


def _power(base: float, exponent: float) -> float:
    if math.isnan(exponent) or (abs(base) == 1 and math.isinf(exponent)):
        return math.nan
    if base == 0 and exponent < 0:
        return math.inf
    return math.pow(base, exponent)


def _whole(round_it: Callable[[float], float]) -> Callable[[float], float]:
    return lambda number: round_it(number) if math.isfinite(number) else number


def _logarithm(of: Callable[[float], float]) -> Callable[[float], float]:
    return lambda number: of(number) if number else -math.inf


def _half_up(number: float) -> float:
    """To the nearest whole number, halves upwards: 2.5 gives 3, -2.5 gives -2."""
    below = math.floor(number)
    return below if number - below < 0.5 else below + 1


def _round_to(number: float, places: float = 0) -> float:
    """On the decimal digits that the number is written with: 1.005 to two places is 1.01."""
    if places == 0:
        return _whole(_half_up)(number)
    if not math.isfinite(number) or not places.is_integer() or abs(places) > 400:
        return math.nan
    shifted = _half_up(float(Decimal(repr(float(number))).scaleb(int(places))))
    return float(Decimal(shifted).scaleb(-int(places)))


@lru_cache(maxsize=1024)
def _gamma(number: float) -> float:
    if number.is_integer() and number <= 0:
        return math.inf
    return (
        float(math.factorial(int(number) - 1)) if number.is_integer() and number < 172 else math.gamma(number)
    )


def _factorial(number: float) -> float:
    return _gamma(number + 1)


def _random(below: float = 1) -> float:
    return random.random() * (below or 1)  # noqa: S311 - it guards nothing


def _unless_nan(pick: Callable[[Sequence[float]], float]) -> Callable[..., float]:
    return lambda *numbers: math.nan if any(math.isnan(number) for number in numbers) else pick(numbers)


def _hypotenuse(*sides: float) -> float:
    return math.hypot(*sides)


_PREFIXES: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        "-": lambda number: -number,
        "+": float,
        "sin": math.sin,
        "cos": math.cos,
        "tan": math.tan,
        "asin": math.asin,
        "acos": math.acos,
        "atan": math.atan,
        "sinh": math.sinh,
        "cosh": math.cosh,
        "tanh": math.tanh,
        "asinh": math.asinh,
        "acosh": math.acosh,
        "atanh": lambda number: math.copysign(math.inf, number) if abs(number) == 1 else math.atanh(number),
        "sqrt": math.sqrt,
        "log": _logarithm(math.log),
        "ln": _logarithm(math.log),
        "lg": _logarithm(math.log10),
        "log10": _logarithm(math.log10),
        "abs": abs,
        "ceil": _whole(math.ceil),
        "floor": _whole(math.floor),
        "round": _whole(_half_up),
        "trunc": _whole(math.trunc),
        "exp": math.exp,
    }
)
_PREFIX_WORDS = frozenset({"not", "length", *(word for word in _PREFIXES if word.isalnum())})


class _Function(NamedTuple):
    call: Callable[..., float]
    fewest: int
    most: int | None  # None: any number of them


_FUNCTIONS: Mapping[str, _Function] = MappingProxyType(
    {
        "random": _Function(_random, 0, 1),
        "fac": _Function(_factorial, 1, 1),
        "gamma": _Function(_gamma, 1, 1),
        "min": _Function(_unless_nan(min), 1, None),
        "max": _Function(_unless_nan(max), 1, None),
        "pyt": _Function(_hypotenuse, 1, None),
        "hypot": _Function(_hypotenuse, 1, None),
        "pow": _Function(_power, 2, 2),
        "atan2": _Function(math.atan2, 2, 2),
        "roundTo": _Function(_round_to, 1, 2),
    }
)

_CONSTANTS: Mapping[str, Value] = MappingProxyType({"PI": math.pi, "E": math.e, "true": True, "false": False})

# Loosest first. `and` and `or` stop at the first operand that decides.
_LEVELS: Sequence[Mapping[str, Callable[[Value, Value], Value]]] = (
    {
        "==": _equal,
        "!=": lambda left, right: not _equal(left, right),
        "<": _compared(lambda left, right: left < right),
        "<=": _compared(lambda left, right: left <= right),
        ">": _compared(lambda left, right: left > right),
        ">=": _compared(lambda left, right: left >= right),
    },
    {
        "+": _calculated(lambda left, right: left + right),
        "-": _calculated(lambda left, right: left - right),
        "||": _joined,
    },
    {
        "*": _calculated(lambda left, right: left * right),
        "/": _calculated(_divide),
        "%": _calculated(math.fmod),
    },
)


# --- reading


class _Token(NamedTuple):
    kind: str  # number, text, word, sign or end
    text: str
    column: int


_TOKEN = re.compile(
    r"""\s+
    | (?P<number> 0x[0-9a-fA-F]+ | 0b[01]+ | (?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)? )
    | (?P<text> '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" )
    | (?P<word> [^\W\d][\w$]*(?:\.[\w$]+)* )
    | (?P<sign> \|\| | [=!<>]= | [-+*/%^!<>?:(),] )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "'": "'", '"': '"', "\\": "\\", "/": "/"}
_MEANT = {"=": "==", "&": "and", "|": "||"}


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise MathError(_unreadable(text[position]), position + 1)
        if found.lastgroup:
            yield _Token(found.lastgroup, found.group(), position + 1)
        position = found.end()
    yield _Token("end", "", len(text) + 1)


def _unreadable(character: str) -> str:
    if character in "'\"":
        return f"The text that begins with {character} is never closed."
    if character in _MEANT:
        return f"`{character}` has no meaning in a calculation: write `{_MEANT[character]}`."
    return f"`{character}` has no meaning in a calculation."


class _Parser:
    """Descends from the loosest operator to the tightest; each method reads one level and gives its node."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.position = 0
        self.depth = 0
        self.paths: dict[str, None] = {}

    def parse(self) -> Node:
        if self.next.kind == "end":
            raise MathError("There is nothing to calculate.", 1)
        node = self._conditional()
        if self.next.kind != "end":
            raise MathError(_left_over(self.next), self.next.column)
        return node

    @property
    def next(self) -> _Token:
        return self.tokens[self.position]

    def _accept(self, *texts: str) -> str:
        """The next token, read, if it is one of these signs or words; "" otherwise."""
        if self.next.kind not in ("sign", "word") or self.next.text not in texts:
            return ""
        self.position += 1
        return self.tokens[self.position - 1].text

    def _expect(self, sign: str, sentence: str, column: int) -> None:
        if not self._accept(sign):
            at_end = self.next.kind == "end"
            raise MathError(
                sentence if at_end else _left_over(self.next), column if at_end else self.next.column
            )

    def _deeper(self, read: Callable[[], Node]) -> Node:
        if self.depth >= MAX_DEPTH:
            raise MathError(f"A calculation may be nested at most {MAX_DEPTH} levels deep.", self.next.column)
        self.depth += 1
        node = read()
        self.depth -= 1
        return node

    def _conditional(self) -> Node:
        condition = self._or()
        column = self.next.column
        if not self._accept("?"):
            return condition
        if_true = self._deeper(self._conditional)
        self._expect(":", "A `?` needs a `:` and what holds otherwise.", column)
        return _choice(condition, if_true, self._deeper(self._conditional))

    def _or(self) -> Node:
        nodes = self._separated_by("or", self._and)
        return nodes[0] if len(nodes) == 1 else lambda get: any(_truth(node(get)) for node in nodes)

    def _and(self) -> Node:
        nodes = self._separated_by("and", lambda: self._left_to_right(0))
        return nodes[0] if len(nodes) == 1 else lambda get: all(_truth(node(get)) for node in nodes)

    def _separated_by(self, word: str, read: Callable[[], Node]) -> list[Node]:
        nodes = [read()]
        while self._accept(word):
            nodes.append(read())
        return nodes

    def _left_to_right(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._prefix()
        first = self._left_to_right(level + 1)
        rest = []
        while operator := self._accept(*_LEVELS[level]):
            rest.append((_LEVELS[level][operator], self._left_to_right(level + 1)))
        return _chain(first, rest) if rest else first

    def _prefix(self) -> Node:
        """`-x ^ 2` is -(x ^ 2) and `sqrt x ^ 2` is sqrt(x ^ 2), whereas `sqrt(x) ^ 2` is a call, to the power of 2."""
        is_call = self.next.text in _PREFIX_WORDS and self.tokens[self.position + 1].text == "("
        if not is_call and (operator := self._accept("-", "+", *_PREFIX_WORDS)):
            return _prefixed(operator, self._deeper(self._prefix))
        base = self._factorial()
        if not self._accept("^"):
            return base
        return _chain(base, [(_calculated(_power), self._deeper(self._prefix))])

    def _factorial(self) -> Node:
        node = self._operand()
        marks = 0
        while self._accept("!"):
            marks += 1
        return _factorials(node, marks) if marks else node

    def _operand(self) -> Node:
        token = self.next
        if token.kind == "end":
            raise MathError(
                "The calculation ends where a number or a variable is expected.", max(token.column - 1, 1)
            )
        if token.text == "!":
            raise MathError(
                "A `!` stands behind its number, for its factorial: `5!`. Its opposite is `not`.",
                token.column,
            )
        if token.text != "(" and (token.kind == "sign" or token.text in ("and", "or")):
            raise MathError(f"`{token.text}` stands where a number or a variable is expected.", token.column)
        self.position += 1
        if token.text == "(":
            return self._parenthesized(token)
        if token.kind == "number":
            return _constant(_literal_number(token.text))
        if token.kind == "text":
            return _constant(_literal_text(token))
        return self._word(token)

    def _parenthesized(self, opened: _Token) -> Node:
        node = self._deeper(self._conditional)
        self._expect(")", "The parenthesis `(` is never closed.", opened.column)
        return node

    def _word(self, token: _Token) -> Node:
        if self.next.text == "(":
            return self._call(token)
        if token.text in _FUNCTIONS or token.text == "if":
            raise MathError(f"`{token.text}` is a function: write `{token.text}(...)`.", token.column)
        if token.text in _CONSTANTS:
            return _constant(_CONSTANTS[token.text])
        path = token.text
        self.paths[path] = None
        return lambda get: _from_lead(get(path))

    def _call(self, name: _Token) -> Node:
        opened = self.next
        self.position += 1
        if name.text in _PREFIX_WORDS:
            return _prefixed(name.text, self._parenthesized(opened))
        function = _FUNCTIONS.get(name.text)
        if function is None and name.text != "if":
            raise MathError(f"There is no function `{name.text}`.", name.column)
        arguments = self._arguments(opened)
        fewest, most = (function.fewest, function.most) if function else (3, 3)
        if len(arguments) < fewest or (most is not None and len(arguments) > most):
            raise MathError(_wrong_number_of_values(name.text, fewest, most), name.column)
        return _called(function.call, arguments) if function else _choice(*arguments)

    def _arguments(self, opened: _Token) -> list[Node]:
        if self._accept(")"):
            return []
        nodes = self._separated_by(",", lambda: self._deeper(self._conditional))
        self._expect(")", "The parenthesis `(` is never closed.", opened.column)
        return nodes


def _left_over(token: _Token) -> str:
    if token.text == ")":
        return "The parenthesis `)` was never opened."
    if token.text == "in":
        return "`in` is not available: compare with `==`, and join with `or`."
    if token.kind == "sign":
        return f"`{token.text}` has no place here."
    return f"An operator is missing before `{token.text[:40]}`."


def _wrong_number_of_values(name: str, fewest: int, most: int | None) -> str:
    wanted = f"{fewest} or more" if most is None else str(fewest) if fewest == most else f"{fewest} or {most}"
    return f"`{name}` takes {wanted} {'value' if wanted == '1' else 'values'}."


def _literal_number(text: str) -> float:
    if text[:2] in ("0x", "0b"):
        return _as_float(int(text, 0))
    return float(text)


def _literal_text(token: _Token) -> str:
    def unescaped(found: re.Match[str]) -> str:
        character = found.group(1)
        if character not in _ESCAPED:
            raise MathError(
                f"`\\{character}` has no meaning in a text: a backslash is written twice.",
                token.column + found.start(),
            )
        return _ESCAPED[character]

    # The escape's place is counted from the quote, which is the token's first character.
    return re.sub(r"\\(.)", unescaped, token.text, flags=re.DOTALL)[1:-1]


# --- nodes


def _constant(value: Value) -> Node:
    return lambda _: value


def _choice(condition: Node, if_true: Node, if_false: Node) -> Node:
    return lambda get: if_true(get) if _truth(condition(get)) else if_false(get)


def _chain(first: Node, rest: Sequence[tuple[Callable[[Value, Value], Value], Node]]) -> Node:
    """Operators of one level, from the left; in a loop, since a thousand of them are one level."""

    def node(get: Resolve) -> Value:
        value = first(get)
        for operate, operand in rest:
            value = operate(value, operand(get))
        return value

    return node


def _prefixed(operator: str, operand: Node) -> Node:
    if operator == "not":
        return lambda get: not _truth(operand(get))
    if operator == "length":
        return lambda get: float(len(_text(operand(get))))
    return _called(_PREFIXES[operator], [operand])


def _factorials(node: Node, marks: int) -> Node:
    """The factorial of the factorial, and so on; in a loop, as a chain is."""

    def repeated(get: Resolve) -> Value:
        number = _number(node(get))
        for _ in range(marks):
            number = _in_bounds(_factorial, number)
        return number

    return repeated


def _called(function: Callable[..., float], arguments: Sequence[Node]) -> Node:
    return lambda get: _in_bounds(function, *(_number(argument(get)) for argument in arguments))
