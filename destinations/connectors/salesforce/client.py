"""What each action does, with as many requests as it takes. Every request but the last may be repeated without harm.

A try of which no answer came must not be followed by a second record where that can be helped. A lead with a field for
the delivery's key is written by that key. Otherwise the next try looks first: for a lead of the same e-mail address, or an
opportunity of the same account and name, that is younger than the delivery. A conversion always looks whether the lead is
converted, and a campaign that has the member already is content. What has neither key nor e-mail address may come twice.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from destinations.connectors.answers import of_question
from destinations.connectors.calls import Calls, Credentials
from destinations.connectors.preview import preview_of
from destinations.connectors.salesforce import answers, requests
from destinations.outcome import Outcome, Receipt, Result
from destinations.platforms.port import DestinationValues, Order
from leadconduit.leads.values import as_text
from leadconduit.lib.ids import time_of
from leadconduit.lib.outbound import Request, Response

MOST_REQUESTS = 8
"""Of one action: four that look, two that write, one that is repeated with a new token, and the token itself."""

LEAD_ID, CONTACT_ID, EMAIL, EXTERNAL_ID = "LeadId", "ContactId", "Email", "LeadExternalId"
"""By which a lead or contact is found that another action made; no fields of what is written."""


ARRIVED = "An earlier try had arrived, though no answer came: its record is there."


class Ended(Exception):
    """There is nothing more to do, and this is why; `errors` are Salesforce's own, where it said any."""

    def __init__(self, result: Result, errors: tuple[answers.Error, ...] = ()) -> None:
        super().__init__(result.sentence)
        self.result = result
        self.errors = errors

    def is_because_of(self, code: str) -> bool:
        return any(error.code == code for error in self.errors)


@dataclass(slots=True)
class Work:
    """One order on its way: what it is made of, and what it asks."""

    order: Order
    calls: Calls
    credentials: Credentials = field(default_factory=dict, repr=False)

    @property
    def options(self) -> Mapping[str, Any]:
        return self.order.action.configuration

    def value(self, name: str) -> str:
        return as_text(self.order.payload.get(name)).strip()

    def fields(self, *without: str) -> dict[str, Any]:
        """What is written: all that is mapped, but what only finds a record."""
        return {name: value for name, value in self.order.payload.items() if name not in without}

    async def ask(self, make: Callable[[Credentials], Request]) -> Response:
        """The answer to a request, if it is one of success. Raises Ended."""

        def remembered(credentials: Credentials) -> Request:
            self.credentials = credentials
            return make(credentials)

        answer = await self.calls.send(remembered, refuses=answers.is_refused)
        if answer.response is None or not 200 <= answer.response.status < 300:
            errors = answers.errors_of(answer.response) if answer.response else ()
            raise Ended(answers.result_of(answer, secrets=self.calls.secrets), errors)
        return answer.response

    async def find(self, soql: str) -> list[dict[str, Any]]:
        """Raises Ended. Where a question has no answer, nothing has happened."""
        try:
            response = await self.ask(lambda known: requests.query(known, soql))
        except Ended as ended:
            raise Ended(of_question(ended.result), ended.errors) from ended
        records = answers.records_of(response)
        if records is None:
            raise Ended(Result(Outcome.UNAVAILABLE, "What Salesforce found cannot be read."))
        return records

    def delivered(self, record_id: str, reason: str = "") -> Result:
        receipt = Receipt(record_id, requests.link_to(self.credentials, record_id)) if record_id else None
        return Result(Outcome.DELIVERED, reason, receipt=receipt)


async def send(order: Order, calls: Calls) -> Result:
    act = _ACTIONS.get(order.action.action_id)
    if act is None:
        return Result(Outcome.MISCONFIGURED, "Salesforce has no such action.")
    try:
        result = await act(Work(order, calls))
    except Ended as ended:
        result = ended.result
    return replace(result, exchange=calls.exchange)


def longest_send(destination: DestinationValues) -> float:
    return requests.TIMEOUT * MOST_REQUESTS


# --- Create New Lead


async def _create_lead(work: Work) -> Result:
    email = work.value(EMAIL)
    if work.order.uncertain and email and not work.options.get("key_field"):
        where = f"{requests.equals('Email', email)} AND {_since(work.order)}"
        found = await work.find(requests.select("Id", "Lead", where, "ORDER BY CreatedDate DESC LIMIT 1"))
        if found:
            return work.delivered(str(found[0]["Id"]), ARRIVED)
    response = await work.ask(lambda known: _lead_request(work.order, known))
    return work.delivered(_made(response))


