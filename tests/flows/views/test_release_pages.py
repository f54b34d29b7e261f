"""Releasing withheld leads in the browser, without a script."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from destinations.models import Destination
from flows import intake
from flows.models import Delivery, Flow, Lead
from leadconduit.accounts import release as permission
from leadconduit.accounts.models import Account, User
from tests.factories import DestinationFactory, EntityFactory, FlowFactory, filter_step, source_of

PAGE = "/app/leads/release/"


@pytest.fixture
def visitor(adam: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(adam)


@pytest.fixture
def crm(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme, name="CRM", actions=["Create", "Notify"])


@pytest.fixture
def flow(acme: Account, crm: Destination) -> Flow:
    return FlowFactory.create(
        account=acme,
        fields=["email", "state"],
        sources=[source_of(EntityFactory.create(account=acme))],
        steps=[filter_step(description="Californians")],
        uses=[crm],
        deployed=True,
    )


@pytest.fixture
def allowed(acme: Account, olive: User) -> None:
    permission.allow(acme, True, by=olive)


def submitted(flow: Flow, email: str = "ada@x.co", state: str = "CA") -> Lead:
    assert flow.deployed is not None
    found = intake.find(flow_id=flow.pk, entity_id=flow.deployed.document["sources"][0]["entity"]["id"])
    assert found is not None
    return intake.submit(found, {"email": email, "state": state}, ip="127.0.0.1", now=timezone.now())


def text(visitor: Client, path: str) -> str:
    return visitor.get(path).content.decode()


def post(visitor: Client, *leads: Lead, reason: str = "They asked for it") -> tuple[str, list[str]]:
    """Where it led, and what was said there."""
    answer = visitor.post(PAGE, {"lead": [lead.pk for lead in leads], "reason": reason}, follow=True)
    address = answer.redirect_chain[-1][0] if answer.redirect_chain else f"{answer.status_code}"
    return address, [str(message) for message in answer.context["messages"]]


def gate(lead: Lead) -> str:
    return Lead.objects.get(pk=lead.pk).gate


@pytest.mark.usefixtures("allowed")
def test_a_lead_is_released_from_its_page_and_says_so_from_then_on(
    visitor: Client, flow: Flow, adam: User
) -> None:
    lead = submitted(flow)
    assert "Release the lead" in text(visitor, f"/app/leads/{lead.pk}/")

    address, said = post(visitor, lead)

    assert (address, said) == (
        f"/app/leads/{lead.pk}/",
        ["1 lead was released. 2 deliveries are next in line."],
    )
    page = text(visitor, address)
    assert "Released by adam@acme.test" in page
    assert "They asked for it" in page
    assert "Step 1, “Californians”," in page
    assert page.index("CRM: Create") < page.index("CRM: Notify")
    assert "Release the lead" not in page


@pytest.mark.usefixtures("allowed")
def test_each_delivery_of_a_released_lead_says_so(visitor: Client, flow: Flow) -> None:
    released, passed = submitted(flow), submitted(flow, state="NY")
    post(visitor, released)

    for lead, says_so in ((released, True), (passed, False)):
        for delivery in Delivery.objects.of_lead(lead):
            page = text(visitor, f"/app/deliveries/{delivery.pk}/")
            assert ("Released by adam@acme.test" in page, "They asked for it" in page) == (says_so, says_so)


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("reason", ["", "  ", "\u200b"])
def test_a_reason_that_can_be_read_is_required(visitor: Client, flow: Flow, reason: str) -> None:
    lead = submitted(flow)

    answer = visitor.post(PAGE, {"lead": lead.pk, "reason": reason})

    assert answer.status_code == 422
    assert "Say why: it stays with the lead." in answer.content.decode()
    assert gate(lead) == "stopped"


@pytest.mark.usefixtures("allowed")
def test_a_selection_is_released_after_a_look_at_where_it_would_go(visitor: Client, flow: Flow) -> None:
    first, second = submitted(flow, "a@x.co"), submitted(flow, "b@x.co")
    passed = submitted(flow, "c@x.co", state="NY")
    leads = text(visitor, "/app/leads/")
    assert f'name="lead" value="{first.pk}"' in leads
    assert f'name="lead" value="{passed.pk}"' not in leads

    asked = text(visitor, f"{PAGE}?lead={first.pk}&lead={second.pk}")
    assert "CRM: Create, Notify" in asked
    assert "Release 2 leads" in asked

    address, said = post(visitor, first, second)
    assert (address, said) == ("/app/leads/", ["2 leads were released. 4 deliveries are next in line."])
    assert first.pk in text(visitor, "/app/leads/?gate=released")


@pytest.mark.usefixtures("allowed")
def test_of_a_selection_those_that_cannot_be_released_are_named_with_why(visitor: Client, flow: Flow) -> None:
    withheld, passed = submitted(flow, "a@x.co"), submitted(flow, "c@x.co", state="NY")

    address, said = post(visitor, withheld, passed)

    assert address == f"{PAGE}?lead={passed.pk}"
    assert said == [
        "1 lead was released. 2 deliveries are next in line.",
        "1 lead was not released. Its gate was open: it went to its destinations when it came in.",
    ]
    page = text(visitor, address)
    assert "c@x.co" in page
    assert "Its gate was open" in page


@pytest.mark.usefixtures("allowed")
def test_what_was_gone_is_said(visitor: Client, flow: Flow, crm: Destination) -> None:
    lead = submitted(flow)
    crm.actions.filter(name="Create").update(removed_at=timezone.now())
    assert "Left out, because it is gone: CRM: Create" in text(visitor, f"{PAGE}?lead={lead.pk}")

    address, said = post(visitor, lead)

    assert said == [
        "1 lead was released. 1 delivery is next in line. Left out, because it is gone: CRM: Create."
    ]
    assert "it was gone when the lead was released" in text(visitor, address)


@pytest.mark.usefixtures("olive")
def test_where_the_owner_does_not_allow_it_pages_say_who_can(visitor: Client, flow: Flow) -> None:
    lead = submitted(flow)
    page = text(visitor, f"/app/leads/{lead.pk}/")
    assert "olive@acme.test can turn it on" in page
    assert "Release the lead" not in page
    assert 'name="lead"' not in text(visitor, "/app/leads/")

    address, said = post(visitor, lead)

    assert address == f"/app/leads/{lead.pk}/"
    assert "olive@acme.test can turn it on" in said[0]
    assert gate(lead) == "stopped"


@pytest.mark.usefixtures("allowed")
def test_a_viewer_is_offered_nothing_and_refused(
    vera: User, flow: Flow, as_user: Callable[[User], Client]
) -> None:
    lead, viewer = submitted(flow), as_user(vera)

    assert "Release the lead" not in text(viewer, f"/app/leads/{lead.pk}/")
    assert 'name="lead"' not in text(viewer, "/app/leads/")
    assert viewer.post(PAGE, {"lead": lead.pk, "reason": "Mine"}).status_code == 403
    assert gate(lead) == "stopped"


@pytest.mark.usefixtures("allowed")
def test_a_stranger_releases_nothing(sam: User, flow: Flow, as_user: Callable[[User], Client]) -> None:
    lead = submitted(flow)
    permission.allow(sam.membership.account, True, by=sam)

    address, said = post(as_user(sam), lead)

    assert (address, said) == ("/app/leads/", ["Choose the leads to release, at most 50 at once."])
    assert gate(lead) == "stopped"


@pytest.mark.usefixtures("allowed")
def test_too_many_at_once_are_released_not_at_all(visitor: Client, flow: Flow) -> None:
    lead = submitted(flow)
    others = [f"{number:024x}" for number in range(50)]

    answer = visitor.post(PAGE, {"lead": [lead.pk, *others], "reason": "All"}, follow=True)

    assert "at most 50 at once" in answer.content.decode()
    assert gate(lead) == "stopped"


@pytest.mark.usefixtures("allowed")
def test_all_on_a_page_can_be_chosen_at_once(visitor: Client, flow: Flow) -> None:
    lead = submitted(flow)

    (box,) = [
        line for line in text(visitor, "/app/leads/?all=1").splitlines() if f'value="{lead.pk}"' in line
    ]

    assert "checked" in box


@pytest.mark.usefixtures("allowed")
def test_asking_costs_the_same_queries_however_many_leads(
    visitor: Client, flow: Flow, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    leads = [submitted(flow) for _ in range(6)]

    for chosen in (leads[:1], leads):
        query = "&".join(f"lead={lead.pk}" for lead in chosen)
        with django_assert_num_queries(10):
            visitor.get(f"{PAGE}?{query}")
