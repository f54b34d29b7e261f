"""An action's `webhook_url`: an outside system makes the action deliver, without a flow and without a lead.

It answers as a Prismatic flow's webhook does: header `Api-Key`, then 200 `{"executionId": ...}`.
"""

from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from destinations.models import Action
from flows import intake
from flows.inbound.formats import JSON
from flows.inbound.reading import read
from flows.inbound.refused import Refused
from leadconduit.lib.ids import is_id
from leadconduit.lib.requests import BrokenOff, whole_body

logger = structlog.get_logger(__name__)


@csrf_exempt
def hook(request: HttpRequest, action: str) -> JsonResponse:
    try:
        return _hook(request, action)
    except BrokenOff:
        return _error("The body is shorter than its Content-Length says.", 400)
    except RequestDataTooBig:
        return _error("The body is too large.", 413)
    except (OperationalError, InterfaceError):
        logger.exception("hook.unavailable")
        return _error("The service is busy: send this again in a few seconds.", 503, {"Retry-After": "5"})


def _hook(request: HttpRequest, id: str) -> JsonResponse:
    if request.method != "POST":
        return _error("Only POST is allowed here.", 405, {"Allow": "POST"})
    action = _action(id)
    # An unknown address and a wrong key get the same answer, so that nobody can look for addresses.
    if action is None or not action.accepts(request.headers.get("Api-Key", "")):
        return _error("The header Api-Key is missing or wrong.", 401, {"WWW-Authenticate": "Api-Key"})
    if action.destination.paused_at:
        return _error(
            f"The destination {action.destination.name} is paused. Send this again when it is resumed.", 409
        )
    values = _values(whole_body(request))
    if values is None:
        return _error("The body must be a JSON object: the lead's fields with their values.", 400)
    delivery = intake.deliver_input(action, values, now=timezone.now())
    return JsonResponse({"executionId": delivery.pk}, headers={"prismatic-executionid": delivery.pk})


def _action(id: str) -> Action | None:
    if not is_id(id):
        return None
    return (
        Action.objects.current()
        .select_related("destination")
        .filter(pk=id, destination__deleted_at__isnull=True)
        .first()
    )


def _values(body: bytes) -> dict[str, Any] | None:
    try:
        return read(content_type=JSON, body=body if body.strip() else b"null", query="")
    except Refused:
        return None


def _error(sentence: str, status: int, headers: dict[str, str] | None = None) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status, headers=headers)
