"""What differs between two revisions of a destination, in words. Pure: two documents go in, no secret comes out."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from destinations.configured import Document, rows_of
from destinations.fields import FieldSpec
from destinations.mapping import TRANSFORMATIONS, MappingRow
from destinations.platforms.port import ActionSpec, DestinationValues, Setup
from destinations.target_fields import TYPES
from destinations.wizard.completeness import spec_of
from leadconduit.leads import rules
from leadconduit.leads.values import as_text

MOST_CHANGES = 200
"""Changes of a group that are spelt out."""
EXAMPLES = 3
"""Rows of a look-up table that are spelt out."""

SENDS = {
    "normal": "the normal form; what is not valid, as it was submitted",
    "raw": "always as it was submitted",
    "valid": "only what is valid",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One aspect of a change, before and after; None where there was nothing, or is nothing any more."""

    label: str
    before: str | None
    after: str | None


Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class Change:
    kind: Kind
    what: str
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that belong together; `count` of them, of which `changes` are spelt out."""

    title: str
    count: int
    changes: tuple[Change, ...]

    @property
    def left_out(self) -> int:
        return self.count - len(self.changes)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the platform calls the parts of a destination."""

    schemes: Mapping[str, str]
    pages: tuple[FieldSpec, ...]
    offers: tuple[ActionSpec, ...]

    def of_action(self, action_id: str) -> tuple[FieldSpec, ...]:
        spec = spec_of(self.offers, action_id)
        return spec.fields if spec else ()


def vocabulary(setup: Setup, destination: DestinationValues) -> Vocabulary:
    return Vocabulary(
        schemes={scheme.key: scheme.label for scheme in setup.schemes(destination)},
        pages=tuple(spec for page in setup.pages(destination) for spec in page.fields),
        offers=setup.offers(destination),
    )


def difference(before: Document, after: Document, words: Vocabulary) -> tuple[Group, ...]:
    """What became of `before`, by groups in the wizard's order; () where nothing did."""
    groups = [
        ("Authentication", _of_authentication(before, after, words)),
        ("Configuration", _of_configuration(before["configuration"], after["configuration"], words.pages)),
        ("Actions", _of_actions(before["actions"], after["actions"], words)),
        ("Look-up tables", _of_tables(before.get("tables", []), after.get("tables", []))),
        *_of_mappings(before["actions"], after["actions"]),
    ]
    found = [(title, tuple(changes)) for title, changes in groups]
    return tuple(Group(title, len(changes), changes[:MOST_CHANGES]) for title, changes in found if changes)


def in_short(groups: Sequence[Group]) -> str:
    """“3 changes: Configuration, Actions”."""
    count = sum(group.count for group in groups)
    changes = "1 change" if count == 1 else f"{count:,} changes"
    return f"{changes}: {', '.join(group.title for group in groups)}" if groups else "No change"


# --- Authentication and configuration


def _of_authentication(before: Document, after: Document, words: Vocabulary) -> Iterator[Change]:
    if before["scheme"] != after["scheme"]:
        labels = (words.schemes.get(of["scheme"], of["scheme"]) for of in (before, after))
        yield _of_field(Turn("Way to authenticate", *labels))
    elif before["connection"] != after["connection"]:
        yield Change("changed", "Other credentials")


def _of_configuration(
    before: Mapping[str, Any], after: Mapping[str, Any], specs: Sequence[FieldSpec]
) -> Iterator[Change]:
    for spec, was, now in _differing(before, after, specs):
        whole = Turn("", in_words(spec, was) or None, in_words(spec, now) or None)
        yield Change(_kind(whole), spec.label, tuple(_entry_turns(spec, was, now)) or (whole,))


def _of_field(turn: Turn) -> Change:
    return Change(_kind(turn), turn.label, (Turn("", turn.before, turn.after),))


def _kind(turn: Turn) -> Kind:
    return "added" if turn.before is None else "removed" if turn.after is None else "changed"


def _turns(before: Mapping[str, Any], after: Mapping[str, Any], specs: Sequence[FieldSpec]) -> Iterator[Turn]:
    """Field by field, and of a list entry by entry."""
    for spec, was, now in _differing(before, after, specs):
        entries = list(_entry_turns(spec, was, now))
        for turn in entries:
            yield replace(turn, label=f"{spec.label}: {turn.label}")
        if not entries:
            yield Turn(spec.label, in_words(spec, was) or None, in_words(spec, now) or None)


