"""Serves the stand-ins: their API as the systems have it, their consent, and what is switched on to go wrong."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from destinations.connectors.stand_in import Call, Reply, Route, StandIn
from destinations.sandbox import keeping, oauth, pages
from destinations.sandbox.stand_ins import STAND_INS

SLOW_SECONDS = 20.0
"""Longer than connectors wait."""


@csrf_exempt
def serve(request: HttpRequest, key: str, rest: str) -> HttpResponse:
    """Whatever is asked of a system below its origin."""
    stand_in = STAND_INS.get(key)
    if stand_in is None:
        raise Http404
    path = f"/{rest}"
    if path == stand_in.oauth.authorize_path and request.method in ("GET", "POST"):
        with keeping.alone(stand_in):
            return oauth.consent(request, stand_in)
    if request.method == "GET" and (found := _linked(request, stand_in, path)):
        return pages.record(request, stand_in.key, *found)
    if keeping.takes_place(stand_in, "slow"):
        time.sleep(SLOW_SECONDS)
    with keeping.alone(stand_in):
        return _response(_reply(request, stand_in, path))


def _linked(request: HttpRequest, stand_in: StandIn, path: str) -> tuple[str, str] | None:
    query = request.META.get("QUERY_STRING", "")
    for pattern, kind in stand_in.links:
        if found := re.fullmatch(pattern, path) or re.fullmatch(pattern, f"{path}?{query}"):
            groups = found.groupdict()
            return groups.get("kind", kind), groups["id"]
    return None


def _reply(request: HttpRequest, stand_in: StandIn, path: str) -> Reply:
    for fault in ("server_error", "rate_limited"):
        if keeping.takes_place(stand_in, fault):
            return stand_in.faults[fault](_call(request, stand_in, path))
    if any(re.fullmatch(pattern, path) for pattern in stand_in.oauth.token_paths):
        return oauth.token(stand_in, _parameters(request), request.headers.get("Authorization", ""))
    if stand_in.oauth.revoke_path and path == stand_in.oauth.revoke_path:
        return oauth.revoke(stand_in, _parameters(request).get("token", ""))
    return _answer(_call(request, stand_in, path), stand_in)


def _parameters(request: HttpRequest) -> Mapping[str, str]:
    return {**request.GET.dict(), **request.POST.dict()}


def _call(request: HttpRequest, stand_in: StandIn, path: str) -> Call:
    organisation = stand_in.organisations[0]
    return Call(
        method=request.method or "",
        path=path,
        query=request.GET.dict(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
        organisation=organisation,
        records=keeping.KeptRecords(stand_in, organisation),
    )


def _answer(call: Call, stand_in: StandIn) -> Reply:
    token = stand_in.token_of(call)
    if not token:
        return stand_in.refuses(call, "missing")
    organisation, why = oauth.holder(stand_in, token)
    if organisation is None:
        return stand_in.refuses(call, "expired" if why == "expired" else "unknown")
    records = keeping.KeptRecords(stand_in, organisation).seeded()
    known = replace(call, organisation=organisation, records=records, token=token)
    for route in stand_in.routes:
        found = re.fullmatch(route.pattern, call.path)
        if found and route.method == call.method:
            return _faulty(route, known, stand_in) or route.answer(known, **found.groupdict())
    return stand_in.not_found(known)


def _faulty(route: Route, call: Call, stand_in: StandIn) -> Reply | None:
    if not route.takes_lead:
        return None
    for fault in ("duplicate", "missing_field"):
        if fault in stand_in.faults and keeping.takes_place(stand_in, fault):
            return stand_in.faults[fault](call)
    return None


def _response(reply: Reply) -> HttpResponse:
    if reply.content is None:
        return HttpResponse(status=reply.status, headers=dict(reply.headers), content_type=reply.content_type)
    content = reply.content if isinstance(reply.content, str) else json.dumps(reply.content)
    return HttpResponse(
        content, status=reply.status, headers=dict(reply.headers), content_type=reply.content_type
    )
