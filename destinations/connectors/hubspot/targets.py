"""What actions take besides the portal's own properties."""

from destinations.connectors.hubspot.requests import CONTACT_EMAIL, CONTACT_ID
from destinations.platforms.port import TargetField, Targets

_ID = TargetField(
    CONTACT_ID,
    "Contact's record ID",
    help="Of the contact in HubSpot, as an earlier action returns it. Without it, the e-mail address is looked for.",
    suggested="{{receipts.upsert_contact.id}}",
)
_EMAIL = TargetField(
    CONTACT_EMAIL, "Contact's e-mail address", "email", help="Finds the contact where there is no record ID."
)
WHO = (_ID, _EMAIL)
"""Whose deal, or who is added."""

# The properties that every portal has: guide "Contacts", "Deals", default properties.
PERSON = (
    TargetField("email", "Email", "email"),
    TargetField("firstname", "First Name"),
    TargetField("lastname", "Last Name"),
    TargetField("phone", "Phone Number", "phone"),
    TargetField("company", "Company Name"),
)
DEAL = (
    TargetField("dealname", "Deal Name", required=True),
    TargetField("amount", "Amount", "number"),
    TargetField("closedate", "Close Date", "datetime"),
)


def finding(action_id: str) -> tuple[TargetField, ...]:
    """The fields by which the action finds the contact; no properties."""
    if action_id == "update_contact":
        return (_ID,)
    return WHO if action_id in ("create_deal", "add_to_list") else ()


CREATE_CONTACT = Targets(PERSON, custom=True)
UPDATE_CONTACT = Targets((_ID, *PERSON), custom=True)
UPSERT_CONTACT = CREATE_CONTACT
CREATE_DEAL = Targets((*WHO, *DEAL), custom=True)
ADD_TO_LIST = Targets(WHO)
