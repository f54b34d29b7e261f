"""What the buttons beside a mapping's rows do to them. Each says so in its value: `up rows-6b05-3`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.http import QueryDict

from destinations.forms.mapping import is_blank_row, name_of
from destinations.mapping import MappingRow
from leadconduit.rule_form import press

Rows = list[MappingRow]
New = Mapping[str, Sequence[MappingRow]]
"""The rows that can be added, by the word after `add`."""


class Change(NamedTuple):
    """`verb` is done to `action`'s rows: to the one with the prefix `of`, and to a `part` of it, where it is about them.

    `path` is a place among its rules, `word` what to add, `chosen` what was chosen in the field beside the button.
    """

    verb: str
    action: str
    of: str = ""
    part: int = -1
    path: str = ""
    word: str = ""
    chosen: str = ""
    row: int = -1


def change_of(data: QueryDict) -> Change | None:
    """What was pressed, if it was a button of a row."""
    verb, _, rest = data.get("change", "").partition(" ")
    if verb in _OF_ACTION:
        action, _, word = rest.partition(" ")
        return Change(verb, action, word=word)
    if verb not in _OF_ROW:
        return None
    of, _, part = rest.partition(" ")
    action = of.rpartition("-")[0].removeprefix(name_of(""))
    number = int(part[:6]) if part.isdecimal() else -1
    return Change(verb, action, of, number, part, chosen=data.get(f"{of}-add-step", ""))


class Removed(NamedTuple):
    """A row that is there no more, and the place where it was."""

    row: MappingRow
    place: int


class Changed(NamedTuple):
    """The rows after a change: whose options stand open, which were begun by it, and which element the cursor goes
    to."""

    rows: Rows
    opened: frozenset[int] = frozenset()
    fresh: frozenset[int] = frozenset()
    focus: str = ""
    removed: Removed | None = None

    def keeping_open(self, rows: Iterable[MappingRow]) -> "Changed":
        """With the options of these rows open as well, wherever they are now."""
        return self._replace(opened=self.opened | self._places(rows))

    def keeping_fresh(self, rows: Iterable[MappingRow]) -> "Changed":
        return self._replace(fresh=self.fresh | self._places(rows))

    def _places(self, rows: Iterable[MappingRow]) -> set[int]:
        kept = {id(row) for row in rows}
        return {place for place, row in enumerate(self.rows) if id(row) in kept}


def changed(posted: Mapping[str, MappingRow], change: Change, new: New) -> Changed:
    """An action's rows, which were posted by their prefixes, after a change. One that makes no sense changes nothing."""
    rows = list(posted.values())
    if change.verb in _OF_ACTION:
        return _OF_ACTION[change.verb](rows, change, new)
    if change.of not in posted:
        return Changed(rows)
    # Rows that were dragged have the numbers of before.
    return _OF_ROW[change.verb](rows, change._replace(row=list(posted).index(change.of)))


def _added(rows: Rows, change: Change, new: New) -> Changed:
    added = list(new.get(change.word, ())) if change.word else [MappingRow("")]
    if not added:
        return Changed(rows)
    if change.word:
        rows = [row for row in rows if not is_blank_row(row)]
    field = "template" if added[0].target else "target"
    fresh = frozenset(range(len(rows), len(rows) + len(added)))
    return Changed([*rows, *added], fresh=fresh, focus=f"id_{_prefix(change, len(rows))}-{field}")


def _brought_back(rows: Rows, change: Change, new: New) -> Changed:
    back = list(new.get(change.word, ()))
    if all(map(is_blank_row, rows)):
        rows = []
    place = min(int(change.word[:6]), len(rows)) if change.word.isdecimal() else len(rows)
    rows[place:place] = back
    return Changed(rows, focus=f"id_{_prefix(change, place)}-template" if back else "")


# --- One row


def _removed(rows: Rows, change: Change) -> Changed:
    row = rows.pop(change.row)
    left = min(change.row, len(rows) - 1)
    focus = f"{_prefix(change, left)}-remove" if rows else f"add-{change.action}"
    return Changed(rows, focus=focus, removed=None if is_blank_row(row) else Removed(row, change.row))


def _options_opened(rows: Rows, change: Change) -> Changed:
    return _with(rows, change, "options")


def _moved(by: int) -> Callable[[Rows, Change], Changed]:
    def moved(rows: Rows, change: Change) -> Changed:
        to = min(max(change.row + by, 0), len(rows) - 1)
        rows.insert(to, rows.pop(change.row))
        # At the end of its way a button cannot be pressed any more: the other one takes the cursor.
        possible = "down" if to == 0 else "up" if to == len(rows) - 1 else change.verb
        return Changed(rows, focus=f"{_prefix(change, to)}-{possible}")

    return moved


def _with(rows: Rows, change: Change, focus: str, **parts: Any) -> Changed:
    place = frozenset({change.row})
    focus = f"{_prefix(change, change.row)}-{focus}"
    if not parts:
        return Changed(rows, place, focus=focus)
    rows[change.row] = replace(rows[change.row], **parts)
    return Changed(rows, place, place, focus)


# --- Its transformations


def _step_added(rows: Rows, change: Change) -> Changed:
    steps = rows[change.row].transformations
    if not change.chosen:
        return _with(rows, change, "add-step")
    return _with(rows, change, f"t{len(steps)}-drop", transformations=(*steps, {"use": change.chosen}))


def _step_dropped(rows: Rows, change: Change) -> Changed:
    steps = rows[change.row].transformations
    return _with(rows, change, "add-step", transformations=_without(steps, change.part))


def _step_moved(by: int) -> Callable[[Rows, Change], Changed]:
    def moved(rows: Rows, change: Change) -> Changed:
        steps = list(rows[change.row].transformations)
        if not 0 <= change.part < len(steps):
            return Changed(rows)
        to = min(max(change.part + by, 0), len(steps) - 1)
        steps.insert(to, steps.pop(change.part))
        possible = "down" if to == 0 else "up" if to == len(steps) - 1 else change.verb.removeprefix("step-")
        return _with(rows, change, f"t{to}-{possible}", transformations=tuple(steps))

    return moved


# --- Its rules


def _rules_changed(verb: str) -> Callable[[Rows, Change], Changed]:
    def rules_changed(rows: Rows, change: Change) -> Changed:
        rule_set = rows[change.row].rule_set
        pressed = press(dict(rule_set) if rule_set else None, verb, change.path)
        place = f"rules {pressed.focus or ''}".strip()
        return _with(rows, change, place, rule_set=pressed.rule_set)

    return rules_changed


def _without(parts: tuple[Any, ...], number: int) -> tuple[Any, ...]:
    return tuple(part for place, part in enumerate(parts) if place != number)


def _prefix(change: Change, row: int) -> str:
    return f"{name_of(change.action)}-{row}"


_OF_ACTION: Mapping[str, Callable[[Rows, Change, New], Changed]] = {
    "add": _added,
    "bring-back": _brought_back,
}
_OF_ROW: Mapping[str, Callable[[Rows, Change], Changed]] = {
    "remove": _removed,
    "up": _moved(-1),
    "down": _moved(1),
    "options": _options_opened,
    "add-step": _step_added,
    "drop-step": _step_dropped,
    "step-up": _step_moved(-1),
    "step-down": _step_moved(1),
    "add-rule": _rules_changed("add-rule"),
    "add-group": _rules_changed("add-group"),
    "drop": _rules_changed("drop"),
}
