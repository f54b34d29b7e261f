"""What a load balancer and an operator ask."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from flows.models import Lead
from leadconduit.lib.ids import new_id

pytestmark = pytest.mark.django_db


def test_a_process_that_lives_says_so() -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}


def test_a_product_that_can_take_leads_is_ready() -> None:
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "warnings": []})


def test_rows_in_a_default_partition_are_a_warning() -> None:
    long_ago = new_id(datetime(2020, 1, 1, tzinfo=UTC))
    Lead.objects.create(
        pk=long_ago,
        account_id=long_ago,
        flow_id=long_ago,
        revision_id=long_ago,
        source_id=long_ago,
        values={},
        outcome="success",
        gate="open",
    )

    assert Client().get("/readyz").json()["warnings"] == ["flows_lead: the default partition holds rows."]


def test_partitions_that_run_out_are_a_warning() -> None:
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC)):
        warnings = Client().get("/readyz").json()["warnings"]

    assert "flows_lead: only 0 weeks of partitions are ahead." in warnings
