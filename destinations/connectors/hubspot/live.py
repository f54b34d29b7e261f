"""What a portal says of itself: as whom one is connected, properties, lists, pipelines, stages and owners.

Answers as in HubSpot's public OpenAPI collection: Account Info v3 (`PortalInformationResponse`), Properties v3, Lists v3
(search), Pipelines v3, Crm Owners v3; types of properties: guide "Properties", "Property type and fieldType values".
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from destinations.connectors.answers import json_of, unanswered
from destinations.connectors.calls import Calls, Credentials
from destinations.connectors.hubspot import answers, requests
from destinations.connectors.hubspot.requests import CONTACTS, DEALS
from destinations.connectors.hubspot.targets import finding
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
from leadconduit.lib.outbound import Request

Record = dict[str, Any]
LISTS_PAGE = 100
OWNERS_PAGE = 100


async def identify(calls: Calls, destination: DestinationValues) -> Identity:
    """The portal. It has no name in the API: its kind is told and, of whom OAuth's token is, the user and their domain."""
    said = await _asked(calls, lambda known: requests.ask("/account-info/v3/details", known))
    portal = str(said.get("portalId") or "")
    if not portal:
        raise PlatformError("HubSpot does not say which portal this is.")
    kind = _ACCOUNT_TYPES.get(str(said.get("accountType") or ""), "")
    holder = await _holder(calls)
    domain = f", {holder['hub_domain']}" if holder.get("hub_domain") else ""
    return Identity(str(holder.get("user") or ""), f"Portal {portal}{domain}{kind}", portal)


async def _holder(calls: Calls) -> Record:
    """Empty where the token is not OAuth's, or HubSpot does not say: the portal is known all the same."""
    if "access_token" not in await calls.source.get():
        return {}
    try:
        return await _asked(calls, requests.holder)
    except PlatformError:
        return {}


_ACCOUNT_TYPES: Mapping[str, str] = {
    "DEVELOPER_TEST": ", developer test account",
    "SANDBOX": ", sandbox",
    "APP_DEVELOPER": ", app developer account",
}


async def discover(calls: Calls, destination: DestinationValues, action: ActionValues) -> Targets:
    """The properties that may be written, custom ones included, behind those fields that find the contact."""
    kind = DEALS if action.action_id == "create_deal" else CONTACTS
    own = finding(action.action_id)
    needed = _needed(action)
    taken = {field.key for field in own} | _set_by_action(action)
    found = [
        _target(one, required=one["name"] in needed)
        for one in await _properties(calls, kind)
        if _is_writable(one) and one["name"] not in taken
    ]
    return Targets((*own, *sorted(found, key=lambda field: (not field.required, field.label.casefold()))))


async def options(
    calls: Calls, destination: DestinationValues, field: str, search: str, cursor: str
) -> Choices:
    """`action_id.key`, as the wizard names them."""
    ask = _OPTIONS.get(field.rpartition(".")[2])
    if ask is None:
        raise PlatformError(f"The choices of `{field}` do not come from HubSpot.")
    return await ask(calls, destination, search, cursor)


# --- Properties


_TYPES: Mapping[str, str] = {
    "number": "number",
    "bool": "boolean",
    "date": "date",
    "datetime": "datetime",
    "enumeration": "choice",
}
_TEXTS: Mapping[str, str] = {"textarea": "text", "html": "text", "phonenumber": "phone"}
LONGEST = 65_536
"""Characters of a text: guide "Properties", "string"."""


def _target(one: Record, *, required: bool) -> TargetField:
    choices = _choices(one)
    type = _type(one)
    # Owners and stages are an enumeration whose options stand elsewhere (`externalOptions`).
    if type == "choice" and not choices:
        type = "string"
    return TargetField(
        key=str(one["name"]),
        label=str(one.get("label") or one["name"]),
        type=type,
        required=required,
        max_length=LONGEST if type in ("string", "text") else None,
        choices=choices if type == "choice" else (),
        help=str(one.get("description") or ""),
    )


def _type(one: Record) -> str:
    if one["name"] in ("email", "website"):
        return {"email": "email", "website": "url"}[one["name"]]
    field_type = str(one.get("fieldType") or "")
    if one.get("type") == "enumeration":
        if field_type == "booleancheckbox":
            return "boolean"
        return "list" if field_type == "checkbox" else "choice"
    return _TYPES.get(str(one.get("type")), _TEXTS.get(field_type, "string"))


def _choices(one: Record) -> tuple[Choice, ...]:
    return tuple(
        Choice(str(option["value"]), str(option.get("label") or option["value"]))
        for option in one.get("options") or ()
        if isinstance(option, dict) and option.get("value") and not option.get("hidden")
    )


def _is_writable(one: Record) -> bool:
    modification = one.get("modificationMetadata") or {}
    return not (
        one.get("hidden") or one.get("calculated") or one.get("archived") or modification.get("readOnlyValue")
    )


