"""The last step: a real request for a sample lead, and then putting the destination to use."""

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone

from destinations import wizard
from destinations.configured import current
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

SHOWN = 10


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
    try:
        sent = wizard.test(
            destination=destination,
            action=request.POST.get("of", ""),
            sample=sample.lead,
            by=request.member,
            now=timezone.now(),
        )
    except wizard.NotComplete as refused:
        return _page(request, destination, sample=sample, refused=refused.sentence)
    return _page(request, destination, sample=sample, sent=sent)


def _page(
    request: MemberRequest,
    destination: Destination,
    *,
    sample: Sample | None = None,
    sent: ConnectionTest | None = None,
    refused: str = "",
) -> HttpResponse:
    revision = current(destination)
    progress = wizard.progress(destination, revision)
    sample = sample or sample_of(request)
    tests = ConnectionTest.objects.filter(destination=destination).select_related("by", "revision")
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
        actions=revision.actions,
        chosen=_chosen(request, revision),
        missing=progress.missing,
        untested=" ".join(progress.step("test").missing),
        sample=sample.form,
        sent=sent,
        advice=_advice(destination, sent) if sent else None,
        unfinished=_unfinished(destination, progress),
        tests=[test for test in tests.order_by("-pk")[:SHOWN] if test != sent],
    )


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


def _chosen(request: MemberRequest, revision: DestinationRevision) -> str:
    ids = [action["id"] for action in revision.actions]
    chosen = request.POST.get("of", "")
    return chosen if chosen in ids else next(iter(ids), "")
