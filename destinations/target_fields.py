"""What a receiver takes, declared by hand or read off an example: the value of a field of kind `target_fields`.

A list of entries, `{"key", "label", "type", "required", "max_length", "choices"}`: a dotted path, a text, one of TYPES,
true or false, characters or None, a list of texts. What was left empty may be missing.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

Entry = dict[str, Any]

TYPES = {
    "string": "Text",
    "text": "Long text",
    "number": "Number",
    "integer": "Whole number",
    "boolean": "Yes or no",
    "date": "Date",
    "datetime": "Date and time",
    "email": "E-mail address",
    "phone": "Phone number",
    "url": "Web address",
    "choice": "One of a list",
    "list": "List",
    "object": "Object",
}
"""The types of fields that a mapping can fill, each in words."""

MAX_ENTRIES = 200
MAX_KEY = 200
MAX_PARTS = 32
MAX_CHOICES = 500
MAX_CHOICE = 200
LONGEST = 1_000_000
"""Characters: what is mapped is never longer."""


class EntryProblem(NamedTuple):
    """What is wrong with one entry, at one of its keys."""

    entry: int
    key: str
    sentence: str


def problems(entries: Any) -> list[EntryProblem]:
    """What is wrong with a list of entries, whatever was stored as one. Entry -1 is the list as a whole."""
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        return [EntryProblem(-1, "", "This is not a list of fields.")]
    if len(entries) > MAX_ENTRIES:
        return [EntryProblem(-1, "", f"At most {MAX_ENTRIES} of them.")]
    found: list[EntryProblem] = []
    before: set[object] = set()
    for number, entry in enumerate(entries):
        found += [EntryProblem(number, key, sentence) for key, sentence in _of_entry(entry) if sentence]
        if (name := entry.get("key")) in before:
            found.append(EntryProblem(number, "key", "Another row has this name already."))
        before.add(name if isinstance(name, str) else None)
    return found


def _of_entry(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "key", _key_problem(entry.get("key"))
    yield "label", _text_problem(entry.get("label") or "")
    yield "type", "" if entry.get("type", "string") in TYPES else "Choose one of those offered."
    yield (
        "required",
        "" if isinstance(entry.get("required", False), bool) else "This is neither true nor false.",
    )
    yield "max_length", _longest_problem(entry.get("max_length"))
    yield "choices", _choices_problem(entry.get("choices") or [], entry.get("type"))


def _key_problem(key: object) -> str:
    if not isinstance(key, str) or not key.strip():
        return "Give it the name that the receiver knows it by."
    parts = key.split(".")
    if "" in parts or len(parts) > MAX_PARTS:
        return "Write a name, or names with a dot between them, such as company.name."
    return _text_problem(key)


def _text_problem(text: object) -> str:
    if not isinstance(text, str):
        return "This is not a text."
    if len(text) > MAX_KEY:
        return f"At most {MAX_KEY} characters."
    return "" if text.isprintable() else "Line breaks and control characters have no place here."


def _longest_problem(longest: object) -> str:
    if longest is None or longest == "":
        return ""
    fits = isinstance(longest, int) and not isinstance(longest, bool) and 1 <= longest <= LONGEST
    return "" if fits else f"Write a whole number from 1 to {LONGEST:,}."


def _choices_problem(choices: object, type: object) -> str:
    if not isinstance(choices, list) or not all(isinstance(choice, str) and choice for choice in choices):
        return "This is not a list of choices."
    if type == "choice" and not choices:
        return "Say what may be chosen, with commas between."
    if len(choices) > MAX_CHOICES:
        return f"At most {MAX_CHOICES} choices."
    return next((problem for choice in choices if (problem := _choice_problem(choice))), "")


def _choice_problem(choice: str) -> str:
    return f"At most {MAX_CHOICE} characters for each choice." if len(choice) > MAX_CHOICE else ""


# --- From an example


class NoExample(Exception):
    """What was pasted shows no fields. `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def with_example(entries: Sequence[Entry], text: str) -> list[Entry]:
    """The entries, and one for each further field of an example of the body. Raises NoExample."""
    known = {entry.get("key") for entry in entries}
    return [*entries, *(entry for entry in from_example(text) if entry["key"] not in known)]


def from_example(text: str) -> list[Entry]:
    """Fields for the values of a JSON object, nested ones by their path; of a list of objects, those of its first.

    Names that no path can say (empty, or with dots in them) are passed over. Raises NoExample.
    """
    if not text.strip():
        raise NoExample("Paste an example first: a JSON object.")
    try:
        example = json.loads(text)
    except json.JSONDecodeError as error:
        raise NoExample(f"This is not JSON: see line {error.lineno}, column {error.colno}.") from None
    except (ValueError, RecursionError):
        raise NoExample("This is not JSON that can be read.") from None
    if not isinstance(example, dict):
        raise NoExample("Paste an object: names and values in braces.")
    entries = [{"key": path, "type": _type_of(value)} for path, value in _leaves(example, ())]
    entries = [entry for entry in entries if not _key_problem(entry["key"])]
    if not entries:
        raise NoExample("There is no field in it.")
    if len(entries) > MAX_ENTRIES:
        raise NoExample(f"It has {len(entries):,} fields, and at most {MAX_ENTRIES} can be declared.")
    return entries


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value and len(path) < MAX_PARTS:
        for name, inner in value.items():
            if "." not in name:
                yield from _leaves(inner, (*path, name))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield from _leaves(value[0], (*path, "0"))
    elif path:
        yield ".".join(path), value


_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE = re.compile(r"\+\d[\d ().-]{6,18}\d|\(\d{3}\) ?\d{3}[ -]?\d{4}|\d{3}[-.]\d{3}[-.]\d{4}")


def _type_of(value: object) -> str:
    if isinstance(value, str):
        return _type_of_text(value)
    # A boolean is an integer to Python: it comes first.
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"), (list, "list"), (dict, "object"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "string")


def _type_of_text(text: str) -> str:
    if "\n" in text:
        return "text"
    if _EMAIL.fullmatch(text):
        return "email"
    if _PHONE.fullmatch(text):
        return "phone"
    if re.fullmatch(r"https?://\S+", text):
        return "url"
    if _reads(date.fromisoformat, text) and "-" in text:
        return "date"
    return "datetime" if "T" in text and _reads(datetime.fromisoformat, text) else "string"


def _reads(parse: Any, text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True
