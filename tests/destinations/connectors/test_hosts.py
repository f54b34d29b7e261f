"""Which hosts get the credentials of a vendor's connector: the vendor's own."""

import pytest

from destinations.connectors.calls import NotConnected
from destinations.connectors.marketo import requests as marketo
from destinations.connectors.registry import REGISTRY
from destinations.connectors.salesforce import requests as salesforce


@pytest.mark.parametrize(
    "host",
    [
        "evil.example/.my.salesforce.com",
        "evil.example#.my.salesforce.com",
        "evil@x.my.salesforce.com",
        "acme.my.ſalesforce.com",
        "my.salesforce.com.evil.example",
        "",
    ],
)
@pytest.mark.parametrize("scheme", ["oauth2_code", "oauth2_client"])
def test_salesforces_token_server_is_salesforces(scheme: str, host: str) -> None:
    oauth = REGISTRY["salesforce"].oauth[scheme]

    with pytest.raises(NotConnected):
        oauth.token_url({"environment": "my_domain", "host": host})


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.my.salesforce.com",
        "https://evil.example",
        "https://evilsalesforce.com",
        "https://evil.example/.my.salesforce.com",
        "https://acme.my.ſalesforce.com",
        "https://a@acme.my.salesforce.com",
        "https://acme.my.salesforce.com\n",
    ],
)
def test_an_organisation_is_at_a_host_of_salesforce(url: str) -> None:
    with pytest.raises(NotConnected):
        salesforce.instance_of({"instance_url": url})


@pytest.mark.parametrize(
    "host", ["acme.my.salesforce.com", "na1.force.com", "a.b.cloudforce.com", "x.salesforce.mil"]
)
def test_organisations_are_at_several_hosts(host: str) -> None:
    assert salesforce.instance_of({"instance_url": f"https://{host}/"}) == f"https://{host}"


@pytest.mark.parametrize("munchkin_id", ["evil.example/", "١٢٣-ABC-456", "123-ABC-456.evil.example#"])
def test_marketos_host_is_marketos(munchkin_id: str) -> None:
    with pytest.raises(NotConnected):
        marketo.origin({"munchkin_id": munchkin_id})
