"""What a template may name: the fields of leads, with what the sample lead has in them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from destinations.mapping import SourceField
from flows import usages
from leadconduit.accounts.fields import KnownField
from leadconduit.accounts.models import Account
from leadconduit.leads.values import as_text, is_typed, lookup

MOST_SHOWN = 120
"""Characters of a value."""

OTHERS = {
    "lead.id": "Id of the lead",
    "submission.timestamp": "When it was submitted",
    "submission.ip": "Address it was submitted from",
    "flow.name": "Name of the flow",
    "flow.id": "Id of the flow",
    "source.name": "Name of the source",
    "source.id": "Id of the source",
    "account.name": "Name of the account",
    "account.id": "Id of the account",
}
"""What is known besides a lead's fields."""

ANSWERED = {"outcome": "whether it succeeded", "reason": "why not"}
"""What every recipient's answer has."""

RETURNED = {"id": "id of its record", "url": "link to its record"}
"""What the receiver may return for every action, for those after it."""


class Source(NamedTuple):
    """A path for a template, and what the sample lead has there. `parts` are the components of its value."""

    path: str
    name: str
    type: str
    sample: str
    parts: tuple["Source", ...] = ()


class Sources(NamedTuple):
    """What is likely, in `groups` with a heading each, and the `rest` of all fields, for reading.

    `fields` are all of them, for those that look for a fitting one; `paths` everything that can be named, with its
    type, the most likely first; `own` the ids of the fields that the account's flows take.
    """

    groups: Sequence[tuple[str, Sequence[Source]]]
    rest: Sequence[Source]
    fields: Sequence[SourceField]
    paths: Mapping[str, str]
    own: Sequence[str]


def sources_of(
    account: Account,
    known: Mapping[str, KnownField],
    variables: Mapping[str, Any],
    *,
    returned: Sequence[Source] = (),
) -> Sources:
    """All that a template may well name: what the sample has, what flows take, and every field that there is.

    `returned` is what actions give to those after them: which of them may name it differs, so it is none of the paths.
    """
    own, keys = usages.named_by_flows(account)
    in_lead = list(dict.fromkeys(_fields(variables["lead"])))
    of_flows = [field for field in own if field not in in_lead]
    others = [id for id, field in known.items() if not field.deprecated and id not in {*in_lead, *of_flows}]
    answers = [
        _source(f"{key}.{part}", f"{key}: {says}", "", variables)
        for key in keys
        for part, says in ANSWERED.items()
    ]
    groups: list[tuple[str, Sequence[Source]]] = [
        ("In the sample lead", [_of_lead(field, known, variables) for field in in_lead]),
        ("Other fields of your flows", [_of_lead(field, known, variables) for field in of_flows]),
        ("Flow, source and account", [_source(path, name, "", variables) for path, name in OTHERS.items()]),
        ("Answers of your recipients", answers),
        ("What earlier actions returned", returned),
    ]
    rest = [_of_lead(field, known, variables) for field in others]
    likely = [source for _, sources in groups[:-1] for source in sources]
    named = [*likely, *(part for source in likely for part in source.parts)]
    return Sources(
        groups=[(label, sources) for label, sources in groups if sources],
        rest=rest,
        # The account's own name is nothing that a receiver's field may want of a lead.
        fields=[
            SourceField(source.path, source.name, source.type, source.sample, _is_taken(source.path, own))
            for source in [*likely, *rest]
            if not source.path.startswith("account.") and source not in answers
        ],
        paths={source.path: source.type for source in named}
        | {f"lead.{id}": field.type for id, field in known.items()},
        own=own,
    )


def returned_by(actions: Sequence[Mapping[str, Any]], variables: Mapping[str, Any]) -> list[Source]:
    """What actions of a revision give to those after them."""
    return [
        _source(f"receipts.{action['action_id']}.{part}", f"{action['name']}: {says}", "", variables)
        for action in actions
        for part, says in RETURNED.items()
    ]


def _is_taken(path: str, own: Sequence[str]) -> bool:
    """Before there are flows, nobody knows what they will take."""
    id = path.removeprefix("lead.")
    return not own or not path.startswith("lead.") or path == "lead.id" or id in own


def _fields(values: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """The ids of the fields that have a value, dotted where they are nested."""
    for name, value in values.items():
        if isinstance(value, dict) and not is_typed(value):
            yield from _fields(value, f"{above}{name}.")
        else:
            yield f"{above}{name}"


def _of_lead(id: str, known: Mapping[str, KnownField], variables: Mapping[str, Any]) -> Source:
    field = known.get(id)
    name = field.name if field else id.replace("_", " ").capitalize()
    return _source(f"lead.{id}", name, field.type if field else "", variables)


def _source(path: str, name: str, type: str, variables: Mapping[str, Any]) -> Source:
    value = lookup(variables, path)
    parts = (
        tuple(
            Source(f"{path}.{part}", part.replace("_", " "), "", _shown(of_part))
            for part, of_part in value.items()
            if part not in ("normal", "valid")
        )
        if isinstance(value, dict) and is_typed(value)
        else ()
    )
    return Source(path, name, type, _shown(value), parts)


def _shown(value: object) -> str:
    text = as_text(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
