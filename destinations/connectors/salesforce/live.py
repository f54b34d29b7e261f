"""What the organisation itself says: as whom one is connected, what its objects take, what there is to choose from.

Describe: REST API Developer Guide, "sObject Describe", and SOAP API Developer Guide, "DescribeSObjectResult" (types of
fields). A field is required where it is createable, not nillable, and Salesforce gives no default.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from destinations.connectors.answers import json_of, unanswered
from destinations.connectors.calls import Calls, Credentials
from destinations.connectors.salesforce import answers, requests
from destinations.connectors.salesforce.targets import KINDS, finding
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
from leadconduit.lib.outbound import Request, Response

PAGE = 50
MOST_OFFSET = 2_000
"""SOQL skips no more rows: SOQL and SOSL Reference, "OFFSET"."""

TYPES = {
    "textarea": "text",
    "int": "integer",
    "double": "number",
    "currency": "number",
    "percent": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "email": "email",
    "phone": "phone",
    "url": "url",
    "picklist": "choice",
    "multipicklist": "list",
}
"""Salesforce's types of fields as ours; all others are texts."""


async def identify(calls: Calls, destination: DestinationValues) -> Identity:
    """By the one record that an organisation is, which users of the API may read (Object Reference, "Organization"), and
    by UserInfo, which knows the user, and the organisation by its id alone. One of them will do.

    An organisation that does not say its name is called by its host.
    """
    known: dict[str, Any] = {}

    def who(credentials: Credentials) -> Request:
        known.update(credentials)
        return requests.who_am_i(credentials)

    try:
        user = json_of(await _asked(calls, who))
    except PlatformError:
        user = None
    user = user if isinstance(user, dict) else {}
    try:
        found = await _found(calls, "SELECT Id, Name, IsSandbox FROM Organization LIMIT 1")
    except PlatformError:
        if not user:
            raise
        found = []
    one = found[0] if found else {}
    if not (id := str(one.get("Id") or user.get("organization_id") or "")):
        raise PlatformError("Salesforce does not say as whom this is connected.")
    name = str(one.get("Name") or urlsplit(requests.instance_of(known)).hostname or "")
    return Identity(
        user=str(user.get("preferred_username") or user.get("email") or ""),
        organisation=f"{name} (sandbox)" if one.get("IsSandbox") else name,
        organisation_id=id,
    )


async def discover(calls: Calls, destination: DestinationValues, action: ActionValues) -> Targets:
    """The fields of the object that the action writes, custom ones included, behind those that find a record."""
    key = action.action_id
    fields = await _described(calls, KINDS[key])
    writes = "updateable" if key == "update_contact" else "createable"
    own = finding(key)
    taken = {target.key for target in own} | _OURS.get(key, frozenset())
    found = [
        _target(field, requires=_requires(key, field))
        for field in fields
        if field.get(writes) and field.get("name") not in taken and not field.get("deprecatedAndHidden")
    ]
    return Targets((*own, *sorted(found, key=lambda target: (not target.required, target.label.casefold()))))


async def options(
    calls: Calls, destination: DestinationValues, field: str, search: str, cursor: str
) -> Choices:
    """`action_id.key`, as the wizard names them."""
    action, _, key = field.partition(".")
    if key == "campaign":
        return await _campaigns(calls, search, cursor)
    if key == "converted_status":
        soql = "SELECT ApiName, MasterLabel FROM LeadStatus WHERE IsConverted = true ORDER BY SortOrder"
        rows = await _found(calls, soql)
        return _matching(((str(row["ApiName"]), str(row["MasterLabel"])) for row in rows), search)
    if key == "stage":
        fields = await _described(calls, "Opportunity")
        stages = next((one for one in fields if one.get("name") == "StageName"), {})
        return _matching(((choice.value, choice.label) for choice in _choices(stages)), search)
    if key in ("key_field", "external_id_field"):
        fields = await _described(calls, "Contact" if action == "update_contact" else "Lead")
        external = [one for one in fields if one.get("externalId")]
        return _matching(((one["name"], str(one.get("label") or one["name"])) for one in external), search)
    raise PlatformError(f"Salesforce has no choices for `{field}`.")


