"""What each action does, with as many requests as it takes. Every request but the last may be repeated without harm.

HubSpot has one contact of an e-mail address, so a retry cannot make a second one. A deal has nothing to be known by: where
an earlier try may have arrived, it is looked for among its contact's before another is made.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from destinations.connectors.answers import of_question
from destinations.connectors.calls import Calls, Credentials
from destinations.connectors.hubspot import answers, requests
from destinations.connectors.hubspot.requests import CONTACT_EMAIL, CONTACT_ID, CONTACTS, DEALS
from destinations.connectors.preview import preview_of
from destinations.outcome import Outcome, Receipt, Result
from destinations.platforms.port import DestinationValues, Order
from leadconduit.lib.ids import time_of
from leadconduit.lib.outbound import Answer, Request

MOST_REQUESTS = 4
"""Of one action: a contact is looked for, a deal too, one is written; one of them once more with a new token."""
EARLIER = timedelta(minutes=10)
"""By which the clocks of HubSpot and ours may differ."""
FOUND = "found-by-email"
"""Stands in a preview for a contact who has yet to be looked for."""

UNREADABLE = "HubSpot answered with success, and what it answered cannot be read."
ARRIVED = "An earlier try had arrived."


class Ended(Exception):
    """There is nothing more to do, and this is why."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.sentence)
        self.result = result


@dataclass(slots=True)
class Work:
    """One order on its way: what it is made of, and what it asks."""

    order: Order
    calls: Calls
    known: Credentials = field(default_factory=dict, repr=False)

    @property
    def options(self) -> Mapping[str, Any]:
        return self.order.action.configuration

    def value(self, name: str) -> str:
        return requests.value(self.order, name)

    async def ask(self, make: Callable[[Credentials], Request]) -> Answer:
        def remembered(known: Credentials) -> Request:
            self.known = known
            return make(known)

        return await self.calls.send(remembered)

    async def take(self, make: Callable[[Credentials], Request], *chosen: str) -> Answer:
        """The answer, if it is one of success. Raises Ended."""
        answer = await self.ask(make)
        if not answers.is_success(answer):
            raise Ended(self.failure(answer, *chosen))
        return answer

    def failure(self, answer: Answer, *chosen: str) -> Result:
        return answers.failure(answer, self.calls.secrets, datetime.now(UTC), chosen=chosen)

    def delivered(self, kind: str, record_id: str, reason: str = "") -> Result:
        link = requests.link_to(kind, record_id, self.known, self.order.destination.organisation_id)
        return Result(Outcome.DELIVERED, reason, receipt=Receipt(record_id, link))

    def written(self, kind: str, answer: Answer, reason: str = "") -> Result:
        record_id = str(answers.record(answer).get("id") or "")
        return self.delivered(kind, record_id, reason) if record_id else Result(Outcome.UNKNOWN, UNREADABLE)


async def send(order: Order, calls: Calls) -> Result:
    act = _ACTIONS.get(order.action.action_id)
    if act is None:
        return Result(Outcome.MISCONFIGURED, "HubSpot has no such action.")
    try:
        result = await act(Work(order, calls))
    except Ended as ended:
        result = ended.result
    return replace(result, exchange=calls.exchange)


def longest_send(destination: DestinationValues) -> float:
    return requests.TIMEOUT * MOST_REQUESTS


# --- Contacts


async def _create_contact(work: Work) -> Result:
    answer = await work.ask(lambda known: _creation(work.order, known))
    if answers.is_success(answer):
        return work.written(CONTACTS, answer)
    existing = answers.existing_id(answer)
    if existing and work.order.uncertain:
        return work.delivered(CONTACTS, existing, ARRIVED)
    failed = work.failure(answer, *_chosen(work.order))
    if existing:
        raise _rejected(f"HubSpot has a contact with this e-mail address already, {existing}.")
    raise Ended(failed)


async def _update_contact(work: Work) -> Result:
    """By the record that is named, else by the e-mail address."""
    _needs_someone(work, "email")
    answer = await work.ask(lambda known: _change(work.order, known))
    if answers.is_missing(answer):
        raise _rejected("HubSpot has no such contact.")
    if not answers.is_success(answer):
        raise Ended(work.failure(answer, *_chosen(work.order)))
    return work.written(CONTACTS, answer)


async def _upsert_contact(work: Work) -> Result:
    by = work.options.get("find_by") or "email"
    if not work.value(by):
        raise _rejected(f"The lead has no {_called(by)} to find the contact by.")
    answer = await work.ask(lambda known: _upsertion(work.order, known))
    if answers.is_success(answer):
        if refused := answers.error_in_batch(answer, work.calls.secrets, datetime.now(UTC)):
            raise Ended(refused)
        return work.written(CONTACTS, answer)
    existing = answers.existing_id(answer)
    if not existing:
        raise Ended(work.failure(answer, *_chosen(work.order)))
    # Known by this address, which may be an additional one: it stays what it is.
    fields = requests.properties(work.order, CONTACT_ID, "email")
    if not fields:
        return work.delivered(CONTACTS, existing, "The contact was there already.")
    await work.take(lambda known: requests.update(existing, fields, known), *_chosen(work.order))
    return work.delivered(CONTACTS, existing, "The contact was there already, and was updated.")


def _creation(order: Order, known: Credentials) -> Request:
    return requests.create(CONTACTS, requests.properties(order, CONTACT_ID), known)


