"""GET /flows/{id}/changelogs: what was changed in a flow, and when leads began to meet it."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from flows.api.flows import ID, find_flow
from flows.api.parameters import a_limit, an_id, id_parameter, limit_parameter, names_of
from flows.api.representation import represent_documents
from flows.api.schema import ChangelogSerializer
from flows.differences import Change, Place, differences
from flows.models import Flow, FlowRevision
from flows.recipients.sealing import SHOWN, shown
from leadconduit.accounts.models import AuditEvent, User
from leadconduit.lib.api_schema import IF_NONE_MATCH, NOT_MODIFIED, refusals
from leadconduit.lib.conditional import Conditional

Answer = dict[str, Any]

DEFAULT_LIMIT, MOST = 50, 200
PARAMETERS = [
    id_parameter("before_id", "Only changelogs before this one: its id ends the page before."),
    limit_parameter(default=DEFAULT_LIMIT, most=MOST),
]


class FlowChangelogs(Conditional):
    query = names_of(PARAMETERS)

    @extend_schema(
        operation_id="listFlowChangelogs",
        tags=["Changelogs"],
        parameters=[ID, *PARAMETERS, IF_NONE_MATCH],
        responses={200: ChangelogSerializer(many=True), **NOT_MODIFIED, **refusals(404)},
    )
    def get(self, request: Request, id: str) -> Response:
        """Each save and each deployment of a flow, the newest first."""
        query = request.query_params
        limit = a_limit(query, default=DEFAULT_LIMIT, most=MOST)
        flow, before_id = find_flow(request, id), an_id(query, "before_id")
        logs = [*_saves(flow, before_id, limit), *_deployments(flow, before_id, limit)]
        return Response(sorted(logs, key=lambda log: log["id"], reverse=True)[:limit])


def _saves(flow: Flow, before_id: str, limit: int) -> list[Answer]:
    found = FlowRevision.objects.filter(flow=flow).select_related("author")
    if before_id:
        found = found.filter(pk__lt=before_id)
    # One more than is wanted, to compare the last one with.
    revisions = list(found.order_by("-number")[: limit + 1])
    documents = represent_documents(
        [revision.document for revision in revisions], account=flow.account, now=timezone.now()
    )
    described = dict(zip((revision.pk for revision in revisions), documents, strict=True))
    logs = [
        _save(revision, described[revision.pk], list(_changes(before, revision, described)))
        for revision, before in pairwise(revisions)
    ]
    if revisions and revisions[-1].number == 1:
        logs.append(_save(revisions[-1], described[revisions[-1].pk], []))
    return logs


def _changes(
    before: FlowRevision, revision: FlowRevision, described: Mapping[str, Answer]
) -> Iterable[Change]:
    old, new = described[before.pk], described[revision.pk]
    return differences(old | {"steps": before.document["steps"]}, new | {"steps": revision.document["steps"]})


def _save(revision: FlowRevision, document: Answer, changes: list[Change]) -> Answer:
    shown_changes = [_change(change) for change in changes]
    return {
        "id": revision.pk,
        "type": "flow",
        "action": "create" if revision.number == 1 else "update",
        "changes": shown_changes,
        "current_revision": document | {"number": revision.number},
        "delta_from_last_revision": _delta(shown_changes),
        "created_at": revision.created_at,
        **_user(revision.author),
    }


def _deployments(flow: Flow, before_id: str, limit: int) -> list[Answer]:
    found = AuditEvent.objects.filter(account=flow.account_id, object_id=flow.pk, action="flow.deployed")
    if before_id:
        found = found.filter(pk__lt=before_id)
    events = list(found.select_related("actor").order_by("-pk")[: limit + 1])
    numbers = [event.detail.get("revision") for event in events] + [None]
    return [_deployment(event, before) for event, before in zip(events, numbers[1:], strict=True)][:limit]


def _deployment(event: AuditEvent, before: int | None) -> Answer:
    change = Change("changed", "deployed", "deployed", Place(before), Place(event.detail.get("revision")))
    changes = [_change(change)]
    return {
        "id": event.pk,
        "type": "flow",
        "action": "changed",
        "changes": changes,
        "current_revision": {"number": event.detail.get("revision")},
        "delta_from_last_revision": _delta(changes),
        "created_at": event.created_at,
        **_user(event.actor),
    }


def _user(user: User | None) -> Answer:
    if user is None:
        return {}
    first, _, last = user.name.partition(" ")
    return {"user": {"id": user.pk, "email": user.email, "first_name": first, "last_name": last}}


# --- Changes, without credentials


def _change(change: Change) -> Answer:
    is_credential = change.target == "sealed"
    answer: Answer = {
        "action": change.action,
        "target": "value" if is_credential else change.target,
        "delta_path": change.path.removesuffix("sealed") + "value" if is_credential else change.path,
    }
    for side, place in (("previous", change.previous), ("current", change.current)):
        if place is not None:
            value = SHOWN if is_credential and place.value is not None else _shown(place.value)
            answer[side] = {"value": value} | ({} if place.index is None else {"index": place.index})
    return answer


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in shown(value).items()}
    return value


def _values(change: Answer) -> list[Any]:
    return [change[side]["value"] for side in ("previous", "current") if side in change]


def _delta(changes: Iterable[Answer]) -> dict[str, list[Any]]:
    """What stood at each path, and what stands there now. A thing that only moved is not in it."""
    delta: dict[str, list[Any]] = {}
    for change in changes:
        if change["action"] == "moved":
            continue
        if change["delta_path"] in delta and SHOWN in _values(change):
            continue  # the credentials of a URL that changed as well
        sides = delta.setdefault(change["delta_path"], [None, None])
        for place, side in enumerate(("previous", "current")):
            if side in change:
                sides[place] = change[side]["value"]
    return delta
