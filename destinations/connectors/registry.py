"""Every connector, named one by one."""

from destinations.connectors.declaration import Connector
from destinations.connectors.google_sheets import GOOGLE_SHEETS
from destinations.connectors.hubspot import HUBSPOT
from destinations.connectors.mailchimp import MAILCHIMP
from destinations.connectors.marketo import MARKETO
from destinations.connectors.salesforce.declaration import SALESFORCE
from destinations.connectors.slack import SLACK
from destinations.connectors.webhook import WEBHOOK

REGISTRY: dict[str, Connector] = {
    connector.key: connector
    for connector in (WEBHOOK, SALESFORCE, HUBSPOT, MARKETO, GOOGLE_SHEETS, MAILCHIMP, SLACK)
}
