"""ETags: 304 for what the caller has, 412 for an update that would be lost."""

from typing import Any

import pytest
from django.test import Client

from flows.models import Flow, FlowRevision
from leadconduit.accounts.models import Account
from tests.cast import ApiClient
from tests.factories import DestinationFactory, EntityFactory, FlowFactory, api_key, flow_body, use_of

pytestmark = pytest.mark.django_db
LISTS = ["/destinations", "/flows", "/entities", "/fields", "/deliveries"]


def ask(api: ApiClient, path: str, method: str = "GET", body: Any = None, **headers: str) -> Any:
    return api.send(method, path, body, headers=headers)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_that_the_caller_has_is_not_sent_again(api: ApiClient, acme: Account, path: str) -> None:
    etag = ask(api, path).headers["ETag"]

    for known in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        answer = ask(api, path, **{"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag)
    assert ask(api, path, **{"If-None-Match": '"x"'}).status_code == 200


def test_a_list_that_changed_is_sent_with_another_tag(api: ApiClient, acme: Account) -> None:
    etag = ask(api, "/entities").headers["ETag"]
    EntityFactory.create(account=acme)

    answer = ask(api, "/entities", **{"If-None-Match": etag})

    assert answer.status_code == 200
    assert answer.headers["ETag"] != etag


def test_a_refusal_has_no_tag(api: ApiClient, nobody: ApiClient) -> None:
    assert "ETag" not in api.get("/deliveries", limit=0).headers
    assert "ETag" not in nobody.get("/flows").headers


def test_another_account_has_another_tag(api: ApiClient, acme: Account, stranger: ApiClient) -> None:
    FlowFactory.create(account=acme)

    etag = ask(api, "/flows").headers["ETag"]

    assert ask(stranger, "/flows", **{"If-None-Match": etag}).status_code == 200


# --- A flow


@pytest.fixture
def flow(acme: Account) -> Flow:
    return FlowFactory.create(account=acme)


def test_the_tag_of_a_flow_changes_with_its_saved_revision(api: ApiClient, flow: Flow) -> None:
    path = f"/flows/{flow.pk}"
    first = ask(api, path).headers["ETag"]

    same = ask(api, path, "PUT", ask(api, path).json()).headers["ETag"]
    second = ask(api, path, "PUT", flow_body(name="Renamed")).headers["ETag"]

    assert first == same != second == ask(api, path).headers["ETag"]
    assert ask(api, path, **{"If-None-Match": second}).status_code == 304
    assert ask(api, path, **{"If-None-Match": first}).status_code == 200


def test_a_new_flow_brings_its_tag_with_it(api: ApiClient, acme: Account) -> None:
    created = api.post("/flows", flow_body())

    assert created.headers["ETag"] == ask(api, f"/flows/{created.json()['id']}").headers["ETag"]


def test_an_update_that_would_undo_another_is_refused(api: ApiClient, flow: Flow) -> None:
    path = f"/flows/{flow.pk}"
    read = ask(api, path).headers["ETag"]
    ask(api, path, "PUT", flow_body(name="Anna's"))

    lost = ask(api, path, "PUT", flow_body(name="Ben's"), **{"If-Match": read})

    assert lost.status_code == 412
    assert list(lost.json()) == ["error"]
    assert ask(api, path).json()["name"] == "Anna's"
    assert FlowRevision.objects.filter(flow=flow).count() == 2


def test_an_update_of_what_was_read_is_taken(api: ApiClient, flow: Flow) -> None:
    path = f"/flows/{flow.pk}"
    for given in ("{}", "W/{}", '"x", {}', "*"):
        tag = given.format(ask(api, path).headers["ETag"])
        assert ask(api, path, "PUT", flow_body(name=tag), **{"If-Match": tag}).status_code == 200, tag


def test_what_stands_beside_a_flow_may_change_without_an_update_being_lost(
    api: ApiClient, acme: Account
) -> None:
    crm = DestinationFactory.create(account=acme)
    flow = FlowFactory.create(account=acme, uses=[crm])
    path = f"/flows/{flow.pk}"
    etag = ask(api, path).headers["ETag"]
    crm.name = "Renamed"
    crm.save()

    assert ask(api, path, **{"If-None-Match": etag}).status_code == 200
    body = flow_body(destinations=[use_of(crm)])
    assert ask(api, path, "PUT", body, **{"If-Match": etag}).status_code == 200


@pytest.mark.parametrize("tag", ["", "nonsense", '"', '"x"', 'W/"x'])
def test_a_tag_that_is_none_matches_nothing(api: ApiClient, flow: Flow, tag: str) -> None:
    answer = ask(api, f"/flows/{flow.pk}", "PUT", flow_body(), **{"If-Match": tag})

    assert answer.status_code == 412


def test_head_is_answered_alike(acme: Account) -> None:
    import base64

    token = base64.b64encode(f"API:{api_key(acme)}".encode()).decode()
    client = Client(headers={"Authorization": f"Basic {token}"})

    assert client.head("/flows").headers["ETag"] == client.get("/flows").headers["ETag"]
