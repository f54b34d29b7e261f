"""What Marketo says of itself: answers in the form that Adobe describes, and the stand-in's, over HTTP."""

import pytest

from destinations.connectors.calls import Calls
from destinations.connectors.marketo import MARKETO as MARKETO_CONNECTOR
from destinations.connectors.marketo import live
from destinations.connectors.marketo.stand_in import BRIGHT, MARKETO
from destinations.platforms.builtin import BuiltinSetup
from destinations.platforms.port import Choices, DestinationValues, Identity, PlatformError, Targets
from destinations.sandbox import keeping
from destinations.sandbox.keeping import KeptRecords
from leadconduit.lib import outbound
from tests.destinations.connectors.marketo.orders import Tokens, destination


def asked(
    calls: Calls, field: str, search: str = "", cursor: str = "", of: DestinationValues | None = None
) -> Choices:
    return outbound.run(live.options(calls, of or destination(), field, search, cursor))


def labels(choices: Choices) -> list[str]:
    return [choice.label for choice in choices.items]


def discovered(calls: Calls, **configuration: str) -> Targets:
    set_up = destination(configuration=configuration)
    return outbound.run(live.discover(calls, set_up, set_up.actions[0]))


def test_one_is_connected_as_the_api_user_to_the_instance(calls: Calls) -> None:
    identity = outbound.run(live.identify(calls, destination()))

    assert identity.user == "apis@acmeinc.com"
    assert identity.organisation == identity.organisation_id == "123-ABC-456"


def test_the_api_user_is_called_as_the_token_server_writes_them(instance: KeptRecords) -> None:
    setup = BuiltinSetup({MARKETO_CONNECTOR.key: MARKETO_CONNECTOR})
    client = {"client_id": MARKETO.oauth.client_id, "client_secret": MARKETO.oauth.client_secret}

    connected = setup.connect(destination(), "oauth2_client", {"munchkin_id": "123-ABC-456", **client})

    assert connected.identity == Identity(BRIGHT.user, "123-ABC-456", "123-ABC-456")


def test_a_token_that_is_not_good_identifies_nobody(instance: KeptRecords) -> None:
    with pytest.raises(PlatformError, match="does not take the access token"):
        outbound.run(live.identify(Calls(Tokens(["made-up"])), destination()))


def test_fields_that_can_be_written_are_found_with_their_types(calls: Calls) -> None:
    targets = discovered(calls)
    fields = {field.key: field for field in targets.fields}

    assert not targets.custom
    assert targets.fields[0].key == "email"
    assert [key for key, field in fields.items() if field.required] == ["email"]
    assert (fields["email"].type, fields["email"].max_length) == ("email", 255)
    assert (fields["creditScore"].type, fields["creditScore"].label) == ("integer", "Credit score")
    assert fields["moveInDate"].type == "date"
    assert fields["address"].type == "text"
    assert fields["annualRevenue"].type == "number"
    assert "createdAt" not in fields
    assert "id" not in fields


def test_the_field_that_finds_people_is_needed_whatever_it_is(calls: Calls) -> None:
    fields = {field.key: field for field in discovered(calls, lookup_field="id").fields}

    assert fields["id"].required
    assert not fields["email"].required


def test_people_are_found_by_fields_that_marketo_searches(calls: Calls) -> None:
    assert labels(asked(calls, "sync_lead.lookup_field")) == ["Id", "Email Address", "LeadConduit ID"]
    assert labels(asked(calls, "sync_lead.lookup_field", "mail")) == ["Email Address"]


def test_partitions_lists_and_campaigns_that_can_be_requested_are_offered(calls: Calls) -> None:
    assert labels(asked(calls, "sync_lead.partition")) == ["Default"]
    assert labels(asked(calls, "add_to_list.list")) == ["Spring leads", "Newsletter", "Texas"]
    assert labels(asked(calls, "request_campaign.campaign")) == ["Welcome mail"]


def test_a_list_in_a_program_is_named_with_it(calls: Calls, instance: KeptRecords) -> None:
    instance.add("lists", {"name": "Guests", "programName": "Spring webinar"}, "1004")

    (found,) = asked(calls, "add_to_list.list", "spring web").items
    assert (found.value, found.label) == ("1004", "Guests (Spring webinar)")


def test_lists_on_many_pages_are_read_on_as_long_as_too_few_match(
    calls: Calls, instance: KeptRecords
) -> None:
    for number in range(320):
        instance.add("lists", {"name": f"Extra {number}"}, str(5000 + number))

    first = asked(calls, "add_to_list.list")
    rest = asked(calls, "add_to_list.list", cursor=first.more)
    assert (len(first.items), len(rest.items), rest.more) == (300, 23, "")
    assert labels(asked(calls, "add_to_list.list", "extra 319")) == ["Extra 319"]


def test_programs_and_the_statuses_of_their_channel(calls: Calls) -> None:
    def statuses(program: str) -> list[str]:
        of = destination("add_to_program", {"program": program})
        return labels(asked(calls, "add_to_program.status", of=of))

    assert labels(asked(calls, "add_to_program.program")) == ["Spring webinar", "Buyer's guide"]
    assert statuses("2001") == ["Invited", "Registered", "Attended"]
    assert statuses("2002") == ["Member", "Engaged"]


def test_programs_are_paged_by_an_offset(calls: Calls, instance: KeptRecords) -> None:
    for number in range(199):
        instance.add("programs", {"name": f"Extra {number}", "channel": "Content"}, str(5000 + number))

    first = asked(calls, "add_to_program.program")
    assert (len(first.items), first.more) == (200, "200")
    assert len(asked(calls, "add_to_program.program", cursor="200").items) == 1


@pytest.mark.parametrize(
    ("program", "words"), [("", "Choose the program first."), ("9", "no longer in Marketo")]
)
def test_statuses_need_a_program_that_is_there(calls: Calls, program: str, words: str) -> None:
    with pytest.raises(PlatformError, match=words):
        asked(calls, "add_to_program.status", of=destination("add_to_program", {"program": program}))


def test_a_field_that_is_not_live_has_no_choices_in_marketo(calls: Calls) -> None:
    with pytest.raises(PlatformError):
        asked(calls, "sync_lead.action")


def test_a_question_that_comes_at_a_bad_time_says_when_to_ask_again(calls: Calls) -> None:
    keeping.switch(MARKETO, "rate_limited", "once")

    with pytest.raises(PlatformError) as refused:
        asked(calls, "add_to_list.list")
    assert refused.value.retry_after == 20
