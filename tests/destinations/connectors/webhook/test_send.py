import json
import socket
from typing import Any

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.webhook import client
from destinations.outcome import Outcome, Result
from leadconduit.lib import outbound
from tests.destinations.connectors.receiver import Receiver
from tests.destinations.connectors.webhook.orders import KEY, order


def send(url: str, **more: Any) -> Result:
    wanted = order(url, **more)
    return outbound.run(client.send(wanted, Calls(Fixed(wanted.destination.credentials))))


def test_a_lead_arrives_as_it_was_mapped(receiver: Receiver) -> None:
    receiver.status = 201
    payload = {"email": "ada@example.com", "company": {"name": "Acmé"}}

    result = send(f"{receiver.url}/api", payload=payload, path="/contacts", method="PUT")

    assert result.outcome is Outcome.DELIVERED
    assert (receiver.latest.method, receiver.latest.path) == ("PUT", "/api/contacts")
    assert json.loads(receiver.latest.body) == payload
    assert receiver.latest.headers["webhook-id"] == KEY
    assert receiver.latest.headers["content-type"] == "application/json"


def test_the_receiver_gets_the_key_and_the_exchange_does_not(receiver: Receiver) -> None:
    credentials = {"placement": "query", "name": "api_key", "key": "s3cret key/1"}
    receiver.status, receiver.body = 400, '{"why": "no account for s3cret key/1"}'

    result = send(receiver.url, scheme="api_key", credentials=credentials, reason_path="why")

    assert receiver.latest.path == "/?api_key=s3cret+key%2F1"
    assert result.outcome is Outcome.REJECTED
    assert "s3cret" not in f"{result.exchange} {result.reason}"


def test_what_was_previewed_is_what_is_sent(receiver: Receiver) -> None:
    wanted = order(
        receiver.url, scheme="basic", credentials={"username": "ada", "password": "s3cret-password"}
    )

    preview = client.preview(wanted)
    result = outbound.run(client.send(wanted, Calls()))

    assert result.exchange is not None
    sent = result.exchange["request"]
    assert (preview["method"], preview["body"]) == (sent["method"], sent["body"])
    assert sent["uri"].startswith(preview["uri"])
    assert preview["headers"].items() <= sent["headers"].items()


def test_a_busy_receiver_says_when_to_come_back(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "7"}

    result = send(receiver.url)

    assert (result.outcome, result.retry_after) == (Outcome.RATE_LIMITED, 7)


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": f"{receiver.url}/elsewhere"}

    result = send(receiver.url)

    assert result.outcome is Outcome.MISCONFIGURED
    assert len(receiver.requests) == 1


def test_a_receiver_that_hangs_leaves_it_unknown(receiver: Receiver) -> None:
    receiver.delay = 0.5

    result = send(receiver.url, timeout=0.1)

    assert result.outcome is Outcome.UNKNOWN
    assert len(receiver.requests) == 1


def test_a_receiver_that_is_not_there_is_unreachable(receiver: Receiver) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))

        result = send(f"http://127.0.0.1:{taken.getsockname()[1]}/")

    assert result.outcome is Outcome.UNREACHABLE


def test_an_address_inside_is_never_called() -> None:
    result = send("http://127.0.0.1:9/")

    assert result.outcome is Outcome.MISCONFIGURED
    assert not result.outcome.retries


def test_a_header_of_the_transport_is_never_sent(receiver: Receiver) -> None:
    result = send(receiver.url, headers=[["Content-Length", "1"]])

    assert result.outcome is Outcome.MISCONFIGURED
    assert receiver.requests == []


def test_a_send_takes_at_most_the_timeout_of_its_destination() -> None:
    assert client.longest_send(order().destination) == 10
    assert client.longest_send(order(timeout=45).destination) == 45


def test_a_401_is_about_the_credentials_only_where_the_receiver_gave_them_itself(receiver: Receiver) -> None:
    receiver.status = 401
    refused = {}
    for scheme in ("none", "bearer", "basic", "oauth2_client"):
        calls = Calls(Fixed({"access_token": "a"}))
        outbound.run(client.send(order(receiver.url, scheme=scheme), calls))
        refused[scheme] = calls.refused

    assert refused == {"none": False, "bearer": False, "basic": False, "oauth2_client": True}
