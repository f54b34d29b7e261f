"""What differs between two documents of a flow: pure, for people and programs that follow its history."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from leadconduit.lib.body import says_nothing

Action = Literal["added", "removed", "changed", "moved"]

# What tells the items of a list apart, whatever else of them changes.
IDENTITY = ("id", "instance_id", "action_id")


@dataclass(frozen=True, slots=True)
class Place:
    """A value, and where in its list it stands, if it stands in one."""

    value: Any
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """`target` is the property that changed, of an item the list it is in; `path` is where it stands, dots between.

    A path leads through the document after the change; through the one before it where the thing is removed.
    """

    action: Action
    target: str
    path: str
    previous: Place | None = None
    current: Place | None = None


def differences(before: Mapping[str, Any], after: Mapping[str, Any], *, under: str = "") -> Iterator[Change]:
    """Property by property, in the order of the later document. What is absent and what says nothing are the same."""
    for name in dict.fromkeys((*after, *before)):
        yield from _of_property(name, f"{under}{name}", before.get(name), after.get(name))


def _of_property(name: str, path: str, before: Any, after: Any) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from differences(before, after, under=f"{path}.")
    elif _is_list_of_its_own(before) and _is_list_of_its_own(after):
        yield from _of_list(name, path, before or [], after or [])
    elif _written(before) != _written(after):
        yield Change("changed", name, path, Place(before), Place(after))


def _is_list_of_its_own(value: Any) -> bool:
    """A list of items that are told apart; an empty one, or none, may be any."""
    if value is None:
        return True
    return isinstance(value, list) and len({_identity(item) for item in value}) == len(value)


def _written(value: Any) -> str:
    # Compared as written, since to Python 1 == True.
    return "" if says_nothing(value) or value == "" else repr(value)


def _of_list(name: str, path: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    old = {_identity(item): Place(item, index) for index, item in enumerate(before)}
    new = {_identity(item): Place(item, index) for index, item in enumerate(after)}
    moved = _moved([id for id in old if id in new], [id for id in new if id in old])
    for id, place in old.items():
        if id not in new:
            yield Change("removed", name, f"{path}.{place.index}", previous=place)
    for id, place in new.items():
        where = f"{path}.{place.index}"
        if id not in old:
            yield Change("added", name, where, current=place)
            continue
        if id in moved:
            yield Change("moved", name, where, old[id], place)
        if isinstance(place.value, dict):
            yield from differences(old[id].value, place.value, under=f"{where}.")


def _identity(item: Any) -> str:
    if isinstance(item, dict):
        return next((f"{key} {item[key]}" for key in IDENTITY if key in item), repr(item))
    return repr(item)


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Those that do not keep their place among the ones that stay."""
    if before == after:
        return set()
    kept = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return set(after) - {id for block in kept for id in after[block.b : block.b + block.size]}
