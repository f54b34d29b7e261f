"""Tests: real requests for a sample lead, as the draft stands, one for each action that is tried."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from destinations import configured
from destinations.configured import Document, platform_of
from destinations.mapping import compile_mapping
from destinations.models import ConnectionTest, Destination
from destinations.outcome import Accepted, Outcome, Receipt
from destinations.wizard.errors import NotComplete
from destinations.wizard.snapshot import Standing, order_of, preview, standing
from leadconduit.accounts.models import User
from leadconduit.leads.bounds import TooLong
from leadconduit.lib import outbound
from leadconduit.lib.ids import new_id

LONGEST_RUN = 90
"""Seconds after which no further request of a run is begun: somebody waits for the page."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a test: a call for each action that was sent, and the names of those that were not, with why."""

    sent: tuple[ConnectionTest, ...]
    not_sent: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def succeeded(self) -> bool:
        return not self.not_sent and all(test.succeeded for test in self.sent)


def test(
    *,
    destination: Destination,
    actions: Collection[str],
    variables: Mapping[str, Any],
    by: User | None,
    now: datetime,
) -> Run:
    """Send real requests for a sample lead to these actions, in the draft's order, and keep what came of each.

    As with a lead, an action is sent only after the one before it was delivered, and may use what that returned. It takes as long as the receiver takes;
    must not be called inside a transaction. Raises NotComplete, and has sent nothing then.
    """
    found = standing(destination)
    if missing := found.progress.missing:
        raise NotComplete(f"Nothing was sent, since something is still missing. {missing[0]}")
    wanted = [action for action in found.revision.actions if action["id"] in actions]
    if not wanted:
        raise NotComplete("Nothing was sent: this action is no longer there. Choose another.")
    # All of them before the first request: a sample that is too much for one is sent to none.
    for action in wanted:
        _payload(found, action, variables)
    run, sent = new_id(now), list[ConnectionTest]()
    receipts: dict[str, Mapping[str, Any]] = {}
    for action in wanted:
        payload = _payload(found, action, {**variables, "receipts": receipts})
        latest, receipt = _send(found, action, payload, run=run, by=by, at=now)
        sent.append(latest)
        if receipt is not None:
            receipts[action["action_id"]] = receipt.to_json()
        now += timedelta(milliseconds=(latest.exchange or {}).get("ms", 0))
        names = tuple(action["name"] for action in wanted[len(sent) :])
        if latest.outcome != Outcome.DELIVERED:
            return Run(tuple(sent), names, f"“{action['name']}”, which comes before, was not delivered.")
        if now - sent[0].started_at > timedelta(seconds=LONGEST_RUN):
            return Run(tuple(sent), names, "The receiver takes too long to be asked for all of them at once.")
    return Run(tuple(sent))


def _payload(found: Standing, action: Document, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    mapping = compile_mapping(configured.rows_of(action), configured.tables_of(found.revision.document))
    try:
        return mapping.apply(variables)
    except TooLong as error:
        raise NotComplete(f"Nothing was sent: the sample lead is too much. {error.sentence}") from error


def _send(
    found: Standing,
    action: Document,
    payload: Mapping[str, Any],
    *,
    run: str,
    by: User | None,
    at: datetime,
) -> tuple[ConnectionTest, Receipt | None]:
    came = outbound.run(platform_of(found.destination).sender.send(order_of(found, action["id"], payload)))
    kept = ConnectionTest.objects.create(
        destination=found.destination,
        revision=found.revision,
        run=run,
        action=action["id"],
        action_name=action["name"],
        by=by,
        started_at=at,
        outcome=came.outcome,
        reason=came.outcome.sentence if isinstance(came, Accepted) else came.sentence,
        exchange=came.exchange,
    )
    return kept, None if isinstance(came, Accepted) else came.receipt


def hosts(found: Standing) -> tuple[str, ...]:
    """Whose systems a test of all actions reaches, by the names in their addresses; none before there is an address."""
    previews = [preview(found, action=action["id"], payload={}) for action in found.revision.actions]
    names = [urlsplit(str(request["uri"])).hostname for request in previews if request]
    return tuple(dict.fromkeys(name for name in names if name))
