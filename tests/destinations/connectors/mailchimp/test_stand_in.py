"""What an account says of itself and what arrives there: the stand-in, over HTTP."""

from typing import Any

import pytest

from destinations.connectors.calls import Calls, Fixed
from destinations.connectors.mailchimp import client, live
from destinations.connectors.mailchimp.stand_in import MAILCHIMP
from destinations.connectors.stand_in import FaultKey
from destinations.mapping.suggestions import SourceField, suggest
from destinations.outcome import Outcome
from destinations.platforms.port import Choices, PlatformError, Targets
from destinations.sandbox import keeping
from destinations.sandbox.keeping import KeptRecords
from leadconduit.leads.template import compile_template
from leadconduit.lib import outbound
from tests.destinations.connectors.mailchimp.orders import ADA, HASH, order


def audiences(calls: Calls, search: str = "", cursor: str = "") -> Choices:
    asked = live.options(calls, order().destination, "put_member.audience", search, cursor)
    return outbound.run(asked)


def discovered(calls: Calls, **configuration: Any) -> Targets:
    wanted = order(**configuration)
    return outbound.run(live.discover(calls, wanted.destination, wanted.action))


def labels(choices: Choices) -> list[str]:
    return [choice.label for choice in choices.items]


def test_one_is_connected_to_the_account(calls: Calls) -> None:
    identity = outbound.run(live.identify(calls, order().destination))

    assert (identity.user, identity.organisation) == ("dana@brightleaf.example", "Brightleaf Energy")
    assert identity.organisation_id == "8d3a3db4d97663a9074efcc16"


def test_a_key_that_is_not_good_identifies_nobody(stand_in: KeptRecords) -> None:
    with pytest.raises(PlatformError, match="does not take the API key"):
        outbound.run(live.identify(Calls(Fixed({"key": "no-us6"})), order().destination))


def test_audiences_are_found_page_by_page(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PAGE", 1)
    first = audiences(calls)

    assert (labels(first), first.more) == (["Newsletter"], "1")
    assert labels(audiences(calls, cursor=first.more)) == ["Home owners"]
    assert labels(audiences(calls, "home")) == ["Home owners"]
    assert audiences(calls, "nothing") == Choices()


def test_merge_fields_are_found_with_their_types(calls: Calls) -> None:
    fields = {field.key: field for field in discovered(calls).fields}

    assert next(iter(fields)) == "email_address"
    assert [key for key, field in fields.items() if field.required] == ["email_address", "merge_fields.FNAME"]
    assert fields["merge_fields.PHONE"].type == "phone"
    assert fields["merge_fields.SCORE"].type == "number"
    assert [choice.value for choice in fields["merge_fields.HOME"].choices] == ["House", "Apartment"]
    assert fields["merge_fields.ADDRESS.city"].label == "Address: city"
    assert fields["tags"].type == "list"
    assert not {f.key: f for f in discovered(calls, skip_required=True).fields}["merge_fields.FNAME"].required


def test_a_birthday_is_suggested_as_it_is_taken(calls: Calls) -> None:
    suggestion = suggest(discovered(calls).fields, [SourceField("lead.dob", "Date of birth")])
    written = compile_template(suggestion["merge_fields.BIRTHDAY"].template).render(
        {"lead": {"dob": "1985-12-10"}}
    )
    of_ada = {**ADA, "merge_fields": {"FNAME": "Ada", "BIRTHDAY": written}}

    assert written == "12/10"
    assert outbound.run(client.send(order(of_ada), calls)).outcome is Outcome.DELIVERED


def test_fields_are_those_of_an_audience(calls: Calls) -> None:
    with pytest.raises(PlatformError, match="Choose the audience first"):
        discovered(calls, audience="")
    with pytest.raises(PlatformError, match="no longer in Mailchimp"):
        discovered(calls, audience="gone")


def test_a_member_is_put_once_and_tagged(calls: Calls, stand_in: KeptRecords) -> None:
    changed = {
        "email_address": "ada@lead.example",
        "merge_fields": {"FNAME": "Ada", "LNAME": "L"},
        "tags": "solar",
    }
    results = [outbound.run(client.send(wanted, calls)) for wanted in (order(tags="roof"), order(changed))]

    assert [result.outcome for result in results] == [Outcome.DELIVERED] * 2
    (member,) = stand_in.find("members", digest=HASH)
    assert (member.fields["LNAME"], member.fields["tags"]) == ("L", ["roof", "solar"])


@pytest.mark.parametrize(
    ("payload", "configuration", "outcome", "words"),
    [
        ({**ADA, "email_address": "not one"}, {}, Outcome.REJECTED, "valid email address"),
        ({**ADA, "email_address": "gone@lead.example"}, {}, Outcome.REJECTED, "unsubscribed"),
        ({"email_address": "ada@lead.example"}, {}, Outcome.REJECTED, "FNAME: "),
        (
            {**ADA, "merge_fields": {"FNAME": "Ada", "BIRTHDAY": "1985-12-10"}},
            {},
            Outcome.REJECTED,
            "BIRTHDAY: ",
        ),
        (ADA, {"audience": "gone"}, Outcome.MISCONFIGURED, "no longer in Mailchimp"),
    ],
)
def test_what_the_stand_in_refuses(
    calls: Calls, payload: dict[str, Any], configuration: dict[str, Any], outcome: Outcome, words: str
) -> None:
    result = outbound.run(client.send(order(payload, **configuration), calls))

    assert result.outcome is outcome
    assert words in result.reason


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("server_error", Outcome.UNAVAILABLE),
        ("rate_limited", Outcome.RATE_LIMITED),
        ("refused_token", Outcome.UNAUTHORIZED),
        ("missing_field", Outcome.REJECTED),
    ],
)
def test_faults_are_understood(calls: Calls, fault: FaultKey, outcome: Outcome) -> None:
    keeping.switch(MAILCHIMP, fault, "once")

    assert outbound.run(client.send(order(), calls)).outcome is outcome
