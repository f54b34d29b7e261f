"""Credentials of a recipient step: sealed as they are saved, carried over to where they were sent before, and only there."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import orjson
import pytest
from django.apps import apps
from django.test import Client

from flows import definition, editing, history
from flows.definition import Document, InvalidFlow
from flows.models import Entity, Flow, FlowRevision, Lead
from flows.recipients import sealing
from leadconduit.accounts.models import Account, User
from tests.cast import ApiClient
from tests.factories import NOON, EntityFactory, FlowFactory, flow_body, recipient_step, source_of
from tests.flows.recipients.answering import Answering

URL = "https://crm.example/leads"
SECRETS = {"basic_username": "acme", "basic_password": "open sesame", "header.X-Api-Key": "k-123456"}
FIELDS = {"json_property.auth.token": "t-open-sesame", "json_property.pin_token": 4815162342}
ELSEWHERE = "Enter `{}` again, since the address changed: it is kept for the one before."
NOT_ALONE = "`********` stands for a credential that is kept, and here none is: write what is meant."
NONE_YET = "`********` stands for a credential that is kept, and here is none yet."


@pytest.fixture
def crm(acme: Account) -> Entity:
    return EntityFactory.create(account=acme, name="My CRM", source=None, recipient="crm")


def document_of(acme: Account, *steps: dict[str, Any], before: Document | None = None) -> Document:
    return definition.read(flow_body(steps=list(steps)), account=acme, before=before)


def errors(acme: Account, *steps: dict[str, Any], before: Document | None = None) -> dict[str, str]:
    with pytest.raises(InvalidFlow) as refusal:
        document_of(acme, *steps, before=before)
    return refusal.value.errors


def shown(document: Document, place: int = 0) -> dict[str, Any]:
    """A step as it is read: to be changed and written back."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(sealing.shown_step(document["steps"][place])))
    return found


def mappings(step: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = step["integration"]["mappings"]
    return found


def mapping(step: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in mappings(step) if one["property"] == name)


def set_url(step: dict[str, Any], url: str) -> dict[str, Any]:
    mapping(step, "url")["value"] = url
    return step


def without_ids(step: dict[str, Any]) -> dict[str, Any]:
    for one in mappings(step):
        one.pop("id", None)
    return step


# --- Another address


@pytest.mark.parametrize("gives_ids", [True, False])
@pytest.mark.parametrize(
    "url",
    [
        "https://mine.example/leads",
        "https://crm.example:8443/leads",
        "http://crm.example/leads",
        "https://crm.example.mine.example/leads",
        "https://crm.example{{lead.x}}/leads",
        "https://{{lead.x}}/leads",
        "{{lead.url}}",
    ],
)
def test_a_credential_does_not_go_along_to_another_address(
    acme: Account, crm: Entity, url: str, gives_ids: bool
) -> None:
    before = document_of(acme, recipient_step(crm, URL, mapped=SECRETS | FIELDS))
    step = set_url(shown(before), url)

    found = errors(acme, step if gives_ids else without_ids(step), before=before)

    assert found == {
        f"steps.0.integration.mappings.{place}.value": ELSEWHERE.format(name)
        for place, name in (
            (3, "basic_password"),
            (4, "header.X-Api-Key"),
            (5, "json_property.auth.token"),
            (6, "json_property.pin_token"),
        )
    }


def test_entered_again_it_is_kept_for_the_new_address(acme: Account, crm: Entity) -> None:
    before = document_of(acme, recipient_step(crm, URL, mapped={"header.X-Api-Key": "k-123456"}))
    step = set_url(shown(before), "https://new.example/")
    mapping(step, "header.X-Api-Key")["value"] = "k-new"

    after = document_of(acme, step, before=before)

    sealed = mapping(after["steps"][0], "header.X-Api-Key")["sealed"]
    assert sealing.unseal(sealed, account_id=acme.pk) == "k-new"
    assert ELSEWHERE.format("header.X-Api-Key") in str(errors(acme, set_url(shown(after), URL), before=after))


@pytest.mark.parametrize(
    "url",
    ["https://crm.example/other?x=1", "https://CRM.example:443/leads", "https://crm.example/{{lead.id}}"],
)
def test_another_path_of_the_same_address_keeps_it(acme: Account, crm: Entity, url: str) -> None:
    before = document_of(acme, recipient_step(crm, URL, mapped=SECRETS | FIELDS))

    after = document_of(acme, set_url(shown(before), url), before=before)

    assert mappings(after["steps"][0])[1:] == mappings(before["steps"][0])[1:]


def test_where_variables_decide_about_the_address_any_change_of_it_counts(acme: Account, crm: Entity) -> None:
    before = document_of(acme, recipient_step(crm, "https://{{lead.host}}/a", mapped=SECRETS))

    assert document_of(acme, shown(before), before=before) is before
    step = set_url(shown(before), "https://{{lead.host}}/b")
    assert len(errors(acme, step, before=before)) == 2


def test_one_more_address_counts_whatever_its_condition_and_one_less_does_not(
    acme: Account, crm: Entity
) -> None:
    rules = {"op": "and", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}]}
    one = recipient_step(crm, URL, mapped={"basic_password": "open sesame"})
    before = document_of(acme, one)
    two = shown(before)
    mappings(two).append({"property": "url", "value": "https://tx.example/", "rule_set": rules})

    assert errors(acme, two, before=before) == {
        "steps.0.integration.mappings.2.value": ELSEWHERE.format("basic_password")
    }

    mapping(two, "basic_password")["value"] = "for both"
    both = document_of(acme, two, before=before)
    changed = shown(both)
    mappings(changed).pop()
    after = document_of(acme, changed, before=both)
    assert mapping(after["steps"][0], "basic_password") == mapping(both["steps"][0], "basic_password")


