"""A stand-in for Slack: the part of the Web API that the connector uses. Sources: requests.py, answers.py."""

from collections.abc import Iterable
from typing import Any, Literal

from destinations.connectors.stand_in import (
    NO_TOKEN_SERVER,
    Call,
    Fields,
    Kind,
    Organisation,
    Reply,
    Route,
    StandIn,
)

BRIGHT = Organisation("T0BRIGHT1", "Brightleaf Energy", "leadconduit")
TOKEN = "xoxb-stand-in-brightleaf"  # noqa: S105 - no secret: it opens the stand-in


def _refused(error: str, status: int = 200, **more: Any) -> Reply:
    return Reply(status, {"ok": False, "error": error, **more})


def _refuses(call: Call, why: Literal["missing", "unknown", "expired"]) -> Reply:
    return _refused({"missing": "not_authed", "unknown": "invalid_auth", "expired": "token_expired"}[why])


def _not_found(call: Call) -> Reply:
    return _refused("unknown_method")


def _server_error(call: Call) -> Reply:
    return _refused("internal_error", 500)


def _rate_limited(call: Call) -> Reply:
    return Reply(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "3"})


def _who(call: Call) -> Reply:
    of = call.organisation
    content = {"ok": True, "url": "https://brightleaf.slack.com/", "team": of.name, "user": of.user}
    return Reply(200, {**content, "team_id": of.id, "user_id": "U0BOT", "bot_id": "B0BOT"})


def _channels(call: Call) -> Reply:
    """The cursor is an offset."""
    found = [one for one in call.records.find("channels") if not one.fields["is_archived"]]
    start, limit = int(call.query.get("cursor") or 0), int(call.query.get("limit", 100))
    shown = [{"id": one.id, **one.fields} for one in found[start : start + limit]]
    end = start + len(shown)
    following = str(end) if end < len(found) else ""
    return Reply(200, {"ok": True, "channels": shown, "response_metadata": {"next_cursor": following}})


def _post(call: Call) -> Reply:
    body = call.json()
    if not isinstance(body, dict):
        return _refused("invalid_arguments")
    channel = call.records.get("channels", str(body.get("channel") or ""))
    if channel is None:
        return _refused("channel_not_found")
    if channel.fields["is_archived"]:
        return _refused("is_archived")
    if not channel.fields["is_member"]:
        return _refused("not_in_channel")
    if not body.get("text"):
        return _refused("no_text")
    kept = call.records.add(
        "messages", {"channel": channel.id, "name": channel.fields["name"], "text": body["text"]}
    )
    message = {"type": "message", "text": body["text"], "bot_id": "B0BOT"}
    ts = f"{kept.created_at.timestamp():.6f}"
    return Reply(200, {"ok": True, "channel": channel.id, "ts": ts, "message": {**message, "ts": ts}})


def _seed(organisation: Organisation) -> Iterable[tuple[str, str, Fields]]:
    channel = {"is_channel": True, "is_private": False, "is_archived": False, "is_member": True}
    yield "channels", "C0LEADS", {**channel, "name": "leads"}
    yield "channels", "C0SALES", {**channel, "name": "sales", "is_member": False}
    yield "channels", "G0BOARD", {**channel, "name": "board", "is_private": True}
    yield "channels", "C0OLD", {**channel, "name": "old", "is_archived": True}


SLACK = StandIn(
    key="slack",
    name="Slack",
    origins=("https://slack.com",),
    organisations=(BRIGHT,),
    kinds=(
        Kind("messages", "Messages", (("name", "Channel"), ("text", "Text"))),
        Kind(
            "channels",
            "Channels",
            (("name", "Name"), ("is_member", "App is in it"), ("is_archived", "Archived")),
        ),
    ),
    routes=(
        Route("GET", "/api/auth.test", _who),
        Route("GET", "/api/conversations.list", _channels),
        Route("POST", "/api/chat.postMessage", _post),
    ),
    oauth=NO_TOKEN_SERVER,
    refuses=_refuses,
    not_found=_not_found,
    faults={"server_error": _server_error, "rate_limited": _rate_limited},
    seed=_seed,
    fixed_tokens={TOKEN: BRIGHT.id},
)
