"""A recipient is called: over the guarded client, to a server on this machine."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import orjson
import pytest
from django.db import connections

from flows.engine import Recipient
from flows.recipients import calling, sealing
from flows.recipients.credentials import as_kept
from flows.recipients.mappings import compile_mappings
from flows.recipients.modules import MODULES
from flows.recipients.response import RecipientResult, read_answer
from leadconduit.lib.masking import MASK
from tests.flows.recipients.answering import Answering
from tests.processes import PATIENCE

ACCOUNT = "a" * 24
EMAIL = {"normal": "ada@example.com", "raw": "Ada@Example.com", "valid": True, "user": "Ada"}
VARIABLES: dict[str, object] = {
    "account": {"id": ACCOUNT},
    "lead": {"email": EMAIL, "phone": {"normal": None, "raw": "call me", "valid": False}, "state": "TX"},
}
CREDENTIAL = "open sesame"


def recipient(kind: str, **mapped: Any) -> Recipient:
    """A step with these mappings, in their order; `__` in a name is a dot."""
    mappings: list[dict[str, Any]] = [
        {"property": name.replace("__", "."), "value": value} for name, value in mapped.items()
    ]
    return with_mappings(kind, mappings)


def with_mappings(kind: str, mappings: list[dict[str, Any]]) -> Recipient:
    module = MODULES[f"leadconduit-custom.outbound.{kind}"]
    return Recipient("rrrrrr", 1, "", "crm", "e" * 24, "CRM", module, compile_mappings(mappings), rules=None)


def call(step: Recipient) -> RecipientResult:
    return calling.call(step, VARIABLES)


def test_valid_values_are_sent_in_their_normal_form_and_others_as_they_came(crm_server: Answering) -> None:
    step = recipient(
        "json", url=crm_server.url, json_property__to="{{lead.email}}", json_property__call="{{lead.phone}}"
    )

    result = call(step)

    assert (result.outcome, result.appended) == ("success", {"ok": True, "outcome": "success", "price": 0})
    assert [(asked.method, asked.body) for asked in crm_server.asked] == [
        ("POST", '{"to":"ada@example.com","call":"call me"}')
    ]


def test_of_two_mappings_of_a_property_the_later_that_applies_wins(crm_server: Answering) -> None:
    rules = [{"lhv": "lead.state", "op": "is equal to", "rhv": state} for state in ("TX", "OH")]
    texas, ohio = ({"op": "and", "rules": [rule]} for rule in rules)
    mappings: list[dict[str, Any]] = [
        {"property": "url", "value": crm_server.url},
        {"property": "parameter.to", "value": "all"},
        {"property": "parameter.to", "value": "texas", "rule_set": texas},
        {"property": "parameter.to", "value": "ohio", "rule_set": ohio},
    ]

    call(with_mappings("query", mappings))

    assert crm_server.asked[0].path == "/leads?to=texas"


def test_credentials_are_sent_and_shown_nowhere(crm_server: Answering) -> None:
    crm_server.body = orjson.dumps({"you said": CREDENTIAL}).decode()
    sealed = sealing.seal(CREDENTIAL, account_id=ACCOUNT)
    step = with_mappings(
        "form",
        [
            {"property": "url", "value": crm_server.url},
            {"property": "basic_username", "value": "acme"},
            {"property": "basic_password", "sealed": sealed},
            {"property": "header.X-Token", "sealed": sealed},
            {"property": "form_field.again", "value": CREDENTIAL},
        ],
    )

    result = call(step)

    assert crm_server.asked[0].headers["x-token"] == CREDENTIAL
    assert crm_server.asked[0].headers["authorization"].startswith("Basic ")
    assert len(result.transactions) == 1
    assert "sesame" not in str(result)
    assert crm_server.asked[0].headers["authorization"].partition(" ")[2] not in str(result)


def test_credentials_in_what_is_sent_are_shown_nowhere(crm_server: Answering) -> None:
    secret, of_url = "t/öpen 4711", "u%2Fsesame+4711"
    crm_server.body = orjson.dumps({"you said": [secret, of_url, "u/sesame 4711"], "n": 4815162342}).decode()
    named = {
        "json_property.token": secret,
        "json_property.login.key_token": 4815162342,
        "json_property.tokens": ["{{lead.state}}", secret],
    }
    mappings: list[dict[str, Any]] = [
        {"property": "url"} | as_kept("url", f"{crm_server.url}?api_key={of_url}&a=b", account_id=ACCOUNT)
    ]
    mappings += [{"property": name} | as_kept(name, named[name], account_id=ACCOUNT) for name in named]

    result = call(with_mappings("json", mappings))

    assert crm_server.asked[0].path == f"/leads?api_key={of_url}&a=b"
    assert orjson.loads(crm_server.asked[0].body) == {
        "token": secret,
        "login": {"key_token": 4815162342},
        "tokens": ["TX", secret],
    }
    assert result.transactions[0]["request"]["uri"] == f"{crm_server.url}?api_key={MASK}&a=b"
    assert result.kept["you said"] == [MASK, MASK, MASK]
    assert "4711" not in str(result)
    assert "4815162342" not in str(result)


def test_what_is_made_of_the_lead_is_no_credential(crm_server: Answering) -> None:
    step = recipient(
        "query", url=f"{crm_server.url}?token={{{{lead.state}}}}", parameter__key="{{lead.state}}"
    )

    result = call(step)

    assert result.transactions[0]["request"]["uri"] == f"{crm_server.url}?token=TX&key=TX"


@pytest.mark.parametrize("kind", ["form", "json", "xml"])
def test_credentials_in_a_body_do_not_follow_to_another_host(crm_server: Answering, kind: str) -> None:
    elsewhere = crm_server.url.replace("127.0.0.1", "127.0.0.2").replace("/leads", "/moved")
    crm_server.onward = {"/leads": (307, elsewhere)}
    name = {"form": "form_field.token", "json": "json_property.token", "xml": "xml_path.r.token"}[kind]
    mappings: list[dict[str, Any]] = [
        {"property": "url", "value": crm_server.url},
        {"property": "follow_redirects", "value": "true"},
        {"property": name, "sealed": sealing.seal("t-4711 & more", account_id=ACCOUNT)},
    ]

    with_credential = call(with_mappings(kind, mappings))
    mappings[-1] = {"property": name, "value": "{{lead.state}}"}
    without = call(with_mappings(kind, mappings))

    assert [len(result.transactions) for result in (with_credential, without)] == [1, 2]
    assert (with_credential.outcome, with_credential.reason) == ("error", calling.NOT_FOLLOWED)


def test_credentials_that_no_key_opens_are_an_error(crm_server: Answering) -> None:
    elsewhere = sealing.seal(CREDENTIAL, account_id="b" * 24)
    mappings: list[dict[str, Any]] = [
        {"property": "url", "value": crm_server.url},
        {"property": "basic_password", "sealed": elsewhere},
    ]

    result = call(with_mappings("form", mappings))

    assert (result.outcome, result.reason) == (
        "error",
        "The stored credentials cannot be read: enter them again.",
    )
    assert crm_server.asked == []


@pytest.mark.parametrize(("status", "outcome"), [(200, "success"), (404, "success"), (503, "error")])
def test_a_status_below_500_is_judged_by_the_body(crm_server: Answering, status: int, outcome: str) -> None:
    crm_server.status = status

    assert call(recipient("form", url=crm_server.url)).outcome == outcome


def test_a_recipient_that_refuses_says_why(crm_server: Answering) -> None:
    crm_server.headers = {"Content-Type": "text/xml"}
    crm_server.body = "<r><status>duplicate</status><why>Seen on Monday</why></r>"
    step = recipient(
        "xml",
        url=crm_server.url,
        xml_path__lead__email="{{lead.email}}",
        outcome_search_term="accepted",
        outcome_search_path="/r/status",
        reason_path="/r/why/text()",
    )

    result = call(step)

    assert (result.outcome, result.reason) == ("failure", "Seen on Monday")
    assert result.appended["r"]["status"] == "duplicate"
    assert "<email>ada@example.com</email>" in crm_server.asked[0].body


def test_a_recipient_that_does_not_answer_in_time_is_an_error(crm_server: Answering) -> None:
    crm_server.gate.clear()

    result = call(recipient("form", url=crm_server.url, timeout_seconds=1))

    assert (result.outcome, result.reason) == ("error", "No answer came within 1 second.")
    assert result.appended == {"outcome": "error", "reason": result.reason}


def test_a_recipient_that_is_not_there_is_an_error(crm_server: Answering) -> None:
    url = crm_server.url
    crm_server.stop()

    result = call(recipient("form", url=url))

    assert result.outcome == "error"
    assert result.reason.startswith("127.0.0.1 refused the connection")


def test_an_address_inside_is_not_called(crm_server: Answering, settings: Any) -> None:
    settings.OUTBOUND_ALLOW = []

    result = call(recipient("form", url=crm_server.url))

    assert (result.outcome, crm_server.asked) == ("error", [])
    assert "not allowed" in result.reason


def test_what_has_no_url_for_a_lead_is_skipped(crm_server: Answering) -> None:
    result = call(recipient("form", url="{{lead.nothing}}"))

    assert (result.outcome, result.reason) == ("skip", "The URL is blank.")


@pytest.mark.parametrize(
    ("kind", "mapped"),
    [
        ("form", {"url": "{{lead.ftp}}"}),
        ("json", {"method": "{{lead.state}}"}),
        ("json", {"outcome_on_match": "{{lead.state}}"}),
        ("xml", {"xml_path__a": "1", "xml_path__b": "2"}),
        ("xml", {}),
    ],
)
def test_what_cannot_be_sent_is_an_error(crm_server: Answering, kind: str, mapped: dict[str, str]) -> None:
    step = recipient(kind, **{"url": crm_server.url, **mapped})

    result = calling.call(step, {**VARIABLES, "lead": {"ftp": "ftp://x", "state": "BREW"}})

    assert (result.outcome, crm_server.asked) == ("error", [])
    assert result.reason


def test_what_the_lead_says_is_seen_as_it_is_answered(crm_server: Answering) -> None:
    crm_server.body = orjson.dumps({"you": "said TX, with abc-4711-"}).decode()
    header = {"property": "header.X-Session-Token"}
    templates = ("{{lead.state}}", "abc-4711-{{lead.state}}")
    mappings = [header | as_kept("header.X-Session-Token", value, account_id=ACCOUNT) for value in templates]
    url = {"property": "url", "value": crm_server.url}

    lead_only, with_constant = (call(with_mappings("form", [url, mapping])) for mapping in mappings)

    assert lead_only.kept["you"] == with_constant.appended["you"] == "said TX, with abc-4711-"
    assert with_constant.kept["you"] == f"said TX, with {MASK}"


def test_the_place_is_kept_until_the_answer_is_read(
    crm_server: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[int] = []

    def read(*given: Any, **options: Any) -> RecipientResult:
        waiting.append(calling._waiting.total())
        return read_answer(*given, **options)

    monkeypatch.setattr(calling, "read_answer", read)

    call(recipient("form", url=crm_server.url))

    assert (waiting, calling._waiting.total()) == ([1], 0)


def test_values_that_are_too_long_are_an_error(crm_server: Answering) -> None:
    step = recipient("form", url=crm_server.url, form_field__x="{{lead.long}}{{lead.long}}")

    result = calling.call(step, {**VARIABLES, "lead": {"long": "x" * 600_000}})

    assert (result.outcome, crm_server.asked) == ("error", [])


# --- Redirects


def test_a_get_follows_redirects(crm_server: Answering) -> None:
    crm_server.onward = {"/leads?a=1": (302, "/moved")}

    result = call(recipient("query", url=crm_server.url, parameter__a="1"))

    assert [asked.path for asked in crm_server.asked] == ["/leads?a=1", "/moved"]
    assert (result.outcome, len(result.transactions)) == ("success", 2)


@pytest.mark.parametrize(
    ("follows", "status", "methods"),
    [
        ("false", 302, ["POST"]),
        ("true", 302, ["POST", "GET"]),
        ("true", 303, ["POST", "GET"]),
        ("true", 307, ["POST", "POST"]),
    ],
)
def test_a_post_follows_redirects_where_it_is_mapped(
    crm_server: Answering, follows: str, status: int, methods: list[str]
) -> None:
    crm_server.onward = {"/leads": (status, "/moved")}

    call(recipient("form", url=crm_server.url, form_field__a="1", follow_redirects=follows))

    assert [asked.method for asked in crm_server.asked] == methods


def test_redirects_in_a_circle_end(crm_server: Answering) -> None:
    crm_server.onward = {"/leads": (302, "/leads")}

    result = call(recipient("query", url=crm_server.url))

    assert len(result.transactions) == calling.MAX_REDIRECTS + 1
    assert result.outcome == "error"


@pytest.mark.parametrize("location", ["", "http://[", "ftp://crm.example/"])
def test_a_redirect_that_leads_nowhere_is_an_error(crm_server: Answering, location: str) -> None:
    crm_server.status, crm_server.headers = 302, {"Location": location}

    assert call(recipient("query", url=crm_server.url)).outcome == "error"
    assert call(recipient("form", url=crm_server.url)).outcome == "success"


# --- What is searched for


@pytest.mark.parametrize(
    ("term", "lead", "outcome"),
    [
        ("{{lead.want}}", {"want": "ok"}, "success"),
        ("{{lead.want}}", {"want": ".*"}, "failure"),
        ("{{lead.want}}", {"want": "("}, "failure"),
        ("{{lead.want}}", {"want": "x|ok"}, "failure"),
        ("{{lead.want}}", {"want": "/ok/i"}, "failure"),
        ('"{{lead.want}}":\\s*true', {"want": "OK"}, "success"),
        ("/{{lead.want}}..true/i", {"want": "ok"}, "success"),
        ("/{{lead.want}}..true/i", {"want": "o."}, "failure"),
        ("{{lead.want}}", {"want": " "}, "error"),
        ("{{lowercase lead.want}}", {}, "error"),
        ("{{lead.want}}", {"want": "x" * 20_000}, "error"),
    ],
)
def test_what_a_lead_has_is_sought_as_it_is(
    crm_server: Answering, term: str, lead: dict[str, Any], outcome: str
) -> None:
    step = recipient("json", url=crm_server.url, outcome_search_term=term)

    result = calling.call(step, {**VARIABLES, "lead": lead})

    assert result.outcome == outcome


def test_a_term_that_is_blank_for_a_lead_is_not_sent_for(crm_server: Answering) -> None:
    step = recipient("json", url=crm_server.url, outcome_search_term="{{lead.nothing}}")

    assert (call(step).outcome, crm_server.asked) == ("error", [])


def test_credentials_do_not_follow_to_another_host(crm_server: Answering) -> None:
    elsewhere = crm_server.url.replace("127.0.0.1", "127.0.0.2").replace("/leads", "/moved")
    crm_server.onward = {"/leads": (302, elsewhere)}
    step = recipient(
        "query", url=crm_server.url, basic_username="acme", basic_password=CREDENTIAL, header__X_Token="t"
    )

    result = call(step)

    assert "authorization" in crm_server.asked[0].headers
    assert all("authorization" not in asked.headers for asked in crm_server.asked[1:])
    assert result.transactions[-1]["request"]["uri"] == elsewhere


# --- Who waits for whom


def test_at_most_half_of_the_threads_wait_for_one_receiver(crm_server: Answering, settings: Any) -> None:
    settings.WEB_THREADS = 4
    crm_server.gate.clear()
    step = recipient("form", url=crm_server.url)
    results: list[RecipientResult] = []
    threads = [threading.Thread(target=lambda: results.append(call(step))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert crm_server.arrived.acquire(timeout=PATIENCE)

    refused = call(step)
    crm_server.gate.set()
    for thread in threads:
        thread.join(PATIENCE)

    assert (refused.outcome, refused.reason) == (
        "error",
        "Too many leads wait for an answer of 127.0.0.1 already.",
    )
    assert refused.transactions == ()
    assert [result.outcome for result in results] == ["success", "success"]
    assert call(step).outcome == "success"


@pytest.fixture
def others() -> Iterator[list[Answering]]:
    servers = [Answering() for _ in range(2)]
    for server in servers:
        server.start()
    yield servers
    for server in servers:
        server.stop()


def test_receivers_together_leave_a_quarter_of_the_threads(
    crm_server: Answering, others: list[Answering], settings: Any
) -> None:
    settings.WEB_THREADS = 12
    results: list[RecipientResult] = []
    threads = []
    for server, leads in ((crm_server, 6), (others[0], 3)):
        server.gate.clear()
        step = recipient("form", url=server.url)
        threads += [
            threading.Thread(target=lambda step=step: results.append(call(step))) for _ in range(leads)
        ]
    for thread in threads:
        thread.start()
    for server, leads in ((crm_server, 6), (others[0], 3)):
        for _ in range(leads):
            assert server.arrived.acquire(timeout=PATIENCE)

    refused = [call(recipient("form", url=server.url)) for server in (crm_server, *others)]
    crm_server.gate.set()
    others[0].gate.set()
    for thread in threads:
        thread.join(PATIENCE)

    assert [(result.outcome, result.reason) for result in refused] == [
        ("error", "Too many leads wait for an answer of 127.0.0.1 already."),
        ("error", "Too many leads wait for answers of recipients already."),
        ("error", "Too many leads wait for answers of recipients already."),
    ]
    assert others[1].asked == []
    assert [result.outcome for result in results] == ["success"] * 9
    assert call(recipient("form", url=others[1].url)).outcome == "success"


@pytest.mark.parametrize(("threads", "waiting"), [(1, 1), (2, 1), (3, 1), (4, 2), (8, 6), (10, 7), (16, 12)])
def test_how_many_threads_may_wait_at_all(settings: Any, threads: int, waiting: int) -> None:
    settings.WEB_THREADS = threads

    with ExitStack() as held:
        for number in range(waiting):
            held.enter_context(calling._waiting_for(f"https://host{number}.example/"))
        with pytest.raises(calling._Busy):
            held.enter_context(calling._waiting_for("https://one-more.example/"))
    with calling._waiting_for("https://one-more.example/"):
        pass


def test_who_is_redirected_waits_for_the_receiver_that_they_are_sent_to(
    crm_server: Answering, others: list[Answering], settings: Any
) -> None:
    settings.WEB_THREADS = 6  # three for each receiver, four for all
    elsewhere = others[0]
    elsewhere.gate.clear()
    threads = [threading.Thread(target=call, args=(recipient("query", url=elsewhere.url),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert elsewhere.arrived.acquire(timeout=PATIENCE)
    crm_server.onward = {"/leads": (302, elsewhere.url)}

    refused = call(recipient("query", url=crm_server.url))
    elsewhere.gate.set()
    for thread in threads:
        thread.join(PATIENCE)

    assert (refused.outcome, refused.reason) == (
        "error",
        "Too many leads wait for an answer of 127.0.0.1 already.",
    )
    assert [one["request"]["uri"] for one in refused.transactions] == [crm_server.url]


@pytest.mark.django_db(transaction=True)
def test_no_connection_to_the_database_is_held_while_a_recipient_is_asked(crm_server: Answering) -> None:
    database = connections["default"]
    database.ensure_connection()
    crm_server.gate.clear()
    held: list[object] = []

    def answer() -> None:
        assert crm_server.arrived.acquire(timeout=PATIENCE)
        held.append(database.connection)
        crm_server.gate.set()

    watcher = threading.Thread(target=answer)
    watcher.start()
    call(recipient("form", url=crm_server.url))
    watcher.join(PATIENCE)

    assert held == [None]
