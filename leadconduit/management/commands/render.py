import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from leadconduit.leads import standard_fields
from leadconduit.leads.template import Template, TemplateError, TooLong, compile_template
from leadconduit.leads.typed import typed
from leadconduit.leads.values import clean


class Command(BaseCommand):
    help = (
        'Renders a template for the variables on standard input, one JSON object such as {"lead": {"state": "tx"}}, '
        "and prints the result as JSON. The lead's values are read by the types of the standard fields."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("template", help="for example 'Dear {{lead.first_name}}'")

    def handle(self, *args: Any, template: str, **options: Any) -> None:
        compiled = _compiled(template)
        notes: list[str] = []
        try:
            result = compiled.render(_variables(sys.stdin.read()), notes=notes)
        except TooLong as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(json.dumps(result))
        for note in notes:
            self.stderr.write(note)


def _compiled(template: str) -> Template:
    try:
        return compile_template(template)
    except TemplateError as error:
        raise CommandError(str(error)) from error


def _variables(text: str) -> dict[str, object]:
    try:
        variables, _ = clean(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise CommandError(f"Standard input is not JSON: {error}") from error
    if not isinstance(variables, dict):
        raise CommandError(
            'Standard input is one JSON object of variables, such as {"lead": {"state": "tx"}}.'
        )
    lead = variables.get("lead")
    return variables | {"lead": typed(lead, standard_fields.type_of)} if isinstance(lead, dict) else variables
