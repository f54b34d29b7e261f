"""Fields over the API: the standard ones and the account's own. And the types that a field may have."""

import re
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from flows import own_fields
from flows.api import bodies
from flows.api.schema import FieldSerializer, TypeSerializer
from leadconduit.accounts.api_auth import caller_of
from leadconduit.accounts.models import Account, CustomField
from leadconduit.accounts.models.custom_field import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    FieldIdTaken,
    id_part,
)
from leadconduit.leads import rules
from leadconduit.leads.standard_fields import STANDARD_FIELDS, StandardField
from leadconduit.leads.types import TYPES
from leadconduit.leads.types.described import COMPONENTS, MASKABLE
from leadconduit.lib.api import ApiError
from leadconduit.lib.api_schema import IF_NONE_MATCH, NOT_MODIFIED, refusals
from leadconduit.lib.api_view import ApiView
from leadconduit.lib.body import Body
from leadconduit.lib.conditional import Conditional

Answer = dict[str, Any]

READ_ONLY = ("standard", "created_at", "updated_at")
FIELD_ID = re.compile(bodies.FIELD_ID)
WRITABLE = ("id", "name", "type", "description")
LATER = ("aggregate", "deprecated", "see")
ID = OpenApiParameter("id", location=OpenApiParameter.PATH, description="The field's id, such as `email`.")


class FieldList(Conditional):
    @extend_schema(
        operation_id="listFields",
        tags=["Fields"],
        parameters=[IF_NONE_MATCH],
        responses={200: FieldSerializer(many=True), **NOT_MODIFIED, **refusals()},
    )
    def get(self, request: Request) -> Response:
        """All fields: the standard ones, then the account's own, each in the order of ids."""
        own = CustomField.objects.for_account(caller_of(request).account).order_by("field_id")
        return Response([*STANDARD.values(), *map(_own, own)])

    @extend_schema(
        operation_id="createField",
        tags=["Fields"],
        request={"application/json": bodies.FIELD},
        responses={201: FieldSerializer, **refusals(409, 413, 415)},
    )
    def post(self, request: Request) -> Response:
        """Make a field of the account's own. Its id ends in the account's suffix, which is added where it is missing."""
        caller = caller_of(request)
        body = _read(request.data)
        if body["field_id"] in STANDARD_FIELDS:
            raise ApiError(f"`{body['field_id']}` is a standard field already.", code=409)
        try:
            field = CustomField.make(account=caller.account, by=caller.key.created_by, **body)
        except FieldIdTaken as error:
            raise ApiError(error.sentence, code=409) from error
        return Response(_own(field), status=201, headers={"Location": f"/fields/{field.field_id}"})


class FieldDetail(ApiView):
    @extend_schema(
        operation_id="getField",
        tags=["Fields"],
        parameters=[ID],
        responses={200: FieldSerializer, **refusals(404)},
    )
    def get(self, request: Request, id: str) -> Response:
        """One field."""
        return Response(STANDARD.get(id) or _own(_find(request, id)))

    @extend_schema(
        operation_id="updateField",
        tags=["Fields"],
        parameters=[ID],
        request={"application/json": bodies.FIELD},
        responses={200: FieldSerializer, **refusals(403, 404, 409, 413, 415)},
    )
    def put(self, request: Request, id: str) -> Response:
        """Write the name and the description of a field of the account's own. Its id and its type stay."""
        field = _find(request, id)
        body = _read(request.data)
        if body["field_id"] != field.field_id or body["type"] != field.type:
            raise ApiError(
                f"The field stays `{field.field_id}`, of the type `{field.type}`: leads were read by it.",
                code=409,
            )
        field.change(name=body["name"], description=body["description"], by=caller_of(request).key.created_by)
        return Response(_own(field))

    @extend_schema(
        operation_id="deleteField",
        tags=["Fields"],
        parameters=[ID],
        responses={202: FieldSerializer, **refusals(403, 404)},
    )
    def delete(self, request: Request, id: str) -> Response:
        """Delete a field of the account's own. Flows that list it go on taking it, and are named in `errors`."""
        field, caller = _find(request, id), caller_of(request)
        answer = _own(field)
        if flows := own_fields.delete(field, by=caller.key.created_by):
            answer["errors"] = {
                flow_id: f"{name} lists the field {field.field_id}, which was deleted."
                for flow_id, name in flows
            }
        return Response(answer, status=202)


class TypeList(Conditional):
    @extend_schema(
        operation_id="listTypes",
        tags=["Fields"],
        parameters=[IF_NONE_MATCH],
        responses={200: TypeSerializer(many=True), **NOT_MODIFIED, **refusals()},
    )
    def get(self, request: Request) -> Response:
        """The types that fields and values may have, with what they are made of and which operators suit them."""
        return Response([_type(type) for type in TYPES])


def of_flow(fields: list[str], types: Mapping[str, str], account: Account) -> list[Answer]:
    """The fields that a flow lists, in its order. One that the account does not know is of the flow's type, or a text."""
    own = CustomField.objects.for_account(account).filter(field_id__in=fields)
    known = STANDARD | {field.field_id: _own(field) for field in own}
    return [
        known.get(id) or {"id": id, "name": id, "type": types.get(id, "string"), "standard": False}
        for id in fields
    ]


def _find(request: Request, id: str) -> CustomField:
    if id in STANDARD_FIELDS:
        raise ApiError("Standard fields are the same for everybody: they cannot be changed.", code=403)
    fields = CustomField.objects.for_account(caller_of(request).account)
    field = None if "\0" in id else fields.filter(field_id=id).first()
    if field is None:
        raise ApiError("This account has no field with this id.", code=404)
    return field


def _read(body: object) -> dict[str, str]:
    """What a caller wrote of a field. Raises ApiError with all that is wrong."""
    if not isinstance(body, dict):
        raise ApiError("A field is a JSON object.")
    written = Body(body)
    written.allow((*READ_ONLY, *WRITABLE), later=LATER, of="a field")
    written.set_aside(READ_ONLY)
    read = {
        "field_id": written.text("id", most=LONGEST_NAME, required=True),
        "name": written.text("name", most=LONGEST_NAME, required=True),
        "type": written.choice("type", TYPES, required=True) or "",
        "description": written.text("description", most=LONGEST_DESCRIPTION),
    }
    if read["field_id"] and not FIELD_ID.fullmatch(read["field_id"]):
        written.wrong(
            "id", f"An id is made of a to z, digits, underscores and dots, {_example(read['name'])}."
        )
    if written.errors:
        path, first = next(iter(written.errors.items()))
        raise ApiError(f"The field is not valid at `{path}`: {first}", errors=written.errors)
    return read


def _example(name: str) -> str:
    try:
        return f"such as `{id_part(name)}`"
    except ValueError:
        return "such as `roof_age`"


# --- As the API answers them


def _standard(field: StandardField) -> Answer:
    return {
        "id": field.id,
        "name": field.name,
        "type": field.type,
        "description": field.description,
        "standard": True,
        "aggregate": field.aggregate,
        "deprecated": field.deprecated,
    }


STANDARD = {field.id: _standard(field) for field in STANDARD_FIELDS.values()}


def _own(field: CustomField) -> Answer:
    return {
        "id": field.field_id,
        "name": field.name,
        "type": field.type,
        "description": field.description,
        "standard": False,
        "aggregate": False,
        "deprecated": False,
        "created_at": field.created_at,
    }


def _type(type: str) -> Answer:
    return {
        "name": type,
        "maskable": type in MASKABLE,
        "components": [component._asdict() for component in COMPONENTS[type]],
        "operators": list(rules.operators_for(type)),
    }
