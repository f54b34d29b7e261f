"""A flow's revisions: what each changed, who deployed it and when, and going back to one of them."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from destinations.models import Action, Destination
from flows import definition, editing, uses
from flows.definition import Document
from flows.engine import entity_ids
from flows.models import Entity, Flow, FlowRevision
from flows.wording import Names, title_of
from leadconduit.accounts.models import AuditEvent, User


class Missing(Exception):
    """A revision names what is gone. `sentences` say what."""

    def __init__(self, sentences: Collection[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(self.sentences))


def names_in(documents: Iterable[Document]) -> Names:
    """What the entities and actions of some documents are called today. Two queries."""
    documents = list(documents)
    entities = {id for document in documents for id in entity_ids(document)}
    actions = {action["action"] for document in documents for action in _actions(document)}
    found = Action.objects.select_related("destination").filter(pk__in=actions)
    return Names(Entity.names(entities), {action.pk: f"{action.destination}: {action}" for action in found})


def notes_on(flow: Flow, numbers: Collection[int]) -> dict[int, list[AuditEvent]]:
    """For each of some revisions, by number: that it was deployed, or brought another one back; the newest first."""
    events = AuditEvent.objects.filter(
        account=flow.account_id,
        object_id=flow.pk,
        action__in=("flow.deployed", "flow.restored"),
        detail__revision__in=list(numbers),
    )
    found: dict[int, list[AuditEvent]] = {number: [] for number in numbers}
    for event in events.select_related("actor").order_by("-pk"):
        found[event.detail["revision"]].append(event)
    return found


def missing(document: Document) -> list[str]:
    """What a document names and is gone, a sentence each. Three queries."""
    return [*_missing_entities(document), *_missing_actions(document)]


def go_back(*, flow: Flow, to: FlowRevision, author: User | None, now: datetime, expected: str) -> Flow:
    """Save the flow as it was at one of its revisions. What leads meet changes with the next deployment.

    `expected` is the id of the revision that was saved when whoever decided this was asked. Raises Missing,
    InvalidFlow, editing.Stale, editing.NothingToRestore, Flow.DoesNotExist.
    """
    document = to.document
    if gone := missing(document):
        raise Missing(gone)
    body = {part: document.get(part) for part in definition.PARTS}
    body["destinations"] = uses.written(document["destinations"])
    return editing.restore(flow=flow, body=body, of=to, author=author, now=now, expected=expected)


def _actions(document: Document) -> Iterator[Document]:
    for use in document["destinations"]:
        yield from use["actions"]


def _missing_entities(document: Document) -> Iterator[str]:
    names = Entity.names(entity_ids(document))
    for number, source in enumerate(document["sources"], 1):
        if source["entity"]["id"] not in names:
            yield f"Source {number} is of an entity that is gone."
    for number, step in enumerate(document["steps"], 1):
        if "entity" in step and step["entity"]["id"] not in names:
            yield f"Step {number}, “{title_of(step, names)}”, asks an entity that is gone."


def _missing_actions(document: Document) -> Iterator[str]:
    wanted = [use["destination"] for use in document["destinations"]]
    destinations = Destination.objects.in_bulk(wanted)
    actions = Action.objects.in_bulk([action["action"] for action in _actions(document)])
    for use in document["destinations"]:
        destination = destinations.get(use["destination"])
        if destination is None or destination.deleted_at:
            yield f"The destination “{destination or 'without a name'}” was deleted."
            continue
        for one in use["actions"]:
            action = actions.get(one["action"])
            if action is None or action.removed_at:
                yield f"“{destination}” has no action “{action or one['action_id']}” any more."
