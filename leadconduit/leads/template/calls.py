"""What a function of a template is, and what it is given when a template is compiled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from leadconduit.leads.bounds import spend
from leadconduit.leads.patterns import Pattern, PatternError, compile_pattern
from leadconduit.leads.template.errors import TemplateError
from leadconduit.leads.template.syntax import Expression, Literal
from leadconduit.leads.values import Form, as_text

CALL = 20
"""What calling a function costs, in characters that are read."""

Notes = list[str] | None
Evaluate = Callable[[Mapping[str, object], Notes, Form], object]
"""Gives a value for these variables, and adds sentences to the notes where somebody wants them."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A value or an option's value: as it is written, and compiled."""

    expression: Expression
    evaluate: Evaluate

    @property
    def source(self) -> str:
        return (
            self.expression.source if len(self.expression.source) <= 40 else self.expression.source[:39] + "…"
        )

    @property
    def is_literal(self) -> bool:
        return isinstance(self.expression, Literal)

    def wrong(self, sentence: str, index: int | None = None) -> TemplateError:
        """The error for this argument or, in a text, for the character of this index."""
        column = self.expression.column
        if index is not None and isinstance(self.expression, Literal):
            column = self.expression.column_of(index)
        return TemplateError(sentence, column)


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a function. Whoever builds it adds to `paths` and `patterns` what it finds inside texts."""

    name: str
    values: tuple[Argument, ...]
    options: Mapping[str, Argument]
    paths: list[str] = field(default_factory=list)
    patterns: list[Pattern] = field(default_factory=list)

    def text(self, option: str) -> str | None:
        """An option that has to be known beforehand, or None where it is left out. Raises TemplateError."""
        argument = self.options.get(option)
        return None if argument is None else written_out(argument, f"The option `{option}`")

    def compile_pattern(self, text: str, argument: Argument, index: int) -> Pattern:
        """A pattern that begins at this index of the argument's text. Raises TemplateError."""
        try:
            pattern = compile_pattern(text)
        except PatternError as error:
            at = None if error.column is None else index + error.column - 1
            raise argument.wrong(error.sentence, at) from error
        self.patterns.append(pattern)
        return pattern


def written_out(argument: Argument, what: str) -> str:
    if isinstance(argument.expression, Literal) and isinstance(argument.expression.value, str):
        return argument.expression.value
    raise argument.wrong(f'{what} is a text that is written out, as in `"..."`.')


@dataclass(frozen=True, slots=True)
class TemplateFunction:
    """`options` says of each whether it has to be there; `build` raises TemplateError for what cannot be run."""

    example: str
    build: Callable[[Call], Evaluate]
    options: Mapping[str, bool]
    takes_several: bool = False


def text_of(value: object) -> str:
    """A value as a text that a function is about to read: that is work. Raises TooLong."""
    text = as_text(value)
    spend(len(text) + CALL)
    return text


def note(notes: Notes, sentence: str) -> None:
    if notes is not None:
        notes.append(sentence)
