"""What is wrong with a page, for the summary above it: each sentence leads to its field."""

from collections.abc import Iterator
from typing import NamedTuple

from django import forms


class Problem(NamedTuple):
    """A sentence, and the id of the element where it can be put right."""

    words: str
    at: str


def problems_of(form: forms.BaseForm, where: str = "") -> Iterator[Problem]:
    for field in form.visible_fields():
        # Choices and pairs have no input of their own: the link goes to their first.
        at = field.id_for_label or f"{field.auto_id}_0"
        for sentence in field.errors:
            yield Problem(f"{where}{field.label}: {sentence}", at)
