import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from flows.delivery.backoff import Policy
from flows.delivery.worker import Worker
from leadconduit.lib import outbound


class Command(BaseCommand):
    help = "Deliver leads to their destinations until SIGTERM or Ctrl-C, then finish what is under way."

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(in_flight=settings.WORKER_IN_FLIGHT, policy=Policy.of_settings())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: outbound.loop().call_soon_threadsafe(worker.stop))
        outbound.run(worker.run())
