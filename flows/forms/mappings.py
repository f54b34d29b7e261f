"""Mappings of a source or a recipient as a form: rows of a property, a value and a condition, and, for a recipient,
a field for each property that its module takes once.

Each mapping posts its number as `m`, and the rest under a prefix of its own, `m-0`, `m-1` and so on. The numbers are the
order in which mappings apply, wherever on the page each of them stands.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from django.http import QueryDict

from flows.recipients import sealing
from flows.recipients.modules import ANSWER, Module, Property
from flows.recipients.properties import OUTCOMES
from leadconduit.leads.names import Names
from leadconduit.leads.values import as_text, clean
from leadconduit.rule_form import RuleBuilder

ANY = "*"
MOST = 500
_FLAGS = (("true", "Yes"), ("false", "No"))


@dataclass(slots=True)
class Entry:
    """One mapping on the page. `family` is what its property begins with, as `header.*`; `*` for whatever it may be.

    `was` has what the text box cannot show as it is; `is_kept` says that a credential is kept, which no page shows.
    """

    number: int
    family: str
    name: str
    value: str
    was: dict[str, Any]
    rules: RuleBuilder
    is_kept: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        return f"m-{self.number}"

    @property
    def sets(self) -> str:
        if self.family == ANY:
            return self.name
        return self.family if self.is_field else f"{self.family[:-1]}{self.name}"

    @property
    def is_field(self) -> bool:
        """A property that its module takes once has a field, any other a row."""
        return not self.family.endswith(ANY)

    @property
    def is_secret(self) -> bool:
        return self.is_kept or sealing.is_secret(self.sets) or sealing.is_credential(self.sets, self.value)

    @property
    def may_stay(self) -> bool:
        """Whether a credential is kept when its box is left empty; not where it has to be entered again."""
        return self.is_kept and "value" not in self.errors

    @property
    def is_nameless(self) -> bool:
        """A row that does not say what it sets."""
        return not self.is_field and not self.name

    @property
    def is_blank(self) -> bool:
        """Nobody has filled it in."""
        has_name = not self.is_field and self.name
        return not (self.value or self.is_kept or self.rules.rule_set or self.was.get("id") or has_name)

    @property
    def kept(self) -> str:
        """`was`, as the page posts it back."""
        return orjson.dumps(self.was).decode()

    @property
    def doubts(self) -> list[str]:
        return self.rules.names.doubts({"rhv": self.value})

    def to_json(self) -> dict[str, Any]:
        id = {"id": self.was["id"]} if "id" in self.was else {}
        rules = {"rule_set": self.rules.rule_set} if self.rules.rule_set else {}
        return {**id, "property": self.sets, "value": self._written(), **rules}

    def _written(self) -> object:
        if self.is_kept and not self.value:
            return sealing.SHOWN
        if "value" in self.was and in_box(self.was["value"]) == self.value:
            return self.was["value"]
        return self.value.split("\n") if isinstance(self.was.get("value"), list) else self.value


def in_box(value: object) -> str:
    """A mapping's value as the text box has it: several a line each."""
    return "\n".join(map(as_text, value)) if isinstance(value, list) else as_text(value)


@dataclass(frozen=True, slots=True)
class Single:
    """A property that the module takes once, with its entry. `choices` where there are not many values."""

    property: Property
    entry: Entry
    choices: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Family:
    """Properties that begin alike, with the entries there are."""

    property: Property
    entries: list[Entry]


