"""What HubSpot asks for: how to connect, the actions and how each is set up.

OAuth: developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide (parameters in the body; an access token lasts half an
hour, the refresh token stays) and PublicApiSpecs/Auth/Oauth v3 of HubSpot's OpenAPI collection (`code_verifier`, revoke).
Scopes: those that the descriptions of the calls name.
"""

from destinations.connectors.declaration import Connector, OAuth2
from destinations.connectors.hubspot import client, targets
from destinations.connectors.hubspot.live import discover, identify, options
from destinations.connectors.hubspot.requests import API, APP
from destinations.fields import FieldSpec
from destinations.platforms.port import ActionSpec, AuthScheme

SCOPES = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.deals.read",
    "crm.objects.deals.write",
    "crm.objects.owners.read",
    "crm.lists.read",
    "crm.lists.write",
    "crm.schemas.contacts.read",
    "crm.schemas.deals.read",
)

CODE = AuthScheme(
    key="oauth2_code",
    label="Sign in to HubSpot",
    help="You sign in at HubSpot, choose the account and allow access.",
    fields=(
        FieldSpec(
            key="client_id", label="Client ID", help="Of your app in HubSpot, under Auth.", required=True
        ),
        FieldSpec(key="client_secret", label="Client secret", kind="secret", required=True),
    ),
)


TOKEN = AuthScheme(
    key="bearer",
    label="Private app token",
    help="In HubSpot, Settings > Integrations > Private apps: an app with the scopes for contacts, deals and lists.",
    fields=(FieldSpec(key="token", label="Access token", kind="secret", required=True, max_length=500),),
)

# `hub_id` is the portal: it is part of the address of each record's page. `scope` is missing from the answer, `scopes` is
# a list of those that were given.
OAUTH = OAuth2(
    token_url=lambda _: f"{API}/oauth/v3/token",
    authorize_url=lambda _: f"{APP}/oauth/authorize",
    revoke_url=lambda _: f"{API}/oauth/v3/token/revoke",
    scopes=SCOPES,
    keeps=("hub_id",),
    lifetime=1800,
)

_OWNER = FieldSpec(
    key="owner",
    label="Owner",
    kind="choice",
    live_choices=True,
    help="Of each record, unless a lead says otherwise. Left empty, nobody in particular.",
)

# An address is one contact's: the same once more is refused, and it is known then that the first arrived.
CREATE_CONTACT = ActionSpec(
    key="create_contact",
    name="Create contact",
    description="Creates a contact. One whose e-mail address is there already is refused.",
    fields=(_OWNER,),
    targets=targets.CREATE_CONTACT,
    live_targets=True,
    after_unknown="look_up_first",
)

UPDATE_CONTACT = ActionSpec(
    key="update_contact",
    name="Update contact",
    description="Updates the contact of an earlier action, or the one with the e-mail address. One who is not there is"
    " refused.",
    fields=(_OWNER,),
    targets=targets.UPDATE_CONTACT,
    live_targets=True,
    after_unknown="resend",
)

UPSERT_CONTACT = ActionSpec(
    key="upsert_contact",
    name="Create or update contact",
    description="Creates a contact, or updates the one who is there.",
    fields=(
        FieldSpec(
            key="find_by",
            label="Find contacts by",
            kind="choice",
            required=True,
            default="email",
            live_choices=True,
            help="The property that says whether a contact is there already: Email, or one of yours whose values are"
            " unique.",
        ),
        _OWNER,
    ),
    targets=targets.UPSERT_CONTACT,
    live_targets=True,
    after_unknown="resend",
)

CREATE_DEAL = ActionSpec(
    key="create_deal",
    name="Create deal",
    description="Creates a deal of the contact of an earlier action, or of the one with the e-mail address.",
    fields=(
        FieldSpec(key="pipeline", label="Pipeline", kind="choice", live_choices=True, required=True),
        FieldSpec(
            key="stage",
            label="Stage",
            kind="choice",
            live_choices=True,
            depends_on=("pipeline",),
            required=True,
            help="In which each deal begins.",
        ),
        _OWNER,
    ),
    targets=targets.CREATE_DEAL,
    live_targets=True,
    after_unknown="look_up_first",
)

# A list has each contact once: the same once more changes nothing.
ADD_TO_LIST = ActionSpec(
    key="add_to_list",
    name="Add to list",
    description="Puts the contact of an earlier action, or the one with the e-mail address, on a static list.",
    fields=(FieldSpec(key="list", label="Static list", kind="choice", live_choices=True, required=True),),
    targets=targets.ADD_TO_LIST,
    after_unknown="resend",
)

HUBSPOT = Connector(
    key="hubspot",
    name="HubSpot",
    description="Create and update contacts, create deals, and put contacts on lists.",
    category="CRM",
    overview="For HubSpot's CRM. “Create deal” and “Add to list” use the contact that an earlier action returned, or find"
    " it by e-mail address. Properties, lists, pipelines, stages and owners are read from your HubSpot, those of your own"
    " included.",
    schemes=(CODE, TOKEN),
    actions=(UPSERT_CONTACT, CREATE_CONTACT, UPDATE_CONTACT, CREATE_DEAL, ADD_TO_LIST),
    oauth={"oauth2_code": OAUTH},
    discover=discover,
    options=options,
    identify=identify,
    client=client,
    tested="Each request and each documented error against HubSpot's published OpenAPI descriptions and guides, and real"
    " requests to a stand-in of ours.",
    unconfirmed=(
        "The words “Existing ID” of a conflict, which clients of the API report and HubSpot does not document.",
        "Whether a 404 of a contact has the category OBJECT_NOT_FOUND in every portal.",
        "That links to app.hubspot.com lead on to portals whose data is kept in Europe.",
        "That the authorization page takes PKCE's parameters, as the token endpoint's description says.",
    ),
)
