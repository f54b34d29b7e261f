"""What Custom Webhook asks for: ways to authenticate, where and how to send, how to read the answer."""

from collections.abc import Mapping
from typing import Any

from destinations.connectors.declaration import Connector, OAuth2
from destinations.connectors.webhook import client
from destinations.connectors.webhook.answer import judge, status_problem
from destinations.connectors.webhook.request import header_problem, headers_problem, path_problem, url_problem
from destinations.connectors.webhook.signing import secret_problem
from destinations.connectors.webhook.targets import targets
from destinations.connectors.webhook.xml import root_problem
from destinations.fields import Choice, FieldSpec
from destinations.platforms.port import ActionSpec, AnswerRules, AuthScheme, Page, Targets


def _api_key_problems(values: Mapping[str, Any]) -> dict[str, str]:
    problem = header_problem(values["name"]) if values["placement"] == "header" else ""
    return {"name": problem} if problem else {}


def _user_name_problem(username: str) -> str:
    return "HTTP Basic has no way to send a user name with a colon." if ":" in username else ""


SIGNING = (
    FieldSpec(
        key="signing_secret",
        label="Signing secret",
        kind="secret",
        help="Each request is signed with it, as standardwebhooks.com has it. 24 to 64 random bytes in base64:"
        " openssl rand -base64 32.",
        check=secret_problem,
        is_sent=False,
        previous="previous_signing_secret",
    ),
    FieldSpec(
        key="previous_signing_secret",
        label="Previous signing secret",
        kind="secret",
        help="Stored when you replace the one above. Requests carry a signature by each, until the receiver has changed.",
        check=secret_problem,
        is_sent=False,
    ),
    FieldSpec(
        key="end_previous",
        label="Stop signing with the previous secret",
        kind="boolean",
        default=False,
        forgets="previous_signing_secret",
    ),
)
"""Of every way to authenticate: who sends a request, and when, can be proved beside it."""

NONE = AuthScheme(
    key="none",
    label="No authentication",
    help="The address itself is all that the receiver asks for.",
    fields=SIGNING,
)

API_KEY = AuthScheme(
    key="api_key",
    label="API key",
    help="A key in a header or in the query of the address.",
    fields=(
        FieldSpec(
            key="placement",
            label="Where the key goes",
            kind="choice",
            required=True,
            default="header",
            choices=(Choice("header", "In a header"), Choice("query", "In the query")),
        ),
        FieldSpec(
            key="name",
            label="Name",
            help="The header's or the query parameter's.",
            required=True,
            default="X-Api-Key",
            max_length=100,
        ),
        FieldSpec(key="key", label="Key", kind="secret", required=True),
        *SIGNING,
    ),
    check=_api_key_problems,
)

BASIC = AuthScheme(
    key="basic",
    label="User name and password",
    help="HTTP Basic authentication.",
    fields=(
        FieldSpec(key="username", label="User name", required=True, max_length=200, check=_user_name_problem),
        FieldSpec(key="password", label="Password", kind="secret"),
        *SIGNING,
    ),
)

BEARER = AuthScheme(
    key="bearer",
    label="Bearer token",
    help="A token in the Authorization header.",
    fields=(
        FieldSpec(key="token", label="Token", kind="secret", required=True, max_length=8000),
        *SIGNING,
    ),
)

HEADERS = AuthScheme(
    key="headers",
    label="Custom headers",
    help="Any headers, whose values are kept as secrets.",
    fields=(
        FieldSpec(
            key="headers",
            label="Headers",
            kind="secret_pairs",
            required=True,
            max_length=4000,
            check=headers_problem,
        ),
        *SIGNING,
    ),
)

OAUTH2_CLIENT = AuthScheme(
    key="oauth2_client",
    label="OAuth 2.0 client credentials",
    help="A token for the product itself, got with a client id and a secret, and renewed by itself.",
    fields=(
        FieldSpec(
            key="token_url",
            label="Token URL",
            kind="url",
            required=True,
            decides_host=True,
            placeholder="https://example.com/oauth/token",
            check=url_problem,
        ),
        FieldSpec(key="client_id", label="Client id", required=True),
        FieldSpec(key="client_secret", label="Client secret", kind="secret", required=True),
        FieldSpec(key="scope", label="Scope", help="With spaces between several. May be empty."),
        FieldSpec(
            key="client_authentication",
            label="How the client shows who it is",
            kind="choice",
            default="body",
            choices=(Choice("body", "In the body"), Choice("basic", "By HTTP Basic")),
        ),
        *SIGNING,
    ),
)


