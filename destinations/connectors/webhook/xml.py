"""A payload as an XML document."""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from leadconduit.leads.values import as_text

# Names without a colon: namespaces are nobody's to declare here. https://www.w3.org/TR/xml/#NT-Name, in ASCII.
_NAME = re.compile(r"(?!xml)[A-Za-z_][A-Za-z0-9._-]*", re.IGNORECASE)
# What XML 1.0 cannot hold in any spelling. https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_body(payload: Mapping[str, Any], root: str) -> bytes:
    """Nested fields become elements in elements, and a list repeats its element.

    A field whose name is no name of XML's is written `<field name="...">`: nothing is lost, and nothing renamed.
    """
    document = Element(root)
    for name, value in payload.items():
        _add(document, str(name), value)
    written: bytes = tostring(document, encoding="utf-8", xml_declaration=True)
    return written


def root_problem(name: str) -> str:
    return (
        "" if is_name(name) else "Begin with a letter; then letters, digits, hyphens, dots and underscores."
    )


def is_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name))


def _add(parent: Element, name: str, value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _add(parent, name, item)
        return
    child = SubElement(parent, name) if is_name(name) else SubElement(parent, "field", name=_text(name))
    if isinstance(value, Mapping):
        for inner, item in value.items():
            _add(child, str(inner), item)
    else:
        child.text = _text(as_text(value))


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
