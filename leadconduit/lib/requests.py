"""The body of a request, whole or not at all."""

from django.http import HttpRequest, UnreadablePostError


class BrokenOff(Exception):
    """The connection ended before the body did. Half of it says nothing; who sent it will send it again."""


def whole_body(request: HttpRequest) -> bytes:
    """All of the body that was announced. Raises BrokenOff, or RequestDataTooBig."""
    try:
        body = request.body
    except UnreadablePostError as error:
        raise BrokenOff from error
    announced = request.META.get("CONTENT_LENGTH") or ""
    if announced.isdecimal() and len(body) < int(announced):
        raise BrokenOff
    return body
