"""A source that got no answer submits again. Under the same `Idempotency-Key` it gets the first lead's answer.

The key is written in the transaction that keeps the lead, so there is never one without the other; of two submissions
at the same time the second waits for the first to end. Where recipients are asked, which takes long and is not to
happen twice, the key is claimed before, and the second is told that the first is under way.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from flows.inbound.refused import Refused
from flows.models import Lead, SubmissionKey
from leadconduit.lib.ids import first_id_at, new_id

KEPT = timedelta(hours=24)

_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission under a key: whose it is, digests of the key and of what was submitted, its claim if it has one.

    It is under way for `lasts` at most: a claim that is older belongs to a process that died.
    """

    flow_id: str
    source_id: str
    key: str
    request: str
    lasts: timedelta = timedelta(0)
    claim: str = ""


class Repeated(Exception):
    """Somebody else has kept a lead, or claimed the right to, under this key meanwhile."""


class UnderWay(Exception):
    """The same submission is running, and not at its end."""


def under_key(
    header: str | None,
    *,
    flow_id: str,
    source_id: str,
    query: str,
    body: bytes,
    content_type: str = "",
    lasts: timedelta = timedelta(0),
) -> Submission | None:
    """The submission that the header names; None where there is none. Raises Refused for what is no key."""
    if header is None:
        return None
    if not _KEY.fullmatch(header.strip()):
        raise Refused(400, "The Idempotency-Key must be 1 to 255 printable characters of ASCII")
    request = hashlib.sha256(f"{query}\0{content_type}\0".encode("utf-8", "surrogateescape") + body)
    return Submission(flow_id, source_id, _digest(header.strip()), request.hexdigest(), lasts)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def first(submission: Submission, *, now: datetime) -> Lead | None:
    """The lead that was kept under this key, if any.

    Raises UnderWay where it may be soon, and Refused where the key is another submission's.
    """
    row = _rows(submission).filter(lead_id__gte=_oldest(now)).first()
    if row is None:
        return None
    if row.request != submission.request:
        raise Refused(
            409, "This Idempotency-Key came with another submission before: send each lead under its own"
        )
    if row.is_kept:
        return Lead.objects.filter(pk=row.lead_id).first()
    if row.lead_id >= first_id_at(now - submission.lasts):
        raise UnderWay
    return None


@contextmanager
def claimed(submission: Submission, *, now: datetime) -> Iterator[Submission]:
    """The submission with its claim, which is visible to others at once. It ends with the block, or with `record`.

    Outside of any transaction. Raises Repeated where somebody else has the key.
    """
    claim = new_id(now)
    dead = _rows(submission).filter(is_kept=False, lead_id__lt=first_id_at(now - submission.lasts))
    if not dead.update(lead_id=claim, request=submission.request):
        _insert(submission, claim, now=now, is_kept=False)
    try:
        yield replace(submission, claim=claim)
    finally:
        _rows(submission).filter(is_kept=False, lead_id=claim).delete()


def record(submission: Submission, lead: Lead, *, now: datetime) -> None:
    """Within the transaction that keeps the lead. Raises Repeated, after which that one must not be committed."""
    if not submission.claim:
        _insert(submission, lead.pk, now=now, is_kept=True)
        return
    mine = _rows(submission).filter(is_kept=False, lead_id=submission.claim)
    if not mine.update(lead_id=lead.pk, is_kept=True):
        raise Repeated


def _insert(submission: Submission, lead_id: str, *, now: datetime, is_kept: bool) -> None:
    _rows(submission).filter(lead_id__lt=_oldest(now)).delete()
    try:
        with transaction.atomic():
            SubmissionKey.objects.create(
                lead_id=lead_id,
                flow_id=submission.flow_id,
                source_id=submission.source_id,
                key=submission.key,
                request=submission.request,
                is_kept=is_kept,
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
