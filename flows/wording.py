"""A flow's document in words, and what differs between two of them. Pure: names are given, no credential comes out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from destinations.wizard.diff import Change, Group, Turn
from flows import differences
from flows.recipients.modules import MODULES, Module
from leadconduit.leads.rules import in_words
from leadconduit.leads.values import as_text

Document = Mapping[str, Any]
Said = dict[str, Any]


class Names(NamedTuple):
    """What the parts of documents are called, by id; what is gone may be absent."""

    entities: Mapping[str, str]
    actions: Mapping[str, str]
    """as "CRM: Create" """


@dataclass(frozen=True, slots=True)
class Credential:
    """One that is kept encrypted: two are the same where they were stored together."""

    sealed: str

    def __str__(self) -> str:
        return "Stored, never shown"


def changes_between(before: Document, after: Document, names: Names) -> tuple[Group, ...]:
    """What became of `before`, part by part; () where nothing did."""
    said, now = in_parts(before, names), in_parts(after, names)
    found: dict[str, dict[tuple[str, ...], Change]] = {}
    for change in differences.differences(said, now):
        part, *place = change.path.split(".", 2)
        if part == TYPES and None in _texts(change):
            continue  # a field that came or went says so itself
        _add(found.setdefault(part, {}), change, place, said[part], now[part])
    return tuple(
        Group(part, len(changes), tuple(changes.values())) for part, changes in found.items() if changes
    )


def _add(
    changes: dict[tuple[str, ...], Change],
    change: differences.Change,
    place: Sequence[str],
    before: Any,
    after: Any,
) -> None:
    """One more change of a part: several of one item of a list, which its place tells, are turns of one change."""
    if isinstance(after, dict):
        turn = Turn("", *_texts(change))
        kind = "added" if turn.before is None else "removed" if turn.after is None else "changed"
        changes[(change.target,)] = Change(kind, change.target, (turn,))  # type: ignore[arg-type]
        return
    items = before if change.action == "removed" else after
    item = items[int(place[0])]
    what = item[TITLE] if isinstance(item, dict) else item
    key = (change.action, place[0])
    if change.action == "changed":
        if change.target != TITLE:
            turns = changes[key].turns if key in changes else ()
            changes[key] = Change("changed", what, (*turns, Turn(change.target, *_texts(change))))
    elif change.action == "moved":
        sides = (change.previous, change.current)
        numbers = [str(side.index + 1) for side in sides if side and side.index is not None]
        changes[key] = Change("moved", what, (Turn("Place", *numbers),))
    else:
        changes[key] = Change(change.action, what, tuple(_turns(item, is_there=change.action == "added")))


def _texts(change: differences.Change) -> tuple[str | None, str | None]:
    before, after = (
        str(side.value) if side and side.value else None for side in (change.previous, change.current)
    )
    return before, ("Another one, never shown" if after and before == after else after)


def _turns(item: Any, *, is_there: bool) -> Iterator[Turn]:
    if isinstance(item, dict):
        for label, value in item.items():
            if value and label not in (ID, TITLE):
                yield Turn(label, None, str(value)) if is_there else Turn(label, str(value), None)


# --- A document, part by part

ID, TITLE = "id", "title"
TYPES = "Types of fields"


def in_parts(document: Document, names: Names) -> Said:
    """`{part: {label: text}, or a list of texts, or of {"id", "title", label: text}}`; no part has a dot in its name."""
    types = document.get("types", {})
    return {
        "Settings": {"Name": document["name"], "Takes leads": _yes(document["enabled"])},
        "Fields": list(document["fields"]),
        TYPES: {field: types[field] for field in document["fields"] if field in types},
        "Acceptance criteria": _criteria(document.get("acceptance_criteria")),
        "Sources": [_source(source, names) for source in document["sources"]],
        "Steps": [_step(step, names) for step in document["steps"]],
        "Destinations": [
            _use(action, names) for use in document["destinations"] for action in use["actions"]
        ],
    }


def _criteria(criteria: Document | None) -> Said:
    return {
        "Accepts leads where": in_words(criteria["rule_set"]) if criteria else "",
        "Answers others": _answer(criteria) if criteria else "",
    }


def _answer(part: Document) -> str:
    return f"{part['outcome']}: {part['reason']}" if part.get("reason") else str(part["outcome"])


def _source(source: Document, names: Names) -> Said:
    id = source["entity"]["id"]
    return {
        ID: id,
        TITLE: names.entities.get(id) or "A source that is gone",
        "Takes leads": _yes(source.get("enabled", True)),
        "Asks for a key": _yes(source.get("authentication_required", False)),
        "Time zone": source["entity"].get("time_zone", ""),
        **_criteria(source.get("acceptance_criteria")),
        **_mappings(source["integration"].get("mappings", ())),
    }


def _step(step: Document, names: Names) -> Said:
    shared = {
        ID: step["id"],
        TITLE: title_of(step, names.entities),
        "Description": step.get("description", ""),
        "Runs": _yes(step.get("enabled", True)),
        "Notes": step.get("notes", ""),
    }
    if step["type"] == "filter":
        return shared | {"Stops leads where": in_words(step["rule_set"]), "Answers": _answer(step)}
    module = MODULES.get(step["integration"]["module_id"])
    return shared | {
        "Asks": names.entities.get(step["entity"]["id"]) or "A recipient that is gone",
        "Sends": module.name if module else step["integration"]["module_id"],
        "Asks where": in_words(step["rule_set"]) if step.get("rule_set") else "",
        **_mappings(step["integration"]["mappings"], module),
    }


def title_of(step: Document, entities: Mapping[str, str]) -> str:
    """A step by its description; a recipient without one by its entity's name."""
    entity = entities.get(step["entity"]["id"], "") if "entity" in step else ""
    return step.get("description") or entity or step["type"].capitalize()


def _mappings(mappings: Iterable[Document], module: Module | None = None) -> Said:
    """By what is set: that several set the same is rare, and then each after the first has a number."""
    said: Said = {}
    seen: Counter[str] = Counter()
    for mapping in mappings:
        label = _label(mapping["property"], module)
        seen[label] += 1
        numbered = label if seen[label] == 1 else f"{label} ({seen[label]})"
        said[numbered] = _mapped(mapping)
        if "sealed" in mapping and "value" in mapping:
            said[f"{numbered}, credentials"] = Credential(mapping["sealed"])
    return said


def _label(name: str, module: Module | None) -> str:
    """What a recipient's module calls a property; of a family of properties, with its own name."""
    known = module.find(name) if module else None
    if known is None:
        return name
    return f"{known.label} {name[len(known.name) - 1 :]}" if known.is_family else known.label


def _mapped(mapping: Document) -> object:
    if "value" not in mapping:
        return Credential(mapping["sealed"])
    value = mapping["value"]
    text = ", ".join(map(as_text, value)) if isinstance(value, list) else as_text(value)
    return f"{text}, where {in_words(mapping['rule_set'])}" if mapping.get("rule_set") else text


def _use(action: Document, names: Names) -> Said:
    return {
        ID: action["action"],
        TITLE: names.actions.get(action["action"]) or "An action that is gone",
        "Delivers": _yes(action.get("enabled", True)),
        "Only where": in_words(action["rule_set"]) if action.get("rule_set") else "",
        # Nothing is said of what is usual, nor of flows that were saved before there was such a thing.
        "Waits for its turn": "No, it is independent" if action.get("independent") else "",
    }


def _yes(is_so: bool | None) -> str:
    """Nothing of None: there was no flow yet."""
    if is_so is None:
        return ""
    return "Yes" if is_so else "No"
