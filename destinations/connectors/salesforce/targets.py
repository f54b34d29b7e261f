"""What the actions take before the organisation was asked, and what finds a record in any case."""

from collections.abc import Mapping

from destinations.platforms.port import TargetField, Targets

KINDS: Mapping[str, str] = {
    "create_lead": "Lead",
    "update_contact": "Contact",
    "add_to_campaign": "CampaignMember",
    "create_opportunity": "Opportunity",
}
"""The object that each action writes."""

_LEAD_ID = TargetField(
    "LeadId",
    "Lead in Salesforce",
    help="The record's id: what Create New Lead returned, if it comes before.",
    max_length=18,
    suggested="{{receipts.create_lead.id}}",
)
_EMAIL = TargetField(
    "Email",
    "E-mail to find it by",
    "email",
    help="Where there is no record's id: an open lead, then a contact.",
)
_EXTERNAL_ID = TargetField(
    "LeadExternalId",
    "External id of the lead",
    help="Finds the lead by the external id field that is chosen under Configure.",
)
_CONTACT_ID = TargetField("ContactId", "Contact in Salesforce", help="Instead of a lead.", max_length=18)

_FINDING: Mapping[str, tuple[TargetField, ...]] = {
    "add_to_campaign": (_LEAD_ID, _CONTACT_ID, _EMAIL),
    "create_opportunity": (_LEAD_ID, _EXTERNAL_ID, _EMAIL),
}


def finding(action: str) -> tuple[TargetField, ...]:
    """The fields of an action that find a record, rather than being written."""
    return _FINDING.get(action, ())


def _person(*, requires: bool) -> tuple[TargetField, ...]:
    return (
        TargetField("LastName", "Last Name", required=requires, max_length=80),
        TargetField("FirstName", "First Name", max_length=40),
        TargetField("Email", "Email", "email", max_length=80),
        TargetField("Phone", "Phone", "phone", max_length=40),
    )


LEAD = Targets(
    (TargetField("Company", "Company", required=True, max_length=255), *_person(requires=True)), custom=True
)
CONTACT = Targets(_person(requires=False), custom=True)
MEMBER = Targets((*finding("add_to_campaign"), TargetField("Status", "Status", max_length=255)), custom=True)
OPPORTUNITY = Targets(
    (
        *finding("create_opportunity"),
        TargetField("Name", "Name", required=True, max_length=120),
        TargetField("Amount", "Amount", "number"),
    ),
    custom=True,
)
