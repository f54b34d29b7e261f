"""What stand-ins keep: the records of their organisations, and what is switched on to go wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from destinations.connectors.stand_in import FaultKey, Fields, Organisation, Record, StandIn
from destinations.models import StandInFault, StandInRecord, StandInToken

FIRST_NUMBER = 1001


@contextmanager
def alone(stand_in: StandIn) -> Iterator[None]:
    """One request after another: what is looked up is still so when it is changed."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"stand-in {stand_in.key}"])
        yield


@dataclass(frozen=True, slots=True)
class KeptRecords:
    """The records of one organisation, as `destinations.connectors.stand_in.Records` has them."""

    stand_in: StandIn
    organisation: Organisation

    def seeded(self) -> "KeptRecords":
        """With what the organisation has from the beginning."""
        if not self._rows().exists():
            for kind, record_id, fields in self.stand_in.seed(self.organisation):
                self._add(kind, fields, record_id, is_seed=True)
        return self

    def add(self, kind: str, fields: Fields, record_id: str = "") -> Record:
        return self._add(kind, fields, record_id or self._next_number(), is_seed=False)

    def get(self, kind: str, record_id: str) -> Record | None:
        row = self._rows().filter(kind=kind, record_id=record_id).first()
        return _record(row) if row else None

    def find(self, kind: str, **equal: Any) -> list[Record]:
        rows = self._rows().filter(kind=kind).order_by("pk")
        wanted = {key: _comparable(value) for key, value in equal.items()}
        return [
            _record(row)
            for row in rows
            if all(_comparable(row.fields.get(key)) == value for key, value in wanted.items())
        ]

    def change(self, record: Record, fields: Fields) -> Record:
        row = self._rows().get(kind=record.kind, record_id=record.id)
        row.fields = {**row.fields, **fields}
        row.changed_at = timezone.now()
        row.is_seed = False
        row.save()
        return _record(row)

    def _add(self, kind: str, fields: Fields, record_id: str, *, is_seed: bool) -> Record:
        row = StandInRecord.objects.create(
            stand_in=self.stand_in.key,
            organisation=self.organisation.id,
            kind=kind,
            record_id=record_id,
            fields=dict(fields),
            is_seed=is_seed,
        )
        return _record(row)

    def _next_number(self) -> str:
        last = StandInRecord.objects.order_by("pk").values_list("pk", flat=True).last()
        return str(FIRST_NUMBER + (last or 0))

    def _rows(self) -> Any:
        return StandInRecord.objects.filter(stand_in=self.stand_in.key, organisation=self.organisation.id)


def _record(row: StandInRecord) -> Record:
    return Record(row.kind, row.record_id, row.fields, row.created_at, row.changed_at)


def _comparable(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


# --- Faults


def switch(stand_in: StandIn, fault: FaultKey, mode: str) -> None:
    """`off`, `once` (for the next request that it concerns) or `on`."""
    if mode == "off":
        StandInFault.objects.filter(stand_in=stand_in.key, fault=fault).delete()
        return
    StandInFault.objects.update_or_create(
        stand_in=stand_in.key, fault=fault, defaults={"once": mode == "once", "since": timezone.now()}
    )


def modes(stand_in: StandIn) -> dict[str, str]:
    faults = StandInFault.objects.filter(stand_in=stand_in.key)
    return {fault.fault: "once" if fault.once else "on" for fault in faults}


def takes_place(stand_in: StandIn, fault: FaultKey) -> bool:
    """Whether it goes wrong now; one that is switched on for once is off after this."""
    rows = StandInFault.objects.filter(stand_in=stand_in.key, fault=fault)
    row = rows.first()
    if row is None:
        return False
    return bool(rows.filter(pk=row.pk).delete()[0]) if row.once else True


def expired_since(stand_in: StandIn) -> datetime | None:
    """Access tokens given before this are taken for expired."""
    faults = StandInFault.objects.filter(stand_in=stand_in.key, fault="expired_token")
    return faults.values_list("since", flat=True).first()


def reset(stand_in: StandIn) -> None:
    """Back to the beginning, but for who is connected."""
    StandInRecord.objects.filter(stand_in=stand_in.key).delete()
    StandInFault.objects.filter(stand_in=stand_in.key).delete()


def disconnect(stand_in: StandIn) -> None:
    """As if an administrator over there had revoked every consent."""
    StandInToken.objects.filter(stand_in=stand_in.key).update(is_revoked=True)
