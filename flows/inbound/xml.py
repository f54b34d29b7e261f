"""XML as a source writes it: elements inside the root are names, repeated ones a list.

As LeadConduit reads it, an element's attributes stand beside its children; that of an element with a text are left
aside, since the text is the value. A document type, and with it every entity of one's own, is refused before
anything of it is read, so that a document never becomes more than it is.
"""

from typing import NoReturn
from xml.parsers import expat

MAX_DEPTH = 100

Value = object


class NotXml(Exception):
    """`reason` says where the document breaks off from XML, or which of its parts is not taken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_xml(text: str) -> dict[str, Value]:
    """What stands inside the root element. `text` holds no lone surrogates. Raises NotXml."""
    reader = _Reader()
    try:
        reader.parser.Parse(text, True)
    except expat.ExpatError as error:
        raise NotXml(str(error)) from error
    root = reader.value
    if isinstance(root, dict):
        return root
    if root:
        raise NotXml("the root element holds a text in place of elements")
    return {}


class _Reader:
    """Builds values while the parser goes through the document."""

    def __init__(self) -> None:
        self.value: Value = None
        self._open: list[_Element] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > MAX_DEPTH:
            raise NotXml("it is nested too deeply")
        self._open.append(_Element(name, attributes))

    def _text(self, text: str) -> None:
        self._open[-1].texts.append(text)

    def _end(self, name: str) -> None:
        value = self._open.pop().value()
        if self._open:
            self._open[-1].children.append((name, value))
        else:
            self.value = value

    def _refuse_doctype(self, *declared: object) -> NoReturn:
        raise NotXml("a document type is not taken")


class _Element:
    __slots__ = ("attributes", "children", "name", "texts")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        # Those with a prefix speak to XML's own machinery: namespaces, schemas.
        self.attributes = [
            (key, value) for key, value in attributes.items() if key != "xmlns" and ":" not in key
        ]
        self.children: list[tuple[str, Value]] = []
        self.texts: list[str] = []

    def value(self) -> Value:
        text = "".join(self.texts).strip()
        if not self.children and (text or not self.attributes):
            return text
        named: dict[str, list[Value]] = {}
        for name, value in (*self.attributes, *self.children):
            named.setdefault(name, []).append(value)
        return {name: values[0] if len(values) == 1 else values for name, values in named.items()}
