"""OAuth 2.0 as requests and answers (RFC 6749, 7636, 7009). Nothing is sent here: the guarded client does that.

`values` are those of the scheme, `client_id` and `client_secret` among them.
"""

import base64
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error, WebApplicationClient

from destinations.connectors.answers import json_of, presentable
from destinations.connectors.calls import NotConnected
from destinations.connectors.declaration import OAuth2
from destinations.platforms.port import Consent, Tokens
from leadconduit.lib.outbound import Answer, Request

TIMEOUT = 10.0
"""Seconds that a token server has."""

DEAD = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "access_denied"})
"""Errors after which only a person can help, by connecting again. RFC 6749, 5.2."""

_MEANT = {
    "invalid_grant": "The access was taken back there, or has ended: connect again.",
    "invalid_client": "The client ID or the client secret is not right.",
    "unauthorized": "The client ID or the client secret is not right.",
    "unauthorized_client": "The application may not connect in this way: look at its settings there.",
    "access_denied": "The access was denied there.",
    "invalid_scope": "The application asks for more than its settings there allow.",
    "redirect_uri_mismatch": "The application is registered there with another redirect URI.",
}

NO_CLIENT = (
    "There is no Client ID to connect with: enter one, or ask your operator to register an application."
)
UNREADABLE = "What the token server answered cannot be read."

# What a token is made of: RFC 6749, appendix A.12 and A.17. One longer than this would fit into no header.
_TOKEN = re.compile(r"[\x20-\x7e]{1,16384}")

Values = Mapping[str, Any]