def _lead_request(order: Order, credentials: Credentials) -> Request:
    options, headers = order.action.configuration, requests.lead_headers(order.action.configuration)
    if field := options.get("key_field"):
        return requests.upsert(credentials, "Lead", field, order.key, order.payload, headers=headers)
    return requests.create(credentials, "Lead", order.payload, headers)


def _made(response: Response) -> str:
    record_id = answers.record_id_of(response)
    if not record_id and response.status != 204:
        raise Ended(
            Result(Outcome.UNKNOWN, "Salesforce answered with success, and what it answered cannot be read.")
        )
    return record_id


# --- Update Existing Contact


async def _update_contact(work: Work) -> Result:
    if work.options.get("find_by") == "external_id":
        return await _upsert_contact(work)
    email = work.value(EMAIL)
    if not email:
        raise _rejected("The lead has no e-mail address to find the contact by.")
    found = await work.find(requests.select("Id", "Contact", requests.equals("Email", email), "LIMIT 2"))
    if len(found) > 1:
        raise _rejected("Salesforce has several contacts with this e-mail address.")
    headers = requests.duplicate_headers(work.options)
    if found:
        record_id = str(found[0]["Id"])
        await work.ask(lambda known: requests.update(known, "Contact", record_id, work.fields(), headers))
        return work.delivered(record_id)
    if not work.options.get("create_missing"):
        raise _rejected("Salesforce has no contact with this e-mail address.")
    response = await work.ask(lambda known: requests.create(known, "Contact", work.fields(), headers))
    return work.delivered(_made(response), "There was no such contact: it was created.")


async def _upsert_contact(work: Work) -> Result:
    field = work.options.get("external_id_field") or ""
    if not field:
        raise Ended(Result(Outcome.MISCONFIGURED, "Choose the external id field to find contacts by."))
    if not work.value(field):
        raise _rejected(f"The lead has no {field} to find the contact by.")
    creates = bool(work.options.get("create_missing"))
    try:
        response = await work.ask(lambda known: _contact_request(work.order, known))
    except Ended as ended:
        if creates or not _is_no_contact(ended):
            raise
        raise _rejected(f"Salesforce has no contact with this {field}.") from ended
    return work.delivered(_made(response))


def _contact_request(order: Order, credentials: Credentials) -> Request:
    options, field = order.action.configuration, order.action.configuration.get("external_id_field") or ""
    return requests.upsert(
        credentials,
        "Contact",
        field,
        as_text(order.payload.get(field)).strip(),
        order.payload,
        creates=bool(options.get("create_missing")),
        headers=requests.duplicate_headers(options),
    )


def _is_no_contact(ended: Ended) -> bool:
    """A field that does not exist and a contact that does not are both answered 404: the words tell them apart."""
    return ended.is_because_of("NOT_FOUND") and not any(
        "external ID" in error.message for error in ended.errors
    )


# --- Add to Campaign


async def _add_to_campaign(work: Work) -> Result:
    person = await _person(work)
    member = {**_member_fields(work.order), **person}
    try:
        response = await work.ask(lambda known: requests.create(known, "CampaignMember", member))
    except Ended as ended:
        # The code of a second membership is as it is seen in practice; it is not documented for this object.
        if ended.is_because_of("DUPLICATE_VALUE"):
            return work.delivered("", "It was a member of the campaign already.")
        raise
    return work.delivered(_made(response))


def _member_fields(order: Order) -> dict[str, Any]:
    others = {
        name: value for name, value in order.payload.items() if name not in (LEAD_ID, CONTACT_ID, EMAIL)
    }
    return {"CampaignId": order.action.configuration.get("campaign") or "", **others}


async def _person(work: Work) -> dict[str, str]:
    """Whom to add: the lead or the contact of this id, else those of this e-mail address, the lead first."""
    for name in (LEAD_ID, CONTACT_ID):
        if given := work.value(name):
            return {name: _record_id(given)}
    if not (email := work.value(EMAIL)):
        raise _rejected(
            "There is neither the record of an earlier action nor an e-mail address to find it by."
        )
    address = requests.equals("Email", email)
    leads = await work.find(
        requests.select(
            "Id", "Lead", f"{address} AND IsConverted = false", "ORDER BY CreatedDate DESC LIMIT 1"
        )
    )
    if leads:
        return {LEAD_ID: str(leads[0]["Id"])}
    contacts = await work.find(requests.select("Id", "Contact", address, "LIMIT 2"))
    if len(contacts) == 1:
        return {CONTACT_ID: str(contacts[0]["Id"])}
    several = "several contacts" if contacts else "neither a lead nor a contact"
    raise _rejected(f"Salesforce has {several} with this e-mail address.")


