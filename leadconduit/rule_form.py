"""The rule builder: a rule set, however deep, as a form posts and shows it.

A group of the page is a rule set. Under its prefix (`rules`, and `rules-0` of a group inside) it posts one word for each
of its parts, `rule` or `group`, in their order; the parts post their own values under `rules-0`, `rules-1` and so on.
A rule that must hold together with rules of its own has those under `rules-0-set`. What a button changes is said by its
value, `add-rule rules.1`: a verb, and the dotted path of a place in the rule set.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.http import QueryDict

from leadconduit.leads import rules
from leadconduit.leads.names import Names
from leadconduit.leads.rules import BINARY, MAX_DEPTH, MAX_RULES, UNARY, RuleVerdict, Verdict, operators_for
from leadconduit.leads.rules.operators import LISTED
from leadconduit.leads.template import TooLong
from leadconduit.leads.values import as_text, clean, is_blank

RuleSet = dict[str, Any]
Path = tuple[str, ...]

BLANK: Mapping[str, Any] = {"lhv": "", "op": "is equal to"}
NO_VALUE = "Say what to compare with. For a blank, use “is blank”."
_LONGEST = 80
_ANY = Names({}, are_all=False)


# --- Reading


def read_rule_set(data: QueryDict, prefix: str, *, _deeper: int = MAX_DEPTH + 1) -> RuleSet | None:
    """As the REST API has it, valid or not; what was not touched stays as it was. None where there is no rule."""
    kinds = data.getlist(prefix)[: MAX_RULES + 1] if _deeper else []
    if not kinds:
        return None
    parts = [
        read_rule_set(data, f"{prefix}-{number}", _deeper=_deeper - 1)
        if kind == "group"
        else _read_rule(data, f"{prefix}-{number}", _deeper)
        for number, kind in enumerate(kinds)
    ]
    id = {"id": data[f"{prefix}-id"]} if data.get(f"{prefix}-id") else {}
    op = "or" if data.get(f"{prefix}-op") == "or" else "and"
    return {**id, "op": op, "rules": [part for part in parts if part]}


def _read_rule(data: QueryDict, prefix: str, deeper: int) -> dict[str, Any]:
    lhv, op, text = (_text(data.get(f"{prefix}-{name}", "")) for name in ("lhv", "op", "rhv"))
    was = _was(data.get(f"{prefix}-was", ""))
    rule = {**({"id": was["id"]} if was.get("id") else {}), "lhv": lhv, "op": op}
    if op in BINARY:
        if "rhv" in was and in_box(was["rhv"]) == text:
            rule["rhv"] = was["rhv"]
        elif text:
            lines = [line.strip() for line in text.split("\n") if line.strip()]
            rule["rhv"] = lines if op in LISTED and len(lines) > 1 else text
    if own := read_rule_set(data, f"{prefix}-set", _deeper=deeper - 1):
        rule["rule_set"] = own
    return rule


def _text(value: str) -> str:
    return str(clean(value)[0]).replace("\r\n", "\n").strip()


def _was(text: str) -> dict[str, Any]:
    """What the page cannot show as it is: a rule's id, and a list or a number where the text box has words."""
    try:
        was = orjson.loads(text or b"{}")
    except orjson.JSONDecodeError:
        return {}
    return was if isinstance(was, dict) else {}


def in_box(value: object) -> str:
    """A rule's right-hand value as the text box has it: several values a line each."""
    text = "\n".join(map(as_text, value)) if isinstance(value, list) else as_text(value)
    return _text(text)


def problems(rule_set: object) -> list[tuple[str, str]]:
    """As `leads.rules.problems`, in words for whoever left a value out."""
    without = {f"{path}.rhv" for path, rule in rules.walk_rules(rule_set) if "rhv" not in rule}
    return [(path, NO_VALUE if path in without else sentence) for path, sentence in rules.problems(rule_set)]


