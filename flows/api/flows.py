"""Flows over the API: read, written whole, deployed, deleted."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from flows import editing
from flows.api.representation import represent_flows
from flows.api.schema import DeployedSerializer, FlowSerializer
from flows.definition import InvalidFlow
from flows.models import Flow
from leadconduit.accounts.api_auth import caller_of
from leadconduit.lib.api import ApiError
from leadconduit.lib.api_schema import IF_MATCH, IF_NONE_MATCH, NOT_MODIFIED, refusals
from leadconduit.lib.api_view import ApiView
from leadconduit.lib.conditional import Conditional, expected_revisions, tag
from leadconduit.lib.ids import is_id

DEPLOYED = "Your flow was deployed and the most recent changes are now live"
ID = OpenApiParameter("id", location=OpenApiParameter.PATH, description="The flow's id: 24 hex digits.")


class FlowList(Conditional):
    @extend_schema(
        operation_id="listFlows",
        tags=["Flows"],
        parameters=[IF_NONE_MATCH],
        responses={200: FlowSerializer(many=True), **NOT_MODIFIED, **refusals()},
    )
    def get(self, request: Request) -> Response:
        """All flows of the account as they are saved, the newest first."""
        account = caller_of(request).account
        flows = Flow.objects.for_account(account).select_related("saved").order_by("-pk")
        return Response(represent_flows(list(flows), account=account, now=timezone.now()))

    @extend_schema(
        operation_id="createFlow",
        tags=["Flows"],
        request=FlowSerializer,
        responses={201: FlowSerializer, **refusals(409, 413, 415)},
    )
    def post(self, request: Request) -> Response:
        """Create a flow. It takes no leads until it is deployed."""
        caller = caller_of(request)
        try:
            flow = editing.create(
                account=caller.account,
                body=request.data,
                author=caller.key.created_by,
                now=timezone.now(),
                through=caller.key,
            )
        except InvalidFlow as error:
            raise ApiError(error.sentence, errors=error.errors) from error
        except editing.IdTaken as error:
            raise ApiError(str(error), code=409) from error
        return _tagged(request, flow, status=201, headers={"Location": f"/flows/{flow.pk}"})


class FlowDetail(ApiView):
    @extend_schema(
        operation_id="getFlow",
        tags=["Flows"],
        parameters=[ID, IF_NONE_MATCH],
        responses={200: FlowSerializer, **NOT_MODIFIED, **refusals(404)},
    )
    def get(self, request: Request, id: str) -> Response:
        """One flow as it is saved."""
        return _tagged(request, find_flow(request, id))

    @extend_schema(
        operation_id="updateFlow",
        tags=["Flows"],
        parameters=[ID, IF_MATCH],
        request=FlowSerializer,
        responses={200: FlowSerializer, **refusals(404, 412, 413, 415)},
    )
    def put(self, request: Request, id: str) -> Response:
        """Write a flow whole. Leads meet the change once it is deployed."""
        flow, caller = find_flow(request, id), caller_of(request)
        try:
            flow = editing.save(
                flow=flow,
                body=request.data,
                author=caller.key.created_by,
                now=timezone.now(),
                through=caller.key,
                expected=expected_revisions(request),
            )
        except InvalidFlow as error:
            raise ApiError(error.sentence, errors=error.errors) from error
        except editing.Stale as error:
            raise ApiError(str(error), code=412) from error
        except Flow.DoesNotExist as error:
            raise _unknown() from error
        return _tagged(request, flow)

    @extend_schema(
        operation_id="deleteFlow",
        tags=["Flows"],
        parameters=[ID],
        responses={200: FlowSerializer, **refusals(404)},
    )
    def delete(self, request: Request, id: str) -> Response:
        """Delete a flow, which takes no more leads then. Answers the flow as it was."""
        return Response(_answer(_change(editing.delete, request, id)))


class FlowDeployment(ApiView):
    @extend_schema(
        operation_id="deployFlow",
        tags=["Flows"],
        parameters=[ID],
        request=None,
        responses={200: DeployedSerializer, **refusals(404)},
    )
    def post(self, request: Request, id: str) -> Response:
        """Let leads meet the flow as it is saved now."""
        _change(editing.deploy, request, id)
        return Response({"message": DEPLOYED})


def find_flow(request: Request, id: str) -> Flow:
    flows = Flow.objects.for_account(caller_of(request).account).select_related("saved")
    flow = flows.filter(pk=id.lower()).first() if is_id(id.lower()) else None
    if flow is None:
        raise _unknown()
    return flow


def _unknown() -> ApiError:
    return ApiError("This account has no flow with this id.", code=404)


def _change(change: Any, request: Request, id: str) -> Flow:
    """Deploy or delete, neither of which takes a body."""
    caller = caller_of(request)
    try:
        flow: Flow = change(
            flow=find_flow(request, id), author=caller.key.created_by, now=timezone.now(), through=caller.key
        )
    except Flow.DoesNotExist as error:
        raise _unknown() from error
    return flow


def _tagged(request: Request, flow: Flow, **options: Any) -> Response:
    response = Response(_answer(flow), **options)
    tag(request, response, revision=flow.saved_id or "")
    return response


def _answer(flow: Flow) -> dict[str, Any]:
    return represent_flows([flow], account=flow.account, now=timezone.now())[0]
