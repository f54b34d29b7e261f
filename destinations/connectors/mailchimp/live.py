"""What an account says of itself: whose it is, its audiences and their merge fields. Sources: requests.py."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from destinations.connectors.answers import content, unanswered
from destinations.connectors.calls import Calls
from destinations.connectors.mailchimp import answers, requests
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

PAGE = 100
MOST_FIELDS = 1000
""""Maximum value is 1000" (`count`)."""
MOST_PAGES = 5
"""That are read for one question: Mailchimp finds no audience by a part of its name."""

EMAIL = TargetField("email_address", "Email Address", "email", required=True)
TAGS = TargetField(
    "tags", "Tags", "list", help="Besides those of the action; a text has commas between them."
)


async def identify(calls: Calls, destination: DestinationValues) -> Identity:
    said = await _asked(calls, "/", fields="account_id,account_name,email,username")
    if not said.get("account_id"):
        raise PlatformError("Mailchimp does not say whose account this is.")
    user = str(said.get("email") or said.get("username") or "")
    return Identity(user, str(said.get("account_name") or ""), str(said["account_id"]))


async def discover(calls: Calls, destination: DestinationValues, action: ActionValues) -> Targets:
    """The merge fields of the chosen audience."""
    audience = str(action.configuration.get("audience") or "")
    if not audience:
        raise PlatformError("Choose the audience first.")
    path = f"/lists/{requests.in_path(audience)}/merge-fields"
    said = await _asked(calls, path, count=str(MOST_FIELDS))
    waived = bool(action.configuration.get("skip_required"))
    found = [
        field for one in _items(said, "merge_fields") if one.get("tag") for field in _targets(one, waived)
    ]
    return Targets((EMAIL, *found, TAGS))


async def options(
    calls: Calls, destination: DestinationValues, field: str, search: str, cursor: str
) -> Choices:
    if field.rpartition(".")[2] != "audience":
        raise PlatformError(f"The choices of `{field}` do not come from Mailchimp.")
    wanted, offset = search.strip().casefold(), int(cursor) if cursor.isdecimal() else 0
    found: list[Choice] = []
    for _ in range(MOST_PAGES):
        said = await _asked(
            calls, "/lists", fields="lists.id,lists.name,total_items", count=str(PAGE), offset=str(offset)
        )
        page = _items(said, "lists")
        named = [Choice(str(one["id"]), str(one.get("name") or one["id"])) for one in page if one.get("id")]
        found += [choice for choice in named if wanted in choice.label.casefold()]
        offset += len(page)
        is_last = not page or offset >= int(said.get("total_items") or 0)
        if is_last or found:
            return Choices(tuple(found), "" if is_last else str(offset))
    return Choices(tuple(found), str(offset))


# --- Merge fields


_TYPES = {"number": "number", "phone": "phone", "date": "date", "url": "url", "imageurl": "url"}
ADDRESS = {"addr1": "street", "addr2": "street, second line", "city": "city", "state": "state", "zip": "postal code",
           "country": "country"}  # fmt: skip
"""Parts of an address; the first, city, state and zip make a valid one: "Merge fields", "Add contacts with merge fields"."""
_WITHOUT = ("addr2", "country")
BIRTHDAY = '{{format lead.dob format="MM/DD"}}'
"""Without the year: "Merge fields", "Field formats"."""


def _targets(one: dict[str, Any], waived: bool) -> list[TargetField]:
    key, label = f"merge_fields.{one['tag']}", str(one.get("name") or one["tag"])
    required = bool(one.get("required")) and not waived
    if one.get("type") == "address":
        return [
            TargetField(f"{key}.{part}", f"{label}: {words}", required=required and part not in _WITHOUT)
            for part, words in ADDRESS.items()
        ]
    options = one.get("options") if isinstance(one.get("options"), dict) else {}
    choices = tuple(Choice(str(value), str(value)) for value in (options or {}).get("choices") or ())
    type = "choice" if choices else _TYPES.get(str(one.get("type")), "string")
    is_birthday = one.get("type") == "birthday"
    words = "Month and day, as 12/31." if is_birthday else str(one.get("help_text") or "")
    suggested = BIRTHDAY if is_birthday else ""
    return [
        TargetField(key, label, type, required=required, choices=choices, help=words, suggested=suggested)
    ]


# --- Asking


def _items(said: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    items = said.get(name)
    return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []


async def _asked(calls: Calls, path: str, **query: str) -> Mapping[str, Any]:
    answer = await calls.send(lambda known: requests.ask(path, known, **query))
    if not answers.is_success(answer):
        raise unanswered("Mailchimp", answers.failure(answer, calls.secrets, datetime.now(UTC)))
    return content(answer)
