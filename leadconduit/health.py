"""Is this process alive, and is the product able to take leads?"""

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from flows.models import PARTITIONED
from leadconduit.lib import partitions

LEAST_WEEKS_AHEAD = 2


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 while leads can be taken. What needs a person's eye stands in `warnings` and takes nothing out of service."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        warnings = _partition_warnings()
    except (DatabaseError, InterfaceError):
        return JsonResponse({"status": "unavailable", "error": "The database does not answer."}, status=503)
    return JsonResponse({"status": "ok", "warnings": warnings})


def _partition_warnings() -> list[str]:
    warnings = []
    for table in PARTITIONED:
        state = partitions.state(table, now=timezone.now())
        if not state.default_is_empty:
            warnings.append(f"{table}: the default partition holds rows.")
        if state.weeks_ahead < LEAST_WEEKS_AHEAD:
            warnings.append(f"{table}: only {state.weeks_ahead} weeks of partitions are ahead.")
    return warnings
