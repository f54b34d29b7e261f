"""Seeing what became of leads and deliveries, and sending them once more."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from flows import intake
from flows.delivery import replay
from flows.models import Attempt, Delivery, Due, Flow, Lead, State
from leadconduit.accounts.models import Account, User
from tests.factories import DestinationFactory, EntityFactory, FlowFactory, filter_step, source_of, use_of


@pytest.fixture
def visitor(adam: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(adam)


@pytest.fixture
def flow(acme: Account) -> Flow:
    texans = filter_step(
        {"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}, description="Texans", reason="No Texans"
    )
    return FlowFactory.create(
        account=acme,
        name="Solar",
        fields=["email", "state"],
        sources=[source_of(EntityFactory.create(account=acme))],
        steps=[texans],
        uses=[DestinationFactory.create(account=acme, name="CRM", actions=["Create", "Notify"])],
        deployed=True,
    )


def submitted(flow: Flow, **values: str) -> Lead:
    assert flow.saved is not None
    found = intake.find(flow_id=flow.pk, entity_id=flow.saved.document["sources"][0]["entity"]["id"])
    assert found is not None
    return intake.submit(found, values, ip="127.0.0.1", now=timezone.now())


def text(visitor: Client, path: str) -> str:
    return visitor.get(path).content.decode()


def test_a_stopped_leads_page_says_which_step_and_why(visitor: Client, flow: Flow) -> None:
    lead = submitted(flow, email="ada@example.com", state="TX")

    page = text(visitor, f"/app/leads/{lead.pk}/")

    assert "No destination saw this lead." in page
    assert "Step 1, “Texans”," in page
    assert "No Texans" in page
    assert "lead.state is equal to &quot;TX&quot;: yes" in page


@pytest.mark.parametrize("state", ["NY", "TX"])
def test_a_leads_page_names_what_its_flow_had_paused(visitor: Client, acme: Account, state: str) -> None:
    crm = DestinationFactory.create(account=acme, name="CRM", actions=["Create"])
    flow = FlowFactory.create(
        account=acme,
        fields=["email", "state"],
        sources=[source_of(EntityFactory.create(account=acme))],
        steps=[filter_step({"lhv": "lead.state", "op": "is equal to", "rhv": "TX"})],
        destinations=[use_of(crm, "create", enabled=False)],
        deployed=True,
    )
    lead = submitted(flow, email="ada@example.com", state=state)

    page = text(visitor, f"/app/leads/{lead.pk}/")

    assert "CRM: Create" in page
    assert "Not owed: it was paused in this flow." in page
    assert "delivered to no destination" not in page


def test_a_leads_page_shows_its_deliveries_in_order(visitor: Client, flow: Flow) -> None:
    lead = submitted(flow, email="ada@example.com", state="NY")

    page = text(visitor, f"/app/leads/{lead.pk}/")

    assert page.index("CRM: Create") < page.index("CRM: Notify")
    assert "Waits for the action before it" in page


def test_leads_are_found_by_gate_e_mail_and_id(visitor: Client, flow: Flow) -> None:
    stopped, passed = submitted(flow, email="t@x.co", state="TX"), submitted(flow, email="Ada@Example.com")

    page = text(visitor, "/app/leads/?gate=stopped")
    assert stopped.pk in page
    assert passed.pk not in page
    assert passed.pk in text(visitor, "/app/leads/?q=ada@example.com")
    assert passed.pk in text(visitor, f"/app/leads/?q={passed.pk}")


def test_the_list_of_leads_pages_by_id(visitor: Client, flow: Flow) -> None:
    leads = [submitted(flow, email=f"{n}@x.co") for n in range(52)]

    page = text(visitor, f"/app/leads/?before={leads[10].pk}")

    assert f"/app/leads/{leads[9].pk}/" in page
    assert f"/app/leads/{leads[10].pk}/" not in page


def failed(flow: Flow) -> Delivery:
    delivery = Delivery.objects.of_lead(submitted(flow, email="a@b.co")).order_by("pk")[0]
    Due.objects.filter(delivery_id=delivery.pk).delete()
    delivery.state, delivery.outcome, delivery.reason = (
        State.FAILED,
        "unreachable",
        "The receiver could not be reached.",
    )
    delivery.save()
    Attempt.objects.create(delivery=delivery, number=1, outcome="unreachable", reason="Connection refused")
    return delivery


def test_a_failed_delivery_is_tried_again_with_the_same_key(visitor: Client, flow: Flow) -> None:
    delivery = failed(flow)
    assert "Try again" in text(visitor, f"/app/deliveries/{delivery.pk}/")

    visitor.post(f"/app/deliveries/{delivery.pk}/tries/")

    reopened = Delivery.objects.get(pk=delivery.pk)
    assert (reopened.state, reopened.key) == ("waiting", delivery.key)
    assert Due.objects.filter(delivery_id=delivery.pk).exists()


def test_one_that_may_have_arrived_is_said_to_have_arrived(visitor: Client, flow: Flow) -> None:
    delivery = failed(flow)
    assert "It arrived" not in text(visitor, f"/app/deliveries/{delivery.pk}/")
    Attempt.objects.update(outcome="unknown")
    for path in (f"/app/deliveries/{delivery.pk}/", f"/app/leads/{delivery.lead_id}/"):
        assert "May have arrived: somebody has to look" in text(visitor, path)
        assert "It arrived" in text(visitor, path)

    page = visitor.post(f"/app/deliveries/{delivery.pk}/arrivals/", follow=True).content.decode()

    assert "It counts as delivered" in page
    delivery.refresh_from_db()
    assert delivery.state == State.DELIVERED


def test_sending_again_names_what_comes_after_it(visitor: Client, flow: Flow) -> None:
    delivery = failed(flow)
    Delivery.objects.filter(pk=delivery.pk).update(state=State.DELIVERED)
    (behind,) = replay.behind(delivery)

    page = text(visitor, f"/app/deliveries/{delivery.pk}/replays/")
    visitor.post(f"/app/deliveries/{delivery.pk}/replays/")

    assert f"sent again as well, in the same order: “{behind.action.name}”" in page
    assert Delivery.objects.get(origin=behind).follows == Delivery.objects.get(origin=delivery)


def test_sending_a_delivered_one_again_is_asked_first_and_is_a_new_delivery(
    visitor: Client, flow: Flow
) -> None:
    delivery = failed(flow)
    Delivery.objects.filter(pk=delivery.pk).update(state=State.DELIVERED)

    assert "may have it twice" in text(visitor, f"/app/deliveries/{delivery.pk}/replays/")
    visitor.post(f"/app/deliveries/{delivery.pk}/replays/")

    again = Delivery.objects.get(origin=delivery)
    assert again.key != delivery.key


def test_another_accounts_leads_and_deliveries_are_not_there(
    sam: User, flow: Flow, as_user: Callable[[User], Client]
) -> None:
    lead = submitted(flow, email="a@b.co")
    visitor = as_user(sam)

    assert visitor.get(f"/app/leads/{lead.pk}/").status_code == 404
    assert visitor.get(f"/app/deliveries/{Delivery.objects.of_lead(lead)[0].pk}/").status_code == 404
    assert lead.pk not in text(visitor, "/app/leads/")


def test_pages_lead_to_the_record_that_was_made_and_show_every_request(visitor: Client, flow: Flow) -> None:
    lead = submitted(flow, email="ann@example.com", state="CA")
    delivery = Delivery.objects.filter(lead=lead).order_by("pk")[0]
    delivery.receipt = {"id": "00Q1", "url": "https://crm.example/00Q1"}
    delivery.save()
    found = {"request": {"method": "GET", "uri": "https://crm.example/found"}, "response": None, "ms": 1}
    made = {"request": {"method": "POST", "uri": "https://crm.example/made"}, "response": None, "ms": 1}
    Attempt.objects.create(
        delivery=delivery, number=1, outcome="delivered", exchange={**made, "before": [found]}
    )

    for path in (f"/app/leads/{lead.pk}/", f"/app/deliveries/{delivery.pk}/"):
        page = text(visitor, path)
        assert 'href="https://crm.example/00Q1"' in page
        assert page.count("https://crm.example/found") == 2
        assert page.count("https://crm.example/made") == 1