def _change(order: Order, known: Credentials) -> Request:
    if record_id := requests.value(order, CONTACT_ID):
        return requests.update(record_id, requests.properties(order, CONTACT_ID), known)
    email = requests.value(order, "email")
    fields = requests.properties(order, CONTACT_ID, "email")
    return requests.update(email or FOUND, fields, known, by="email")


def _upsertion(order: Order, known: Credentials) -> Request:
    by = order.action.configuration.get("find_by") or "email"
    if by == "email":
        return _creation(order, known)
    fields = requests.properties(order, CONTACT_ID, by)
    return requests.upsert(by, requests.value(order, by), fields, known)


def _called(by: str) -> str:
    return "e-mail address" if by == "email" else by


def _chosen(order: Order) -> tuple[str, ...]:
    """Properties that the action sets, and no lead."""
    configuration = order.action.configuration
    set_by = {"hubspot_owner_id": "owner", "pipeline": "pipeline", "dealstage": "stage"}
    return tuple(name for name, key in set_by.items() if configuration.get(key) and name not in order.payload)


# --- Deals


async def _create_deal(work: Work) -> Result:
    contact = await _contact(work)
    if work.order.uncertain and (earlier := await _deal_of_an_earlier_try(work, contact)):
        return work.delivered(DEALS, earlier, ARRIVED)
    answer = await work.take(lambda known: _deal(work.order, contact, known), *_chosen(work.order))
    return work.written(DEALS, answer)


def _deal(order: Order, contact: str, known: Credentials) -> Request:
    options = order.action.configuration
    given = {"pipeline": options.get("pipeline"), "dealstage": options.get("stage")}
    mapped = requests.properties(order, CONTACT_ID, CONTACT_EMAIL)
    fields = {**{name: text for name, text in given.items() if text}, **mapped}
    return requests.create(DEALS, fields, known, contact=contact)


async def _deal_of_an_earlier_try(work: Work, contact: str) -> str:
    """ "" where there is none."""
    name = work.value("dealname")
    if not name:
        return ""
    since = int((time_of(work.order.key) - EARLIER).timestamp() * 1000)
    answer = await work.ask(lambda known: requests.deals_of(contact, name, since, known))
    if not answers.is_success(answer):
        raise Ended(of_question(work.failure(answer)))
    return str(answers.record(answer).get("id") or "")


# --- Lists


async def _add_to_list(work: Work) -> Result:
    contact = await _contact(work)
    chosen = str(work.options.get("list") or "")
    answer = await work.ask(lambda known: requests.add_to_list(chosen, contact, known))
    if not answers.is_success(answer):
        failed = work.failure(answer)
        if failed.outcome is Outcome.REJECTED:
            # Nothing of the lead but the contact's id is sent: it is the list that is not right.
            failed = replace(failed, outcome=Outcome.MISCONFIGURED)
        raise Ended(failed)
    if answers.missing_members(answer):
        raise _rejected("HubSpot has no such contact.")
    reason = "" if answers.added_members(answer) else "The contact was on the list already."
    return work.delivered(CONTACTS, contact, reason)


# --- Who is meant


async def _contact(work: Work) -> str:
    """By the record of an earlier action, else by the e-mail address. Raises Ended."""
    _needs_someone(work, CONTACT_EMAIL)
    if record_id := work.value(CONTACT_ID):
        return record_id
    email = work.value(CONTACT_EMAIL)
    answer = await work.ask(lambda known: requests.find(email, known))
    if answers.is_missing(answer):
        raise _rejected("HubSpot has no contact with this e-mail address.")
    if not answers.is_success(answer):
        raise Ended(of_question(work.failure(answer)))
    record_id = str(answers.record(answer).get("id") or "")
    if not record_id:
        raise Ended(Result(Outcome.UNAVAILABLE, "What HubSpot found cannot be read."))
    return record_id


def _needs_someone(work: Work, email: str) -> None:
    record_id = work.value(CONTACT_ID)
    if record_id and not (record_id.isascii() and record_id.isdecimal()):
        raise _rejected("What is mapped as the contact's ID is no number.")
    if not record_id and not work.value(email):
        raise _rejected(
            "There is neither the record of an earlier action nor an e-mail address to find it by."
        )


def _rejected(sentence: str) -> Ended:
    return Ended(Result(Outcome.REJECTED, sentence))


_ACTIONS: Mapping[str, Callable[[Work], Awaitable[Result]]] = {
    "create_contact": _create_contact,
    "update_contact": _update_contact,
    "upsert_contact": _upsert_contact,
    "create_deal": _create_deal,
    "add_to_list": _add_to_list,
}


# ---


def preview(order: Order) -> dict[str, Any]:
    """The request that writes; a contact who is looked for before is named in words."""
    return preview_of(_written(order, order.destination.credentials))


def _written(order: Order, known: Credentials) -> Request:
    contact = requests.value(order, CONTACT_ID) or FOUND
    if order.action.action_id == "create_deal":
        return _deal(order, contact, known)
    if order.action.action_id == "add_to_list":
        return requests.add_to_list(str(order.action.configuration.get("list") or ""), contact, known)
    if order.action.action_id == "update_contact":
        return _change(order, known)
    return _upsertion(order, known) if order.action.action_id == "upsert_contact" else _creation(order, known)
