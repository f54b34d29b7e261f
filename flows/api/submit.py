"""`/flows/{flow}/sources/{source}/submit`: answers as LeadConduit's handler does, in plain text where it refuses."""

from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from flows import inbound, intake
from flows.models import Lead

logger = structlog.get_logger(__name__)


@csrf_exempt
def submit(request: HttpRequest, flow_id: str, source_id: str) -> HttpResponse:
    try:
        return _submit(request, flow_id.lower(), source_id.lower())
    except inbound.Refused as refused:
        return _plain(refused.sentence, refused.status)
    except RequestDataTooBig:
        return _plain("The body is too large for a lead", 413)
    except (OperationalError, InterfaceError):
        # Nothing was kept, so nothing may sound like success: the source is to come again.
        logger.exception("intake.unavailable")
        return _plain(
            "The service is busy: submit the lead again in a few seconds", 503, {"Retry-After": "5"}
        )


def _submit(request: HttpRequest, flow_id: str, source_id: str) -> HttpResponse:
    if request.method not in inbound.METHODS:
        return _plain(
            f"The {request.method} method is not allowed", 405, {"Allow": ", ".join(inbound.METHODS)}
        )
    found = intake.find(flow_id=flow_id, entity_id=source_id)
    if found is None:
        return _plain("No flow takes leads at this address", 404)
    if not found.source.enabled:
        return JsonResponse({"message": "Source is disabled"}, status=403)
    inbound.check_accept(request.headers.get("Accept", ""))
    body = request.body if request.method == "POST" else b""
    if request.method == "POST":
        inbound.check_whole(body, request.META.get("CONTENT_LENGTH") or "")
    submitted = inbound.read(
        content_type=request.headers.get("Content-Type", ""),
        body=body,
        query=request.META.get("QUERY_STRING", ""),
    )
    redirect = inbound.redirection(submitted)
    lead = intake.submit(found, submitted, ip=_address(request), now=timezone.now())
    if redirect:
        return HttpResponse(status=303, headers={"Location": redirect})
    return JsonResponse(_answer(lead), status=201)


def _address(request: HttpRequest) -> str:
    """Who submits: the address that the outermost of the trusted proxies saw."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if 0 < proxies <= len(forwarded) and (address := forwarded[-proxies].strip()):
        return address[:100]
    return str(request.META.get("REMOTE_ADDR", ""))


def _answer(lead: Lead) -> dict[str, Any]:
    """Keys in LeadConduit's order; a reason only where there is one."""
    answer: dict[str, Any] = {"outcome": lead.outcome}
    if lead.reason:
        answer["reason"] = lead.reason
    return answer | {"lead": {"id": lead.pk}, "price": 0}


def _plain(sentence: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8", headers=headers)
