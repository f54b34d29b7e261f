"""Declared fields of a receiver, as a table to fill in: by hand, or from an example of the body."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from destinations import target_fields
from destinations.target_fields import MAX_ENTRIES, TYPES, Entry, NoExample
from leadconduit.leads.values import clean

COLUMNS = ("key", "label", "type", "max_length", "choices")
"""Each posted once for every row; `required` is posted with the numbers of the rows that are."""


class TargetFields(forms.Field):
    """A list of entries; rows without anything filled in are left out."""

    def clean(self, value: Any) -> list[Entry]:
        return list(value or ())


class TargetFieldsInput(forms.Widget):
    """`more`: blank rows. `asked`: what was posted when an example was to be filled in."""

    template_name = "destinations/forms/target_fields.html"
    use_fieldset = True
    wide = True

    def __init__(self, *, more: int = 0, asked: QueryDict | None = None) -> None:
        super().__init__()
        self.more = more
        self.asked = asked

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Entry]:
        if not isinstance(data, MultiValueDict):
            return []
        entries = _posted(data, name)
        if not _fills(data, name):
            return entries
        try:
            return target_fields.with_example(entries, data.get(f"{name}-example", ""))[:MAX_ENTRIES]
        except NoExample:
            return entries

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        entries = value if isinstance(value, list) else []
        example, refused = self._example(name)
        written = context["widget"]["attrs"]
        context["widget"] |= {
            "rows": _rows(entries, written["id"], more=self.more, invalid="aria-invalid" in written),
            "types": TYPES,
            "may_add": len(entries) + self.more < MAX_ENTRIES,
            "example": example,
            "refused": refused,
        }
        return context

    def id_for_label(self, id_: str) -> str:
        return ""

    def _example(self, name: str) -> tuple[str, str]:
        """The example that could not be used, and why."""
        if self.asked is None or not _fills(self.asked, name):
            return "", ""
        example = str(clean(self.asked.get(f"{name}-example", ""))[0])
        try:
            target_fields.from_example(example)
        except NoExample as refused:
            return example, refused.sentence
        return "", ""


def _fills(data: Mapping[str, Any], name: str) -> bool:
    return bool(data.get("fill") == name)


def _posted(data: MultiValueDict[str, str], name: str) -> list[Entry]:
    columns = [data.getlist(f"{name}-{column}") for column in COLUMNS]
    required, dropped = set(data.getlist(f"{name}-required")), data.get("drop")
    entries = []
    for number, cells in enumerate(zip(*columns, strict=False)):
        entry = _entry(*(str(clean(cell)[0]).strip() for cell in cells), required=str(number) in required)
        if set(entry) > {"type"} and f"{name}-{number}" != dropped:
            entries.append(entry)
    return entries[:MAX_ENTRIES]


def _entry(key: str, label: str, type: str, max_length: str, choices: str, *, required: bool) -> Entry:
    """What was filled in, without what was left as it is in a blank row."""
    is_number = max_length.isascii() and max_length.isdecimal() and len(max_length) < 10
    longest = int(max_length) if is_number else max_length
    given = {"key": key, "label": label, "max_length": longest, "choices": read_choices(choices)}
    entry = {name: value for name, value in given.items() if value not in ("", [])}
    if required:
        entry["required"] = True
    return entry | {"type": type}


_CHOICE = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)')


def read_choices(written: str) -> list[str]:
    """Split at commas; quotes keep together what has one, and are doubled within."""
    parts = [quoted.replace('""', '"') or bare for quoted, bare in _CHOICE.findall(written)]
    return [part.strip() for part in parts if part.strip()]


def write_choices(choices: Iterable[str]) -> str:
    return ", ".join(_quoted(choice) if set(choice) & set(',"') else choice for choice in choices)


def _quoted(choice: str) -> str:
    return '"{}"'.format(choice.replace('"', '""'))


def _rows(entries: list[Entry], id: str, *, more: int, invalid: bool) -> list[dict[str, Any]]:
    """For the template: each entry's texts, and what is wrong with it by column where that is to be shown."""
    problems = target_fields.problems(entries) if invalid else []
    rows = [
        {
            **entry,
            "choices": write_choices(entry.get("choices") or ()),
            "saved": True,
            "problems": {problem.key: problem.sentence for problem in problems if problem.entry == number},
        }
        for number, entry in enumerate(entries)
    ]
    blank = {"type": "string", "choices": "", "problems": {}}
    return [row | {"id": f"{id}_{number}"} for number, row in enumerate([*rows, *[blank] * more])]
