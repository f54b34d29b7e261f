"""What is sent: values by dotted paths become JSON, a form, or XML."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import orjson

from leadconduit.leads.values import as_text

Values = Iterable[tuple[str, object]]

_XML_NAME = re.compile(r"[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# As JavaScript's encodeURIComponent leaves them.
_UNQUOTED = "!'()*"


class Unsendable(ValueError):
    """Nothing can be sent as things stand. `sentence` is the reason for the customer."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


# --- JSON


def json_body(values: Values) -> bytes:
    """Objects along the dots of the names; where all keys of one are digits, a list without gaps."""
    return orjson.dumps(_listed(_tree(values)), option=orjson.OPT_NON_STR_KEYS)


def _tree(values: Values) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for path, value in values:
        *parents, name = path.split(".")
        node = root
        for parent in parents:
            child = node.get(parent)
            if not isinstance(child, _Branch):
                child = node[parent] = _Branch()
            node = child
        node[name] = value
    return root


class _Branch(dict[str, Any]):
    """An object that the paths made, unlike one that is a value."""


def _listed(node: dict[str, Any]) -> Any:
    made = {key: _listed(item) if isinstance(item, _Branch) else item for key, item in node.items()}
    if made and all(_is_place(key) for key in made):
        return [made[key] for key in sorted(made, key=int)]
    return made


def _is_place(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 10


# --- Forms and queries


def form_body(values: Values, *, encode_names: bool = True) -> str:
    """Pairs in their order; lists, and names that end in a place (`phone.0`), repeat the name."""
    pairs: list[tuple[str, str]] = []
    for path, value in values:
        head, _, last = path.rpartition(".")
        name = head if head and _is_place(last) else path
        pairs += [(name, as_text(item)) for item in (value if isinstance(value, list) else [value])]
    return "&".join(f"{_quoted(name) if encode_names else name}={_quoted(text)}" for name, text in pairs)


def _quoted(text: str) -> str:
    return quote(text, safe=_UNQUOTED, errors="replace")


# --- XML


def xml_problem(path: str) -> str:
    """Why a path of an XML document cannot be written; "" if it can."""
    element, at, attribute = path.partition("@")
    parts = element.split(".")
    if at and not parts[-1]:
        right = ".".join(part for part in parts if part) or "lead"
        return f"An attribute stands right behind its element: write `{right[:40]}@{attribute[:40] or 'id'}`."
    if len(parts) > 32:
        return "A path has at most 32 parts."
    if _is_place(parts[0]) or (len(parts) > 1 and _is_place(parts[1])):
        return "A document has one root: only elements inside it can be repeated."
    for name in [part for part in parts if not _is_place(part)] + ([attribute] if at else []):
        if not _XML_NAME.fullmatch(name):
            return f"`{name[:40]}` is not the name of an element or attribute of XML."
    return ""


def xml_body(values: Values) -> str:
    """Elements along the dots of the names, `@` an attribute. Raises Unsendable unless there is one root."""
    root: ElementTree.Element | None = None
    repeated: dict[tuple[int, str, str], ElementTree.Element] = {}
    for path, value in values:
        if sentence := xml_problem(path):
            raise Unsendable(sentence)
        location, _, attribute = path.partition("@")
        first, *rest = location.split(".")
        if root is None:
            root = ElementTree.Element(first)
        elif root.tag != first:
            raise Unsendable(f"An XML document has one root, and there are `{root.tag}` and `{first}`.")
        node = _element(root, rest, repeated)
        if attribute:
            node.set(attribute, _xml_text(value))
        elif isinstance(value, list) and node is not root:
            _repeat(root, node, value)
        else:
            node.text = _xml_text(value)
    if root is None:
        raise Unsendable("Nothing is mapped to the XML document.")
    ElementTree.indent(root)
    return '<?xml version="1.0"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _element(
    node: ElementTree.Element, parts: list[str], repeated: dict[tuple[int, str, str], ElementTree.Element]
) -> ElementTree.Element:
    names = iter(parts)
    pending = next(names, None)
    while pending is not None:
        name, pending = pending, next(names, None)
        place = ""
        if pending is not None and _is_place(pending):
            place, pending = pending, next(names, None)
        key = (id(node), name, place)
        if key not in repeated:
            repeated[key] = ElementTree.SubElement(node, name)
        node = repeated[key]
    return node


def _repeat(root: ElementTree.Element, node: ElementTree.Element, values: list[object]) -> None:
    parent = next(parent for parent in root.iter() if node in list(parent))
    node.text = _xml_text(values[0] if values else None)
    for value in values[1:]:
        ElementTree.SubElement(parent, node.tag).text = _xml_text(value)


def _xml_text(value: object) -> str:
    return _NOT_XML.sub("\ufffd", as_text(value))


# --- Letters without accents

_ASCII_FOR: Mapping[int, str] = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-",
        "…": "...", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
        "đ": "d", "Đ": "D", "þ": "th", "Þ": "Th", "ð": "d", "\u00a0": " ", "€": "EUR", "£": "GBP",
    }
)  # fmt: skip


def ascii_only(value: object) -> object:
    """Texts with letters that ASCII has, also inside lists; what has none there becomes `?`."""
    if isinstance(value, str):
        plain = unicodedata.normalize("NFKD", value.translate(_ASCII_FOR))
        return "".join("?" if ord(c) > 127 else c for c in plain if not unicodedata.combining(c))
    if isinstance(value, list):
        return [ascii_only(item) for item in value]
    return value
