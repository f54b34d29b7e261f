"""Weekly partitions of the tables that only grow, by range of id.

A week begins on Monday, 00:00 UTC, and is named after that day: `flows_lead_p20261123`. Weeks are made ahead; behind
them stands a default partition that must stay empty, since a week cannot be attached while its rows lie there.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, OperationalError, connection, transaction

from leadconduit.lib.ids import first_id_at

WEEK = timedelta(weeks=1)

_LOCK_TIMEOUT = "500ms"
_TRIES = 8
_LOCK_NOT_AVAILABLE = "55P03"
_CHECK_VIOLATION = "23514"


class PartitionError(Exception):
    """A week could not be attached. Nothing was lost: its rows go to the default partition."""


class _StaysLocked(PartitionError):
    """Somebody holds the table: the other weeks need not be tried."""


@dataclass(frozen=True, slots=True)
class PartitionState:
    """`weeks_ahead` counts the weeks after the current one that are ready without a gap; 0 if the current is not."""

    weeks_ahead: int
    default_is_empty: bool


def default_partition_sql(table: str) -> str:
    """The statement that gives a partitioned table its default partition, for its first migration."""
    return f"CREATE TABLE {_quoted(default_name(table))} PARTITION OF {_quoted(table)} DEFAULT"


def make_ahead(table: str, *, weeks: int = 8, now: datetime) -> list[str]:
    """Makes the partitions that are missing for the current week and the `weeks` after it; returns their names.

    It may run again, and in several processes at once. Raises PartitionError, after it made what could be made, when
    the default partition holds rows of a missing week or the table stays locked.
    """
    attached = _attached(table)
    missing = [start for start in _weeks(now, weeks) if partition_name(table, start) not in attached]
    made: list[str] = []
    faults: list[str] = []
    for start in missing:
        try:
            if _make(table, start):
                made.append(partition_name(table, start))
        except PartitionError as fault:
            faults.append(str(fault))
            if isinstance(fault, _StaysLocked):
                break
    if faults:
        raise PartitionError(" ".join(faults))
    return made


def state(table: str, now: datetime) -> PartitionState:
    """How well a table is provided for, for the health check."""
    attached = _attached(table)
    ready = 0
    start = week_of(now)
    while partition_name(table, start) in attached:
        ready += 1
        start += WEEK
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT NOT EXISTS (SELECT 1 FROM {_quoted(default_name(table))})")  # noqa: S608
        ((default_is_empty,),) = cursor.fetchall()
    return PartitionState(weeks_ahead=max(ready - 1, 0), default_is_empty=default_is_empty)


def week_of(at: datetime) -> datetime:
    """The Monday, 00:00 UTC, that begins the week of `at`."""
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def partition_name(table: str, start: datetime) -> str:
    return f"{table}_p{start:%Y%m%d}"


def default_name(table: str) -> str:
    return f"{table}_default"


def _weeks(now: datetime, weeks: int) -> Iterator[datetime]:
    return (week_of(now) + ahead * WEEK for ahead in range(weeks + 1))


def _attached(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
            " WHERE inhparent = %s::regclass",
            [_quoted(table)],
        )
        return {name for (name,) in cursor.fetchall()}


def _make(table: str, start: datetime) -> bool:
    """Makes one week, trying again while the table is locked. False when another process was quicker."""
    for tries_left in reversed(range(_TRIES)):
        try:
            return _attach_week(table, start)
        except OperationalError as error:
            if _sqlstate(error) != _LOCK_NOT_AVAILABLE:
                raise
            if not tries_left:
                raise _StaysLocked(
                    f"{partition_name(table, start)} was not made: {table} stays locked."
                ) from error
        except IntegrityError as error:
            if _sqlstate(error) != _CHECK_VIOLATION:
                raise
            raise PartitionError(
                f"{partition_name(table, start)} was not made: {default_name(table)} holds rows of its week."
            ) from error
        time.sleep(0.2)
    raise AssertionError("unreachable")


def _attach_week(table: str, start: datetime) -> bool:
    """Makes the week's table apart and then attaches it, so that the parent is locked for the attaching only.

    Attaching waits for whatever reads the default partition, and everybody else queues behind it: hence the short
    time-out. The advisory lock lets one process at a time do it, and ends with the transaction.
    """
    name = partition_name(table, start)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, true)", [_LOCK_TIMEOUT]
        )
        ((usual_timeout, _),) = cursor.fetchall()
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"partitions of {table}"])
        if name in _attached(table):
            return False
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {_quoted(name)} (LIKE {_quoted(table)} INCLUDING ALL)")
        cursor.execute(
            f"ALTER TABLE {_quoted(table)} ATTACH PARTITION {_quoted(name)}"
            f" FOR VALUES FROM ('{first_id_at(start)}') TO ('{first_id_at(start + WEEK)}')"
        )
        # The caller may stand in a transaction of its own, which would keep ours.
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [usual_timeout])
    return True


def _sqlstate(error: Exception) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
