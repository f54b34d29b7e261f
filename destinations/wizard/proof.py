"""Do tests speak for a revision as it stands?"""

from typing import NamedTuple

from destinations.models import ConnectionTest, Destination, DestinationRevision
from destinations.outcome import Outcome
from destinations.wizard.errors import quoted

MOST_ASKED = 500
"""Tests since the latest change that are looked at."""


class Proof(NamedTuple):
    """`missing` says why no test speaks for the revision; "" when one does. `untried` are names of actions."""

    missing: str
    untried: tuple[str, ...] = ()


def proof_of(destination: Destination, revision: DestinationRevision) -> Proof:
    """An action is proven by a success since the latest change, and stays so.

    A later failure takes nothing back: the receiver that took the sample once may well call the same one a duplicate.
    An action that was tried without success keeps the revision from counting as tested. One that was never tried does
    not, since what it makes in somebody's system may be nothing to try out; but it is named.
    """
    tests = ConnectionTest.objects.filter(destination=destination)
    since = tests.filter(revision=revision, started_at__gte=revision.changed_at)
    outcomes = list(since.order_by("-pk").values_list("action", "outcome")[:MOST_ASKED])
    tried = {action for action, _ in outcomes}
    proven = {action for action, outcome in outcomes if Outcome(outcome).is_success}
    failed = [action["name"] for action in revision.actions if action["id"] in tried - proven]
    if failed:
        which = (
            f"No test of {quoted(failed)} succeeded"
            if len(revision.actions) > 1
            else "The latest test failed"
        )
        return Proof(f"{which}: see why, and send another.")
    if proven:
        return Proof("", tuple(action["name"] for action in revision.actions if action["id"] not in tried))
    if tests.exists():
        return Proof("Something changed since the latest test: send another.")
    return Proof("Send a test that succeeds.")