class NoToken(Exception):
    """The token server gave none. `is_final`: it will not give one for these credentials any more."""

    def __init__(self, sentence: str, *, is_final: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.is_final = is_final


# --- Requests


def consent(oauth: OAuth2, values: Values, *, redirect_uri: str, state: str) -> Consent:
    assert oauth.authorize_url is not None
    client = WebApplicationClient(_client_id(values))
    verifier = client.create_code_verifier(64)
    challenge = {
        "code_challenge": client.create_code_challenge(verifier, "S256"),
        "code_challenge_method": "S256",
    }
    url: str = client.prepare_request_uri(
        oauth.authorize_url(values),
        redirect_uri=redirect_uri,
        scope=scopes_of(oauth, values) or None,
        state=state,
        **(challenge if oauth.pkce else {}),
        **oauth.parameters,
    )
    return Consent(url, verifier)


def exchange_request(
    oauth: OAuth2, values: Values, *, code: str, verifier: str, redirect_uri: str
) -> Request:
    body = WebApplicationClient(_client_id(values)).prepare_request_body(
        code=code,
        redirect_uri=redirect_uri,
        include_client_id=False,
        code_verifier=verifier if oauth.pkce else None,
    )
    return _request(oauth, values, body, oauth.token_url(values), secrets=(code, verifier))


def refresh_request(oauth: OAuth2, values: Values, refresh_token: str) -> Request:
    body = WebApplicationClient(_client_id(values)).prepare_refresh_body(refresh_token=refresh_token)
    return _request(oauth, values, body, oauth.token_url(values), secrets=(refresh_token,))


def client_request(oauth: OAuth2, values: Values) -> Request:
    """Asks for a token with nothing but the client's own credentials."""
    client = BackendApplicationClient(_client_id(values))
    body = client.prepare_request_body(scope=scopes_of(oauth, values) or None)
    return _request(oauth, values, body, oauth.token_url(values))


def revoke_request(oauth: OAuth2, values: Values, token: str) -> Request | None:
    """None where the server has no such endpoint."""
    if oauth.revoke_url is None:
        return None
    return _request(oauth, values, urlencode({"token": token}), oauth.revoke_url(values), secrets=(token,))


def _client_id(values: Values) -> str:
    """Raises NotConnected: an operator may take away the application that was registered for everybody."""
    client_id = str(values.get("client_id") or "").strip()
    if not client_id:
        raise NotConnected(NO_CLIENT, gone=True)
    return client_id


def _request(oauth: OAuth2, values: Values, body: str, url: str, *, secrets: tuple[str, ...] = ()) -> Request:
    client_id, secret = _client_id(values), values.get("client_secret") or ""
    headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
    way = oauth.client_authentication
    if (way(values) if callable(way) else way) == "basic":
        pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
        headers.append(("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"))
    else:
        body += "&" + urlencode({"client_id": client_id} | ({"client_secret": secret} if secret else {}))
    return Request(
        method="POST",
        url=url,
        headers=tuple(headers),
        body=body.encode(),
        timeout=TIMEOUT,
        secrets=tuple(filter(None, (secret, *secrets))),
    )


# --- Answers


def tokens_of(
    oauth: OAuth2, answer: Answer, *, asked: Request, now: datetime, before: Mapping[str, Any] | None = None
) -> Tokens:
    """Raises NoToken. What was kept `before` stays where a server does not say it again: its `refresh_token`, `keeps`.

    What was `asked` is not said again, whatever the server quotes of it.
    """
    if answer.response is None:
        sentence = answer.error.sentence if answer.error else ""
        raise NoToken(presentable(f"The token server gave no answer. {sentence}", asked.secrets))
    client = WebApplicationClient("")
    try:
        given = client.parse_request_body_response(answer.response.text)
    except OAuth2Error as error:
        raise _no_token(error, answer.response.status, asked.secrets) from error
    except Exception as error:  # a library reads what anybody may write: depth, numbers, types
        raise NoToken(UNREADABLE) from error
    known = {**(before or {}), **{key: value for key, value in given.items() if value not in (None, "")}}
    kept = {key: known[key] for key in oauth.keeps if key in known}
    if isinstance(kept.get("scope"), list):
        # As the library reads it; a server writes one text.
        kept["scope"] = " ".join(kept["scope"])
    kept["access_token"] = _token(given["access_token"])
    if renewable := known.get("refresh_token"):
        kept["refresh_token"] = _token(renewable)
    return Tokens(kept, _expires_at(oauth, given, now), _scopes(given))


def _token(given: object) -> str:
    """Raises NoToken for what no header could carry."""
    if not isinstance(given, str) or not _TOKEN.fullmatch(given) or not given.strip():
        raise NoToken("The token server answered with something that is no token.")
    return given


def _no_token(error: OAuth2Error, status: int, secrets: tuple[str, ...]) -> NoToken:
    code = str(error.error or "")
    words = str(error.description or "").strip().rstrip(".")
    said = f"{words} ({code})" if code and words and words != code else code or words or f"status {status}"
    is_final = code in DEAD and status < 500
    sentence = _MEANT.get(code, "The other system gives no access.")
    return NoToken(presentable(f"{sentence} The other system says: {said}.", secrets), is_final=is_final)


def _expires_at(oauth: OAuth2, given: Mapping[str, Any], now: datetime) -> datetime | None:
    seconds = given.get("expires_in", oauth.lifetime)
    try:
        return None if seconds is None else now + timedelta(seconds=float(seconds))
    except (TypeError, ValueError, OverflowError):
        return None


def _scopes(given: Mapping[str, Any]) -> frozenset[str] | None:
    scope = given.get("scope")
    if isinstance(scope, str):
        return frozenset(scope.replace(",", " ").split())
    return frozenset(map(str, scope)) if isinstance(scope, list) else None


def scopes_of(oauth: OAuth2, values: Values) -> list[Any]:
    return list(oauth.scopes(values) if callable(oauth.scopes) else oauth.scopes)


def missing_scopes(oauth: OAuth2, values: Values, tokens: Tokens) -> list[str]:
    """Scopes that were asked for and not given; none where the server does not say what it gave."""
    return [] if tokens.scopes is None else sorted(set(scopes_of(oauth, values)) - tokens.scopes)


def is_revoked(answer: Answer) -> bool:
    """The token is worth nothing any more. RFC 7009, 2.2: 200, whether it was known or not; Google says 400, invalid_token,
    of one that it does not know (developers.google.com/identity/protocols/oauth2/web-server, "Revoking a token")."""
    response = answer.response
    if response is None:
        return False
    known = json_of(response)
    is_unknown = isinstance(known, dict) and known.get("error") == "invalid_token"
    return 200 <= response.status < 300 or (response.status == 400 and is_unknown)
