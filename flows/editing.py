"""Changing flows: create, save, deploy, delete. What leads meet changes with `deploy` (and `delete`) alone."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from flows import definition, usages
from flows.models import Flow, FlowRevision, FlowUsage, Stage
from leadconduit.accounts.models import Account, ApiKey, AuditEvent, User
from leadconduit.lib.ids import new_id

# Parts of a flow's body anew, made of the document that they change.
Parts = Callable[[definition.Document], dict[str, Any]]


class IdTaken(Exception):
    """The id chosen for a new flow belongs to another."""


class Stale(Exception):
    """The flow was changed since whoever writes it has read it."""


class NothingToRestore(Exception):
    """What is saved is that already."""


@transaction.atomic
def create(
    *, account: Account, body: object, author: User | None, now: datetime, through: ApiKey | None = None
) -> Flow:
    """A new flow, saved and not deployed. Raises InvalidFlow, or IdTaken for an `id` in the body that is in use."""
    document = definition.read(body, account=account)
    flow = Flow(
        pk=definition.chosen_id(body) or new_id(now), account=account, name=document["name"], created_at=now
    )
    try:
        with transaction.atomic():
            flow.save(force_insert=True)
    except IntegrityError:
        raise IdTaken(f"The id {flow.pk} is taken.") from None
    _revise(flow, document, author=author, now=now)
    _note("flow.created", flow, author, through)
    return flow


@transaction.atomic
def save(
    *,
    flow: Flow,
    body: object,
    author: User | None,
    now: datetime,
    through: ApiKey | None = None,
    expected: Collection[str] | None = None,
) -> Flow:
    """Make the flow what the body says, in a new revision; nothing at all where it is that already.

    `expected`: ids of revisions, one of which must be the saved one; Stale is raised otherwise. Raises InvalidFlow,
    or Flow.DoesNotExist where it was deleted meanwhile.
    """
    flow = _locked(flow)
    if expected is not None and flow.saved_id not in expected:
        raise Stale("The flow was changed since you read it: read it again, and write what you want changed.")
    before = flow.saved.document if flow.saved else None
    document = definition.read(body, account=flow.account, before=before)
    if document is not before:
        _revise(flow, document, author=author, now=now)
        _note("flow.saved", flow, author, through)
    return flow


@transaction.atomic
def change(*, flow: Flow, parts: Parts, author: User | None, now: datetime) -> Flow:
    """Save the flow with some parts of its body anew, made of the document as it is once the flow is locked.

    So two people who change the same part one after another both have their change, whatever they saw before. The
    other parts stay as they are. Raises what `save` and `parts` do.
    """
    flow = _locked(flow)
    assert flow.saved is not None  # a flow has its first revision from `create` on
    document = flow.saved.document
    body = {part: document.get(part) for part in definition.PARTS} | parts(document)
    return save(flow=flow, body=body, author=author, now=now)


@transaction.atomic
def restore(
    *, flow: Flow, body: object, of: FlowRevision, author: User | None, now: datetime, expected: str
) -> Flow:
    """Make the flow what the body of an earlier revision says, in a new revision; that one stays as it is.

    Its credentials, and what its recipients' answers are called, are those of then. `expected` is the id of the
    revision that is saved; Stale is raised otherwise. Raises InvalidFlow, NothingToRestore, Flow.DoesNotExist.
    """
    flow = _locked(flow)
    assert flow.saved is not None  # a flow has its first revision from `create` on
    if flow.saved_id != expected:
        raise Stale("Somebody changed the flow meanwhile. Nothing was saved: look at it again first.")
    document = definition.read(body, account=flow.account, before=of.document)
    if definition.is_same(document, flow.saved.document):
        raise NothingToRestore("It is the same as what is saved: there is nothing to go back to.")
    _revise(flow, document, author=author, now=now)
    _note("flow.restored", flow, author, None, restores=of.number)
    return flow


@transaction.atomic
def deploy(*, flow: Flow, author: User | None, now: datetime, through: ApiKey | None = None) -> Flow:
    """Let leads meet the flow as it is saved. Raises Flow.DoesNotExist where it was deleted meanwhile."""
    flow = _locked(flow)
    assert flow.saved is not None  # a flow has its first revision from `create` on
    flow.deployed, flow.deployed_at = flow.saved, now
    flow.save(update_fields=["deployed", "deployed_at"])
    usages.rebuild(flow=flow, stage=Stage.DEPLOYED, document=flow.saved.document)
    _note("flow.deployed", flow, author, through)
    return flow


@transaction.atomic
def delete(*, flow: Flow, author: User | None = None, now: datetime, through: ApiKey | None = None) -> Flow:
    """Take the flow away: it accepts no more leads and uses no destination. What leads recorded stays.

    Raises Flow.DoesNotExist where it was deleted already.
    """
    flow = _locked(flow)
    flow.deleted_at = now
    flow.save(update_fields=["deleted_at"])
    FlowUsage.objects.filter(flow=flow).delete()
    _note("flow.deleted", flow, author, through)
    return flow


def _locked(flow: Flow) -> Flow:
    # Its revisions are read after the lock, in a query of their own: a join would show what was joined before it.
    return Flow.objects.for_account(flow.account).select_for_update(no_key=True).get(pk=flow.pk)


def _revise(flow: Flow, document: definition.Document, *, author: User | None, now: datetime) -> None:
    number = flow.saved.number + 1 if flow.saved else 1
    flow.saved = FlowRevision.objects.create(
        flow=flow, number=number, author=author, document=document, created_at=now
    )
    flow.name, flow.enabled, flow.updated_at = document["name"], document["enabled"], now
    flow.save(update_fields=["saved", "name", "enabled", "updated_at"])
    usages.rebuild(flow=flow, stage=Stage.SAVED, document=document)


def _note(action: str, flow: Flow, author: User | None, through: ApiKey | None, **more: object) -> None:
    revision = flow.saved.number if flow.saved else None
    detail = {"revision": revision, **more} | ({"api_key": str(through)} if through else {})
    AuditEvent.record(account=flow.account, by=author, action=action, on=flow, detail=detail)
