"""Appends a row: the header says which column is whose, whatever was done to the sheet since it was set up."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from destinations.connectors.answers import of_question
from destinations.connectors.calls import Calls
from destinations.connectors.google_sheets import answers, requests
from destinations.connectors.google_sheets.answers import Header
from destinations.connectors.preview import preview_of
from destinations.outcome import Outcome, Receipt, Result
from destinations.platforms.port import DestinationValues, Order
from leadconduit.lib.outbound import Answer

_UNSEEN = "Sheet"
"""Stands in a preview for the range that Google answers."""


async def send(order: Order, calls: Calls) -> Result:
    answer = await calls.send(lambda known: requests.header_of(order.action.configuration, known))
    found = _read(answer, order, calls.secrets)
    if isinstance(found, Result):
        return replace(found, exchange=calls.exchange)
    answer = await calls.send(lambda known: requests.append(order, found.names, found.where, known))
    result = answers.appended(answer, _receipt(answer, order), calls.secrets, datetime.now(UTC))
    return replace(result, exchange=calls.exchange)


def preview(order: Order) -> dict[str, Any]:
    """As if the columns stood in the order of the mapping: the sheet is asked only when a lead is sent."""
    names = tuple(requests.strangers(order.payload, ()))
    return preview_of(requests.append(order, names, _UNSEEN, order.destination.credentials))


def longest_send(destination: DestinationValues) -> float:
    """The header, the row, and one of both once more with another token."""
    return 3 * requests.TIMEOUT


def _read(answer: Answer, order: Order, secrets: set[str]) -> Header | Result:
    """The header; or why there is none that fits."""
    if failed := answers.failure(answer, secrets, datetime.now(UTC)):
        return of_question(failed)
    header = answers.header_of(answer)
    if not any(header.names) or not header.where:
        return Result(Outcome.MISCONFIGURED, answers.NO_HEADER)
    if missing := requests.strangers(order.payload, header.names):
        names = ", ".join(f"“{name}”" for name in missing)
        return Result(
            Outcome.MISCONFIGURED, f"The sheet has no column {names}: add it, or change the mapping."
        )
    return header


def _receipt(answer: Answer, order: Order) -> Receipt | None:
    updated = answers.updated_range(answer)
    return Receipt(updated, requests.link_to(order.action.configuration, updated)) if updated else None
