"""What Salesforce asks for: how to connect, the actions and how each is set up.

OAuth: "Authorize Apps with OAuth" in Salesforce's help (Web Server Flow with PKCE; Client Credentials Flow, which takes a
My Domain only) and the answer of the token endpoint as jsforce 3 reads it: no expires_in, so a token is good until it is
refused; instance_url is where the API is.
"""

import re
from collections.abc import Mapping
from typing import Any

from destinations.connectors.calls import NotConnected
from destinations.connectors.declaration import Connector, OAuth2
from destinations.connectors.salesforce import client
from destinations.connectors.salesforce.live import discover, identify, options
from destinations.connectors.salesforce.requests import is_record_id
from destinations.connectors.salesforce.targets import CONTACT, LEAD, MEMBER, OPPORTUNITY
from destinations.fields import Choice, FieldSpec
from destinations.platforms.port import ActionSpec, AuthScheme

_MY_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.my\.salesforce\.(?:com|mil)", re.IGNORECASE | re.ASCII)


def _host_problem(host: str) -> str:
    if _MY_DOMAIN.fullmatch(host.strip()):
        return ""
    return "Write the host alone, such as yourcompany.my.salesforce.com."


def _id_problem(text: str) -> str:
    return "" if is_record_id(text.strip()) else "An id in Salesforce has 15 or 18 letters and digits."


CLIENT = (
    FieldSpec(key="client_id", label="Consumer key", help="Of the connected app.", required=True),
    FieldSpec(key="client_secret", label="Consumer secret", kind="secret", required=True),
)


def _host(only_for: tuple[str, str] | None = None) -> FieldSpec:
    return FieldSpec(
        key="host",
        label="My Domain",
        help="Setup > My Domain in Salesforce says it.",
        only_for=only_for,
        decides_host=True,
        placeholder="yourcompany.my.salesforce.com",
        required=True,
        max_length=255,
        check=_host_problem,
    )


CODE = AuthScheme(
    key="oauth2_code",
    label="Sign in to Salesforce",
    help="You sign in at Salesforce and allow access; leads are written as that user.",
    fields=(
        FieldSpec(
            key="environment",
            label="Where to sign in",
            kind="choice",
            required=True,
            decides_host=True,
            default="production",
            choices=(
                Choice("production", "Production", "login.salesforce.com"),
                Choice("sandbox", "Sandbox", "test.salesforce.com"),
                Choice("my_domain", "My Domain", "Your company's own address."),
            ),
        ),
        _host(("environment", "my_domain")),
        *CLIENT,
    ),
)
CLIENT_CREDENTIALS = AuthScheme(
    key="oauth2_client",
    label="Client credentials",
    help="A connected app with a user to run as: nobody signs in.",
    fields=(_host(), *CLIENT),
)


def _server(values: Mapping[str, Any]) -> str:
    own = str(values.get("host") or "").strip().lower()
    environment = values.get("environment") or ("my_domain" if own else "production")
    if environment == "my_domain":
        if _host_problem(own):
            raise NotConnected("The host is none of Salesforce's: enter it again.", gone=True)
        return f"https://{own}/services/oauth2"
    return f"https://{'test' if environment == 'sandbox' else 'login'}.salesforce.com/services/oauth2"


def _token_url(values: Mapping[str, Any]) -> str:
    return f"{_server(values)}/token"


def _authorize_url(values: Mapping[str, Any]) -> str:
    return f"{_server(values)}/authorize"


def _revoke_url(values: Mapping[str, Any]) -> str:
    return f"{_server(values)}/revoke"


KEPT = ("instance_url", "id")
OAUTH = {
    "oauth2_code": OAuth2(
        token_url=_token_url,
        authorize_url=_authorize_url,
        revoke_url=_revoke_url,
        scopes=("api", "refresh_token"),
        keeps=KEPT,
    ),
    "oauth2_client": OAuth2(token_url=_token_url, revoke_url=_revoke_url, keeps=KEPT),
}


# --- Actions

DUPLICATES = FieldSpec(
    key="duplicates",
    label="When a duplicate rule finds the same person",
    kind="choice",
    required=True,
    default="block",
    choices=(
        Choice(
            "block", "Do not save", "The lead counts as rejected; the reason names the record that is there."
        ),
        Choice("allow", "Save anyway", "Where the rule lets people save, too."),
    ),
)
ASSIGNMENT = FieldSpec(
    key="assignment",
    label="Who becomes the owner",
    kind="choice",
    required=True,
    default="active",
    choices=(
        Choice("active", "As the active assignment rule says"),
        Choice("none", "The connected user", "No assignment rule is used."),
        Choice("rule", "As another assignment rule says"),
    ),
)
ASSIGNMENT_RULE = FieldSpec(
    key="assignment_rule",
    label="Assignment rule",
    help="Its id.",
    only_for=("assignment", "rule"),
    required=True,
    placeholder="01Q…",
    max_length=18,
    check=_id_problem,
)


