"""The pages of the stand-ins: which there are, what each keeps, and what is to go wrong."""

from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from destinations.connectors.stand_in import FaultKey, Kind, StandIn
from destinations.models import StandInRecord
from destinations.sandbox import keeping
from destinations.sandbox.stand_ins import STAND_INS

SHOWN = 50
"""How many records of a kind a page shows."""


class Fault(NamedTuple):
    key: FaultKey
    label: str
    words: str


FAULTS = (
    Fault("slow", "Slow", "Answers only after the connector has given up."),
    Fault("server_error", "Server error", "Answers 500."),
    Fault("rate_limited", "Rate limit", "Asks for a pause."),
    Fault("refused_token", "Refused token", "The key or token that never ends is refused."),
    Fault(
        "expired_token", "Expired token", "Access tokens given before now are refused; new ones are taken."
    ),
    Fault("short_tokens", "Short-lived tokens", "New access tokens end after five seconds."),
    Fault("duplicate", "Duplicate", "A new record is taken for one that exists."),
    Fault("missing_field", "Missing field", "A new record lacks a field that was made required."),
)
OF_ALL = ("slow",)
OF_TOKENS = ("expired_token", "short_tokens")
OF_FIXED_TOKENS = ("refused_token",)
LASTING = ("expired_token",)
"""What is so until it is switched off."""
MODES = (("off", "Off"), ("once", "Next call"), ("on", "Always"))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    counts = {key: StandInRecord.objects.filter(stand_in=key, is_seed=False).count() for key in STAND_INS}
    rows = [(stand_in, counts[key], len(keeping.modes(stand_in))) for key, stand_in in STAND_INS.items()]
    return render(request, "sandbox/index.html", {"rows": rows})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stand_in(request: HttpRequest, key: str) -> HttpResponse:
    found = STAND_INS.get(key)
    if found is None:
        raise Http404
    if request.method == "POST":
        _obey(request, found)
        return redirect("sandbox:stand-in", key=key)
    with keeping.alone(found):
        for organisation in found.organisations:
            keeping.KeptRecords(found, organisation).seeded()
    context = {
        "stand_in": found,
        "switches": _switches(found),
        "kinds": [_shown(found, kind) for kind in found.kinds],
        "fixed_tokens": [
            (found.organisation(organisation).name, token)
            for token, organisation in found.fixed_tokens.items()
        ],
    }
    template = "sandbox/_records.html" if getattr(request, "htmx", None) else "sandbox/stand_in.html"
    return render(request, template, context)


@require_safe
def record(request: HttpRequest, key: str, kind: str, record_id: str) -> HttpResponse:
    """What the system's own page of a record would show."""
    rows = StandInRecord.objects.filter(stand_in=key, kind=kind)
    row = rows.filter(record_id__startswith=record_id).first()
    if row is None or key not in STAND_INS:
        raise Http404
    stand_in = STAND_INS[key]
    context = {
        "stand_in": stand_in,
        "row": row,
        "organisation": stand_in.organisation(row.organisation),
        "pairs": [(name, _written(value)) for name, value in row.fields.items() if value is not None],
    }
    return render(request, "sandbox/record.html", context)


def _obey(request: HttpRequest, stand_in: StandIn) -> None:
    """What a button of the page says: a fault's mode as `<fault>=<mode>`, or `do`."""
    for fault in _faults(stand_in):
        mode = request.POST.get(fault.key)
        if mode in dict(MODES):
            keeping.switch(stand_in, fault.key, str(mode))
    if request.POST.get("do") == "reset":
        keeping.reset(stand_in)
    if request.POST.get("do") == "disconnect":
        keeping.disconnect(stand_in)


def _faults(stand_in: StandIn) -> list[Fault]:
    possible = {*OF_ALL, *stand_in.faults}
    possible |= {*OF_TOKENS} if stand_in.oauth.token_paths else set()
    possible |= {*OF_FIXED_TOKENS} if stand_in.fixed_tokens else set()
    return [fault for fault in FAULTS if fault.key in possible]


def _switches(stand_in: StandIn) -> list[dict[str, Any]]:
    modes = keeping.modes(stand_in)
    return [
        {
            "fault": fault,
            "modes": [
                (mode, label, mode == modes.get(fault.key, "off"))
                for mode, label in MODES
                if mode != "once" or fault.key not in LASTING
            ],
        }
        for fault in _faults(stand_in)
    ]


def _shown(stand_in: StandIn, kind: Kind) -> dict[str, Any]:
    rows = StandInRecord.objects.filter(stand_in=stand_in.key, kind=kind.key)
    newest = rows.order_by("-pk")[:SHOWN]
    return {
        "kind": kind,
        "count": rows.count(),
        "rows": [
            {
                "row": row,
                "organisation": stand_in.organisation(row.organisation).name,
                "cells": [(heading, _written(row.fields.get(field))) for field, heading in kind.columns],
                "rest": [(name, value) for name, value in row.fields.items() if value not in (None, "")],
            }
            for row in newest
        ],
    }


def _written(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
