"""Ids: 24 hex digits in time order, and the database field that holds one.

An id is 4 bytes of Unix seconds, 2 bytes of that second's fraction, and 6 random bytes. So the ids that several
processes make order by time to 1/65536 s, and a range of time is a range of ids (the partitions rest on that).
"""

import re
import secrets
import string
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

ID_LENGTH = 24

_TICKS_PER_SECOND = 1 << 16
_LAST_TICK = (1 << 48) - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ID = re.compile(r"[0-9a-f]{24}")
_SHORT_ID_DIGITS = string.digits + string.ascii_letters


def new_id(at: datetime | None = None) -> str:
    """A fresh id of now, or of `at` (timezone-aware). Two ids of the same 1/65536 s have no order."""
    tick = time.time_ns() * _TICKS_PER_SECOND // 1_000_000_000 if at is None else _tick(at)
    return f"{tick:012x}{secrets.token_hex(6)}"


def first_id_at(at: datetime) -> str:
    """The lowest id that can be made at `at` (timezone-aware): a bound for ranges, never the id of a row."""
    return f"{_tick(at):012x}{0:012x}"


def time_of(row_id: str) -> datetime:
    """When `row_id` was made, in UTC, exact to 1/65536 s. Raises ValueError for what is not an id."""
    if not is_id(row_id):
        raise ValueError(f"{row_id!r} is not an id: 24 lower-case hex digits are.")
    # Rounded up to the next microsecond, which is still in the same tick: `first_id_at(time_of(row_id)) <= row_id`.
    microseconds = -(int(row_id[:12], 16) * -1_000_000 // _TICKS_PER_SECOND)
    return _EPOCH + timedelta(microseconds=microseconds)


def ids_after(row_id: str, count: int) -> list[str]:
    """Fresh ids that order after `row_id` and among themselves, for rows made in one go: each has a tick of its own."""
    tick = int(row_id[:12], 16)
    return [f"{tick + step:012x}{secrets.token_hex(6)}" for step in range(1, count + 1)]


def children_from(row_id: str) -> str:
    """A bound below the id of every row made because of the row `row_id`, to tell a query which partitions to look into.

    It lies an hour before, since the machines that make children may have slower clocks.
    """
    return first_id_at(time_of(row_id) - timedelta(hours=1))


def is_id(text: str) -> bool:
    """Whether `text` has an id's form; of use before a value from outside becomes a bound of a query."""
    return _ID.fullmatch(text) is not None


def short_id() -> str:
    """Six random characters of 0-9, a-z, A-Z, for what needs a name only within its flow."""
    return "".join(secrets.choice(_SHORT_ID_DIGITS) for _ in range(6))


def _tick(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("An id needs a timezone-aware datetime.")
    tick = (at - _EPOCH) // timedelta(microseconds=1) * _TICKS_PER_SECOND // 1_000_000
    if not 0 <= tick <= _LAST_TICK:
        raise ValueError(f"{at.isoformat()} does not fit an id: years 1970 to 2106 do.")
    return tick


# Generic for the type checker only: at run time Django's fields take no parameters.
if TYPE_CHECKING:
    _TextField = models.CharField[str, str]
else:
    _TextField = models.CharField


class IdField(_TextField):
    """A column for an id. Foreign keys to it take its type and collation.

    Collation "C" compares bytes, which is the order of time. The type is spelt `character varying`, not
    `varchar`, because for the latter Django adds a second `_like` index to every key, which "C" makes useless.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        options["max_length"] = ID_LENGTH
        options["db_collation"] = "C"
        super().__init__(*args, **options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        del options["max_length"], options["db_collation"]
        return name, path, list(args), dict(options)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return f"character varying({self.max_length})"
