"""What Mailchimp asks for: an API key, and the audience that people are put into."""

from destinations.connectors.declaration import Connector
from destinations.connectors.mailchimp import client
from destinations.connectors.mailchimp.live import EMAIL, TAGS, discover, identify, options
from destinations.connectors.mailchimp.requests import key_problem
from destinations.fields import Choice, FieldSpec
from destinations.platforms.port import ActionSpec, AuthScheme, TargetField, Targets

API_KEY = AuthScheme(
    key="api_key",
    label="API key",
    help="In Mailchimp, Profile > Extras > API keys.",
    fields=(
        FieldSpec(
            key="key",
            label="API key",
            kind="secret",
            required=True,
            max_length=200,
            help="It ends with the data center of your account, such as -us6.",
            check=key_problem,
        ),
    ),
)

# Mailchimp knows people by their address, so the same once more changes nothing.
PUT_MEMBER = ActionSpec(
    key="put_member",
    name="Add or update member",
    description="Puts a person into an audience, or updates the one who is there, and tags them.",
    fields=(
        FieldSpec(key="audience", label="Audience", kind="choice", live_choices=True, required=True),
        FieldSpec(
            key="status",
            label="Somebody new is",
            kind="choice",
            required=True,
            default="subscribed",
            choices=(
                Choice("subscribed", "Subscribed", "They have consented, and get mail at once."),
                Choice("pending", "Asked to confirm", "Mailchimp sends them an e-mail to confirm."),
                Choice("unsubscribed", "Unsubscribed"),
                Choice("transactional", "Transactional only"),
            ),
            help="Who is in the audience already keeps their status.",
        ),
        FieldSpec(key="tags", label="Tags", help="With commas between. Tags that somebody has already stay."),
        FieldSpec(
            key="skip_required",
            label="Take people without required merge fields",
            kind="boolean",
            default=False,
        ),
    ),
    targets=Targets(
        (
            EMAIL,
            TargetField("merge_fields.FNAME", "First Name"),
            TargetField("merge_fields.LNAME", "Last Name"),
            TAGS,
        ),
        custom=True,
    ),
    live_targets=True,
    after_unknown="resend",
)

MAILCHIMP = Connector(
    key="mailchimp",
    name="Mailchimp",
    description="Put people into audiences, with merge fields and tags.",
    category="Marketing automation",
    overview="Audiences and their merge fields are read from your Mailchimp. People are known by their e-mail address:"
    " who is there already is updated, and keeps their status and their other tags.",
    schemes=(API_KEY,),
    actions=(PUT_MEMBER,),
    discover=discover,
    options=options,
    identify=identify,
    client=client,
    tested="Each request and each documented error against Mailchimp's published description, and real requests to a"
    " stand-in of ours.",
    unconfirmed=(
        "The titles “Member In Compliance State” and “Forgotten Email Not Subscribed”, which clients of the API report.",
        "Whether Mailchimp says with 429 when to come back: five seconds are waited where it does not.",
    ),
)
