"""/deliveries: ours, since LeadConduit shows no deliveries."""

from typing import Any

from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from destinations.models import Destination
from flows.api.parameters import a_limit, an_id, id_parameter, limit_parameter, names_of
from flows.api.representation import represent_attempts, represent_deliveries
from flows.api.schema import DeliveryDetailSerializer, DeliverySerializer
from flows.delivery import replay
from flows.models import Attempt, Delivery, State
from flows.models.delivery import DeliveryQuerySet
from leadconduit.accounts.api_auth import caller_of
from leadconduit.accounts.models import Account
from leadconduit.lib.api import ApiError
from leadconduit.lib.api_schema import IF_NONE_MATCH, NOT_MODIFIED, refusals
from leadconduit.lib.api_view import ApiView
from leadconduit.lib.conditional import Conditional
from leadconduit.lib.ids import is_id

DEFAULT_LIMIT, MOST = 100, 1000
PARAMETERS = [
    id_parameter("lead_id", "Only the deliveries of this lead."),
    OpenApiParameter("state", enum=State.values, description="Only deliveries in this state."),
    OpenApiParameter("instance_id", description="Only deliveries to this destination."),
    id_parameter("before_id", "Only deliveries older than this one: its id ends the page before."),
    limit_parameter(default=DEFAULT_LIMIT, most=MOST),
]
ID = OpenApiParameter("id", location=OpenApiParameter.PATH, description="The delivery's id: 24 hex digits.")


class DeliveryList(Conditional):
    query = names_of(PARAMETERS)

    @extend_schema(
        operation_id="listDeliveries",
        tags=["Deliveries"],
        parameters=[*PARAMETERS, IF_NONE_MATCH],
        responses={200: DeliverySerializer(many=True), **NOT_MODIFIED, **refusals()},
    )
    def get(self, request: Request) -> Response:
        """Deliveries of the account, the newest first, a page at a time."""
        query = request.query_params
        found = _filtered(query, caller_of(request).account)
        limit = a_limit(query, default=DEFAULT_LIMIT, most=MOST)
        return Response(represent_deliveries(found.defer("input").order_by("-pk")[:limit]))


class DeliveryDetail(ApiView):
    @extend_schema(
        operation_id="getDelivery",
        tags=["Deliveries"],
        parameters=[ID],
        responses={200: DeliveryDetailSerializer, **refusals(404)},
    )
    def get(self, request: Request, id: str) -> Response:
        """One delivery, with every attempt and what was exchanged at it; secrets are masked."""
        return _answer(_find(request, id))


class DeliveryTries(ApiView):
    @extend_schema(
        operation_id="tryDeliveryAgain",
        tags=["Deliveries"],
        parameters=[ID],
        request=None,
        responses={200: DeliveryDetailSerializer, **refusals(404, 409)},
    )
    def post(self, request: Request, id: str) -> Response:
        """Try a failed or cancelled delivery again, with the same key; one that waits for its next try goes now."""
        return _replayed(replay.try_again, request, id)


class DeliveryArrivals(ApiView):
    @extend_schema(
        operation_id="sayDeliveryArrived",
        tags=["Deliveries"],
        parameters=[ID],
        request=None,
        responses={200: DeliveryDetailSerializer, **refusals(404, 409)},
    )
    def post(self, request: Request, id: str) -> Response:
        """Say of a failed delivery that was sent and never answered that it arrived: it is delivered then."""
        return _replayed(replay.say_it_arrived, request, id)


def _replayed(change: Any, request: Request, id: str) -> Response:
    delivery, key = _find(request, id), caller_of(request).key
    try:
        change(delivery, by=key.created_by, now=timezone.now(), through=key)
    except replay.ReplayRefused as refused:
        raise ApiError(refused.sentence, code=409) from refused
    return _answer(delivery)


def _find(request: Request, id: str) -> Delivery:
    deliveries = Delivery.objects.for_account(caller_of(request).account)
    delivery = deliveries.filter(pk=id.lower()).first() if is_id(id.lower()) else None
    if delivery is None:
        raise ApiError("This account has no delivery with this id.", code=404)
    return delivery


def _answer(delivery: Delivery) -> Response:
    # An attempt is never older than its delivery: this names the partitions to look into.
    attempts = Attempt.objects.filter(delivery=delivery, pk__gte=delivery.pk).order_by("pk")
    answer = represent_deliveries([delivery])[0]
    return Response(answer | {"attempt_log": represent_attempts(attempts)})


def _filtered(query: QueryDict, account: Account) -> DeliveryQuerySet:
    found = Delivery.objects.for_account(account)
    if lead_id := an_id(query, "lead_id"):
        found = found.filter(lead=lead_id, pk__gte=lead_id)
    if before_id := an_id(query, "before_id"):
        found = found.filter(pk__lt=before_id)
    if (state := query.get("state")) is not None:
        if state not in State.values:
            raise ApiError(f"`state` is one of {', '.join(State.values)}, not `{state[:60]}`.")
        found = found.filter(state=state)
    if (instance_id := query.get("instance_id")) is not None:
        found = found.filter(destination=_destination(account, instance_id))
    return found


def _destination(account: Account, instance_id: str) -> str:
    """The row's id of a destination, deleted or not; of none where the account has no such destination."""
    if "\0" in instance_id:
        return ""
    destinations = Destination.objects.filter(account=account, instance_id=instance_id)
    return destinations.values_list("pk", flat=True).first() or ""
