"""Templates: text with `{{ path }}` in it. Compiled once, rendered often."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from leadconduit.leads.values import as_text, walk

MAX_LENGTH = 10_000
MAX_VARIABLES = 100

_PATH = re.compile(r"[\w$-]+(?:\.[\w$-]+)*")


class TemplateError(ValueError):
    """A template that cannot be read. `sentence` says why, `column` (from 1) where."""

    def __init__(self, sentence: str, column: int) -> None:
        super().__init__(f"{sentence} (column {column})")
        self.sentence = sentence
        self.column = column


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template. Its parts are literal texts and, as tuples, the paths between them."""

    text: str
    parts: tuple[str | tuple[str, ...], ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of its variables, each once, in order."""
        return tuple(dict.fromkeys(".".join(part) for part in self.parts if isinstance(part, tuple)))

    def render(self, variables: Mapping[str, object]) -> object:
        """The result for these variables: a text, or, for a template that is one variable, its very value.

        An unknown path gives None, and nothing inside a text.
        """
        if len(self.parts) == 1:
            only = self.parts[0]
            return only if isinstance(only, str) else walk(variables, only)
        return "".join(
            part if isinstance(part, str) else as_text(walk(variables, part)) for part in self.parts
        )


def is_path(text: str) -> bool:
    """Is this the name of a variable, as it stands between braces?"""
    return _PATH.fullmatch(text) is not None


def compile_template(text: str) -> Template:
    """Raises TemplateError for what is not plain text and single variables."""
    if len(text) > MAX_LENGTH:
        raise TemplateError(f"A template may have at most {MAX_LENGTH:,} characters.", MAX_LENGTH + 1)
    parts: list[str | tuple[str, ...]] = []
    position = 0
    while (opened := text.find("{{", position)) >= 0:
        closed = text.find("}}", opened)
        if closed < 0:
            raise TemplateError("The braces `{{` are never closed by `}}`.", opened + 1)
        parts += text[position:opened], _path(text[opened + 2 : closed], opened + 1)
        position = closed + 2
        if len(parts) > 2 * MAX_VARIABLES:
            raise TemplateError(f"A template may have at most {MAX_VARIABLES} variables.", opened + 1)
    parts.append(text[position:])
    return Template(text, tuple(part for part in parts if part) or ("",))


def _path(inside: str, column: int) -> tuple[str, ...]:
    path = inside.strip()
    if not is_path(path):
        raise TemplateError(_what_is_wrong_with(path), column)
    return tuple(path.split("."))


def _what_is_wrong_with(inside: str) -> str:
    if not inside:
        return "There is no variable between the braces: write one, as in `{{lead.email}}`."
    if "{{" in inside:
        return "The braces `{{` are opened again before they are closed."
    first = inside.split(maxsplit=1)[0][:40]
    if first[0] == "{":
        return "Three braces have no meaning here: write two, as in `{{lead.email}}`."
    if first[0] in "#/^>&!":
        return f"Blocks such as `{first}` are not run yet: write one variable between the braces."
    if is_path(first):
        return f"Functions such as `{first}` are not run yet: write one variable between the braces."
    return f"`{inside[:40]}` is not a variable: write names with dots between them, as in `lead.email`."
