"""What Slack asks for: a bot's token, and the channel that messages are posted to."""

from destinations.connectors.declaration import Connector
from destinations.connectors.slack import client
from destinations.connectors.slack.live import identify, options
from destinations.fields import FieldSpec
from destinations.platforms.port import ActionSpec, AuthScheme, TargetField, Targets


def _token_problem(token: str) -> str:
    return "A user's token cannot be used here: take the one of the bot." if token.startswith("xoxp-") else ""


BOT_TOKEN = AuthScheme(
    key="bearer",
    label="Bot token",
    help="At api.slack.com/apps, an app with the scopes chat:write, channels:read and groups:read; after Install to"
    " Workspace, OAuth & Permissions shows the token.",
    fields=(
        FieldSpec(
            key="token",
            label="Bot User OAuth Token",
            kind="secret",
            required=True,
            max_length=500,
            help="It begins with xoxb-.",
            check=_token_problem,
        ),
    ),
)

# Slack knows no key of ours: a message that may have been posted would come twice.
POST_MESSAGE = ActionSpec(
    key="post_message",
    name="Post message",
    description="Posts a message to a channel for each lead.",
    fields=(
        FieldSpec(
            key="channel",
            label="Channel",
            kind="choice",
            live_choices=True,
            required=True,
            help="The app has to be in the channel: /invite it there.",
        ),
    ),
    targets=Targets(
        (
            TargetField(
                "text",
                "Message",
                "text",
                help="Written first. Every other field that you add becomes a line of its own, by its name.",
            ),
        ),
        custom=True,
    ),
    after_unknown="ask",
)

SLACK = Connector(
    key="slack",
    name="Slack",
    description="Post a message to a channel for each lead.",
    category="Messaging",
    overview="Write the message as a template, or map the fields that people should see: each becomes a line. Channels are"
    " read from your workspace.",
    schemes=(BOT_TOKEN,),
    actions=(POST_MESSAGE,),
    options=options,
    identify=identify,
    client=client,
    tested="Each request and each documented error against Slack's published reference, and real requests to a stand-in of"
    " ours.",
    unconfirmed=(
        "Links to messages: their addresses have to be asked for one by one (chat.getPermalink), which is not done.",
    ),
)
