"""Holds answers of the API against an OpenAPI description of it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.cast import Answer

FORMATS = FormatChecker([])
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@FORMATS.checks("date-time")
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or TIME.fullmatch(value) is not None


@FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme and urlsplit(value).netloc)


class Description:
    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self._registry = Registry().with_resource("urn:spec", Resource.from_contents(spec, DRAFT202012))

    def describes(self, method: str, path: str, status: int) -> bool:
        responses = self.spec["paths"].get(path, {}).get(method.lower(), {}).get("responses", {})
        return str(status) in responses

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Each with its method and its path."""
        for path, item in self.spec["paths"].items():
            for method, operation in item.items():
                yield method.upper(), path, operation

    def problems(self, method: str, path: str, answer: Answer) -> list[str]:
        """What in an answer contradicts the description; `path` as it stands there, with its braces."""
        described = self.spec["paths"][path][method.lower()]["responses"][str(answer.status_code)]
        if "content" not in described:
            return [f"$: {answer.content!r} is more than nothing"] if answer.content else []
        place = f"#/paths/{_escaped(path)}/{method.lower()}/responses/{answer.status_code}"
        schema = {"$ref": f"urn:spec{place}/content/application~1json/schema"}
        validator = self._validator(schema)
        # Of alternatives, the one that it comes nearest to.
        nearest = [best_match([error]) or error for error in validator.iter_errors(answer.json())]
        return [f"{error.json_path}: {error.message[:500]}" for error in nearest]

    def allows(self, schema: Any, value: object) -> bool:
        """Whether a value is as one of the description's schemas has it."""
        return bool(self._validator(_rooted(schema)).is_valid(value))

    def _validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        return Draft202012Validator(schema, registry=self._registry, format_checker=FORMATS)


def _rooted(schema: Any) -> Any:
    """With references from outside of the description."""
    if isinstance(schema, list):
        return [_rooted(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: f"urn:spec{item}" if key == "$ref" and isinstance(item, str) else _rooted(item)
        for key, item in schema.items()
    }


def _escaped(path: str) -> str:
    return path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


# --- Which properties a description has, and which of them answers had


class Properties:
    """Of a description's successful answers: what may stand in them, and what of it did."""

    def __init__(self, description: Description) -> None:
        self._description = description
        self.declared: set[str] = set()
        self.seen: set[str] = set()
        self._named: set[str] = set()

    def look_at(self, method: str, path: str, answer: Answer) -> None:
        """Take the properties that the description has for this answer, and those that the answer has."""
        response = self._description.spec["paths"][path][method.lower()]["responses"][str(answer.status_code)]
        if "content" in response:
            schema = response["content"]["application/json"]["schema"]
            self._declare(schema, f"{method} {path}")
            self._see(schema, answer.json(), f"{method} {path}")

    def _resolved(self, schema: Any, at: str) -> tuple[dict[str, Any], str]:
        """The schema behind a reference, and what its properties are called by: the schema's own name."""
        while isinstance(schema, dict) and "$ref" in schema:
            at = schema["$ref"].rpartition("/")[2]
            schema = self._description.spec["components"]["schemas"][at]
        return (schema if isinstance(schema, dict) else {}), at

    def _declare(self, schema: Any, at: str) -> None:
        named = isinstance(schema, dict) and "$ref" in schema
        schema, at = self._resolved(schema, at)
        if named and at in self._named:
            return
        self._named |= {at} if named else set()
        for name, inner in schema.get("properties", {}).items():
            if f"{at}.{name}" not in self.declared:
                self.declared.add(f"{at}.{name}")
                self._declare(inner, f"{at}.{name}")
        for inner in _alternatives(schema):
            self._declare(inner, at)
        for kind in ("items", "additionalProperties"):
            if kind in schema:
                self._declare(schema[kind], at)

    def _see(self, schema: Any, value: object, at: str) -> None:
        schema, at = self._resolved(schema, at)
        for inner in _alternatives(schema):
            if self._description.allows(inner, value):
                self._see(inner, value, at)
        if isinstance(value, dict):
            known = schema.get("properties", {})
            for name, item in value.items():
                if name in known:
                    self.seen.add(f"{at}.{name}")
                self._see(
                    known.get(name, schema.get("additionalProperties")),
                    item,
                    f"{at}.{name}" if name in known else at,
                )
        elif isinstance(value, list):
            for item in value:
                self._see(schema.get("items"), item, at)


def _alternatives(schema: dict[str, Any]) -> list[Any]:
    return [inner for kind in ("oneOf", "anyOf", "allOf") for inner in schema.get(kind, [])]