class Mappings:
    """All mappings of a form. `pressed`: a button of one of them was, so what was typed is shown again."""

    def __init__(
        self,
        entries: Sequence[Entry],
        *,
        names: Names,
        module: Module | None,
        pressed: str = "",
    ) -> None:
        self.names = names
        self.module = module
        self.pressed = pressed
        self.focus = ""
        self.entries = list(entries)
        if module:
            self._complete(module)

    @classmethod
    def of(
        cls, mappings: Iterable[Mapping[str, Any]], *, names: Names, module: Module | None = None
    ) -> "Mappings":
        """Those of a flow's document."""
        entries = []
        known = _Places(module)
        for number, mapping in enumerate(mappings):
            family, name = known.of(mapping)
            is_kept = "value" not in mapping
            was = {"id": mapping["id"]} | ({} if is_kept else {"value": mapping["value"]})
            rules = _rules(number, mapping.get("rule_set"), names)
            value = "" if is_kept else in_box(mapping["value"])
            entries.append(Entry(number, family, name, value, was, rules, is_kept))
        return cls(entries, names=names, module=module)

    @classmethod
    def posted(
        cls, data: QueryDict, *, names: Names, kept: Iterable[Mapping[str, Any]], module: Module | None = None
    ) -> "Mappings":
        """`kept`: the mappings of the document, for those whose credentials stay."""
        sealed = {mapping["id"] for mapping in kept if "value" not in mapping}
        verb, _, about = data.get("m-press", "").partition(" ")
        posted = {int(number) for number in data.getlist("m") if number.isdecimal() and len(number) < 6}
        entries = [_read(data, number, names, sealed) for number in sorted(posted)[: MOST + 1]]
        pressed = verb or next((entry.rules.pressed for entry in entries if entry.rules.pressed), "")
        if verb == "module" and module:
            _place_again(entries, module)
        mappings = cls(_for_module(entries, module), names=names, module=module, pressed=pressed)
        mappings._press(verb, about)
        return mappings

    def _press(self, verb: str, about: str) -> None:
        """`add` to a family; `drop` a number, or move it `up` or `down` among those of its family."""
        if verb == "add":
            self.focus = f"{self._add(about).prefix}-name"
            return
        entry = next((one for one in self.entries if str(one.number) == about), None)
        if entry is None:
            return
        family = [one for one in self.entries if one.family == entry.family]
        place = family.index(entry)
        match verb:
            case "drop":
                self.entries.remove(entry)
            case "up" | "down" if 0 <= (to := place + (1 if verb == "down" else -1)) < len(family):
                self._exchange(entry, family[to])
                # At the end of its way a button cannot be pressed any more: the other one takes the cursor.
                possible = "down" if to == 0 else "up" if to == len(family) - 1 else verb
                self.focus = f"m-{family[to].number}-{possible}"

    def _exchange(self, one: Entry, other: Entry) -> None:
        """Each applies where the other did."""
        moved = {one.number: _at(other, one.number), other.number: _at(one, other.number)}
        self.entries = [moved.get(entry.number, entry) for entry in self.entries]

    def _add(self, family: str) -> Entry:
        number = max((entry.number for entry in self.entries), default=-1) + 1
        entry = Entry(number, family, "", "", {}, _rules(number, None, self.names))
        self.entries.append(entry)
        return entry

    def _complete(self, module: Module) -> None:
        """Every property that is taken once has its field."""
        have = {entry.family for entry in self.entries}
        for one in module.properties:
            if not one.is_family and one.name not in have:
                self._add(one.name)

    # --- For the page

    def _singles(self, *, of_answer: bool) -> list[Single]:
        assert self.module is not None
        by_family = {entry.family: entry for entry in self.entries}
        return [
            Single(one, by_family[one.name], _choices(one, self.module, by_family[one.name].value))
            for one in self.module.properties
            if not one.is_family and (one in ANSWER) is of_answer
        ]

    def _families(self, *, of_answer: bool) -> list[Family]:
        assert self.module is not None
        return [
            Family(one, [entry for entry in self.entries if entry.family == one.name])
            for one in self.module.properties
            if one.is_family and (one in ANSWER) is of_answer
        ]

    @property
    def request(self) -> list[Single]:
        return self._singles(of_answer=False)

    @property
    def answer(self) -> list[Single]:
        return self._singles(of_answer=True)

    @property
    def shows_more(self) -> bool:
        """Whether something that the page folds away is set, or wrong."""
        return any(
            one.entry.value or one.entry.is_kept or one.entry.errors
            for one in self.request
            if not one.property.required
        )

    @property
    def request_families(self) -> list[Family]:
        # What is sent comes first, headers behind it, and what is seldom wanted last.
        usual = ("header.*", "extra_parameter.*")
        families = self._families(of_answer=False)
        return sorted(
            families, key=lambda one: one.property.name in usual and 1 + usual.index(one.property.name)
        )

    @property
    def answer_families(self) -> list[Family]:
        return self._families(of_answer=True)

    @property
    def others(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.family == ANY]

    # --- For saving

    def is_valid(self) -> bool:
        nameless = [entry for entry in self.filled() if entry.is_nameless]
        for entry in nameless:
            entry.errors["name"] = f"Give the {self._called(entry)} a name."
        return not nameless and not [entry for entry in self.entries if not entry.rules.is_valid()]

    def _called(self, entry: Entry) -> str:
        """What a row sets, in a word."""
        if self.module is None:
            return "field"
        known = (one.label.lower() for one in self.module.properties if one.name == entry.family)
        return next(known, "property")

    def filled(self) -> list[Entry]:
        """Those that are saved, in the order of their numbers; fields that were blank stand before all rows."""
        emptied = {entry.family for entry in self.entries if self.module and _is_emptied(entry)}
        if "basic_username" in emptied:
            emptied.add("basic_password")  # nothing else says that a password is to go
        filled = [entry for entry in self.entries if not entry.is_blank and entry.family not in emptied]
        return sorted(filled, key=lambda entry: (not entry.is_field or "id" in entry.was, entry.number))

    def put(self, errors: Mapping[str, str], at: str) -> dict[str, str]:
        """Take what a flow says of the mappings at this path. Answers the others."""
        filled, others = self.filled(), {}
        for path, sentence in errors.items():
            place, _, part = path.removeprefix(f"{at}.").partition(".")
            if path == at and self.module:
                # A mapping that must be there and is not.
                needed = [one.name for one in self.module.properties if one.required]
                next(entry for entry in self.entries if entry.family in needed).errors["value"] = sentence
                continue
            if (
                path == at
                or not path.startswith(f"{at}.")
                or not place.isdecimal()
                or int(place) >= len(filled)
            ):
                others[path] = sentence
                continue
            entry = filled[int(place)]
            if part.startswith("rule_set"):
                entry.rules.put({part: sentence}, "rule_set")
            else:
                is_name = part == "property" and not entry.is_field
                # What the form said itself is in its own words.
                entry.errors.setdefault("name" if is_name else "value", sentence)
        return others

    def mistakes(self) -> list[tuple[str, str]]:
        found = [
            (words if entry.is_nameless else f"{entry.sets}: {words}", f"{entry.prefix}-{part}")
            for entry in self.entries
            for part, words in entry.errors.items()
        ]
        of_rules = [
            (f"{entry.sets}, {words}", id) for entry in self.entries for words, id in entry.rules.mistakes()
        ]
        return found + of_rules


