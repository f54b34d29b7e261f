from collections import Counter

import pytest

from destinations.fields import Choice
from destinations.mapping import SourceField, suggest
from destinations.mapping.suggestions import MEANINGS, WHOLE_NAME, words
from destinations.platforms.port import TargetField
from leadconduit.leads.standard_fields import STANDARD_FIELDS

SOURCES = [
    *(SourceField(f"lead.{field.id}", field.name, field.type) for field in STANDARD_FIELDS.values()),
    SourceField("lead.roof_age", "Roof age", "number"),
    SourceField("submission.ip", "Address it was submitted from"),
    SourceField("source.name", "Name of the source"),
]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("postalCode", "postal code"),
        ("POSTAL_CODE__c", "postal code"),
        ("ZIPCode", "zip code"),
        ("Address2", "address 2"),
        ("E-mail", "e mail"),
        ("DOB", "dob"),
        ("prénom", "prénom"),
        ("  ", ""),
    ],
)
def test_a_name_has_words(name: str, parts: str) -> None:
    assert " ".join(words(name)) == parts


@pytest.mark.parametrize(
    ("target", "template", "confidence", "reason"),
    [
        (TargetField("first_name", "First"), "{{lead.first_name}}", 90, "same name"),
        (TargetField("FirstName", "First Name"), "{{lead.first_name}}", 90, "same name"),
        (TargetField("fname", "fname"), "{{lead.first_name}}", 82, "“fname” means first_name"),
        (TargetField("F2", "Given name"), "{{lead.first_name}}", 82, "“Given name” means first_name"),
        (TargetField("email", "Email", "email"), "{{lead.email}}", 96, "same name, same type"),
        (TargetField("email", "Email", "date"), "{{lead.email}}", 65, "same name, another type"),
        (TargetField("mail", "E-mail", "email"), "{{lead.email}}", 88, "“mail” means email, same type"),
        (TargetField("person.email", "Mail", "email"), "{{lead.email}}", 96, "same name, same type"),
        (
            TargetField("Telephone", "Tel", "phone"),
            "{{lead.phone_1}}",
            88,
            "“Telephone” means phone_1, same type",
        ),
        (TargetField("cell", "Cell"), "{{lead.phone_2}}", 82, "“cell” means phone_2"),
        (TargetField("zip", "Zip"), "{{lead.postal_code}}", 82, "“zip” means postal_code"),
        (TargetField("Street", "Street"), "{{lead.address_1}}", 82, "“Street” means address_1"),
        (TargetField("province", "Province"), "{{lead.state}}", 82, "“province” means state"),
        (TargetField("Birthdate", "Born", "date"), "{{lead.dob}}", 88, "“Birthdate” means dob, same type"),
        (TargetField("accountName", "Account"), "{{lead.company}}", 82, "“accountName” means company"),
        (TargetField("LeadSource", "Source"), "{{source.name}}", 82, "“LeadSource” means source.name"),
        (TargetField("client_ip", "IP"), "{{lead.ip_address}}", 82, "“client_ip” means ip_address"),
        (TargetField("utm_medium", "Medium"), "{{lead.utm_medium}}", 90, "same name"),
        (
            TargetField("trustedform", "TF"),
            "{{lead.trustedform_cert_url}}",
            82,
            "“trustedform” means trustedform_cert_url",
        ),
        (TargetField("jornaya", "J"), "{{lead.universal_leadid}}", 82, "“jornaya” means universal_leadid"),
        (TargetField("Notes", "Notes", "text"), "{{lead.comments}}", 82, "“Notes” means comments"),
        (
            TargetField("age_of_roof", "Age of roof", "number"),
            "{{lead.roof_age}}",
            76,
            "both say “age roof”, same type",
        ),
        (
            TargetField("full_name", "Full name"),
            "{{lead.first_name}} {{lead.last_name}}",
            82,
            "“full_name” is first_name and last_name together",
        ),
    ],
)
def test_a_target_gets_the_best_source(
    target: TargetField, template: str, confidence: int, reason: str
) -> None:
    suggestion = suggest([target], SOURCES)[target.key]

    assert (suggestion.template, suggestion.confidence, suggestion.reason) == (template, confidence, reason)
    assert suggestion.path == ("" if " " in template else template.strip("{}"))


@pytest.mark.parametrize("key", ["Favourite Colour", "annual_revenue", "x", "id", "00N5w"])
def test_nothing_is_suggested_where_nothing_fits(key: str) -> None:
    assert suggest([TargetField(key, key)], SOURCES) == {}


def test_without_a_source_nothing_is_suggested() -> None:
    assert suggest([TargetField("email", "Email", "email"), TargetField("name", "Name")], []) == {}


