import pytest

from leadconduit.accounts.fields import known_fields, standard_fields
from leadconduit.accounts.models import Account, AuditEvent, CustomField, User
from leadconduit.accounts.models.custom_field import FieldIdTaken, id_part, suffix_for


def make(account: Account, name: str = "Roof age", type: str = "number") -> CustomField:
    return CustomField.make(account=account, name=name, type=type, by=None)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Roof age", "roof_age"),
        ("  Roof   Age (yrs)! ", "roof_age_yrs"),
        ("Größe", "grosse"),
        ("roof.age", "roof.age"),
        ("Roof . Age of tiles .", "roof.age_of_tiles"),
        ("2nd phone", "2nd_phone"),
        ("roof_age", "roof_age"),
    ],
)
def test_a_name_becomes_the_beginning_of_an_id(name: str, part: str) -> None:
    assert id_part(name) == part


@pytest.mark.parametrize("name", ["", " . ", "屋根", "!?"])
def test_a_name_without_letters_of_a_to_z_or_digits_gives_no_id(name: str) -> None:
    with pytest.raises(ValueError, match="at least one letter"):
        id_part(name)


def test_the_id_ends_in_the_accounts_suffix(acme: Account) -> None:
    assert make(acme).field_id == "roof_age_acm"


def test_an_account_whose_name_has_no_letters_takes_the_end_of_its_id() -> None:
    account = Account(id="65a1b2c3d4e5f60718293a4b", name="屋根 2")

    assert suffix_for(account) == "a4b"


def test_an_account_that_is_renamed_keeps_its_suffix(acme: Account) -> None:
    make(acme)
    Account.objects.filter(pk=acme.pk).update(name="Zenith")

    assert make(Account.objects.get(pk=acme.pk), "Roof slope").field_id == "roof_slope_acm"


def test_an_id_is_given_once_in_an_account_and_again_in_another(acme: Account, elsewhere: Account) -> None:
    make(acme)

    with pytest.raises(FieldIdTaken) as taken:
        make(acme, "Roof Age!")

    assert "roof_age_acm is taken" in taken.value.sentence
    assert make(elsewhere).field_id == "roof_age_els"


def test_an_id_is_never_that_of_a_standard_field(acme: Account) -> None:
    Account.objects.filter(pk=acme.pk).update(field_suffix="code")

    with pytest.raises(FieldIdTaken):
        make(Account.objects.get(pk=acme.pk), "postal")

    assert not CustomField.objects.exists()


def test_types_are_asked_in_one_query(
    acme: Account, elsewhere: Account, django_assert_num_queries: object
) -> None:
    make(acme)
    make(acme, "Has pool", "boolean")
    make(elsewhere)

    with django_assert_num_queries(1):  # type: ignore[operator]
        types = CustomField.objects.for_account(acme).types()

    assert types == {"roof_age_acm": "number", "has_pool_acm": "boolean"}


def test_what_is_done_to_a_field_is_recorded(acme: Account, adam: User) -> None:
    field = CustomField.make(account=acme, name="Roof age", type="number", by=adam)
    field.change(name="Age of the roof", description="In years.", by=adam)
    field.change(name="Age of the roof", description="In years.", by=adam)
    field.discard(by=adam)

    events = AuditEvent.objects.filter(account=acme).order_by("id")
    assert [(event.action, event.actor, event.detail["id"]) for event in events] == [
        ("field.created", adam, "roof_age_acm"),
        ("field.changed", adam, "roof_age_acm"),
        ("field.deleted", adam, "roof_age_acm"),
    ]


# --- All fields


def test_an_accounts_own_fields_stand_before_the_standard_ones(acme: Account) -> None:
    make(acme)

    known = known_fields(acme)

    assert next(iter(known)) == "roof_age_acm"
    assert known["roof_age_acm"].is_own
    assert known["email"].type == "email"
    assert len(known) == 537


def test_standard_fields_are_found_by_id_name_and_meaning() -> None:
    assert [field.id for field in standard_fields("GCLID")] == ["google.clid"]
    assert "dob" in [field.id for field in standard_fields("was born")]
    assert standard_fields("no such thing") == []


def test_standard_fields_come_from_the_top_first_then_family_by_family() -> None:
    ids = [field.id for field in standard_fields()]

    assert ids[0] == "address_1"
    assert "." not in ids[131]
    assert ids[132:] == sorted(ids[132:])
    assert all("." in id for id in ids[132:])
