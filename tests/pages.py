"""What a browser would send back from a page, unchanged."""

from html.parser import HTMLParser

Fields = dict[str, list[str]]


def fields_of(html: str) -> Fields:
    """The values of all inputs of a page's main part, by their names, as `Client.post` takes them; no button's."""
    reader = _Reader()
    reader.feed(html.partition("<main")[2])
    return reader.fields


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: Fields = {}
        self._select = ""
        self._option: str | None = None
        self._textarea = ""
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and name:
            chosen = given.get("type") not in ("checkbox", "radio") or "checked" in given
            if chosen:
                self._put(name, given.get("value") or ("on" if given.get("type") == "checkbox" else ""))
        elif tag == "select":
            self._select, self._option = name, None
        elif tag == "option" and self._select:
            self._words = ""
            if "selected" in given or self._option is None:
                self._option = given.get("value", "\0")
        elif tag == "textarea":
            self._textarea, self._words = name, ""

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "option" and self._option == "\0":
            self._option = self._words.strip()
        elif tag == "select" and self._select:
            self._put(self._select, self._option or "")
            self._select = ""
        elif tag == "textarea" and self._textarea:
            # The first line break behind the tag is none of the text.
            self._put(self._textarea, self._words.removeprefix("\n"))
            self._textarea = ""

    def _put(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)