async def _campaigns(calls: Calls, search: str, cursor: str) -> Choices:
    offset = int(cursor) if cursor.isdecimal() else 0
    named = f" AND Name LIKE {requests.containing(search.strip())}" if search.strip() else ""
    rest = f"ORDER BY Name LIMIT {PAGE + 1}{f' OFFSET {offset}' if offset else ''}"
    soql = requests.select("Id, Name, Status", "Campaign", f"IsActive = true{named}", rest)
    rows = await _found(calls, soql)
    items = tuple(
        Choice(str(row["Id"]), str(row.get("Name") or row["Id"]), str(row.get("Status") or ""))
        for row in rows[:PAGE]
    )
    has_more = len(rows) > PAGE and offset + PAGE <= MOST_OFFSET
    return Choices(items, str(offset + PAGE) if has_more else "")


def _matching(pairs: Iterable[tuple[str, str]], search: str) -> Choices:
    wanted = search.strip().casefold()
    return Choices(
        tuple(Choice(value, label) for value, label in pairs if wanted in f"{value} {label}".casefold())
    )


# --- Describe


async def _described(calls: Calls, kind: str) -> list[dict[str, Any]]:
    said = json_of(await _asked(calls, lambda known: requests.describe(known, kind)))
    fields = said.get("fields") if isinstance(said, dict) else None
    if not isinstance(fields, list):
        raise PlatformError("What Salesforce says of its fields cannot be read.")
    return [field for field in fields if isinstance(field, dict) and field.get("name")]


def _target(field: Mapping[str, Any], *, requires: bool) -> TargetField:
    type = TYPES.get(str(field.get("type")), "string")
    choices = _choices(field)
    return TargetField(
        key=str(field["name"]),
        label=str(field.get("label") or field["name"]),
        type="string" if type == "choice" and not choices else type,
        required=requires,
        max_length=(field.get("length") or None) if type in _BOUNDED else None,
        choices=choices,
        help=str(field.get("inlineHelpText") or ""),
    )


_BOUNDED = frozenset({"string", "text", "email", "phone", "url"})

# What the action's own settings say, or what is found out.
_OURS: Mapping[str, frozenset[str]] = {
    "add_to_campaign": frozenset({"CampaignId"}),
    "create_opportunity": frozenset({"AccountId"}),
}


def _requires(action: str, field: Mapping[str, Any]) -> bool:
    if action == "update_contact":
        return False
    if action == "create_opportunity":
        # The others have values of their own: by the conversion, or by the action's settings.
        return field.get("name") == "Name" or (bool(field.get("custom")) and _is_required(field))
    return _is_required(field)


def _is_required(field: Mapping[str, Any]) -> bool:
    return bool(field.get("createable")) and not field.get("nillable") and not field.get("defaultedOnCreate")


def _choices(field: Mapping[str, Any]) -> tuple[Choice, ...]:
    return tuple(
        Choice(str(value["value"]), str(value.get("label") or value["value"]))
        for value in field.get("picklistValues") or ()
        if isinstance(value, dict) and value.get("active") and value.get("value")
    )


# --- Asking


async def _found(calls: Calls, soql: str) -> list[dict[str, Any]]:
    records = answers.records_of(await _asked(calls, lambda known: requests.query(known, soql)))
    if records is None:
        raise PlatformError("What Salesforce found cannot be read.")
    return records


async def _asked(calls: Calls, make: Callable[[Credentials], Request]) -> Response:
    answer = await calls.send(make, refuses=answers.is_refused)
    if answer.response is None or answer.response.status != 200:
        raise unanswered("Salesforce", answers.result_of(answer, secrets=calls.secrets))
    return answer.response
