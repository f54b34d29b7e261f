"""Refusals and surprises outside a view: a page for a browser, `{"error": sentence}` for a program."""

import sys

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, "The request could not be read.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, str(exception) or "You may not do this.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, "There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _answer(
            request, 503, "The database does not answer. Try again in a few seconds; nothing is lost."
        )
    return _answer(
        request, 500, "Something went wrong on our side. It was logged; nothing that was accepted is lost."
    )


def _answer(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if not request.path.startswith(("/app", "/admin")):
        return JsonResponse({"error": sentence}, status=status)
    context = {
        "sentence": sentence,
        "trace_id": structlog.contextvars.get_contextvars().get("trace_id", ""),
        "again": request.get_full_path(),
    }
    # When something is broken, who asks is not looked up: that may be what is broken.
    asked = request if status < 500 else None
    return HttpResponse(render_to_string(f"{status}.html", context, asked), status=status)
