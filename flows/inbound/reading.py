"""Reads a submission as LeadConduit does, and refuses it in its words.

Facts: LeadConduit's support articles on submitting leads and its public inbound module.
"""

import codecs
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from django.utils.encoding import iri_to_uri

from flows.inbound import formats
from flows.inbound.refused import Refused
from flows.inbound.xml import NotXml, read_xml
from leadconduit.leads.values import REPLACEMENT, unflatten

METHODS = ("GET", "POST")
CERTIFICATE = "trustedform_cert_url"

_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_RAW_BREAKS = re.compile(r"[\r\n\t]")
_LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read(*, content_type: str, body: bytes, query: str) -> dict[str, Any]:
    """What was submitted, nested by the dots of its names. The query string wins over the body.

    Bytes that are no text in the body's encoding are kept as lone surrogates, which become U+FFFD and an invalid
    value later: a lead is not refused for them.
    """
    submitted = _body(content_type, body) if body.strip() else {}
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
        case formats.FORM:
            return unflatten(_pairs(body, encoding or "utf-8"))
        case formats.JSON:
            return _json(body, encoding or "utf-8")
        case formats.XML | formats.TEXT_XML:
            return _xml(body, encoding)
    raise Refused(
        406, f"MIME type in Content-Type header is not supported. Use only {', '.join(formats.FORMATS)}."
    )


def _encoding(parameters: str) -> str | None:
    found = re.search(r"charset\s*=\s*\"?([\w.:-]+)", parameters, re.IGNORECASE)
    if not found:
        return None
    encoding = found[1]
    if not _is_encoding(encoding):
        raise Refused(415, f"The charset {encoding[:40]} in the Content-Type header is not known")
    return encoding


def _is_encoding(name: str) -> bool:
    try:
        # Some that Python knows are no encodings of a text (idna, base64): they are refused like unknown ones.
        b"a=\xe9&".decode(name, "surrogateescape")
    except (LookupError, UnicodeError):
        return False
    return True


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


def _xml(body: bytes, encoding: str | None) -> dict[str, Any]:
    text = _xml_text(body, encoding or _declared_encoding(body))
    whole = _LONE_SURROGATES.sub(REPLACEMENT, text)
    try:
        read = read_xml(whole.removeprefix("\ufeff"))
    except NotXml as error:
        raise _no_xml(error.reason) from error
    return read if whole == text else {name: _broken(value) for name, value in read.items()}


def _declared_encoding(body: bytes) -> str:
    """What the document says of itself: by its first bytes, or in words."""
    for mark, encoding in _MARKS.items():
        if body.startswith(mark):
            return encoding
    declared = _DECLARED.match(body.lstrip())
    encoding = declared[1].decode("ascii", "replace") if declared else "utf-8"
    if not _is_encoding(encoding):
        raise _no_xml(f"the encoding {encoding} is not known")
    return encoding


def _xml_text(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding, "surrogateescape").strip()
    except UnicodeError as error:
        raise _no_xml(f"the body is not {encoding}") from error


def _no_xml(reason: str) -> Refused:
    return Refused(400, f"Body does not contain XML or XML is unparseable -- {reason}.")


def _broken(value: Any) -> Any:
    """XML's parser takes no lone surrogates, which stand for bytes that are no text: they are put back behind it."""
    if isinstance(value, str):
        return value.replace(REPLACEMENT, "\udcff")
    if isinstance(value, list):
        return [_broken(item) for item in value]
    if isinstance(value, dict):
        return {name: _broken(item) for name, item in value.items()}
    return value


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
