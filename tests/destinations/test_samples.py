from destinations.forms.samples import EXAMPLES, example_lead
from leadconduit.accounts.fields import KnownField

KNOWN = {
    "email": KnownField("email", "Email", "email", "", example="grace@example.com"),
    "roof_age_dem": KnownField("roof_age_dem", "Roof age", "number", ""),
    "company.phone": KnownField("company.phone", "Company phone", "phone", "", example="5125550100"),
}


def test_the_complete_example_has_every_field_that_flows_take() -> None:
    lead = example_lead("complete", KNOWN, ["email", "roof_age_dem", "company.phone", "gone"])

    assert lead["email"] == "ada@example.com"
    assert (lead["roof_age_dem"], lead["gone"]) == ("42", "example")
    assert lead["company"] == {"phone": "5125550100", "name": "Analytical Engines"}
    assert lead["postal_code"] == "78701"


def test_what_is_one_text_to_a_flow_is_one_in_the_example() -> None:
    assert example_lead("complete", {}, ["company"])["company"] == "example"


def test_the_other_examples_are_as_they_are() -> None:
    assert all(
        example_lead(key, KNOWN, ["age"]) == EXAMPLES[key].lead for key in EXAMPLES if key != "complete"
    )
