"""The page of fields: looking up standard ones; making, describing and deleting one's own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from flows import editing
from flows.forms.fields import TYPES_IN_WORDS
from leadconduit.accounts.models import Account, CustomField, User
from leadconduit.leads.standard_fields import STANDARD_FIELDS
from leadconduit.leads.types import TYPES
from tests.factories import FlowFactory, flow_body

PAGE = "/app/fields/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def visitor(adam: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(adam)


@pytest.fixture
def roof_age(acme: Account) -> CustomField:
    return CustomField.make(account=acme, name="Roof age", type="number", by=None)


def read(answer: Any) -> str:
    return str(answer.content.decode())


# --- Looking up


def test_every_standard_field_is_on_one_of_the_pages(visitor: Client) -> None:
    seen: list[str] = []
    url: str | None = PAGE
    while url:
        answer = visitor.get(url)
        seen += [field.id for _, fields in answer.context["groups"] for field in fields]
        url = PAGE + answer.context["older_url"] if answer.context["older_url"] else None

    assert len(seen) == len(set(seen)) == len(STANDARD_FIELDS)


def test_searching_finds_a_field_and_answers_htmx_with_the_list_alone(visitor: Client) -> None:
    page = read(visitor.get(PAGE, {"q": "certificate"}, headers=HTMX))

    assert "trustedform_cert_url" in page
    assert "first_name" not in page
    assert "<html" not in page


def test_a_search_that_finds_nothing_says_what_else_to_do(visitor: Client) -> None:
    assert "No standard field is like that" in read(visitor.get(PAGE, {"q": "xyzzy"}))
    assert "No fields of your own yet" in read(visitor.get(PAGE, {"kind": "own"}))


def test_own_fields_are_listed_with_the_flows_that_take_them(
    visitor: Client, acme: Account, roof_age: CustomField
) -> None:
    FlowFactory.create(account=acme, name="Solar", fields=["email", "roof_age_acm"])
    CustomField.make(account=acme, name="Has pool", type="boolean", by=None)

    page = read(visitor.get(PAGE, {"kind": "own", "q": "ROOF"}))

    assert "roof_age_acm" in page
    assert "Solar" in page
    assert "Has pool" not in page


def test_a_viewer_sees_fields_and_no_way_to_change_them(
    vera: User, as_user: Callable[[User], Client], roof_age: CustomField
) -> None:
    page = read(as_user(vera).get(PAGE, {"kind": "own"}))

    assert "roof_age_acm" in page
    assert "New field" not in page
    assert "Delete" not in page


def test_fields_of_another_account_are_not_there(
    sam: User, as_user: Callable[[User], Client], roof_age: CustomField
) -> None:
    client = as_user(sam)

    assert "roof_age_acm" not in read(client.get(PAGE, {"kind": "own"}))
    assert client.post(f"{PAGE}{roof_age.pk}/delete/").status_code == 404
    assert CustomField.objects.exists()


# --- Making and changing


def test_a_field_is_made_of_a_name_and_a_type(visitor: Client, acme: Account) -> None:
    assert "roof_age_acm" in read(visitor.get(f"{PAGE}new/"))

    answer = visitor.post(
        f"{PAGE}new/", {"name": "Roof age", "type": "number", "description": "In years."}, follow=True
    )

    field = CustomField.objects.get(account=acme)
    assert (field.field_id, field.type, field.description) == ("roof_age_acm", "number", "In years.")
    assert "Roof age is there, as roof_age_acm." in read(answer)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": "", "type": "number"}, "Give the field a name."),
        ({"name": "屋根", "type": "number"}, "at least one letter"),
        ({"name": "x" * 101, "type": "number"}, "at most 100"),
        ({"name": "Roof slope", "type": "array"}, "not one of the available choices"),
        ({"name": "ROOF AGE", "type": "string"}, "The id roof_age_acm is taken"),
    ],
)
def test_what_makes_no_field_is_told_at_its_place_and_nothing_is_kept(
    visitor: Client, roof_age: CustomField, fields: dict[str, str], says: str
) -> None:
    answer = visitor.post(f"{PAGE}new/", fields)

    assert answer.status_code == 422
    assert says in read(answer)
    assert CustomField.objects.count() == 1


def test_name_and_description_change_and_id_and_type_stay(visitor: Client, roof_age: CustomField) -> None:
    visitor.post(
        f"{PAGE}{roof_age.pk}/", {"name": "Age of the roof", "description": "Years", "type": "string"}
    )

    roof_age.refresh_from_db()
    assert (roof_age.name, roof_age.description) == ("Age of the roof", "Years")
    assert (roof_age.field_id, roof_age.type) == ("roof_age_acm", "number")


# --- Deleting


def test_deleting_asks_first(visitor: Client, roof_age: CustomField) -> None:
    assert "Delete Roof age?" in read(visitor.get(f"{PAGE}{roof_age.pk}/delete/"))

    visitor.post(f"{PAGE}{roof_age.pk}/delete/")

    assert not CustomField.objects.exists()


def test_who_deletes_a_field_is_told_which_flows_go_on_taking_it(
    visitor: Client, acme: Account, roof_age: CustomField
) -> None:
    """A flow from which it was taken out may still be deployed with it."""
    flow = FlowFactory.create(account=acme, name="Solar", fields=["roof_age_acm"], deployed=True)
    FlowFactory.create(account=acme, name="Roofs", fields=["roof_age_acm"])
    editing.save(flow=flow, body=flow_body(name="Solar", fields=[]), author=None, now=timezone.now())
    told = "It goes on being taken, as it is now, by Roofs, Solar, until it is taken out of there."

    assert told in read(visitor.get(f"{PAGE}{roof_age.pk}/delete/"))
    assert told in read(visitor.get(PAGE, {"kind": "own"}))
    visitor.post(f"{PAGE}{roof_age.pk}/delete/")

    assert not CustomField.objects.exists()


def test_a_field_of_a_deleted_flow_is_taken_by_none(
    visitor: Client, acme: Account, roof_age: CustomField
) -> None:
    flow = FlowFactory.create(account=acme, fields=["roof_age_acm"], deployed=True)
    editing.delete(flow=flow, now=timezone.now())

    assert "goes on being taken" not in read(visitor.get(f"{PAGE}{roof_age.pk}/delete/"))


# --- A flow's own fields


def test_a_flows_fields_are_shown_with_type_and_meaning(
    visitor: Client, acme: Account, roof_age: CustomField
) -> None:
    flow = FlowFactory.create(account=acme, fields=["dob", "roof_age_acm", "shoe_size"])

    page = read(visitor.get(f"/app/flows/{flow.pk}/fields/"))

    assert STANDARD_FIELDS["dob"].description in page
    assert "Roof age" in page
    assert "No field that we know" in page


def test_a_flow_is_offered_what_it_does_not_have_yet(
    visitor: Client, acme: Account, roof_age: CustomField
) -> None:
    flow = FlowFactory.create(account=acme, fields=["email"])

    offered = [field.id for field in visitor.get(f"/app/flows/{flow.pk}/fields/").context["known"]]

    assert offered[0] == "first_name"
    assert "roof_age_acm" in offered
    assert "email" not in offered
    assert "utm_source" not in offered


def test_every_type_is_offered_in_words() -> None:
    assert TYPES_IN_WORDS.keys() == set(TYPES)
