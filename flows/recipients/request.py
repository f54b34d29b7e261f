"""The values of a module's properties become an HTTP request."""

import base64
from collections.abc import Collection, Iterable, Mapping

from flows.recipients.bodies import Unsendable, ascii_only, form_body, json_body, xml_body
from flows.recipients.mappings import PropertyMapping
from flows.recipients.modules import DEFAULT_SECONDS, FORM, JSON, QUERY, SECONDS, XML, Module
from flows.recipients.properties import OUTCOMES, flag_of, number_of
from flows.recipients.sealing import is_secret
from leadconduit.leads.template import Template
from leadconduit.leads.values import as_text, is_blank
from leadconduit.lib.masking import header_secrets
from leadconduit.lib.outbound import Request

KEPT = 256 * 1024
"""Bytes that are read of an answer."""

ACCEPT = "application/json, text/xml;q=0.9, application/xml;q=0.8, text/html;q=0.7, text/plain;q=0.6"
URL_ENCODED = "application/x-www-form-urlencoded"

Values = Mapping[str, object]


class NoUrl(Unsendable):
    """Nobody is to be asked about this lead: as with LeadConduit's modules, that is a skip."""


def build(module: Module, values: Values, secrets: Iterable[str] = ()) -> Request:
    """Of `values`, and of the credentials among them. Raises Unsendable."""
    method = as_text(values.get("method")).strip().upper() or module.methods[0]
    if method not in module.methods:
        raise Unsendable(f"The method must be {' or '.join(module.methods)}, not `{method[:20]}`.")
    on_match = as_text(values.get("outcome_on_match")).strip().lower()
    if on_match and on_match not in OUTCOMES:
        raise Unsendable(f"The outcome on match must be {' or '.join(OUTCOMES)}, not `{on_match[:20]}`.")
    url = _url(values)
    if module is QUERY:
        return _request(method, _with_query(url, form_body(_family(values, "parameter."))), values, secrets)
    content_type, body = _body(module, values)
    return _request(method, url, values, secrets, content_type, body)


def _url(values: Values) -> str:
    url = as_text(values.get("url")).strip()
    if not url:
        raise NoUrl("The URL is blank.")
    if not url.lower().startswith(("http://", "https://")):
        raise Unsendable("The URL must begin with http:// or https://.")
    return url


def _with_query(url: str, query: str) -> str:
    url = url.partition("#")[0]
    if not query:
        return url
    return url + ("" if url.endswith(("?", "&")) else "&" if "?" in url else "?") + query


def _body(module: Module, values: Values) -> tuple[str, bytes]:
    """The content type and the body."""
    if module is FORM:
        encode_names = flag_of(values.get("encode_form_field_names")) is not False
        body = form_body(_family(values, "form_field."), encode_names=encode_names)
        return f"{URL_ENCODED}; charset=utf-8", body.encode("utf-8", "replace")
    if module is JSON:
        document = json_body(_family(values, "json_property."))
        return _stuffed(values, "json_parameter", document) or ("application/json; charset=utf-8", document)
    assert module is XML
    document = xml_body(_family(values, "xml_path.")).encode("utf-8", "replace")
    return _stuffed(values, "xml_parameter", document) or ("text/xml; charset=utf-8", document)


def _stuffed(values: Values, key: str, document: bytes) -> tuple[str, bytes] | None:
    """The document as one parameter of a form, where its name is mapped."""
    name = as_text(values.get(key)).strip()
    if not name:
        return None
    pairs = [(name, document.decode()), *_family(values, "extra_parameter.")]
    return f"{URL_ENCODED}; charset=utf-8", form_body(pairs).encode("utf-8", "replace")


def _family(values: Values, prefix: str) -> list[tuple[str, object]]:
    plain = flag_of(values.get("send_ascii")) is True
    return [
        (name[len(prefix) :], ascii_only(value) if plain else value)
        for name, value in values.items()
        if name.startswith(prefix)
    ]


def _request(
    method: str,
    url: str,
    values: Values,
    secrets: Iterable[str],
    content_type: str = "",
    body: bytes = b"",
) -> Request:
    return Request(
        method,
        url,
        headers=_headers(values, content_type),
        body=body,
        timeout=_seconds(values),
        secrets=_secrets(values, secrets),
        keep=KEPT,
    )


def _headers(values: Values, content_type: str) -> tuple[tuple[str, str], ...]:
    """Those that are mapped win over ours."""
    mapped = [(name, as_text(value)) for name, value in _family(values, "header.") if not is_blank(value)]
    ours = [("Accept", ACCEPT)]
    if content_type:
        ours.append(("Content-Type", content_type))
    user, password = values.get("basic_username"), values.get("basic_password")
    if not is_blank(user) and not is_blank(password):
        pair = f"{as_text(user)}:{as_text(password)}".encode("utf-8", "replace")
        ours.append(("Authorization", f"Basic {base64.b64encode(pair).decode()}"))
    given = {name.lower() for name, _ in mapped}
    return (*(header for header in ours if header[0].lower() not in given), *mapped)


def longest_wait(mappings: Iterable[PropertyMapping]) -> float:
    """Seconds that asking takes at most, whatever the lead is."""
    longest: float = DEFAULT_SECONDS
    for mapping in mappings:
        if mapping.property == "timeout_seconds":
            seconds = _most_seconds(mapping.value)
            # Without a condition it takes the place of what stands before it.
            longest = seconds if mapping.rules is None else max(longest, seconds)
    return longest


def _most_seconds(value: object) -> float:
    if isinstance(value, Template) and value.paths:
        return SECONDS.stop - 1
    return _seconds({"timeout_seconds": value.render({}) if isinstance(value, Template) else value})


def _seconds(values: Values) -> float:
    number = number_of(values.get("timeout_seconds"))
    return DEFAULT_SECONDS if number is None else min(max(number, SECONDS.start), SECONDS.stop - 1)


def _secrets(values: Values, opened: Iterable[str]) -> tuple[str, ...]:
    """Each credential, also as `send_ascii` sends it, and of `Bearer abc` what stands behind the scheme as well."""
    found: list[tuple[str, object]] = [(name, value) for name, value in values.items() if is_secret(name)]
    return _as_sent(found, opened)


def account_secrets(values: Values, opened: Collection[str]) -> tuple[str, ...]:
    """Of `_secrets` those that are the account's own: `opened` are all that no lead has a part in."""
    own = set(opened)
    return _as_sent(
        [(name, value) for name, value in values.items() if is_secret(name) and as_text(value) in own], own
    )


def _as_sent(named: Iterable[tuple[str, object]], opened: Iterable[str]) -> tuple[str, ...]:
    found = [*named, *(("", secret) for secret in opened)]
    found += [(name, ascii_only(value)) for name, value in found]
    secrets = (header_secrets(name.removeprefix("header."), as_text(value)) for name, value in found)
    return tuple(dict.fromkeys(secret for several in secrets for secret in several))
