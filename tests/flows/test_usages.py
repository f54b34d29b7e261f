"""Which flows use which destinations."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from destinations.models import Action, Destination
from flows import editing
from flows.models import Delivery, Flow, FlowUsage, Stage, State
from flows.usages import deliveries_waiting_for, flows_by_field, flows_using, usages_of
from leadconduit.accounts.models import Account
from tests.factories import DestinationFactory, FlowFactory, flow_body, use_of


def uses(flow: Flow, stage: Stage) -> list[tuple[str, int]]:
    rows = FlowUsage.objects.filter(flow=flow, stage=stage).order_by("position")
    return list(rows.values_list("action__action_id", "position"))


def test_a_save_writes_the_uses_in_the_flows_order(acme: Account) -> None:
    crm = DestinationFactory.create(account=acme, actions=["Contacts", "Deals"])
    mail = DestinationFactory.create(account=acme, actions=["Subscribe"])

    flow = FlowFactory.create(account=acme, destinations=[use_of(mail), use_of(crm, "deals", "contacts")])

    assert uses(flow, Stage.SAVED) == [("subscribe", 0), ("deals", 1), ("contacts", 2)]
    assert uses(flow, Stage.DEPLOYED) == []


def test_a_use_keeps_its_settings(acme: Account) -> None:
    crm = DestinationFactory.create(account=acme)
    rule_set = {"op": "and", "rules": [{"lhv": "lead.email", "op": "is not blank"}]}

    flow = FlowFactory.create(account=acme, destinations=[use_of(crm, enabled=False, rule_set=rule_set)])

    usage = FlowUsage.objects.get(flow=flow)
    assert usage.enabled is False
    assert usage.rule_set is not None
    assert usage.rule_set["rules"][0]["op"] == "is not blank"


def test_a_flow_counts_once_for_a_destination_however_many_actions_it_uses(acme: Account) -> None:
    crm = DestinationFactory.create(account=acme, actions=["Contacts", "Deals"])
    second = FlowFactory.create(account=acme, name="B", uses=[crm], deployed=True)
    first = FlowFactory.create(account=acme, name="A", uses=[crm])

    assert usages_of([crm.pk]) == {crm.pk: [(first.pk, "A"), (second.pk, "B")]}


def test_usages_of_many_destinations_take_one_query(acme: Account, django_assert_num_queries: Any) -> None:
    destinations = [DestinationFactory.create(account=acme) for _ in range(3)]
    for destination in destinations:
        FlowFactory.create(account=acme, uses=[destination])

    with django_assert_num_queries(1):
        found = usages_of(destination.pk for destination in destinations)

    assert len(found) == 3


def test_only_what_is_saved_counts_as_usage(acme: Account) -> None:
    crm = DestinationFactory.create(account=acme)
    flow = FlowFactory.create(account=acme, uses=[crm], deployed=True)

    editing.save(flow=flow, body=flow_body(destinations=[]), author=None, now=timezone.now())

    assert usages_of([crm.pk]) == {}


def test_what_is_still_deployed_keeps_a_destination_in_use(acme: Account) -> None:
    crm = DestinationFactory.create(account=acme)
    flow = FlowFactory.create(account=acme, uses=[crm], deployed=True)
    editing.save(flow=flow, body=flow_body(destinations=[]), author=None, now=timezone.now())

    assert flows_using(crm) == [flow]

    editing.deploy(flow=flow, author=None, now=timezone.now())
    assert flows_using(crm) == []


def test_an_action_can_be_in_use_while_its_neighbour_is_not(acme: Account) -> None:
    crm = DestinationFactory.create(account=acme, actions=["Contacts", "Deals"])
    contacts, deals = crm.actions.order_by("position")
    flow = FlowFactory.create(account=acme, destinations=[use_of(crm, "deals")])

    assert flows_using(crm, action=deals) == [flow]
    assert flows_using(crm, action=contacts) == []


def test_a_deleted_flow_uses_nothing(acme: Account) -> None:
    crm = DestinationFactory.create(account=acme)
    flow = FlowFactory.create(account=acme, uses=[crm], deployed=True)

    editing.delete(flow=flow, author=None, now=timezone.now())

    assert flows_using(crm) == []
    assert usages_of([crm.pk]) == {}


def test_a_field_is_listed_by_flows_as_saved_and_as_deployed(acme: Account) -> None:
    solar = FlowFactory.create(account=acme, name="Solar", fields=["email", "age"], deployed=True)
    roofs = FlowFactory.create(account=acme, name="Roofs", fields=["email"])
    editing.save(flow=solar, body=flow_body(name="Solar", fields=["state"]), author=None, now=timezone.now())

    assert flows_by_field(acme) == {
        "email": [(roofs.pk, "Roofs"), (solar.pk, "Solar")],
        "age": [(solar.pk, "Solar")],
        "state": [(solar.pk, "Solar")],
    }


# --- What waits for an action


def owed(crm: Destination, action: Action, state: State, follows: Delivery | None = None) -> Delivery:
    return Delivery.objects.create(
        account_id=crm.account_id, destination=crm, action=action, state=state, follows=follows
    )


def test_what_waits_for_an_action_counts_whether_due_or_following(acme: Account) -> None:
    crm = DestinationFactory.create(account=acme, actions=["Contacts", "Deals"])
    contacts, deals = crm.actions.order_by("position")
    for state in State:
        owed(crm, contacts, state)
    leader = owed(crm, contacts, State.WAITING)
    owed(crm, deals, State.WAITING, follows=leader)

    # Due, accepted with the result still to come, and the one that leads; then the one that follows it.
    assert deliveries_waiting_for(contacts) == 3
    assert deliveries_waiting_for(deals) == 1


def test_what_waits_for_an_action_is_found_by_an_index_whatever_has_ended(acme: Account) -> None:
    crm = DestinationFactory.create(account=acme)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into flows_delivery (id, key, account_id, destination_id, action_id, state, outcome, reason,"
            " attempt_count) select lpad(to_hex(n), 24, '0'), '', %s, %s, '',"
            " case when n %% 100 = 0 then 'waiting' else 'delivered' end, '', '', 0 from generate_series(0, 19999) n",
            [acme.pk, crm.pk],
        )
        cursor.execute("analyze flows_delivery")
    with CaptureQueriesContext(connection) as asked:
        deliveries_waiting_for(crm.actions.get())
    with connection.cursor() as cursor:
        cursor.execute(f"explain {asked.captured_queries[-1]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    # Partitions with nothing in them are read whatever way is cheapest.
    assert "Index Scan using flows_delivery_default_account_id_state_id_idx" in plan, plan
