"""Rules that say what a receiver's answer means: pointed at in an answer that came, tried on earlier ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from destinations import configured, wizard
from destinations.configured import Document, current, platform_of
from destinations.fields import with_defaults
from destinations.forms.specs import SpecForm
from destinations.models import Destination
from destinations.outcome import Outcome
from destinations.platforms.port import AnswerRules, DestinationValues, Page
from destinations.views import steps
from destinations.views.answer_tree import Node, tree_of
from destinations.views.common import find, get_or_post, go, says_why
from flows import past_answers
from flows.past_answers import PastAnswer
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role

RULES = "rules"
"""The id of the form, to which what was pointed at leads."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The destination as it stands, and where it says how answers are read."""

    destination: Destination
    document: Document
    values: DestinationValues
    rules: AnswerRules
    page: Page

    @property
    def saved(self) -> dict[str, Any]:
        return with_defaults(self.page.fields, self.document["configuration"])


@get_or_post
@requires(Role.VIEWER)
def destination_answers(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    destination = find(request, instance_id)
    asked = _asked(destination)
    if request.method == "POST":
        return _try_or_save(request, destination, asked)
    given = {field.key: request.GET.get(field.key) for field in asked.page.fields}
    tried = {key: value for key, value in given.items() if value is not None}
    return _page(request, asked, asked.saved | tried)


@requires(Role.ADMIN)
@says_why
def _try_or_save(request: MemberRequest, destination: Destination, asked: _Asked) -> HttpResponseBase:
    tried = SpecForm(asked.page.fields, data=request.POST).read()
    if "save" not in request.POST or asked.page.problems(tried):
        return _page(request, asked, tried)
    configuration = asked.document["configuration"] | tried
    wizard.save_configuration(
        destination=destination, values=configuration, by=request.member, now=timezone.now()
    )
    messages.success(request, "The rules are in the draft. Send a test to see them at work.")
    return go(request, steps.url_of(destination, "test"))


def _asked(destination: Destination) -> _Asked:
    """Raises Http404 where the platform reads answers by itself."""
    document = current(destination).document
    values = configured.values_of(destination, document)
    setup = platform_of(destination).setup
    rules = setup.answer_rules(values)
    if rules is None:
        raise Http404
    page = next(page for page in setup.pages(values) if page.key == rules.page)
    return _Asked(destination, document, values, rules, page)


def _page(request: MemberRequest, asked: _Asked, tried: dict[str, Any]) -> HttpResponse:
    wrong = asked.page.problems(tried)
    form = SpecForm(asked.page.fields, values=tried).show(wrong)
    answers = past_answers.recent(asked.destination)
    of = request.POST.get("of") or request.GET.get("of", "")
    chosen = next((answer for answer in answers if answer.id == of), answers[0] if answers else None)
    context = {
        "destination": asked.destination,
        "form": form,
        "answer": chosen,
        "tree": _pointed_at(asked, chosen, tried) if chosen else None,
        "rows": _rows(asked, answers, chosen, {} if wrong else tried, tried),
        "wrong": wrong,
        "changed": tried != asked.saved,
        "section": "destination",
    }
    return render(
        request, "destinations/answers.html", context, status=422 if wrong and request.POST else 200
    )


# --- The answer, and what can be pointed at in it


@dataclass(frozen=True, slots=True)
class _Pointed:
    """A node with the links that make rules of it."""

    node: Node
    children: Sequence["_Pointed"]
    success_url: str
    reason_url: str
    is_success: bool
    is_reason: bool


def _pointed_at(asked: _Asked, answer: PastAnswer, tried: Mapping[str, Any]) -> dict[str, Any] | None:
    """The tree of a JSON answer; None for any other."""
    tree = tree_of(answer.exchange["response"]["body"])
    if tree is None:
        return None
    return {"nodes": _point(asked, answer, tried, tree.nodes), "cut": tree.cut}


def _point(
    asked: _Asked, answer: PastAnswer, tried: Mapping[str, Any], nodes: Sequence[Node]
) -> list[_Pointed]:
    rules = asked.rules
    return [
        _Pointed(
            node,
            _point(asked, answer, tried, node.children),
            success_url=_url(answer, {**tried, rules.term: node.text, rules.path: node.path})
            if _fits(asked, rules.term, node.text) and node.can_be_told
            else "",
            reason_url=_url(answer, {**tried, rules.reason: node.path})
            if node.text is not None and _fits(asked, rules.reason, node.path)
            else "",
            is_success=bool(node.path) and tried.get(rules.path) == node.path,
            is_reason=bool(node.path) and tried.get(rules.reason) == node.path,
        )
        for node in nodes
    ]


def _fits(asked: _Asked, key: str, text: str | None) -> bool:
    return bool(text) and not next(field for field in asked.page.fields if field.key == key).problem(text)


def _url(answer: PastAnswer, tried: Mapping[str, Any]) -> str:
    return f"?{urlencode({'of': answer.id, **tried})}#{RULES}"


# --- What came to what


def _rows(
    asked: _Asked,
    answers: Sequence[PastAnswer],
    chosen: PastAnswer | None,
    judged_by: Mapping[str, Any],
    tried: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """The earlier answers, with what each would come to now. Nothing is judged by rules that are wrong."""
    values = replace(asked.values, configuration={**asked.values.configuration, **judged_by})
    judge = platform_of(asked.destination).sender.judge
    rows = []
    for answer in answers:
        result = judge(values, answer.exchange) if judged_by else None
        rows.append(
            {
                "answer": answer,
                "url": _url(answer, tried).removesuffix(f"#{RULES}"),
                "is_chosen": answer == chosen,
                "before": Outcome(answer.outcome),
                "now": result.outcome if result else None,
                "reason": result.sentence if result and not result.outcome.is_success else "",
                "differs": result is not None and result.outcome != answer.outcome,
            }
        )
    return rows
