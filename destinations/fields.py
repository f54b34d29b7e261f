"""Fields that people fill in, as data: forms, validation and masking derive from the same few lines."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from destinations import target_fields

Kind = Literal[
    "text", "secret", "url", "number", "choice", "boolean", "pairs", "secret_pairs", "target_fields"
]

MAX_PAIRS = 50


def _nothing_wrong(_: Any) -> str:
    return ""


def _nothing_wrong_together(_: Mapping[str, Any]) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field to fill in.

    Its value is a text, a number (kind `number`), true or false (`boolean`), a list of [name, value] (`pairs`,
    `secret_pairs`), or a list of what a receiver takes (`target_fields`, described there). `minimum` and `maximum` bound
    a number, `max_length` a text and each part of a pair. With `spaces_count`, a text of nothing but white space is not
    blank. `check` takes a value of the right kind and returns what else
    is wrong with it, or nothing. When a secret is replaced, the one before becomes the value of its field `previous`; a
    `boolean` that is true takes away what `forgets` names, and is false again. With `live_choices`, its choices are asked of the platform (`Setup.options`), and are
    others when one of the fields in `depends_on` changes. It is asked for, and looked at, only while the field that
    `only_for` names has the value there. One that `decides_host` says to whom the secrets beside it go: they are entered
    anew where that changes, but for a secret that is not sent (`is_sent`), such as one that signs.
    """

    key: str
    label: str
    kind: Kind = "text"
    help: str = ""
    required: bool = False
    spaces_count: bool = False
    default: Any = None
    choices: tuple[Choice, ...] = ()
    live_choices: bool = False
    depends_on: tuple[str, ...] = ()
    only_for: tuple[str, str] | None = None
    decides_host: bool = False
    is_sent: bool = True
    previous: str = ""
    forgets: str = ""
    placeholder: str = ""
    max_length: int = 2000
    minimum: float | None = None
    maximum: float | None = None
    check: Callable[[Any], str | None] = _nothing_wrong

    @property
    def is_secret(self) -> bool:
        """Stored encrypted, never shown again, masked wherever it turns up."""
        return self.kind in ("secret", "secret_pairs")

    def is_asked(self, values: Mapping[str, Any]) -> bool:
        """With these values of the fields around it."""
        return self.only_for is None or values.get(self.only_for[0]) == self.only_for[1]

    def problem(self, value: Any) -> str:
        """What is wrong with a value: a sentence, or ""."""
        if (
            value is None
            or value in ("", [])
            or (isinstance(value, str) and not self.spaces_count and not value.strip())
        ):
            return "Fill this in." if self.required else ""
        return _PROBLEMS[self.kind](self, value) or self.check(value) or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGroup:
    """Fields that belong on one page. `check` finds what is wrong with them only together, by field."""

    key: str
    label: str
    help: str = ""
    fields: tuple[FieldSpec, ...] = ()
    check: Callable[[Mapping[str, Any]], Mapping[str, str]] = _nothing_wrong_together

    def problems(self, values: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with these values, by field. Values of other groups may be among them."""
        return problems(self.fields, values) or dict(self.check(with_defaults(self.fields, values)))


def problems(fields: Iterable[FieldSpec], values: Mapping[str, Any]) -> dict[str, str]:
    fields = tuple(fields)
    given = with_defaults(fields, values)
    found = {field.key: field.problem(given[field.key]) for field in fields if field.is_asked(given)}
    return {key: sentence for key, sentence in found.items() if sentence}


def with_defaults(fields: Iterable[FieldSpec], values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields' values, with the default where none was given."""
    return {field.key: values.get(field.key, field.default) for field in fields}


def cleared(
    fields: Iterable[FieldSpec], before: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Any]:
    """The values, without those live choices that were made when what they depend on was another."""
    stale = {
        field.key
        for field in fields
        if field.live_choices
        and values.get(field.key) == before.get(field.key)
        and any((values.get(key) or "") != (before.get(key) or "") for key in field.depends_on)
    }
    return {key: None if key in stale else value for key, value in values.items()}


def goes_elsewhere(fields: Iterable[FieldSpec], before: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Do secrets go to another host with these values than they did before?"""
    fields = tuple(fields)
    return host(fields, before) != host(fields, values)


def host(fields: Iterable[FieldSpec], values: Mapping[str, Any]) -> str:
    """Where these values lead, in a form that can be compared; "" where they do not say it."""
    parts = [_host_of(spec, values.get(spec.key)) for spec in fields if spec.decides_host]
    return " ".join(parts) if any(parts) else ""


def _host_of(spec: FieldSpec, value: Any) -> str:
    text = str(value or spec.default or "").strip().lower()
    if spec.kind != "url" or not text:
        return text
    try:
        url = urlsplit(text)
        return f"{url.scheme}://{url.hostname}:{url.port or {'http': 80, 'https': 443}.get(url.scheme)}"
    except ValueError:
        return text


def split_secrets(
    fields: Iterable[FieldSpec], values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields' values apart: what may be shown, and what must be sealed."""
    fields = tuple(fields)
    given = with_defaults(fields, values)
    secret = {field.key for field in fields if field.is_secret}
    shown = {key: value for key, value in given.items() if key not in secret}
    return shown, {key: value for key, value in given.items() if key in secret}


# --- What may be wrong, by kind


def _text_problem(field: FieldSpec, value: Any) -> str:
    if not isinstance(value, str):
        return "This is not a text."
    if len(value) > field.max_length:
        return f"At most {field.max_length:,} characters."
    return "" if value.isprintable() else "Line breaks and control characters have no place here."


def _url_problem(field: FieldSpec, value: Any) -> str:
    if problem := _text_problem(field, value):
        return problem
    try:
        url = urlsplit(value)
        host, _ = url.hostname, url.port
    except ValueError:
        return "This is not an address."
    if url.scheme not in ("http", "https") or not host or " " in value:
        return "Write a whole address, such as https://example.com/leads."
    return (
        "An address has no user name or password here: authentication has its own page."
        if "@" in url.netloc
        else ""
    )


def _number_problem(field: FieldSpec, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "This is not a number."
    if field.minimum is not None and not value >= field.minimum:
        return f"At least {field.minimum:g}."
    return f"At most {field.maximum:g}." if field.maximum is not None and not value <= field.maximum else ""


def _choice_problem(field: FieldSpec, value: Any) -> str:
    if field.live_choices and isinstance(value, str):
        return ""
    return "" if value in [choice.value for choice in field.choices] else "Choose one of those offered."


def _boolean_problem(field: FieldSpec, value: Any) -> str:
    return "" if isinstance(value, bool) else "This is neither true nor false."


def _pairs_problem(field: FieldSpec, value: Any) -> str:
    if not isinstance(value, list) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in value
    ):
        return "This is not a list of names and values."
    if len(value) > MAX_PAIRS:
        return f"At most {MAX_PAIRS} of them."
    if not all(isinstance(name, str) and name.strip() for name, _ in value):
        return "Each needs a name."
    return next((problem for pair in value for part in pair if (problem := _text_problem(field, part))), "")


def _target_fields_problem(_: FieldSpec, value: Any) -> str:
    """The first of them; the form finds all, and shows each at its place."""
    found = target_fields.problems(value)
    if not found:
        return ""
    first = found[0]
    return f"Row {first.entry + 1}: {first.sentence}" if first.entry >= 0 else first.sentence


_PROBLEMS: dict[Kind, Callable[[FieldSpec, Any], str]] = {
    "text": _text_problem,
    "secret": _text_problem,
    "url": _url_problem,
    "number": _number_problem,
    "choice": _choice_problem,
    "boolean": _boolean_problem,
    "pairs": _pairs_problem,
    "secret_pairs": _pairs_problem,
    "target_fields": _target_fields_problem,
}
