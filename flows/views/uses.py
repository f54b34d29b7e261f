"""A flow's destinations: which actions it uses, in what order or independent, paused here or not, on what condition.

Each button is one change, made to the flow as it is then, so two people at this page undo nothing of each other's.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from destinations.models import Action, Destination
from flows import definition, uses
from flows.dependencies import Doubt, names_of
from flows.models import Flow
from flows.views import doubts
from flows.views.changes import document_of, flow_of, said_of
from flows.views.rules import put, try_if_asked
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.leads.rules import in_words
from leadconduit.rule_form import RuleBuilder

GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])
SETTINGS: dict[str, dict[str, Any]] = {
    "pause": {"enabled": False},
    "resume": {"enabled": True},
    "free": {"independent": True},
    "bind": {"independent": False},
}
"""What each button sets of how an action is used."""
GONE = "The flow does not use that any more: somebody took it away meanwhile."


# --- The list


@GET_AND_POST
@requires(Role.VIEWER)
def use_list(request: MemberRequest, pk: str) -> HttpResponseBase:
    flow = flow_of(request, pk)
    if request.method == "POST":
        return _change(request, flow)
    offered = _offered(request)
    document = document_of(flow)
    used, odd = document["destinations"], doubts.by_id(_doubts(document, offered), "destinations")
    taken = {action["action"] for use in used for action in use["actions"]}
    others = [
        {"destination": destination, "actions": free}
        for destination, actions in offered.values()
        if (free := [action for action in actions.values() if action.pk not in taken])
    ]
    context = {
        "flow": flow,
        "tab": "destinations",
        "uses": [
            _use(use, *offered[use["destination"]], odd) for use in used if use["destination"] in offered
        ],
        "others": others,
        "any": bool(offered),
    }
    return render(request, "flows/destinations.html", context)


def _offered(request: MemberRequest) -> dict[str, tuple[Destination, dict[str, Action]]]:
    """Every destination that can be used, by name, each with its actions by id. Two queries."""
    mine = Destination.objects.for_account(request.account).activated()
    found = mine.with_held_by().order_by("name", "pk")
    offered: dict[str, tuple[Destination, dict[str, Action]]] = {one.pk: (one, {}) for one in found}
    for action in Action.objects.current().filter(destination__in=list(offered)):
        offered[action.destination_id][1][action.pk] = action
    return offered


def _doubts(document: Mapping[str, Any], offered: Collection[str]) -> Iterator[Doubt]:
    """Those of conditions, and those of what the destinations send live. One query."""
    used = [use["destination"] for use in document["destinations"] if use["destination"] in offered]
    live = list(Destination.objects.filter(pk__in=used).select_related("live")) if used else []
    for doubt in doubts.of_uses(document, live):
        words = f"Field mapping: {doubt.sentence}" if doubt.is_mapping else doubt.sentence
        yield doubt._replace(sentence=words)


def _use(
    use: Mapping[str, Any],
    destination: Destination,
    actions: Mapping[str, Action],
    odd: Mapping[str, list[str]],
) -> dict[str, Any]:
    return {
        "destination": destination,
        "actions": [
            {
                "action": actions[one["action"]],
                "enabled": one.get("enabled", True),
                "independent": one.get("independent", False),
                "condition": in_words(one["rule_set"]) if one.get("rule_set") else "",
                "doubts": odd.get(one["action"], ()),
            }
            for one in use["actions"]
            if one["action"] in actions
        ],
    }


@requires(Role.ADMIN)
def _change(request: MemberRequest, flow: Flow) -> HttpResponse:
    """`use` names actions to use too; `up` and `down` a destination or an action; the others an action."""
    by: dict[str, Any] = {"author": request.member, "now": timezone.now()}
    for button in ("use", "remove", "up", "down", *SETTINGS):
        if id := request.POST.get(button):
            break
    else:
        messages.info(request, "No action was chosen, so nothing was changed.")
        return redirect("app:flow-destinations", pk=flow.pk)
    try:
        match button:
            case "use":
                uses.attach(flow=flow, actions=_chosen(request), **by)
            case "remove":
                uses.detach(flow=flow, action_id=id, **by)
            case "up" | "down":
                uses.move(flow=flow, id=id, by=-1 if button == "up" else 1, **by)
            case _:
                uses.put(flow=flow, action_id=id, **SETTINGS[button], **by)
    except uses.UseGone:
        messages.error(request, GONE)
    except definition.InvalidFlow as invalid:
        for sentence in said_of(document_of(flow), invalid.errors):
            messages.error(request, sentence)
    except Flow.DoesNotExist:
        raise Http404 from None
    else:
        messages.success(request, "Saved. Deploy to use it.")
    # Back to where the button was, for those who go by keyboard.
    return redirect(f"{reverse('app:flow-destinations', args=[flow.pk])}#use-{id}")


def _chosen(request: MemberRequest) -> list[Action]:
    actions = Action.objects.current().filter(
        destination__in=Destination.objects.for_account(request.account).activated(),
        pk__in=request.POST.getlist("use"),
    )
    return list(actions.order_by("destination__name", "destination_id", "position"))


# --- The condition of one action


@GET_AND_POST
@requires(Role.ADMIN)
def condition(request: MemberRequest, pk: str, action_id: str) -> HttpResponseBase:
    flow = flow_of(request, pk)
    rule_set, action = _rule_set(flow, action_id), _action(request, action_id)
    names = names_of(document_of(flow))
    if request.method != "POST":
        return _page(request, flow, action, rule_set, RuleBuilder(rule_set, names=names))
    rules = RuleBuilder.posted(request.POST, names=names)
    if rules.pressed:
        try_if_asked(request, flow, rules)
        return _page(request, flow, action, rule_set, rules)
    made = None if "every" in request.POST else rules.rule_set
    form = Form(request.POST)
    if made is None or rules.is_valid():
        errors = _put(request, flow, action, made)
        if not errors:
            return _to_list(flow, action)
        put(_inside(errors), "", form, rules, document_of(flow))
    return _page(request, flow, action, rule_set, rules, form, status=422)


def _inside(errors: Mapping[str, str]) -> dict[str, str]:
    """By the path inside the action's own entry, which is the only one that is written."""
    return {
        f"rule_set.{rest}" if (rest := path.partition(".rule_set.")[2]) else path: errors[path]
        for path in errors
    }