@pytest.mark.parametrize("as_shown", [True, False])
def test_a_credential_that_moves_to_another_step_minds_that_ones_address(
    acme: Account, crm: Entity, as_shown: bool
) -> None:
    """Also as a page has it, which changes the document itself."""
    other = EntityFactory.create(account=acme, name="Other", source=None, recipient="crm")
    before = document_of(
        acme,
        recipient_step(crm, URL, mapped={"header.X-Api-Key": "k-123456"}),
        recipient_step(other, "https://mine.example/"),
    )
    first, second = shown(before), shown(before, 1)
    moved = mapping(first, "header.X-Api-Key")
    if not as_shown:
        moved = dict(mapping(before["steps"][0], "header.X-Api-Key"))
    mappings(first).remove(mapping(first, "header.X-Api-Key"))
    mappings(second).append(moved)

    assert errors(acme, first, second, before=before) == {
        "steps.1.integration.mappings.2.value": ELSEWHERE.format("header.X-Api-Key")
    }
    after = document_of(acme, first, set_url(second, "https://crm.example/b"), before=before)
    assert (
        mapping(after["steps"][1], "header.X-Api-Key")["sealed"]
        == (mapping(before["steps"][0], "header.X-Api-Key")["sealed"])
    )


def test_what_is_sealed_is_nobodys_to_write(acme: Account, crm: Entity) -> None:
    own = sealing.seal("open sesame", account_id=acme.pk)
    step = recipient_step(crm, URL)
    mappings(step).append({"property": "basic_password", "sealed": own})

    assert "steps.0.integration.mappings.2.sealed" in errors(acme, step)


