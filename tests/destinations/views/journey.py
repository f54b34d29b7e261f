"""The wizard as a browser without a script walks through it."""

from typing import Any

from django.test import Client

from destinations.models import Destination, DestinationRevision

HTMX = {"HX-Request": "true"}


def begin(page: Client) -> str:
    """Choose Custom Webhook; the address of the destination that was begun."""
    answer = page.post("/app/destinations/new/", {"integration": "webhook"})
    return answer.headers["Location"].removesuffix("setup/auth/")


def auth(**values: Any) -> dict[str, Any]:
    fields = {"placement": "header", "name": "X-Key", "key": "s3cret-key"} | values
    return {
        "scheme": "api_key",
        "shown": "api_key",
        **{f"api_key-{name}": text for name, text in fields.items()},
    }


def configuration(url: str = "https://receiver.example", *names: str, **values: Any) -> dict[str, Any]:
    fields = {
        "url": url,
        "method": "POST",
        "format": "json",
        "timeout": "10",
        "success_status": "2xx",
    } | values
    posted: dict[str, Any] = {f"of-{name}": text for name, text in fields.items()}
    posted["actions-count"] = len(names or ("Contacts",))
    for number, name in enumerate(names or ("Contacts",)):
        posted |= {
            f"action-{number}-id": "",
            f"action-{number}-name": name,
            f"action-{number}-path": "/c" if name else "",
        }
    return posted


def rows(destination: Destination, *written: tuple[str, str, str], action: int = 0) -> dict[str, Any]:
    name = f"rows-{draft(destination).actions[action]['id']}"
    posted: dict[str, Any] = {name: ["", *range(len(written))]}
    for number, row in enumerate(written):
        for field, text in zip(("target", "template", "default"), row, strict=True):
            posted[f"{name}-{number}-{field}"] = text
    return posted


def walk_to_test(page: Client, url: str) -> Destination:
    """Everything filled in, nothing tested."""
    base = begin(page)
    page.post(f"{base}setup/auth/", auth() | {"continue": "1"})
    page.post(f"{base}setup/configure/", configuration(url) | {"continue": "1"})
    destination = Destination.objects.latest("pk")
    email = rows(destination, ("email", "{{lead.email}}", ""))
    page.post(f"{base}setup/map/", email | {"continue": "1"})
    return destination


def draft(destination: Destination) -> DestinationRevision:
    found = DestinationRevision.objects.draft_of(destination)
    assert found is not None
    return found


def base_of(destination: Destination) -> str:
    return f"/app/destinations/{destination.instance_id}/"


def text_of(answer: Any) -> str:
    content: bytes = answer.content
    return content.decode()
