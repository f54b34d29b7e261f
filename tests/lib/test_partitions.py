import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from leadconduit.lib.ids import first_id_at, new_id
from leadconduit.lib.partitions import (
    PartitionError,
    PartitionState,
    default_partition_sql,
    make_ahead,
    state,
    week_of,
)

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = "scratch_log"
WEDNESDAY = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)
WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def table(transactional_db: None) -> Iterator[None]:
    execute(
        f'CREATE TABLE {TABLE} (id varchar(24) COLLATE "C" PRIMARY KEY, note text) PARTITION BY RANGE (id)'
    )
    execute(f"CREATE INDEX ON {TABLE} (note)")
    execute(default_partition_sql(TABLE))
    yield
    execute(f"DROP TABLE {TABLE}")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def rows(query: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[tuple[str, ...]] = cursor.fetchall()
    return found


def insert(at: datetime) -> str:
    row_id = new_id(at)
    execute(f"INSERT INTO {TABLE} VALUES ('{row_id}', '')")
    return row_id


def partition_of(row_id: str) -> str:
    ((name,),) = rows(f"SELECT tableoid::regclass::text FROM {TABLE} WHERE id = '{row_id}'")
    return name


def test_a_week_begins_on_monday_in_utc() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)

    assert week_of(WEDNESDAY) == week_of(monday) == monday
    assert week_of(monday - timedelta(microseconds=1)) == monday - WEEK


def test_the_current_week_and_those_ahead_are_made_and_named_after_their_monday() -> None:
    made = make_ahead(TABLE, weeks=2, now=WEDNESDAY)

    assert made == ["scratch_log_p20261123", "scratch_log_p20261130", "scratch_log_p20261207"]


def test_a_row_goes_to_the_week_that_its_id_was_made_in() -> None:
    make_ahead(TABLE, weeks=1, now=WEDNESDAY)
    next_monday = week_of(WEDNESDAY) + WEEK

    assert partition_of(insert(WEDNESDAY)) == "scratch_log_p20261123"
    assert partition_of(insert(next_monday - timedelta(microseconds=1))) == "scratch_log_p20261123"
    assert partition_of(insert(next_monday)) == "scratch_log_p20261130"
    assert partition_of(insert(next_monday + WEEK)) == "scratch_log_default"


def test_making_again_makes_only_what_is_missing() -> None:
    make_ahead(TABLE, weeks=1, now=WEDNESDAY)

    assert make_ahead(TABLE, weeks=1, now=WEDNESDAY) == []
    assert make_ahead(TABLE, weeks=1, now=WEDNESDAY + WEEK) == ["scratch_log_p20261207"]


def test_a_table_that_was_made_and_not_attached_is_attached() -> None:
    execute(f"CREATE TABLE {TABLE}_p20261123 (LIKE {TABLE} INCLUDING ALL)")

    assert make_ahead(TABLE, weeks=0, now=WEDNESDAY) == ["scratch_log_p20261123"]


def test_a_partition_takes_part_in_the_indexes_of_its_parent() -> None:
    make_ahead(TABLE, weeks=0, now=WEDNESDAY)

    invalid = rows(f"SELECT 1 FROM pg_index WHERE indrelid = '{TABLE}'::regclass AND NOT indisvalid")
    of_parents = rows(
        "SELECT count(*)::text FROM pg_inherits JOIN pg_index ON indexrelid = inhrelid"
        f" WHERE indrelid = '{TABLE}_p20261123'::regclass"
    )
    assert invalid == []
    assert of_parents == [("2",)]


def test_a_query_for_one_week_reads_one_partition() -> None:
    make_ahead(TABLE, weeks=4, now=WEDNESDAY)
    monday = week_of(WEDNESDAY)

    plan = rows(
        f"EXPLAIN SELECT * FROM {TABLE} WHERE id >= '{first_id_at(monday)}' AND id < '{first_id_at(monday + WEEK)}'"
    )
    text = "\n".join(line for (line,) in plan)
    assert "p20261123" in text
    assert "p20261130" not in text


def test_a_week_with_rows_in_the_default_partition_is_reported_and_loses_none() -> None:
    row_id = insert(WEDNESDAY + WEEK)

    with pytest.raises(
        PartitionError, match="scratch_log_p20261130 was not made: scratch_log_default holds rows"
    ):
        make_ahead(TABLE, weeks=2, now=WEDNESDAY)

    assert partition_of(row_id) == "scratch_log_default"
    assert partition_of(insert(WEDNESDAY)) == "scratch_log_p20261123"
    assert partition_of(insert(WEDNESDAY + 2 * WEEK)) == "scratch_log_p20261207"


def test_two_processes_at_once_make_each_week_once() -> None:
    made: list[str] = []

    def make() -> None:
        try:
            made.extend(make_ahead(TABLE, weeks=8, now=WEDNESDAY))
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == len(set(made)) == 9


def test_a_table_that_stays_locked_is_reported_and_can_be_made_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadconduit.lib.partitions._TRIES", 2)
    locked, release = threading.Event(), threading.Event()

    def hold_a_lock() -> None:
        try:
            with transaction.atomic():
                execute(f"LOCK TABLE {TABLE}_default IN ACCESS SHARE MODE")
                locked.set()
                release.wait(timeout=30)
        finally:
            connection.close()

    holder = threading.Thread(target=hold_a_lock)
    holder.start()
    locked.wait(timeout=30)
    try:
        with pytest.raises(PartitionError, match="stays locked"):
            make_ahead(TABLE, weeks=0, now=WEDNESDAY)
    finally:
        release.set()
        holder.join()

    assert make_ahead(TABLE, weeks=0, now=WEDNESDAY) == ["scratch_log_p20261123"]


def test_the_callers_lock_timeout_is_left_as_it_was() -> None:
    with transaction.atomic():
        execute("SET LOCAL lock_timeout = '7s'")

        make_ahead(TABLE, weeks=0, now=WEDNESDAY)

        assert rows("SHOW lock_timeout") == [("7s",)]


def test_a_table_without_weeks_has_none_ahead() -> None:
    assert state(TABLE, WEDNESDAY) == PartitionState(weeks_ahead=0, default_is_empty=True)


def test_the_state_counts_the_weeks_after_the_current_one() -> None:
    make_ahead(TABLE, weeks=3, now=WEDNESDAY)

    assert state(TABLE, WEDNESDAY).weeks_ahead == 3
    assert state(TABLE, WEDNESDAY + 2 * WEEK).weeks_ahead == 1
    assert state(TABLE, WEDNESDAY + 9 * WEEK).weeks_ahead == 0


def test_the_state_counts_no_further_than_a_gap() -> None:
    make_ahead(TABLE, weeks=3, now=WEDNESDAY)
    execute(f"DROP TABLE {TABLE}_p20261207")

    assert state(TABLE, WEDNESDAY).weeks_ahead == 1


def test_the_state_says_when_the_default_partition_holds_rows() -> None:
    insert(WEDNESDAY)

    assert not state(TABLE, WEDNESDAY).default_is_empty