def test_going_back_brings_address_and_credential_of_then(acme: Account, crm: Entity) -> None:
    flow: Flow = FlowFactory.create(
        account=acme, steps=[recipient_step(crm, URL, mapped={"basic_password": "open sesame"})]
    )
    first = flow.saved
    assert first
    step = set_url(shown(first.document), "https://new.example/")
    mapping(step, "basic_password")["value"] = "another"
    flow = editing.change(flow=flow, parts=lambda _: {"steps": [step]}, author=None, now=NOON)
    assert flow.saved

    flow = history.go_back(flow=flow, to=first, author=None, now=NOON, expected=flow.saved.pk)

    assert flow.saved
    assert flow.saved.document["steps"] == first.document["steps"]


# --- What is sealed


def test_fields_that_are_called_like_a_credential_are_sealed(acme: Account, crm: Entity) -> None:
    step = document_of(acme, recipient_step(crm, URL, mapped=FIELDS))["steps"][0]

    assert b"sesame" not in orjson.dumps(step)
    assert b"4815162342" not in orjson.dumps(step)
    for name, value in FIELDS.items():
        assert sealing.unseal(mapping(step, name)["sealed"], account_id=acme.pk) == value


def test_one_is_replaced_by_a_template(acme: Account, crm: Entity) -> None:
    before = document_of(acme, recipient_step(crm, URL, mapped=FIELDS))
    step = shown(before)
    mapping(step, "json_property.auth.token")["value"] = "{{lead.token}}"

    after = mapping(document_of(acme, step, before=before)["steps"][0], "json_property.auth.token")

    assert after["value"] == "{{lead.token}}"
    assert "sealed" not in after


# --- In a URL


def test_credentials_of_a_url_are_sealed_and_the_rest_of_it_is_shown(acme: Account, crm: Entity) -> None:
    step = document_of(acme, recipient_step(crm, f"{URL}?token=open%20sesame&a=1&key={{{{lead.x}}}}"))[
        "steps"
    ][0]

    kept = mapping(step, "url")
    assert kept["value"] == f"{URL}?token=********&a=1&key={{{{lead.x}}}}"
    assert sealing.unseal(kept["sealed"], account_id=acme.pk) == ["open%20sesame"]
    assert sealing.shown(kept) == {"id": kept["id"], "property": "url", "value": kept["value"]}


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("/a?token=one", "/b?x=1&token=********", ["one"]),
        ("/a?token=one", "/b?token=two", ["two"]),
        ("/a?token=one&key=two", "/a?key=********&token=********", ["two", "one"]),
        ("/a?token=one&key=two", "/a?key=********&token=new", ["two", "new"]),
        ("/a?key=one&key=two", "/a?key=new&key=********", ["new", "two"]),
    ],
)
def test_what_stands_for_a_credential_of_a_url(
    acme: Account, crm: Entity, before: str, after: str, kept: list[str]
) -> None:
    document = document_of(acme, recipient_step(crm, f"https://crm.example{before}"))

    step = document_of(acme, set_url(shown(document), f"https://crm.example{after}"), before=document)

    sealed = mapping(step["steps"][0], "url")["sealed"]
    assert sealing.unseal(sealed, account_id=acme.pk) == kept
    if kept == ["one"]:
        assert sealed == mapping(document["steps"][0], "url")["sealed"]


def test_a_credential_of_a_url_goes_where_that_url_leads(acme: Account, crm: Entity) -> None:
    before = document_of(acme, recipient_step(crm, f"{URL}?token=open-sesame"))
    step = shown(before)
    mappings(step).append({"property": "url", "value": "https://tx.example/?token=another"})

    both = document_of(acme, step, before=before)

    assert mapping(both["steps"][0], "url") == mapping(before["steps"][0], "url")
    step = set_url(shown(both), "https://tx.example/?token=********")
    assert errors(acme, step, before=both) == {
        "steps.0.integration.mappings.0.value": ELSEWHERE.replace("`{}`", "`token` of the URL")
    }


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "https://mine.example/?token=********",
            ELSEWHERE.replace("`{}`", "`token` of the URL"),
        ),
        ("http://crm.example/?token=********", ELSEWHERE.replace("`{}`", "`token` of the URL")),
        ("https://crm.example/?secret=********", NONE_YET),
        ("https://crm.example/?token=********&token=********", NONE_YET),
        ("https://user:pass@crm.example/", "user name or password"),
        ("https://user:{{lead.x}}@crm.example/{{lead.y}}", "map `basic_username` and `basic_password`"),
    ],
)
def test_what_a_url_is_refused_for(acme: Account, crm: Entity, url: str, sentence: str) -> None:
    before = document_of(acme, recipient_step(crm, f"{URL}?token=open-sesame"))

    found = errors(acme, set_url(shown(before), url), before=before)

    assert list(found) == ["steps.0.integration.mappings.0.value"]
    assert sentence in found["steps.0.integration.mappings.0.value"]