def posted_rule_set(rule_set: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    """The names and values by which `read_rule_set` reads it again, for a page on which it is folded away."""
    return _posted(RuleBuilder(rule_set, names=_ANY, prefix=prefix, required=False).root)


def _posted(group: "Group") -> Iterator[tuple[str, str]]:
    yield f"{group.prefix}-id", group.id
    yield f"{group.prefix}-op", group.op
    for part in group.parts:
        yield group.prefix, "group" if part.is_group else "rule"
        if isinstance(part, Group):
            yield from _posted(part)
            continue
        for name, text in (("lhv", part.lhv), ("op", part.op), ("rhv", part.rhv), ("was", part.was)):
            yield f"{part.prefix}-{name}", text
        if part.own:
            yield from _posted(part.own)


# --- Changing


@dataclass(frozen=True, slots=True)
class Pressed:
    """The rule set after a button was pressed, and the path of the part that takes the cursor."""

    rule_set: RuleSet | None
    focus: str | None = None


def press(rule_set: RuleSet | None, verb: str, path: str) -> Pressed:
    """`add-rule` or `add-group` to the group at the path, or `drop` what is there; anything else changes nothing."""
    at = tuple(path.split(".")) if path else ()
    if rule_set is None and verb.startswith("add-"):
        rule_set = {"op": "and", "rules": []}
    place = _at(rule_set, at)
    match verb:
        case "add-rule" | "add-group" if isinstance(place, dict) and "rules" in place:
            number = len(place["rules"])
            if verb == "add-group":
                place["rules"].append({"op": "or" if place["op"] == "and" else "and", "rules": [{**BLANK}]})
            else:
                place["rules"].append({**BLANK})
            inside = ("rules", "0") if verb == "add-group" else ()
            return Pressed(rule_set, ".".join((*at, "rules", str(number), *inside)))
        case "drop" if place is not None and at and (at[-1] == "rule_set" or at[-1].isdecimal()):
            return Pressed(*_without(rule_set, at))
    return Pressed(rule_set)


def _at(value: Any, path: Path) -> Any:
    for part in path:
        if isinstance(value, list):
            value = (
                value[int(part)] if part.isdecimal() and len(part) < 5 and int(part) < len(value) else None
            )
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


def _without(rule_set: RuleSet | None, path: Path) -> tuple[RuleSet | None, str]:
    """A group goes with its last part."""
    holder = _at(rule_set, path[:-1])
    if not isinstance(holder, list):
        holder.pop(path[-1])
        return rule_set, ".".join(path[:-1])
    del holder[int(path[-1])]
    group = path[:-2]
    if holder:
        return rule_set, ".".join(group)
    return _without(rule_set, group) if group else (None, "")


# --- Showing


@dataclass(slots=True)
class Row:
    """A rule on the page."""

    prefix: str
    path: str
    label: str
    lhv: str
    op: str
    operators: tuple[str, ...]
    rhv: str
    was: str
    focused: bool
    errors: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    found: "Found | None" = None
    own: "Group | None" = None
    is_group = False


@dataclass(slots=True)
class Group:
    """A rule set on the page."""

    prefix: str
    path: str
    label: str
    op: str
    id: str
    focused: bool
    parts: list["Row | Group"] = field(default_factory=list)
    error: str = ""
    matched: bool | None = None
    may_nest: bool = True
    is_group = True


@dataclass(frozen=True, slots=True)
class Found:
    """What one rule came to for the lead that it was tried on."""

    matched: bool
    words: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A lead to try rules on: what they may name, and in words which one it is."""

    variables: Mapping[str, object]
    words: str


class SampleError(Exception):
    """There is no lead to try rules on. `sentence` is for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class RuleBuilder:
    """A rule set, what is wrong with it, and what it came to for the lead that it was tried on.

    `required`: there is always a rule. `pressed` is the verb of the button that was pressed, if one of its own was:
    then what was typed is shown again, and nothing is saved. A page whose form has buttons of another `button` name
    reads them itself, with `of` before the path.
    """

    def __init__(
        self,
        rule_set: Mapping[str, Any] | None,
        *,
        names: Names,
        prefix: str = "rules",
        required: bool = True,
        button: str = "",
        of: str = "",
        add: str = "Add a rule",
    ) -> None:
        self.names = names
        self.prefix = prefix
        self.required = required
        self.button, self.of = button or f"{prefix}-press", of
        self.add = add
        self.swaps = "" if button else prefix
        self.rule_set: RuleSet | None = dict(rule_set) if rule_set else None
        if self.rule_set is None and required:
            self.rule_set = {"op": "and", "rules": [{**BLANK}]}
        self.problems: dict[str, str] = {}
        self.pressed = ""
        self.focus: str | None = None
        self.sample = ""
        self.sample_error = ""
        self.tried: Sample | None = None
        self.verdict: Verdict | None = None

    alone = UNARY
    """Operators that compare with nothing."""

    @classmethod
    def posted(cls, data: QueryDict, *, prefix: str = "rules", **options: Any) -> "RuleBuilder":
        verb, _, path = data.get(f"{prefix}-press", "").partition(" ")
        pressed = press(read_rule_set(data, prefix), verb, path)
        builder = cls(pressed.rule_set, prefix=prefix, **options)
        builder.pressed, builder.focus = verb, pressed.focus
        builder.sample = str(clean(data.get(f"{prefix}-sample", ""))[0])
        return builder

    def is_valid(self) -> bool:
        self.problems = dict(problems(self.rule_set)) if self.rule_set else {}
        return not self.problems

    def forgive_blanks(self) -> None:
        """Rules that nobody has finished writing are not wrong yet."""
        self.problems = {path: words for path, words in self.problems.items() if not self._is_blank(path)}

    def _is_blank(self, path: str) -> bool:
        *above, name = path.split(".")
        rule = _at(self.rule_set, tuple(above))
        return isinstance(rule, dict) and rule.get(name) in (None, "", BLANK.get(name))

    def put(self, errors: Mapping[str, str], at: str) -> dict[str, str]:
        """Take those that are said of the rule set at this path of a flow. Answers the others."""
        own = {path: words for path, words in errors.items() if path == at or path.startswith(f"{at}.")}
        # What the builder said itself is in its own words.
        self.problems = {
            path.removeprefix(at).removeprefix("."): words for path, words in own.items()
        } | self.problems
        return {path: words for path, words in errors.items() if path not in own}

    def focus_on(self, place: str) -> None:
        """For a page that says by one word what takes the cursor: `<prefix> <path>` is one of this builder's places."""
        prefix, _, path = place.partition(" ")
        self.focus = path if prefix == self.prefix else None

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """For the head of the form: what is wrong where, and the id of the input that it is about."""
        return _mistakes(self.root)

    def try_on(self, sample: Callable[[str], Sample]) -> None:
        """What every rule comes to for the lead that `sample` finds by what was typed, or raises SampleError about."""
        if self.rule_set is None or not self.is_valid():
            self.sample_error = "Put right what is said at the rules first."
            return
        try:
            self.tried = sample(self.sample)
            self.verdict = rules.compile_rules(self.rule_set).match(self.tried.variables)
        except SampleError as error:
            self.sample_error = error.sentence
        except TooLong as error:
            self.sample_error = error.sentence

    @property
    def root(self) -> Group:
        group = self.rule_set or {"op": "and", "rules": []}
        return self._group(group, self.prefix, (), "", self.verdict, MAX_DEPTH)

    def _group(
        self,
        rule_set: Mapping[str, Any],
        prefix: str,
        path: Path,
        label: str,
        verdict: Verdict | None,
        deeper: int,
    ) -> Group:
        at = ".".join(path)
        errors = [self.problems[place] for place in (at, f"{at}.rules".strip(".")) if place in self.problems]
        group = Group(prefix, at, label, rule_set["op"], rule_set.get("id") or "", self.focus == at)
        group.error = " ".join(errors)
        group.matched = verdict.matched if verdict else None
        group.may_nest = deeper > 1
        for number, part in enumerate(rule_set["rules"]):
            inner = verdict.explanation[number] if verdict else None
            place = (f"{prefix}-{number}", (*path, "rules", str(number)), f"{label}.{number + 1}".strip("."))
            if "rules" in part:
                assert not isinstance(inner, RuleVerdict)
                group.parts.append(self._group(part, *place, inner, deeper - 1))
            else:
                group.parts.append(self._row(part, *place, inner, deeper))
        return group

    def _row(
        self,
        rule: Mapping[str, Any],
        prefix: str,
        path: Path,
        label: str,
        verdict: RuleVerdict | Verdict | None,
        deeper: int,
    ) -> Row:
        at, own = ".".join(path), rule.get("rule_set")
        # A rule with rules of its own was judged as both together.
        both = verdict.explanation if isinstance(verdict, Verdict) else (verdict, None)
        offered = operators_for(self.names.type_of(rule["lhv"]))
        row = Row(
            prefix,
            at,
            label,
            rule["lhv"],
            rule["op"],
            offered if rule["op"] in offered else (*offered, rule["op"]),
            in_box(rule.get("rhv", "")),
            orjson.dumps({name: rule[name] for name in ("id", "rhv") if name in rule}).decode(),
            self.focus == at,
        )
        row.errors = {
            part: self.problems[place]
            for part in ("lhv", "op", "rhv")
            if (place := f"{at}.{part}") in self.problems
        }
        row.doubts = self.names.doubts(rule) if rule["lhv"] and "lhv" not in row.errors else []
        if isinstance(both[0], RuleVerdict):
            row.found = Found(both[0].matched, _found_in_words(both[0]))
        if own:
            inner = both[1] if isinstance(both[1], Verdict) else None
            row.own = self._group(own, f"{prefix}-set", (*path, "rule_set"), label, inner, deeper - 1)
        return row


def _mistakes(group: Group) -> Iterator[tuple[str, str]]:
    if group.error:
        yield (
            f"{f'Group {group.label}' if group.label else 'Rules'}: {group.error}",
            f"{group.prefix}-add-rule",
        )
    for part in group.parts:
        if isinstance(part, Group):
            yield from _mistakes(part)
            continue
        yield from (
            (f"Rule {part.label}: {words}", f"{part.prefix}-{name}") for name, words in part.errors.items()
        )
        if part.own:
            yield from _mistakes(part.own)


def _found_in_words(verdict: RuleVerdict) -> str:
    if verdict.unjudged:
        return verdict.unjudged
    words = "It is blank." if is_blank(verdict.left) else f"It is {_quoted(verdict.left)}."
    return " ".join((words, *dict.fromkeys(verdict.notes)))


def _quoted(value: object) -> str:
    text = as_text(value)
    return f"“{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}”"
