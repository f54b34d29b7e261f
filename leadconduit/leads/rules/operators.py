"""LeadConduit's 24 operators.

The left value comes as the lead has it, with its type's components. A unary operator is a test of it; a binary one
makes a test of a right value, once where that is always the same. A test raises CannotJudge where neither "holds" nor
"does not hold" would be true; what somebody who tries a rule out should know is added to `notes`.

An operator with a "not" in it, and `format is invalid`, is always the exact opposite of the one without.
"""

import functools
import operator
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from leadconduit.leads.bounds import CannotJudge
from leadconduit.leads.patterns import TIME_LIMIT, Pattern, PatternError, PatternTooSlow, compile_pattern
from leadconduit.leads.rules.equality import Known, as_boolean
from leadconduit.leads.rules.measures import Measure, bounds, comparable, measure
from leadconduit.leads.rules.obscenity import is_obscene
from leadconduit.leads.values import as_text, is_blank, is_typed

Notes = list[str] | None
Test = Callable[[object, Notes], bool]
Prepare = Callable[[object], Test]


def _not(test: Test) -> Test:
    return lambda left, notes: not test(left, notes)


def _opposite(prepare: Prepare) -> Prepare:
    return lambda right: _not(prepare(right))


def _of_any(test: Test) -> Test:
    """For a list: whether it holds for one of its items."""

    def of_any(left: object, notes: Notes) -> bool:
        if type(left) is list:
            return any(of_any(item, notes) for item in left)
        return test(left, notes)

    return of_any


# --- Equality and lists


def _is_equal_to(right: object) -> Test:
    if is_blank(right):
        return lambda left, _: is_blank(left)
    if isinstance(right, list):
        tests = [_is_equal_to(item) for item in right]
        return lambda left, notes: (
            isinstance(left, list)
            and len(left) == len(tests)
            and all(test(item, notes) for test, item in zip(tests, left, strict=True))
        )
    known = Known((right,))
    return lambda left, _: left in known


def _includes(right: object) -> Test:
    """A list has the value, or one of several; a text has it as a part. Nothing includes a blank."""
    wanted = _items(right)
    known = Known(wanted)
    parts = [as_text(item).casefold() for item in wanted]

    def test(left: object, _: Notes) -> bool:
        if type(left) is list:
            return any(item in known for item in left)
        if is_blank(left):
            return False
        text = as_text(left).casefold()
        return any(part in text for part in parts)

    return test


def _is_included_in(right: object) -> Test:
    """One of a list's values, or of a text's with commas between them; a list, if all of its items are."""
    known = Known(_items(listed(right)))

    def test(left: object, _: Notes) -> bool:
        if type(left) is list:
            return bool(left) and all(item in known for item in left)
        return left in known

    return test


def listed(value: object) -> object:
    """A text as the list that it is, with commas or new lines between its values."""
    return value.replace("\n", ",").split(",") if isinstance(value, str) else value


def _items(value: object) -> list[object]:
    """The values of a list, and of lists inside it, without blank ones and the white space around texts."""
    if isinstance(value, list):
        return [item for inner in value for item in _items(inner)]
    if is_blank(value):
        return []
    return [value.strip() if isinstance(value, str) else value]


# --- Order


def _compared(holds: Callable[[Measure, Measure], bool]) -> Prepare:
    def prepare(right: object) -> Test:
        limit = measure(right)

        def test(left: object, notes: Notes) -> bool:
            value = measure(left)
            if value is None or limit is None or not comparable(value, limit):
                _note_order(left, value, notes)
                return False
            return holds(value, limit)

        return _of_any(test)

    return prepare


def _is_between(right: object) -> Test:
    ends = bounds(right)

    def test(left: object, notes: Notes) -> bool:
        value = measure(left)
        if value is None or ends is None or not comparable(value, ends[0]):
            _note_order(left, value, notes)
            return False
        low, high = ends
        return low <= value and (high is None or value <= high)  # type: ignore[operator]  # comparable says they are

    return _of_any(test)


