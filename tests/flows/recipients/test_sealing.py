"""What credentials are called, and which values are kept sealed."""

from typing import Any

import pytest

from flows.recipients import sealing
from flows.recipients.addresses import credentials_in, with_credentials, without_credentials

ACCOUNT = "a" * 24


@pytest.mark.parametrize(
    "name",
    """api_key apikey apiKey API_KEY APIKey api-key key token access_token accessToken auth_token secret client_secret
    clientSecret password Passwd pwd pass user_pass auth authorization signature sig X-Api-Key x-auth-token lead_key
    credentials jwt api_key2 token.0 login.password Request.Auth.Api_Key Request.Login@Token soap:Password user[token]
    private_key passphrase bearer authentication oauth oauth2 authz hmac otp access_code
    auth.key r.login@key credentials.value userLogin.key api.0.key Auth[Key] partner_token.value secret.Value""".split(),  # noqa: SIM905
)
def test_names_of_credentials(name: str) -> None:
    assert sealing.is_called_like_one(name)


@pytest.mark.parametrize(
    "name",
    """email first_name keyword keywords monkey author authority token_type session_id passenger compass password_hint
    tags.0.key key.value auth.user signed passed secretary token_count key_id signature_date 0 sid pin shared
    params.key auth.pairs.0.key login.value api.value custom_fields.0.value value data.value""".split(),  # noqa: SIM905
)
def test_names_of_what_is_none(name: str) -> None:
    assert not sealing.is_called_like_one(name)


@pytest.mark.parametrize(
    ("name", "value", "is_sealed"),
    [
        ("basic_password", "x", True),
        ("basic_password", "{{lead.x}}", True),
        ("basic_password", "", False),
        ("header.X-Api-Key", "Bearer {{lead.x}}", True),
        ("header.X-Api-Key", None, False),
        ("parameter.api_key", "abc", True),
        ("form_field.password", "abc", True),
        ("json_property.login.token", "abc", True),
        ("xml_path.r.Login@Token", "abc", True),
        ("extra_parameter.secret", "abc", True),
        ("json_property.api_key", 4815162342, True),
        ("json_property.tokens", ["{{lead.token}}", "abc"], True),
        # What is made of the lead is no credential of the account.
        ("json_property.token", "{{lead.token}}", False),
        ("json_property.token", "v1-{{lead.token}}", False),
        ("json_property.tokens", ["{{lead.token}}", None], False),
        ("json_property.token", " ", False),
        ("json_property.token", None, False),
        ("json_property.email", "abc", False),
        ("capture.token", "token=(.*)", False),
        ("basic_username", "abc", False),
        ("url", "https://a.example/?token=abc", False),
    ],
)
def test_which_values_are_sealed(name: str, value: object, is_sealed: bool) -> None:
    assert sealing.is_credential(name, value) == is_sealed


@pytest.mark.parametrize("value", ["abc", "4", 4, 4.5, ["a", None, "{{lead.b}}"]])
def test_what_is_sealed_is_opened_as_it_was(value: Any) -> None:
    opened = sealing.unseal(sealing.seal(value, account_id=ACCOUNT), account_id=ACCOUNT)

    assert (type(opened), opened) == (type(value), value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/x?api_key=abc&b=1", "https://a.example/x?api_key=********&b=1"),
        ("https://a.example/x?b=1&Token=a%2Bb#top", "https://a.example/x?b=1&Token=********#top"),
        ("https://a.example/x?api%5Fkey=abc", "https://a.example/x?api%5Fkey=********"),
        ("https://a.example/?key=a&key=b", "https://a.example/?key=********&key=********"),
        ("https://a.example/{{lead.x}}?token=abc", "https://a.example/{{lead.x}}?token=********"),
        ("{{lead.url}}&token=abc", "{{lead.url}}&token=********"),
        # What is made of the lead, blank, or called otherwise.
        ("https://a.example/?token={{lead.token}}", ""),
        ("https://a.example/?token=v1-{{lead.token}}", ""),
        ("https://a.example/?token=&x=1", ""),
        ("https://a.example/?to={{replace lead.x '?token=abc' ''}}", ""),
        ("https://a.example/token=abc", ""),
        ("https://a.example/#?x=1", ""),
    ],
)
def test_credentials_in_a_url(url: str, shown: str) -> None:
    assert without_credentials(url) == (shown or url)
    assert with_credentials(shown or url, [found.value for found in credentials_in(url)]) == url
