"""An answer's body, read as what its Content-Type says; what cannot be read so is a text."""

import codecs
import html
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl
from xml.parsers import expat

import orjson

from leadconduit.leads.bounds import spend

MAX_DEPTH = 100

_PER_PART = 40
"""What visiting a part of an element costs, in characters that are read."""

_UNPACKING = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
"""What `zlib` calls them; `deflate` is sent with its head and without."""

# Others take time that grows faster than the text, or are no texts.
_CHARSETS = frozenset(
    [
        "ascii",
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "koi8-r",
        "koi8-u",
        "shift_jis",
        "cp932",
    ]
    + [
        "euc_jp",
        "euc_kr",
        "cp949",
        "gb2312",
        "gbk",
        "gb18030",
        "big5",
        "cp437",
        "cp850",
        "cp852",
        "mac-roman",
    ]
    + [f"iso8859-{number}" for number in range(1, 17) if number != 12]
    + [f"cp{number}" for number in range(1250, 1259)]
)


# What is called so is written in these, which hold all of the former.
_WIDER = {"shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949"}

NO_TEXT = "The answer has bytes that are no text, so that nothing can be searched for in it."


class NotDecoded(ValueError):
    """A body that nobody can read as a text. `sentence` says why, without a word of it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_RAW_TEXT = frozenset(("script", "style"))
_ENDS_ITS_LIKE = frozenset(["dd", "dt", "li", "option", "p", "td", "th", "tr"])


@dataclass(slots=True, eq=False)
class Node:
    """An element: names as they are written, prefixes included."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    parts: list["Node | str"] = field(default_factory=list)

    @property
    def children(self) -> Iterator["Node"]:
        spend(_PER_PART * (1 + len(self.parts)))
        return (part for part in self.parts if isinstance(part, Node))

    @property
    def text(self) -> str:
        spend(_PER_PART * (1 + len(self.parts)))
        text = "".join(part if isinstance(part, str) else part.text for part in self.parts)
        spend(len(text))
        return text

    @property
    def local_name(self) -> str:
        return self.name.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Document:
    """A body: its text, and, as far as it could be read, the values to append and the tree to search.

    `broken` is what it calls itself where it cannot be read as that; then it is a text. `flaw` says why nothing is
    found in it for certain: it has bytes that are no text.
    """

    kind: str
    """json, xml, html, form or text."""
    text: str
    values: Any = None
    tree: Node | None = None
    broken: str = ""
    flaw: str = ""

    def searched(self) -> Iterator[str]:
        """The text as it came, and where it spells something otherwise, what that means."""
        yield self.text
        if self.kind in ("xml", "html") and "&" in self.text:
            yield unescape(self.text)
        if (self.kind == "json" and "\\" in self.text) or self.kind == "form":
            yield from dict.fromkeys(_texts(self.values))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def unpacked(body: bytes, encoding: str, *, most: int) -> bytes:
    """A body without its Content-Encoding, up to so many bytes. Raises NotDecoded."""
    encoding = encoding.strip().lower()
    if not body or encoding in ("", "identity"):
        return body
    for kind in _UNPACKING.get(encoding, ()):
        unpacker = zlib.decompressobj(kind)
        try:
            found = unpacker.decompress(body, most + 1)
        except zlib.error:
            continue
        if len(found) > most:
            raise NotDecoded(f"The answer has more than {most:,} bytes, which is more than is read.")
        if unpacker.eof and not unpacker.unused_data:
            return found
    raise NotDecoded("The answer is compressed in a way that cannot be read.")


def read_document(content_type: str, body: bytes) -> Document:
    """Raises NotDecoded."""
    media_type, _, parameters = content_type.partition(";")
    kind = _kind(media_type.strip().lower())
    text, flaw = _decoded(kind, body, parameters)
    spend(_PER_CHARACTER[kind] * len(text))
    return replace(_READERS[kind](text), flaw=flaw)