def test_custom_fields_are_found_by_what_they_mean() -> None:
    sources = [SourceField("lead.handynummer", "Mobile phone", "phone")]

    suggestion = suggest([TargetField("cell", "Cell", "phone")], sources)["cell"]

    assert (suggestion.path, suggestion.confidence) == ("lead.handynummer", 82)
    assert suggestion.reason == "“cell” and “Mobile phone” mean the same, same type"


def test_the_only_field_of_its_type_will_do() -> None:
    sources = [SourceField("lead.kontakt", "Kontakt", "email"), SourceField("lead.other", "Other", "string")]

    suggestion = suggest([TargetField("F7", "Reach", "email")], sources)["F7"]

    assert (suggestion.path, suggestion.confidence) == ("lead.kontakt", 45)


def test_of_equally_good_sources_each_target_gets_its_own() -> None:
    targets = [TargetField("Phone", "Phone"), TargetField("HomePhone", "Home phone")]

    found = suggest(targets, SOURCES)

    assert [found[target.key].path for target in targets] == ["lead.phone_1", "lead.phone_2"]


def test_a_source_may_serve_two_targets() -> None:
    targets = [TargetField("email", "Email"), TargetField("username", "E-mail")]

    found = suggest(targets, SOURCES)

    assert [found[target.key].path for target in targets] == ["lead.email", "lead.email"]


def test_a_name_has_one_meaning_in_one_spelling() -> None:
    names = [name for _, listed in MEANINGS for name in listed.split(", ")]

    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert [name for name in [*names, *WHOLE_NAME] if " ".join(words(name)) != name] == []


def test_meanings_are_of_fields_that_there_are() -> None:
    others = {
        "submission.ip",
        "submission.timestamp",
        "source.name",
        "source.id",
        "flow.name",
        "flow.id",
        "lead.id",
    }
    paths = {path for paths, _ in MEANINGS for path in paths}

    assert paths - others <= STANDARD_FIELDS.keys()


def test_fields_that_flows_take_come_before_those_that_none_takes() -> None:
    sources = [
        SourceField("lead.phone_1", "Phone 1", "phone"),
        SourceField("lead.phone_2", "Phone 2", "phone", taken=False),
    ]

    [mobile] = suggest([TargetField("mobile", "Mobile", "phone")], sources).values()

    assert (mobile.path, mobile.confidence) == ("lead.phone_1", 86)


def test_a_field_that_no_flow_takes_is_never_a_likely_one() -> None:
    sources = [
        SourceField("lead.email", "Email", "email", taken=False),
        SourceField("lead.first_name", "First name", "first_name"),
        SourceField("lead.last_name", "Last name", "last_name", taken=False),
        SourceField("lead.fax", "Fax", "phone", taken=False),
    ]
    targets = [
        TargetField("email", "Email", "email"),
        TargetField("name", "Full name"),
        TargetField("telephone", "Telephone", "phone"),
    ]

    found = suggest(targets, sources)

    assert {key: (one.confidence, one.reason) for key, one in found.items()} == {
        "email": (57, "same name, same type, but no flow of yours takes it"),
        "name": (49, "“name” is first_name and last_name together, but no flow of yours takes them"),
    }


@pytest.mark.parametrize(("sample", "confidence"), [("Web", 82), ("", 82), ("Sample source", 49)])
def test_what_is_none_of_the_choices_is_never_a_likely_one(sample: str, confidence: int) -> None:
    choices = (Choice("Web", "Web"), Choice("Phone", "Phone"))
    target = TargetField("LeadSource", "Lead source", "choice", choices=choices)

    [found] = suggest([target], [SourceField("source.name", "Name of the source", sample=sample)]).values()

    assert found.confidence == confidence
    assert ("“Sample source” is not one of the choices" in found.reason) is (confidence < 82)


def test_what_a_receiver_knows_to_be_right_comes_first() -> None:
    target = TargetField("LeadId", "Lead ID", suggested="{{receipts.create_lead.id}}")
    sources = [
        SourceField("lead.id", "Id of the lead"),
        SourceField("receipts.create_lead.id", "Create New Lead: id of its record"),
    ]

    assert suggest([target], sources)["LeadId"].template == "{{receipts.create_lead.id}}"


def test_what_a_receiver_wants_to_be_written_its_own_way_is_suggested_so() -> None:
    target = TargetField("BIRTHDAY", "Birthday", suggested='{{format lead.dob format="MM/DD"}}')

    [found] = suggest([target], [SourceField("lead.dob", "Date of birth")]).values()
    [unlikely] = suggest([target], [SourceField("lead.dob", "Date of birth", taken=False)]).values()

    assert (found.path, found.template, found.confidence) == ("lead.dob", target.suggested, 99)
    assert unlikely.confidence < 70


def test_what_a_receiver_knows_to_be_right_must_be_there() -> None:
    target = TargetField("Crm", "CRM", suggested="{{receipts.create_lead.id}}")

    assert suggest([target], [SourceField("lead.email", "Email")]) == {}
