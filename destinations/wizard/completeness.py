"""What a destination still needs before it can be put to use: one function over its plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from destinations import fields, mapping
from destinations.fields import FieldSpec
from destinations.mapping import MappingRow, Table
from destinations.platforms.port import (
    ActionSpec,
    ActionValues,
    DestinationValues,
    Setup,
    TargetField,
    Targets,
)

RowProblem = tuple[int, str, str]
"""A mapping row's index, its field, a sentence. Index -1 is for the mapping as a whole, or for a target field that no
row fills: then its key stands for the field."""

LABELS = {"auth": "Authenticate", "configure": "Configure", "map": "Map fields", "test": "Test"}
"""The steps after choosing the integration, in their order."""

NAME = FieldSpec(key="name", label="Name", required=True, max_length=200)
"""What a user calls an action."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the wizard. `begun`: somebody was there already. `missing`: sentences on what to do."""

    key: str
    label: str
    begun: bool
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a destination is: its steps, and every problem at the place where it can be put right.

    `credentials` and `configuration` are by field, `actions` by the action's id and then by field, `mapping`
    by the action's id.
    """

    steps: tuple[Step, ...]
    credentials: Mapping[str, str]
    configuration: Mapping[str, str]
    actions: Mapping[str, Mapping[str, str]]
    mapping: Mapping[str, Sequence[RowProblem]]

    def step(self, key: str) -> Step:
        return next(step for step in self.steps if step.key == key)

    @property
    def missing(self) -> list[str]:
        """What keeps it from being tested."""
        return [sentence for step in self.steps[:-1] for sentence in step.missing]

    @property
    def next_step(self) -> Step:
        """The first that is not complete; the last one when all are."""
        return next((step for step in self.steps if not step.complete), self.steps[-1])

    @property
    def number(self) -> int:
        """Of the next step, where choosing the integration was the first."""
        return self.steps.index(self.next_step) + 2


def progress(
    setup: Setup,
    destination: DestinationValues,
    *,
    action_ids: Sequence[str],
    mappings: Sequence[Sequence[MappingRow]],
    tables: Sequence[Table] = (),
    untested: str,
) -> Progress:
    """How far the destination is. `action_ids` and `mappings` go with its actions, one for one.

    `tables` are what rows look things up in. `untested` says why no test speaks for it as it stands; "" when one does.
    """
    actions = dict(zip(action_ids, destination.actions, strict=True))
    rows = dict(zip(action_ids, mappings, strict=True))
    names = {id: action.name or f"Action {number}" for number, (id, action) in enumerate(actions.items(), 1)}
    credentials = _of_credentials(setup, destination)
    configuration = _of_configuration(setup, destination)
    of_actions = {id: _of_action(setup, destination, action) for id, action in actions.items()}
    of_mappings = {
        id: mapping_problems(setup.targets(destination, action.action_id), rows[id], tables)
        for id, action in actions.items()
    }
    missing_from_configuration = [
        *_labelled(configuration, [spec for page in setup.pages(destination) for spec in page.fields]),
        *_of_actions_in_words(setup, destination, names, of_actions),
    ]
    return Progress(
        steps=(
            _step("auth", destination.scheme, _of_auth_in_words(setup, destination, credentials)),
            _step("configure", destination.configuration, missing_from_configuration),
            _step(
                "map", any(rows.values()), [*_of_mappings_in_words(names, of_mappings), *_of_tables(tables)]
            ),
            _step("test", False, [untested] if untested else []),
        ),
        credentials=credentials,
        configuration=configuration,
        actions=of_actions,
        mapping=of_mappings,
    )


def _step(key: str, begun: object, missing: Iterable[str]) -> Step:
    return Step(key, LABELS[key], bool(begun), tuple(missing))


def _of_credentials(setup: Setup, destination: DestinationValues) -> dict[str, str]:
    schemes = setup.schemes(destination)
    chosen = next((scheme for scheme in schemes if scheme.key == destination.scheme), None)
    if chosen is None:
        return {"scheme": "Choose one of the ways to authenticate."}
    of_connection = {"consent": destination.connection_problem} if destination.connection_problem else {}
    if found := chosen.problems(destination.credentials):
        return {**of_connection, **found}
    if chosen.needs_consent and "access_token" not in destination.credentials:
        return {"consent": "Connect, and give your consent there."}
    return of_connection


def _of_configuration(setup: Setup, destination: DestinationValues) -> dict[str, str]:
    found: dict[str, str] = {}
    for page in setup.pages(destination):
        found |= page.problems(destination.configuration)
    return found


def _of_action(setup: Setup, destination: DestinationValues, action: ActionValues) -> dict[str, str]:
    spec = spec_of(setup.offers(destination), action.action_id)
    found = fields.problems(spec.fields, action.configuration) if spec else {}
    others = [other.name.casefold() for other in destination.actions if other is not action]
    of_name = NAME.problem(action.name)
    if not of_name and action.name.casefold() in others:
        of_name = "Another action has this name: give each its own."
    return {"name": of_name} | found if of_name else found


def spec_of(offers: Sequence[ActionSpec], action_id: str) -> ActionSpec | None:
    """What an action is: the offer with its key, else the one that users name themselves."""
    by_key = (spec for spec in offers if spec.key == action_id and not spec.user_named)
    return next(by_key, None) or next((spec for spec in offers if spec.user_named), None)


def mapping_problems(
    targets: Targets, rows: Sequence[MappingRow], tables: Sequence[Table]
) -> list[RowProblem]:
    """All that is wrong with an action's rows, saved or not."""
    found = mapping.problems(rows, tables)
    known = {target.key for target in targets.fields}
    if not targets.custom:
        found += [
            (index, "target", f"The receiver has no field `{row.target}`.")
            for index, row in enumerate(rows)
            if row.target and row.target not in known
        ]
    filled = {row.target for row in rows}
    found += [
        (-1, target.key, _unfilled(target))
        for target in targets.fields
        if target.required and target.key not in filled
    ]
    return (
        found
        if rows
        else [*found, (-1, "", "Map at least one field: without one, nothing of the lead is sent.")]
    )


