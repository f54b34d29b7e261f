"""What may be stored and shown of an exchange: secrets masked, bodies cut, fit for jsonb."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple, NotRequired, TypedDict

from leadconduit.lib.masking import Masker

BODY_LIMIT = 64 * 1024
"""Characters of a body that are shown; a body that was cut ends with "…"."""
HEADERS_LIMIT = 16 * 1024
"""Characters of all header values together that are shown; headers beyond are left out."""

_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")


class ShownRequest(TypedDict):
    method: str
    uri: str
    headers: dict[str, str]
    body: str
    timestamp: str


class ShownResponse(TypedDict):
    status: int
    status_text: str
    version: str
    headers: dict[str, str]
    body: str
    timestamp: str


class Exchange(TypedDict):
    """A request and what came of it. Times are ISO 8601 in UTC; `ms` is how long all of it took.

    `error` is there when no whole answer came; a response beside it is the part that did come.
    """

    request: ShownRequest
    response: ShownResponse | None
    ms: int
    error: NotRequired[str]


class Sent(NamedTuple):
    """The request as written, or as it would have been."""

    method: str
    uri: str
    headers: Iterable[tuple[str, str]]
    body: bytes
    at: datetime


class Received(NamedTuple):
    """What came back. `cut`: there was more of the body."""

    status: int
    reason: str
    version: str
    headers: Iterable[tuple[str, str]]
    body: bytes
    cut: bool
    encoding: str
    at: datetime


def shown(sent: Sent, received: Received | None, *, ms: int, error: str | None, masker: Masker) -> Exchange:
    """The exchange as it may be kept; every text of it passes the masker, all in one pass."""
    sent_headers = _merged(sent.headers)
    sent_body, sent_cut = _text(sent.body, cut=False, spare=masker.longest)
    texts = [sent.uri, sent_body, error or "", *_names_and_values(sent_headers)]
    if received is not None:
        received_headers = _merged(received.headers)
        received_body, received_cut = _received_text(received, spare=masker.longest)
        texts += [received.reason, received_body, *_names_and_values(received_headers)]
    masked = iter(masker.mask_all(_storable(texts)))

    exchange = Exchange(
        request=ShownRequest(
            method=sent.method,
            uri=next(masked),
            body=_ended(next(masked), cut=sent_cut, spare=masker.longest),
            headers={},
            timestamp=_timestamp(sent.at),
        ),
        response=None,
        ms=ms,
    )
    masked_error = next(masked)
    if error is not None:
        exchange["error"] = masked_error
    exchange["request"]["headers"] = _read(masked, len(sent_headers))
    if received is not None:
        exchange["response"] = ShownResponse(
            status=received.status,
            status_text=next(masked),
            version=received.version,
            body=_ended(next(masked), cut=received_cut, spare=masker.longest),
            headers=_read(masked, len(received_headers)),
            timestamp=_timestamp(received.at),
        )
    return exchange


def _merged(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    merged: dict[str, str] = {}
    room = HEADERS_LIMIT
    for given_name, value in headers:
        room -= len(given_name) + len(value)
        if room < 0:
            break
        name = given_name if given_name.isprintable() else _NOT_STORABLE.sub("\ufffd", given_name)
        merged[name] = f"{merged[name]}, {value}" if name in merged else value
    return merged


def _names_and_values(headers: dict[str, str]) -> list[str]:
    """A receiver may make a name of anything that it was sent, so names are masked as values are."""
    return [text for header in headers.items() for text in header]


def _read(masked: Iterator[str], count: int) -> dict[str, str]:
    """So many headers, as `_names_and_values` wrote them. Names that are the same once masked are merged."""
    headers: dict[str, str] = {}
    for _ in range(count):
        name, value = next(masked), next(masked)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _received_text(received: Received, *, spare: int) -> tuple[str, bool]:
    if received.encoding and received.body:
        return f"[{len(received.body)} bytes, {received.encoding}]", False
    return _text(received.body, cut=received.cut, spare=spare)


def _text(body: bytes, *, cut: bool, spare: int) -> tuple[str, bool]:
    """The part of a body to be masked, and whether it is a part only."""
    most = BODY_LIMIT + spare
    return body[:most].decode("utf-8", "replace"), cut or len(body) > most


def _ended(text: str, *, cut: bool, spare: int) -> str:
    """A masked body at its final length. At a cut, half a secret may stand, which no masker finds: it goes too."""
    if cut:
        text = text[: max(len(text) - spare, 0)]
    return text[:BODY_LIMIT] + "…" if cut or len(text) > BODY_LIMIT else text


def _storable(texts: list[str]) -> list[str]:
    together = "".join(texts)
    if together.isascii() and "\0" not in together:
        return texts
    return [_NOT_STORABLE.sub("\ufffd", text) for text in texts]


def _timestamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
