"""Renaming, pausing, new keys and deleting act at once."""

import pytest

from destinations import lifecycle, wizard
from destinations.models import Connection, Destination, Lane
from destinations.models.lane import FOREVER, OPEN
from leadconduit.accounts.models import Account, AuditEvent, User
from tests.destinations.wizard.steps import activated, begun, fresh, later
from tests.factories import DestinationFactory


@pytest.fixture
def crm(acme: Account) -> Destination:
    return DestinationFactory.create(account=acme, name="CRM")


def noted() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def delete(destination: Destination, by: User, used_by: tuple[str, ...] = (), waiting: int = 0) -> None:
    lifecycle.delete(
        destination=destination, by=by, now=later(30), used_by=lambda: used_by, waiting=lambda: waiting
    )


def test_a_new_name_is_there_at_once(crm: Destination, adam: User) -> None:
    lifecycle.rename(destination=crm, name="  Sales CRM ", by=adam)

    assert fresh(crm).name == "Sales CRM"
    assert AuditEvent.objects.get(action="destination.renamed").detail == {"before": "CRM"}


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "two\nlines"])
def test_a_name_that_is_none_is_refused(crm: Destination, adam: User, name: str) -> None:
    with pytest.raises(lifecycle.BadName):
        lifecycle.rename(destination=crm, name=name, by=adam)


def test_a_name_is_had_once_in_an_account(crm: Destination, adam: User) -> None:
    other = DestinationFactory.create(account=crm.account, name="Sales CRM")
    DestinationFactory.create(name="Theirs")

    with pytest.raises(lifecycle.NameTaken):
        lifecycle.rename(destination=crm, name="SALES CRM", by=adam)

    lifecycle.rename(destination=crm, name="Theirs", by=adam)
    lifecycle.rename(destination=other, name="sales CRM", by=adam)
    assert fresh(other).name == "sales CRM"


def test_pausing_closes_the_lane_and_resuming_opens_it(crm: Destination, adam: User) -> None:
    lifecycle.pause(destination=crm, by=adam, now=later(1))
    paused, shut = fresh(crm), Lane.objects.get(destination=crm).paused_until
    lifecycle.resume(destination=crm, by=adam)

    assert (paused.status, paused.paused_at, paused.paused_by) == ("paused", later(1), adam)
    assert (shut, Lane.objects.get(destination=crm).paused_until) == (FOREVER, OPEN)
    assert fresh(crm).status == "live"
    assert noted() == ["destination.paused", "destination.resumed"]


def test_pausing_twice_is_noted_once(crm: Destination, adam: User) -> None:
    lifecycle.pause(destination=crm, by=adam, now=later(1))
    lifecycle.pause(destination=crm, by=adam, now=later(2))

    assert fresh(crm).paused_at == later(1)
    assert noted() == ["destination.paused"]


def test_a_draft_cannot_be_paused(adam: User) -> None:
    with pytest.raises(wizard.NotActivated):
        lifecycle.pause(destination=begun(adam), by=adam, now=later(1))


def test_a_new_key_opens_the_webhook_url_and_shuts_out_the_old_one(crm: Destination, adam: User) -> None:
    action = crm.actions.get()
    first = lifecycle.make_key(action=action, by=adam, now=later(1))

    second = lifecycle.make_key(action=action, by=adam, now=later(2))

    action.refresh_from_db()
    assert action.accepts(second)
    assert not action.accepts(first)
    details = (
        AuditEvent.objects.filter(action="destination.key_made")
        .order_by("pk")
        .values_list("detail", flat=True)
    )
    assert list(details) == [{"name": "Contacts", "again": False}, {"name": "Contacts", "again": True}]
    assert second not in str(list(details))


def test_deleting_is_soft_and_erases_the_credentials(adam: User) -> None:
    destination = activated(adam)

    delete(destination, adam)

    assert Destination.objects.get(pk=destination.pk).deleted_at == later(30)
    assert not Destination.objects.for_account(destination.account).exists()
    assert not Connection.objects.exists()


def test_a_destination_that_flows_use_is_not_deleted(crm: Destination, adam: User) -> None:
    with pytest.raises(wizard.InUse, match="“A”, “B”, “C” and 1 more"):
        delete(crm, adam, used_by=("A", "B", "C", "D"))

    assert fresh(crm).deleted_at is None


def test_a_destination_with_deliveries_to_make_is_not_deleted(crm: Destination, adam: User) -> None:
    with pytest.raises(wizard.DeliveriesWait, match="1 delivery is still waiting and would be lost"):
        delete(crm, adam, waiting=1)


def test_a_deleted_destination_cannot_be_changed(crm: Destination, adam: User) -> None:
    delete(crm, adam)

    with pytest.raises(wizard.Gone):
        lifecycle.rename(destination=crm, name="Back", by=adam)
