"""Reading a JSON body by hand: every mistake is found, and named by its dotted path (`steps.0.reason`)."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# PostgreSQL keeps neither a NUL nor half a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Beyond this a JSON number loses digits on the way through other people's programs.
_MOST_NUMBER = 2**53


@dataclass(frozen=True, slots=True)
class Body:
    """One object of a body: where it stands, and the mistakes found so far in the whole body, a sentence by path.

    A reader that finds a mistake notes it and returns a value of the right type, so that reading goes on.
    """

    value: Mapping[str, Any]
    path: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    def at(self, key: str | int) -> str:
        return f"{self.path}.{key}" if self.path else str(key)

    def wrong(self, key: str, sentence: str) -> None:
        """Note a mistake; the first one at a path stands."""
        self.errors.setdefault(self.at(key), sentence)

    def allow(self, known: Collection[str], *, later: Iterable[str] = (), of: str) -> None:
        """Refuse every property that is not known by name; what is not run yet may be there while it says nothing."""
        for key, value in self.value.items():
            if key in known or (key in later and says_nothing(value)):
                continue
            sentence = "is not supported yet" if key in later else f"is not a property of {of}"
            self.wrong(key[:60], f"`{key[:60]}` {sentence}.")

    def set_aside(self, read_only: Iterable[str]) -> None:
        """What a caller has read and sends back is not looked at, as long as it can have been read."""
        for key in read_only:
            value = self.value.get(key)
            is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
            if not (is_list or value is None or isinstance(value, str | bool)):
                self.wrong(key, "This is read-only: send back what you read, or leave it out.")

    def text(self, key: str, *, most: int, required: bool = False) -> str:
        """A text of at most `most` characters; "" where it is absent or null."""
        value = self.value.get(key)
        if value is None and not required:
            return ""
        if sentence := problem_of_text(value, most=most, required=required):
            self.wrong(key, sentence)
            return ""
        return str(value)

    def choice(self, key: str, options: Collection[str], *, required: bool = False) -> str | None:
        value = self.value.get(key)
        if value is None and not required:
            return None
        if isinstance(value, str) and value in options:
            return value
        self.wrong(key, f"This must be one of {', '.join(f'`{option}`' for option in options)}.")
        return None

    def flag(self, key: str, *, required: bool = False) -> bool:
        """True or false; true where it is absent or null."""
        value = self.value.get(key)
        if value is None and not required:
            return True
        if not isinstance(value, bool):
            self.wrong(
                key,
                "This must be true or false." if key in self.value else "This is required: true or false.",
            )
            return True
        return value

    def items(self, key: str, *, most: int) -> list[Any]:
        """A list that must be there, of at most `most` items."""
        value = self.value.get(key)
        if not isinstance(value, list):
            self.wrong(key, "This must be a list." if key in self.value else "This is required: a list.")
            return []
        if len(value) > most:
            self.wrong(key, f"This list has at most {most} items.")
            return []
        return value

    def texts(self, key: str, *, most: int, most_length: int) -> list[str]:
        """A list of texts, none of them blank and none twice."""
        inside = Body({}, self.at(key), self.errors)
        read: list[str] = []
        seen: set[str] = set()
        for index, item in enumerate(self.items(key, most=most)):
            if sentence := problem_of_text(item, most=most_length, required=True):
                inside.wrong(str(index), sentence)
            elif item in seen:
                inside.wrong(str(index), f"`{item}` is in the list twice.")
            else:
                seen.add(item)
                read.append(item)
        return read

    def objects(self, key: str, *, most: int) -> list["Body"]:
        """A list of objects. One that is none is noted, and left out."""
        inside = Body({}, self.at(key), self.errors)
        found = []
        for index, item in enumerate(self.items(key, most=most)):
            if isinstance(item, dict):
                found.append(Body(item, inside.at(index), self.errors))
            else:
                inside.wrong(str(index), "This must be an object.")
        return found

    def object(self, key: str) -> "Body":
        """An object that must be there; an empty one stands in for it where it is not."""
        value = self.value.get(key)
        if not isinstance(value, dict):
            self.wrong(key, "This is required: an object.")
        return Body(value if isinstance(value, dict) else {}, self.at(key), self.errors)


def says_nothing(value: object) -> bool:
    """Null, false, or empty: what a service answers for a property that is not used."""
    return value is None or value is False or value in ([], {})


def problem_of_text(value: object, *, most: int, required: bool) -> str:
    if not isinstance(value, str):
        return "This is required: a text." if value is None else "This must be a text."
    if required and not value.strip():
        return "This must not be blank."
    if len(value) > most:
        return f"This has at most {most:,} characters."
    if _UNSTORABLE.search(value):
        return "This holds a character that no text of ours can keep."
    return ""


def is_exact(number: float) -> bool:
    """Whether a JSON number comes back as it went in."""
    return abs(number) <= _MOST_NUMBER