@pytest.mark.parametrize(
    "url",
    [
        f"{URL}?token=********{{{{lead.x}}}}",
        f"{URL}?token={{{{lead.x}}}}********",
        f"{URL}?token=a?token=********",
        f"{URL}?token=x********",
        f"{URL}?page=********",
        f"{URL}/********?token=********",
        f"{URL}?token=********#********",
    ],
)
def test_what_stands_for_a_credential_is_sent_to_nobody_in_a_url(
    acme: Account, crm: Entity, url: str
) -> None:
    before = document_of(acme, recipient_step(crm, f"{URL}?token=open-sesame"))

    found = errors(acme, set_url(shown(before), url), before=before)

    assert found == {"steps.0.integration.mappings.0.value": NOT_ALONE}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("json_property.comment", "********"),
        ("json_property.auth.token", "********{{lead.x}}"),
        ("json_property.tokens", ["********", "abc"]),
        ("basic_username", "********"),
        ("basic_password", "x********"),
    ],
)
def test_what_stands_for_a_credential_is_sent_to_nobody(
    acme: Account, crm: Entity, name: str, value: object
) -> None:
    """Also where a mapping was given another property, which is not called like a credential."""
    before = document_of(acme, recipient_step(crm, URL, mapped={"json_property.auth.token": "t-open-sesame"}))
    step = shown(before)
    mappings(step)[-1] |= {"property": name, "value": value}

    found = errors(acme, step, before=before)

    assert found == {"steps.0.integration.mappings.2.value": NOT_ALONE}


def test_a_step_has_a_bounded_number_of_credentials(acme: Account, crm: Entity) -> None:
    of_url = "&".join(f"token={number}" for number in range(10))
    mapped = {"json_property.tokens": ["abc"] * 10} | {f"json_property.token{n}": "abc" for n in range(10)}
    before = document_of(acme, recipient_step(crm, f"{URL}?{of_url}", mapped=mapped))
    step = shown(before)
    mappings(step).append({"property": "header.X-Api-Key", "value": "one more"})

    assert errors(acme, step, before=before) == {
        "steps.0.integration.mappings": "A step has at most 30 credentials."
    }


# --- Over the API, and in what was there before


def test_what_is_read_and_written_back_changes_nothing_and_shows_nothing(
    acme: Account, crm: Entity, api: ApiClient
) -> None:
    url = f"{URL}?api_key=u-open-sesame"
    flow = FlowFactory.create(account=acme, steps=[recipient_step(crm, url, mapped=FIELDS)])

    answer = api.get(f"/flows/{flow.pk}")
    written = api.put(f"/flows/{flow.pk}", answer.json())

    assert b"sesame" not in answer.content
    assert b"4815162342" not in answer.content
    assert written.json() == answer.json()
    assert FlowRevision.objects.filter(flow=flow).count() == 1
    step = answer.json()["steps"][0]
    assert mapping(step, "url")["value"] == f"{URL}?api_key=********"
    assert mapping(step, "json_property.auth.token")["value"] == "********"