def _kind(media_type: str) -> str:
    match media_type:
        case "application/json" | "text/json":
            return "json"
        case "application/xml" | "text/xml":
            return "xml"
        case "text/html" | "application/xhtml+xml":
            return "html"
        case "application/x-www-form-urlencoded":
            return "form"
    return {"+json": "json", "+xml": "xml"}.get(media_type[media_type.rfind("+") :], "text")


_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_IN_XML = re.compile(rb"\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([\w.:-]+)")
_IN_HTML = re.compile(
    rb".{0,1024}?<meta\s[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.DOTALL | re.IGNORECASE
)
_DECLARED = {"xml": (_IN_XML,), "html": (_IN_XML, _IN_HTML), "text": (_IN_XML,)}


def _decoded(kind: str, body: bytes, parameters: str) -> tuple[str, str]:
    """The text, and what is wrong with it. A byte order mark counts more than the header, and that than the body."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            encoding, body = name, body[len(mark) :]
            break
    else:
        charset = re.search(r"charset\s*=([^;]*)", parameters, re.IGNORECASE)
        encoding = _charset((charset[1].strip(" \t\"'") if charset else "") or _declared(kind, body))
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        return body.decode(encoding, "replace"), NO_TEXT
    return text, NO_TEXT if "\0" in text else ""


def _declared(kind: str, body: bytes) -> str:
    """What the body says of itself: readable so far, it is not in UTF-16, whatever it says."""
    found = next(filter(None, (pattern.match(body) for pattern in _DECLARED.get(kind, ()))), None)
    name = found[1].decode("ascii", "replace") if found else "utf-8"
    return "utf-8" if name.lower().startswith("utf-16") else name


def _charset(name: str) -> str:
    try:
        encoding = codecs.lookup(name).name
    except (LookupError, ValueError):
        encoding = ""
    if encoding not in _CHARSETS:
        raise NotDecoded("The answer is written in a character set that is not supported.")
    return _WIDER.get(encoding, encoding)


def _json(text: str) -> Document:
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError:
        return Document("text", text, broken="JSON")
    if _is_too_deep(values):
        return Document("text", text, broken="JSON")
    return Document("json", text, values=values)


def _is_too_deep(values: Any) -> bool:
    level = [values]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for value in level
            if isinstance(value, dict | list)
            for item in (value.values() if isinstance(value, dict) else value)
        ]
    return bool(level)


def _form(text: str) -> Document:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        return Document("text", text, broken="a form")
    return Document("form", text, values=dict(pairs))


# --- XML


class NotXml(ValueError):
    """What is no XML, or more than it may be."""


def _xml(text: str) -> Document:
    try:
        tree = read_xml(text)
    except NotXml:
        return Document("text", text, broken="XML")
    return Document("xml", text, values=values_of(tree), tree=tree)


def read_xml(body: str | bytes) -> Node:
    """A node that holds the root. A document type, which alone can declare entities, is refused. Raises NotXml."""
    top = Node("")
    open_nodes = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(open_nodes) > MAX_DEPTH:
            raise NotXml("It is nested too deeply.")
        node = Node(name, attributes)
        open_nodes[-1].parts.append(node)
        open_nodes.append(node)

    def end(name: str) -> None:
        open_nodes.pop()

    def characters(text: str) -> None:
        open_nodes[-1].parts.append(text)

    def doctype(*declared: object) -> None:
        raise NotXml("A document type is not allowed.")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = characters, doctype
    try:
        parser.Parse(body.lstrip(), True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise NotXml(str(error)) from error
    return top


def values_of(node: Node) -> Any:
    """As JSON: attributes and elements by their names, several of one name a list, a text beside them `#text`."""
    if not node.attributes and not any(True for _ in node.children):
        return node.text
    values: dict[str, Any] = dict(node.attributes)
    repeated: dict[str, list[Any]] = {}
    for child in node.children:
        repeated.setdefault(child.name, []).append(values_of(child))
    values |= {name: items[0] if len(items) == 1 else items for name, items in repeated.items()}
    if text := "".join(part for part in node.parts if isinstance(part, str)).strip():
        values["#text"] = text
    return values


# --- HTML

_TAG = re.compile(r"</?([a-zA-Z][^\s/>]*)")
_ATTRIBUTE = re.compile(r"[\s/]*([^\s/>=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]*)))?")


def read_html(text: str) -> Node:
    """A node that holds the page, however it is written. Takes time that grows with the text alone.

    The standard library's parser does not: it looks again for the end of each tag that has none.
    """
    return _HtmlReader(text).read()


class _HtmlReader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lower = text.lower() if len(text.lower()) == len(text) else text
        self.top = Node("")
        self.open_nodes = [self.top]

    def read(self) -> Node:
        position = 0
        while position < len(self.text):
            start = self.text.find("<", position)
            if start < 0:
                start = len(self.text)
            self._add_text(position, start)
            position = self._markup(start) if start < len(self.text) else start
        return self.top

    def _markup(self, start: int) -> int:
        """Reads what begins with `<`, and says where it ends: what has no end takes the rest of the page."""
        for opening, closing in (("<!--", "-->"), ("<!", ">"), ("<?", ">")):
            if self.text.startswith(opening, start):
                return self._after(closing, start)
        tag = _TAG.match(self.text, start)
        if tag is None:
            self.open_nodes[-1].parts.append("<")
            return start + 1
        name = tag[1].lower()
        if tag[0].startswith("</"):
            self._close(name)
            return self._after(">", tag.end())
        attributes, end = self._attributes(tag.end())
        self._open(name, attributes)
        return self._raw_text(name, end) if name in _RAW_TEXT else end

    def _attributes(self, position: int) -> tuple[dict[str, str], int]:
        attributes: dict[str, str] = {}
        while found := _ATTRIBUTE.match(self.text, position):
            value = next((group for group in found.groups()[1:] if group is not None), "")
            attributes.setdefault(found[1].lower(), unescape(value))
            position = found.end()
        return attributes, self._after(">", position)

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        if name in _ENDS_ITS_LIKE and self.open_nodes[-1].name == name:
            self.open_nodes.pop()
        node = Node(name, attributes)
        self.open_nodes[-1].parts.append(node)
        if name not in _VOID and len(self.open_nodes) < MAX_DEPTH:
            self.open_nodes.append(node)

    def _close(self, name: str) -> None:
        for index in range(len(self.open_nodes) - 1, 0, -1):
            if self.open_nodes[index].name == name:
                del self.open_nodes[index:]
                return

    def _raw_text(self, name: str, position: int) -> int:
        """What stands in a script is no markup."""
        end = self.lower.find(f"</{name}", position)
        end = len(self.text) if end < 0 else end
        self.open_nodes[-1].parts.append(self.text[position:end])
        return end

    def _add_text(self, start: int, end: int) -> None:
        if start < end:
            self.open_nodes[-1].parts.append(unescape(self.text[start:end]))

    def _after(self, closing: str, position: int) -> int:
        found = self.text.find(closing, position)
        return len(self.text) if found < 0 else found + len(closing)


_LONG_NUMBER = re.compile("&#0*([0-9]{7})[0-9]+")
_ZEROS = re.compile("&#0+(?=[0-9])")


def unescape(text: str) -> str:
    """As HTML says. Python reads no numbers of thousands of digits: none of them is a character."""
    if "&#" in text:
        text = _LONG_NUMBER.sub(r"&#9\1", _ZEROS.sub("&#", text))
    return html.unescape(text)


_READERS: dict[str, Callable[[str], Document]] = {
    "json": _json,
    "xml": _xml,
    "html": lambda text: Document("html", text, tree=read_html(text)),
    "form": _form,
    "text": lambda text: Document("text", text),
}
_PER_CHARACTER = {"json": 2, "xml": 10, "html": 20, "form": 5, "text": 1}
"""What reading costs, in characters that are read."""
