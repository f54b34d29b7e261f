"""What a change of a mapping would have made of leads that came in before. Pure: nothing is asked or sent."""

import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from destinations.configured import Document, rows_of, tables_of
from destinations.mapping import Mapping as FieldMapping
from destinations.mapping import compile_mapping
from leadconduit.leads.bounds import TooLong
from leadconduit.leads.values import as_text, is_blank, lookup, plain

SECONDS = 3.0
"""Leads that are not reached by then are left out."""

MOST_LEADS = 20
MOST_FIELDS = 20
MOST_COUNTS = 50
MOST_CHARACTERS = 160
MOST_CALLED = 60
"""How much is kept to be shown."""

NOT_READABLE = "The field mapping has a mistake: put it right first."

PastLead = tuple[str, str, Mapping[str, Any]]
"""The action that a lead was for, the lead's id, and what templates may name."""


class FieldChange(NamedTuple):
    """A field of what is sent, in words; None where it is not sent."""

    target: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class LeadChange:
    """A delivery of a lead that would be sent otherwise than now; `called` is the lead's e-mail, or its first value.

    `missing` are required fields that would be blank and are not now. `problem` says why it could not be sent at all,
    `mended` why it cannot be now.
    """

    lead_id: str
    called: str
    action: str
    fields: tuple[FieldChange, ...]
    more_fields: int
    missing: tuple[str, ...]
    problem: str
    mended: str

    @property
    def is_worse(self) -> bool:
        return bool(self.problem or self.missing)


class FieldCount(NamedTuple):
    """In how many of the leads a field changes."""

    action: str
    target: str
    leads: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`leads` are the first of those that change, the worse before the others, `fields` the most frequent; the counts
    are of all deliveries: each is of one of `different_leads` to one of `actions`.

    `without_action` were for an action that would be removed; `left_out` were too many for the time. `added` and
    `removed` name actions that only one side has.
    """

    same: int
    changed: int
    worse: int
    fields: tuple[FieldCount, ...]
    leads: tuple[LeadChange, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    without_action: int
    left_out: int
    different_leads: int
    actions: int

    @property
    def compared(self) -> int:
        return self.same + self.changed

    @property
    def counted(self) -> str:
        """“14 deliveries (7 leads, 2 actions)”."""
        leads, actions = _count(self.different_leads, "lead"), _count(self.actions, "action")
        return f"{_count(self.compared, 'delivery', 'deliveries')} ({leads}, {actions})"

    @property
    def all_stay(self) -> str:
        return (
            f"All {self.counted} stay as they are."
            if self.compared > 1
            else f"{self.counted} stays as it is."
        )


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"


def compare(
    leads: Sequence[PastLead],
    before: Document,
    after: Document,
    *,
    required: Mapping[str, Collection[str]],
    clock: Callable[[], float] = time.monotonic,
) -> Comparison:
    """Map each lead as both documents say. `required` has the target fields that an action's receiver insists on."""
    names = {action["id"]: action["name"] for document in (before, after) for action in document["actions"]}
    here, there = ({action["id"] for action in document["actions"]} for document in (before, after))
    mine = [lead for lead in leads if lead[0] in here & there]
    live, changed_to = _Mappings(before), _Mappings(after)
    changes: list[LeadChange] = []
    counts: Counter[tuple[str, str]] = Counter()
    same = 0
    reached: list[PastLead] = []
    ends = clock() + SECONDS
    for lead in mine:
        if clock() > ends:
            break
        reached.append(lead)
        action, _, variables = lead
        was, now = live.apply(action, variables), changed_to.apply(action, variables)
        fields = _fields(was, now)
        if not fields and was.problem == now.problem:
            same += 1
            continue
        counts.update((names[action], field.target) for field in fields)
        changes.append(_change(lead, names[action], was, now, fields, required.get(action, ())))
    return Comparison(
        same=same,
        changed=len(changes),
        worse=sum(change.is_worse for change in changes),
        fields=tuple(FieldCount(*field, n) for field, n in counts.most_common(MOST_COUNTS)),
        leads=tuple(sorted(changes, key=lambda change: not change.is_worse)[:MOST_LEADS]),
        added=tuple(names[id] for id in names if id not in here),
        removed=tuple(names[id] for id in names if id not in there),
        without_action=sum(action in here - there for action, _, _ in leads),
        left_out=len(mine) - len(reached),
        different_leads=len({lead for _, lead, _ in reached}),
        actions=len({action for action, _, _ in reached}),
    )


