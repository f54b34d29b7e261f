"""Which stand-ins there are, and what leads to them."""

import json
from collections.abc import Mapping

from destinations.connectors.google_sheets.stand_in import GOOGLE_SHEETS
from destinations.connectors.hubspot.stand_in import HUBSPOT
from destinations.connectors.mailchimp.stand_in import MAILCHIMP
from destinations.connectors.marketo.stand_in import MARKETO
from destinations.connectors.salesforce.stand_in import SALESFORCE
from destinations.connectors.slack.stand_in import SLACK
from destinations.connectors.stand_in import StandIn

STAND_INS: Mapping[str, StandIn] = {
    stand_in.key: stand_in for stand_in in (SALESFORCE, HUBSPOT, MARKETO, GOOGLE_SHEETS, MAILCHIMP, SLACK)
}


def environment(base_url: str) -> dict[str, str]:
    """What a product that is served at `base_url` is told, so that its connectors speak to the stand-ins."""
    rewrite = {
        origin: f"{base_url.rstrip('/')}/sandbox/{stand_in.key}"
        for stand_in in STAND_INS.values()
        for origin in stand_in.origins
    }
    clients = {
        stand_in.key: {"client_id": stand_in.oauth.client_id, "client_secret": stand_in.oauth.client_secret}
        for stand_in in STAND_INS.values()
        if stand_in.oauth.authorize_path
    }
    return {"SANDBOX": "1", "OUTBOUND_REWRITE": json.dumps(rewrite), "OAUTH_CLIENTS": json.dumps(clients)}
