"""Fields whose choices the other system knows: asked for by the page, by its buttons, or as somebody searches."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from destinations import configured
from destinations.configured import current, platform_of
from destinations.fields import FieldSpec
from destinations.forms.live_choices import LiveField
from destinations.forms.specs import SpecForm, offer_prefix
from destinations.models import Destination
from destinations.platforms.port import ActionSpec, Page, PlatformError
from destinations.views.common import find
from destinations.wizard import Live
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role

PAGE_PREFIX = "of"
"""Before the names of the fields of the configuration's pages."""


class Group(NamedTuple):
    """Fields that belong together: those of the pages, or those of an action (then `action_id`)."""

    specs: tuple[FieldSpec, ...]
    prefix: str
    action_id: str = ""

    def field(self, key: str) -> str:
        """The field as `Setup.options` names it."""
        return f"{self.action_id}.{key}" if self.action_id else key


class LiveFields:
    """What is known of a destination's live fields, for one page."""

    def __init__(self, destination: Destination) -> None:
        self._live = Live(destination)
        self._destination = destination
        self._problems: dict[str, str] = {}

    def of(self, group: Group, values: Mapping[str, Any]) -> dict[str, LiveField]:
        """By the field's key."""
        return {
            spec.key: LiveField(
                url=reverse("app:setup-choices", args=[self._destination.instance_id, group.field(spec.key)]),
                known=self._live.choices(group.field(spec.key), spec, values),
                problem=self._problems.get(group.field(spec.key), ""),
            )
            for spec in group.specs
            if spec.live_choices
        }

    def ask(self, group: Group, key: str, values: Mapping[str, Any], *, search: str, further: bool) -> None:
        """Ask the system; what it does not answer is said at the field."""
        spec = next((spec for spec in group.specs if spec.key == key and spec.live_choices), None)
        if spec is None:
            return
        field = group.field(key)
        try:
            self._live.ask_choices(field, spec, values, search=search, further=further, now=timezone.now())
        except PlatformError as refused:
            self._problems[field] = refused.sentence

    def ask_as_pressed(self, groups: Iterable[Group], request: MemberRequest) -> None:
        """What the button asks for that was pressed, if one was: `{name of the field} reload` or `.. more`."""
        name, _, verb = request.POST.get("ask", "").rpartition(" ")
        for group in groups:
            key = name.removeprefix(f"{group.prefix}-")
            if name == f"{group.prefix}-{key}":
                values = SpecForm(group.specs, data=request.POST, prefix=group.prefix).read()
                search = request.POST.get(f"{name}-search", "").strip()
                self.ask(group, key, values, search=search, further=verb == "more")


@require_safe
@requires(Role.ADMIN)
def live_choices(request: MemberRequest, instance_id: str, field: str) -> HttpResponse:
    """One field anew, for the values of its group that the page has now."""
    destination = find(request, instance_id)
    group, spec = _found(destination, field)
    values = SpecForm(group.specs, data=request.GET, prefix=group.prefix).read()
    search = request.GET.get(f"{group.prefix}-{spec.key}-search", "").strip()
    fields = LiveFields(destination)
    known = fields.of(group, values)[spec.key].known
    if known.stale or known.search != search:
        fields.ask(group, spec.key, values, search=search, further=False)
    if known.stale and known.asked_at and spec.depends_on:
        values |= {spec.key: None}
    shown = SpecForm(group.specs, values=values, live=fields.of(group, values), prefix=group.prefix)
    return render(request, "destinations/forms/_live_field.html", {"field": shown[spec.key]})


def _found(destination: Destination, field: str) -> tuple[Group, FieldSpec]:
    action_id, _, key = field.rpartition(".")
    document = current(destination).document
    setup, values = platform_of(destination).setup, configured.values_of(destination, document)
    for group in groups_of(setup.pages(values), setup.offers(values)):
        for spec in group.specs:
            if group.action_id == action_id and spec.key == key and spec.live_choices:
                return group, spec
    raise Http404


def groups_of(pages: Iterable[Page], offers: Iterable[ActionSpec]) -> list[Group]:
    """All fields of the step, the pages' together."""
    of_pages = Group(tuple(field for page in pages for field in page.fields), PAGE_PREFIX)
    of_offers = [
        Group(offer.fields, offer_prefix(offer.key), offer.key) for offer in offers if not offer.user_named
    ]
    return [of_pages, *of_offers]