# --- Create Opportunity


async def _create_opportunity(work: Work) -> Result:
    lead = await _lead(work)
    if lead is not None:
        return await _converted(work, lead)
    contact = await _contact(work, work.value(EMAIL))
    if contact is None:
        raise _rejected("Salesforce has neither a lead to convert nor a contact for the opportunity.")
    return await _opportunity_of(work, contact)


async def _lead(work: Work) -> dict[str, Any] | None:
    """The lead that an earlier action made, or that has the external id or the e-mail address; open ones first."""
    if given := work.value(LEAD_ID):
        found = await work.find(_leads(requests.equals("Id", _record_id(given))))
        if not found:
            raise _rejected("The lead that an earlier action made is no longer there.")
        return found[0]
    field = work.options.get("external_id_field") or ""
    if field and (given := work.value(EXTERNAL_ID)):
        found = await work.find(_leads(requests.equals(field, given)))
        if found:
            return found[0]
    if not (email := work.value(EMAIL)):
        return None
    found = await work.find(_leads(f"{requests.equals('Email', email)} AND IsConverted = false"))
    return found[0] if found else None


def _leads(where: str) -> str:
    columns = "Id, Email, IsConverted, ConvertedOpportunityId"
    return requests.select(columns, "Lead", where, "ORDER BY CreatedDate DESC LIMIT 1")


async def _contact(work: Work, email: str) -> dict[str, Any] | None:
    """The one contact with this e-mail address that has an account."""
    if not email:
        return None
    found = await work.find(
        requests.select("Id, AccountId", "Contact", requests.equals("Email", email), "LIMIT 2")
    )
    return found[0] if len(found) == 1 and found[0].get("AccountId") else None


async def _converted(work: Work, lead: Mapping[str, Any]) -> Result:
    if lead.get("IsConverted"):
        opportunity_id = str(lead.get("ConvertedOpportunityId") or "")
        if not opportunity_id:
            raise _rejected("The lead was converted before, without an opportunity.")
        return await _filled_in(work, opportunity_id, "The lead was converted already.")
    contact = await _contact(work, str(lead.get("Email") or ""))
    response = await work.ask(
        lambda known: _conversion_request(work.order, known, str(lead["Id"]), contact or {})
    )
    conversion = answers.conversion_of(response)
    if conversion is None:
        raise Ended(Result(Outcome.UNKNOWN, "What Salesforce answered to the conversion cannot be read."))
    if conversion.error:
        raise Ended(answers.refused(conversion.error, work.calls.secrets))
    return await _filled_in(work, conversion.opportunity_id)


def _conversion_request(
    order: Order, credentials: Credentials, lead_id: str, contact: Mapping[str, Any]
) -> Request:
    options = order.action.configuration
    wanted = {
        "accountId": as_text(contact.get("AccountId")),
        "contactId": as_text(contact.get("Id")),
        "convertedStatus": options.get("converted_status") or "",
        "leadId": lead_id,
        "opportunityName": as_text(order.payload.get("Name")),
        "ownerId": options.get("owner") or "",
    }
    return requests.convert_lead(credentials, wanted)


async def _filled_in(work: Work, opportunity_id: str, reason: str = "") -> Result:
    """A conversion gives the opportunity no more than a name: the other fields are written then."""
    fields = work.fields("Name", LEAD_ID, EMAIL, EXTERNAL_ID)
    if fields:
        try:
            await work.ask(lambda known: requests.update(known, "Opportunity", opportunity_id, fields))
        except Ended as ended:
            # One that may be repeated is: the conversion is found then.
            if ended.result.outcome.retries:
                raise
            said = f"The lead was converted to {opportunity_id}, whose fields were refused. {ended.result.sentence}"
            receipt = work.delivered(opportunity_id).receipt
            return replace(ended.result, reason=said, receipt=receipt)
    return work.delivered(opportunity_id, reason)


