"""The step that maps fields, as a browser without a script uses it."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from destinations import configured, wizard
from destinations.mapping import MappingRow, Table
from destinations.mapping.rows import MAX_ROWS
from destinations.models import Destination
from flows import intake
from leadconduit.accounts.models import Account, CustomField, User
from tests.destinations.views.journey import HTMX, base_of, begin, configuration, draft, rows, text_of
from tests.factories import NOON, DestinationFactory, EntityFactory, FlowFactory, source_of
from tests.pages import fields_of

FIELDS = (
    ("email", "E-mail", "email", "", ""),
    ("phone", "Phone", "phone", "12", ""),
    ("rating", "Rating", "choice", "", "Hot, Cold"),
)
"""What the receiver declares; the first two are required."""


@pytest.fixture
def mapping(page: Client) -> Destination:
    """A receiver that takes whatever it is sent."""
    return _set_up(page, {})


@pytest.fixture
def declared(page: Client) -> Destination:
    """A receiver that says what it takes."""
    return _set_up(page, _declared())


def _set_up(page: Client, fields: dict[str, Any]) -> Destination:
    base = begin(page)
    page.post(f"{base}setup/auth/", {"scheme": "none", "shown": "none", "continue": "1"})
    page.post(f"{base}setup/configure/", configuration() | fields | {"continue": "1"})
    return Destination.objects.get()


def _declared() -> dict[str, Any]:
    columns = zip(("key", "label", "type", "max_length", "choices"), zip(*FIELDS, strict=True), strict=True)
    posted: dict[str, Any] = {f"action-0-fields-{name}": list(values) for name, values in columns}
    return posted | {"action-0-fields-required": ["0", "1"]}


def post(page: Client, destination: Destination, *parts: dict[str, Any], **more: Any) -> str:
    data = {key: value for part in parts for key, value in part.items()} | more
    return text_of(page.post(f"{base_of(destination)}setup/map/", data))


def change(verb: str, destination: Destination, rest: str = "") -> dict[str, str]:
    """A button: of the action, or of a row by its number."""
    action = action_of(destination)
    about = action if verb == "add" else f"rows-{action}-{rest}"
    return {"change": f"{verb} {about} {rest}".strip() if verb == "add" else f"{verb} {about}"}


def action_of(destination: Destination) -> str:
    id: str = draft(destination).actions[0]["id"]
    return id


def saved(destination: Destination) -> list[MappingRow]:
    return configured.rows_of(draft(destination).actions[0])


def tables(destination: Destination) -> list[Table]:
    return configured.tables_of(draft(destination).document)


def targets(destination: Destination) -> list[str]:
    return [row.target for row in saved(destination)]


ONE_TWO_THREE = (("a", "1", ""), ("b", "2", ""), ("c", "3", ""))


# --- Rows


def test_a_row_is_added_below_those_that_are_kept(page: Client, mapping: Destination) -> None:
    shown = post(page, mapping, rows(mapping, ("email", "{{lead.email}}", "")), change("add", mapping))

    assert f'name="rows-{action_of(mapping)}" value="1"' in shown
    assert targets(mapping) == ["email"]


def test_the_cursor_goes_to_the_row_that_was_added(page: Client, mapping: Destination) -> None:
    shown = post(page, mapping, rows(mapping, ("email", "{{lead.email}}", "")), change("add", mapping))

    focused = next(tag for tag in shown.split("<") if "autofocus" in tag)
    assert f'id="id_rows-{action_of(mapping)}-1-target"' in focused


def test_a_row_that_was_removed_is_brought_back_as_it_was(page: Client, mapping: Destination) -> None:
    url = f"{base_of(mapping)}setup/map/"
    one = MappingRow("b", "1")
    mappings = {action_of(mapping): [one, RICH, one]}
    wizard.save_mapping(destination=mapping, mappings=mappings, by=None, now=NOON)

    removed = post(page, mapping, fields_of(text_of(page.get(url))), change("remove", mapping, "1"))
    assert "Row 2, <code>a</code>, is removed." in removed
    assert saved(mapping) == [one, one]

    page.post(url, fields_of(removed) | {"change": f"bring-back {action_of(mapping)} 1"})
    assert saved(mapping) == [one, RICH, one]


@pytest.mark.parametrize(
    ("verb", "row", "left", "focus"),
    [
        ("remove", "1", ["a", "c"], "1-remove"),
        ("remove", "2", ["a", "b"], "1-remove"),
        ("up", "2", ["a", "c", "b"], "1-up"),
        ("up", "1", ["b", "a", "c"], "0-down"),
        ("down", "1", ["a", "c", "b"], "2-up"),
        ("down", "2", ["a", "b", "c"], "2-up"),
        ("down", "17", ["a", "b", "c"], ""),
    ],
)
def test_rows_are_moved_and_removed_and_the_cursor_stays(
    page: Client, mapping: Destination, verb: str, row: str, left: list[str], focus: str
) -> None:
    shown = post(page, mapping, rows(mapping, *ONE_TWO_THREE), change(verb, mapping, row))

    assert targets(mapping) == left
    focused = [tag for tag in shown.split("<") if "autofocus" in tag]
    assert len(focused) == bool(focus)
    assert not focus or f'id="rows-{action_of(mapping)}-{focus}"' in focused[0]


def test_the_order_of_rows_is_that_of_the_page(page: Client, mapping: Destination) -> None:
    posted = rows(mapping, *ONE_TWO_THREE) | {f"rows-{action_of(mapping)}": ["", "2", "0", "1"]}

    post(page, mapping, posted, change="order")

    assert targets(mapping) == ["c", "a", "b"]


def test_as_many_rows_as_there_can_be_are_posted(page: Client, mapping: Destination) -> None:
    posted = rows(mapping, *[(f"field_{number}", "x", "") for number in range(MAX_ROWS)])
    prefix = f"rows-{action_of(mapping)}"
    for number in range(MAX_ROWS):
        posted |= {f"{prefix}-{number}-{name}": "" for name in ("open", "add-step")}
        posted |= {f"{prefix}-{number}-sends": "normal"}

    post(page, mapping, posted, {"to": "exit"})

    assert len(saved(mapping)) == MAX_ROWS


def test_actions_that_the_page_did_not_have_keep_their_rows(page: Client, mapping: Destination) -> None:
    post(page, mapping, rows(mapping, ("a", "1", "")))

    post(page, mapping, {"to": "exit"})

    assert targets(mapping) == ["a"]


def test_a_wrong_row_is_named_in_the_summary_and_beside_it(page: Client, mapping: Destination) -> None:
    shown = post(page, mapping, rows(mapping, ("email", "{{lead.email", "")), {"continue": "1"})

    action = action_of(mapping)
    assert f'<a href="#id_rows-{action}-0-template">Contacts, row 1, template:' in shown
    assert "(column 1)" in shown
    assert f'id="id_rows-{action}-0-template_error"' in shown
    assert saved(mapping) == [MappingRow("email", "{{lead.email")]


def test_problems_stand_at_their_rows_with_blank_ones_between(page: Client, mapping: Destination) -> None:
    posted = rows(mapping, ("a", "1", ""), ("", "", ""), ("b", "{{", ""))

    shown = post(page, mapping, posted, {"continue": "1"})

    assert f'href="#id_rows-{action_of(mapping)}-2-template"' in shown


def test_a_button_of_a_row_brings_its_action_alone(page: Client, mapping: Destination) -> None:
    posted = rows(mapping, *ONE_TWO_THREE) | change("remove", mapping, "0")

    answer = page.post(f"{base_of(mapping)}setup/map/", posted, headers=HTMX)

    assert answer.headers["HX-Retarget"] == f"#action-{action_of(mapping)}"
    assert "<form" not in text_of(answer)
    assert targets(mapping) == ["b", "c"]


def test_leaving_says_how_many_fields_are_not_right_yet(page: Client, declared: Destination) -> None:
    shown = page.post(
        f"{base_of(declared)}setup/map/",
        rows(declared, ("email", "{{lead.email", "")) | {"to": "exit"},
        follow=True,
    )

    assert "2 fields need attention before the draft can be used" in text_of(shown)


def test_who_comes_back_is_told_at_the_fields_and_by_no_summary(page: Client, declared: Destination) -> None:
    post(page, declared, rows(declared, ("email", "{{lead.email", "")), {"to": "exit"})

    shown = text_of(page.get(f"{base_of(declared)}setup/map/"))

    assert "error-summary" not in shown
    assert "never closed" in shown
    assert shown.count("The receiver needs") == 0
    assert "2 fields need attention" in shown
    assert f'href="#rows-{action_of(declared)}-0"' in shown


# --- What was saved from elsewhere meanwhile


def save_elsewhere(destination: Destination, *wanted: MappingRow, action: int = 0) -> None:
    mappings = {draft(destination).actions[action]["id"]: wanted}
    wizard.save_mapping(destination=destination, mappings=mappings, by=None, now=NOON)


def test_nothing_is_saved_over_what_the_page_did_not_show_unless_it_is_wanted(
    page: Client, mapping: Destination
) -> None:
    url = f"{base_of(mapping)}setup/map/"
    mine = fields_of(text_of(page.get(url))) | rows(mapping, ("mine", "1", ""))
    save_elsewhere(mapping, MappingRow("theirs", "2"))

    refused = page.post(url, mine | {"continue": "1"})

    shown = text_of(refused)
    assert refused.status_code == 422
    assert "Nothing was saved." in shown
    assert 'value="mine"' in shown
    assert targets(mapping) == ["theirs"]

    over = re.search(r'name="over" value="(\w+)"', shown)
    assert over
    again = fields_of(shown)
    assert "Nothing was saved." in text_of(page.post(url, again | {"continue": "1"}))
    page.post(url, again | {"over": over[1]})
    assert targets(mapping) == ["mine"]


def test_what_may_be_saved_over_is_what_was_said_and_nothing_newer(
    page: Client, mapping: Destination
) -> None:
    url = f"{base_of(mapping)}setup/map/"
    mine = fields_of(text_of(page.get(url))) | rows(mapping, ("mine", "1", ""))
    save_elsewhere(mapping, MappingRow("theirs", "2"))
    over = re.search(r'name="over" value="(\w+)"', text_of(page.post(url, mine)))
    assert over
    save_elsewhere(mapping, MappingRow("newer", "3"))

    page.post(url, mine | {"over": over[1]})

    assert targets(mapping) == ["newer"]


def test_who_changed_nothing_is_not_in_anybodys_way(page: Client, mapping: Destination) -> None:
    url = f"{base_of(mapping)}setup/map/"
    save_elsewhere(mapping, MappingRow("a", "1"))
    mine = fields_of(text_of(page.get(url)))
    save_elsewhere(mapping, MappingRow("theirs", "2"))

    answer = page.post(url, mine | {"continue": "1"})

    assert answer.status_code == 302
    assert targets(mapping) == ["theirs"]


def test_different_actions_are_changed_at_the_same_time(page: Client, acme: Account) -> None:
    destination = DestinationFactory.create(account=acme, actions=["One", "Two"], draft=True)
    url = f"{base_of(destination)}setup/map/"
    mine = fields_of(text_of(page.get(url))) | rows(destination, ("mine", "1", ""))
    save_elsewhere(destination, MappingRow("theirs", "2"), action=1)

    page.post(url, mine)

    assert [action["mapping"][0]["target"] for action in draft(destination).actions] == ["mine", "theirs"]


def test_saving_one_after_the_other_on_one_page_is_nobody_else(page: Client, mapping: Destination) -> None:
    url = f"{base_of(mapping)}setup/map/"
    shown = text_of(page.get(url))

    for target in ("a", "b"):
        posted = fields_of(shown) | rows(mapping, (target, "1", "")) | change("add", mapping)
        shown = text_of(page.post(url, posted))
        assert targets(mapping) == [target]


# --- What a row can do besides


def with_row(destination: Destination, **fields: Any) -> dict[str, Any]:
    prefix = f"rows-{action_of(destination)}-0"
    return rows(destination, ("a", "{{lead.email}}", "")) | {
        f"{prefix}-{name.replace('_', '-')}": value for name, value in fields.items()
    }


def test_everything_of_a_row_is_kept_as_it_was_posted(page: Client, mapping: Destination) -> None:
    posted = with_row(
        mapping,
        default="none",
        sends="raw",
        t=["0", "1"],
        t0_use="trim",
        t1_use="suffix",
        t1_text=" x ",
        rules="rule",
        rules_op="or",
        rules_0_lhv="lead.state",
        rules_0_op="is equal to",
        rules_0_rhv="TX",
    )

    post(page, mapping, posted)

    assert saved(mapping) == [
        MappingRow(
            "a",
            "{{lead.email}}",
            "none",
            transformations=({"use": "trim"}, {"use": "suffix", "text": " x "}),
            rule_set={"op": "or", "rules": [{"lhv": "lead.state", "op": "is equal to", "rhv": "TX"}]},
            sends="raw",
        )
    ]


RICH = MappingRow(
    "a",
    "{{lead.email}}",
    " none ",
    literal=True,
    transformations=(
        {"use": "hash", "algorithm": "md5"},
        {"use": "truncate", "length": 3},
        {"use": "suffix", "text": " x "},
    ),
    rule_set={
        "op": "or",
        "rules": [
            {"lhv": "lead.state", "op": "is included in", "rhv": ["TX", "OH"]},
            {"op": "and", "rules": [{"lhv": "lead.city", "op": "is not blank"}]},
        ],
    },
    sends="raw",
)


@pytest.mark.parametrize("is_open", [True, False])
def test_what_is_shown_saves_as_the_same_with_its_options_folded_or_not(
    page: Client, mapping: Destination, is_open: bool
) -> None:
    url = f"{base_of(mapping)}setup/map/"
    mappings = {action_of(mapping): [RICH]}
    wizard.save_mapping(destination=mapping, mappings=mappings, by=None, now=NOON)
    shown = text_of(page.get(url))
    if is_open:
        shown = text_of(page.post(url, fields_of(shown) | change("options", mapping, "0")))
    assert ('<details class="mapping-options" open' in shown) is is_open

    page.post(url, fields_of(shown) | {"to": "exit"})

    assert saved(mapping) == [RICH]


def test_options_come_alone_when_they_are_asked_for(page: Client, mapping: Destination) -> None:
    before = draft(mapping).changed_at

    posted = with_row(mapping, default="none") | change("options", mapping, "0")
    answer = text_of(page.post(f"{base_of(mapping)}setup/map/", posted, headers=HTMX))

    assert answer.lstrip().startswith("<details")
    assert 'value="none"' in answer
    assert draft(mapping).changed_at == before


def test_a_transformation_is_added_moved_and_removed(page: Client, mapping: Destination) -> None:
    def used() -> list[str]:
        return [step["use"] for step in saved(mapping)[0].transformations]

    post(page, mapping, with_row(mapping, add_step="trim"), change("add-step", mapping, "0"))
    assert used() == ["trim"]

    two = with_row(mapping, t=["0", "1"], t0_use="trim", t1_use="digits")
    post(page, mapping, two, change("step-up", mapping, "0 1"))
    assert used() == ["digits", "trim"]

    post(page, mapping, two, change("drop-step", mapping, "0 0"))
    assert used() == ["digits"]


def test_a_condition_is_added_and_removed(page: Client, mapping: Destination) -> None:
    shown = post(page, mapping, with_row(mapping), change("add-rule", mapping, "0"))
    assert "all of these match" in shown
    assert saved(mapping)[0].rule_set == {"op": "and", "rules": [{"lhv": "", "op": "is equal to"}]}

    one = with_row(mapping, rules=["rule"], rules_0_lhv="lead.state", rules_0_op="is blank")
    post(page, mapping, one, change("add-group", mapping, "0"))
    condition = saved(mapping)[0].rule_set
    assert condition
    assert condition["rules"][1]["op"] == "or"

    post(page, mapping, one, change("drop", mapping, "0 rules.0"))
    assert saved(mapping)[0].rule_set is None


def test_a_condition_offers_what_fits_the_type_of_a_field_of_the_accounts_own(
    page: Client, mapping: Destination
) -> None:
    own = CustomField.make(account=mapping.account, name="Roof age", type="number", by=None)
    posted = with_row(mapping, rules=["rule"], rules_0_lhv=f"lead.{own.field_id}", rules_0_op="is equal to")

    shown = post(page, mapping, posted, change("add-rule", mapping, "0"))

    first, others = shown.split('aria-label="Operator of rule 1"')[1].split("</select>", 1)
    assert "is greater than" in first
    assert "matches pattern" not in first
    assert "matches pattern" in others.split('aria-label="Operator of rule 2"')[1]


@pytest.mark.parametrize(
    ("fields", "at", "said"),
    [
        ({"t": "0", "t0_use": "extract", "t0_pattern": "(a"}, "0-t0-pattern", "Extract, Pattern: "),
        ({"t": "0", "t0_use": "truncate", "t0_length": ""}, "0-t0-length", "Fill this in."),
        (
            {"rules": "rule", "rules_0_lhv": "no variable", "rules_0_op": "is blank"},
            "0-rules-0-lhv",
            "is not a variable",
        ),
        (
            {"rules": "rule", "rules_0_lhv": "lead.a", "rules_0_op": "includes"},
            "0-rules-0-rhv",
            "what to compare",
        ),
        (
            {"t": "0", "t0_use": "lookup", "t0_table": "Gone"},
            "0-t0-table",
            "There is no look-up table `Gone`.",
        ),
    ],
)
def test_a_mistake_in_the_options_is_said_at_its_place_and_they_open(
    page: Client, mapping: Destination, fields: dict[str, str], at: str, said: str
) -> None:
    shown = post(page, mapping, with_row(mapping, **fields), {"continue": "1"})

    assert re.search(f'href="#(id_)?rows-{action_of(mapping)}-{at}"', shown)
    assert re.search(f'id="(id_)?rows-{action_of(mapping)}-{at}_error"', shown)
    assert said in shown
    assert shown.count('<details class="mapping-options" open') == 1


def test_options_that_stood_open_move_with_their_row(page: Client, mapping: Destination) -> None:
    action = action_of(mapping)
    posted = rows(mapping, *ONE_TWO_THREE) | {f"rows-{action}-2-open": "1"}

    shown = post(page, mapping, posted, change("up", mapping, "1"))

    assert shown.count('<details class="mapping-options" open') == 1
    assert f'name="rows-{action}-2-open" value="1"' in shown


# --- Fields that the receiver declares


def test_required_fields_without_a_row_are_asked_for_with_a_suggestion(
    page: Client, declared: Destination
) -> None:
    shown = text_of(page.get(f"{base_of(declared)}setup/map/"))

    assert "Required, without a row" in shown
    assert "Accept {{lead.email}} for E-mail" in shown
    assert "Required · Phone number · at most 12 characters" in shown
    assert "1 optional field of the receiver" in shown
    assert "One of a list · 2 choices: Hot, Cold" in shown


def test_a_suggestion_is_accepted(page: Client, declared: Destination) -> None:
    post(page, declared, rows(declared), change("add", declared, "suggested email"))

    assert saved(declared) == [MappingRow("email", "{{lead.email}}")]


def test_all_likely_suggestions_are_accepted_at_once(page: Client, declared: Destination) -> None:
    shown = text_of(page.get(f"{base_of(declared)}setup/map/"))
    assert "Accept the 2 likely suggestions" in " ".join(shown.split())

    post(page, declared, rows(declared), change("add", declared, "likely"))

    assert saved(declared) == [MappingRow("email", "{{lead.email}}"), MappingRow("phone", "{{lead.phone_1}}")]


def test_a_declared_field_is_mapped_by_hand(page: Client, declared: Destination) -> None:
    shown = post(page, declared, rows(declared), change("add", declared, "blank rating"))

    assert saved(declared) == [MappingRow("rating")]
    focused = next(tag for tag in shown.split("<") if "autofocus" in tag)
    assert f'id="id_rows-{action_of(declared)}-0-template"' in focused


def test_a_row_for_each_field_of_the_flows(page: Client, mapping: Destination, acme: Account) -> None:
    FlowFactory.create(account=acme, fields=["email", "company.name"])

    post(page, mapping, rows(mapping, ("email", "x", "")), change("add", mapping, "own"))

    assert saved(mapping) == [MappingRow("email", "x"), MappingRow("company.name", "{{lead.company.name}}")]


def test_odd_values_are_flagged_at_their_rows_and_counted(page: Client, declared: Destination) -> None:
    posted = rows(declared, ("email", "{{lead.emial}}", ""), ("phone", "12345678901234567890", ""))

    shown = post(page, declared, posted)

    assert "2 fields need attention" in shown
    assert "takes at most 12 characters" in shown
    assert "lead.emial" in shown


# --- Previews


def test_the_preview_shows_what_would_be_sent_for_the_sample(page: Client, mapping: Destination) -> None:
    shown = post(
        page, mapping, rows(mapping, ("mail", "{{lead.email}}", "")), sample='{"email": "me@x.test"}'
    )

    assert "https://receiver.example/c" in shown
    assert shown.count("me@x.test") >= 3


def test_the_preview_while_typing_saves_nothing(page: Client, mapping: Destination) -> None:
    before = draft(mapping)
    posted = rows(mapping, ("mail", "{{lead.email}}", "")) | {
        "sample": '{"email": "me@x.test"}',
        "preview": "live",
    }

    answer = text_of(page.post(f"{base_of(mapping)}setup/map/", posted, headers=HTMX))

    assert "<html" not in answer
    assert "me@x.test" in answer
    assert draft(mapping).changed_at == before.changed_at


def test_a_row_that_cannot_run_says_so_while_somebody_types(page: Client, mapping: Destination) -> None:
    posted = rows(mapping, ("a", "{{lead.email", ""), ("b", "{{lead.city}}", "")) | {"preview": "live"}

    answer = text_of(page.post(f"{base_of(mapping)}setup/map/", posted, headers=HTMX))

    assert f'data-at="id_rows-{action_of(mapping)}-0-template"' in answer
    assert "never closed" in answer
    assert "1 field needs attention" in answer
    assert "<b>Austin</b>" in answer
    assert "Put the rows above right to see what would be sent." in answer


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"target": "a..b"}, "id_{}-target"),
        ({"t": "0", "t0_use": "extract", "t0_pattern": "(a"}, "id_{}-t0-pattern"),
        ({"rules": "rule", "rules_0_lhv": "no variable", "rules_0_op": "is blank"}, "{}-rules-0-lhv"),
    ],
)
def test_while_typing_a_mistake_is_said_in_the_words_and_at_the_place_that_it_has_on_going_on(
    page: Client, mapping: Destination, fields: dict[str, str], at: str
) -> None:
    place = at.format(f"rows-{action_of(mapping)}-0")

    typing = post_live(page, mapping, with_row(mapping, **fields))
    going_on = post(page, mapping, with_row(mapping, **fields), {"continue": "1"})

    found = re.search(rf'id="{place}_error" data-at="{place}".*?<span>(.*?)</span>', typing, re.DOTALL)
    assert found
    assert found[1] in going_on.partition(f'id="{place}_error"')[2]


@pytest.mark.parametrize(("fresh", "says"), [("1", False), ("", True)])
def test_while_typing_what_is_only_begun_is_no_mistake(
    page: Client, mapping: Destination, fresh: str, says: bool
) -> None:
    begun = with_row(mapping, template="", fresh=fresh, t="0", t0_use="truncate", t0_length="")

    answer = post_live(page, mapping, begun)

    assert ("would never send anything" in answer) is says
    assert ("data-at" in answer) is says


def post_live(page: Client, destination: Destination, posted: dict[str, Any]) -> str:
    url = f"{base_of(destination)}setup/map/"
    return text_of(page.post(url, posted | {"preview": "live"}, headers=HTMX))


def test_that_a_lower_row_counts_is_said_once(page: Client, mapping: Destination) -> None:
    shown = post(page, mapping, rows(mapping, ("a", "1", ""), ("a", "2", "")))

    assert shown.count("sends <code>a</code> too") == 1


def test_a_pattern_that_is_too_slow_is_said_at_its_row(page: Client, mapping: Destination) -> None:
    pattern = r"^(x|xx)+(?=$)y"
    slow = with_row(mapping, template=f"{'x' * 60}z", t="0", t0_use="extract", t0_pattern=pattern)

    shown = post(page, mapping, slow)

    assert "50 ms" in shown


def test_the_sample_stays_for_the_next_step(page: Client, mapping: Destination) -> None:
    post(
        page,
        mapping,
        rows(mapping, ("mail", "{{lead.email}}", "")),
        sample='{"email": "me@x.test"}',
        **{"continue": "1"},
    )

    assert "me@x.test" in text_of(page.get(f"{base_of(mapping)}setup/test/"))


def test_an_example_is_chosen(page: Client, mapping: Destination) -> None:
    posted = rows(mapping, ("last", "{{lead.last_name}}", "nobody"))

    shown = post(page, mapping, posted, use="example:sparse")

    assert "Sparse example" in shown
    assert "<b>nobody</b>" in shown


def test_a_stored_lead_brings_along_its_flow(page: Client, mapping: Destination, acme: Account) -> None:
    entity = EntityFactory.create(account=acme, name="Landing page")
    flow = FlowFactory.create(account=acme, name="Solar", sources=[source_of(entity)], deployed=True)
    found = intake.find(flow_id=flow.pk, entity_id=entity.pk)
    assert found
    lead = intake.submit(found, {"email": "stored@x.test"}, ip="192.0.2.7", now=NOON)

    posted = rows(mapping, ("via", "{{flow.name}}: {{source.name}}", ""))
    shown = post(page, mapping, posted, use=f"lead:{lead.pk}")

    assert "stored@x.test" in shown
    assert "Solar: Landing page" in shown


def test_stored_leads_are_found_by_their_address(page: Client, mapping: Destination) -> None:
    answer = page.get(f"{base_of(mapping)}setup/map/", {"leads": "nobody@x.test"}, headers=HTMX)

    assert "No lead has this e-mail address or id." in text_of(answer)


def test_fields_that_are_seldom_wanted_come_when_they_are_asked_for(
    page: Client, mapping: Destination
) -> None:
    url = f"{base_of(mapping)}setup/map/"

    shown, asked = text_of(page.get(url)), text_of(page.get(url, {"fields": "others"}, headers=HTMX))

    insert = 'data-insert="{{lead.universal_leadid}}"'
    assert insert not in shown
    assert insert in asked
    assert 'value="{{lead.universal_leadid}}"' in shown


def test_what_is_no_lead_is_said_at_the_sample(page: Client, mapping: Destination) -> None:
    shown = post(page, mapping, rows(mapping, ("a", "1", "")), sample="[1")

    assert "This is not JSON" in shown
    assert "Put the sample lead right to see what would be sent." in shown


# --- Look-up tables

STATES = "from,to\nTexas,TX\nOhio,OH\n"
NEW = {"table-new-name": "States", "table-new-csv": STATES, "table-new-otherwise": "keep"}


def test_a_table_is_pasted(page: Client, mapping: Destination) -> None:
    shown = post(page, mapping, NEW, change="tables")

    assert tables(mapping) == [Table("States", (("Texas", "TX"), ("Ohio", "OH")))]
    assert "2 rows, anything else stays as it is" in shown


def test_a_table_is_uploaded(page: Client, mapping: Destination) -> None:
    file = SimpleUploadedFile("states.csv", STATES.encode("utf-8-sig"))

    post(page, mapping, {"table-new-name": "States", "table-new-file": file}, change="tables")

    assert tables(mapping)[0].rows == (("Texas", "TX"), ("Ohio", "OH"))


def test_a_table_of_nothing_says_what_is_missing(page: Client, mapping: Destination) -> None:
    shown = post(page, mapping, {"table-new-name": " "}, {"change": "add-table"})

    assert "Give the table a name." in shown
    assert "Paste the rows, or choose a file." in shown


@pytest.mark.parametrize(
    ("csv", "said"),
    [
        ('"from,to\nTexas,TX', "Line 1: A quotation mark is opened here and never closed."),
        ('from,to\n"Texas,TX\n"Ohio",OH', "Line 2: A quotation mark is opened here and not closed before"),
        ("a,b\n1,2", "Line 1: The first line names the two columns"),
        ("from,to\nTexas,TX\nOhio,OH,more\ntexas,TX", "Line 3: There are two columns"),
        ("from,to\nTexas,TX\nOhio,OH,more\ntexas,TX", "Line 4: "),
        ("from,to", "There are no rows"),
    ],
)
def test_a_wrong_file_saves_nothing_of_any_table(
    page: Client, mapping: Destination, csv: str, said: str
) -> None:
    post(page, mapping, NEW, change="tables")
    both = {"table-0-was": "States", "table-0-csv": "from,to\nUtah,UT", "table-new-name": "Other"}

    shown = post(page, mapping, rows(mapping, ("a", "1", "")), both, {"table-new-csv": csv, "continue": "1"})

    assert said in shown
    assert 'id="id_table-new-csv_error"' in shown
    assert 'href="#id_table-new-csv"' in shown
    assert tables(mapping) == [Table("States", (("Texas", "TX"), ("Ohio", "OH")))]
    assert targets(mapping) == ["a"]


def test_what_is_no_text_is_refused(page: Client, mapping: Destination) -> None:
    file = SimpleUploadedFile("states.csv", "from,to\né,É".encode("latin-1"))

    shown = post(page, mapping, {"table-new-name": "States", "table-new-file": file}, change="tables")

    assert "Line 2: This is not text in UTF-8" in shown
    assert tables(mapping) == []


def test_a_loop_of_tables_is_said_at_the_one_that_closes_it(page: Client, mapping: Destination) -> None:
    post(page, mapping, NEW, change="tables")
    other = {
        "table-new-name": "More",
        "table-new-csv": STATES,
        "table-new-otherwise": "table",
        "table-new-table": "States",
    }
    post(page, mapping, {"table-0-was": "States"}, other, change="tables")

    closing = {"table-0-was": "States", "table-0-otherwise": "table", "table-0-table": "More"}
    shown = post(page, mapping, closing, change="tables")

    assert "Table “States”, Other table: This goes round in a circle" in shown
    assert [table.otherwise for table in tables(mapping)] == ["keep", "table"]


def test_a_table_that_a_row_uses_is_not_removed(page: Client, mapping: Destination) -> None:
    post(page, mapping, NEW, change="tables")
    looking_up = with_row(mapping, t="0", t0_use="lookup", t0_table="States")

    shown = post(page, mapping, looking_up, change="drop-table States")

    assert "“States” is used by row 1 of “Contacts”." in shown
    assert len(tables(mapping)) == 1


def test_a_table_that_nothing_uses_is_removed(page: Client, mapping: Destination) -> None:
    post(page, mapping, NEW, change="tables")

    post(page, mapping, {"table-0-was": "States"}, change="drop-table States")

    assert tables(mapping) == []


def test_a_row_looks_something_up(page: Client, mapping: Destination) -> None:
    post(page, mapping, NEW, change="tables")
    looking_up = with_row(
        mapping, template="{{lead.state}}", t="0", t0_use="lookup", t0_table="States", open="1"
    )

    shown = post(page, mapping, looking_up, sample=json.dumps({"state": "ohio"}))

    assert "<b>OH</b>" in shown
    assert '<option value="States" selected>' in shown


# --- What flows take


def test_a_field_that_no_flow_takes_is_doubted_at_its_row(
    page: Client, acme: Account, mapping: Destination
) -> None:
    FlowFactory.create(account=acme, fields=["email", "phone_1"])
    shown = post(
        page, mapping, rows(mapping, ("cell", "{{lead.phone_2}}", ""), ("mail", "{{lead.email}}", ""))
    )

    assert "No flow of yours takes <code>phone_2</code>: add it under the flow&#x27;s Fields." in shown
    assert "takes `email`" not in shown


def test_suggestions_prefer_the_fields_of_flows(page: Client, acme: Account, declared: Destination) -> None:
    FlowFactory.create(account=acme, fields=["phone_2"])

    shown = text_of(page.get(f"{base_of(declared)}setup/map/"))

    assert "“phone” means phone_2, same type" in shown
    assert "same name, same type, but no flow of yours takes it" in shown


def test_the_sample_has_what_flows_take(page: Client, acme: Account, mapping: Destination) -> None:
    FlowFactory.create(account=acme, fields=["credit_score"])

    shown = post(page, mapping, rows(mapping, ("score", "{{lead.credit_score}}", "")))

    assert "It comes to nothing" not in shown


# --- What it costs


def test_rows_carry_no_choices_before_their_options_are_opened(page: Client, mapping: Destination) -> None:
    url = f"{base_of(mapping)}setup/map/"
    save_elsewhere(mapping, RICH)
    one = text_of(page.get(url)).count("<option")
    save_elsewhere(mapping, *[replace(RICH, target=f"field_{number}") for number in range(MAX_ROWS)])

    assert text_of(page.get(url)).count("<option") == one


@pytest.mark.parametrize(("way", "queries"), [("look", 11), ("preview", 10)])
def test_the_page_asks_the_same_queries_however_many_actions_and_rows_there_are(
    page: Client,
    acme: Account,
    way: str,
    queries: int,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    actions = [f"Action {number}" for number in range(10)]
    destination = DestinationFactory.create(account=acme, actions=actions, draft=True)
    url = f"{base_of(destination)}setup/map/"
    posted: dict[str, Any] = {"preview": "live"}
    for number in range(len(actions)):
        posted |= rows(destination, *ONE_TWO_THREE, *ONE_TWO_THREE, action=number)
    page.post(url, {key: value for key, value in posted.items() if key != "preview"})

    with django_assert_num_queries(queries):
        answer = page.get(url) if way == "look" else page.post(url, posted, headers=HTMX)

    assert answer.status_code == 200


def test_an_action_may_name_what_those_before_it_returned(page: Client, acme: Account) -> None:
    destination = DestinationFactory.create(account=acme, actions=["One", "Two"], draft=True)
    revision = draft(destination)
    for action in revision.document["actions"]:
        action["mapping"] = [{"target": "record", "template": "{{receipts.one.id}}"}]
    revision.save()

    shown = text_of(page.get(f"{base_of(destination)}setup/map/"))

    assert "One: id of its record" in shown
    assert "Two: id of its record" not in shown
    first, second = shown.split('id="action-')[1:]
    assert "Nothing is called <code>receipts.one.id</code>" in first
    assert "Nothing is called" not in second
    assert "sample-record-id" in second


def test_marketos_followers_use_the_person_that_was_created(page: Client, acme: Account, adam: User) -> None:
    marketo = wizard.begin(account=acme, integration="marketo", by=adam, now=NOON)
    revision = draft(marketo)
    person = [{"target": "id", "template": "{{receipts.sync_lead.id}}"}]
    revision.document["actions"] = [
        {"id": "1", "action_id": "sync_lead", "name": "Person", "configuration": {}, "mapping": []},
        {"id": "2", "action_id": "add_to_list", "name": "List", "configuration": {}, "mapping": []},
        {"id": "3", "action_id": "add_to_program", "name": "Program", "configuration": {}, "mapping": person},
    ]
    revision.save()

    shown = text_of(page.get(f"{base_of(marketo)}setup/map/"))

    _, follower, mapped = shown.split('id="action-')[1:]
    assert "what Person: id of its record is for" in follower
    assert "318581" in mapped
    assert "whole number" not in mapped
