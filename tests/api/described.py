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
        validator = Draft202012Validator(schema, registry=self._registry, format_checker=FORMATS)
        # Of alternatives, the one that it comes nearest to.
        nearest = [best_match([error]) or error for error in validator.iter_errors(answer.json())]
        return [f"{error.json_path}: {error.message[:500]}" for error in nearest]


def _escaped(path: str) -> str:
    return path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
