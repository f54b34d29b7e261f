"""GET /flows/{id}/fields and /flows/{id}/fields/usage: the fields that a flow lists, and how many leads had each."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from flows.api.fields import of_flow
from flows.api.flows import ID, find_flow
from flows.api.schema import FieldSerializer
from flows.models import Flow
from leadconduit.lib.api import ApiError
from leadconduit.lib.api_schema import IF_NONE_MATCH, NOT_MODIFIED, refusals
from leadconduit.lib.api_view import ApiView
from leadconduit.lib.conditional import Conditional
from leadconduit.lib.ids import first_id_at

LONGEST_SECONDS = 20
"""A count that takes longer is given up, and answered 503."""
TIMEFRAME = re.compile(
    r"today|yesterday|(this|previous)_(([1-9]|[1-8][0-9]|90)_days|([1-9]|1[0-2])_weeks|([1-9][0-9]?)_hours)"
)
PARAMETER = OpenApiParameter(
    "timeframe",
    {"type": "string", "pattern": f"^({TIMEFRAME.pattern})$", "default": "today"},
    description=(
        "`today`, `yesterday`, or as `this_7_days`, `previous_4_weeks`, `previous_12_hours`: at most 90 days, which "
        "begin at midnight UTC."
    ),
)


class FlowFields(Conditional):
    @extend_schema(
        operation_id="listFlowFields",
        tags=["Flows"],
        parameters=[ID, IF_NONE_MATCH],
        responses={200: FieldSerializer(many=True), **NOT_MODIFIED, **refusals(404)},
    )
    def get(self, request: Request, id: str) -> Response:
        """The fields that a flow lists, as it is saved, in its order."""
        flow = find_flow(request, id)
        types = flow.saved.document.get("types", {}) if flow.saved else {}
        return Response(of_flow(_fields(flow), types, flow.account))


class FlowFieldUsage(ApiView):
    query = (PARAMETER.name,)

    @extend_schema(
        operation_id="flowFieldUsages",
        tags=["Flows"],
        parameters=[ID, PARAMETER],
        responses={
            200: {"type": "object", "additionalProperties": {"type": "integer"}},
            **refusals(404),
        },
    )
    def get(self, request: Request, id: str) -> Response:
        """How many leads that the flow took in the timeframe had a value of each field."""
        begin, end = _span(request.query_params.get("timeframe", "today"), now=timezone.now())
        flow = find_flow(request, id)
        return Response(_usage(flow, begin, end))


def _fields(flow: Flow) -> list[str]:
    return list(flow.saved.document["fields"]) if flow.saved else []


def _span(timeframe: str, *, now: datetime) -> tuple[datetime, datetime]:
    """From when to when: `this` ends now, and its first day counts whole; `previous` ends where today begins."""
    if not TIMEFRAME.fullmatch(timeframe):
        raise ApiError(
            f"`timeframe` is `today`, `yesterday`, or as `this_7_days`, at most 90 days, not `{timeframe[:60]}`."
        )
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    which, count, unit = {"today": "this_1_days", "yesterday": "previous_1_days"}.get(
        timeframe, timeframe
    ).split("_")
    length = timedelta(**{unit: int(count)})
    step = timedelta(hours=1) if unit == "hours" else timedelta(days=1)
    current = now.replace(minute=0, second=0, microsecond=0) if unit == "hours" else today
    return (current - length, current) if which == "previous" else (current + step - length, now)


USAGE = """
select field, count(*)
from flows_lead as lead, unnest(%(fields)s::text[]) as field
where lead.account_id = %(account)s and lead.flow_id = %(flow)s and lead.id >= %(first)s and lead.id < %(end)s
    and coalesce(lead."values" #> string_to_array(field, '.'), lead."values" -> field) <> 'null'
group by field
"""


def _usage(flow: Flow, begin: datetime, end: datetime) -> dict[str, int]:
    fields = _fields(flow)
    parameters: dict[str, Any] = {
        "fields": fields,
        "account": flow.account_id,
        "flow": flow.pk,
        "first": first_id_at(begin),
        "end": first_id_at(end),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"set local statement_timeout = '{LONGEST_SECONDS}s'")
        cursor.execute(USAGE, parameters)
        counted = dict(cursor.fetchall())
    return {field: counted.get(field, 0) for field in fields}