def _unfilled(target: TargetField) -> str:
    return f"The receiver needs “{target.label}”: add a row for `{target.key}`."


# --- In words


def _of_auth_in_words(setup: Setup, destination: DestinationValues, problems: Mapping[str, str]) -> list[str]:
    scheme = next((known for known in setup.schemes(destination) if known.key == destination.scheme), None)
    return _labelled(problems, scheme.fields if scheme else ())


def _of_actions_in_words(
    setup: Setup,
    destination: DestinationValues,
    names: Mapping[str, str],
    problems: Mapping[str, Mapping[str, str]],
) -> list[str]:
    if not problems:
        return ["Add at least one action."]
    specs = [NAME, *(spec for offer in setup.offers(destination) for spec in offer.fields)]
    return [f"{names[id]}, {words}" for id, wrong in problems.items() for words in _labelled(wrong, specs)]


def _of_mappings_in_words(
    names: Mapping[str, str], problems: Mapping[str, Sequence[RowProblem]]
) -> list[str]:
    if not problems:
        return ["There is no action to map fields for yet."]
    return [
        f"{names[id]}: {sentence}" if row < 0 else f"{names[id]}, row {row + 1}, {field}: {sentence}"
        for id, found in problems.items()
        for row, field, sentence in found
    ]


def _of_tables(tables: Sequence[Table]) -> list[str]:
    return [
        f"Look-up table “{tables[index].name}”: {sentence}" if index < len(tables) else sentence
        for index, _, sentence in mapping.table_problems(tables)
    ]


def _labelled(problems: Mapping[str, str], specs: Iterable[FieldSpec]) -> list[str]:
    labels = {spec.key: spec.label for spec in specs}
    return [f"{labels[key]}: {words}" if key in labels else words for key, words in problems.items()]