def _request_problems(values: Mapping[str, Any]) -> dict[str, str]:
    if values["method"] == "GET" and values["format"] != "query":
        return {"format": "GET sends no body: choose the query, or another method."}
    return {}


REQUEST = Page(
    key="request",
    label="Request",
    help="Where leads are sent, and how.",
    fields=(
        FieldSpec(
            key="url",
            label="URL",
            kind="url",
            required=True,
            decides_host=True,
            placeholder="https://example.com/leads",
            check=url_problem,
        ),
        FieldSpec(
            key="method",
            label="Method",
            kind="choice",
            required=True,
            default="POST",
            choices=tuple(Choice(method, method) for method in ("POST", "PUT", "PATCH", "DELETE", "GET")),
        ),
        FieldSpec(
            key="format",
            label="Format",
            kind="choice",
            required=True,
            default="json",
            choices=(
                Choice("json", "JSON", "Nested fields become objects."),
                Choice("form", "Form", "Nested fields are written with dots, as in company.name."),
                Choice("query", "Query", "Fields stand in the address, and there is no body."),
                Choice("xml", "XML", "Nested fields become elements, and lists repeat theirs."),
            ),
        ),
        FieldSpec(
            key="root",
            label="Root element",
            help="The element that holds all others.",
            only_for=("format", "xml"),
            default="lead",
            max_length=100,
            check=root_problem,
        ),
        FieldSpec(
            key="timeout",
            label="Timeout",
            kind="number",
            help="Seconds to wait for the whole answer.",
            required=True,
            default=10,
            minimum=1,
            maximum=60,
        ),
        FieldSpec(
            key="headers",
            label="Headers",
            kind="pairs",
            help="Sent with every lead. Secrets belong to authentication instead.",
            max_length=4000,
            check=headers_problem,
        ),
    ),
    check=_request_problems,
)


def _answer_problems(values: Mapping[str, Any]) -> dict[str, str]:
    if values["search_path"] and not values["search_term"]:
        return {"search_term": "Say what to look for there."}
    return {}


ANSWER = Page(
    key="answer",
    label="Answer",
    help="How to tell that the receiver took a lead.",
    fields=(
        FieldSpec(
            key="success_status",
            label="Status of success",
            help="Codes, ranges or classes: 200, 201-204, 2xx.",
            required=True,
            default="2xx",
            max_length=100,
            check=status_problem,
        ),
        FieldSpec(
            key="search_term",
            label="The answer must contain",
            help="Left empty, the status alone decides. Upper and lower case are the same.",
            max_length=500,
        ),
        FieldSpec(
            key="search_path",
            label="Where it must stand",
            help="A path in a JSON answer, as in result.status. Left empty, anywhere.",
            max_length=200,
        ),
        FieldSpec(
            key="reason_path",
            label="Where a refusal says why",
            help="A path in a JSON answer, as in errors.0.message.",
            max_length=200,
        ),
    ),
    check=_answer_problems,
)

SEND = ActionSpec(
    key="send",
    name="Send lead",
    description="One request for each lead, with a name and a path of your own.",
    fields=(
        FieldSpec(
            key="path",
            label="Path",
            help="Appended to the URL. May be empty.",
            placeholder="/contacts",
            max_length=500,
            check=path_problem,
        ),
        FieldSpec(
            key="fields",
            label="What the receiver takes",
            kind="target_fields",
            help="Its fields: mapping then shows which of them are still missing, and what does not fit. Others can be"
            " sent all the same.",
        ),
    ),
    targets=Targets(custom=True),
    user_named=True,
    # The receiver can tell a repeated request by its webhook-id, so sending again is the safe side.
    after_unknown="resend",
)

WEBHOOK = Connector(
    key="webhook",
    name="Custom Webhook",
    description="Send leads to any address over HTTP, as JSON, XML, a form or a query.",
    category="Developer tools",
    overview="For a system of your own, or one that is not in the marketplace: choose the method and the format, "
    "authenticate by key, password, token or headers, and say how its answer is to be understood.",
    schemes=(API_KEY, BEARER, BASIC, HEADERS, OAUTH2_CLIENT, NONE),
    oauth={
        OAUTH2_CLIENT.key: OAuth2(
            token_url=lambda values: values["token_url"],
            scopes=lambda values: (values.get("scope") or "").split(),
            client_authentication=lambda values: (
                "basic" if values.get("client_authentication") == "basic" else "body"
            ),
        )
    },
    pages=(REQUEST, ANSWER),
    actions=(SEND,),
    targets=targets,
    answer_rules=AnswerRules(page="answer", term="search_term", path="search_path", reason="reason_path"),
    judge=judge,
    client=client,
    tested="Real requests to servers of the test suite.",
)
