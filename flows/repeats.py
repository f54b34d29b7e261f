"""A source that got no answer submits again. Under the same `Idempotency-Key` it gets the first lead's answer.

The key is written in the transaction that keeps the lead, so there is never one without the other; of two submissions
at the same time the second waits for the first to end.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from flows.inbound.refused import Refused
from flows.models import Lead, SubmissionKey
from leadconduit.lib.ids import first_id_at

KEPT = timedelta(hours=24)

_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission under a key: whose it is, and digests of the key and of what was submitted."""

    flow_id: str
    source_id: str
    key: str
    request: str


class Repeated(Exception):
    """Somebody else has kept a lead under this key meanwhile."""


def under_key(
    header: str | None, *, flow_id: str, source_id: str, query: str, body: bytes
) -> Submission | None:
    """The submission that the header names; None where there is none. Raises Refused for what is no key."""
    if header is None:
        return None
    if not _KEY.fullmatch(header.strip()):
        raise Refused(400, "The Idempotency-Key must be 1 to 255 printable characters of ASCII")
    request = hashlib.sha256(query.encode("utf-8", "surrogateescape") + b"\0" + body)
    return Submission(flow_id, source_id, _digest(header.strip()), request.hexdigest())


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def first(submission: Submission, *, now: datetime) -> Lead | None:
    """The lead that was kept under this key, if any. Raises Refused where it was another submission's."""
    row = _rows(submission).filter(lead_id__gte=_oldest(now)).first()
    if row is None:
        return None
    if row.request != submission.request:
        raise Refused(
            409, "This Idempotency-Key came with another submission before: send each lead under its own"
        )
    return Lead.objects.filter(pk=row.lead_id).first()


def record(submission: Submission, lead: Lead, *, now: datetime) -> None:
    """Within the transaction that keeps the lead. Raises Repeated, after which that one must not be committed."""
    _rows(submission).filter(lead_id__lt=_oldest(now)).delete()
    try:
        with transaction.atomic():
            SubmissionKey.objects.create(
                lead_id=lead.pk,
                flow_id=submission.flow_id,
                source_id=submission.source_id,
                key=submission.key,
                request=submission.request,
            )
    except IntegrityError:
        raise Repeated from None


def forget(*, now: datetime) -> int:
    """Drop the keys that count no more, and say how many there were."""
    return SubmissionKey.objects.filter(lead_id__lt=_oldest(now)).delete()[0]


def _rows(submission: Submission) -> "QuerySet[SubmissionKey]":
    return SubmissionKey.objects.filter(
        flow_id=submission.flow_id, source_id=submission.source_id, key=submission.key
    )


def _oldest(now: datetime) -> str:
    return first_id_at(now - KEPT)
