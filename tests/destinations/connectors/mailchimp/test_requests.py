"""The requests, over HTTP, as Mailchimp's description has them; sources: mailchimp/requests.py."""

import base64
import json
from typing import Any

import pytest

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.mailchimp import client, requests
from destinations.outcome import Outcome, Receipt, Result
from destinations.platforms.port import Order
from leadconduit.lib import outbound
from tests.destinations.connectors.mailchimp.orders import ADA, HASH, KEY, KNOWN, order
from tests.destinations.connectors.receiver import Receiver

MEMBER = f"/3.0/lists/a1b2c3d4e5/members/{HASH}"
ANSWER = {"id": HASH, "web_id": 4712, "email_address": "Ada@Lead.example", "status": "subscribed"}
PROBLEM = {"title": "Bad Request", "status": 400, "detail": "Not like this."}


def sent(account: Receiver, wanted: Order, *answers: tuple[int, Any]) -> Result:
    account.script = [(status, json.dumps(content) if content else "", {}) for status, content in answers]
    result = outbound.run(client.send(wanted, Calls(Fixed(KNOWN))))
    assert account.script == [], "not all was asked"
    return result


def test_a_member_is_put_by_the_hash_of_the_address(account: Receiver) -> None:
    result = sent(account, order(status="pending"), (200, ANSWER))

    assert (account.latest.method, account.latest.path) == ("PUT", MEMBER)
    assert json.loads(account.latest.body) == {**ADA, "status_if_new": "pending"}
    encoded = account.latest.headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(encoded).decode().endswith(f":{KEY}")
    assert result.outcome is Outcome.DELIVERED
    assert result.receipt == Receipt(HASH, "https://us6.admin.mailchimp.com/lists/members/view?id=4712")
    assert KEY not in json.dumps(result.exchange)
    assert encoded not in json.dumps(result.exchange)


def test_merge_fields_keep_their_form(account: Receiver) -> None:
    address = {"addr1": "1 Main St", "addr2": "", "city": "Austin", "zip": 78701}
    fields = {"SCORE": 640, "HOME": True, "ADDRESS": address, "PHONE": None}

    sent(account, order({**ADA, "merge_fields": fields}), (200, ANSWER))

    assert json.loads(account.latest.body)["merge_fields"] == {
        "SCORE": 640,
        "HOME": "true",
        "ADDRESS": {"addr1": "1 Main St", "city": "Austin", "zip": "78701"},
        "PHONE": "",
    }


def test_required_merge_fields_can_be_waived(account: Receiver) -> None:
    sent(account, order(skip_required=True), (200, ANSWER))

    assert account.latest.path == f"{MEMBER}?skip_merge_validation=true"


@pytest.mark.parametrize(
    ("mapped", "names"),
    [
        (None, ["roof", "new lead"]),
        ("solar, roof", ["roof", "new lead", "solar"]),
        (["a", ""], ["roof", "new lead", "a"]),
    ],
)
def test_tags_are_added_afterwards(account: Receiver, mapped: Any, names: list[str]) -> None:
    result = sent(account, order({**ADA, "tags": mapped}, tags="roof, new lead"), (200, ANSWER), (204, None))

    assert (account.latest.method, account.latest.path) == ("POST", f"{MEMBER}/tags")
    assert json.loads(account.latest.body) == {"tags": [{"name": name, "status": "active"} for name in names]}
    assert result.outcome is Outcome.DELIVERED
    assert result.receipt is not None


def test_tags_that_are_refused_leave_a_member(account: Receiver) -> None:
    refused = sent(account, order(tags="roof"), (200, ANSWER), (400, PROBLEM))
    later = sent(account, order(tags="roof"), (200, ANSWER), (503, None))

    assert refused.outcome is Outcome.REJECTED
    assert "in the audience" in refused.reason
    assert refused.receipt is not None
    assert later.outcome is Outcome.UNAVAILABLE


def test_without_an_address_nothing_is_asked(account: Receiver) -> None:
    assert sent(account, order({"merge_fields": {"FNAME": "Ada"}})).outcome is Outcome.REJECTED


@pytest.mark.parametrize(
    ("key", "fits"),
    [(KEY, True), ("abc-us21", True), ("abc", False), ("a b-us6", False), ("abc-us6/x", False)],
)
def test_a_key_ends_with_its_data_center(key: str, fits: bool) -> None:
    assert (requests.key_problem(key) == "") is fits
    assert requests.data_center({"key": key}) in ("us6", "us21", "us1")


def test_what_was_previewed_is_what_is_sent(account: Receiver) -> None:
    preview = client.preview(order())
    sent(account, order(), (200, ANSWER))

    assert preview["uri"] == f"https://us6.api.mailchimp.com{account.latest.path}"
    assert preview["body"] == account.latest.body
