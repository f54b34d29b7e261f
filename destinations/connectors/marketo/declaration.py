"""What Marketo asks for: the credentials of a custom service, and how each action is set up."""

from destinations.connectors.declaration import Connector, OAuth2, Values
from destinations.connectors.marketo import client
from destinations.connectors.marketo.live import discover, identify, options
from destinations.connectors.marketo.requests import app_problem, munchkin_problem, origin
from destinations.fields import Choice, FieldSpec
from destinations.platforms.port import ActionSpec, AuthScheme, Page, TargetField, Targets


def _token_url(values: Values) -> str:
    return f"{origin(values)}/identity/oauth/token"


CUSTOM_SERVICE = AuthScheme(
    key="oauth2_client",
    label="Custom service",
    help="In Marketo, Admin > Integration > LaunchPoint: a custom service of an API-only user. View Details shows its"
    " client ID and secret.",
    fields=(
        FieldSpec(
            key="munchkin_id",
            label="Munchkin ID",
            help="Admin > Integration > Munchkin; also the first part of the REST API's address.",
            required=True,
            placeholder="123-ABC-456",
            max_length=20,
            decides_host=True,
            check=munchkin_problem,
        ),
        FieldSpec(key="client_id", label="Client ID", required=True, max_length=200),
        FieldSpec(key="client_secret", label="Client secret", kind="secret", required=True, max_length=200),
    ),
)

# authentication.md: `scope` is the service's user, not what the token may do; its permissions are those of their role.
TOKENS = OAuth2(token_url=_token_url, keeps=("scope",), lifetime=3600)

LINKS = Page(
    key="links",
    label="Links",
    help="Where Marketo is in your browser. Left empty, deliveries do not link to people.",
    fields=(
        FieldSpec(
            key="app_url",
            label="Marketo in the browser",
            kind="url",
            help="What the address begins with when you are signed in.",
            placeholder="https://app-ab12.marketo.com",
            check=app_problem,
        ),
    ),
)

_PERSON = "318581"

_WHO = (
    TargetField(
        "id",
        "Person ID",
        "integer",
        help="Of the person in Marketo, as “Create or update lead” returns it. Without it, the e-mail address is"
        " looked for.",
        suggested="{{receipts.sync_lead.id}}",
    ),
    TargetField("email", "Email Address", "email", help="Finds the person where there is no ID."),
)

# Marketo finds the person by the lookup field, so the same request once more makes no second one.
SYNC_LEAD = ActionSpec(
    key="sync_lead",
    name="Create or update lead",
    description="Creates a person in the database, or updates the one who is there.",
    fields=(
        FieldSpec(
            key="action",
            label="What is allowed",
            kind="choice",
            required=True,
            default="createOrUpdate",
            choices=(
                Choice("createOrUpdate", "Create or update"),
                Choice("createOnly", "Only create", "A person who is there already is refused."),
                Choice("updateOnly", "Only update", "A person who is not there is refused."),
            ),
        ),
        FieldSpec(
            key="lookup_field",
            label="Find people by",
            kind="choice",
            required=True,
            default="email",
            live_choices=True,
            help="The field that says whether a person is there already. By ID, one can only update.",
        ),
        FieldSpec(
            key="partition",
            label="Partition",
            kind="choice",
            live_choices=True,
            help="Where people are created. Left empty, Marketo's default.",
        ),
    ),
    targets=Targets(
        (
            TargetField("email", "Email Address", "email"),
            TargetField("firstName", "First Name"),
            TargetField("lastName", "Last Name"),
            TargetField("phone", "Phone Number", "phone"),
        ),
        custom=True,
    ),
    live_targets=True,
    after_unknown="resend",
    sample_id=_PERSON,
)

# A list has each person once, and a status does not go back: the same once more changes nothing.
ADD_TO_LIST = ActionSpec(
    key="add_to_list",
    name="Add to list",
    description="Puts a person on a static list.",
    fields=(FieldSpec(key="list", label="Static list", kind="choice", live_choices=True, required=True),),
    targets=Targets(_WHO),
    after_unknown="resend",
    sample_id=_PERSON,
)

ADD_TO_PROGRAM = ActionSpec(
    key="add_to_program",
    name="Add to program",
    description="Makes a person a member of a program, with a status.",
    fields=(
        FieldSpec(key="program", label="Program", kind="choice", live_choices=True, required=True),
        FieldSpec(
            key="status",
            label="Status",
            kind="choice",
            live_choices=True,
            depends_on=("program",),
            required=True,
            help="One of the program's channel. A person who is past it keeps theirs.",
        ),
    ),
    targets=Targets(_WHO),
    after_unknown="resend",
    sample_id=_PERSON,
)

# A campaign may send an e-mail each time it is requested, and nothing tells afterwards whether it was.
REQUEST_CAMPAIGN = ActionSpec(
    key="request_campaign",
    name="Request campaign",
    description="Runs a person through a smart campaign with the trigger “Campaign is Requested”.",
    fields=(
        FieldSpec(
            key="campaign",
            label="Campaign",
            kind="choice",
            live_choices=True,
            required=True,
            help="Active ones with this trigger, of the source “Web Service API”.",
        ),
    ),
    targets=Targets(_WHO, custom=True),
    after_unknown="ask",
    sample_id=_PERSON,
)

MARKETO = Connector(
    key="marketo",
    name="Marketo",
    description="Create and update people, put them on lists and into programs, and request campaigns.",
    category="Marketing automation",
    overview="For Adobe Marketo Engage. Actions that follow “Create or update lead” use the person that it returned; others"
    " find the person by e-mail address. Fields, lists, programs and campaigns are read from your Marketo. Any field that"
    " you add to “Request campaign” is sent as the My Token of that name.",
    schemes=(CUSTOM_SERVICE,),
    pages=(LINKS,),
    actions=(SYNC_LEAD, ADD_TO_LIST, ADD_TO_PROGRAM, REQUEST_CAMPAIGN),
    oauth={"oauth2_client": TOKENS},
    discover=discover,
    options=options,
    identify=identify,
    client=client,
    tested="Each request and each documented error against Adobe's published description and guide, and real requests to a"
    " stand-in of ours.",
    unconfirmed=(
        "Whether the daily quota starts anew by summer time in summer: the earlier midnight is tried first.",
        "That the token server reads its parameters from the body of a POST as it does from the address.",
        "Which code a program answers to a status that its channel does not have: 1025 and 1003 are understood.",
        "The address of a person's page in the browser, which is not documented.",
    ),
)