def _differing(
    before: Mapping[str, Any], after: Mapping[str, Any], specs: Sequence[FieldSpec]
) -> Iterator[tuple[FieldSpec, Any, Any]]:
    """The fields with their values. Those that the platform does not have any more go by their key."""
    known = {spec.key: spec for spec in specs}
    for key in dict.fromkeys([*known, *before, *after]):
        spec = known.get(key) or FieldSpec(key=key, label=key)
        # A value that was never saved is the field's default, unless there was no page to save yet.
        was, now = (of.get(key, spec.default) if of else None for of in (before, after))
        if was != now and (in_words(spec, was) or in_words(spec, now)):
            yield spec, was, now


def _entry_turns(spec: FieldSpec, before: Any, after: Any) -> Iterator[Turn]:
    """Of pairs and of a receiver's fields, those that differ; none where only their order does."""
    if spec.kind not in ("pairs", "target_fields"):
        return
    was, now = (_entries(spec, value) for value in (before, after))
    for name in dict.fromkeys([*now, *was]):
        if was.get(name) != now.get(name):
            yield Turn(name, was.get(name), now.get(name))


def _entries(spec: FieldSpec, value: Any) -> dict[str, str]:
    """The entries of a list in words, by their names; what has the same name stands together."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for entry in value or ():
        if spec.kind == "target_fields":
            found[str(entry["key"])].append(_target_in_words(entry))
        else:
            found[str(entry[0])].append(as_text(entry[1]))
    return {name: ", ".join(said) for name, said in found.items()}


def in_words(spec: FieldSpec, value: Any) -> str:
    """A field's value as a person reads it; "" for nothing. Of secrets, only that there is one."""
    if value in (None, "", []):
        return ""
    if spec.is_secret:
        return "Stored, never shown"
    if spec.kind == "choice":
        return next((choice.label for choice in spec.choices if choice.value == value), as_text(value))
    if spec.kind == "boolean":
        return "Yes" if value else "No"
    if spec.kind == "target_fields":
        return ", ".join(f"{entry['key']} ({_target_in_words(entry)})" for entry in value)
    if isinstance(value, list):
        return ", ".join(map(_item_in_words, value))
    return as_text(value)


def _item_in_words(item: Any) -> str:
    return ": ".join(map(as_text, item)) if isinstance(item, list | tuple) else as_text(item)


def _target_in_words(entry: Mapping[str, Any]) -> str:
    """What a receiver's field is, as the page that declares it says it."""
    type = entry.get("type") or "string"
    said = [entry.get("label") or "", TYPES.get(type, type)]
    said.append("required" if entry.get("required") else "")
    said.append(f"at most {longest:,} characters" if (longest := entry.get("max_length")) else "")
    said.append(f"choices: {' / '.join(map(as_text, choices))}" if (choices := entry.get("choices")) else "")
    return ", ".join(filter(None, said))


# --- Actions


def _of_actions(before: Sequence[Document], after: Sequence[Document], words: Vocabulary) -> Iterator[Change]:
    gone = {action["id"]: action for action in before}
    for action in after:
        yield from _of_action(gone.pop(action["id"], None), action, words)
    for action in gone.values():
        turns = _turns(action["configuration"], {}, words.of_action(action["action_id"]))
        yield Change("removed", _name(action), tuple(turns))
    stay = {action["id"] for action in before} & {action["id"] for action in after}
    was, now = ([action for action in among if action["id"] in stay] for among in (before, after))
    if [action["id"] for action in was] != [action["id"] for action in now]:
        orders = (", ".join(map(_name, among)) for among in (was, now))
        yield Change("moved", "Order", (Turn("", *orders),))


def _of_action(before: Document | None, after: Document, words: Vocabulary) -> Iterator[Change]:
    specs = words.of_action(after["action_id"])
    turns = list(_turns(before["configuration"] if before else {}, after["configuration"], specs))
    if before is None:
        yield Change("added", _name(after), tuple(turns))
        return
    if before["name"] != after["name"]:
        turns.insert(0, Turn("Name", _name(before), _name(after)))
    if turns:
        yield _changed(_name(after), *turns)


def _name(action: Document) -> str:
    return action["name"] or "An action without a name"


# --- Mapping rows


def _of_mappings(
    before: Sequence[Document], after: Sequence[Document]
) -> Iterator[tuple[str, Iterable[Change]]]:
    gone = {action["id"]: action for action in before}
    for action in after:
        earlier = rows_of(gone[action["id"]]) if action["id"] in gone else []
        yield f"Fields of “{_name(action)}”", _of_rows(earlier, rows_of(action))


def _of_rows(before: Sequence[MappingRow], after: Sequence[MappingRow]) -> Iterator[Change]:
    """Rows are the same where they fill the same field; where several do, the first is the first."""
    pairs = _pairs(before, after)
    stayed = [index for index, _ in pairs if index is not None]
    moved = _moved(stayed)
    for place, (index, row) in enumerate(pairs, 1):
        was = None if index is None else before[index]
        turns = tuple(_row_turns(was, row))
        if was is None:
            yield Change("added", row.target, turns)
        elif turns:
            yield _changed(row.target, *turns)
        if index is not None and index in moved:
            yield Change("moved", row.target, (Turn("Row", str(index + 1), str(place)),))
    for index in sorted(set(range(len(before))) - set(stayed)):
        yield Change("removed", before[index].target, tuple(_row_turns(before[index], None)))


