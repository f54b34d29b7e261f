"""One page that shows every part with example values, for whoever builds a page or checks how the product looks."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from destinations.forms.mapping import ShownRow
from destinations.mapping import TRANSFORMATIONS, Flag, MappingRow
from destinations.wizard.diff import Change, Group, Turn
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.models import Role
from leadconduit.forms import ChoiceCards, SecretInput
from leadconduit.leads.names import Names
from leadconduit.rule_form import RuleBuilder, Sample


@require_GET
@requires(Role.VIEWER)
def gallery(request: MemberRequest) -> HttpResponse:
    return render(request, "parts/gallery.html", examples())


class ExampleForm(forms.Form):
    name = forms.CharField(help_text="Only your team sees this.")
    url = forms.URLField(
        label="Endpoint URL", assume_scheme="https", help_text="Each lead is sent to this address."
    )
    auth = forms.ChoiceField(
        label="Authentication",
        help_text="You can enter other credentials later without losing a lead.",
        choices=[("api_key", "API key"), ("basic", "HTTP Basic"), ("none", "None")],
        widget=ChoiceCards(
            descriptions={
                "api_key": "A header or a query parameter that only you know.",
                "basic": "A user name and a password.",
                "none": "Whoever knows the address may send to it.",
            }
        ),
    )
    key = forms.CharField(label="API key", required=False, widget=SecretInput(stored=True))
    method = forms.ChoiceField(choices=[("POST", "POST"), ("PUT", "PUT"), ("PATCH", "PATCH")])
    timeout = forms.IntegerField(label="Timeout, seconds", widget=forms.NumberInput({"class": "short"}))
    note = forms.CharField(required=False, widget=forms.Textarea({"rows": 2}))
    paused = forms.BooleanField(
        label="Start paused", required=False, help_text="Leads wait until you resume it."
    )


def examples() -> dict[str, Any]:
    """The context of the gallery: example values for every part."""
    return {
        "section": "destination",
        "tabs": TABS,
        "rows": _destinations(),
        "steps": STEPS,
        "form": ExampleForm(
            {"name": "Data warehouse", "url": "http//hooks.example", "method": "POST", "timeout": "10"}
        ),
        "clean_form": ExampleForm(initial={"auth": "api_key", "timeout": 10}),
        "mapping": _mapping(),
        "transformations": TRANSFORMATIONS.values(),
        "prompt": PROMPT,
        "exchange": EXCHANGE,
        "unanswered": {**EXCHANGE, "response": None, "ms": 10_003},
        "log": _log(),
        "difference": DIFFERENCE,
        "rules": _rules(),
        "flow_steps": FLOW_STEPS,
        "pairs": [
            ("Method", "POST"),
            ("Format", "JSON"),
            ("Timeout", "10 s"),
            ("Instance", "6740f1c2a9b35ce0d1f4a27b"),
        ],
        "marketplace": MARKETPLACE,
        "menu_items": MENU_ITEMS,
        "payload": {"email": "ada@lovelace.dev", "employees": 51, "consent": True, "company": None},
        "words": ["waiting", "accepted", "delivered", "rejected", "failed", "cancelled"],
    }


def _destinations() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {**row, "at": at and now - at, "menu_id": f"menu-{row['letters']}"}
        for row, at in (
            (
                _row("Data warehouse", "Custom Webhook, 2 actions", "WH", 1, "live", "48,911", "2 flows"),
                timedelta(seconds=4),
            ),
            (
                _row(
                    "Salesforce production", "Salesforce, lead object", "SF", 2, "failing", "3,102", "3 flows"
                ),
                timedelta(minutes=2),
            ),
            (
                _row(
                    "Google Sheets, demo requests",
                    "Google Sheets, append row",
                    "GS",
                    3,
                    "paused",
                    "14",
                    "1 flow",
                ),
                timedelta(days=2),
            ),
            (_row("Marketo nurture", "Marketo, step 3 of 5", "MK", 4, "draft", "0", "No flow"), None),
        )
    ]


def _row(
    name: str, below: str, letters: str, colour: int, state: str, sent: str, used: str
) -> dict[str, Any]:
    return {
        "name": name,
        "below": below,
        "letters": letters,
        "colour": colour,
        "state": state,
        "sent": sent,
        "used": used,
    }


def _rules() -> RuleBuilder:
    """Nested, tried on a lead, with a doubt and a mistake."""
    state = {"lhv": "lead.state", "op": "is included in", "rhv": ["TX", "CA"]}
    inner = {
        "op": "or",
        "rules": [
            {"lhv": "lead.zip", "op": "is not blank"},
            {"lhv": "lead.age", "op": "is less than", "rhv": 18},
        ],
    }
    builder = RuleBuilder(
        {"op": "and", "rules": [state, inner]}, names=Names({"state": "state", "age": "number"})
    )
    builder.pressed = "try"  # which opens the place to try them in
    builder.try_on(lambda _: Sample({"lead": {"state": "TX", "age": 51}}, "Ada Lovelace"))
    builder.problems = {"rules.1.rules.1.rhv": "Compare with a number such as `18`."}
    return builder


def _mapping() -> list[dict[str, Any]]:
    trimmed = ({"use": "trim"}, {"use": "lowercase"})
    too_long = Flag(1, "full_name", "too_long", "“Full name” takes at most 10 characters, and this has 12.")
    rows = (
        (MappingRow("email", "{{lead.email}}", transformations=trimmed), "ada@lovelace.dev", ()),
        (
            MappingRow("full_name", "{{lead.first_name}} {{lead.last_name}}", "Unknown"),
            "Ada Lovelace",
            [too_long],
        ),
        (MappingRow("", "{{lead.company.size}}"), None, ()),
    )
    problems = {2: [("target", "Name the field that receives the value.")]}
    return [
        {
            "form": ShownRow(row, f"row-{n}", problems=problems.get(n, ())),
            "preview": {"sends": sends, "flags": flags},
        }
        for n, (row, sends, flags) in enumerate(rows)
    ]


DIFFERENCE = [
    Group(
        "Configuration",
        1,
        (Change("changed", "URL", (Turn("", "https://crm.example/leads", "https://crm.example/v2/leads"),)),),
    ),
    Group(
        "Fields of “Create lead”",
        204,
        (
            Change("added", "state", (Turn("Source", None, "{{lead.state}}"),)),
            Change("moved", "email", (Turn("Row", "3", "1"),)),
            Change("removed", "full_name", (Turn("Source", "{{lead.first_name}}", None),)),
        ),
    ),
]


def _log() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "id": "log-1",
            "word": "delivered",
            "what": "Ada Lovelace",
            "below": "Data warehouse, Create lead",
            "at": now - timedelta(seconds=9),
            "ms": 412,
        },
        {
            "id": "log-2",
            "word": "waiting",
            "what": "Grace Hopper",
            "below": "Try 3 of 12, again in 4 min",
            "at": now - timedelta(minutes=3),
            "ms": 10_003,
        },
        {
            "id": "log-3",
            "word": "rejected",
            "what": "Alan Turing",
            "below": "Duplicate of 00Q5e000",
            "at": now - timedelta(hours=5),
            "ms": 188,
        },
    ]


TABS = [
    {"label": "All", "url": "#", "count": 7, "current": True},
    {"label": "Live", "url": "#", "count": 2},
    {"label": "Needs attention", "url": "#", "count": 2},
    {"label": "Paused", "url": "#", "count": 1},
    {"label": "Drafts", "url": "#", "count": 0},
]
STEPS = [
    {"label": "Integration", "state": "done", "url": "#"},
    {"label": "Authenticate", "state": "problem", "url": "#"},
    {"label": "Configure", "state": "current", "url": "#"},
    {"label": "Map fields", "state": "todo", "url": "#"},
    {"label": "Test", "state": "todo"},
]
EXCHANGE = {
    "request": {
        "method": "POST",
        "uri": "https://hooks.warehouse.example/v2/leads?source=leadconduit",
        "headers": [
            ["Content-Type", "application/json"],
            ["X-Api-Key", "•••••• (masked)"],
            ["Webhook-Id", "6740f1c2a9b35ce0d1f4a27b"],
        ],
        "body": '{"email":"ada@lovelace.dev","name":"Ada Lovelace","employees":51,"consent":true,"company":null}',
    },
    "response": {
        "status": 201,
        "status_text": "Created",
        "headers": {"content-type": "application/json", "server": "warehouse"},
        "body": '{"id":"00Q5e000","status":"created"}',
    },
    "ms": 412.4,
}
FLOW_STEPS = [
    {"title": "Filter: consent", "words": "consent is equal to yes", "verdict": "passed"},
    {
        "title": "Filter: territory",
        "words": "state includes CA, OR, WA. The lead said TX.",
        "verdict": "stopped",
    },
    {"title": "Filter: budget", "words": "budget is not blank", "verdict": "not run", "passed_over": True},
]
MARKETPLACE = [
    {
        "found": {
            "name": "Custom Webhook",
            "category": "Developer",
            "description": "Any address that takes HTTP.",
            "schemes": [{"name": "API key"}, {"name": "Basic"}],
            "actions": [{"name": "Send lead"}],
        },
        "letters": "WH",
        "colour": 1,
        "in_use": 0,
    },
    {
        "found": {
            "name": "Salesforce",
            "category": "CRM",
            "description": "Leads, contacts and campaign members.",
            "schemes": [{"name": "OAuth"}],
            "actions": [{"name": "Create New Lead"}, {"name": "Add to Campaign"}],
        },
        "letters": "SF",
        "colour": 2,
        "in_use": 2,
    },
    {
        "found": {
            "name": "Google Sheets",
            "category": "Spreadsheet",
            "description": "A row for each lead.",
            "schemes": [{"name": "OAuth"}],
            "actions": [{"name": "Append row"}],
        },
        "letters": "GS",
        "colour": 3,
        "in_use": 0,
    },
    {
        "found": {
            "name": "Mailchimp",
            "category": "E-mail",
            "description": "Audience members with tags.",
            "schemes": [{"name": "API key"}],
            "actions": [{"name": "Add or update member"}],
        },
        "letters": "MC",
        "colour": 4,
        "in_use": 0,
    },
    {
        "found": {
            "name": "Marketo",
            "category": "Marketing",
            "description": "People in a list or a program.",
            "schemes": [{"name": "Client credentials"}],
            "actions": [{"name": "Create or update lead"}],
        },
        "letters": "MK",
        "colour": 5,
        "in_use": 0,
    },
    {
        "found": {
            "name": "Slack",
            "category": "Chat",
            "description": "A message to a channel.",
            "schemes": [{"name": "API key"}],
            "actions": [{"name": "Create contact"}],
        },
        "letters": "SL",
        "colour": 6,
        "in_use": 0,
    },
]
PROMPT = {
    "target": {"key": "phone_number", "label": "Phone"},
    "about": "Required · Phone number · at most 20 characters",
    "suggestion": {
        "template": "{{lead.phone_1}}",
        "confidence": 88,
        "reason": "“phone_number” means phone_1, same type",
    },
}
MENU_ITEMS = [
    {"label": "Rename", "icon": "pencil", "url": "#"},
    {"label": "Pause", "icon": "pause", "url": "#"},
    {"label": "Delete", "icon": "trash-2", "url": "#", "danger": True, "opens": "delete-dialog"},
]
