import multiprocessing
import os
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from leadconduit.lib import parentage
from leadconduit.settings import env_int

# Granian counts open connections here, idle ones too, and leaves more than that waiting in the kernel. Browsers and
# proxies keep connections open, so this stays far above the number of threads.
CONNECTIONS_PER_PROCESS = 512

#: Seconds that requests under way are given when the server is told to stop.
GRACE = 10


class Command(BaseCommand):
    help = "Serve the pages and the API, in several processes, until SIGTERM or Ctrl-C."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        Granian(
            "leadconduit.wsgi:application",
            address=os.environ.get("HOST") or "127.0.0.1",
            port=settings.PORT,
            interface=Interfaces.WSGI,
            workers=env_int("WEB_PROCESSES", default=2),
            blocking_threads=settings.WEB_THREADS,
            backpressure=CONNECTIONS_PER_PROCESS,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=GRACE,
            # It warns of more threads than processors; ours wait for networks and databases.
            log_level=LogLevels.error,
        ).serve(target_loader=application_of, wrap_loader=False)


def application_of() -> Callable[..., Any]:
    """The application, in one of the server's processes: without this, a killed server would leave it serving."""
    if server := multiprocessing.parent_process():
        parentage.end_with_parent(server.pid or 0)
    from leadconduit.wsgi import application

    return application
