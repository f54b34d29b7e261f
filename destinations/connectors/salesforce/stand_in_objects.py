"""The objects of the Salesforce stand-in: what describe says of their fields, and how writing checks values.

Standard field names, types and lengths: Object Reference for the Salesforce Platform (Lead, Contact, CampaignMember,
Campaign, Opportunity, OpportunityContactRole). What is required: `!nillable && createable && !defaultedOnCreate`, as
describe has it. The custom fields (`__c`) are the stand-in's own. Error codes and their words: REST API Developer
Guide, "Status Codes and Error Responses"; SOAP API Developer Guide, "StatusCode".
"""

import re
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

NUMBERS = ("int", "double", "currency", "percent")
EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>()]+")
# Letters of a first part, then what follows: https://help.salesforce.com, "What are the 3-character prefixes".
PREFIXES = {
    "Lead": "00Q",
    "Contact": "003",
    "Account": "001",
    "Campaign": "701",
    "CampaignMember": "00v",
    "Opportunity": "006",
    "OpportunityContactRole": "00K",
    "LeadStatus": "01J",
    "User": "005",
    "Organization": "00D",
}
_LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits
_CHECK = string.ascii_uppercase + "012345"


class Error(NamedTuple):
    code: str
    message: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    label: str
    type: str
    length: int = 0
    required: bool = False
    choices: tuple[str, ...] = ()
    restricted: bool = False
    writable: bool = True
    defaulted: bool = False
    external_id: bool = False
    id_lookup: bool = False
    refers_to: str = ""

    def described(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "length": self.length,
            "nillable": not self.required,
            "createable": self.writable,
            "updateable": self.writable,
            "defaultedOnCreate": self.defaulted,
            "picklistValues": [
                {"active": True, "defaultValue": False, "label": choice, "validFor": None, "value": choice}
                for choice in self.choices
            ],
            "restrictedPicklist": self.restricted,
            "externalId": self.external_id,
            "idLookup": self.id_lookup,
            "unique": self.external_id,
            "custom": self.name.endswith("__c"),
            "calculated": False,
            "autoNumber": False,
            "deprecatedAndHidden": False,
            "inlineHelpText": None,
            "referenceTo": [self.refers_to] if self.refers_to else [],
            "relationshipName": None,
        }


def _text(name: str, label: str, length: int, **more: Any) -> Field:
    return Field(name, label, "string", length, **more)


def _picklist(name: str, label: str, *choices: str, **more: Any) -> Field:
    return Field(name, label, "picklist", 255, choices=choices, **more)


def _reference(name: str, label: str, to: str, **more: Any) -> Field:
    return Field(name, label, "reference", 18, refers_to=to, **more)


_SYSTEM = (
    Field("Id", "Record ID", "id", 18, writable=False, defaulted=True, required=True, id_lookup=True),
    Field("CreatedDate", "Created Date", "datetime", writable=False, defaulted=True, required=True),
    Field(
        "LastModifiedDate", "Last Modified Date", "datetime", writable=False, defaulted=True, required=True
    ),
)
_OWNER = _reference("OwnerId", "Owner ID", "User", required=True, defaulted=True)
_SOURCE = _picklist(
    "LeadSource", "Lead Source", "Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"
)
_INDUSTRY = _picklist("Industry", "Industry", "Banking", "Education", "Insurance", "Technology", "Other")
_PERSON = (
    _picklist("Salutation", "Salutation", "Mr.", "Ms.", "Mrs.", "Dr.", "Mx."),
    _text("FirstName", "First Name", 40),
    _text("LastName", "Last Name", 80, required=True),
    Field("Email", "Email", "email", 80, id_lookup=True),
    Field("Phone", "Phone", "phone", 40),
    Field("MobilePhone", "Mobile Phone", "phone", 40),
    _text("Title", "Title", 128),
    Field("Description", "Description", "textarea", 32000),
    _SOURCE,
    Field("HasOptedOutOfEmail", "Email Opt Out", "boolean", required=True, defaulted=True),
    Field("DoNotCall", "Do Not Call", "boolean", required=True, defaulted=True),
)

