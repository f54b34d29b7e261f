"""The functions that hash: one for each algorithm, under its name."""

from collections.abc import Mapping
from functools import partial

from leadconduit.leads import hashing
from leadconduit.leads.bounds import TooLong
from leadconduit.leads.template.calls import Call, Evaluate, Notes, TemplateFunction, text_of
from leadconduit.leads.values import Form, is_blank


def _hash(algorithm: str, call: Call) -> Evaluate:
    """The hash of the values one after another.

    Where there are variables and none of them has a value there is no hash either: receivers would take the hash of
    nothing for somebody.
    """
    encoding = call.text("encoding") or "hex"
    if encoding not in hashing.ENCODINGS:
        known = ", ".join(f"`{name}`" for name in hashing.ENCODINGS)
        raise call.options["encoding"].wrong(f"The option `encoding` is one of {known}.")
    values = [argument.evaluate for argument in call.values]
    variable = [index for index, argument in enumerate(call.values) if not argument.is_literal]
    salt = call.options["salt"].evaluate if "salt" in call.options else None

    def evaluate(variables: Mapping[str, object], notes: Notes, form: Form) -> str | None:
        texts = [text_of(value(variables, notes, form)) for value in values]
        if variable and all(is_blank(texts[index]) for index in variable):
            return None
        salted = text_of(salt(variables, notes, form)) if salt else ""
        try:
            return hashing.digest(algorithm, texts, salt=salted, encoding=encoding)
        except hashing.TooLongToHash as error:
            raise TooLong(error.sentence) from error

    return evaluate


HASH_FUNCTIONS = {
    algorithm: TemplateFunction(
        f"{{{{{algorithm} lead.email}}}}",
        partial(_hash, algorithm),
        {"salt": False, "encoding": False},
        takes_several=True,
    )
    for algorithm in hashing.ALGORITHMS
}
