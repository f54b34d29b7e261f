import pytest

from destinations.mapping import MappingRow, problems


def test_rows_that_make_sense_have_no_problems() -> None:
    rows = [
        MappingRow("Email", "{{lead.email}}"),
        MappingRow("person.first name", "{{lead.first_name}}", "friend"),
        MappingRow("person.source", "", "web"),
        MappingRow("Email", "{{lead.work_email}}"),
    ]

    assert problems(rows) == []


@pytest.mark.parametrize(
    ("row", "field", "says"),
    [
        (MappingRow("", "x"), "target", "Name the field"),
        (MappingRow("a..b", "x"), "target", "empty part"),
        (MappingRow(" a", "x"), "target", "space"),
        (MappingRow("a\nb", "x"), "target", "line breaks"),
        (MappingRow("phones.0", "x"), "target", "not built yet"),
        (MappingRow("a" * 201, "x"), "target", "200"),
        (MappingRow(".".join("a" * 11), "x"), "target", "10 deep"),
        (MappingRow("a", "{{lead.email"), "template", "never closed by `}}`. (column 1)"),
        (MappingRow("a"), "template", "never send anything"),
        (MappingRow("a", "x", "y" * 10_001), "default", "10,000"),
    ],
)
def test_a_mistake_is_named_at_its_row_and_field(row: MappingRow, field: str, says: str) -> None:
    [(index, where, sentence)] = problems([MappingRow("fine", "x"), row])

    assert (index, where) == (1, field)
    assert says in sentence


@pytest.mark.parametrize("targets", [("a", "a.b"), ("a.b", "a"), ("a.b.c", "a"), ("a", "a.b.c")])
def test_a_field_cannot_hold_a_value_and_other_fields(targets: tuple[str, str]) -> None:
    [(index, field, sentence)] = problems([MappingRow(target, "x") for target in targets])

    assert (index, field) == (1, "target")
    assert all(f"`{target}`" in sentence for target in targets)