async def _opportunity_of(work: Work, contact: Mapping[str, Any]) -> Result:
    if not (work.options.get("stage") or work.value("StageName")):
        raise Ended(Result(Outcome.MISCONFIGURED, "Choose the stage of an opportunity that no lead becomes."))
    opportunity_id = await _opportunity_of_an_earlier_try(work, contact)
    if not opportunity_id:
        account_id = str(contact["AccountId"])
        response = await work.ask(lambda known: _opportunity_request(work.order, known, account_id))
        opportunity_id = _made(response)
    elif await work.find(_roles(opportunity_id, str(contact["Id"]))):
        return work.delivered(opportunity_id, ARRIVED)
    role = {"OpportunityId": opportunity_id, "ContactId": str(contact["Id"]), "IsPrimary": True}
    try:
        await work.ask(lambda known: requests.create(known, "OpportunityContactRole", role))
    except Ended as ended:
        # To try all of it again would make a second opportunity.
        said = f"The opportunity was created, but not tied to the contact {contact['Id']}. {ended.result.sentence}"
        return work.delivered(opportunity_id, said)
    return work.delivered(opportunity_id, "There is no lead to convert: the opportunity is the contact's.")


async def _opportunity_of_an_earlier_try(work: Work, contact: Mapping[str, Any]) -> str:
    """ "" where there is none, or no doubt."""
    name = work.value("Name")
    if not work.order.uncertain or not name:
        return ""
    of_account = requests.equals("AccountId", str(contact["AccountId"]))
    where = f"{of_account} AND {requests.equals('Name', name)} AND {_since(work.order)}"
    found = await work.find(requests.select("Id", "Opportunity", where, "ORDER BY CreatedDate DESC LIMIT 1"))
    return str(found[0]["Id"]) if found else ""


def _roles(opportunity_id: str, contact_id: str) -> str:
    where = (
        f"{requests.equals('OpportunityId', opportunity_id)} AND {requests.equals('ContactId', contact_id)}"
    )
    return requests.select("Id", "OpportunityContactRole", where, "LIMIT 1")


def _opportunity_request(order: Order, credentials: Credentials, account_id: str) -> Request:
    options = order.action.configuration
    days = timedelta(days=float(options.get("close_in_days") or 30))
    finding = (LEAD_ID, EMAIL, EXTERNAL_ID)
    values = {
        "StageName": options.get("stage") or "",
        "CloseDate": (datetime.now(UTC) + days).date().isoformat(),
        "AccountId": account_id,
        **{name: value for name, value in order.payload.items() if name not in finding},
    }
    return requests.create(credentials, "Opportunity", values)


# --- What all have in common


def _since(order: Order) -> str:
    """What an earlier try of the order made is younger than the order; clocks may differ by some minutes."""
    at = time_of(order.key) - timedelta(minutes=10)
    return f"CreatedDate >= {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _record_id(given: str) -> str:
    if not requests.is_record_id(given):
        raise _rejected("What is mapped as the record's id is no id of Salesforce.")
    return given


def _rejected(sentence: str) -> Ended:
    return Ended(Result(Outcome.REJECTED, sentence))


_ACTIONS: Mapping[str, Callable[[Work], Awaitable[Result]]] = {
    "create_lead": _create_lead,
    "update_contact": _update_contact,
    "add_to_campaign": _add_to_campaign,
    "create_opportunity": _create_opportunity,
}


def preview(order: Order) -> dict[str, Any]:
    """The request that writes; what is looked up before it is named in words."""
    return preview_of(_written(order, requests.as_previewed(order.destination.credentials)))


def _written(order: Order, credentials: Credentials) -> Request:
    options, payload = order.action.configuration, order.payload
    if order.action.action_id == "update_contact":
        if options.get("find_by") == "external_id":
            return _contact_request(order, credentials)
        headers = requests.duplicate_headers(options)
        return requests.update(credentials, "Contact", "FOUND-BY-EMAIL", payload, headers)
    if order.action.action_id == "add_to_campaign":
        person = {name: payload[name] for name in (LEAD_ID, CONTACT_ID) if payload.get(name)}
        member = {**_member_fields(order), **(person or {LEAD_ID: "FOUND-BY-EMAIL"})}
        return requests.create(credentials, "CampaignMember", member)
    if order.action.action_id == "create_opportunity":
        return _conversion_request(order, credentials, as_text(payload.get(LEAD_ID)) or "FOUND-BY-EMAIL", {})
    return _lead_request(order, credentials)
