"""One lead through three actions of a Salesforce destination, each using what those before it returned."""

import asyncio
from typing import Any

import pytest

from destinations.models import Action, Connection, Destination
from destinations.sandbox.keeping import KeptRecords
from flows.delivery import backoff
from flows.delivery.attempt import attempt
from flows.delivery.loading import Loader
from flows.models import Delivery, Due
from leadconduit.accounts.models import Account
from tests.destinations.connectors.salesforce.conftest import HOST, org, token
from tests.factories import AccountFactory
from tests.flows.delivery import makers
from tests.flows.delivery.loop import claim, write

__all__ = ["org"]

pytestmark = pytest.mark.django_db(transaction=True)

LEAD_ID = {"target": "LeadId", "template": "{{receipts.create_lead.id}}"}
MAPPINGS = {
    "create_lead": [
        {"target": "LastName", "template": "{{lead.last_name}}"},
        {"target": "Company", "template": "Households", "literal": True},
        {"target": "Email", "template": "{{lead.email}}"},
    ],
    "add_to_campaign": [LEAD_ID],
    "create_opportunity": [LEAD_ID, {"target": "Name", "template": "{{lead.last_name}}, solar"}],
}


def salesforce(owner: Account, options: dict[str, dict[str, Any]]) -> Destination:
    """A live destination with these actions, in their order."""
    made = makers.destination(owner, actions=len(options))
    connection = Connection(account=owner, integration="salesforce", scheme="bearer")
    connection.seal({"access_token": token(), "instance_url": HOST})
    connection.save()
    revision = makers.apply(made)
    document = revision.document | {"scheme": "bearer", "connection": connection.pk, "configuration": {}}
    for action, (key, configuration) in zip(document["actions"], options.items(), strict=True):
        action |= {"action_id": key, "configuration": configuration, "mapping": MAPPINGS[key]}
        Action.objects.filter(pk=action["id"]).update(action_id=key)
    revision.document = document
    revision.save()
    Destination.objects.filter(pk=made.pk).update(integration="salesforce")
    made.refresh_from_db()
    return made


def work_off() -> None:
    """What a worker does, until nothing is due."""
    loader = Loader()
    while claims := claim():
        prepared = loader.prepare(claims)
        write(
            *(
                asyncio.run(attempt(one, prepared[one.delivery_id], backoff.Policy.of_settings()))
                for one in claims
            )
        )


def test_one_lead_becomes_one_lead_one_member_and_one_opportunity(org: KeptRecords) -> None:
    campaign = org.find("Campaign", Name="Solar savings 2026")[0].id
    to = salesforce(
        AccountFactory.create(),
        {
            "create_lead": {},
            "add_to_campaign": {"campaign": campaign},
            "create_opportunity": {"converted_status": "Closed - Converted"},
        },
    )
    of = makers.lead(to.account, last_name="Lovelace", email="ada@example.com")
    makers.chain(to, of)

    work_off()

    deliveries = list(Delivery.objects.filter(lead=of).order_by("pk"))
    assert [(one.state, one.reason) for one in deliveries] == [("delivered", "")] * 3
    assert not Due.objects.exists()
    (lead,) = org.find("Lead", Email="ada@example.com")
    (member,) = org.find("CampaignMember", CampaignId=campaign)
    (opportunity,) = org.find("Opportunity", Name="Lovelace, solar")
    assert member.fields["LeadId"] == lead.id
    assert lead.fields["ConvertedOpportunityId"] == opportunity.id
    assert [one.receipt["id"] for one in deliveries if one.receipt] == [lead.id, member.id, opportunity.id]