def _needed(action: ActionValues) -> set[str]:
    """The API does not tell which properties a portal requires: these are what the action cannot do without."""
    if action.action_id == "create_deal":
        return {"dealname"}
    if action.action_id == "upsert_contact":
        return {str(action.configuration.get("find_by") or "email")}
    return set()


def _set_by_action(action: ActionValues) -> set[str]:
    """What the action's own settings say."""
    return {"pipeline", "dealstage"} if action.action_id == "create_deal" else set()


async def _properties(calls: Calls, kind: str) -> list[Record]:
    said = await _asked(calls, lambda known: requests.ask(f"/crm/v3/properties/{kind}", known))
    return [one for one in _results(said) if one.get("name")]


# --- Choices


async def _lists(calls: Calls, _: DestinationValues, search: str, cursor: str) -> Choices:
    offset = int(cursor) if cursor.isdecimal() else 0
    said = await _asked(calls, lambda known: requests.lists(search.strip(), offset, LISTS_PAGE, known))
    found = [one for one in said.get("lists") or () if isinstance(one, dict) and one.get("listId")]
    items = tuple(Choice(str(one["listId"]), str(one.get("name") or one["listId"])) for one in found)
    return Choices(items, str(said.get("offset") or "") if said.get("hasMore") else "")


async def _pipelines(calls: Calls, _: DestinationValues, search: str, __: str) -> Choices:
    return _matching(
        search, [(one["id"], one.get("label")) for one in _in_order(await _all_pipelines(calls))]
    )


async def _stages(calls: Calls, destination: DestinationValues, search: str, _: str) -> Choices:
    configured = (one.configuration for one in destination.actions if one.action_id == "create_deal")
    chosen = str(next(configured, {}).get("pipeline") or "")
    if not chosen:
        raise PlatformError("Choose the pipeline first.")
    pipeline = next((one for one in await _all_pipelines(calls) if str(one["id"]) == chosen), None)
    if pipeline is None:
        raise PlatformError("This pipeline is no longer in HubSpot: choose another.")
    stages = [one for one in pipeline.get("stages") or () if isinstance(one, dict) and one.get("id")]
    return _matching(search, [(one["id"], one.get("label")) for one in _in_order(stages)])


async def _owners(calls: Calls, _: DestinationValues, search: str, cursor: str) -> Choices:
    query = {"limit": str(OWNERS_PAGE)} | ({"after": cursor} if cursor else {})
    said = await _asked(calls, lambda known: requests.ask(f"/crm/v3/owners?{urlencode(query)}", known))
    pairs = ((one["id"], _person(one)) for one in _results(said) if one.get("id"))
    after = ((said.get("paging") or {}).get("next") or {}).get("after") or ""
    return Choices(_matching(search, pairs).items, str(after))


async def _unique(calls: Calls, _: DestinationValues, search: str, __: str) -> Choices:
    """E-mail, and properties of the customer's own whose values are unique."""
    unique = [
        one for one in await _properties(calls, CONTACTS) if one.get("hasUniqueValue") and _is_writable(one)
    ]
    pairs = [
        ("email", "Email"),
        *((one["name"], one.get("label")) for one in unique if one["name"] != "email"),
    ]
    return _matching(search, pairs)


_OPTIONS: Mapping[str, Callable[[Calls, DestinationValues, str, str], Awaitable[Choices]]] = {
    "list": _lists,
    "pipeline": _pipelines,
    "stage": _stages,
    "owner": _owners,
    "find_by": _unique,
}


async def _all_pipelines(calls: Calls) -> list[Record]:
    said = await _asked(calls, lambda known: requests.ask("/crm/v3/pipelines/deals", known))
    return [one for one in _results(said) if one.get("id") and not one.get("archived")]


def _in_order(found: Iterable[Record]) -> list[Record]:
    return sorted(found, key=lambda one: one.get("displayOrder") or 0)


def _person(owner: Record) -> str:
    name = " ".join(filter(None, (owner.get("firstName"), owner.get("lastName"))))
    return (
        f"{name} ({owner['email']})" if name and owner.get("email") else name or str(owner.get("email") or "")
    )


def _matching(search: str, pairs: Iterable[tuple[Any, Any]]) -> Choices:
    wanted = search.strip().casefold()
    choices = [Choice(str(value), str(label or value)) for value, label in pairs]
    return Choices(tuple(choice for choice in choices if wanted in choice.label.casefold()))


# --- Asking


def _results(said: Mapping[str, Any]) -> list[Record]:
    results = said.get("results")
    return [one for one in results if isinstance(one, dict)] if isinstance(results, list) else []


async def _asked(calls: Calls, make: Callable[[Credentials], Request]) -> Record:
    answer = await calls.send(make)
    if not answers.is_success(answer):
        raise unanswered("HubSpot", answers.failure(answer, calls.secrets, datetime.now(UTC)))
    said = json_of(answer.response) if answer.response else None
    if not isinstance(said, dict):
        raise PlatformError("What HubSpot answered cannot be read.")
    return said
