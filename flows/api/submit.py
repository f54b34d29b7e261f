"""`/flows/{flow}/sources/{source}/submit`: answers as LeadConduit's handler does, in plain text where it refuses."""

from contextlib import nullcontext
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from flows import intake, repeats
from flows.inbound import answering, reading
from flows.inbound.refused import Refused
from flows.models import Lead
from leadconduit.accounts.api_auth import CHALLENGE, key_of
from leadconduit.lib.requests import BrokenOff, whole_body

logger = structlog.get_logger(__name__)


@csrf_exempt
def submit(request: HttpRequest, flow_id: str, source_id: str) -> HttpResponse:
    try:
        return _submit(request, flow_id.lower(), source_id.lower())
    except Refused as refused:
        return _plain(refused.sentence, refused.status)
    except repeats.UnderWay:
        return _plain(
            "This submission is under way: submit it again in a few seconds", 503, {"Retry-After": "5"}
        )
    except BrokenOff:
        return _plain("The body is shorter than its Content-Length says", 400)
    except RequestDataTooBig:
        return _plain("The body is too large for a lead", 413)
    except (OperationalError, InterfaceError):
        # Nothing was kept, so nothing may sound like success: the source is to come again.
        logger.exception("intake.unavailable")
        return _plain(
            "The service is busy: submit the lead again in a few seconds", 503, {"Retry-After": "5"}
        )


def _submit(request: HttpRequest, flow_id: str, source_id: str) -> HttpResponse:
    if request.method not in reading.METHODS:
        return _plain(
            f"The {request.method} method is not allowed", 405, {"Allow": ", ".join(reading.METHODS)}
        )
    found = intake.find(flow_id=flow_id, entity_id=source_id)
    if found is None:
        return _plain("No flow takes leads at this address", 404)
    if found.source.authentication_required and not _is_authorized(request, found):
        return _plain("Unauthorized source", 401, {"WWW-Authenticate": CHALLENGE})
    if not found.source.enabled:
        return JsonResponse({"message": "Source is disabled"}, status=403)
    media_type = answering.choose(request.headers.get("Accept", ""))
    query, body = (
        request.META.get("QUERY_STRING", ""),
        whole_body(request) if request.method == "POST" else b"",
    )
    submitted = reading.read(content_type=request.headers.get("Content-Type", ""), body=body, query=query)
    redirect = reading.redirection(submitted)
    under = repeats.under_key(
        request.headers.get("Idempotency-Key"),
        flow_id=flow_id,
        source_id=source_id,
        query=query,
        content_type=request.headers.get("Content-Type", "") if body else "",
        body=body,
        lasts=found.longest_run,
    )
    lead = _kept(found, submitted, ip=_address(request), under=under)
    return _answer(lead, media_type, redirect)


def _is_authorized(request: HttpRequest, found: intake.OpenFlow) -> bool:
    key = key_of(request.headers.get("Authorization", ""))
    if key is None or key.account_id != found.account_id:
        return False
    key.mark_used(now=timezone.now())
    return True


def _kept(
    found: intake.OpenFlow, submitted: dict[str, Any], *, ip: str, under: repeats.Submission | None
) -> Lead:
    """The lead of this submission: the one that was kept under its key before, if any, else a new one."""
    now = timezone.now()
    if under is None:
        return intake.submit(found, submitted, ip=ip, now=now)
    if before := repeats.first(under, now=now):
        return before
    try:
        with repeats.claimed(under, now=now) if found.asks_recipients else nullcontext(under) as mine:
            return intake.submit(found, submitted, ip=ip, now=now, under=mine)
    except repeats.Repeated:
        if before := repeats.first(under, now=now):
            return before
        raise repeats.UnderWay from None


def _address(request: HttpRequest) -> str:
    """Who submits: the address that the outermost of the trusted proxies saw."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if 0 < proxies <= len(forwarded) and (address := forwarded[-proxies].strip()):
        return address[:100]
    return str(request.META.get("REMOTE_ADDR", ""))


def _answer(lead: Lead, media_type: str, redirect: str | None) -> HttpResponse:
    """Keys in LeadConduit's order; a reason only where there is one. A visitor is sent on with the same answer."""
    answer = {"outcome": lead.outcome, "reason": lead.reason or None, "lead": {"id": lead.pk}, "price": 0}
    content, content_type = answering.write(answer, media_type)
    return HttpResponse(
        content,
        status=303 if redirect else 201,
        content_type=content_type,
        headers={"Vary": "Accept"} | ({"Location": redirect} if redirect else {}),
    )


def _plain(sentence: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8", headers=headers)
