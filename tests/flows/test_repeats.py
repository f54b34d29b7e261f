"""The same submission twice at the same time, and keys that count no more."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from flows import intake, repeats
from flows.models import Flow, Lead, SubmissionKey
from leadconduit.accounts.models import Account
from leadconduit.lib.ids import new_id
from tests.factories import NOON, EntityFactory, FlowFactory, recipient_step, source_of
from tests.threads import InThread, somebody_waits

FORM = "application/x-www-form-urlencoded"
BODY = b"email=a%40b.co"


def under(flow: Flow, source_id: str) -> repeats.Submission:
    named = repeats.under_key(
        "order-1",
        flow_id=flow.pk,
        source_id=source_id,
        query="",
        body=BODY,
        content_type=FORM,
        lasts=timedelta(minutes=1),
    )
    assert named
    return named


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("body", "status"), [(BODY, 201), (b"email=other", 409)])
def test_of_two_at_once_the_second_waits_and_makes_no_lead(acme: Account, body: bytes, status: int) -> None:
    seller = EntityFactory.create(account=acme)
    flow = FlowFactory.create(account=acme, sources=[source_of(seller)], deployed=True)
    found = intake.find(flow_id=flow.pk, entity_id=seller.pk)
    assert found
    answers = []

    def submit_again() -> None:
        answer = Client(headers={"Idempotency-Key": "order-1"}).post(
            f"/flows/{flow.pk}/sources/{seller.pk}/submit", body, FORM
        )
        answers.append((answer.status_code, answer.content.decode()))

    with transaction.atomic():
        lead = intake.submit(
            found, {"email": "a@b.co"}, ip="", now=timezone.now(), under=under(flow, seller.pk)
        )
        second = InThread(submit_again)
        while second.is_alive() and not somebody_waits():
            time.sleep(0.01)
    second.join()

    assert answers[0][0] == status
    assert (lead.pk in answers[0][1]) is (status == 201)
    assert Lead.objects.get() == lead


@pytest.mark.django_db
def test_a_key_that_counts_no_more_is_forgotten() -> None:
    now = timezone.now()
    old, young = new_id(now - timedelta(hours=25)), new_id(now - timedelta(hours=23))
    for lead_id in (old, young):
        SubmissionKey.objects.create(
            lead_id=lead_id, flow_id=new_id(), source_id=new_id(), key="k", request="r"
        )

    assert repeats.forget(now=now) == 1

    assert SubmissionKey.objects.get().lead_id == young


@pytest.mark.parametrize("header", ["k", "8e03978e-40d5-43dd-bc93-6894a57f9324", '"quoted"', "a b", " k "])
def test_a_key_is_any_printable_text(header: str) -> None:
    assert repeats.under_key(header, flow_id="f", source_id="s", query="", body=b"")


def test_no_header_is_no_key() -> None:
    assert repeats.under_key(None, flow_id="f", source_id="s", query="", body=b"") is None


# --- Where recipients are asked, the key is claimed before


@pytest.fixture
def asking(acme: Account) -> tuple[Flow, str]:
    """A flow that asks a recipient, and its source."""
    seller, crm = EntityFactory.create(account=acme), EntityFactory.create(account=acme, recipient="crm")
    flow = FlowFactory.create(
        account=acme, sources=[source_of(seller)], steps=[recipient_step(crm)], deployed=True
    )
    return flow, seller.pk


def submit(flow: Flow, source_id: str) -> Any:
    return Client(headers={"Idempotency-Key": "order-1"}).post(
        f"/flows/{flow.pk}/sources/{source_id}/submit", BODY, FORM
    )


@pytest.mark.django_db
def test_while_the_first_is_under_way_the_second_is_told_to_come_again(asking: tuple[Flow, str]) -> None:
    with repeats.claimed(under(*asking), now=timezone.now()):
        answer = submit(*asking)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.content == b"This submission is under way: submit it again in a few seconds"
    assert not Lead.objects.exists()
    assert not SubmissionKey.objects.exists()


@pytest.mark.django_db
def test_a_claim_lasts_no_longer_than_recipients_may_take(acme: Account) -> None:
    seller = EntityFactory.create(account=acme)
    crms = [EntityFactory.create(account=acme, name=name, recipient="crm") for name in ("One", "Two")]
    flow = FlowFactory.create(
        account=acme,
        sources=[source_of(seller)],
        steps=[
            recipient_step(crms[0], mapped={"timeout_seconds": "40"}),
            recipient_step(crms[1], mapped={"timeout_seconds": "{{lead.age}}"}),
        ],
        deployed=True,
    )

    found = intake.find(flow_id=flow.pk, entity_id=seller.pk)

    assert found
    assert found.longest_run == timedelta(seconds=15 + 40 + 360)


def test_the_same_words_in_another_format_are_another_submission() -> None:
    ways = [
        repeats.under_key("k", flow_id="f", source_id="s", query="", body=b"{}", content_type=written)
        for written in ("application/json", "text/xml")
    ]

    assert ways[0] != ways[1]


@pytest.mark.django_db
def test_of_two_that_claim_at_once_one_does() -> None:
    one = repeats.Submission("f" * 24, "5" * 24, "key", "request")

    with repeats.claimed(one, now=NOON), pytest.raises(repeats.Repeated), repeats.claimed(one, now=NOON):
        pass


@pytest.mark.django_db
def test_the_claim_of_a_process_that_died_is_taken_over_and_counts_no_more() -> None:
    one = repeats.Submission("f" * 24, "5" * 24, "key", "request", lasts=timedelta(minutes=1))
    later = NOON + timedelta(minutes=2)

    with repeats.claimed(one, now=NOON) as dead:
        assert repeats.first(one, now=later) is None
        with repeats.claimed(one, now=later) as mine:
            with pytest.raises(repeats.Repeated):
                repeats.record(dead, Lead(pk=new_id(later)), now=later)
            repeats.record(mine, Lead(pk=new_id(later)), now=later)

    assert SubmissionKey.objects.get().is_kept


@pytest.mark.django_db(transaction=True)
def test_a_lead_that_recipients_were_asked_about_has_its_key(asking: tuple[Flow, str]) -> None:
    first, again = submit(*asking), submit(*asking)

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert SubmissionKey.objects.get().lead_id == Lead.objects.get().pk
