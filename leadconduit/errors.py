"""Refusals and surprises outside a view: a page for a browser, `{"error": sentence}` for a program."""

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, "The request could not be read.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, str(exception) or "You may not do this.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, "There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(
        request, 500, "Something went wrong on our side. It was logged; nothing that was accepted is lost."
    )


def _answer(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if not request.path.startswith(("/app", "/admin")):
        return JsonResponse({"error": sentence}, status=status)
    trace_id = structlog.contextvars.get_contextvars().get("trace_id", "")
    return render(request, f"{status}.html", {"sentence": sentence, "trace_id": trace_id}, status=status)
