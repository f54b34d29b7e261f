from datetime import timedelta

import pytest
from django.utils import timezone

from destinations.models import Lane
from flows.delivery import upkeep
from flows.models import PARTITIONED
from leadconduit.lib import partitions
from tests.flows.delivery import makers

pytestmark = pytest.mark.django_db


def test_partitions_are_made_for_the_weeks_to_come() -> None:
    later = timezone.now() + timedelta(weeks=3)

    upkeep.make_partitions(now=later)

    assert all(partitions.state(table, later).weeks_ahead == 8 for table in PARTITIONED)


def test_a_destination_that_is_owed_something_has_a_lane() -> None:
    to, other = makers.destination(), makers.destination()
    makers.deliveries(to, 3)
    makers.deliveries(other, 1)
    Lane.objects.filter(destination=to).delete()

    assert upkeep.mend_lanes() == [to.pk]

    assert Lane.objects.filter(destination=to).exists()
    assert upkeep.mend_lanes() == []
