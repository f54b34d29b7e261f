from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Model
from django.utils import timezone

from destinations.models import Connection, Destination
from destinations.outcome import Outcome
from destinations.platforms.port import Order
from flows.delivery.loading import Loader
from flows.delivery.orders import Prepared
from flows.delivery.queue import Claim
from flows.models import Attempt, Delivery, Lead
from tests.factories import AccountFactory
from tests.flows.delivery import makers

pytestmark = pytest.mark.django_db


def prepare(delivery: Delivery, loader: Loader | None = None) -> Prepared:
    claim = Claim(delivery.pk, delivery.destination_id, 0, uuid4(), 45)
    return (loader or Loader()).prepare([claim])[delivery.pk]


def order_of(delivery: Delivery, loader: Loader | None = None) -> Order:
    order = prepare(delivery, loader).order
    assert order is not None
    return order


def refusal_of(delivery: Delivery) -> str:
    result = prepare(delivery).result
    assert result is not None
    assert result.outcome is Outcome.MISCONFIGURED
    return result.sentence


def one_delivery(to: Destination, of: Lead | None = None) -> Delivery:
    (delivery,) = makers.deliveries(to, 1, of=of)
    return delivery


def test_a_lead_is_mapped_with_the_live_revision() -> None:
    to = makers.destination()
    delivery = one_delivery(to, makers.lead(to.account, email="ann@example.com"))

    prepared = prepare(delivery)

    assert prepared.order is not None
    assert prepared.order.payload == {"email": "ann@example.com"}
    assert prepared.order.key == delivery.key
    assert prepared.revision_id == to.live_id
    assert prepared.number == 1


def test_a_delivery_without_a_lead_maps_its_input() -> None:
    delivery = one_delivery(makers.destination())

    assert order_of(delivery).payload == {"email": "lead0@example.com"}


def test_templates_may_name_flow_source_and_account() -> None:
    to = makers.destination(AccountFactory.create(name="Acme"))
    text = "{{account.name}}, {{flow.name}}, {{source.name}}, {{submission.ip}}"
    makers.apply(to, mapping=[{"target": "from", "template": text, "default": ""}])
    of = makers.lead(to.account)
    of.submission = {"ip": "192.0.2.1"}
    of.save()

    assert order_of(one_delivery(to, of)).payload == {"from": "Acme, Solar, Partner, 192.0.2.1"}


def test_what_is_applied_is_in_force_for_the_next_delivery() -> None:
    to = makers.destination()
    delivery, loader = one_delivery(to), Loader()
    order_of(delivery, loader)

    revision = makers.apply(to, mapping=[{"target": "mail", "template": "{{lead.email}}", "default": ""}])

    assert order_of(delivery, loader).payload == {"mail": "lead0@example.com"}
    assert prepare(delivery, loader).revision_id == revision.pk


def test_a_draft_is_in_force_for_nobody() -> None:
    to = makers.destination()
    delivery = one_delivery(to)
    draft = to.revisions.create(number=2, document={**makers.document_of(to), "actions": []})

    assert prepare(delivery).revision_id != draft.pk
    assert order_of(delivery).payload


def test_secrets_are_opened_for_the_order_and_shown_nowhere() -> None:
    to = makers.destination()
    makers.apply(to, token="s3cret-token")

    order = order_of(one_delivery(to))

    assert order.destination.scheme == "bearer"
    assert order.destination.credentials == {"token": "s3cret-token"}
    assert "s3cret" not in repr(order)


def test_secrets_that_cannot_be_read_are_the_customers_to_enter_again() -> None:
    to = makers.destination()
    makers.apply(to, token="s3cret-token")
    Connection.objects.update(secrets=b"something else entirely, long enough")

    assert refusal_of(one_delivery(to)) == "The stored credentials cannot be read: authenticate again."


def test_a_template_that_cannot_be_read_says_so() -> None:
    to = makers.destination()
    makers.apply(to, mapping=[{"target": "email", "template": "{{lead.email", "default": ""}])

    assert "A template of the field mapping cannot be read" in refusal_of(one_delivery(to))


LOOKS_UP = [
    {
        "target": "state",
        "template": "{{lead.state}}",
        "transformations": [{"use": "lookup", "table": "States"}],
    }
]


def test_values_are_looked_up_in_the_tables_of_the_live_revision() -> None:
    to = makers.destination()
    tables = [{"name": "States", "rows": [["Texas", "TX"]], "otherwise": "keep", "text": "", "table": ""}]
    makers.apply(to, mapping=LOOKS_UP, tables=tables)

    assert order_of(one_delivery(to, makers.lead(to.account, state="texas"))).payload == {"state": "TX"}


def test_a_mapping_that_cannot_be_used_says_so() -> None:
    to = makers.destination()
    makers.apply(to, mapping=LOOKS_UP)

    sentence = refusal_of(one_delivery(to))

    assert sentence == "The field mapping cannot be used: There is no look-up table `States`."


def test_a_lead_that_is_too_much_is_not_sent_in_part() -> None:
    to = makers.destination()
    makers.apply(to, mapping=[{"target": f"f{number}", "template": "{{lead.email}}"} for number in range(6)])
    delivery = one_delivery(to, makers.lead(to.account, email="x" * 1_000_000))

    assert refusal_of(delivery).startswith("The lead is too much for the field mapping. `f5`: ")


