from destinations.forms.samples import EXAMPLES, example_lead


def test_the_complete_example_has_every_field_that_flows_take() -> None:
    lead = example_lead(
        "complete", {"email": "grace@example.com", "roof_age_dem": "42", "company.phone": "5125550100"}
    )

    assert (lead["email"], lead["roof_age_dem"]) == ("ada@example.com", "42")
    assert lead["company"] == {"phone": "5125550100", "name": "Analytical Engines"}
    assert lead["postal_code"] == "78701"


def test_what_is_one_text_to_a_flow_is_one_in_the_example() -> None:
    assert example_lead("complete", {"company": "Acme"})["company"] == "Acme"


def test_the_other_examples_are_as_they_are() -> None:
    assert all(
        example_lead(key, {"age": "42"}) == EXAMPLES[key].lead for key in EXAMPLES if key != "complete"
    )
