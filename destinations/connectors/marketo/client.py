"""Delivers to Marketo: a person is created or updated, or one who is there is put somewhere."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from destinations.connectors.answers import of_question
from destinations.connectors.calls import Calls, Credentials
from destinations.connectors.marketo import answers, requests
from destinations.connectors.preview import preview_of
from destinations.outcome import Outcome, Receipt, Result
from destinations.platforms.port import DestinationValues, Order
from leadconduit.leads.values import as_text
from leadconduit.lib.ids import time_of
from leadconduit.lib.outbound import Answer, Request

Make = Callable[[Order, int, Credentials], Request]
Read = Callable[[Answer, Receipt | None, set[str], datetime], Result]

_FOR_A_PERSON: Mapping[str, tuple[Make, Read]] = {
    "add_to_list": (requests.add_to_list, answers.about_a_record),
    "add_to_program": (requests.add_to_program, answers.about_a_record),
    "request_campaign": (requests.request_campaign, answers.about_all),
}
ARRIVED = "An earlier try has created the person; its answer did not come."
CLOCKS = timedelta(minutes=10)
"""That Marketo's clock and ours may differ by."""

_EXAMPLE = 0
"""Stands in a preview for a person who has yet to be looked up."""


async def send(order: Order, calls: Calls) -> Result:
    for_a_person = _FOR_A_PERSON.get(order.action.action_id)
    result = await (_sent_for(order, calls, *for_a_person) if for_a_person else _synced(order, calls))
    return replace(result, exchange=calls.exchange)


def preview(order: Order) -> dict[str, Any]:
    known, for_a_person = order.destination.credentials, _FOR_A_PERSON.get(order.action.action_id)
    if for_a_person is None:
        return preview_of(requests.sync_lead(order, known))
    given = requests.person_id(order)
    make, _ = for_a_person
    return preview_of(make(order, int(given) if _is_id(given) else _EXAMPLE, known))


def longest_send(destination: DestinationValues) -> float:
    """Something is done and a person looked up, either of them first; one of both once more with another token."""
    return 3 * requests.TIMEOUT


async def _synced(order: Order, calls: Calls) -> Result:
    answer = await calls.send(lambda known: requests.sync_lead(order, known), refuses=answers.refuses)
    if order.uncertain and answers.was_there(answer) and (made := await _made_by_earlier_try(order, calls)):
        return Result(Outcome.DELIVERED, ARRIVED, receipt=_receipt(made, order))
    receipt = _receipt(answers.id_of(answer), order)
    return answers.about_a_record(answer, receipt, calls.secrets, datetime.now(UTC))


async def _made_by_earlier_try(order: Order, calls: Calls) -> str:
    """The person whom “Only create” met, where they are not older than the delivery; else ""."""
    field = order.action.configuration.get("lookup_field") or "email"
    value = as_text(order.payload.get(field) or "")
    if not value or "," in value:
        return ""
    answer = await calls.send(
        lambda known: requests.people_with(value, known, field=field), refuses=answers.refuses
    )
    return answers.made_since(answer, time_of(order.key) - CLOCKS)


async def _sent_for(order: Order, calls: Calls, make: Make, read: Read) -> Result:
    person = await _person(order, calls)
    if isinstance(person, Result):
        return person
    answer = await calls.send(lambda known: make(order, person, known), refuses=answers.refuses)
    return read(answer, _receipt(str(person), order), calls.secrets, datetime.now(UTC))


async def _person(order: Order, calls: Calls) -> int | Result:
    """Who is meant: by the id that is mapped, else the only one with the e-mail address. Or why nobody is."""
    given = requests.person_id(order)
    if given:
        return (
            int(given) if _is_id(given) else _rejected("What is mapped as the person's ID is not a number.")
        )
    address = requests.email(order)
    if not address:
        return _rejected("Neither the person's ID nor an e-mail address to find them by has a value.")
    if "," in address:
        return _rejected("Marketo cannot look for an e-mail address with a comma.")
    answer = await calls.send(lambda known: requests.people_with(address, known), refuses=answers.refuses)
    if failed := answers.failure(answer, calls.secrets, datetime.now(UTC)):
        return of_question(failed)
    found = [one["id"] for one in answers.records(answer) if _is_id(str(one.get("id")))]
    if len(found) != 1:
        how_many = "Several people in Marketo have" if found else "Nobody in Marketo has"
        return _rejected(f"{how_many} this e-mail address.")
    return int(found[0])


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _rejected(sentence: str) -> Result:
    return Result(Outcome.REJECTED, sentence)


def _receipt(person: str, order: Order) -> Receipt | None:
    """All of them name the person, so that any action can follow any other."""
    return Receipt(person, requests.link_to(person, order.destination.configuration)) if person else None
