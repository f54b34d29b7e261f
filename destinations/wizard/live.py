"""What the other system itself says of a destination: the choices of a field, the fields that an action takes.

It is asked when somebody wants to know, and its last answer is kept, so that pages are there at once, and go on when
the system does not answer. Nothing here is needed to deliver a lead.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from destinations import configured
from destinations.configured import Document, current, platform_of
from destinations.fields import Choice, FieldSpec
from destinations.models import Destination, LiveAnswer
from destinations.platforms.port import ActionValues, DestinationValues
from destinations.wizard.completeness import spec_of
from destinations.wizard.drafts import stamp

MOST_KEPT = 2_000
"""Choices that are kept of one field, so that what was chosen is shown by its name."""


@dataclass(frozen=True, slots=True)
class KnownChoices:
    """What is known of a field's choices. `stale`: they were asked of another connection, or for other values.

    `items` are those that were found last, from `search`; `label` names what was chosen, whether it is among them or not.
    """

    items: tuple[Choice, ...] = ()
    labels: Mapping[str, str] | None = None
    more: str = ""
    search: str = ""
    asked_at: datetime | None = None
    stale: bool = True

    def label(self, value: str) -> str:
        return (self.labels or {}).get(value, value)


@dataclass(frozen=True, slots=True)
class KnownTargets:
    """When the system was asked what an action takes. `stale`: never, or of a destination that was set up otherwise."""

    asked_at: datetime | None = None
    stale: bool = True


class Live:
    """What is known of one destination's system, read once for a page."""

    def __init__(self, destination: Destination, document: Document | None = None) -> None:
        self.destination = destination
        self.document = document or current(destination).document

    @cached_property
    def _answers(self) -> dict[str, LiveAnswer]:
        return {row.about: row for row in self.destination.live_answers.all()}

    # --- Choices

    def choices(self, field: str, spec: FieldSpec, values: Mapping[str, Any]) -> KnownChoices:
        """`field` is named as in `Setup.options`; `values` are those of the group that it belongs to."""
        kept = self._answers.get(f"choices:{field}")
        if kept is None:
            return KnownChoices()
        answer = kept.answer
        return KnownChoices(
            items=tuple(Choice(**item) for item in answer["items"]),
            labels=answer["labels"],
            more=answer["more"],
            search=answer["search"],
            asked_at=kept.asked_at,
            stale=kept.stamp != self._stamp(spec, values),
        )

    def ask_choices(
        self,
        field: str,
        spec: FieldSpec,
        values: Mapping[str, Any],
        *,
        search: str = "",
        further: bool = False,
        now: datetime,
    ) -> KnownChoices:
        """Ask the system, and keep what it says. `further`: those that come after the ones at hand.

        Takes a network round trip; must not be called inside a transaction. Raises PlatformError.
        """
        before = self.choices(field, spec, values)
        further = further and not before.stale and bool(before.more)
        asked = with_values(self._values(), field, values)
        found = platform_of(self.destination).setup.options(
            asked, field, before.search if further else search, before.more if further else ""
        )
        items = (*before.items, *found.items) if further else found.items
        labels = {} if before.stale else dict(before.labels or {})
        labels |= {choice.value: choice.label for choice in found.items}
        answer = {
            "items": [asdict(choice) for choice in items[:MOST_KEPT]],
            "labels": dict(list(labels.items())[-MOST_KEPT:]),
            "more": found.more if len(items) < MOST_KEPT else "",
            "search": before.search if further else search,
        }
        self._keep(f"choices:{field}", self._stamp(spec, values), answer, now)
        return self.choices(field, spec, values)

    # --- What actions take

    def targets(self) -> dict[str, KnownTargets]:
        """Of the actions that the system can be asked about, by `action_id`."""
        values = configured.values_of(self.destination, self.document)
        offers = platform_of(self.destination).setup.offers(values)
        ids = [action.action_id for action in values.actions]
        return {
            id: self._known_targets(id) for id in ids if (spec := spec_of(offers, id)) and spec.live_targets
        }

    def _known_targets(self, action_id: str) -> KnownTargets:
        kept = self._answers.get(f"targets:{action_id}")
        if kept is None:
            return KnownTargets()
        return KnownTargets(kept.asked_at, stale=kept.stamp != self._targets_stamp(action_id))

    def discover(self, action_ids: Iterable[str], *, now: datetime) -> None:
        """Ask the system what actions take, and keep what it says.

        Takes a network round trip for each; must not be called inside a transaction. Raises PlatformError.
        """
        setup, values = platform_of(self.destination).setup, self._values()
        for action_id in action_ids:
            found = setup.discover(values, action_id)
            answer = found.to_json()
            self._keep(f"targets:{action_id}", self._targets_stamp(action_id), answer, now)

    # ---

    def _values(self) -> DestinationValues:
        return configured.standing_values(self.destination, self.document)

    def _stamp(self, spec: FieldSpec, values: Mapping[str, Any]) -> str:
        return stamp([self.document["connection"], [values.get(key) or "" for key in spec.depends_on]])

    def _targets_stamp(self, action_id: str) -> str:
        of_action = [a["configuration"] for a in self.document["actions"] if a["action_id"] == action_id]
        return stamp([self.document["connection"], self.document["configuration"], of_action])

    def _keep(self, about: str, stamped: str, answer: Document, now: datetime) -> None:
        kept, _ = LiveAnswer.objects.update_or_create(
            destination=self.destination,
            about=about,
            defaults={"stamp": stamped, "answer": answer, "asked_at": now},
        )
        self._answers[about] = kept


def with_values(destination: DestinationValues, field: str, values: Mapping[str, Any]) -> DestinationValues:
    """The destination as it would stand with these values of the group that a live field belongs to."""
    action_id, _, _key = field.rpartition(".")
    if not action_id:
        return replace(destination, configuration={**destination.configuration, **values})
    others = [action for action in destination.actions if action.action_id != action_id]
    asked = ActionValues(action_id=action_id, name="", configuration=values)
    return replace(destination, actions=(*others, asked))
