"""What a workspace says of itself: as whom one is connected, and its channels. Sources: requests.py."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from destinations.connectors.answers import content, unanswered
from destinations.connectors.calls import Calls
from destinations.connectors.slack import answers, requests
from destinations.fields import Choice
from destinations.platforms.port import Choices, DestinationValues, Identity, PlatformError

PAGE = 200
"""Slack recommends no more than 200 at a time: "Pagination"."""
MOST_PAGES = 5
"""That are read for one question: Slack finds no channel by a part of its name."""
ENOUGH = 50


async def identify(calls: Calls, destination: DestinationValues) -> Identity:
    said = await _asked(calls, "auth.test")
    if not said.get("team_id"):
        raise PlatformError("Slack does not say which workspace this is.")
    return Identity(str(said.get("user") or ""), str(said.get("team") or ""), str(said["team_id"]))


async def options(
    calls: Calls, destination: DestinationValues, field: str, search: str, cursor: str
) -> Choices:
    if field.rpartition(".")[2] != "channel":
        raise PlatformError(f"The choices of `{field}` do not come from Slack.")
    wanted = search.strip().casefold().removeprefix("#")
    found: list[Choice] = []
    for _ in range(MOST_PAGES):
        channels, cursor = await _page(calls, cursor)
        found += [channel for channel in channels if wanted in channel.label.casefold()]
        if not cursor or len(found) >= ENOUGH:
            break
    return Choices(tuple(found), cursor)


async def _page(calls: Calls, cursor: str) -> tuple[list[Choice], str]:
    """Private channels are those that the app was invited to."""
    query = {"types": "public_channel,private_channel", "exclude_archived": "true", "limit": str(PAGE)}
    said = await _asked(calls, "conversations.list", **query, **({"cursor": cursor} if cursor else {}))
    listed = said.get("channels")
    channels = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    choices = [
        Choice(
            str(one["id"]),
            f"#{one.get('name') or one['id']}",
            "" if one.get("is_member") else "Invite the app there.",
        )
        for one in channels
        if one.get("id")
    ]
    metadata = said.get("response_metadata")
    return choices, str(metadata.get("next_cursor") or "") if isinstance(metadata, dict) else ""


async def _asked(calls: Calls, method: str, **query: str) -> Mapping[str, Any]:
    answer = await calls.send(lambda known: requests.ask(method, known, **query), refuses=answers.refuses)
    if not answers.is_success(answer):
        raise unanswered("Slack", answers.failure(answer, calls.secrets, datetime.now(UTC)))
    return content(answer)