LEAD = (
    *_SYSTEM,
    _OWNER,
    *_PERSON,
    _text("Company", "Company", 255, required=True),
    Field("Website", "Website", "url", 255),
    Field("Street", "Street", "textarea", 255),
    _text("City", "City", 40),
    _text("State", "State/Province", 80),
    _text("PostalCode", "Zip/Postal Code", 20),
    _text("Country", "Country", 80),
    _picklist(
        "Status",
        "Status",
        "Open - Not Contacted",
        "Working - Contacted",
        "Closed - Converted",
        "Closed - Not Converted",
        required=True,
        defaulted=True,
    ),
    _picklist("Rating", "Rating", "Hot", "Warm", "Cold"),
    _INDUSTRY,
    Field("AnnualRevenue", "Annual Revenue", "currency"),
    Field("NumberOfEmployees", "Employees", "int"),
    Field("IsConverted", "Converted", "boolean", writable=False, defaulted=True, required=True),
    _reference("ConvertedAccountId", "Converted Account ID", "Account", writable=False),
    _reference("ConvertedContactId", "Converted Contact ID", "Contact", writable=False),
    _reference("ConvertedOpportunityId", "Converted Opportunity ID", "Opportunity", writable=False),
    _text("LeadConduit_Id__c", "LeadConduit ID", 40, external_id=True, id_lookup=True),
    Field("TrustedForm_Certificate__c", "TrustedForm certificate", "url", 255),
    Field("Credit_Score__c", "Credit score", "double"),
    Field("Move_In_Date__c", "Move-in date", "date"),
    _picklist("Property_Type__c", "Property type", "House", "Apartment", "Condo", restricted=True),
    Field("Home_Owner__c", "Home owner", "boolean", required=True, defaulted=True),
)
CONTACT = (
    *_SYSTEM,
    _OWNER,
    *_PERSON,
    _reference("AccountId", "Account ID", "Account"),
    _text("Department", "Department", 80),
    Field("MailingStreet", "Mailing Street", "textarea", 255),
    _text("MailingCity", "Mailing City", 40),
    _text("MailingState", "Mailing State/Province", 80),
    _text("MailingPostalCode", "Mailing Zip/Postal Code", 20),
    _text("MailingCountry", "Mailing Country", 80),
    Field("Birthdate", "Birthdate", "date"),
    _text("LeadConduit_Id__c", "LeadConduit ID", 40, external_id=True, id_lookup=True),
    _picklist("Preferred_Channel__c", "Preferred channel", "Email", "Phone", "SMS", restricted=True),
)
ACCOUNT = (*_SYSTEM, _OWNER, _text("Name", "Account Name", 255, required=True))
CAMPAIGN = (
    *_SYSTEM,
    _OWNER,
    _text("Name", "Name", 80, required=True),
    _picklist("Status", "Status", "Planned", "In Progress", "Completed", "Aborted"),
    Field("IsActive", "Active", "boolean", required=True, defaulted=True),
)
CAMPAIGN_MEMBER = (
    *_SYSTEM,
    _reference("CampaignId", "Campaign ID", "Campaign", required=True),
    _reference("LeadId", "Lead ID", "Lead"),
    _reference("ContactId", "Contact ID", "Contact"),
    _picklist("Status", "Status", "Sent", "Responded", "Attended"),
)
OPPORTUNITY = (
    *_SYSTEM,
    _OWNER,
    _text("Name", "Name", 120, required=True),
    _reference("AccountId", "Account ID", "Account"),
    _picklist(
        "StageName",
        "Stage",
        "Prospecting",
        "Qualification",
        "Proposal/Price Quote",
        "Closed Won",
        "Closed Lost",
        required=True,
    ),
    Field("CloseDate", "Close Date", "date", required=True),
    Field("Amount", "Amount", "currency"),
    Field("Probability", "Probability (%)", "percent"),
    _picklist("Type", "Opportunity Type", "Existing Business", "New Business"),
    _text("NextStep", "Next Step", 255),
    _SOURCE,
    Field("Description", "Description", "textarea", 32000),
    _reference("CampaignId", "Campaign ID", "Campaign"),
    _text("LeadConduit_Id__c", "LeadConduit ID", 40, external_id=True, id_lookup=True),
)
CONTACT_ROLE = (
    *_SYSTEM,
    _reference("OpportunityId", "Opportunity ID", "Opportunity", required=True),
    _reference("ContactId", "Contact ID", "Contact", required=True),
    _picklist("Role", "Role", "Business User", "Decision Maker", "Economic Buyer", "Evaluator", "Other"),
    Field("IsPrimary", "Primary", "boolean", required=True, defaulted=True),
)
LEAD_STATUS = (
    Field("Id", "Record ID", "id", 18, writable=False),
    _text("ApiName", "API Name", 255, writable=False),
    _text("MasterLabel", "Master Label", 255, writable=False),
    Field("IsConverted", "Is Converted", "boolean", writable=False),
    Field("IsDefault", "Is Default", "boolean", writable=False),
    Field("SortOrder", "Sort Order", "int", writable=False),
)
USER = (
    *_SYSTEM,
    _text("Name", "Full Name", 121, writable=False),
    Field("Email", "Email", "email", 128, writable=False),
    Field("IsActive", "Active", "boolean", writable=False),
)

ORGANIZATION = (
    *_SYSTEM,
    _text("Name", "Name", 80, writable=False),
    Field("IsSandbox", "Is Sandbox", "boolean", writable=False),
)

