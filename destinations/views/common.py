"""What every page of destinations needs: the destination of this account, where an answer goes, what refusals say."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, NamedTuple, ParamSpec

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from destinations.models import Action, Connection, Destination
from destinations.platforms import marks
from destinations.platforms.port import DestinationValues, PlatformError, UnknownIntegration
from destinations.platforms.registry import PLATFORMS
from destinations.wizard import Gone, WizardError
from flows import usages
from leadconduit.accounts.access import MemberRequest

P = ParamSpec("P")

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def find(request: MemberRequest, instance_id: str) -> Destination:
    mine = Destination.objects.for_account(request.account).with_limited_until()
    return get_object_or_404(mine.select_related("account", "live"), instance_id=instance_id)


def wants_fragment(request: MemberRequest) -> bool:
    return bool(request.htmx) and not request.htmx.boosted


def go(request: MemberRequest, to: str, *args: str) -> HttpResponse:
    """On to another page; a request by htmx must not put that page into the one it came from."""
    url = resolve_url(to, *args)
    return HttpResponseClientRedirect(url) if wants_fragment(request) else redirect(url)


def says_why(
    view: Callable[Concatenate[MemberRequest, Destination, P], HttpResponseBase],
) -> Callable[Concatenate[MemberRequest, Destination, P], HttpResponseBase]:
    """A change that is refused comes back to the destination's page with the sentence."""

    @wraps(view)
    def answered(
        request: MemberRequest, destination: Destination, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        try:
            return view(request, destination, *args, **kwargs)
        except Gone as gone:
            messages.error(request, gone.sentence)
            return go(request, "app:destination-list")
        except (WizardError, PlatformError) as refused:
            messages.error(request, refused.sentence)
            return go(request, "app:destination-detail", destination.instance_id)

    return answered


def names_of_flows(action: Action) -> Sequence[str]:
    """Of those that use it."""
    return [flow.name for flow in usages.flows_using(action.destination, action=action)]


def scheme_label(connection: Connection) -> str:
    """By what it authenticates, in words; "" where that is not known any more."""
    known = DestinationValues(
        account_id=connection.account_id, instance_id="", integration=connection.integration
    )
    try:
        schemes = PLATFORMS[connection.platform].setup.schemes(known)
    except UnknownIntegration:
        return ""
    return next((scheme.label for scheme in schemes if scheme.key == connection.scheme), "")


class Tile(NamedTuple):
    letters: str
    colour: int


# The classes of the tile whose colours the integration's icon has.
_COLOURS = (2, 4, 3, 1, 5, 6)


def tile(integration: str, name: str) -> Tile:
    return Tile(marks.letters(name), _COLOURS[marks.colour(integration)])
