"""The third step: where and how to send, and what the destination can do."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone

from destinations import configured, wizard
from destinations.configured import current, platform_of
from destinations.forms.specs import ActionForm, OfferForm, SpecForm, read_actions, read_offers
from destinations.models import Action, Destination
from destinations.platforms.port import ActionSpec, Page
from destinations.views import steps
from destinations.views.common import find, get_or_post, says_why
from destinations.views.live_choices import PAGE_PREFIX, LiveFields, groups_of
from destinations.views.problems import Problem, problems_of
from destinations.wizard import MAX_ACTIONS, ActionEntry, Progress, SavedMeanwhile
from flows import usages
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role


@get_or_post
@requires(Role.VIEWER)
def configure(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    destination = find(request, instance_id)
    return _save(request, destination) if request.method == "POST" else _page(request, destination)


@requires(Role.ADMIN)
@says_why
def _save(request: MemberRequest, destination: Destination) -> HttpResponse:
    asked = _asked(destination)
    fields = [field for page in asked.pages for field in page.fields]
    values = SpecForm(fields, data=request.POST, prefix=PAGE_PREFIX).read()
    actions = _posted_actions(asked, request)
    try:
        wrong = wizard.save_configuration(
            destination=destination,
            values=values,
            actions=actions,
            by=request.member,
            now=timezone.now(),
            seen=steps.seen(request),
        )
    except SavedMeanwhile:
        return _page(request, destination, typed=Typed(values, actions or ()))
    document = current(destination).document
    if configured.withheld(destination, document, configured.connection_of(destination, document)):
        messages.warning(request, f"{configured.LEADS_ELSEWHERE} See Authenticate.")
    return steps.leave(request, destination, "configure") or _page(request, destination, wrong)


def _posted_actions(asked: "_Asked", request: MemberRequest) -> list[ActionEntry] | None:
    """None where the page had no actions on it: then they stay as they are."""
    named = read_actions(asked.spec.fields, request.POST) if asked.spec else None
    offered = read_offers(asked.offers, request.POST) if "offers" in request.POST else None
    return None if named is None and offered is None else [*(offered or ()), *(named or ())]


class Typed(NamedTuple):
    """What a page that could not be saved shows again."""

    values: Mapping[str, Any]
    actions: Sequence[ActionEntry]


def _page(
    request: MemberRequest,
    destination: Destination,
    wrong: Mapping[str, str] | None = None,
    typed: Typed | None = None,
) -> HttpResponse:
    pages, spec, offers, answers = _asked(destination)
    revision = current(destination)
    progress = wizard.progress(destination, revision)
    shows = steps.shows_problems(request, progress, "configure") and typed is None
    problems = {**progress.configuration, **(wrong or {})} if shows else {}
    live = LiveFields(destination)
    of_pages, *of_offers = groups_of(pages, offers)
    live.ask_as_pressed([of_pages, *of_offers], request)
    values = typed.values if typed else revision.document["configuration"]
    form = SpecForm(
        of_pages.specs,
        values=values,
        asked=request.POST,
        live=live.of(of_pages, values),
        prefix=PAGE_PREFIX,
    ).show(problems)
    shown = typed.actions if typed else [_entry(action) for action in revision.actions]
    ours = [entry for entry in shown if entry.action_id not in {offer.key for offer in offers}]
    actions = _action_forms(request, destination, ours, spec, progress if shows else None)
    offer_forms = _offer_forms(destination, offers, shown, live, progress if shows else None)
    return steps.show(
        request,
        destination,
        progress,
        "configure",
        revision=revision,
        conflict=typed is not None,
        problems=[*problems_of(form), *_of_offers(offer_forms), *_of_actions(actions)],
        sections=[{"page": page, "fields": [form[field.key] for field in page.fields]} for page in pages],
        answers_page=answers,
        form=form,
        spec=spec,
        actions=actions,
        offers=offer_forms,
        may_add=len(actions) < MAX_ACTIONS,
        inspector_url=_inspector_url(pages),
    )


def _inspector_url(pages: Sequence[Page]) -> str:
    """Something to send to, for an integration that asks where it sends."""
    asks = any(field.kind == "url" and field.decides_host for page in pages for field in page.fields)
    return f"{settings.BASE_URL}/sandbox/inspector/" if settings.SANDBOX and asks else ""


def _of_actions(actions: Sequence[ActionForm]) -> Iterator[Problem]:
    for number, form in enumerate(actions, 1):
        yield from problems_of(form, f"{form['name'].value() or f'Action {number}'}, ")


def _of_offers(offers: Sequence[OfferForm]) -> Iterator[Problem]:
    for form in offers:
        yield from problems_of(form, f"{form.spec.name}, ")


def _entry(action: configured.Document) -> ActionEntry:
    return ActionEntry(action["id"], action["name"], action["configuration"], action["action_id"])


def _offer_forms(
    destination: Destination,
    offers: Sequence[ActionSpec],
    shown: Sequence[ActionEntry],
    live: LiveFields,
    progress: Progress | None,
) -> list[OfferForm]:
    """A form for each action that is offered once. Of a new destination the first is ticked."""
    if not offers:
        return []
    taken = {entry.action_id: entry for entry in shown}
    used = {row.action_id for row in _used_rows(destination)}
    groups = {group.action_id: group for group in groups_of((), offers)}
    forms = []
    for number, offer in enumerate(offers):
        entry = taken.get(offer.key)
        values = entry.configuration if entry else {}
        form = OfferForm(
            offer,
            wanted=entry is not None or (number == 0 and not taken and progress is None),
            used=offer.key in used,
            values=values,
            live=live.of(groups[offer.key], values),
        )
        form.show(progress.actions.get(entry.id, {}) if progress and entry else {})
        forms.append(form)
    if progress and not taken:
        forms[0].show({"wanted": "Choose at least one action."})
    return forms


def _action_forms(
    request: MemberRequest,
    destination: Destination,
    actions: Sequence[ActionEntry],
    spec: ActionSpec | None,
    progress: Progress | None,
) -> list[ActionForm]:
    """A form for each action, and a blank one where another was asked for, or none is there yet."""
    if spec is None:
        return []
    used = {row.pk for row in _used_rows(destination)}
    forms = []
    for number, action in enumerate(actions):
        form = ActionForm(
            spec.fields,
            number,
            values={"name": action.name, **action.configuration},
            action=action.id,
            used=action.id in used,
            asked=request.POST,
        )
        form.show(progress.actions.get(action.id, {}) if progress else {})
        forms.append(form)
    if not forms:
        forms.append(_blank(spec, 0, name=spec.name))
        forms[-1].show({"name": "A destination does at least one thing: name it."} if progress else {})
    elif request.POST.get("add") == "action":
        forms.append(_blank(spec, len(forms)))
        forms[-1].fields["name"].widget.attrs["autofocus"] = True
    return forms


def _blank(spec: ActionSpec, number: int, name: str = "") -> ActionForm:
    return ActionForm(spec.fields, number, values={"name": name})


def _used_rows(destination: Destination) -> list[Action]:
    """The actions that a flow delivers to: they cannot be removed."""
    rows = destination.actions.current()
    return [row for row in rows if usages.flows_using(destination, action=row)]


class _Asked(NamedTuple):
    """What the step asks: the pages of configuration, the action that users make themselves, if there is one, and
    those that the integration offers once.

    `answers` is the key of the page that says how answers are read, "" where no page does.
    """

    pages: tuple[Page, ...]
    spec: ActionSpec | None
    offers: tuple[ActionSpec, ...]
    answers: str


def _asked(destination: Destination) -> _Asked:
    values = configured.values_of(destination, current(destination).document)
    setup = platform_of(destination).setup
    offered = setup.offers(values)
    user_named = (spec for spec in offered if spec.user_named)
    once = tuple(spec for spec in offered if not spec.user_named)
    rules = setup.answer_rules(values)
    return _Asked(setup.pages(values), next(user_named, None), once, rules.page if rules else "")
