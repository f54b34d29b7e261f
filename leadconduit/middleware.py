"""Answers carry a Content-Security-Policy and a trace id; surprises are logged under that id."""

import secrets
from collections.abc import Callable
from urllib.parse import unquote

import structlog
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

from leadconduit.errors import bad_request

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
# Swagger's page carries inline styles and draws its icons from data: addresses.
POLICY_OF_DOCS = f"{POLICY}; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


class ContentSecurityPolicy:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = POLICY_OF_DOCS if request.path.startswith("/docs/") else POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        return response


class NoNul:
    """No page's address holds a NUL, and the database refuses to look for one: an address that does is misshapen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/app/") and "\0" in unquote(request.get_full_path()):
            return bad_request(request, SuspiciousOperation())
        return self.get_response(request)


class TraceId:
    """Names the request in every log line and in the answer, so that support can find one by the other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trace_id = secrets.token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(trace_id=trace_id)
        response = self.get_response(request)
        response.headers["X-Trace-Id"] = trace_id
        return response
