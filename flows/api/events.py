"""GET and POST /events, and GET /events/{id}: what happened to leads, at their steps, at their source, on delivery."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from flows.api import bodies
from flows.api.event_pages import ALWAYS, Page, Wanted, page
from flows.api.event_representation import represent_events
from flows.api.parameters import id_parameter, limit_parameter, names_of
from flows.api.rule_schemas import SEARCHED
from flows.api.schema import EVENT, EVENTS
from flows.models import Attempt, Event
from leadconduit.accounts.api_auth import caller_of
from leadconduit.leads import rules
from leadconduit.lib.api import ApiError
from leadconduit.lib.api_schema import IF_NONE_MATCH, NOT_MODIFIED, refusals
from leadconduit.lib.api_view import ApiView
from leadconduit.lib.body import Body
from leadconduit.lib.conditional import Conditional
from leadconduit.lib.ids import is_id

DEFAULT_LIMIT, MOST = 100, 1000
MOST_PATHS = 100
NAMES = ("after_id", "before_id", "start", "end", "rules", "include", "exclude", "limit", "sort")
LISTS = ("include", "exclude")
PARAMETERS = [
    id_parameter("after_id", "Only events after the one with this id, without it."),
    id_parameter("before_id", "Only events before the one with this id, without it."),
    OpenApiParameter("start", OpenApiTypes.DATETIME, description="Only events at or after this time."),
    OpenApiParameter("end", OpenApiTypes.DATETIME, description="Only events at or before this time."),
    OpenApiParameter("rules", SEARCHED),
    OpenApiParameter(
        "include",
        bodies.paths(most=MOST_PATHS),
        description="Only these properties, such as `vars.lead.email`.",
    ),
    OpenApiParameter(
        "exclude",
        bodies.paths(most=MOST_PATHS, never=ALWAYS),
        description="Not these properties, even of those that are included.",
    ),
    limit_parameter(default=DEFAULT_LIMIT, most=MOST),
    OpenApiParameter("sort", enum=["asc", "desc"], description="`asc`: the oldest first. `desc`, if unsaid."),
]
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2106, 1, 1, tzinfo=UTC)
ID = OpenApiParameter("id", location=OpenApiParameter.PATH, description="The event's id: 24 hex digits.")


class EventList(Conditional):
    query = names_of(PARAMETERS)

    @extend_schema(
        operation_id="listEvents",
        tags=["Leads"],
        parameters=[*PARAMETERS, IF_NONE_MATCH],
        responses={200: EVENTS, **NOT_MODIFIED, **refusals()},
    )
    def get(self, request: Request) -> Response:
        """Events of the account, the newest first, a page at a time. `Link` tells where the next page is."""
        wanted = _wanted(Body(_from_query(request.query_params)))
        found = page(caller_of(request).account, wanted)
        return Response(found.answers, headers=_links(request.query_params, wanted, found))

    @extend_schema(
        operation_id="listEventsPost",
        tags=["Leads"],
        request={"application/json": bodies.event_query(most=MOST, default=DEFAULT_LIMIT, always=ALWAYS)},
        responses={200: EVENTS, **refusals(413, 415)},
    )
    def post(self, request: Request) -> Response:
        """The same, for what is too long for an address: the parameters are a JSON body, `rules` an array in it."""
        body = request.data
        if not isinstance(body, dict):
            raise ApiError("What to look for is a JSON object.")
        wanted = _wanted(Body(body))
        found = page(caller_of(request).account, wanted)
        return Response(found.answers, headers=_links(QueryDict(), wanted, found))


class EventDetail(ApiView):
    @extend_schema(
        operation_id="getEvent",
        tags=["Leads"],
        parameters=[ID],
        responses={200: EVENT, **refusals(404)},
    )
    def get(self, request: Request, id: str) -> Response:
        """One event."""
        account, id = caller_of(request).account, id.lower()
        if is_id(id):
            for log in (Event, Attempt):
                if row := log.objects.filter(account=account, pk=id).first():
                    return Response(represent_events([row], account)[0])
        raise ApiError("This account has no event with this id.", code=404)


def _links(query: QueryDict, wanted: Wanted, found: Page) -> dict[str, str]:
    """Where the next page is, as a `Link`; of a search by rules it may be a page with nothing on it."""
    if found.last_id is None:
        return {}
    cursor = "before_id" if wanted.newest_first else "after_id"
    kept = [(name, value) for name, values in query.lists() if name != cursor for value in values]
    return {"Link": f'</events?{urlencode([*kept, (cursor, found.last_id)])}>; rel="next"'}


# --- What a caller asks for


def _from_query(query: QueryDict) -> dict[str, Any]:
    """The parameters as a body would have them."""
    read: dict[str, Any] = {name: query.getlist(name) if name in LISTS else query.get(name) for name in query}
    if isinstance(limit := read.get("limit"), str):
        read["limit"] = int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 10 else limit
    if isinstance(text := read.get("rules"), str):
        try:
            read["rules"] = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise ApiError("`rules` is no JSON: it is an array of rules.") from None
    return read


def _wanted(asked: Body) -> Wanted:
    asked.allow(NAMES, of="a search for events")
    wanted = Wanted(
        after_id=_id(asked, "after_id"),
        before_id=_id(asked, "before_id"),
        start=_time(asked, "start"),
        end=_time(asked, "end"),
        rules=_rules(asked),
        include=_paths(asked, "include"),
        exclude=_paths(asked, "exclude"),
        limit=_limit(asked),
        newest_first=(asked.choice("sort", ("asc", "desc")) or "desc") == "desc",
    )
    for path in wanted.exclude:
        if path in ALWAYS:
            asked.wrong("exclude", f"Every event has `{path}`.")
    if asked.errors:
        path, first = next(iter(asked.errors.items()))
        raise ApiError(f"`{path}`: {first}", errors=asked.errors)
    return wanted


def _id(asked: Body, name: str) -> str | None:
    value = asked.value.get(name)
    if value is None:
        return None
    if isinstance(value, str) and is_id(value.lower()):
        return value.lower()
    asked.wrong(name, "This is an id of 24 hex digits.")
    return None


def _time(asked: Body, name: str) -> datetime | None:
    value = asked.value.get(name)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        asked.wrong(name, "This is a time, such as 2026-11-24T09:30:00Z.")
        return None
    # Ids know no other times.
    return min(max(at if at.tzinfo else at.replace(tzinfo=UTC), EARLIEST), LATEST)


def _paths(asked: Body, name: str) -> tuple[str, ...]:
    if asked.value.get(name) is None:
        return ()
    return tuple(asked.texts(name, most=MOST_PATHS, most_length=200))


def _limit(asked: Body) -> int:
    value = asked.value.get("limit")
    if value is None:
        return DEFAULT_LIMIT
    if isinstance(value, int | float) and not isinstance(value, bool) and value in range(1, MOST + 1):
        return int(value)
    asked.wrong("limit", f"This is a number from 1 to {MOST}.")
    return DEFAULT_LIMIT


def _rules(asked: Body) -> rules.Rules | None:
    value = asked.value.get("rules")
    if value in (None, []):
        return None
    if not isinstance(value, list):
        asked.wrong("rules", "This is an array of rules.")
        return None
    rule_set: Mapping[str, Any] = {"op": "and", "rules": value}
    if found := rules.problems(rule_set):
        for path, sentence in found:
            asked.wrong(path, sentence)
        return None
    return rules.compile_rules(rule_set)