def _pairs(before: Sequence[MappingRow], after: Sequence[MappingRow]) -> list[tuple[int | None, MappingRow]]:
    """Each row after, and the index of what it was before."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, row in reversed(list(enumerate(before))):
        places[row.target].append(index)
    return [(places[row.target].pop() if places[row.target] else None, row) for row in after]


def _moved(order: Sequence[int]) -> set[int]:
    """Of the rows that stayed (where they were, in their order now), the fewest without which the rest are in order."""
    ends: list[int] = []
    lengths: list[int] = []
    for index in order:
        length = bisect_left(ends, index)
        ends[length : length + 1] = [index]
        lengths.append(length)
    moved = set(order)
    wanted = len(ends) - 1
    for index, length in zip(reversed(order), reversed(lengths), strict=True):
        if length == wanted:
            moved.discard(index)
            wanted -= 1
    return moved


def _row_turns(before: MappingRow | None, after: MappingRow | None) -> Iterator[Turn]:
    was, is_now = (_row_in_words(row) if row else {} for row in (before, after))
    for label in dict.fromkeys([*is_now, *was]):
        if was.get(label) != is_now.get(label):
            yield Turn(label, was.get(label), is_now.get(label))


def _row_in_words(row: MappingRow) -> dict[str, str]:
    """Only what is not as in a row that was just begun."""
    found = {
        "Source": f"the text “{row.template}”" if row.literal else row.template,
        "Transformations": ", then ".join(map(_transformation_in_words, row.transformations)),
        "Default": row.default,
        "Condition": rules.in_words(row.rule_set) if row.rule_set else "",
        "Sends": SENDS[row.sends] if row.sends != "normal" else "",
    }
    return {label: said for label, said in found.items() if said}


def _transformation_in_words(use: Mapping[str, Any]) -> str:
    known = TRANSFORMATIONS.get(use["use"])
    if known is None:
        return str(use["use"])
    options = [
        f"{spec.label}: {said}" for spec in known.options if (said := in_words(spec, use.get(spec.key)))
    ]
    return f"{known.label} ({', '.join(options)})" if options else known.label


# --- Look-up tables


def _of_tables(before: Sequence[Document], after: Sequence[Document]) -> Iterator[Change]:
    gone = {_key(table): table for table in before}
    for table in after:
        was = gone.pop(_key(table), None)
        turns = tuple(_table_turns(was or {"rows": []}, table))
        if was is None:
            yield Change("added", table["name"], turns)
        elif turns:
            yield _changed(table["name"], *turns)
    for table in gone.values():
        yield Change("removed", table["name"], tuple(_table_turns(table, {"rows": []})))


def _key(table: Document) -> str:
    name: str = table["name"]
    return name.strip().casefold()


def _table_turns(before: Document, after: Document) -> Iterator[Turn]:
    was, now = (dict(table["rows"]) for table in (before, after))
    added = [f"{key} → {now[key]}" for key in now if key not in was]
    removed = [f"{key} → {was[key]}" for key in was if key not in now]
    changed = [key for key in now if key in was and was[key] != now[key]]
    if added:
        yield Turn(_rows(added, "added"), None, _examples(added))
    if removed:
        yield Turn(_rows(removed, "removed"), _examples(removed), None)
    if changed:
        pairs = [_examples([f"{key} → {rows[key]}" for key in changed]) for rows in (was, now)]
        yield Turn(_rows(changed, "changed"), *pairs)
    others = [_otherwise_in_words(table) for table in (before, after)]
    if others[0] != others[1]:
        yield Turn("Anything else", *(said or None for said in others))


def _rows(rows: Sequence[str], what: str) -> str:
    return f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'} {what}"


def _examples(rows: Sequence[str]) -> str:
    more = f" and {len(rows) - EXAMPLES:,} more" if len(rows) > EXAMPLES else ""
    return ", ".join(rows[:EXAMPLES]) + more


def _otherwise_in_words(table: Document) -> str:
    said = {
        "keep": "stays as it is",
        "blank": "becomes blank",
        "text": f"becomes “{table.get('text', '')}”",
        "table": f"is looked up in “{table.get('table', '')}”",
    }
    return said[table.get("otherwise", "keep")] if "name" in table else ""


def _changed(what: str, *turns: Turn) -> Change:
    return Change("changed", what, turns)