def _note_order(left: object, value: Measure | None, notes: Notes) -> None:
    if notes is not None and not is_blank(left):
        notes.append("that is no number, date or time" if value is None else "the two cannot be put in order")


# --- Texts


@functools.lru_cache(maxsize=1024)
def pattern(text: str) -> Pattern:
    """Raises PatternError."""
    return compile_pattern(text, ignore_case=True)


def _matches_pattern(right: object) -> Test:
    patterns, wrong = [], []
    for text in right if isinstance(right, list) else [right]:
        if is_blank(text):
            continue
        try:
            patterns.append(pattern(as_text(text)))
        except PatternError as error:
            wrong.append(error.sentence)

    def test(left: object, _: Notes) -> bool:
        texts = list(_texts(left))
        unjudged = list(wrong)
        for one in patterns:
            try:
                if _search(one, texts):
                    return True
            except PatternTooSlow as error:
                unjudged.append(error.cause)
        if unjudged:
            raise CannotJudge(unjudged[0])
        return False

    return test


def _texts(value: object) -> Iterator[str]:
    """A list's items, also of lists inside it, or the value alone."""
    if type(value) is list:
        for item in value:
            yield from _texts(item)
    else:
        yield as_text(value)


def _search(one: Pattern, texts: list[str]) -> bool:
    """In any of the texts, which together have no more time than one has. Raises PatternTooSlow."""
    begun = time.thread_time()
    for text in texts:
        if one.search(text):
            return True
        if one.needs_backtracking and time.thread_time() - begun > TIME_LIMIT:
            raise PatternTooSlow(one.text, f"took longer than {TIME_LIMIT * 1000:.0f} ms")
    return False


# --- Of the left value alone


def _has_valid_format(left: object, _: Notes) -> bool:
    """Its type understood it; what has no type has nothing to be misunderstood. All of a list's items must be so."""
    if is_blank(left):
        return False
    if type(left) is list:
        return all(_has_valid_format(item, _) for item in left)
    return bool(left["valid"]) if is_typed(left) and isinstance(left, dict) else True


_IS_BLANK: Final[Test] = lambda left, _: is_blank(left)  # noqa: E731  # a test like those beside it
_IS_TRUE: Final = _of_any(lambda left, _: as_boolean(left) is True)
_IS_FALSE: Final = _of_any(lambda left, _: as_boolean(left) is False)
_IS_OBSCENE: Final = _of_any(lambda left, _: is_obscene(as_text(left)))

BINARY: Final[Mapping[str, Prepare]] = {
    "is equal to": _is_equal_to,
    "is not equal to": _opposite(_is_equal_to),
    "is less than": _compared(operator.lt),
    "is less than or equal to": _compared(operator.le),
    "is greater than": _compared(operator.gt),
    "is greater than or equal to": _compared(operator.ge),
    "is included in": _is_included_in,
    "is not included in": _opposite(_is_included_in),
    "includes": _includes,
    "does not include": _opposite(_includes),
    "is between": _is_between,
    "is not between": _opposite(_is_between),
    "matches pattern": _matches_pattern,
    "does not match pattern": _opposite(_matches_pattern),
}

UNARY: Final[Mapping[str, Test]] = {
    "is blank": _IS_BLANK,
    "is not blank": _not(_IS_BLANK),
    "is true": _IS_TRUE,
    "is false": _IS_FALSE,
    "is not true": _not(_IS_TRUE),
    "is not false": _not(_IS_FALSE),
    "format is valid": _has_valid_format,
    "format is invalid": _not(_has_valid_format),
    "is obscene": _IS_OBSCENE,
    "is not obscene": _not(_IS_OBSCENE),
}

OPERATORS: Final = (*BINARY, *UNARY)

ORDERED: Final = frozenset(
    ("is less than", "is less than or equal to", "is greater than", "is greater than or equal to")
)
BETWEEN: Final = frozenset(("is between", "is not between"))
LISTED: Final = frozenset(("includes", "does not include", "is included in", "is not included in"))
PATTERNED: Final = frozenset(("matches pattern", "does not match pattern"))
