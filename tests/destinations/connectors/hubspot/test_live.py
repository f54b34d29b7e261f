"""What a portal says of itself: the stand-in's answers, over HTTP, and what is not there."""

import json
from typing import Any

import pytest

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.hubspot import live
from destinations.platforms.port import Choices, PlatformError, Targets
from destinations.sandbox.keeping import KeptRecords
from leadconduit.lib import outbound
from tests.destinations.connectors.hubspot.orders import KNOWN, order
from tests.destinations.connectors.receiver import Receiver


def chosen(calls: Calls, field: str, search: str = "", cursor: str = "", **configuration: Any) -> Choices:
    destination = order(field.partition(".")[0], **configuration).destination
    return outbound.run(live.options(calls, destination, field, search, cursor))


def labels(choices: Choices) -> list[str]:
    return [choice.label for choice in choices.items]


def discovered(calls: Calls, action: str, **configuration: Any) -> Targets:
    wanted = order(action, **configuration)
    return outbound.run(live.discover(calls, wanted.destination, wanted.action))


def test_one_is_connected_to_the_portal(calls: Calls) -> None:
    identity = outbound.run(live.identify(calls, order("create_contact").destination))

    assert (identity.organisation, identity.organisation_id) == ("Portal 8114201", "8114201")


def test_a_token_that_is_not_good_identifies_nobody(stand_in: KeptRecords) -> None:
    with pytest.raises(PlatformError, match="does not take the credentials"):
        outbound.run(live.identify(Calls(Fixed({"token": "no"})), order("create_contact").destination))


def test_properties_that_can_be_written_are_found_with_their_types(calls: Calls) -> None:
    fields = {field.key: field for field in discovered(calls, "create_contact").fields}

    assert fields["email"].type == "email"
    assert fields["phone"].type == "phone"
    assert fields["message"].type == "text"
    assert fields["credit_score"].type == "number"
    assert fields["move_in_date"].type == "date"
    assert fields["home_owner"].type == "boolean"
    assert fields["property_type"].type == "choice"
    assert [choice.value for choice in fields["property_type"].choices] == ["house", "apartment"]
    assert fields["hubspot_owner_id"].type == "string"
    assert not {"hs_object_id", "createdate", "ContactId"} & fields.keys()


def test_what_finds_the_contact_stands_before_the_properties(calls: Calls) -> None:
    assert discovered(calls, "update_contact").fields[0].key == "ContactId"

    deal = discovered(calls, "create_deal").fields
    assert [field.key for field in deal[:3]] == ["ContactId", "ContactEmail", "dealname"]
    assert [field.key for field in deal if field.required] == ["dealname"]
    assert not {"pipeline", "dealstage"} & {field.key for field in deal}


def test_what_contacts_are_found_by_is_required(calls: Calls) -> None:
    def required(**configuration: str) -> list[str]:
        return [f.key for f in discovered(calls, "upsert_contact", **configuration).fields if f.required]

    assert required() == ["email"]
    assert required(find_by="leadconduit_id") == ["leadconduit_id"]
    assert labels(chosen(calls, "upsert_contact.find_by")) == ["Email", "LeadConduit ID"]


def test_lists_that_take_contacts_are_found_page_by_page(
    calls: Calls, stand_in: KeptRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LISTS_PAGE", 1)
    first = chosen(calls, "add_to_list.list")
    rest = chosen(calls, "add_to_list.list", cursor=first.more)

    assert labels(first) + labels(rest) == ["Spring campaign", "Newsletter"]
    assert rest.more == ""
    assert labels(chosen(calls, "add_to_list.list", "news")) == ["Newsletter"]


def test_stages_are_those_of_the_pipeline(calls: Calls) -> None:
    assert labels(chosen(calls, "create_deal.pipeline")) == ["Sales pipeline", "Renewals"]
    assert labels(chosen(calls, "create_deal.pipeline", "ren")) == ["Renewals"]
    assert labels(chosen(calls, "create_deal.stage", pipeline="renewals")) == ["Open", "Renewed"]
    with pytest.raises(PlatformError, match="Choose the pipeline first"):
        chosen(calls, "create_deal.stage")
    with pytest.raises(PlatformError, match="no longer in HubSpot"):
        chosen(calls, "create_deal.stage", pipeline="gone")


def test_owners_are_people(calls: Calls) -> None:
    assert labels(chosen(calls, "create_contact.owner")) == ["Dana Reyes (dana@brightleaf.example)"]
    assert labels(chosen(calls, "create_contact.owner", "nobody")) == []


def test_other_choices_do_not_come_from_hubspot(calls: Calls) -> None:
    with pytest.raises(PlatformError):
        chosen(calls, "create_contact.color")


def test_owners_are_paged_as_described(portal: Receiver) -> None:
    """Crm Owners v3, `CollectionResponsePublicOwnerForwardPaging`."""
    owner = {"id": "6", "email": "a@b.example", "archived": False}
    paging = {"next": {"after": "NTI1", "link": "?after=NTI1"}}
    portal.body = json.dumps({"results": [owner], "paging": paging})

    first = chosen(Calls(Fixed(KNOWN)), "create_contact.owner")
    chosen(Calls(Fixed(KNOWN)), "create_contact.owner", cursor=first.more)

    assert (labels(first), first.more) == (["a@b.example"], "NTI1")
    assert portal.latest.path == "/crm/v3/owners?limit=100&after=NTI1"
