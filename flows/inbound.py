"""Reads a submission as LeadConduit does, and refuses it in its words.

Facts: LeadConduit's support articles on submitting leads and its public inbound module. XML is not read yet.
"""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from django.utils.encoding import iri_to_uri

from leadconduit.leads.values import unflatten

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
METHODS = ("GET", "POST")
CERTIFICATE = "trustedform_cert_url"

_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_RAW_BREAKS = re.compile(r"[\r\n\t]")


class Refused(Exception):
    """A submission that is not a lead. `sentence` is the whole answer's text."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def check_accept(accept: str) -> None:
    """The answer is JSON; raises Refused where the caller would take none."""
    wanted = {part.partition(";")[0].strip().lower() for part in accept.split(",") if part.strip()}
    if wanted and not wanted & {"*/*", "application/*", JSON}:
        raise Refused(406, "Not capable of generating content according to the Accept header")


def read(*, content_type: str, body: bytes, query: str) -> dict[str, Any]:
    """What was submitted, nested by the dots of its names. The query string wins over the body.

    Bytes that are no text in the body's encoding are kept as lone surrogates, which become U+FFFD and an invalid
    value later: a lead is not refused for them.
    """
    submitted = _body(content_type, body) if body else {}
    submitted = _merged(submitted, unflatten(_pairs(query.encode("latin-1", "replace"), "utf-8")))
    return {
        CERTIFICATE if name.lower() == "xxtrustedformcerturl" else name: item
        for name, item in submitted.items()
    }


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    both = {
        name: _merged(under[name], item)
        for name, item in over.items()
        if isinstance(item, dict) and isinstance(under.get(name), dict)
    }
    return under | over | both


def _body(content_type: str, body: bytes) -> dict[str, Any]:
    if not content_type.strip():
        raise Refused(415, "Content-Type header is required")
    media_type, _, parameters = content_type.partition(";")
    encoding = _encoding(parameters)
    match media_type.strip().lower():
        case "application/x-www-form-urlencoded":
            return unflatten(_pairs(body, encoding))
        case "application/json":
            return _json(body, encoding)
    raise Refused(406, f"MIME type in Content-Type header is not supported. Use only {FORM}, {JSON}.")


def _encoding(parameters: str) -> str:
    found = re.search(r"charset\s*=\s*\"?([\w.:-]+)", parameters, re.IGNORECASE)
    encoding = found[1] if found else "utf-8"
    try:
        # Some that Python knows are no encodings of a text (idna, base64): they are refused like unknown ones.
        b"a=\xe9&".decode(encoding, "surrogateescape")
    except (LookupError, UnicodeError):
        raise Refused(415, f"The charset {encoding[:40]} in the Content-Type header is not known") from None
    return encoding


def _pairs(text: bytes, encoding: str) -> Iterable[tuple[str, str]]:
    """Blank values are kept: a source that sends a field empty says something by it."""
    try:
        return parse_qsl(
            _NOT_ASCII.sub(lambda found: b"%%%02X" % found[0][0], text).decode("ascii"),
            keep_blank_values=True,
            encoding=encoding,
            errors="surrogateescape",
            max_num_fields=2000,
        )
    except ValueError as error:
        raise Refused(400, f"Unable to parse body -- {error}") from error


def _json(body: bytes, encoding: str) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = _json_repaired(_text(body, encoding))
    if not isinstance(value, dict):
        raise Refused(400, "Unable to parse JSON -- the body must be an object")
    return value


def _text(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding, "surrogateescape")
    except UnicodeError as error:
        raise Refused(400, f"Unable to parse JSON -- the body is not {encoding}") from error


def _json_repaired(text: str) -> Any:
    """What only a strict reader refuses: lone surrogates, another encoding, raw line breaks and tabs in a text."""
    try:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return json.loads(_RAW_BREAKS.sub("", text))
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Refused(400, f"Unable to parse JSON -- {reason}") from error


def check_whole(body: bytes, content_length: str) -> None:
    """A connection that broke off leaves half a lead, which its source, having got no answer, will send again."""
    if content_length.isdecimal() and len(body) < int(content_length):
        raise Refused(400, "The body is shorter than its Content-Length says")


def redirection(submitted: dict[str, Any]) -> str | None:
    """Where the source wants its visitor sent, the first one winning."""
    wanted = submitted.get("redir_url")
    url = wanted[0] if isinstance(wanted, list) and wanted else wanted
    if not url:
        return None
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        valid = parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        valid = False
    if not valid or re.search(r"[\x00-\x20\x7f\ud800-\udfff]", url):
        raise Refused(400, "Invalid redir_url")
    return iri_to_uri(url)
