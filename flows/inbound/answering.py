"""The answer to a submission, in the format that its source wants.

Facts: LeadConduit's public inbound module, and what it answers in its tests.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import orjson

from flows.inbound.formats import FORM, JSON, TEXT_XML, XML
from flows.inbound.refused import Refused

# Where a source likes several equally well, it gets the first of these.
PREFERRED = (JSON, XML, TEXT_XML, FORM)

_NO_XML_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def choose(accept: str) -> str:
    """The media type that fits an Accept header best. Raises Refused where it takes none that there is."""
    if not accept.strip():
        return JSON
    ranges = list(_ranges(accept))
    liked = [(media_type, _liking(media_type, ranges)) for media_type in PREFERRED]
    media_type, (quality, _) = max(liked, key=lambda one: one[1])
    if quality <= 0:
        raise Refused(406, "Not capable of generating content according to the Accept header")
    return media_type


def _ranges(accept: str) -> Iterator[tuple[str, str, float]]:
    for part in accept.split(","):
        range_, *parameters = part.split(";")
        type, _, subtype = range_.strip().lower().partition("/")
        if type:
            yield type, subtype or "*", _quality(parameters)


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            # Anything but a number between 0 and 1 is as good as unsaid.
            return float(value) if re.fullmatch(r"\s*(0(\.\d{0,9})?|1(\.0{0,9})?)\s*", value) else 1.0
    return 1.0


def _liking(media_type: str, ranges: list[tuple[str, str, float]]) -> tuple[float, int]:
    """How much it is wanted, and how exactly it was named; what names it most exactly counts."""
    type, _, subtype = media_type.partition("/")
    fitting = [
        ((range_type != "*") + (range_subtype != "*"), quality)
        for range_type, range_subtype, quality in ranges
        if range_type in ("*", type) and range_subtype in ("*", subtype)
    ]
    exactness, quality = max(fitting, default=(0, 0.0))
    return quality, exactness


def write(answer: Mapping[str, Any], media_type: str) -> tuple[bytes, str]:
    """The answer as bytes, and its Content-Type. Keys stay in their order; a null one is left out."""
    said = {key: value for key, value in answer.items() if value is not None}
    if media_type in (XML, TEXT_XML):
        return _xml(said).encode(), f"{media_type}; charset=utf-8"
    if media_type == FORM:
        return urlencode(list(_flat(said)), errors="replace").encode(), media_type
    return orjson.dumps(said), media_type


def _xml(answer: Mapping[str, Any]) -> str:
    return "\n".join(['<?xml version="1.0"?>', *_element("result", answer, 0)])


def _element(name: str, value: Any, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if isinstance(value, Mapping):
        yield f"{indent}<{name}>"
        for key, item in value.items():
            yield from _element(key, item, depth + 1)
        yield f"{indent}</{name}>"
    else:
        text = escape(_NO_XML_CHARACTER.sub("\ufffd", str(value)), {"\r": "&#xD;"})
        yield f"{indent}<{name}>{text}</{name}>"


def _flat(answer: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in answer.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value
