"""The third step: where and how to send, and what the destination can do."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone

from destinations import configured, wizard
from destinations.configured import current, platform_of
from destinations.forms.specs import ActionForm, SpecForm, read_actions
from destinations.models import Destination
from destinations.platforms.port import ActionSpec, Page
from destinations.views import steps
from destinations.views.common import find, get_or_post, says_why
from destinations.views.problems import Problem, problems_of
from destinations.wizard import MAX_ACTIONS, ActionEntry, Progress, SavedMeanwhile
from flows import usages
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role

PREFIX = "of"


@get_or_post
@requires(Role.VIEWER)
def configure(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    destination = find(request, instance_id)
    return _save(request, destination) if request.method == "POST" else _page(request, destination)


@requires(Role.ADMIN)
@says_why
def _save(request: MemberRequest, destination: Destination) -> HttpResponse:
    pages, spec, _ = _asked(destination)
    fields = [field for page in pages for field in page.fields]
    values = SpecForm(fields, data=request.POST, prefix=PREFIX).read()
    actions = read_actions(spec.fields, request.POST) if spec else None
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
    return steps.leave(request, destination, "configure") or _page(request, destination, wrong)


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
    pages, spec, answers = _asked(destination)
    revision = current(destination)
    progress = wizard.progress(destination, revision)
    shows = steps.shows_problems(request, progress, "configure") and typed is None
    problems = {**progress.configuration, **(wrong or {})} if shows else {}
    form = SpecForm(
        [field for page in pages for field in page.fields],
        values=typed.values if typed else revision.document["configuration"],
        asked=request.POST,
        prefix=PREFIX,
    ).show(problems)
    shown = typed.actions if typed else [_entry(action) for action in revision.actions]
    actions = _action_forms(request, destination, shown, spec, progress if shows else None)
    return steps.show(
        request,
        destination,
        progress,
        "configure",
        revision=revision,
        conflict=typed is not None,
        problems=[*problems_of(form), *_of_actions(actions)],
        sections=[{"page": page, "fields": [form[field.key] for field in page.fields]} for page in pages],
        answers_page=answers,
        form=form,
        spec=spec,
        actions=actions,
        may_add=len(actions) < MAX_ACTIONS,
        inspector_url=f"{settings.BASE_URL}/sandbox/inspector/" if settings.SANDBOX else "",
    )


def _of_actions(actions: Sequence[ActionForm]) -> Iterator[Problem]:
    for number, form in enumerate(actions, 1):
        yield from problems_of(form, f"{form['name'].value() or f'Action {number}'}, ")


def _entry(action: configured.Document) -> ActionEntry:
    return ActionEntry(action["id"], action["name"], action["configuration"])


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
    used = _used_actions(destination)
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


def _used_actions(destination: Destination) -> set[str]:
    """The actions that a flow delivers to: they cannot be removed."""
    rows = destination.actions.current()
    return {row.pk for row in rows if usages.flows_using(destination, action=row)}


class _Asked(NamedTuple):
    """What the step asks: the pages of configuration, and the action that users make themselves, if there is one.

    `answers` is the key of the page that says how answers are read, "" where no page does.
    """

    pages: tuple[Page, ...]
    spec: ActionSpec | None
    answers: str


def _asked(destination: Destination) -> _Asked:
    values = configured.values_of(destination, current(destination).document)
    setup = platform_of(destination).setup
    user_named = (spec for spec in setup.offers(values) if spec.user_named)
    rules = setup.answer_rules(values)
    return _Asked(setup.pages(values), next(user_named, None), rules.page if rules else "")
