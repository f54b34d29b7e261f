"""What Google Sheets asks for: consent, and which sheet of which spreadsheet.

Scopes: developers.google.com/workspace/sheets/api/scopes. With `drive.file` alone, a product reaches only files that it
has made itself or that were picked in Google's own picker, a script of theirs, so no spreadsheet that a customer has.
`spreadsheets` reaches each one that the account may edit, by its address, and cannot list them: that would take the right
to see all files of the account. So a spreadsheet's address is pasted, and its sheets are offered.
"""

from destinations.connectors.declaration import Connector, OAuth2
from destinations.connectors.google_sheets import client
from destinations.connectors.google_sheets.live import discover, identify, options
from destinations.connectors.google_sheets.requests import spreadsheet_problem
from destinations.fields import Choice, FieldSpec
from destinations.platforms.port import ActionSpec, AuthScheme, Targets

GOOGLE_ACCOUNT = AuthScheme(
    key="oauth2_code",
    label="Google account",
    help="Sign in to Google and allow spreadsheets to be edited.",
    fields=(
        FieldSpec(
            key="client_id",
            label="Client ID",
            help="Google Cloud console, APIs & Services > Credentials: an OAuth client for a web application, in a project"
            " with the Google Sheets API.",
            required=True,
            max_length=200,
        ),
        FieldSpec(key="client_secret", label="Client secret", kind="secret", required=True, max_length=200),
    ),
)

# developers.google.com/identity/protocols/oauth2/web-server: with `offline` comes a refresh token, but only at a consent,
# which `prompt` asks for each time.
CONSENT = OAuth2(
    authorize_url=lambda _: "https://accounts.google.com/o/oauth2/v2/auth",
    token_url=lambda _: "https://oauth2.googleapis.com/token",
    revoke_url=lambda _: "https://oauth2.googleapis.com/revoke",
    scopes=(
        "openid",
        "https://www.googleapis.com/auth/userinfo.email",
        "https://www.googleapis.com/auth/spreadsheets",
    ),
    parameters={"access_type": "offline", "prompt": "consent"},
)

# Google cannot tell a repeated request: once more would be a second row.
APPEND_ROW = ActionSpec(
    key="append_row",
    name="Append row",
    description="Adds a row for each lead below those that are there.",
    fields=(
        FieldSpec(
            key="spreadsheet",
            label="Spreadsheet",
            help="Its address in the browser.",
            required=True,
            placeholder="https://docs.google.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit",
            check=spreadsheet_problem,
        ),
        FieldSpec(
            key="sheet",
            label="Sheet",
            kind="choice",
            live_choices=True,
            depends_on=("spreadsheet",),
            required=True,
        ),
        FieldSpec(
            key="header_row",
            label="Header row",
            kind="number",
            help="The row that names the columns. They may be moved later, not renamed.",
            required=True,
            default=1,
            minimum=1,
            maximum=1000,
        ),
        FieldSpec(
            key="value_input",
            label="Values",
            kind="choice",
            required=True,
            default="RAW",
            choices=(
                Choice("RAW", "As they are", "Texts stay texts."),
                Choice(
                    "USER_ENTERED",
                    "As if typed",
                    "Dates and numbers are recognised. No lead makes a formula.",
                ),
            ),
        ),
    ),
    targets=Targets(custom=True),
    live_targets=True,
    after_unknown="ask",
)

GOOGLE_SHEETS = Connector(
    key="google_sheets",
    name="Google Sheets",
    description="Add a row to a spreadsheet for each lead.",
    category="Spreadsheets",
    overview="The names in the header row are the fields that leads are mapped to. Google allows an account 60 rows a"
    " minute: leads beyond that wait their turn.",
    schemes=(GOOGLE_ACCOUNT,),
    actions=(APPEND_ROW,),
    oauth={"oauth2_code": CONSENT},
    discover=discover,
    options=options,
    identify=identify,
    client=client,
    tested="Each request and error against Google's published reference, and real requests to a stand-in of ours.",
    unconfirmed=(
        "Google's words for a cell that is too long, a spreadsheet that is full and a sheet that is protected.",
        "The address of a row in the browser, which is not documented.",
        "That Google takes a code challenge (PKCE) from a web application, which it documents for other kinds.",
    ),
)
