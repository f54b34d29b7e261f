"""How the REST API reads and writes: JSON always, errors as `{"error": sentence}`."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.serializers.json import DjangoJSONEncoder
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest
from rest_framework import exceptions, negotiation, parsers, renderers, status
from rest_framework.request import Request
from rest_framework.response import Response

from leadconduit.lib.requests import BrokenOff, whole_body

logger = structlog.get_logger(__name__)


class ApiError(exceptions.APIException):
    """A refusal with a sentence for the caller, and for an invalid resource the errors by path."""

    def __init__(self, sentence: str, *, code: int = 400, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status_code = code
        self.sentence = sentence
        self.errors = dict(errors or {})


class OrjsonRenderer(renderers.BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        if data is None:
            return b""
        try:
            return orjson.dumps(data, option=orjson.OPT_UTC_Z)
        except TypeError:
            # PostgreSQL keeps integers of any length, and orjson takes none beyond 64 bits.
            return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).encode()


class JsonParser(parsers.BaseParser):
    """A JSON body. What jsonb cannot hold (NUL, lone surrogates) is refused where it stands, as a clear 400."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        # A request's body minds the limit on its size; `read` does not.
        try:
            body = whole_body(stream) if isinstance(stream, HttpRequest) else stream.read()
        except BrokenOff:
            raise ApiError("The body is shorter than its Content-Length says.") from None
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ApiError(f"The body is not JSON: {error}.") from error
        if b"\\u0000" in body and _holds_nul(value):
            raise ApiError("The body holds a NUL character, which no text of ours can keep.")
        return value


def _holds_nul(value: Any) -> bool:
    waiting = [value]  # instead of recursion, which deep nesting would exhaust
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and "\0" in value:
            return True
        if isinstance(value, dict):
            waiting += value.keys()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False


class AlwaysJson(negotiation.BaseContentNegotiation):
    """The API speaks JSON and nothing else, whatever is asked for: as the real service, it does not negotiate."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        return negotiation.DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> Any:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


def handle_exception(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Every refusal in one shape. What is not expected is left to Django's 500 handler, which logs it."""
    if isinstance(error, ApiError):
        body: dict[str, Any] = {"error": error.sentence}
        if error.errors:
            body["errors"] = error.errors
        return Response(body, status=error.status_code)
    if isinstance(error, RequestDataTooBig):
        return Response({"error": "The body is too large."}, status=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE)
    if isinstance(error, OperationalError | InterfaceError):
        logger.error("api.unavailable", exc_info=error)
        return Response(
            {"error": "The service is busy. Try again in a few seconds."},
            status=status.HTTP_503_SERVICE_UNAVAILABLE,
            headers={"Retry-After": "5"},
        )
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.APIException):
        return Response(
            {"error": _sentence(error)}, status=error.status_code, headers=_headers(error, context)
        )
    return None


def _sentence(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.UnsupportedMediaType):
        return "The Content-Type must be application/json."
    detail = error.detail
    text = str(detail) if isinstance(detail, str) else "; ".join(map(str, detail))
    return text if text.endswith(".") or isinstance(error, exceptions.AuthenticationFailed) else f"{text}."


def _headers(error: exceptions.APIException, context: Mapping[str, Any]) -> dict[str, str]:
    headers: dict[str, str] = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(error, exceptions.MethodNotAllowed):
        headers["Allow"] = ", ".join(
            method for method in context["view"].allowed_methods if method != "OPTIONS"
        )
    return headers