class _Sent(NamedTuple):
    """What a mapping makes of a lead, or why it makes nothing."""

    payload: Mapping[str, Any]
    problem: str


class _Mappings:
    """The mappings of a document, each compiled when it is first used."""

    def __init__(self, document: Document) -> None:
        self._actions = {action["id"]: action for action in document["actions"]}
        self._tables = tables_of(document)
        self._compiled: dict[str, FieldMapping | None] = {}

    def apply(self, action: str, variables: Mapping[str, Any]) -> _Sent:
        if action not in self._compiled:
            self._compiled[action] = self._compile(action)
        mapping = self._compiled[action]
        if mapping is None:
            return _Sent({}, NOT_READABLE)
        try:
            return _Sent(mapping.apply(variables), "")
        except TooLong as error:
            return _Sent({}, error.sentence)

    def _compile(self, action: str) -> FieldMapping | None:
        try:
            return compile_mapping(rows_of(self._actions[action]), self._tables)
        except (ValueError, LookupError):
            # What is wrong, and where, is said at the mapping itself.
            return None


class _Field(NamedTuple):
    target: str
    before: object
    after: object


_NOTHING = object()


def _fields(before: _Sent, after: _Sent) -> list[_Field]:
    """What differs; of what cannot be sent there is nothing to compare."""
    if before.problem or after.problem:
        return []
    was, now = dict(_leaves(before.payload)), dict(_leaves(after.payload))
    both = (
        _Field(key, was.get(key, _NOTHING), now.get(key, _NOTHING)) for key in dict.fromkeys([*now, *was])
    )
    return [field for field in both if not _same(field.before, field.after)]


def _same(before: object, after: object) -> bool:
    """`1`, `1.0` and `true` are equal to Python, and three things to a receiver."""
    return type(before) is type(after) and before == after


def _leaves(value: object, above: str = "") -> Iterator[tuple[str, object]]:
    """Every value inside, by its dotted path."""
    items: Iterable[tuple[object, object]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    if above and not (items and value):
        yield above, value
        return
    for name, item in items:
        yield from _leaves(item, f"{above}.{name}" if above else str(name))


def _called(variables: Mapping[str, Any]) -> str:
    lead = variables.get("lead", {})
    values = (plain(value) for value in [lead.get("email"), *lead.values()])
    texts = (as_text(value).strip() for value in values if not isinstance(value, dict | list))
    return next((text[:MOST_CALLED] for text in texts if text), "")


def _change(
    lead: PastLead,
    action: str,
    before: _Sent,
    after: _Sent,
    fields: Sequence[_Field],
    required: Collection[str],
) -> LeadChange:
    newly_blank = (
        key
        for key in required
        if is_blank(lookup(after.payload, key)) and not is_blank(lookup(before.payload, key))
    )
    _, lead_id, variables = lead
    return LeadChange(
        lead_id=lead_id,
        called=_called(variables),
        action=action,
        fields=tuple(map(_in_words, fields[:MOST_FIELDS])),
        more_fields=max(0, len(fields) - MOST_FIELDS),
        missing=() if after.problem else tuple(newly_blank),
        problem=after.problem,
        mended="" if after.problem else before.problem,
    )


def _in_words(field: _Field) -> FieldChange:
    values = field.before, field.after
    said = [None if value is _NOTHING else as_text(value) for value in values]
    if said[0] == said[1]:
        said = [json.dumps(value, ensure_ascii=False) for value in values]
    return FieldChange(field.target, *_shortened(*said))


def _shortened(before: str | None, after: str | None) -> tuple[str | None, str | None]:
    """Both from a little before the place where they part."""
    if before is None or after is None:
        return _from(before, 0), _from(after, 0)
    parted = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    start = max(0, parted - 20) if parted > MOST_CHARACTERS // 2 else 0
    return _from(before, start), _from(after, start)


def _from(text: str | None, start: int) -> str | None:
    if text is None:
        return None
    cut = text[start : start + MOST_CHARACTERS]
    return f"{'…' if start else ''}{cut}{'…' if start + len(cut) < len(text) else ''}"
