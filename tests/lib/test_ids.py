import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, models
from django.db.migrations.writer import MigrationWriter
from hypothesis import given
from hypothesis import strategies as st

from leadconduit.lib.ids import (
    IdField,
    children_from,
    first_id_at,
    ids_after,
    is_id,
    new_id,
    short_id,
    time_of,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC)
TICK = timedelta(seconds=1 / 65536)

instants = st.integers(0, 2**32 * 1_000_000 - 1).map(lambda after: EPOCH + timedelta(microseconds=after))


def test_an_id_is_24_lower_case_hex_digits() -> None:
    assert re.fullmatch("[0-9a-f]{24}", new_id())


def test_an_id_holds_seconds_then_the_fraction_of_the_second() -> None:
    assert new_id(NOON)[:12] == f"{int(NOON.timestamp()):08x}4000"


def test_ids_of_one_instant_differ() -> None:
    assert len({new_id(NOON) for _ in range(1000)}) == 1000


def test_ids_order_as_their_times_do() -> None:
    made = [new_id(NOON + step * timedelta(microseconds=16)) for step in range(2000)]

    assert made == sorted(made)


def test_an_id_without_a_time_is_made_now() -> None:
    before = datetime.fromtimestamp(time.time(), UTC) - TICK

    made_at = time_of(new_id())

    assert before <= made_at <= datetime.now(UTC)


@given(instants)
def test_the_time_of_an_id_is_exact_to_one_tick(at: datetime) -> None:
    assert timedelta(0) <= at - time_of(new_id(at)) <= TICK


@given(instants)
def test_the_first_id_of_an_instant_bounds_every_id_of_it(at: datetime) -> None:
    made = new_id(at)

    assert first_id_at(at) <= made
    assert first_id_at(time_of(made)) == made[:12] + "0" * 12


def test_the_first_id_of_a_week_stands_above_the_last_moment_before_it() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)

    assert new_id(monday - timedelta(microseconds=1)) < first_id_at(monday) <= new_id(monday)


@pytest.mark.parametrize(
    "text", ["", "abc", "6" * 23, "6" * 25, "G" * 24, "A" * 24, "6" * 24 + "\n", "٣" * 24]
)
def test_what_is_no_id_has_no_time(text: str) -> None:
    assert not is_id(text)
    with pytest.raises(ValueError, match="not an id"):
        time_of(text)


@pytest.mark.parametrize(
    "at", [NOON.replace(tzinfo=None), datetime(1969, 1, 1, tzinfo=UTC), datetime(2107, 1, 1, tzinfo=UTC)]
)
def test_a_time_that_fits_no_id_is_refused(at: datetime) -> None:
    with pytest.raises(ValueError, match=r"An id needs|does not fit"):
        new_id(at)


def test_ids_made_in_one_go_order_after_their_origin_and_among_themselves() -> None:
    origin = new_id(NOON)

    made = ids_after(origin, 50)

    assert [origin, *made] == sorted({origin, *made})
    assert all(is_id(one) for one in made)


def test_the_bound_of_children_leaves_room_for_slower_clocks() -> None:
    parent = new_id(NOON)

    assert children_from(parent) <= new_id(NOON - timedelta(minutes=59))
    assert children_from(parent) > new_id(NOON - timedelta(minutes=61))


def test_a_short_id_is_six_letters_and_digits() -> None:
    assert re.fullmatch("[0-9a-zA-Z]{6}", short_id())
    assert len({short_id() for _ in range(100)}) == 100


class Parent(models.Model):
    id = IdField(primary_key=True, default=new_id)

    class Meta:
        app_label = "tests_of_ids"


class Child(models.Model):
    parent = models.ForeignKey(Parent, models.CASCADE)

    class Meta:
        app_label = "tests_of_ids"


def test_the_column_and_keys_to_it_compare_bytes() -> None:
    columns = [*Parent._meta.concrete_fields, Child._meta.concrete_fields[-1]]

    for field in columns:
        assert field.db_parameters(connection)["type"] == "character varying(24)"
        assert field.db_parameters(connection)["collation"] == "C"


@pytest.mark.django_db
def test_a_key_gets_one_index_only() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Parent)
        editor.create_model(Child)

    with connection.cursor() as cursor:
        cursor.execute("select indexdef from pg_indexes where tablename like 'tests\\_of\\_ids%'")
        indexes = [definition for (definition,) in cursor.fetchall()]
    assert len(indexes) == 3
    assert not any("pattern_ops" in definition for definition in indexes)


def test_a_migration_names_the_field_and_nothing_that_it_fixes_itself() -> None:
    written, imports = MigrationWriter.serialize(IdField(primary_key=True, default=new_id))

    assert written == "leadconduit.lib.ids.IdField(default=leadconduit.lib.ids.new_id, primary_key=True)"
    assert "import leadconduit.lib.ids" in imports


def test_a_copied_field_keeps_its_form() -> None:
    copy = IdField(primary_key=True).clone()

    assert (copy.max_length, copy.db_collation) == (24, "C")
