"""The last step: real requests for a sample lead, and then putting the destination to use."""

from collections.abc import Collection, Sequence

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from destinations import wizard
from destinations.configured import current, platform_of
from destinations.models import ConnectionTest, Destination, DestinationRevision
from destinations.outcome import Outcome
from destinations.views import steps
from destinations.views.common import find, get_or_post, says_why
from destinations.views.problems import problems_of
from destinations.views.review import changes_of
from destinations.views.samples import Sample, sample_of
from destinations.wizard import Progress
from destinations.wizard.completeness import LABELS
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role

ALL = "all"
SHOWN = 20
"""Calls of earlier tests."""


@get_or_post
@requires(Role.VIEWER)
def trial(request: MemberRequest, instance_id: str) -> HttpResponseBase:
    destination = find(request, instance_id)
    return _send(request, destination) if request.method == "POST" else _page(request, destination)


@requires(Role.ADMIN)
@says_why
def _send(request: MemberRequest, destination: Destination) -> HttpResponse:
    sample = sample_of(request)
    if sample.lead is None:
        return _page(request, destination, sample=sample)
    of, ids = request.POST.get("of", ""), [action["id"] for action in current(destination).actions]
    try:
        run = wizard.test(
            destination=destination,
            actions=ids if of == ALL else [of],
            variables=sample.variables(destination),
            by=request.member,
            now=timezone.now(),
        )
    except wizard.NotComplete as refused:
        return _page(request, destination, sample=sample, refused=refused.sentence)
    return _page(request, destination, sample=sample, run=run)


def _page(
    request: MemberRequest,
    destination: Destination,
    *,
    sample: Sample | None = None,
    run: wizard.Run | None = None,
    refused: str = "",
) -> HttpResponse:
    standing = wizard.standing(destination)
    revision, progress = standing.revision, standing.progress
    sample = sample or sample_of(request)
    sent = run.sent if run else ()
    return steps.show(
        request,
        destination,
        progress,
        "test",
        problems=list(problems_of(sample.form)),
        refused=refused,
        revision=revision,
        is_draft=revision.applied_at is None,
        changes=changes_of(destination, revision),
        choices=_choices(revision),
        chosen=_chosen(request, revision),
        reaches=_reaches(standing),
        missing=progress.missing,
        untested=" ".join(progress.step("test").missing),
        untried=_untried(standing.untried),
        sample=sample,
        run=run,
        calls=[{"test": test, "advice": _advice(destination, test)} for test in sent],
        answers_url=_answers_url(standing),
        unfinished=_unfinished(destination, progress),
        earlier=_earlier(destination, besides={test.pk for test in sent}),
    )


def _choices(revision: DestinationRevision) -> list[dict[str, str]]:
    """What can be sent: where there are several actions, all of them first."""
    one_by_one = [
        {
            "value": action["id"],
            "label": action["name"],
            "help": f"1 request, {_counted(len(action['mapping']), 'row')} mapped",
        }
        for action in revision.actions
    ]
    if len(one_by_one) < 2:
        return one_by_one
    in_order = {
        "value": ALL,
        "label": "All, in order",
        "help": f"Up to {len(one_by_one)} requests: each only after the one before was delivered, as with leads",
    }
    return [in_order, *one_by_one]


def _untried(names: Sequence[str]) -> str:
    """A warning and no refusal: see wizard.proof."""
    if not names:
        return ""
    return (
        f"{wizard.quoted(names)} {'was' if len(names) == 1 else 'were'} not tested since the latest change."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _chosen(request: MemberRequest, revision: DestinationRevision) -> str:
    offered = [choice["value"] for choice in _choices(revision)]
    chosen = request.POST.get("of", "")
    return chosen if chosen in offered else next(iter(offered), "")


def _reaches(standing: wizard.Standing) -> str:
    """What sending does in somebody's system, said before it is done."""
    where = " and ".join(wizard.hosts(standing)) or "the receiver"
    return f"This sends real requests to {where}. Whatever is made of them there stays there."


def _answers_url(standing: wizard.Standing) -> str:
    """The page on which an answer becomes rules; "" where the platform knows by itself."""
    rules = platform_of(standing.destination).setup.answer_rules(standing.values)
    return reverse("app:destination-answers", args=[standing.destination.instance_id]) if rules else ""


def _earlier(destination: Destination, *, besides: Collection[str]) -> list[list[ConnectionTest]]:
    """Tests that were sent before, the newest first, those of one run together in the order they were sent in."""
    tests = ConnectionTest.objects.filter(destination=destination).select_related("by", "revision")
    newest = [test for test in tests.order_by("-pk")[:SHOWN] if test.pk not in besides]
    runs: dict[str, list[ConnectionTest]] = {}
    for test in newest:
        runs.setdefault(test.run or test.pk, []).insert(0, test)
    return list(runs.values())


ADVICE = {
    Outcome.REJECTED: ("The receiver judged the sample: see what it says, and what is mapped.", "map"),
    Outcome.UNAUTHORIZED: ("Nothing was taken. Check the credentials.", "auth"),
    Outcome.RATE_LIMITED: ("Nothing was taken. Try again in a while.", ""),
    Outcome.UNAVAILABLE: ("Nothing is wrong on this side. Try again in a while.", ""),
    Outcome.UNREACHABLE: ("Nothing was sent. Check the address.", "configure"),
    Outcome.UNKNOWN: (
        "It may have arrived: look there before you send again. A longer timeout may help.",
        "configure",
    ),
    Outcome.MISCONFIGURED: ("Only a change of the set-up can help.", "configure"),
}


def _advice(destination: Destination, sent: ConnectionTest) -> dict[str, str] | None:
    """What to do about an outcome, and where."""
    words, step = ADVICE.get(Outcome(sent.outcome), ("", ""))
    link = {"link": LABELS[step], "url": steps.url_of(destination, step)} if step else {}
    return {"words": words, **link} if words else None


def _unfinished(destination: Destination, progress: Progress) -> dict[str, str] | None:
    step = progress.next_step
    return None if step.key == "test" else {"label": step.label, "url": steps.url_of(destination, step.key)}
