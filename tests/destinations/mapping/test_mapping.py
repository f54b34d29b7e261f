from typing import Any

import pytest

from destinations.mapping import MappingRow, compile_mapping
from leadconduit.leads.template import TemplateError

VARIABLES: dict[str, Any] = {
    "lead": {"email": "ada@example.com", "age": 36, "note": " ", "company": {"name": "Acme"}, "tags": ["a"]},
    "receipts": {"create-lead": {"id": "00Q1"}},
}


@pytest.mark.parametrize(
    ("rows", "payload"),
    [
        ([], {}),
        ([MappingRow("Email", "{{lead.email}}")], {"Email": "ada@example.com"}),
        ([MappingRow("age", "{{lead.age}}")], {"age": 36}),
        ([MappingRow("age", "{{lead.age}} years")], {"age": "36 years"}),
        ([MappingRow("tags", "{{lead.tags}}")], {"tags": ["a"]}),
        ([MappingRow("note", "{{lead.note}}")], {}),
        ([MappingRow("note", "{{lead.note}}", "none")], {"note": "none"}),
        ([MappingRow("note", "{{lead.note}}", " ")], {}),
        ([MappingRow("source", "web")], {"source": "web"}),
        ([MappingRow("lead_id", "{{receipts.create-lead.id}}")], {"lead_id": "00Q1"}),
        (
            [MappingRow("p.email", "{{lead.email}}"), MappingRow("p.job.at", "{{lead.company.name}}")],
            {"p": {"email": "ada@example.com", "job": {"at": "Acme"}}},
        ),
        ([MappingRow("p.job.at", "{{lead.nothing}}")], {}),
    ],
)
def test_rows_become_what_is_sent(rows: list[MappingRow], payload: dict[str, Any]) -> None:
    assert compile_mapping(rows).apply(VARIABLES) == payload


def test_the_later_row_wins() -> None:
    rows = [MappingRow("a", "first"), MappingRow("a", "{{lead.email}}")]

    assert compile_mapping(rows).apply(VARIABLES) == {"a": "ada@example.com"}


def test_a_later_row_that_comes_to_nothing_leaves_the_earlier_value() -> None:
    rows = [MappingRow("a", "first"), MappingRow("a", "{{lead.nothing}}")]

    assert compile_mapping(rows).apply(VARIABLES) == {"a": "first"}


@pytest.mark.parametrize(
    ("targets", "payload"),
    [
        (("a", "a.b"), {"a": {"b": "2"}}),
        (("a.b", "a"), {"a": "2"}),
        (("a.b", "a.c"), {"a": {"b": "1", "c": "2"}}),
    ],
)
def test_of_two_that_exclude_each_other_the_lower_counts(targets: tuple[str, str], payload: object) -> None:
    rows = [MappingRow(targets[0], "1"), MappingRow(targets[1], "2")]

    assert compile_mapping(rows).apply(VARIABLES) == payload


def test_the_lead_is_never_written_into() -> None:
    variables = {"lead": {"company": {"name": "Acme"}}}
    rows = [MappingRow("company", "{{lead.company}}"), MappingRow("company.size", "9")]

    compile_mapping(rows).apply(variables)

    assert variables == {"lead": {"company": {"name": "Acme"}}}


def test_a_template_that_cannot_be_read_is_not_compiled() -> None:
    with pytest.raises(TemplateError):
        compile_mapping([MappingRow("a", "{{")])
