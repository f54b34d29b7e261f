"""A system that is connected with a key alone has a page without what concerns tokens."""

import pytest

from destinations.connectors.hubspot.stand_in import BRIGHT, HUBSPOT
from destinations.sandbox.keeping import KeptRecords
from tests.destinations.sandbox.vendor import Vendor


@pytest.mark.parametrize("key", ["mailchimp", "slack"])
def test_its_page_speaks_of_its_key_and_of_no_token_server(vendor: Vendor, key: str) -> None:
    page = vendor.client.get(f"/sandbox/{key}/").content.decode()

    assert "Token of Brightleaf Energy" in page
    assert "Client secret" not in page
    assert "Refused token" in page
    assert "Short-lived tokens" not in page
    assert "Revoke every connection" not in page


def test_what_is_there_from_the_beginning_is_shown_before_the_first_call(vendor: Vendor) -> None:
    page = vendor.client.get("/sandbox/hubspot/").content.decode()

    assert "Spring campaign" in page


def test_several_values_are_written_one_after_another(vendor: Vendor) -> None:
    KeptRecords(HUBSPOT, BRIGHT).add("deals", {"dealname": "Roof", "_contacts": ["1005", "1006"]}, "9")

    for path in ("/sandbox/hubspot/", "/sandbox/hubspot/records/deals/9/"):
        assert "1005, 1006" in vendor.client.get(path).content.decode()