OBJECTS: Mapping[str, tuple[Field, ...]] = {
    "Lead": LEAD,
    "Contact": CONTACT,
    "Account": ACCOUNT,
    "Campaign": CAMPAIGN,
    "CampaignMember": CAMPAIGN_MEMBER,
    "Opportunity": OPPORTUNITY,
    "OpportunityContactRole": CONTACT_ROLE,
    "LeadStatus": LEAD_STATUS,
    "User": USER,
    "Organization": ORGANIZATION,
}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "Lead": {"Status": "Open - Not Contacted", "IsConverted": False, "HasOptedOutOfEmail": False},
    "CampaignMember": {"Status": "Sent"},
    "Campaign": {"IsActive": False},
}


def fields_of(kind: str) -> dict[str, Field]:
    """By name in lower case: Salesforce does not care how a field's name is written."""
    return {field.name.lower(): field for field in OBJECTS[kind]}


def new_id(kind: str) -> str:
    """15 characters that begin with the object's prefix, and the three that make them safe from changes of case."""
    body = PREFIXES[kind] + "5e00000" + "".join(secrets.choice(_LETTERS) for _ in range(5))
    return body + checksum(body)


def checksum(body: str) -> str:
    chunks = (body[at : at + 5] for at in (0, 5, 10))
    return "".join(_CHECK[sum(1 << at for at, letter in enumerate(c) if letter.isupper())] for c in chunks)


def whole_id(text: str) -> str:
    """The 18 characters of an id that may be given in 15; "" for what is no id."""
    if not re.fullmatch(r"[A-Za-z0-9]{15}([A-Z0-5]{3})?", text):
        return ""
    return text[:15] + checksum(text[:15])


# --- Writing


def checked(kind: str, given: Any, *, creates: bool) -> tuple[dict[str, Any], list[Error]]:
    """The values to be kept, under the fields' own names, and what is wrong with them."""
    if not isinstance(given, dict):
        return {}, [
            Error("JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has none.")
        ]
    known = fields_of(kind)
    values: dict[str, Any] = {}
    errors: list[Error] = []
    for name, value in given.items():
        if name == "attributes":
            continue
        field = known.get(name.lower())
        if field is None:
            errors.append(Error("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind}"))
        elif not field.writable:
            words = f"Unable to create/update fields: {field.name}. Please check the security settings of this field."
            errors.append(Error("INVALID_FIELD_FOR_INSERT_UPDATE", words, (field.name,)))
        elif value not in (None, "") and (error := _error(field, value)):
            errors.append(error)
        else:
            values[field.name] = None if value == "" else value
    missing = [
        field.name
        for field in OBJECTS[kind]
        if field.required
        and field.writable
        and not field.defaulted
        and (creates or field.name in values)
        and values.get(field.name) is None
    ]
    if missing and not any(error.code in _READING for error in errors):
        words = f"Required fields are missing: [{', '.join(missing)}]"
        errors.insert(0, Error("REQUIRED_FIELD_MISSING", words, tuple(missing)))
    return values, [error for error in errors if error.code in _READING][:1] or errors


# What cannot be read at all is said alone.
_READING = ("INVALID_FIELD", "JSON_PARSER_ERROR")


def _error(field: Field, value: Any) -> Error | None:
    if (wanted := _unreadable_as(field, value)) is not None:
        kind = "VALUE_STRING" if isinstance(value, str) else "value"
        return Error(
            "JSON_PARSER_ERROR", f"Cannot deserialize instance of {wanted} from {kind} value {value}"
        )
    text = value if isinstance(value, str) else str(value)
    if field.type == "email" and not EMAIL.fullmatch(text):
        return Error("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", (field.name,))
    if field.type == "reference" and not whole_id(text):
        return Error("MALFORMED_ID", f"{field.label}: id value of incorrect type: {text}", (field.name,))
    if field.type == "picklist" and field.restricted and text not in field.choices:
        words = f"{field.label}: bad value for restricted picklist field: {text}"
        return Error("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", words, (field.name,))
    if field.length and field.type != "reference" and len(text) > field.length:
        words = f"{field.label}: data value too large: {text} (max length={field.length})"
        return Error("STRING_TOO_LONG", words, (field.name,))
    return None


def _unreadable_as(field: Field, value: Any) -> str | None:
    """The type that was wanted; None where the value is one. Numbers and truths may be written as text that is one."""
    if field.type in NUMBERS:
        return None if _is_number(value) else field.type
    if field.type == "boolean":
        return None if isinstance(value, bool) or value in ("true", "false") else "boolean"
    if field.type == "date":
        return None if _is(date, value) else "date"
    if field.type == "datetime":
        return None if _is(datetime, value) else "datetime"
    return None if isinstance(value, str) or _is_number(value) else "string"


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return bool(re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is(kind: type[date], value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(kind.fromisoformat(value))
    except ValueError:
        return False
