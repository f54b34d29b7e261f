"""GET /destinations and GET /destinations/{instance_id}. Destinations are made and changed in the browser only."""

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from destinations.api.representation import represent, with_usages
from destinations.api.schema import DestinationSerializer
from destinations.models import Destination
from destinations.models.destination import DestinationQuerySet
from flows.usages import usages_of
from leadconduit.accounts.api_auth import caller_of
from leadconduit.lib.api import ApiError
from leadconduit.lib.api_schema import IF_NONE_MATCH, NOT_MODIFIED, refusals
from leadconduit.lib.api_view import ApiView
from leadconduit.lib.conditional import Conditional

FLOW_USAGES = "flow_usages"
INCLUDE = OpenApiParameter(
    "include", enum=[FLOW_USAGES], description="Additional properties to include in the response."
)


class DestinationList(Conditional):
    query = ("include",)

    @extend_schema(
        operation_id="listDestinations",
        tags=["Destinations"],
        parameters=[INCLUDE, IF_NONE_MATCH],
        responses={200: DestinationSerializer(many=True), **NOT_MODIFIED, **refusals()},
    )
    def get(self, request: Request) -> Response:
        """All destinations of the account that were activated, paused ones included, the newest first."""
        return Response(_answers(request, _visible(request).order_by("-pk")))


class DestinationDetail(ApiView):
    query = ("include",)

    @extend_schema(
        operation_id="getDestination",
        tags=["Destinations"],
        parameters=[INCLUDE, OpenApiParameter("instance_id", location=OpenApiParameter.PATH)],
        responses={200: DestinationSerializer, **refusals(404)},
    )
    def get(self, request: Request, instance_id: str) -> Response:
        """One destination."""
        if "\0" in instance_id:  # which PostgreSQL would not even compare
            raise Http404
        answers = _answers(request, _visible(request).filter(instance_id=instance_id))
        if not answers:
            raise ApiError("This account has no destination with this instance_id.", code=404)
        return Response(answers[0])


def _visible(request: Request) -> DestinationQuerySet:
    return Destination.objects.for_account(caller_of(request).account).activated()


def _answers(request: Request, destinations: DestinationQuerySet) -> list[dict[str, object]]:
    included = _included(request)
    represented = represent(destinations, now=timezone.now())
    if included:
        represented = with_usages(represented, usages_of(represented))
    return list(represented.values())


def _included(request: Request) -> bool:
    """Whether the caller wants flow_usages, the only thing there is to include."""
    asked = request.query_params.getlist("include")
    for value in asked:
        if value != FLOW_USAGES:
            raise ApiError(f"`include` takes the value `{FLOW_USAGES}` only, not `{value[:60]}`.")
    return bool(asked)
