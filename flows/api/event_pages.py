"""Events of an account in order of time, a page at a time: two logs, of events and of attempts, read as one."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from flows.api.event_representation import Answer, Row, represent_events
from flows.models import Attempt, Event
from leadconduit.accounts.models import Account
from leadconduit.leads.bounds import TooLong
from leadconduit.leads.rules import Rules
from leadconduit.lib.ids import first_id_at

MOST_LOOKED_AT = 5_000
"""Events that the rules of one call look at."""
MOST_SECONDS = 5.0
"""How long they may look; a pattern can be slow."""
CHUNK = 500

# Every event has these, however little is asked for.
ALWAYS = ("id", "type", "outcome", "reason")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events a caller asks for, and what of each. Ids are bounds without themselves, times with."""

    after_id: str | None = None
    before_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    rules: Rules | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    limit: int = 100
    newest_first: bool = True

    def bounds(self) -> dict[str, str]:
        wanted = {
            "pk__gt": self.after_id,
            "pk__lt": self.before_id,
            "pk__gte": first_id_at(self.start) if self.start else None,
            # The last id that can be made within that tick.
            "pk__lte": first_id_at(self.end)[:12] + "f" * 12 if self.end else None,
        }
        return {bound: id for bound, id in wanted.items() if id}


@dataclass(frozen=True, slots=True)
class Page:
    """`last_id` is that of the last event looked at, where there may be more behind it."""

    answers: list[Answer]
    last_id: str | None


def page(account: Account, wanted: Wanted) -> Page:
    """With rules, as many events as match among the first that are looked at: see `MOST_LOOKED_AT`, `MOST_SECONDS`."""
    if wanted.rules is None:
        rows = rows_of(account, wanted.bounds(), newest_first=wanted.newest_first, limit=wanted.limit)
        answers = represent_events(rows, account)
        last_id = rows[-1].pk if len(rows) == wanted.limit else None
    else:
        answers, last_id = _matching(account, wanted, wanted.rules)
    return Page([_part(answer, wanted) for answer in answers], last_id)


def rows_of(account: Account, bounds: Mapping[str, str], *, newest_first: bool, limit: int) -> list[Row]:
    order = "-pk" if newest_first else "pk"
    logs: list[Iterator[Row]] = [
        iter(model.objects.filter(account=account, **bounds).order_by(order)[:limit])
        for model in (Event, Attempt)
    ]
    return list(islice(merge(*logs, key=lambda row: row.pk, reverse=newest_first), limit))


def _matching(account: Account, wanted: Wanted, rules: Rules) -> tuple[list[Answer], str | None]:
    found: list[Answer] = []
    ends = time.monotonic() + MOST_SECONDS
    bounds, onward = wanted.bounds(), "pk__lt" if wanted.newest_first else "pk__gt"
    for _ in range(MOST_LOOKED_AT // CHUNK):
        rows = rows_of(account, bounds, newest_first=wanted.newest_first, limit=CHUNK)
        for answer in represent_events(rows, account):
            if _matches(rules, answer):
                found.append(answer)
            if len(found) == wanted.limit or time.monotonic() > ends:
                return found, answer["id"]
        if len(rows) < CHUNK:
            return found, None
        bounds = bounds | {onward: rows[-1].pk}
    return found, bounds[onward]


def _matches(rules: Rules, event: Answer) -> bool:
    try:
        # The event's own names count, whatever a recipient is called.
        return rules.matches({**event["vars"], **event})
    except TooLong:
        return False


# --- Parts of an event


def _part(event: Answer, wanted: Wanted) -> Answer:
    if wanted.include:
        event = {key: event[key] for key in ALWAYS} | _included(event, wanted.include)
    for path in wanted.exclude:
        event = _without(event, path.split("."))
    return event


def _included(event: Answer, paths: Sequence[str]) -> Answer:
    part: Answer = {}
    for path in paths:
        *parents, name = path.split(".")
        source, target = event, part
        for parent in parents:
            source = source.get(parent, {}) if isinstance(source, dict) else {}
        if isinstance(source, dict) and name in source:
            for parent in parents:
                target = target.setdefault(parent, {})
            target[name] = source[name]
    return part


def _without(value: Any, parts: Sequence[str]) -> Any:
    if not isinstance(value, dict) or parts[0] not in value:
        return value
    name, *rest = parts
    others = {key: item for key, item in value.items() if key != name}
    return others if not rest else others | {name: _without(value[name], rest)}