def _external_id(says: str, key: str = "external_id_field", **more: Any) -> FieldSpec:
    return FieldSpec(
        key=key, label="External id field", help=says, kind="choice", live_choices=True, max_length=80, **more
    )


CREATE_LEAD = ActionSpec(
    key="create_lead",
    name="Create New Lead",
    description="A lead for each delivery, with any standard or custom field.",
    fields=(
        ASSIGNMENT,
        ASSIGNMENT_RULE,
        DUPLICATES,
        _external_id(
            "A text field that keeps the delivery's key, so that a delivery which is tried again makes no second lead.",
            "key_field",
        ),
    ),
    targets=LEAD,
    live_targets=True,
    after_unknown="look_up_first",
)
UPDATE_CONTACT = ActionSpec(
    key="update_contact",
    name="Update Existing Contact",
    description="Changes the contact with the lead's e-mail address or external id.",
    fields=(
        FieldSpec(
            key="find_by",
            label="Find the contact by",
            kind="choice",
            required=True,
            default="email",
            choices=(Choice("email", "E-mail address"), Choice("external_id", "External id")),
        ),
        _external_id("Map a value to it, too.", only_for=("find_by", "external_id"), required=True),
        FieldSpec(
            key="create_missing",
            label="Create the contact where there is none",
            kind="boolean",
            default=False,
        ),
        DUPLICATES,
    ),
    targets=CONTACT,
    live_targets=True,
    after_unknown="look_up_first",
)
ADD_TO_CAMPAIGN = ActionSpec(
    key="add_to_campaign",
    name="Add to Campaign",
    description="Makes the lead, or the contact, a member of a campaign.",
    fields=(
        FieldSpec(
            key="campaign",
            label="Campaign",
            help="The active ones.",
            kind="choice",
            live_choices=True,
            required=True,
        ),
    ),
    targets=MEMBER,
    live_targets=True,
    after_unknown="resend",
)
CREATE_OPPORTUNITY = ActionSpec(
    key="create_opportunity",
    name="Create Opportunity",
    description="Converts the lead to an opportunity. Where there is a contact instead, the opportunity is theirs.",
    fields=(
        FieldSpec(
            key="converted_status",
            label="Status of the converted lead",
            kind="choice",
            live_choices=True,
            required=True,
        ),
        _external_id("Finds the lead by the value that is mapped as external id of the lead."),
        FieldSpec(
            key="owner",
            label="Owner",
            help="The id of a user; needed where leads are owned by a queue.",
            placeholder="005…",
            max_length=18,
            check=_id_problem,
        ),
        FieldSpec(
            key="stage",
            label="Stage",
            help="Of an opportunity for a contact: a converted lead gets the organisation's first stage.",
            kind="choice",
            live_choices=True,
        ),
        FieldSpec(
            key="close_in_days",
            label="Days until it should close",
            help="Of an opportunity for a contact, unless a close date is mapped.",
            kind="number",
            default=30,
            minimum=0,
            maximum=3650,
        ),
    ),
    targets=OPPORTUNITY,
    live_targets=True,
    after_unknown="look_up_first",
)

SALESFORCE = Connector(
    key="salesforce",
    name="Salesforce",
    description="Create leads, update contacts, fill campaigns, and turn leads into opportunities.",
    category="CRM",
    overview=(
        "Leads arrive as records of your organisation, with your own fields. Fields, campaigns and statuses are read from "
        "it while you set up the destination, and each delivery links to the record that it made."
    ),
    schemes=(CODE, CLIENT_CREDENTIALS),
    actions=(CREATE_LEAD, UPDATE_CONTACT, ADD_TO_CAMPAIGN, CREATE_OPPORTUNITY),
    oauth=OAUTH,
    discover=discover,
    options=options,
    identify=identify,
    client=client,
    tested=(
        "Each request and each documented error against recorded exchanges, and every action against a stand-in that "
        "follows Salesforce's documents."
    ),
    unconfirmed=(
        "That adding a member twice to a campaign is answered with DUPLICATE_VALUE.",
        "How a conversion into an existing contact goes where duplicate rules are active.",
    ),
)
