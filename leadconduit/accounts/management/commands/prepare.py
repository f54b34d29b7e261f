from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring database and static files up to date, and make the demo data; prints how to use them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", default=settings.BASE_URL, help="Where the product is served")

    def handle(self, *args: Any, base_url: str, **options: Any) -> None:
        # In one process: each start of Django costs as much as the work.
        call_command("migrate", interactive=False, stdout=self.stderr)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("demo", base_url=base_url, stdout=self.stdout)
