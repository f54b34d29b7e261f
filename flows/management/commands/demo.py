from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse
from django.utils import timezone

from flows import demo


class Command(BaseCommand):
    help = "Makes the demo data where there are none, and prints how to use them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", default=settings.BASE_URL, help="Where the product is served")

    def handle(self, *args: Any, base_url: str, **options: Any) -> None:
        base_url = base_url.rstrip("/")
        inspector = f"{base_url}/sandbox/inspector/"
        kept = demo.ensure(
            file=settings.VAR_DIR / "demo.json", inspector_url=inspector.rstrip("/"), now=timezone.now()
        )
        submit = base_url + reverse("submit", args=[kept.flow_id, kept.source_id])
        for line in (
            f"Open: {base_url}/app/",
            f"Login: {kept.email} {kept.password}",
            f"API key: {kept.api_key}",
            f"Inspector: {inspector}",
            f"Stand-ins: {base_url}/sandbox/",
            f"curl -s '{submit}' -d '{demo.SAMPLE}'",
        ):
            self.stdout.write(line)
        self.stdout.flush()
