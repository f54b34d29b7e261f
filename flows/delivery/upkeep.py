"""What must stand ready for deliveries: partitions for the weeks to come, and a lane for whoever is owed something."""

from datetime import datetime

import structlog
from django.db import connection

from destinations.models import Destination, Lane
from flows.models import PARTITIONED
from leadconduit.lib import partitions

logger = structlog.get_logger(__name__)


def make_partitions(*, now: datetime) -> None:
    """Eight weeks ahead. A table that cannot be had now is left for the next time; its rows have a place meanwhile."""
    for table in PARTITIONED:
        try:
            made = partitions.make_ahead(table, now=now)
        except partitions.PartitionError:
            logger.exception("partitions.not_made", table=table)
        else:
            if made:
                logger.info("partitions.made", table=table, partitions=made)


# From one destination to the next over the index, whatever is due behind each.
WITHOUT_LANE = """
with recursive walk as (
    (select destination_id from due order by destination_id limit 1)
    union all
    select (select due.destination_id from due where due.destination_id > walk.destination_id
            order by due.destination_id limit 1)
    from walk where walk.destination_id is not null
)
select walk.destination_id from walk
where walk.destination_id is not null
  and not exists (select 1 from lane where lane.destination_id = walk.destination_id)
"""


def mend_lanes() -> list[str]:
    """Give a lane to every destination that is owed something and has none; answers their ids.

    Activation makes it. Without one nothing would ever be claimed, and nothing would say so.
    """
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_LANE)
        without = [destination_id for (destination_id,) in cursor.fetchall()]
    if without:
        logger.error("lanes.missing", destination_ids=without)
        known = Destination.objects.filter(pk__in=without)
        Lane.objects.bulk_create(
            [Lane(destination=destination) for destination in known], ignore_conflicts=True
        )
    return without
