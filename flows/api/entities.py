"""Entities over the API: listed, read, created, written whole, deleted."""

import re
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from flows import usages
from flows.api import bodies
from flows.api.representation import represent_entities
from flows.api.schema import ENTITY_RECIPIENTS, ENTITY_SOURCES, EntitySerializer
from flows.models import Entity
from flows.models.entity import EntityQuerySet
from leadconduit.accounts.api_auth import caller_of
from leadconduit.accounts.models import AuditEvent
from leadconduit.lib.api import ApiError
from leadconduit.lib.api_schema import IF_NONE_MATCH, NOT_MODIFIED, refusals
from leadconduit.lib.api_view import ApiView
from leadconduit.lib.body import Body
from leadconduit.lib.conditional import Conditional
from leadconduit.lib.ids import is_id, new_id

READ_ONLY = ("id", "standard", "account", "pending", "connected", "flow_ids", "created_at", "updated_at")
WRITABLE = (
    "name",
    "description",
    "source",
    "recipient",
    "module_ids",
    "field_suffix",
    "logo_url",
    "time_zone",
    "website",
)
LATER = ("deprecated", "see", "invitation_id", "trustedform_certified_vendor")
WEB_ADDRESS = re.compile(bodies.WEB_ADDRESS)
ID = OpenApiParameter("id", location=OpenApiParameter.PATH, description="The entity's id: 24 hex digits.")


class EntityList(Conditional):
    @extend_schema(
        operation_id="listEntities",
        tags=["Entities"],
        parameters=[IF_NONE_MATCH],
        responses={200: EntitySerializer(many=True), **NOT_MODIFIED, **refusals()},
    )
    def get(self, request: Request) -> Response:
        """All entities of the account, the newest first."""
        account = caller_of(request).account
        return Response(
            represent_entities(Entity.objects.for_account(account).order_by("-pk"), account=account)
        )

    @extend_schema(
        operation_id="createEntity",
        tags=["Entities"],
        request={"application/json": bodies.ENTITY},
        responses={201: EntitySerializer, **refusals(413, 415)},
    )
    def post(self, request: Request) -> Response:
        """Create an entity, to be a source or a recipient of flows."""
        account, now = caller_of(request).account, timezone.now()
        entity = Entity(
            pk=new_id(now), account=account, created_at=now, updated_at=now, **_read(request.data)
        )
        entity.save(force_insert=True)
        return Response(_answer(entity), status=201, headers={"Location": f"/entities/{entity.pk}"})


class EntityDetail(ApiView):
    @extend_schema(
        operation_id="getEntity",
        tags=["Entities"],
        parameters=[ID],
        responses={200: EntitySerializer, **refusals(404)},
    )
    def get(self, request: Request, id: str) -> Response:
        """One entity."""
        return Response(_answer(_find(_entities(request), id)))

    @extend_schema(
        operation_id="updateEntity",
        tags=["Entities"],
        parameters=[ID],
        request={"application/json": bodies.ENTITY},
        responses={200: EntitySerializer, **refusals(404, 413, 415)},
    )
    @transaction.atomic
    def put(self, request: Request, id: str) -> Response:
        """Write an entity whole. Flows show its new name at once."""
        entity = _find(_entities(request).select_for_update(no_key=True), id)
        written = _read(request.data)
        if any(getattr(entity, key) != value for key, value in written.items()):
            for key, value in written.items():
                setattr(entity, key, value)
            entity.updated_at = timezone.now()
            entity.save()
            _note("entity.changed", entity, request)
        return Response(_answer(entity))

    @extend_schema(
        operation_id="deleteEntity",
        tags=["Entities"],
        parameters=[ID],
        responses={200: EntitySerializer, **refusals(404, 409)},
    )
    @transaction.atomic
    def delete(self, request: Request, id: str) -> Response:
        """Delete an entity that no flow names. Answers the entity as it was."""
        entity = _find(_entities(request).select_for_update(), id)
        if flows := usages.flows_by_entity(entity.account).get(entity.pk):
            names = ", ".join(name for _, name in flows[:5])
            raise ApiError(
                f"{entity.name} is named by {names}: take it out of there, and deploy, first.", code=409
            )
        answer = _answer(entity)
        _note("entity.deleted", entity, request)
        entity.delete()
        return Response(answer)


def _entities(request: Request) -> EntityQuerySet:
    return Entity.objects.for_account(caller_of(request).account)


def _find(entities: EntityQuerySet, id: str) -> Entity:
    entity = entities.filter(pk=id.lower()).first() if is_id(id.lower()) else None
    if entity is None:
        raise ApiError("This account has no entity with this id.", code=404)
    return entity


def _note(action: str, entity: Entity, request: Request) -> None:
    caller = caller_of(request)
    AuditEvent.record(
        account=caller.account,
        by=caller.key.created_by,
        action=action,
        on=entity,
        detail={"api_key": str(caller.key)},
    )


def _answer(entity: Entity) -> dict[str, Any]:
    return represent_entities([entity], account=entity.account)[0]


def _read(body: object) -> dict[str, Any]:
    """What a caller wrote of an entity. Raises ApiError with everything that is wrong."""
    if not isinstance(body, dict):
        raise ApiError("An entity is a JSON object.")
    written = Body(body)
    written.allow((*READ_ONLY, *WRITABLE), later=LATER, of="an entity")
    written.set_aside(READ_ONLY)
    for key in ("source", "recipient"):
        if key not in body:
            written.wrong(key, "This is required; it may be null.")
    field_suffix = written.text("field_suffix", most=5) or None
    if field_suffix and not (len(field_suffix) >= 3 and _is_plain(field_suffix)):
        written.wrong("field_suffix", "This must be 3 to 5 letters and digits.")
    read = {
        "name": written.text("name", most=200, required=True),
        "description": written.text("description", most=2000),
        "source": written.choice("source", ENTITY_SOURCES),
        "recipient": written.choice("recipient", ENTITY_RECIPIENTS),
        "module_ids": written.texts("module_ids", most=100, most_length=200),
        "field_suffix": field_suffix,
        "logo_url": _url(written, "logo_url") or None,
        "time_zone": written.text("time_zone", most=60),
        "website": _url(written, "website"),
    }
    if written.errors:
        raise ApiError(_sentence(written.errors.items()), errors=written.errors)
    return read


def _url(written: Body, key: str) -> str:
    url = written.text(key, most=500)
    if url and not WEB_ADDRESS.fullmatch(url):
        written.wrong(key, "This must be a web address that begins with https:// or http://.")
    return url


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isalnum()


def _sentence(errors: Iterable[tuple[str, str]]) -> str:
    path, first = next(iter(errors))
    return f"The entity is not valid at `{path}`: {first}"
