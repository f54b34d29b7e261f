"""What a flow keeps of the credentials in its recipients' mappings, and what of them it carries over when it is written
again: `********` stands for the one that was there, as long as it is sent nowhere else than it was.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flows.recipients.addresses import (
    credentials_in,
    origin_of,
    origins_of,
    with_credentials,
    without_credentials,
)
from flows.recipients.sealing import SHOWN, is_credential, is_secret, may_be_credential, seal, unseal
from leadconduit.leads.values import as_text
from leadconduit.lib.encryption import DecryptionError

MAX_CREDENTIALS = 30
"""Credentials of one step: whatever is shown or kept of its calls is searched for each."""

Document = dict[str, Any]
Given = Mapping[str, Any]
"""A mapping as it is written: anything may be wrong with it."""


class NotKept(Exception):
    """There is no such credential, or it may not be carried over. `sentence` says so to the customer."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def as_kept(name: str, value: object, *, account_id: str) -> Document:
    """What a document has of a mapping's value: credentials sealed."""
    if name == "url" and isinstance(value, str) and (found := credentials_in(value)):
        sealed = seal([parameter.value for parameter in found], account_id=account_id)
        return {"value": without_credentials(value), "sealed": sealed}
    if not is_credential(name, value):
        return {"value": value}
    return {"sealed": seal(as_text(value) if is_secret(name) else value, account_id=account_id)}


@dataclass(frozen=True, slots=True)
class _Stored:
    mapping: Document
    step_id: str
    origins: frozenset[str]


class Credentials:
    """Those of a flow's recipient steps, as they were before it is written."""

    def __init__(self, steps: Iterable[Document], *, account_id: str) -> None:
        self.account_id = account_id
        self._stored = [
            _Stored(mapping, step["id"], origins_of(step["integration"]["mappings"]))
            for step in steps
            for mapping in step["integration"]["mappings"]
            if "sealed" in mapping
        ]

    def of_step(self, step_id: object, mappings: Iterable[Given]) -> "OfStep":
        """For a step as it is written, by the id that it is given."""
        return OfStep(self, step_id, origins_of(mappings))

    def find(self, mapping: Given, step_id: object) -> _Stored | None:
        """By the mapping's id or, where that is not given back, as the step's only one of this property."""
        same = [one for one in self._stored if one.mapping["property"] == mapping.get("property")]
        by_id = [one for one in same if one.mapping["id"] == mapping.get("id")]
        of_step = [one for one in same if one.step_id == step_id]
        return by_id[0] if by_id else of_step[0] if len(of_step) == 1 else None


@dataclass(frozen=True, slots=True)
class OfStep:
    """What a step that is written may carry over. `origins` are where it would send it."""

    credentials: Credentials
    step_id: object
    origins: frozenset[str]

    def have(self, mapping: Given) -> bool:
        """Whether `sealed` is the flow's own: nobody else knows it."""
        found = self._find(mapping)
        return found is not None and found.mapping["sealed"] == mapping.get("sealed")

    def carried(self, mapping: Given) -> Document | None:
        """What is kept of a mapping that is given back as it was read; None of another. Raises NotKept."""
        name, found = mapping.get("property"), self._find(mapping)
        if name == "url":
            if found is None or mapping.get("value") != found.mapping["value"]:
                return None
            return {"value": found.mapping["value"], "sealed": found.mapping["sealed"]}
        if mapping.get("sealed") is None and mapping.get("value") != SHOWN:
            return None
        if not isinstance(name, str) or not may_be_credential(name):
            return None
        found = self._checked(
            found, f"`{name}`", is_elsewhere=found is not None and not self.origins <= found.origins
        )
        return {"sealed": found.mapping["sealed"]}

    def filled_in(self, mapping: Given) -> object:
        """The value, in a URL with each credential that stands for one that is kept. Raises NotKept."""
        value = self._filled_in(mapping)
        if any(SHOWN in as_text(item) for item in (value if isinstance(value, list) else [value])):
            raise NotKept(
                f"`{SHOWN}` stands for a credential that is kept, and here none is: write what is meant."
            )
        return value

    def _filled_in(self, mapping: Given) -> object:
        value = mapping.get("value")
        if mapping.get("property") != "url" or not isinstance(value, str):
            return value
        given = credentials_in(value)
        if all(parameter.value != SHOWN for parameter in given):
            return value
        found = self._find(mapping)
        # What stands in a URL goes nowhere else, wherever other URLs of the step lead.
        is_elsewhere = found is not None and origin_of(value) != origin_of(found.mapping["value"])
        kept: dict[str, list[str]] = defaultdict(list)
        for parameter, text in zip(
            credentials_in(found.mapping["value"]) if found else (), self._opened(found), strict=True
        ):
            kept[parameter.name].append(text)
        texts: list[str] = []
        for parameter in given:
            # Of several of one name each stands for the one in its place.
            same = kept[parameter.name].pop(0) if kept[parameter.name] else None
            if parameter.value == SHOWN:
                known = found if same is not None else None
                self._checked(known, f"`{parameter.name}` of the URL", is_elsewhere=is_elsewhere)
            texts.append(same if parameter.value == SHOWN and same is not None else parameter.value)
        return with_credentials(value, texts)

    def kept(self, mapping: Given, value: object) -> Document:
        """What the document has of a value; what was sealed before stays as it was sealed."""
        made = as_kept(str(mapping.get("property")), value, account_id=self.credentials.account_id)
        found = self._find(mapping)
        if found and "value" in made and "sealed" in made and self._opened(found) == self._texts(made):
            return made | {"sealed": found.mapping["sealed"]}
        return made

    def check_number(self, mappings: Iterable[Document]) -> None:
        """For the step's mappings as they are kept. Raises NotKept where there are more than are sought."""
        if sum(map(self._number, mappings)) > MAX_CREDENTIALS:
            raise NotKept(f"A step has at most {MAX_CREDENTIALS} credentials.")

    def _number(self, mapping: Document) -> int:
        if "sealed" not in mapping:
            return 0
        try:
            opened = unseal(mapping["sealed"], account_id=self.credentials.account_id)
        except DecryptionError:
            return 1
        return len(opened) if isinstance(opened, list) else 1

    def _find(self, mapping: Given) -> _Stored | None:
        return self.credentials.find(mapping, self.step_id)

    def _checked(self, found: _Stored | None, what: str, *, is_elsewhere: bool) -> _Stored:
        """Whoever may write a flow must not thereby send its credentials to a host of their own."""
        if found is None:
            raise NotKept(f"`{SHOWN}` stands for a credential that is kept, and here is none yet.")
        if is_elsewhere:
            raise NotKept(f"Enter {what} again, since the address changed: it is kept for the one before.")
        return found

    def _opened(self, found: _Stored | None) -> list[str]:
        """The credentials of a URL."""
        try:
            return self._texts(found.mapping) if found else []
        except DecryptionError:
            raise NotKept("The stored credentials cannot be read: enter them again.") from None

    def _texts(self, mapping: Document) -> list[str]:
        texts: list[str] = unseal(mapping["sealed"], account_id=self.credentials.account_id)
        return texts