def _is_emptied(entry: Entry) -> bool:
    """A field of a recipient whose text was taken away."""
    return entry.is_field and not entry.value and not entry.is_kept and bool(entry.was.get("value"))


def _rules(number: int, rule_set: Mapping[str, Any] | None, names: Names) -> RuleBuilder:
    return RuleBuilder(rule_set, names=names, prefix=f"m-{number}-rules", required=False, add="Only when …")


def _at(entry: Entry, number: int) -> Entry:
    return replace(entry, number=number, rules=_rules(number, entry.rules.rule_set, entry.rules.names))


def _read(data: QueryDict, number: int, names: Names, sealed: Collection[str]) -> Entry:
    prefix = f"m-{number}"
    family, name, value = (
        str(clean(data.get(f"{prefix}-{part}", ""))[0]).replace("\r\n", "\n")
        for part in ("family", "name", "value")
    )
    try:
        was = orjson.loads(data.get(f"{prefix}-was") or b"{}")
    except orjson.JSONDecodeError:
        was = {}
    rules = RuleBuilder.posted(data, names=names, prefix=f"{prefix}-rules", required=False, add="Only when …")
    entry = Entry(number, family, name.strip(), value, was if isinstance(was, dict) else {}, rules)
    # Under another name there is no such credential, and the flow says so.
    entry.is_kept = sealing.may_be_credential(entry.sets) and entry.was.get("id") in sealed
    return entry


class _Places:
    """Where a mapping stands on the page of a module."""

    def __init__(self, module: Module | None, taken: Iterable[str] = ()) -> None:
        self._module = module
        self._taken = set(taken)

    def of(self, mapping: Mapping[str, Any]) -> tuple[str, str]:
        """Its family and name. A field shows one plain value, for every lead; whatever else there is has a row."""
        name = mapping["property"]
        known = self._module.find(name) if self._module else None
        if known is None:
            return ANY, name
        if known.is_family:
            return known.name, name[len(known.name) - 1 :]
        if name in self._taken or mapping.get("rule_set") or isinstance(mapping.get("value"), list):
            return ANY, name
        self._taken.add(name)
        return name, ""


def _place_again(entries: Sequence[Entry], module: Module) -> None:
    """After another module was chosen: what it knows goes from the rows of anything to where it stands with it."""
    known = _Places(module, [entry.family for entry in entries if entry.is_field])
    for entry in entries:
        if entry.family == ANY:
            mapping = {
                "property": entry.name,
                "rule_set": entry.rules.rule_set,
                "value": entry.was.get("value"),
            }
            entry.family, entry.name = known.of(mapping)


def _for_module(entries: Sequence[Entry], module: Module | None) -> list[Entry]:
    """What another module does not know stands in rows, where it can be moved over or taken away; blank fields go."""
    if module is None:
        return list(entries)
    known = {ANY, *(one.name for one in module.properties)}
    kept = []
    for entry in entries:
        if entry.family in known:
            kept.append(entry)
        elif not entry.is_blank:
            entry.family, entry.name = ANY, entry.sets
            kept.append(entry)
    return kept


def _choices(one: Property, module: Module, value: str) -> list[tuple[str, str]]:
    match one.kind:
        case "method":
            choices = [(method, method) for method in module.methods]
        case "outcome":
            choices = [(outcome, outcome.capitalize()) for outcome in OUTCOMES]
        case "flag":
            choices = list(_FLAGS)
        case _:
            return []
    known = {key for key, _ in choices}
    return [("", "Not set"), *choices, *([] if value in known or not value else [(value, value)])]
