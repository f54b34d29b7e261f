from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from leadconduit.lib import embedded_database


class Command(BaseCommand):
    help = "Tell about the embedded database of this VAR_DIR: where its data stand, how to connect to it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question", choices=["path", "url"])

    def handle(self, *args: Any, question: str, **options: Any) -> None:
        answer = {"path": embedded_database.path, "url": embedded_database.url}[question]
        self.stdout.write(str(answer(settings.VAR_DIR)))
