"""Where a URL leads: two of one origin, however they are written."""

import pytest

from flows.recipients.addresses import origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://crm.example/leads?a=1#b", "https://crm.example:443"),
        (" HTTPS://CRM.Example.:443", "https://crm.example:443"),
        ("https://crm.example?to={{lead.id}}", "https://crm.example:443"),
        ("https://crm.example/{{lead.id}}/{{lead.url}}", "https://crm.example:443"),
        ("https://crm.example:8443/", "https://crm.example:8443"),
        ("http://crm.example", "http://crm.example:80"),
        ("http://[::1]:80/x", "http://[::1]:80"),
        # Who decides about the host decides about where it leads.
        ("https://{{lead.host}}/x", "https://{{lead.host}}/x"),
        ("https://crm.example{{lead.more}}/x", "https://crm.example{{lead.more}}/x"),
        ("{{lead.url}}/x", "{{lead.url}}/x"),
        ("{{lead.scheme}}://crm.example/x", "{{lead.scheme}}://crm.example/x"),
        # What cannot be called.
        ("ftp://crm.example", "ftp://crm.example"),
        ("https://crm.example:port/", "https://crm.example:port/"),
        ("crm.example", "crm.example"),
        ("", ""),
    ],
)
def test_where_a_url_leads(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_names_that_only_look_alike_lead_elsewhere() -> None:
    assert origin_of("https://stra\u00dfe.example/") != origin_of("https://strasse.example/")