def test_another_address_is_refused_by_the_name_of_what_it_would_get(
    acme: Account, crm: Entity, api: ApiClient
) -> None:
    flow = FlowFactory.create(account=acme, steps=[recipient_step(crm, URL, mapped=FIELDS)])
    body = api.get(f"/flows/{flow.pk}").json()
    set_url(body["steps"][0], "https://mine.example/")

    answer = api.put(f"/flows/{flow.pk}", body)

    assert answer.status_code == 400
    assert answer.json()["errors"]["steps.0.integration.mappings.2.value"] == ELSEWHERE.format(
        "json_property.auth.token"
    )


def test_a_leads_events_and_its_page_show_none(
    acme: Account,
    crm: Entity,
    crm_server: Answering,
    api: ApiClient,
    adam: User,
    as_user: Callable[[User], Client],
) -> None:
    crm_server.body = orjson.dumps({"url": "u-open-sesame", "token": "t-open-sesame"}).decode()
    seller = EntityFactory.create(account=acme)
    step = recipient_step(crm, f"{crm_server.url}?api_key=u-open-sesame", mapped=FIELDS)
    flow = FlowFactory.create(account=acme, deployed=True, sources=[source_of(seller)], steps=[step])

    address = f"/flows/{flow.pk}/sources/{seller.pk}/submit"
    answer = Client().post(address, b"email=ada%40x.co", content_type="application/x-www-form-urlencoded")

    lead = Lead.objects.get()
    events = api.get("/events").content
    page = as_user(adam).get(f"/app/leads/{lead.pk}/").content
    assert crm_server.asked[0].path == "/leads?api_key=u-open-sesame"
    assert "t-open-sesame" in crm_server.asked[0].body
    assert b"My CRM" in events
    assert b"My CRM" in page
    for seen in (answer.content, events, page, orjson.dumps(lead.appended)):
        assert b"open-sesame" not in seen
        assert b"4815162342" not in seen


def test_a_flows_changes_tell_that_a_credential_of_its_url_changed_and_not_which(
    acme: Account, crm: Entity, api: ApiClient
) -> None:
    flow = FlowFactory.create(account=acme, steps=[recipient_step(crm, f"{URL}?token=open-sesame")])
    body = api.get(f"/flows/{flow.pk}").json()
    for url in (f"{URL}?token=new-sesame", f"{URL}/b?token=third-sesame"):
        set_url(body["steps"][0], url)
        assert api.put(f"/flows/{flow.pk}", body).status_code == 200

    answer = api.get(f"/flows/{flow.pk}/changelogs")

    assert b"sesame" not in answer.content
    third, second, *_ = answer.json()
    assert third["delta_from_last_revision"] == {
        "steps.0.integration.mappings.0.value": [f"{URL}?token=********", f"{URL}/b?token=********"]
    }
    assert second["delta_from_last_revision"] == {
        "steps.0.integration.mappings.0.value": ["********", "********"]
    }


def test_revisions_of_before_are_sealed_and_stay_what_they_were(
    acme: Account, crm: Entity, api: ApiClient
) -> None:
    url = f"{URL}?token=open-sesame"
    flow = FlowFactory.create(account=acme, steps=[recipient_step(crm, url, mapped=FIELDS | SECRETS)])
    assert flow.saved
    wanted = api.get(f"/flows/{flow.pk}").json()
    as_it_was = flow.saved.document
    values = {"url": url} | FIELDS
    for one in mappings(as_it_was["steps"][0]):
        if one["property"] in values:
            del one["sealed"]
            one["value"] = values[one["property"]]
    FlowRevision.objects.filter(flow=flow).update(document=as_it_was)

    import_module("flows.migrations.0007_seal_credentials").seal(apps, None)

    assert b"sesame" not in orjson.dumps(FlowRevision.objects.get(flow=flow).document)
    assert api.get(f"/flows/{flow.pk}").json() == wanted
    assert api.put(f"/flows/{flow.pk}", wanted).status_code == 200
    assert FlowRevision.objects.filter(flow=flow).count() == 1
