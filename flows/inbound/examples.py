"""What a source's programmer copies: the same lead as a command, a form of a page, JSON and XML."""

import html
import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import orjson

from flows.inbound import formats
from leadconduit.leads.values import unflatten

THANKS = "https://www.example.com/thank-you"

# ASCII's part of what XML takes for the name of an element.
_ELEMENT = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


class Examples(NamedTuple):
    """Texts to copy. No `form` for a source that must show a key: a page cannot keep one to itself."""

    curl: str
    form: str
    json: str
    xml: str


def examples(url: str, lead: Mapping[str, str], *, with_key: bool) -> Examples:
    """For a lead as values by the ids of their fields."""
    return Examples(
        curl=_curl(url, lead, with_key=with_key),
        form="" if with_key else _form(url, lead),
        json=orjson.dumps(unflatten(lead.items()), option=orjson.OPT_INDENT_2).decode(),
        xml="\n".join(["<lead>", *_elements(unflatten(lead.items()), "  "), "</lead>"]),
    )


def _curl(url: str, lead: Mapping[str, str], *, with_key: bool) -> str:
    parts = [f"curl {shlex.quote(url)}"]
    if with_key:
        parts.append("--user 'API:YOUR_API_KEY'")
    parts.append(f"--header 'Accept: {formats.JSON}'")
    parts += [f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in lead.items()]
    return " \\\n  ".join(parts)


def _form(url: str, lead: Mapping[str, str]) -> str:
    labels = [f'  <label>{html.escape(name)} <input name="{html.escape(name)}"></label>' for name in lead]
    return "\n".join(
        [
            f'<form method="post" action="{html.escape(url)}">',
            f'  <input type="hidden" name="redir_url" value="{THANKS}">',
            *labels,
            "  <button>Send</button>",
            "</form>",
        ]
    )


def _elements(values: Mapping[str, Any], indent: str) -> Iterable[str]:
    for name, value in values.items():
        if not _ELEMENT.fullmatch(name):
            continue
        if isinstance(value, dict):
            yield from (f"{indent}<{name}>", *_elements(value, f"{indent}  "), f"{indent}</{name}>")
        else:
            yield f"{indent}<{name}>{escape(value)}</{name}>"
