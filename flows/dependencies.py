"""What a flow names and nothing provides where it is named: fields it has not, answers of recipients not above.

Such a flow runs, and what it names is blank for every lead: `acme.outcome is not equal to success` then stops them
all. So these are warnings, which keep nobody from saving or deploying. Pure: a flow's document goes in.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from leadconduit.leads.names import BESIDE, Names, paths_in
from leadconduit.leads.rules import templates_in
from leadconduit.leads.standard_fields import type_of

Document = Mapping[str, Any]
Rows = Iterable[Mapping[str, Any]]

RECIPIENT: Mapping[str, str] = {"recipient.name": "string", "recipient.id": "string"}
"""What a recipient step's own mappings may name besides."""


class Doubt(NamedTuple):
    """A warning. `path` is that of the part of the document, such as `steps.1`; `id` that of the step or the action,
    or of the entity of a source; of a mapping of a destination `is_mapping` is true."""

    path: str
    id: str
    sentence: str
    is_mapping: bool = False


def names_of(
    document: Document,
    *,
    before: str = "",
    with_steps: bool = True,
    beside: Mapping[str, str] | None = None,
) -> Names:
    """What rules and templates of this flow may name; `before`: at this step, which sees what those above it append.

    `beside` are further variables, with their types.
    """
    types = document.get("types", {})
    fields = {id: types.get(id) or type_of(id) or "" for id in document["fields"]}
    keys: list[str] = []
    absent: dict[str, str] = {}
    is_above = with_steps
    for number, step in enumerate(document["steps"], start=1):
        is_own = step["id"] == before
        is_above = is_above and not is_own
        if step["type"] != "recipient":
            continue
        if is_above and step.get("enabled", True):
            keys.append(step["key"])
        else:
            absent[step["key"]] = _why_absent(number, is_above=is_above, is_own=is_own)
    return Names(fields, tuple(keys), beside={**BESIDE, **(beside or {})}, absent=absent)


def _why_absent(number: int, *, is_above: bool, is_own: bool) -> str:
    if is_own:
        return "only this step appends it, when it has been asked"
    if is_above:
        return f"step {number}, which appends it, is turned off"
    return f"step {number}, which appends it, comes later"


def doubts_of(
    document: Document,
    mapped: Mapping[str, Rows] | None = None,
    required: Mapping[str, Collection[str]] | None = None,
) -> list[Doubt]:
    """Each once, in the order of the document. What is turned off, and so does not run, names nothing.

    `mapped` are mapping rows of destinations, by the action. They may be used by other flows too, so that only
    answers of recipients, and what earlier actions return, are looked for in them, and fields of the lead only in rows
    of fields that the receiver requires: `required` names those, by the action.
    """
    found = [
        *_of_criteria(document),
        *_of_sources(document),
        *_of_steps(document),
        *_of_uses(document, mapped or {}, required or {}),
    ]
    return list(dict.fromkeys(found))


def _of_criteria(document: Document) -> Iterator[Doubt]:
    names = names_of(document, with_steps=False)
    for sentence in names.doubts_in(_answering(document.get("acceptance_criteria"))):
        yield Doubt("acceptance_criteria", "", sentence)


def _of_sources(document: Document) -> Iterator[Doubt]:
    names = names_of(document, with_steps=False)
    # What is submitted may have any name, whatever the flow's fields are.
    submitted = Names({}, beside=names.beside, absent=names.absent)
    for index, source in enumerate(document["sources"]):
        if not source.get("enabled", True):
            continue
        mapping = _setting(source["integration"].get("mappings", ()))
        for sentence in [
            *names.doubts_in(_answering(source.get("acceptance_criteria"))),
            *submitted.doubts_in(mapping, with_lead=False),
        ]:
            yield Doubt(f"sources.{index}", source["entity"]["id"], sentence)


def _of_steps(document: Document) -> Iterator[Doubt]:
    for index, step in enumerate(document["steps"]):
        if not step.get("enabled", True):
            continue
        names = names_of(document, before=step["id"])
        found = list(names.doubts_in(_answering(step)))
        if step["type"] == "recipient":
            names = names_of(document, before=step["id"], beside=RECIPIENT)
            found += names.doubts_in(_setting(step["integration"]["mappings"]))
        for sentence in found:
            yield Doubt(f"steps.{index}", step["id"], sentence)


def _of_uses(
    document: Document, mapped: Mapping[str, Rows], required: Mapping[str, Collection[str]]
) -> Iterator[Doubt]:
    names = names_of(document)
    # A destination's mapping sees besides what its own earlier actions returned.
    mapping = replace(names, keys=(*names.keys, "receipts"))
    for index, use in enumerate(document["destinations"]):
        for action in use["actions"]:
            if not action.get("enabled", True):
                continue
            path, id = f"destinations.{index}", action["action"]
            for sentence in names.doubts_in(templates_in(action.get("rule_set"))):
                yield Doubt(path, id, sentence)
            rows = list(mapped.get(id, ()))
            sent = list(_sent(rows))
            for sentence in (
                *mapping.doubts_in(sent, with_lead=False),
                *_of_receipts(sent, action, use),
                *_of_required(rows, required.get(id, ()), names),
            ):
                yield Doubt(path, id, sentence, is_mapping=True)


def _of_receipts(sent: Iterable[str], action: Document, use: Document) -> Iterator[str]:
    """What a mapping names of other actions' receipts, and this flow's order does not give it."""
    before = _before(action, use)
    for path in dict.fromkeys(path for text in sent for path in paths_in(text)):
        root, _, rest = path.partition(".")
        if root != "receipts" or any(f"{rest}.".startswith(f"{one['action_id']}.") for one in before):
            continue
        if action.get("independent"):
            yield f"`{path}` is blank here: this action is independent, and does not wait for what others return."
        else:
            yield f"`{path}` is blank here: no action that this one waits for returns it."


def _of_required(rows: Rows, required: Collection[str], names: Names) -> Iterator[str]:
    """Fields that the receiver requires and that come of nothing but fields that the flow has not."""
    for target in sorted(required):
        own = [row for row in rows if row["target"] == target]
        if any(row.get("default") or row.get("literal") or row.get("transformations") for row in own):
            continue
        paths = dict.fromkeys(path for row in own for path in paths_in(row.get("template", "")))
        lacking = [path for path in paths if path.startswith("lead.") and not names.has(path)]
        if lacking and len(lacking) == len(paths):
            named = ", ".join(f"`{path.removeprefix('lead.')}`" for path in lacking)
            yield f"The receiver requires `{target}`, and the flow has no field {named} for it: add it under Fields."


def _before(action: Document, use: Document) -> list[Document]:
    """Those that an action waits for, one behind the other."""
    if action.get("independent"):
        return []
    earlier = use["actions"][: use["actions"].index(action)]
    return [one for one in earlier if one.get("enabled", True) and not one.get("independent")]


def _answering(holder: Mapping[str, Any] | None) -> Iterator[str]:
    """The templates of rules, and of the reason that is told."""
    if holder:
        yield from templates_in(holder.get("rule_set"))
        yield holder.get("reason") or ""


def _setting(mappings: Rows) -> Iterator[str]:
    """The templates of a source's or a recipient's mappings."""
    for mapping in mappings:
        value = mapping.get("value")
        yield from (text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str))
        yield from templates_in(mapping.get("rule_set"))


def _sent(rows: Rows) -> Iterator[str]:
    """The templates of a destination's mapping rows."""
    for row in rows:
        if not row.get("literal"):
            yield row.get("template", "")
        yield from templates_in(row.get("rule_set"))
