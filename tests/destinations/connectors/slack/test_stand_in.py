"""What a workspace says of itself and what arrives there: the stand-in, over HTTP."""

import pytest

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.slack import client, live
from destinations.connectors.slack.stand_in import SLACK
from destinations.connectors.stand_in import FaultKey
from destinations.outcome import Outcome
from destinations.platforms.port import Choices, PlatformError
from destinations.sandbox import keeping
from destinations.sandbox.keeping import KeptRecords
from leadconduit.lib import outbound
from tests.destinations.connectors.slack.orders import order


def channels(calls: Calls, search: str = "", cursor: str = "") -> Choices:
    return outbound.run(live.options(calls, order().destination, "post_message.channel", search, cursor))


def labels(choices: Choices) -> list[str]:
    return [choice.label for choice in choices.items]


def test_one_is_connected_to_the_workspace(calls: Calls) -> None:
    identity = outbound.run(live.identify(calls, order().destination))

    assert (identity.user, identity.organisation) == ("leadconduit", "Brightleaf Energy")
    assert identity.organisation_id == "T0BRIGHT1"


def test_a_token_that_is_not_good_identifies_nobody(stand_in: KeptRecords) -> None:
    with pytest.raises(PlatformError, match="does not take the token"):
        outbound.run(live.identify(Calls(Fixed({"token": "xoxb-no"})), order().destination))


def test_channels_are_offered_but_for_archived_ones(calls: Calls) -> None:
    found = channels(calls)

    assert labels(found) == ["#leads", "#sales", "#board"]
    assert [bool(choice.help) for choice in found.items] == [False, True, False]
    assert labels(channels(calls, "#LEA")) == ["#leads"]


def test_channels_are_read_page_by_page(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PAGE", 1)
    assert labels(channels(calls)) == ["#leads", "#sales", "#board"]

    monkeypatch.setattr(live, "ENOUGH", 1)
    first = channels(calls)
    assert (labels(first), first.more) == (["#leads"], "1")
    assert labels(channels(calls, cursor=first.more)) == ["#sales"]


def test_a_message_arrives(calls: Calls, stand_in: KeptRecords) -> None:
    result = outbound.run(client.send(order({"text": "Hello", "Name": "Ada"}), calls))

    assert result.outcome is Outcome.DELIVERED
    (message,) = stand_in.find("messages")
    assert (message.fields["name"], message.fields["text"]) == ("leads", "Hello\n*Name:* Ada")


@pytest.mark.parametrize("channel", ["C0SALES", "C0OLD", "C0NONE"])
def test_a_channel_that_cannot_be_posted_to_is_no_fault_of_the_lead(calls: Calls, channel: str) -> None:
    assert outbound.run(client.send(order(channel=channel), calls)).outcome is Outcome.MISCONFIGURED


@pytest.mark.parametrize(
    ("fault", "outcome", "pause"),
    [("server_error", Outcome.UNAVAILABLE, None), ("rate_limited", Outcome.RATE_LIMITED, 3)],
)
def test_faults_are_understood(calls: Calls, fault: FaultKey, outcome: Outcome, pause: float | None) -> None:
    keeping.switch(SLACK, fault, "once")

    result = outbound.run(client.send(order(), calls))
    assert (result.outcome, result.retry_after) == (outcome, pause)
