"""What the loop asks of the database costs the same however much waits: no plan reads a table, hashes or sorts it."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from flows.delivery import followers, queue, record, upkeep
from tests.flows.delivery import makers

pytestmark = pytest.mark.django_db

UNWANTED = re.compile(r"Seq Scan|Bitmap|Hash|Merge|Sort")

LANES = [f"{number:024x}" for number in range(20)]
IDS = [f"{number:024x}" for number in range(100)]
LEASES = [uuid4() for _ in IDS]
GIVEN_BACK = {"deliveries": IDS, "leases": LEASES, "at": [makers.NOW] * len(IDS), "spent": [1] * len(IDS)}
SUMMED_UP = {
    "ids": IDS,
    "states": ["waiting"] * 100,
    "outcomes": [""] * 100,
    "reasons": [""] * 100,
    "receipts": [None] * 100,
    "now": makers.NOW,
}
LED = {"leaders": IDS, "lowest": IDS[0], "now": makers.NOW}

STATEMENTS: dict[str, tuple[str, Any]] = {
    "open lanes": (queue.OPEN_LANES, {"after": "", "lanes": 25}),
    "take": (
        queue.TAKE,
        {"lanes": LANES, "most": [8] * 20, "leases": [45] * 20, "share": 8, "lease_id": uuid4()},
    ),
    "finish": (queue.FINISH, GIVEN_BACK),
    "reschedule": (queue.RESCHEDULE, GIVEN_BACK),
    "close a lane": (queue.CLOSE_LANE, {"destination": LANES[0], "until": makers.NOW}),
    "sum up": (record.SUM_UP, SUMMED_UP),
    "start followers": (followers.START, LED),
    "cancel followers": (followers.CANCEL, LED),
    "find missing lanes": (upkeep.WITHOUT_LANE, {}),
}


@pytest.fixture
def filled() -> None:
    """20,000 deliveries wait, 200 of them leased, of 200 destinations; 90 % of them of one."""
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(
            "insert into lane (destination_id) select lpad(to_hex(n), 24, '0') from generate_series(0, 199) n"
        )
        cursor.execute(
            "insert into due (delivery_id, destination_id, due_at, lease_id)"
            " select lpad(to_hex(n), 24, '0'), lpad(to_hex(case when n % 10 = 0 then n / 10 % 200 else 7 end), 24, '0'),"
            " now() - n * interval '1 ms', case when n % 100 = 0 then gen_random_uuid() end"
            " from generate_series(0, 19999) n"
        )
        cursor.execute(
            "insert into flows_delivery (id, key, account_id, destination_id, action_id, state, outcome, reason,"
            " attempt_count, follows_id)"
            " select lpad(to_hex(n), 24, '0'), '', '', '', '', 'waiting', '', '', 0,"
            " case when n % 2 = 1 then lpad(to_hex(n - 1), 24, '0') end from generate_series(0, 19999) n"
        )
        cursor.execute("set local session_replication_role = origin")
        cursor.execute("analyze lane, due, flows_delivery")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("name", STATEMENTS)
def test_walks_indexes_only(name: str) -> None:
    statement, parameters = STATEMENTS[name]

    with connection.cursor() as cursor:
        cursor.execute(queue.WALK_INDEXES)
        cursor.execute(f"explain (format json) {statement}", parameters)
        ((explained,),) = cursor.fetchall()
    nodes = list(_node_types(explained[0]["Plan"]))

    assert nodes
    assert [node for node in nodes if UNWANTED.search(node)] == []


def _node_types(node: dict[str, Any]) -> Iterator[str]:
    yield node["Node Type"]
    for child in node.get("Plans", []):
        yield from _node_types(child)
