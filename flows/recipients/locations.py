"""Where in an answer something stands: dotted paths in JSON, and a plain part of XPath and of CSS selectors.

XPath and CSS become the same steps, each of which goes to children, or to descendants, of what the one before found.
That takes time that grows with the document, whatever the path; the whole of XPath would not.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flows.recipients.documents import Node
from leadconduit.leads.bounds import MAX_RESULT, TooLong, spend
from leadconduit.leads.values import as_text

MAX_STEPS = 50
MAX_CONDITIONS = 50

_PER_CONDITION = 10
"""What it costs to ask an element whether it fits, in characters that are read."""

Condition = Callable[[Node], bool]


class LocationError(ValueError):
    """A path that cannot be read. `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class _Step:
    """`place` counts among the children of one parent that fit, from 1; -1 is the last."""

    deep: bool
    conditions: tuple[Condition, ...]
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """A compiled path. What it takes of each element: its text, or one attribute."""

    steps: tuple[_Step, ...]
    attribute: str | None = None

    def find(self, top: Node) -> list[str]:
        """The texts that it leads to, in the document's order; `top` holds the root. Raises TooLong."""
        found = [top]
        for step in self.steps:
            found = _follow(step, found)
        if self.attribute is not None:
            return [node.attributes[self.attribute] for node in found if self.attribute in node.attributes]
        texts = [node.text for node in found]
        if sum(map(len, texts)) > MAX_RESULT:
            raise TooLong
        return texts


def _follow(step: _Step, nodes: Iterable[Node]) -> list[Node]:
    found: list[Node] = []
    for parent in _with_descendants(nodes) if step.deep else nodes:
        children = list(parent.children)
        spend(_PER_CONDITION * len(children) * len(step.conditions))
        fitting = [node for node in children if all(fits(node) for fits in step.conditions)]
        if step.place is None:
            found += fitting
        elif step.place == -1:
            found += fitting[-1:]
        else:
            found += fitting[step.place - 1 : step.place]
    return found


def _with_descendants(nodes: Iterable[Node]) -> Iterable[Node]:
    """Each of them once, though one may stand in another."""
    seen: set[int] = set()
    for top in nodes:
        waiting = [top]
        while waiting:
            node = waiting.pop()
            if id(node) not in seen:
                seen.add(id(node))
                yield node
                waiting.extend(reversed(list(node.children)))


# --- JSON

_NOT_DOTTED = re.compile(r"^(?:/|\$(?:[.\[]|$))|\.\.|\*|\[(?!\d{1,9}\])|^[.\s]*$")
"""XPath, JSONPath, and what names nothing."""


def find_in_json(values: Any, path: str) -> list[str]:
    """The text at a dotted path (`errors.0.message` or `errors[0].message`), of a list each item; none for null.

    Raises LocationError for what is written as another kind of path and leads nowhere.
    """
    found = _at(values, path)
    if found is None and _NOT_DOTTED.search(path):
        raise LocationError(f"`{path[:40]}` is no dotted path, such as `errors.0.message`.")
    items = found if isinstance(found, list) else [found]
    return [as_text(item) for item in items if item is not None]


def _at(values: Any, path: str) -> Any:
    for part in re.sub(r"\[(\d{1,9})\]", r".\1", path).strip(".").split("."):
        if isinstance(values, dict):
            values = values.get(part)
        elif isinstance(values, list) and part.isdecimal() and len(part) <= 10 and int(part) < len(values):
            values = values[int(part)]
        else:
            return None
    return values


# --- XPath

_NAME = r"(?:[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)"
_PREDICATE = r"\[[^\]]*\]"
_XPATH_STEP = re.compile(rf"(//?|)(?:(text\(\))|@({_NAME})|({_NAME}|\*)((?:{_PREDICATE})*))")
_WHOLE = re.compile(r"\s*(?:string|normalize-space)\((.*)\)\s*", re.DOTALL)
_TEXT = r"(?:'([^']*)'|\"([^\"]*)\")"
_PLACE = re.compile(r"\[\s*(?:([1-9][0-9]{0,5})|last\(\))\s*\]")
_LOCAL = re.compile(rf"\[\s*local-name\(\)\s*=\s*{_TEXT}\s*\]")
_EQUALS = re.compile(rf"\[\s*(?:(\.|text\(\))|@({_NAME})|({_NAME}))\s*=\s*{_TEXT}\s*\]")
_HAS = re.compile(rf"\[\s*(?:@({_NAME})|({_NAME}))\s*\]")


def compile_xpath(text: str) -> Location:
    """Names and `*` after `/` or `//`, ending in `text()` or `@name` if need be, with predicates such as `[1]`,
    `[last()]`, `[@code='7']`, `[name='x']`, `[local-name()='x']`. Raises LocationError for any other.
    """
    inside = _WHOLE.fullmatch(text)
    path = (inside[1] if inside else text).strip()
    steps: list[_Step] = []
    position = 0
    while position < len(path):
        found = _XPATH_STEP.match(path, position)
        if found is None or (position and not found[1]):
            raise LocationError(f"This XPath cannot be read from `{path[position : position + 40]}` on.")
        position = found.end()
        if found[2] or found[3]:
            anywhere = found[1] == "//"
            if position < len(path) or not (steps or anywhere):
                raise LocationError("In an XPath, `text()` and `@` stand at its end, behind an element.")
            if anywhere and (found[3] or not steps):
                steps.append(_Step(True, ()))
            return _bounded(steps, found[3])
        steps.append(_xpath_step(found[1] == "//", found[4], re.findall(_PREDICATE, found[5] or "")))
    if not steps:
        raise LocationError("An XPath names at least one element.")
    return _bounded(steps, None)


def _bounded(steps: list[_Step], attribute: str | None) -> Location:
    if len(steps) > MAX_STEPS:
        raise LocationError(f"A path has at most {MAX_STEPS} steps.")
    if sum(len(step.conditions) for step in steps) > MAX_STEPS + MAX_CONDITIONS:
        raise LocationError(f"A path has at most {MAX_CONDITIONS} predicates.")
    return Location(tuple(steps), attribute)


def _xpath_step(deep: bool, name: str, predicates: list[str]) -> _Step:
    conditions: list[Condition] = [] if name == "*" else [_is_named(name)]
    place = None
    for predicate in predicates:
        if found := _PLACE.fullmatch(predicate):
            if predicate is not predicates[-1]:
                raise LocationError(
                    "In an XPath, a place such as `[1]` is the last of an element's predicates."
                )
            place = int(found[1]) if found[1] else -1
        else:
            conditions.append(_xpath_condition(predicate))
    return _Step(deep, tuple(conditions), place)


def _xpath_condition(predicate: str) -> Condition:
    if found := _LOCAL.fullmatch(predicate):
        local = found[1] if found[1] is not None else found[2]
        return lambda node: node.local_name == local
    if found := _EQUALS.fullmatch(predicate):
        _, attribute, child, single, double = found.groups()
        wanted = single if single is not None else double
        if attribute:
            return lambda node: node.attributes.get(attribute) == wanted
        if child:
            return lambda node: any(one.name == child and one.text == wanted for one in node.children)
        return lambda node: node.text == wanted
    if found := _HAS.fullmatch(predicate):
        attribute, child = found.groups()
        if attribute:
            return lambda node: attribute in node.attributes
        return lambda node: any(one.name == child for one in node.children)
    raise LocationError(f"`{predicate[:40]}` is a predicate of XPath that is not supported.")


def _is_named(name: str) -> Condition:
    return lambda node: node.name == name


# --- CSS selectors

_CSS_NAME = r"[A-Za-z_-][\w-]*"
_CSS_STEP = re.compile(rf"(\s*>\s*|\s+|)({_CSS_NAME}|\*)?((?:\.{_CSS_NAME}|#{_CSS_NAME}|\[[^\]]*\])*)")
_CSS_CONDITION = re.compile(
    rf"\.({_CSS_NAME})|#({_CSS_NAME})|\[\s*({_CSS_NAME})\s*(?:=\s*(?:{_TEXT}|([\w-]+))\s*)?\]"
)
_CSS_ATTRIBUTE = re.compile(rf"\s+@({_CSS_NAME})$")


def compile_css(text: str) -> Location:
    """Elements, `.class`, `#id`, `[name]`, `[name=value]`, one inside (blank) or right below (`>`) another.

    ` @name` at the end takes that attribute in place of the text. Raises LocationError for any other.
    """
    selector = text.strip()
    attribute = _CSS_ATTRIBUTE.search(selector)
    if attribute:
        selector = selector[: attribute.start()]
    steps: list[_Step] = []
    position = 0
    while position < len(selector):
        found = _CSS_STEP.match(selector, position)
        if found is None or not (found[2] or found[3]) or (position and not found[1]):
            raise LocationError(
                f"This CSS selector cannot be read from `{selector[position : position + 40]}` on."
            )
        position = found.end()
        name = (found[2] or "*").lower()
        conditions: list[Condition] = [] if name == "*" else [_is_named(name)]
        conditions += _css_conditions(found[3])
        steps.append(_Step(">" not in found[1], tuple(conditions)))
    if not steps:
        raise LocationError("A CSS selector names at least one element.")
    return _bounded(steps, attribute[1].lower() if attribute else None)


def _css_conditions(text: str) -> list[Condition]:
    conditions: list[Condition] = []
    position = 0
    while position < len(text):
        found = _CSS_CONDITION.match(text, position)
        if found is None:
            raise LocationError(
                f"This CSS selector cannot be read from `{text[position : position + 40]}` on."
            )
        position = found.end()
        conditions.append(_css_condition(*found.groups()))
    return conditions


def _css_condition(
    style: str | None,
    id: str | None,
    name: str | None,
    single: str | None,
    double: str | None,
    bare: str | None,
) -> Condition:
    if style:
        return lambda node: style in node.attributes.get("class", "").split()
    if id:
        return lambda node: node.attributes.get("id") == id
    attribute = (name or "").lower()
    wanted = next((text for text in (single, double, bare) if text is not None), None)
    if wanted is None:
        return lambda node: attribute in node.attributes
    return lambda node: node.attributes.get(attribute) == wanted
