"""What the tests of the delivery loop need in the database, with as little around it as will do."""

import copy
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from destinations.models import Connection, Destination, DestinationRevision, Lane
from flows.delivery import queue
from flows.models import Delivery, Entity, Flow, FlowRevision, Gate, Lead
from leadconduit.accounts.models import Account
from tests.factories import AccountFactory, DestinationFactory

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


def destination(
    owner: Account | None = None, *, url: str = "http://127.0.0.1:9/leads", actions: int = 1, **lane: Any
) -> Destination:
    """A live webhook destination; `lane` sets the lane's columns."""
    names = [f"Action {number}" for number in range(1, actions + 1)]
    made = DestinationFactory.create(account=owner or AccountFactory.create(), url=url, actions=names)
    if lane:
        Lane.objects.filter(destination=made).update(**lane)
    return made


def apply(
    to: Destination,
    *,
    token: str | None = None,
    mapping: Any = None,
    tables: Any = None,
    **configuration: Any,
) -> DestinationRevision:
    """Make a revision live that differs from the one before in what is given; `token` is a bearer token."""
    document = document_of(to)
    document["configuration"].update(configuration)
    if token is not None:
        document |= {"scheme": "bearer", "connection": connection(to.account, token=token).pk}
    if tables is not None:
        document["tables"] = tables
    for action in document["actions"] if mapping is not None else ():
        action["mapping"] = mapping
    to.live = DestinationRevision.objects.create(
        destination=to, number=to.revisions.count() + 1, document=document, applied_at=timezone.now()
    )
    to.save(update_fields=["live"])
    return to.live


def document_of(to: Destination) -> dict[str, Any]:
    """A copy of the live revision's document."""
    assert to.live is not None
    return copy.deepcopy(to.live.document)


def connection(owner: Account, *, token: str) -> Connection:
    made = Connection(account=owner, integration="webhook", scheme="bearer")
    made.seal({"token": token})
    made.save()
    return made


def lead(owner: Account, **values: Any) -> Lead:
    flow = Flow.objects.create(account=owner, name="Solar")
    revision = FlowRevision.objects.create(flow=flow, number=1, document={})
    source = Entity.objects.create(account=owner, name="Partner")
    return Lead.objects.create(
        account=owner,
        flow=flow,
        revision=revision,
        source_id=source.pk,
        values=values or {"email": "ann@example.com"},
        outcome="success",
        gate=Gate.OPEN,
    )


def deliveries(
    to: Destination, count: int, *, of: Lead | None = None, now: datetime = NOW, action: int = 0
) -> list[Delivery]:
    """Queued deliveries to one action; without a lead, each has an input of its own."""
    first = to.actions.order_by("position")[action]
    made = [
        Delivery(
            account=to.account,
            lead=of,
            flow_id=of.flow_id if of else None,
            destination=to,
            action=first,
            input=None if of else {"email": f"lead{number}@example.com"},
        )
        for number in range(count)
    ]
    Delivery.objects.bulk_create(made)
    queue.put(made, now=now)
    return made


def chain(to: Destination, of: Lead, *, now: datetime = NOW) -> list[Delivery]:
    """One delivery to each action of a destination, each following the one before it."""
    made: list[Delivery] = []
    for action in to.actions.order_by("position"):
        leader = made[-1] if made else None
        made.append(
            Delivery.objects.create(
                account=to.account, lead=of, flow_id=of.flow_id, destination=to, action=action, follows=leader
            )
        )
    queue.put(made, now=now)
    return made
