"""Leads to try things with: our own, and one that somebody writes."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms

from leadconduit.leads.values import clean, unflatten

MOST_SAMPLE = 50_000
"""Characters."""


class Example(NamedTuple):
    label: str
    help: str
    lead: dict[str, Any]


_LONG = "Please call in the afternoon, and ask for the person who plans the roof. " * 8

EXAMPLES: dict[str, Example] = {
    "complete": Example(
        "Complete",
        "Every usual field is filled in, and every field of your flows.",
        {
            "first_name": "Ada",
            "last_name": "Lovelace",
            "email": "ada@example.com",
            "phone_1": "(512) 555-0134",
            "phone_2": "512-555-0178",
            "dob": "12/10/1985",
            "address_1": "12 Harbor Street",
            "address_2": "Apt 4",
            "city": "Austin",
            "state": "TX",
            "postal_code": "78701",
            "country": "US",
            "company.name": "Analytical Engines",
            "comments": "Please call me in the afternoon.",
        },
    ),
    "sparse": Example(
        "Sparse",
        "Only a first name and an e-mail address: what do defaults do?",
        {"first_name": "Ada", "email": "ada@example.com"},
    ),
    "invalid": Example(
        "Invalid values",
        "What people mistype: no field is what its type says.",
        {
            "first_name": "ada ",
            "last_name": "LOVELACE",
            "email": "ada(at)example.com",
            "phone_1": "555-01",
            "dob": "31/31/1985",
            "city": "Austin",
            "state": "Tejas",
            "postal_code": "787",
            "country": "Nowhere",
        },
    ),
    "long": Example(
        "Long values",
        "Longer than most receivers take.",
        {
            "first_name": "Augusta Ada Byron Annabella Mary Catherine",
            "last_name": "King-Noel, Countess of Lovelace, née Byron " * 3,
            "email": f"{'ada.' * 15}lovelace@{'subdomain.' * 10}example.com",
            "phone_1": "+1 (512) 555-0134 ext. 123456",
            "address_1": "The very long name of a street beside the harbor " * 3,
            "city": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
            "state": "TX",
            "postal_code": "78701-1234",
            "country": "US",
            "company": {"name": "Analytical Engines and Difference Machines of Great Britain " * 2},
            "comments": _LONG,
        },
    ),
}


def example_lead(key: str, of_flows: Mapping[str, str]) -> dict[str, Any]:
    """The lead of an example; of the complete one with all the fields that flows take, which come with a value each."""
    lead = EXAMPLES[key].lead
    return unflatten((_completed(lead, of_flows) if key == "complete" else lead).items())


def _completed(lead: Mapping[str, Any], of_flows: Mapping[str, str]) -> dict[str, Any]:
    # What holds other fields to us may be one text to a flow, and the other way round: the flow is right.
    ours = {
        id: value
        for id, value in lead.items()
        if not any(f"{one}.".startswith(f"{id}.") != f"{id}.".startswith(f"{one}.") for one in of_flows)
    }
    return {**of_flows, **ours}


class SampleForm(forms.Form):
    """A lead to try things with, as JSON."""

    use_required_attribute = False

    sample = forms.CharField(
        label="Sample lead",
        help_text="Its fields as JSON. Change it to try other values; no real lead is touched.",
        max_length=MOST_SAMPLE,
        widget=forms.Textarea(attrs={"class": "mono", "rows": 9, "spellcheck": "false"}),
    )

    def clean_sample(self) -> dict[str, Any]:
        try:
            lead = json.loads(self.cleaned_data["sample"])
        except (ValueError, RecursionError) as error:
            at = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
            raise forms.ValidationError(f"This is not JSON{at}. It must be an object in braces.") from error
        if not isinstance(lead, dict):
            raise forms.ValidationError("A lead is a JSON object: names and values in braces.")
        cleaned, _ = clean(lead)
        return cleaned if isinstance(cleaned, dict) else {}


def sample_text(lead: Any) -> str:
    return json.dumps(lead, indent=2, ensure_ascii=False)
