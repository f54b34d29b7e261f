"""A system that is connected with a key alone has a page without what concerns tokens."""

import pytest

from tests.destinations.sandbox.vendor import Vendor


@pytest.mark.parametrize("key", ["mailchimp", "slack"])
def test_its_page_speaks_of_its_key_and_of_no_token_server(vendor: Vendor, key: str) -> None:
    page = vendor.client.get(f"/sandbox/{key}/").content.decode()

    assert "Token of Brightleaf Energy" in page
    assert "Client secret" not in page
    assert "Refused token" in page
    assert "Short-lived tokens" not in page
    assert "Revoke every connection" not in page
