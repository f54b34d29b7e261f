"""Template tags and filters that every page may use: icons, the menu, tones, times, JSON for reading.

Loaded as a builtin of the template engine, so that no template needs a `{% load %}` for them.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

register = template.Library()

# What each state, outcome and verdict of the product says at a glance. Words that are not here are neutral.
TONES = {
    "good": {
        "accepts",
        "active",
        "applied",
        "delivered",
        "deployed",
        "done",
        "enabled",
        "live",
        "ok",
        "open",
        "passed",
        "success",
    },
    "info": {"accepted", "new", "released", "running", "sending", "testing", "waiting"},
    "warning": {
        "changed",
        "not deployed",
        "rate_limited",
        "rejected",
        "stopped",
        "unauthorized",
        "unavailable",
    },
    "bad": {"error", "failed", "failing", "failure", "misconfigured", "problem", "unknown", "unreachable"},
}


# --- Icons


@register.simple_tag
def icon(name: str, classes: str = "") -> str:
    """An icon of the lucide set, as tall as the text beside it. It is decoration: words must stand beside it."""
    return lucide(name, size=None, aria_hidden="true", **{"class": f"icon {classes}".rstrip()})


# --- The menu


class Place(NamedTuple):
    label: str
    icon: str
    url: str
    here: bool


# Label, icon, the page it opens, and how the names of the pages begin that belong to it.
PLACES = (
    ("Destinations", "send", "app:destination-list", "destination"),
    ("Connections", "plug", "app:connection-list", "connection"),
    ("Flows", "workflow", "app:flow-list", "flow"),
    ("Fields", "list-tree", "app:fields", "field"),
    ("Leads", "inbox", "app:lead-list", "lead"),
    ("Deliveries", "truck", "app:delivery-list", "delivery"),
    ("API keys", "key-round", "app:api-key-list", "api-key"),
    ("Account", "building-2", "app:account", "account"),
)


@register.simple_tag(takes_context=True)
def places(context: Context) -> list[Place]:
    """The entries of the menu. The present one is told by the URL's name, or by `section` in the page's context."""
    match = getattr(context.get("request"), "resolver_match", None)
    section = context.get("section") or (match.url_name if match else "") or ""
    return [
        Place(label, icon_name, url, section == begins or section.startswith(f"{begins}-"))
        for label, icon_name, name, begins in PLACES
        if (url := _url(name))
    ]


def _url(name: str) -> str:
    # A part of the product that an installation leaves out is absent from the menu.
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


# --- Words and tones


@register.filter
def tone(word: object) -> str:
    """`good`, `info`, `warning`, `bad` or `idle` for a state, an outcome, or the status of an HTTP answer."""
    if isinstance(word, int):
        return "good" if word < 300 else "warning" if word < 400 else "bad"
    text = str(word).lower()
    return next((name for name, words in TONES.items() if text in words), "idle")


@register.filter
def words(name: object) -> str:
    """A state or outcome as a person reads it: `rate_limited` is "Rate limited"."""
    text = str(name).replace("_", " ")
    return text[:1].upper() + text[1:]


@register.filter
def with_code(sentence: object) -> SafeString:
    """HTML of a sentence in which names stand between backticks: as code."""
    pieces = str(sentence).split("`")
    if len(pieces) % 2 == 0:
        return escape(sentence)
    marked = [
        format_html("<code>{}</code>", piece) if at % 2 else escape(piece) for at, piece in enumerate(pieces)
    ]
    return mark_safe("".join(marked))  # noqa: S308 - every piece was escaped above


@register.filter
def initials(name: object) -> str:
    """The first letters of a name or an address, at most two."""
    parts = [part for part in re.split(r"[\W_]+", str(name).partition("@")[0]) if part]
    return "".join(part[0] for part in parts[:2]).upper()


# --- Times


@register.filter
def ago(at: datetime, now: datetime | None = None) -> str:
    """How long ago, in a few characters; the day once that says more."""
    now = now or timezone.now()
    gone = now - at
    if gone < timedelta(seconds=2):
        return "just now" if gone > timedelta(seconds=-2) else f"in {_span(-gone)}"
    if gone < timedelta(days=7):
        return f"{_span(gone)} ago"
    return f"{at.day} {at:%b}" if at.year == now.year else f"{at.day} {at:%b %Y}"


def _span(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


@register.filter
def duration(ms: float) -> str:
    """Milliseconds as a person reads them: "412 ms", "10.0 s"."""
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


@register.filter
def moment(at: datetime) -> str:
    """The instant in full, in UTC."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %Y, %H:%M:%S} UTC"


# --- JSON and headers, for reading


_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*")(?P<colon>\s*:)?|(?P<literal>\b(?:true|false|null)\b)|(?P<figure>-?\d[\d.eE+-]*)'
)


@register.filter
def readable(value: object) -> SafeString:
    """HTML of a value for reading: JSON is indented and coloured, anything else stands as it is, escaped."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    try:
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        # An escaped lone surrogate becomes a real one here, which no page can carry.
        text = text.encode("utf-8", "replace").decode()
    except (ValueError, RecursionError):
        return escape(text)
    return _coloured(text)


def _coloured(text: str) -> SafeString:
    pieces, end = [], 0
    for match in _TOKEN.finditer(text):
        kind = "key" if match["colon"] else match.lastgroup
        token = match["string"] or match[0]
        pieces += [
            escape(text[end : match.start()]),
            f'<span class="{kind}">{escape(token)}</span>',
            match["colon"] or "",
        ]
        end = match.end()
    pieces.append(escape(text[end:]))
    return mark_safe("".join(pieces))  # noqa: S308 - every piece was escaped above


@register.filter
def header_pairs(headers: Mapping[str, Any] | Iterable[tuple[str, Any]] | None) -> list[tuple[str, Any]]:
    """Headers as pairs, whether they were kept as an object or as a list of pairs."""
    if not headers:
        return []
    return list(headers.items()) if isinstance(headers, Mapping) else [(pair[0], pair[1]) for pair in headers]
