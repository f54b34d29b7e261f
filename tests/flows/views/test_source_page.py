"""A source's page: its examples are true, and what it says is what is answered."""

import re
import shlex
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from flows.inbound import formats, reading
from flows.inbound.examples import examples
from flows.models import Entity, Flow, Lead
from leadconduit.accounts.fields import OF_TYPE, KnownField
from leadconduit.accounts.models import Account, CustomField, User
from leadconduit.leads.standard_fields import STANDARD_FIELDS
from leadconduit.leads.types import TYPES, parse
from leadconduit.leads.values import plain, unflatten
from tests.factories import EntityFactory, FlowFactory, source_of

FIELDS = ["email", "phone_1", "first_name", "state", "mortgage.loan.amount", "nickname"]
AWKWARD = {"email": "a'b\"<c>&d@e.co", "company.name": "Käse & Söhne", "7th": "x", "a": "$HOME `id` \\"}


class Inputs(HTMLParser):
    """The form that a page has: where it goes, and what it names."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.names = "", list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.action = values["action"]
        if tag == "input":
            self.names.append(values["name"])


@pytest.fixture
def seller(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="Seller <One>")


def flow_of(acme: Account, seller: Entity, **source: Any) -> Flow:
    return FlowFactory.create(
        account=acme, fields=FIELDS, sources=[source_of(seller, **source)], deployed=True
    )


def page_of(flow: Flow, seller: Entity, client: Client) -> str:
    answer = client.get(f"/app/flows/{flow.pk}/sources/{seller.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


# --- Examples


def read(body: str, content_type: str) -> dict[str, Any]:
    return reading.read(content_type=content_type, body=body.encode(), query="")


def test_every_example_is_the_same_lead() -> None:
    lead = {id: field.example for id, field in STANDARD_FIELDS.items()}

    made = examples("https://x.example/submit", lead, with_key=False)

    nested = unflatten(lead.items())
    assert read(made.json, formats.JSON) == nested
    assert read(made.xml, formats.XML) == nested
    assert sent_by_curl(made.curl) == lead
    assert Inputs(made.form).names == ["redir_url", *lead]


def test_what_must_be_quoted_is() -> None:
    made = examples("https://x.example/?a='b'&c", AWKWARD, with_key=True)

    assert read(made.json, formats.JSON) == unflatten(AWKWARD.items())
    # A name that no element can have is left out of XML.
    assert read(made.xml, formats.XML) == unflatten(
        (name, AWKWARD[name]) for name in AWKWARD if name != "7th"
    )
    assert sent_by_curl(made.curl) == AWKWARD
    assert shlex.split(made.curl)[1] == "https://x.example/?a='b'&c"


def sent_by_curl(command: str) -> dict[str, str]:
    words = shlex.split(command)
    return dict(word.split("=", 1) for option, word in pairwise(words) if option == "--data-urlencode")


def test_a_form_is_safe_to_put_into_a_page() -> None:
    form = examples("https://x.example/?a=\"b'&c", {'"><script>': "x"}, with_key=False).form

    assert Inputs(form).action == "https://x.example/?a=\"b'&c"
    assert "<script>" not in form


def test_a_source_with_a_key_shows_it_and_gets_no_form() -> None:
    made = examples("https://x.example", {"a": "b"}, with_key=True)

    assert "--user 'API:YOUR_API_KEY'" in made.curl
    assert made.form == ""


@pytest.mark.parametrize("type", sorted(OF_TYPE))
def test_an_example_of_a_type_is_valid(type: str) -> None:
    assert type in TYPES
    parsed = parse(type, KnownField("x", "X", type, "").value)
    assert isinstance(parsed, dict)
    assert parsed["valid"]


# --- The page


def test_the_page_says_where_and_how_to_submit(
    acme: Account, seller: Entity, vera: User, as_user: Callable[[User], Client]
) -> None:
    flow = flow_of(acme, seller)

    page = page_of(flow, seller, as_user(vera))

    assert f"http://testserver/flows/{flow.pk}/sources/{seller.pk}/submit" in page
    assert "Seller &lt;One&gt;" in page
    assert all(format in page for format in formats.FORMATS)
    assert all(field in page for field in FIELDS)
    assert STANDARD_FIELDS["phone_1"].example in page
    assert "Unauthorized source" not in page
    assert "Mappings" not in page


def test_what_the_page_says_to_send_makes_a_lead(
    acme: Account, seller: Entity, vera: User, as_user: Callable[[User], Client]
) -> None:
    flow = flow_of(acme, seller)
    context = as_user(vera).get(f"/app/flows/{flow.pk}/sources/{seller.pk}/").context

    for body, content_type in (
        (context["examples"].json, formats.JSON),
        (context["examples"].xml, formats.XML),
        (context["examples"].xml, formats.TEXT_XML),
    ):
        Client().post(context["url"], body.encode(), content_type)
    form = urlencode(sent_by_curl(context["examples"].curl))
    Client().post(context["url"], form, formats.FORM)

    leads = [plain(lead.values, "raw") for lead in Lead.objects.all()]
    assert len(leads) == 4
    assert leads == [leads[0]] * 4
    assert Lead.objects.values_list("invalid", flat=True).distinct().get() == []


def test_the_page_tells_what_a_sources_mappings_read_and_that_a_key_is_wanted(
    acme: Account, seller: Entity, vera: User, as_user: Callable[[User], Client]
) -> None:
    mappings = [
        {"property": "email", "value": "{{lead.mail_address}}"},
        {"property": "state", "value": None},
        {"property": "nickname", "value": ["{{lead.first_name}}", None]},
    ]
    integration = {"module_id": "leadconduit-default.inbound", "mappings": mappings}
    flow = flow_of(acme, seller, integration=integration, authentication_required=True, enabled=False)

    page = page_of(flow, seller, as_user(vera))

    assert "mail_address" in page
    assert "{{lead.mail_address}}" in page
    assert "[&quot;{{lead.first_name}}&quot;,null]" in page
    assert "mail_address=example" in page
    assert "Unauthorized source" in page
    assert "YOUR_API_KEY" in page
    assert "HTML form" not in page
    assert re.search(r">\s*Off\s*<", page)


def test_a_field_of_the_accounts_own_is_described(
    acme: Account, seller: Entity, vera: User, as_user: Callable[[User], Client]
) -> None:
    roof = CustomField.make(
        account=acme, name="Roof age", type="number", description="Of the roof, in years", by=None
    )
    flow = FlowFactory.create(account=acme, fields=[roof.field_id], sources=[source_of(seller)])

    page = page_of(flow, seller, as_user(vera))

    assert "Of the roof, in years" in page
    assert f"{roof.field_id}=42" in page


def test_a_source_that_is_none_of_the_flow_has_no_page(
    acme: Account, seller: Entity, vera: User, as_user: Callable[[User], Client]
) -> None:
    other = EntityFactory.create(account=acme)

    assert as_user(vera).get(f"/app/flows/{flow_of(acme, seller).pk}/sources/{other.pk}/").status_code == 404
