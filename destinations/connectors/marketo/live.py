"""What a Marketo says of itself: as whom one is connected, its fields, partitions, lists, programs and campaigns.

Describe Lead2 and paging: AdobeDocs/marketo-developer.en, help/rest-api/leads.md, paging-tokens.md; programs and the
statuses of their channels: programs.md, channels.md; `isTriggerable`: AdobeDocs/marketo-apis, Get Campaigns.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from destinations.connectors.answers import unanswered
from destinations.connectors.calls import Calls
from destinations.connectors.marketo import answers, requests
from destinations.fields import Choice
from destinations.platforms.port import (
    ActionValues,
    Choices,
    DestinationValues,
    Identity,
    PlatformError,
    TargetField,
    Targets,
)
from leadconduit.lib.outbound import Answer

Record = dict[str, Any]
Ask = Callable[[DestinationValues, Calls, str, str], Awaitable[Choices]]

PAGE, ASSETS_PAGE = 300, 200
"""The most that Marketo gives at once: marketo-integration-best-practices.md, batch size."""
MOST_PAGES = 5
"""That are read for one question; where they hold too little of what is searched for, the next question goes on."""
ENOUGH = 50


async def identify(calls: Calls, destination: DestinationValues) -> Identity:
    """The API user, as the token's `scope` names them (authentication.md), at the instance of this Munchkin ID."""
    await _asked(calls, "/rest/v1/leads/partitions.json")
    known = await calls.source.get()
    munchkin_id = str(known.get("munchkin_id") or "").strip().upper()
    return Identity(str(known.get("scope") or ""), munchkin_id, munchkin_id)


async def discover(calls: Calls, destination: DestinationValues, action: ActionValues) -> Targets:
    """The fields of people that may be written, and the one by which people are found."""
    lookup = action.configuration.get("lookup_field") or "email"
    described = await _described(calls)
    fields = [
        _target(field, lookup)
        for field in described.get("fields") or ()
        if field.get("name") and (field.get("updateable") is True or field["name"] == lookup)
    ]
    return Targets(tuple(sorted(fields, key=lambda field: (not field.required, field.label.casefold()))))


async def options(
    calls: Calls, destination: DestinationValues, field: str, search: str, cursor: str
) -> Choices:
    ask = _OPTIONS.get(field)
    if ask is None:
        raise PlatformError(f"The choices of `{field}` do not come from Marketo.")
    return await ask(destination, calls, search, cursor)


# --- Fields


_TYPES: Mapping[str, str] = {
    "text": "text",
    "email": "email",
    "phone": "phone",
    "url": "url",
    "integer": "integer",
    "score": "integer",
    "percent": "integer",
    "float": "number",
    "currency": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
}
"""field-types.md. All others are text."""


def _target(field: Record, lookup: str) -> TargetField:
    length = field.get("length")
    return TargetField(
        key=str(field["name"]),
        label=str(field.get("displayName") or field["name"]),
        type=_TYPES.get(str(field.get("dataType")), "string"),
        required=field["name"] == lookup,
        max_length=length if isinstance(length, int) and length > 0 else None,
    )


async def _described(calls: Calls) -> Record:
    found = answers.records(await _asked(calls, "/rest/v1/leads/describe2.json"))
    if not found:
        raise PlatformError("Marketo did not say which fields it has.")
    return found[0]


# --- Choices


async def _lookup_fields(_: DestinationValues, calls: Calls, search: str, __: str) -> Choices:
    """Fields by which people are found; those that only work together, one cannot choose."""
    described = await _described(calls)
    labels = {field.get("name"): field.get("displayName") for field in described.get("fields") or ()}
    names = [names[0] for names in described.get("searchableFields") or () if len(names) == 1]
    return _matching([Choice(name, str(labels.get(name) or name)) for name in names], search)


async def _partitions(_: DestinationValues, calls: Calls, search: str, __: str) -> Choices:
    found = answers.records(await _asked(calls, "/rest/v1/leads/partitions.json"))
    return _matching([Choice(str(one["name"]), str(one["name"])) for one in found if one.get("name")], search)


