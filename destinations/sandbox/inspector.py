"""Keeps the requests that it receives and shows them, newest first."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from destinations.models import InspectedRequest

KEPT = 200


@csrf_exempt
def inspector(request: HttpRequest) -> HttpResponse:
    """Reading it shows what came; anything else sent to its address is kept as well."""
    return _show(request) if request.method in ("GET", "HEAD") else _receive(request)


@csrf_exempt
def receive(request: HttpRequest, rest: str) -> HttpResponse:
    return _receive(request)


@require_safe
def _show(request: HttpRequest) -> HttpResponse:
    received = InspectedRequest.objects.order_by("-id")[:KEPT]
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse(
            [{"method": r.method, "path": r.path, "headers": r.headers, "body": r.body} for r in received],
            safe=False,
        )
    template = "sandbox/_requests.html" if getattr(request, "htmx", None) else "sandbox/inspector.html"
    return render(request, template, {"received": received[:50]})


def _receive(request: HttpRequest) -> HttpResponse:
    kept = InspectedRequest.objects.create(
        method=request.method or "",
        path=request.get_full_path(),
        headers={name.lower(): text for name, text in request.headers.items()},
        body=request.body.decode("utf-8", "replace").replace("\0", "\ufffd"),
    )
    InspectedRequest.objects.filter(pk__lte=kept.pk - KEPT).delete()
    return JsonResponse({"received": True, "id": str(kept.pk)})
