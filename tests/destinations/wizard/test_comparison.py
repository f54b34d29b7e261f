"""What a changed mapping would have made of leads of before. Nothing here touches a database."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest

from destinations.wizard.comparison import (
    MOST_CHARACTERS,
    MOST_FIELDS,
    MOST_LEADS,
    Comparison,
    FieldChange,
    FieldCount,
    compare,
)

Row = dict[str, Any]


def row(target: str = "email", template: str = "{{lead.email}}", **parts: Any) -> Row:
    return {"target": target, "template": template, **parts}


def action(*rows: Row, id: str = "a", name: str = "Contacts") -> dict[str, Any]:
    return {"id": id, "action_id": id, "name": name, "configuration": {}, "mapping": list(rows)}


def document(*actions: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"actions": list(actions), **parts}


def lead(number: int = 1, action: str = "a", **values: Any) -> tuple[str, str, dict[str, Any]]:
    return action, f"{number:024x}", {"lead": values or {"email": f"{number}@x.co"}}


LEADS = [lead(number) for number in range(50)]


def compared(
    before: Sequence[Row],
    after: Sequence[Row],
    leads: Sequence[tuple[str, str, Mapping[str, Any]]] = LEADS,
    required: Collection[str] = (),
) -> Comparison:
    return compare(leads, document(action(*before)), document(action(*after)), required={"a": required})


def only_change(*args: Any, **options: Any) -> Any:
    found = compared(*args, **options)
    assert (found.same, found.changed) == (0, 1)
    return found.leads[0]


def test_what_makes_no_difference_to_any_lead() -> None:
    found = compared([row()], [row(template="{{ lead.email }}", default="none")])

    assert (found.compared, found.same, found.changed, found.fields, found.leads) == (50, 50, 0, (), ())


def test_leads_that_stay_and_leads_that_change() -> None:
    leads = [lead(number, email="a@x.co", state="CA" if number < 7 else "") for number in range(50)]

    found = compared([row()], [row(), row("state", "{{lead.state}}")], leads)

    assert (found.same, found.changed, found.worse) == (43, 7, 0)
    assert found.fields == (FieldCount("Contacts", "state", 7),)
    assert found.leads[0].fields == (FieldChange("state", None, "CA"),)
    assert [change.lead_id for change in found.leads] == [f"{number:024x}" for number in range(7)]


def test_the_fields_that_change_most_come_first() -> None:
    leads = [lead(1, email="a"), lead(2, email="b", city="Reno")]

    found = compared([row()], [row("mail"), row("city", "{{lead.city}}")], leads)

    assert found.fields == (
        FieldCount("Contacts", "mail", 2),
        FieldCount("Contacts", "email", 2),
        FieldCount("Contacts", "city", 1),
    )


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ([row()], [row(template="<{{lead.email}}>")], FieldChange("email", "a@x.co", "<a@x.co>")),
        ([row("to.email")], [row("to.email", template="x")], FieldChange("to.email", "a@x.co", "x")),
        ([row(), row("n", "{{lead.n}}")], [row()], FieldChange("n", "1", None)),
        ([row("n", "{{lead.n}}")], [row("n", "1", literal=True)], FieldChange("n", "1", '"1"')),
        ([row("tags", "{{lead.tags}}")], [row("tags", "{{lead.more}}")], FieldChange("tags.1", "b", "c")),
        ([row("tags", "{{lead.none}}"), row()], [row("tags", "{{lead.tags}}"), row()], FieldChange("tags.0", None, "a")),
    ],
)  # fmt: skip
def test_a_field_before_and_after(before: list[Row], after: list[Row], change: FieldChange) -> None:
    one = lead(1, email="a@x.co", n=1, tags=["a", "b"], more=["a", "c"])

    assert only_change(before, after, [one]).fields[0] == change


def test_long_values_are_cut_around_the_place_where_they_part() -> None:
    one = lead(1, a="x" * 5000 + "OLD" + "y" * 5000, b="x" * 5000 + "NEW" + "y" * 5000)

    (field,) = only_change([row("f", "{{lead.a}}")], [row("f", "{{lead.b}}")], [one]).fields

    assert "OLD" in field.before
    assert "NEW" in field.after
    assert max(len(field.before), len(field.after)) <= MOST_CHARACTERS + 2


def test_a_required_field_that_would_be_blank_is_pointed_out() -> None:
    leads = [lead(1, email="a@x.co"), lead(2, email="b@x.co", mail="b@x.co"), lead(3, other="")]

    found = compared([row()], [row(template="{{lead.mail}}")], leads, required={"email"})

    assert [(change.lead_id[-1], change.missing) for change in found.leads] == [("1", ("email",))]
    assert (found.same, found.worse) == (2, 1)


def test_the_worse_come_first() -> None:
    fine = [lead(number, email="a@x.co", mail="b@x.co") for number in range(30)]

    found = compared(
        [row()], [row(template="{{lead.mail}}")], [*fine, lead(99, email="c@x.co")], required={"email"}
    )

    assert found.worse == 1
    assert [bool(change.missing) for change in found.leads[:3]] == [True, False, False]


def test_what_could_not_be_sent_any_more_says_why_and_what_could_be_again() -> None:
    broken = [row(template="{{lead.email")]

    worse, better = only_change([row()], broken, [lead()]), only_change(broken, [row()], [lead()])

    assert (worse.problem, worse.mended, worse.fields) == (
        "The field mapping has a mistake: put it right first.", "", (),
    )  # fmt: skip
    assert (better.problem, better.mended) == ("", "The field mapping has a mistake: put it right first.")
    assert compared(broken, broken).same == 50


def test_look_up_tables_of_each_side_are_its_own() -> None:
    rows = [row("state", "{{lead.state}}", transformations=[{"use": "lookup", "table": "States"}])]
    before, after = (
        document(action(*rows), tables=[{"name": "States", "rows": [["CA", name]]}])
        for name in ("Calif", "California")
    )

    found = compare([lead(1, state="CA")], before, after, required={})

    assert found.leads[0].fields == (FieldChange("state", "Calif", "California"),)


def test_actions_that_only_one_side_has_are_named_and_not_compared() -> None:
    before = document(action(row()), action(row(), id="old", name="Old"))
    after = document(action(row()), action(row(), id="new", name="New"))
    leads = [lead(1), lead(2, action="old"), lead(3, action="gone before")]

    found = compare(leads, before, after, required={})

    assert (found.added, found.removed) == (("New",), ("Old",))
    assert (found.compared, found.without_action) == (1, 1)


# --- Bounds


def test_what_is_shown_is_bounded_and_what_is_counted_is_not() -> None:
    rows = [row(f"f{number}") for number in range(40)]

    found = compared([row()], [row(), *rows])

    assert (found.changed, len(found.leads), len(found.fields)) == (50, MOST_LEADS, 40)
    assert (len(found.leads[0].fields), found.leads[0].more_fields) == (MOST_FIELDS, 40 - MOST_FIELDS)


def test_when_the_time_is_over_the_rest_is_left_out() -> None:
    seconds = iter(range(100))

    found = compare(
        LEADS, document(action(row())), document(action(row())), required={}, clock=lambda: next(seconds)
    )

    assert (found.compared, found.left_out) == (3, 47)


def test_what_is_counted_are_deliveries_of_leads_to_actions() -> None:
    leads = [lead(number, of) for number in range(3) for of in "ab"]
    before, after = (document(action(row(target)), action(row(target), id="b")) for target in ("x", "y"))

    found = compare(leads, before, after, required={})

    assert (found.compared, found.different_leads, found.actions) == (6, 3, 2)


@pytest.mark.parametrize(
    ("values", "called"),
    [
        (
            {"first_name": "Ada", "email": {"normal": "ada@x.co", "raw": "Ada@x.co ", "valid": True}},
            "ada@x.co",
        ),
        ({"company": {"name": "Acme"}, "tags": ["a"], "city": " ", "first_name": "Ada"}, "Ada"),
        ({"note": "x" * 200}, "x" * 60),
        ({"company": {"name": "Acme"}}, ""),
    ],
)
def test_a_lead_is_called_by_its_address_or_its_first_value(values: dict[str, Any], called: str) -> None:
    assert only_change([row(template="1")], [row(template="2")], [lead(**values)]).called == called
