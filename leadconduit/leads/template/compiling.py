"""Compiles a template to nested functions of Python, once, so that rendering only calls them."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from leadconduit.leads.bounds import MAX_RESULT, BoundedWork, TooLong, spend
from leadconduit.leads.template.calls import Argument, Call, Evaluate, Notes, TemplateFunction
from leadconduit.leads.template.errors import TemplateError
from leadconduit.leads.template.formats import FORMAT_FUNCTIONS
from leadconduit.leads.template.hashes import HASH_FUNCTIONS
from leadconduit.leads.template.syntax import Expression, Function, Literal, Variable, parse
from leadconduit.leads.template.texts import TEXT_FUNCTIONS
from leadconduit.leads.values import Form, as_text, plain, walk

MAX_VARIABLES = 100
MAX_FUNCTIONS = 100
MAX_BACKTRACKING = 10

FUNCTIONS: Mapping[str, TemplateFunction] = {**FORMAT_FUNCTIONS, **TEXT_FUNCTIONS, **HASH_FUNCTIONS}


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template.

    `paths` are its variables, each once, in order; `backtracking` is how many of its patterns may take their time-out.
    """

    text: str
    paths: tuple[str, ...]
    _evaluate: Evaluate = field(compare=False, repr=False)
    backtracking: int = 0
    has_functions: bool = False

    def render(
        self, variables: Mapping[str, object], *, notes: list[str] | None = None, form: Form = "normal"
    ) -> object:
        """The result for these variables: a text or, for a template that is one expression, its very value.

        A variable alone keeps its type, without components; a function alone gives what it gives. An unknown path is
        None, and nothing inside a text. `form` is what typed values stand for. `notes` collects sentences for
        somebody trying the template out: what was no date, which pattern was too slow. Raises TooLong.
        """
        if not self.has_functions:
            return self._evaluate(variables, notes, form)
        with BoundedWork():
            return self._evaluate(variables, notes, form)


@lru_cache(maxsize=5_000)
def compile_template(text: str) -> Template:
    """Raises TemplateError for whatever cannot be rendered, with the column of the mistake.

    What was compiled is kept: a mapping is checked, counted and compiled, and its page does so at each stroke.
    """
    compiler = _Compiler()
    parts = [part if isinstance(part, str) else compiler.compile_alone(part) for part in parse(text)]
    return Template(
        text,
        tuple(dict.fromkeys(compiler.paths)),
        _whole(tuple(parts)),
        compiler.backtracking,
        compiler.functions > 0,
    )


def _whole(parts: tuple[str | Evaluate, ...]) -> Evaluate:
    if not parts:
        return _constant("")
    if len(parts) == 1:
        only = parts[0]
        return _constant(only) if isinstance(only, str) else only
    return _text(parts)


def _text(parts: tuple[str | Evaluate, ...]) -> Evaluate:
    def evaluate(variables: Mapping[str, object], notes: Notes, form: Form) -> str:
        texts = []
        length = 0
        for part in parts:
            text = part if isinstance(part, str) else part(variables, notes, form)
            if not isinstance(text, str):
                text = as_text(text)
                spend(len(text))
            length += len(text)
            if length > MAX_RESULT:
                raise TooLong
            texts.append(text)
        return "".join(texts)

    return evaluate


def _constant(value: str | float) -> Evaluate:
    return lambda *_: value


def _variable(path: str) -> Evaluate:
    parts = tuple(path.split("."))

    def evaluate(variables: Mapping[str, object], notes: Notes, form: Form) -> object:
        value = walk(variables, parts)
        return plain(value, form) if type(value) is dict or type(value) is list else value

    return evaluate


class _Compiler:
    """Compiles the expressions of one template, and counts what it has of each kind."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.functions = 0
        self.backtracking = 0

    def compile_alone(self, expression: Expression) -> Evaluate:
        if isinstance(expression, Literal):
            raise TemplateError(
                f"`{expression.source[:40]}` is no variable: what is always the same stands outside of the braces.",
                expression.column,
            )
        return self._compile(expression)

    def _compile(self, expression: Expression) -> Evaluate:
        if isinstance(expression, Literal):
            return _constant(expression.value)
        if isinstance(expression, Variable):
            if expression.path in FUNCTIONS:
                raise TemplateError(_alone(expression.path), expression.column)
            self._count([expression.path], expression.column)
            return _variable(expression.path)
        return self._call(expression)

    def _count(self, paths: list[str], column: int) -> None:
        self.paths += paths
        if len(self.paths) > MAX_VARIABLES:
            raise TemplateError(f"A template may have at most {MAX_VARIABLES} variables.", column)

    def _call(self, written: Function) -> Evaluate:
        function = FUNCTIONS.get(written.name)
        if function is None:
            raise TemplateError(_unknown(written), written.column)
        self.functions += 1
        if self.functions > MAX_FUNCTIONS:
            raise TemplateError(f"A template may have at most {MAX_FUNCTIONS} functions.", written.column)
        _check(written, function)
        call = Call(
            written.name,
            tuple(self._argument(value) for value in written.values),
            {option.name: self._argument(option.value) for option in written.options},
        )
        evaluate = function.build(call)
        self._count(call.paths, written.column)
        self.backtracking += sum(pattern.needs_backtracking for pattern in call.patterns)
        if self.backtracking > MAX_BACKTRACKING:
            raise TemplateError(
                f"A template may have at most {MAX_BACKTRACKING} patterns that look around or refer back.",
                written.column,
            )
        return evaluate

    def _argument(self, expression: Expression) -> Argument:
        return Argument(expression, self._compile(expression))


def _check(written: Function, function: TemplateFunction) -> None:
    """Are there as many values, and the options, that the function takes?"""
    name = written.name
    if not written.values:
        raise TemplateError(_alone(name), written.column)
    if len(written.values) > 1 and not function.takes_several:
        raise TemplateError(
            f"`{name}` takes one value, as in `{function.example}`.", written.values[1].column
        )
    for option in written.options:
        if option.name not in function.options:
            known = ", ".join(f"`{known}`" for known in function.options)
            its = f"it has {known}" if known else "it takes none"
            raise TemplateError(f"`{name}` has no option `{option.name[:40]}`: {its}.", option.column)
    for required in (option for option, is_required in function.options.items() if is_required):
        if all(option.name != required for option in written.options):
            raise TemplateError(
                f"`{name}` needs the option `{required}`, as in `{function.example}`.", written.column
            )


def _alone(name: str) -> str:
    return f"`{name}` is a function and needs a value, as in `{FUNCTIONS[name].example}`."


def _unknown(written: Function) -> str:
    name, source = written.name[:40], written.source[:40]
    if "." in name:
        return f"A variable's name has no blanks, and `{name}` is no function: `{source}` cannot be read."
    if close := difflib.get_close_matches(name, FUNCTIONS, n=1):
        return f"There is no function `{name}`: did you mean `{close[0]}`?"
    known = ", ".join(f"`{known}`" for known in (*FORMAT_FUNCTIONS, *TEXT_FUNCTIONS))
    return (
        f"There is no function `{name}`: there are {known} and the hashes, such as `sha256`. "
        "A variable's name has no blanks."
    )