def test_a_deleted_destination_gets_nothing_more() -> None:
    to = makers.destination()
    delivery = one_delivery(to)
    Destination.objects.update(deleted_at=timezone.now())

    assert refusal_of(delivery) == "The destination was deleted."


def test_a_removed_action_gets_nothing_more() -> None:
    to = makers.destination(actions=2)
    delivery = one_delivery(to)
    document = makers.document_of(to)
    document["actions"] = document["actions"][1:]
    to.live = to.revisions.create(number=2, document=document, applied_at=timezone.now())
    to.save()

    assert refusal_of(delivery) == "The action was removed from the destination."


@pytest.mark.parametrize(
    ("gone", "sentence"),
    [(Lead, "The lead is no longer kept."), (Delivery, "This delivery is no longer kept.")],
)
def test_what_retention_took_is_not_sent(gone: type[Model], sentence: str) -> None:
    to = makers.destination()
    delivery = one_delivery(to, makers.lead(to.account))
    gone._default_manager.all().delete()

    assert refusal_of(delivery) == sentence


def test_a_broken_document_fails_only_its_own_deliveries() -> None:
    good, bad = makers.destination(), makers.destination()
    bad.revisions.update(document={"nonsense": True})
    deliveries = [one_delivery(good), one_delivery(bad)]
    claims = [Claim(delivery.pk, delivery.destination_id, 0, uuid4(), 45) for delivery in deliveries]

    prepared = Loader().prepare(claims)

    assert prepared[deliveries[0].pk].order is not None
    assert prepared[deliveries[1].pk].result is not None


def test_a_batch_takes_the_same_number_of_queries_whatever_its_size(django_assert_num_queries: Any) -> None:
    to = makers.destination()
    deliveries = makers.deliveries(to, 20, of=makers.lead(to.account))
    claims = [Claim(delivery.pk, to.pk, 0, uuid4(), 45) for delivery in deliveries]
    loader = Loader()

    with django_assert_num_queries(7):
        loader.prepare(claims)
    with django_assert_num_queries(3):
        loader.prepare(claims)


# --- What earlier actions returned

RECORD = {"id": "00Q1", "url": "https://crm.example/00Q1"}
NAMES_IT = [{"target": "lead", "template": "{{receipts.action-1.id}} {{receipts.action-1.url}}"}]


def chained() -> list[Delivery]:
    to = makers.destination(actions=3)
    makers.apply(to, mapping=NAMES_IT)
    return makers.chain(to, makers.lead(to.account))


def returned(delivery: Delivery, receipt: Any = RECORD) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(receipt=receipt)


def test_a_follower_may_name_what_every_action_before_it_returned() -> None:
    first, second, third = chained()
    returned(first)

    assert [order_of(delivery).payload for delivery in (second, third)] == [
        {"lead": "00Q1 https://crm.example/00Q1"}
    ] * 2


def test_what_no_action_before_returned_comes_to_nothing() -> None:
    first, second, third = chained()
    returned(third)

    assert [order_of(delivery).payload for delivery in (first, second)] == [{}, {}]


def test_another_lead_and_another_destination_return_nothing_to_it() -> None:
    first, second, _ = chained()
    other, _, _ = makers.chain(first.destination, makers.lead(first.account))
    assert first.lead is not None
    beside, _, _ = makers.chain(makers.destination(first.account, actions=3), first.lead)
    returned(other)
    returned(beside)

    assert order_of(second).payload == {}


def test_one_that_is_sent_again_has_what_its_origin_had() -> None:
    first, second, _ = chained()
    returned(first)
    again = Delivery.objects.create(
        account=second.account,
        lead=second.lead,
        destination=second.destination,
        action=second.action,
        origin=second,
    )

    assert order_of(again).payload == {"lead": "00Q1 https://crm.example/00Q1"}


def test_receipts_of_a_batch_take_one_query_more(django_assert_num_queries: Any) -> None:
    first, *followers = chained()
    loader = Loader()
    loader.prepare([Claim(first.pk, first.destination_id, 0, uuid4(), 45)])

    with django_assert_num_queries(4):
        loader.prepare([Claim(one.pk, one.destination_id, 0, uuid4(), 45) for one in followers])


# --- After a try of which no answer came


def test_a_delivery_of_which_a_try_may_have_arrived_stays_uncertain() -> None:
    delivery, other = makers.deliveries(makers.destination(), 2)
    for number, outcome in enumerate(("unknown", "unreachable"), 1):
        Attempt.objects.create(delivery=delivery, number=number, outcome=outcome)
    Attempt.objects.create(delivery=other, number=1, outcome="unreachable")
    Delivery.objects.update(attempt_count=2)

    assert order_of(delivery).uncertain
    assert not order_of(other).uncertain


def test_a_delivery_that_a_worker_left_behind_is_uncertain() -> None:
    delivery = one_delivery(makers.destination())
    claim = Claim(delivery.pk, delivery.destination_id, 0, uuid4(), 45, interrupted=True)

    order = Loader().prepare([claim])[delivery.pk].order

    assert order is not None
    assert order.uncertain