async def _lists(_: DestinationValues, calls: Calls, search: str, cursor: str) -> Choices:
    return await _by_token(calls, "/rest/v1/lists.json", search, cursor)


async def _campaigns(_: DestinationValues, calls: Calls, search: str, cursor: str) -> Choices:
    return await _by_token(calls, "/rest/v1/campaigns.json", search, cursor, isTriggerable="true")


async def _programs(_: DestinationValues, calls: Calls, search: str, cursor: str) -> Choices:
    """Assets are paged by an offset, and the last page is the one that is not full."""

    async def page(cursor: str) -> tuple[list[Choice], str]:
        offset = int(cursor) if cursor.isdecimal() else 0
        query = {"maxReturn": str(ASSETS_PAGE), "offset": str(offset)}
        found = answers.records(await _asked(calls, "/rest/asset/v1/programs.json", **query))
        return _named(found), str(offset + ASSETS_PAGE) if len(found) == ASSETS_PAGE else ""

    return await _searched(page, search, cursor)


async def _statuses(destination: DestinationValues, calls: Calls, search: str, __: str) -> Choices:
    """Those of the program's channel, in their order. Step 0 is “Not in Program”: nobody is added with it."""
    of_action = (one.configuration for one in destination.actions if one.action_id == "add_to_program")
    program = str(next(of_action, {}).get("program") or "")
    if not program.isdecimal():
        raise PlatformError("Choose the program first.")
    programs = answers.records(await _asked(calls, f"/rest/asset/v1/program/{program}.json"))
    if not programs:
        raise PlatformError("This program is no longer in Marketo: choose another.")
    name = str(programs[0].get("channel") or "")
    channels = answers.records(await _asked(calls, "/rest/asset/v1/channel/byName.json", name=name))
    statuses = [
        status
        for channel in channels
        for status in channel.get("progressionStatuses") or ()
        if status.get("step") and not status.get("hidden")
    ]
    in_order = sorted(statuses, key=lambda status: status["step"])
    return _matching([Choice(str(status["name"]), str(status["name"])) for status in in_order], search)


_OPTIONS: Mapping[str, Ask] = {
    "sync_lead.lookup_field": _lookup_fields,
    "sync_lead.partition": _partitions,
    "add_to_list.list": _lists,
    "add_to_program.program": _programs,
    "add_to_program.status": _statuses,
    "request_campaign.campaign": _campaigns,
}


async def _by_token(calls: Calls, path: str, search: str, cursor: str, **query: str) -> Choices:
    async def page(cursor: str) -> tuple[list[Choice], str]:
        more = {"nextPageToken": cursor} if cursor else {}
        answer = await _asked(calls, path, batchSize=str(PAGE), **query, **more)
        return _named(answers.records(answer)), answers.next_page(answer)

    return await _searched(page, search, cursor)


async def _searched(
    page: Callable[[str], Awaitable[tuple[list[Choice], str]]], search: str, cursor: str
) -> Choices:
    """Marketo finds none of them by a part of its name, so pages are read until enough match."""
    found: list[Choice] = []
    for _ in range(MOST_PAGES):
        choices, cursor = await page(cursor)
        found += _matching(choices, search).items
        if not cursor or len(found) >= ENOUGH:
            break
    return Choices(tuple(found), cursor)


def _named(found: Iterable[Record]) -> list[Choice]:
    """By name, with the program that it is in, since names are unique only there."""
    return [
        Choice(
            str(one["id"]), f"{one['name']} ({one['programName']})" if one.get("programName") else one["name"]
        )
        for one in found
        if one.get("id") and one.get("name")
    ]


def _matching(choices: Iterable[Choice], search: str) -> Choices:
    wanted = search.strip().casefold()
    return Choices(tuple(choice for choice in choices if wanted in choice.label.casefold()))


# ---


async def _asked(calls: Calls, path: str, **query: str) -> Answer:
    answer = await calls.send(lambda known: requests.ask(path, known, **query), refuses=answers.refuses)
    if failed := answers.failure(answer, calls.secrets, datetime.now(UTC)):
        raise unanswered("Marketo", failed)
    return answer
