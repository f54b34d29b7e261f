"""The token server of the stand-ins, as RFC 6749, 7636, 7009 and the vendors' documents have it."""

from typing import Any
from urllib.parse import urlencode

import pytest

from destinations.connectors.salesforce.stand_in import BRIGHT, NORTH, SALESFORCE
from destinations.models import StandInToken
from destinations.sandbox import keeping
from tests.destinations.sandbox.vendor import CHALLENGE, VERIFIER, Vendor

LOGIN = "https://login.salesforce.com/services/oauth2"
CALLBACK = "http://testserver/app/connections/callback/"
CLIENT = {"client_id": SALESFORCE.oauth.client_id, "client_secret": SALESFORCE.oauth.client_secret}
ASKED = {
    "response_type": "code",
    "client_id": CLIENT["client_id"],
    "redirect_uri": CALLBACK,
    "state": "st4te",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def consent_url(**changes: str) -> str:
    return f"{LOGIN}/authorize?{urlencode(ASKED | changes)}"


def exchanged(vendor: Vendor, code: str, /, **changes: str) -> Any:
    given = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER, **CLIENT} | changes
    return vendor.form(f"{LOGIN}/token", grant_type="authorization_code", **given)


def refreshed(vendor: Vendor, token: str) -> Any:
    return vendor.form(f"{LOGIN}/token", grant_type="refresh_token", refresh_token=token, **CLIENT)


@pytest.fixture
def tokens(vendor: Vendor) -> dict[str, str]:
    data: dict[str, str] = exchanged(vendor, vendor.consent(consent_url(), NORTH.id)["code"]).data
    return data


def test_consent_offers_the_organisations_and_names_what_is_asked(vendor: Vendor) -> None:
    page = vendor.get(consent_url(scope="api refresh_token")).content.decode()

    assert BRIGHT.name in page
    assert NORTH.name in page
    assert "refresh_token" in page


def test_a_code_and_its_verifier_make_tokens_of_the_organisation_chosen(
    vendor: Vendor, tokens: dict[str, str]
) -> None:
    assert tokens["instance_url"] == f"https://{NORTH.host}"
    assert tokens["token_type"] == "Bearer"
    assert tokens["issued_at"].isdigit()
    assert "expires_in" not in tokens
    vendor.token = tokens["access_token"]
    assert vendor.get(f"{LOGIN}/userinfo").data["organization_id"] == NORTH.id


def test_allowing_and_denying_send_the_state_back(vendor: Vendor) -> None:
    allowed = vendor.consent(consent_url())
    denied = vendor.consent(consent_url(), decision="deny")

    assert allowed["state"] == denied["state"] == "st4te"
    assert denied["error"] == "access_denied"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://evil.test/callback"},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
    ],
)
def test_a_request_that_is_not_from_the_application_goes_nowhere(
    vendor: Vendor, changes: dict[str, str]
) -> None:
    answer = vendor.get(consent_url(**changes))

    assert answer.status_code == 400
    assert "Location" not in answer


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "http://testserver/other/"}, "redirect_uri_mismatch"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "wrong"}, "invalid_client_id"),
        ({"code": "made up"}, "invalid_grant"),
    ],
)
def test_a_code_is_worth_nothing_without_all_that_belongs_to_it(
    vendor: Vendor, changes: dict[str, str], error: str
) -> None:
    answer = exchanged(vendor, vendor.consent(consent_url())["code"], **changes)

    assert answer.status_code == 400
    assert answer.data["error"] == error


def test_a_code_used_twice_revokes_what_it_gave(vendor: Vendor) -> None:
    code = vendor.consent(consent_url())["code"]
    vendor.token = exchanged(vendor, code).data["access_token"]

    assert exchanged(vendor, code).data["error"] == "invalid_grant"
    assert vendor.get(f"{LOGIN}/userinfo").status_code == 401


def test_a_refresh_token_is_spent_once_and_reuse_revokes_the_family(
    vendor: Vendor, tokens: dict[str, str]
) -> None:
    second = refreshed(vendor, tokens["refresh_token"]).data
    assert second["refresh_token"] != tokens["refresh_token"]
    assert second["instance_url"] == tokens["instance_url"]

    assert refreshed(vendor, tokens["refresh_token"]).data["error"] == "invalid_grant"
    assert refreshed(vendor, second["refresh_token"]).data["error"] == "invalid_grant"


def test_an_expired_token_is_refused_and_a_refreshed_one_taken(
    vendor: Vendor, tokens: dict[str, str]
) -> None:
    vendor.token = tokens["access_token"]
    keeping.switch(SALESFORCE, "expired_token", "on")
    refused = vendor.get(f"{LOGIN}/userinfo")
    assert (refused.status_code, refused.data[0]["errorCode"]) == (401, "INVALID_SESSION_ID")

    vendor.token = refreshed(vendor, tokens["refresh_token"]).data["access_token"]
    assert vendor.get(f"{LOGIN}/userinfo").status_code == 200


def test_revoking_an_access_token_ends_that_one_alone(vendor: Vendor, tokens: dict[str, str]) -> None:
    assert vendor.form(f"{LOGIN}/revoke", token=tokens["access_token"]).status_code == 200

    vendor.token = tokens["access_token"]
    assert vendor.get(f"{LOGIN}/userinfo").status_code == 401
    assert "access_token" in refreshed(vendor, tokens["refresh_token"]).data


def test_revoking_a_refresh_token_ends_everything_of_the_consent(
    vendor: Vendor, tokens: dict[str, str]
) -> None:
    assert vendor.form(f"{LOGIN}/revoke", token=tokens["refresh_token"]).status_code == 200

    vendor.token = tokens["access_token"]
    assert vendor.get(f"{LOGIN}/userinfo").status_code == 401
    assert refreshed(vendor, tokens["refresh_token"]).data["error"] == "invalid_grant"


def test_client_credentials_give_no_refresh_token(vendor: Vendor) -> None:
    url = f"https://{BRIGHT.host}/services/oauth2/token"

    answer = vendor.form(url, grant_type="client_credentials", **CLIENT)

    assert answer.status_code == 200
    assert "refresh_token" not in answer.data


def test_no_token_is_kept_in_clear(tokens: dict[str, str]) -> None:
    kept = str(list(StandInToken.objects.values()))

    assert tokens["access_token"] not in kept
    assert tokens["refresh_token"] not in kept