def _rule_set(flow: Flow, action_id: str) -> dict[str, Any] | None:
    for use in document_of(flow)["destinations"]:
        for one in use["actions"]:
            if one["action"] == action_id:
                found: dict[str, Any] | None = one.get("rule_set")
                return found
    raise Http404


def _action(request: MemberRequest, action_id: str) -> Action:
    actions = Action.objects.filter(destination__account=request.account).select_related("destination")
    return get_object_or_404(actions, pk=action_id)


def _put(
    request: MemberRequest, flow: Flow, action: Action, rule_set: dict[str, Any] | None
) -> dict[str, str]:
    """Set the condition. Answers what is wrong with it, by path; then nothing was saved."""
    try:
        uses.put(flow=flow, action_id=action.pk, rule_set=rule_set, author=request.member, now=timezone.now())
    except uses.UseGone:
        return {"": GONE}
    except definition.InvalidFlow as invalid:
        return dict(invalid.errors)
    except Flow.DoesNotExist:
        raise Http404 from None
    messages.success(request, "Saved. Deploy to use it.")
    return {}


def _to_list(flow: Flow, action: Action) -> HttpResponse:
    return redirect(f"{reverse('app:flow-destinations', args=[flow.pk])}#use-{action.pk}")


def _page(
    request: MemberRequest,
    flow: Flow,
    action: Action,
    rule_set: Mapping[str, Any] | None,
    rules: RuleBuilder,
    form: Form | None = None,
    status: int = 200,
) -> HttpResponseBase:
    context = {
        "flow": flow,
        "action": action,
        "conditional": rule_set is not None,
        "rules": rules,
        "mistakes": list(rules.mistakes()),
        "form": form,
    }
    return render(request, "flows/condition.html", context, status=status)
