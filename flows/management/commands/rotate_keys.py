"""Encrypts anew what older keys of the ring encrypted, while the product runs.

Processes that know both keys read either, so nothing stops: put the new key in front, restart, run this, and take the
old key out. A row that somebody else writes meanwhile is theirs, and was written with the new key.
"""

import json
from collections.abc import Iterator
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import QuerySet

from destinations.models import Connection, ConnectionToken
from flows.models import Flow, FlowRevision
from flows.recipients import sealing
from leadconduit.lib import encryption
from leadconduit.lib.encryption import DecryptionError

logger = structlog.get_logger(__name__)

BATCH = 500


class Command(BaseCommand):
    help = "Encrypts with the first of ENCRYPTION_KEYS what older ones encrypted; prints how many, as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = {"connections": 0, "tokens": 0, "flow_revisions": 0, "unreadable": 0}
        for key, rotated in _rotated():
            counts[key] += rotated
        self.stdout.write(json.dumps(counts))
        if counts["unreadable"]:
            raise CommandError(
                f"{counts['unreadable']} cannot be opened with any key of the ring; the log names them. Keep every key"
                " that you have, or have them entered anew."
            )


def _rotated() -> Iterator[tuple[str, int]]:
    """What was found, and how many of that were encrypted anew."""
    for connection in Connection.objects.order_by("pk").iterator(BATCH):
        yield _in_place(connection, "connections", "secrets")
    for token in ConnectionToken.objects.filter(version__gt=0).order_by("pk").iterator(BATCH):
        yield _in_place(token, "tokens", "sealed")
    for flow in Flow.objects.order_by("pk").iterator(BATCH):
        yield _of_flow(flow)


def _in_place(row: Connection | ConnectionToken, counted_as: str, column: str) -> tuple[str, int]:
    stored = bytes(getattr(row, column))
    if encryption.is_current(stored):
        return counted_as, 0
    try:
        row.seal(row.reveal())
    except DecryptionError:
        return _unreadable(row)
    # Only where it still is what was read: somebody may have connected anew, or a token may have been renewed.
    rows: QuerySet[Any] = type(row).objects.all()
    unchanged = rows.filter(pk=row.pk, **{column: stored})
    return counted_as, unchanged.update(**{column: getattr(row, column)})


@transaction.atomic
def _of_flow(flow: Flow) -> tuple[str, int]:
    """All revisions together: the same sealed value in two of them says that nobody changed it, and goes on saying so.

    The flow is held meanwhile as saving holds it, since a save copies what was sealed before.
    """
    Flow.objects.select_for_update(no_key=True).get(pk=flow.pk)
    anew: dict[str, str] = {}
    count = 0
    for revision in FlowRevision.objects.filter(flow=flow).order_by("pk").iterator(BATCH):
        try:
            changed = [_renew(mapping, anew, flow) for mapping in _sealed_mappings(revision.document)]
        except DecryptionError:
            return _unreadable(revision)
        if any(changed):
            revision.save(update_fields=["document"])
            count += 1
    return "flow_revisions", count


def _sealed_mappings(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for step in document.get("steps", []):
        for mapping in (step.get("integration") or {}).get("mappings", []):
            if "sealed" in mapping:
                yield mapping


def _renew(mapping: dict[str, Any], anew: dict[str, str], flow: Flow) -> bool:
    before: str = mapping["sealed"]
    if before not in anew:
        anew[before] = sealing.renewed(before, account_id=flow.account_id)
    mapping["sealed"] = anew[before]
    return anew[before] != before


def _unreadable(row: Connection | ConnectionToken | FlowRevision) -> tuple[str, int]:
    logger.error("rotate_keys.unreadable", kind=row._meta.label, row_id=row.pk)
    return "unreadable", 1
