import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from leadconduit.leads import types
from leadconduit.leads.values import clean


class Command(BaseCommand):
    help = (
        "Reads submitted values, one JSON string a line, on standard input, and prints for each what a field's type "
        "makes of it: one line of JSON."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("type", help=f"one of {', '.join(types.TYPES)}")

    def handle(self, *args: Any, type: str, **options: Any) -> None:
        if type not in types.TYPES:
            raise CommandError(f"There is no type {type!r}. The types are {', '.join(types.TYPES)}.")
        for number, line in enumerate(sys.stdin, start=1):
            if line.strip():
                parsed = types.parse(type, _value(line, number))
                # In ASCII, so that no character of a value is taken for the end of a line.
                self.stdout.write(json.dumps(parsed))


def _value(line: str, number: int) -> object:
    try:
        value, _ = clean(json.loads(line))
    except (ValueError, RecursionError) as error:
        raise CommandError(f"Line {number} is not JSON: {error}") from error
    return value
