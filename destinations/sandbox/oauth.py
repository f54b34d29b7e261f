"""The OAuth 2.0 server of the stand-ins: consent, codes with PKCE, tokens that expire, rotate and are revoked.

RFC 6749 (codes, refreshing, client credentials), RFC 7636 (PKCE, S256 only), RFC 7009 (revoking); that a spent refresh
token that is used again revokes all of its family is RFC 9700, 4.14.2. What differs from vendor to vendor (addresses,
lifetime, the answer) is the stand-in's `TokenServer`. Written by hand: a library's server would have to be taught each
vendor's exceptions, and is longer than all of it.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from destinations.connectors.stand_in import Fields, Grant, Organisation, Reply, StandIn
from destinations.models import StandInToken
from destinations.sandbox import keeping
from leadconduit.lib.ids import new_id

CODE_SECONDS = 60
SHORT_SECONDS = 5
"""How long access tokens last while `short_tokens` is switched on."""


def consented(stand_in: StandIn, scope: str = "") -> Fields:
    """What the token endpoint answers after consent, for one that nobody has to give: of the first organisation."""
    organisation, secret = stand_in.organisations[0], stand_in.oauth.client_secret
    return stand_in.oauth.answer(
        _grant(stand_in, organisation, new_id(), scope, secret, "authorization_code")
    )


class _AppRedirect(HttpResponseRedirect):
    allowed_schemes = ["http", "https"]


# --- Consent


def consent(request: HttpRequest, stand_in: StandIn) -> HttpResponse:
    """Ask who connects, and send the browser back with a code, or with `access_denied`."""
    asked = request.GET
    if problem := _problem(request, stand_in):
        context = {"stand_in": stand_in, "problem": problem}
        return render(request, "sandbox/consent.html", context, status=400)
    if request.method != "POST":
        context = {
            "stand_in": stand_in,
            "scopes": asked.get("scope", "").split(),
            "returns_to": urlsplit(asked["redirect_uri"]).netloc,
        }
        return render(request, "sandbox/consent.html", context)
    if request.POST.get("decision") != "allow":
        return _back(asked, error="access_denied", error_description="end-user denied authorization")
    organisation = stand_in.organisation(request.POST.get("organisation", ""))
    code = _issue(
        stand_in,
        "code",
        organisation,
        family=new_id(),
        scope=asked.get("scope", ""),
        seconds=CODE_SECONDS,
        redirect_uri=asked["redirect_uri"],
        challenge=asked.get("code_challenge", ""),
    )
    return _back(asked, code=code)


def _problem(request: HttpRequest, stand_in: StandIn) -> str:
    """Why the browser is not sent back at all: the application that asks is not known, or asks wrongly."""
    asked = request.GET
    if asked.get("client_id") != stand_in.oauth.client_id:
        return "The client_id is not that of an application known here."
    if not _is_registered(request, asked.get("redirect_uri", "")):
        return "The redirect_uri is not one that the application is registered with."
    if asked.get("response_type") != "code":
        return "The response_type must be “code”."
    if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
        return "The code_challenge_method must be S256."
    return ""


def _is_registered(request: HttpRequest, redirect_uri: str) -> bool:
    """The application that is registered is this product, at its own address."""
    own = (f"{settings.BASE_URL}/", request.build_absolute_uri("/"))
    return redirect_uri.startswith(own)


def _back(asked: Mapping[str, str], **answer: str) -> HttpResponse:
    state = {"state": asked["state"]} if "state" in asked else {}
    joint = "&" if urlsplit(asked["redirect_uri"]).query else "?"
    return _AppRedirect(f"{asked['redirect_uri']}{joint}{urlencode({**answer, **state})}")


# --- Tokens


class _Refused(Exception):
    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


def token(stand_in: StandIn, given: Mapping[str, str], authorization: str) -> Reply:
    """Answers the token endpoint, asked with the parameters `given`."""
    try:
        grant = _granted(stand_in, given, _authenticate(stand_in, given, authorization))
    except _Refused as refused:
        return stand_in.oauth.refusal(refused.error, refused.description)
    return Reply(200, stand_in.oauth.answer(grant), {"Cache-Control": "no-store", "Pragma": "no-cache"})


def revoke(stand_in: StandIn, token: str) -> Reply:
    """RFC 7009, 2.1: with a refresh token goes all that came of the same consent, an access token goes alone (a server may
    do more, and nobody can rely on it). 2.2: one that is not known is no error."""
    row = _find(stand_in, token)
    if row and row.kind == "refresh":
        _revoke_family(row)
    elif row and row.kind == "access":
        row.is_revoked = True
        row.save()
    return Reply(200)


def holder(stand_in: StandIn, token: str) -> tuple[Organisation | None, str]:
    """Whose records an access token opens; or None and why not: "unknown", "expired"."""
    if token in stand_in.fixed_tokens:
        if keeping.takes_place(stand_in, "refused_token"):
            return None, "unknown"
        return stand_in.organisation(stand_in.fixed_tokens[token]), ""
    row = _find(stand_in, token, "access")
    if row is None or row.is_revoked:
        return None, "unknown"
    since = keeping.expired_since(stand_in)
    if _is_over(row) or (since and row.issued_at < since):
        return None, "expired"
    return stand_in.organisation(row.organisation), ""


def _authenticate(stand_in: StandIn, given: Mapping[str, str], authorization: str) -> str:
    """The secret, checked: from the body, or from HTTP Basic."""
    client_id, secret = given.get("client_id", ""), given.get("client_secret", "")
    if authorization.lower().startswith("basic "):
        try:
            client_id, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
        except ValueError as error:
            raise _Refused("invalid_client", "invalid client credentials") from error
    if client_id != stand_in.oauth.client_id:
        raise _Refused("invalid_client_id", "client identifier invalid")
    if not hmac.compare_digest(secret.encode(), stand_in.oauth.client_secret.encode()):
        raise _Refused("invalid_client", "invalid client credentials")
    return secret


def _granted(stand_in: StandIn, given: Mapping[str, str], secret: str) -> Grant:
    grant_type = given.get("grant_type", "")
    if grant_type not in stand_in.oauth.grants:
        raise _Refused("unsupported_grant_type", "grant type not supported")
    if grant_type == "authorization_code":
        return _for_code(stand_in, given, secret)
    if grant_type == "refresh_token":
        return _for_refresh_token(stand_in, given, secret)
    scope = given.get("scope", "")
    return _grant(stand_in, stand_in.organisations[0], new_id(), scope, secret, grant_type)


def _for_code(stand_in: StandIn, given: Mapping[str, str], secret: str) -> Grant:
    row = _find(stand_in, given.get("code", ""), "code")
    if row is None:
        raise _Refused("invalid_grant", "invalid authorization code")
    if row.is_spent:
        _revoke_family(row)
        raise _Refused("invalid_grant", "authorization code has been used")
    row.is_spent = True
    row.save()
    if _is_over(row) or row.is_revoked:
        raise _Refused("invalid_grant", "expired authorization code")
    if given.get("redirect_uri") != row.redirect_uri:
        raise _Refused("redirect_uri_mismatch", "redirect_uri must match configuration")
    if row.challenge and _challenge_of(given.get("code_verifier", "")) != row.challenge:
        raise _Refused("invalid_grant", "invalid code verifier")
    organisation = stand_in.organisation(row.organisation)
    return _grant(stand_in, organisation, row.family, row.scope, secret, "authorization_code")


def _for_refresh_token(stand_in: StandIn, given: Mapping[str, str], secret: str) -> Grant:
    row = _find(stand_in, given.get("refresh_token", ""), "refresh")
    if row is not None and row.is_spent:
        _revoke_family(row)
    if row is None or row.is_spent or row.is_revoked:
        raise _Refused("invalid_grant", "expired access/refresh token")
    if stand_in.oauth.rotates:
        row.is_spent = True
        row.save()
    organisation = stand_in.organisation(row.organisation)
    kept = "" if stand_in.oauth.rotates else given["refresh_token"]
    return _grant(stand_in, organisation, row.family, row.scope, secret, "refresh_token", kept)


def _grant(
    stand_in: StandIn,
    organisation: Organisation,
    family: str,
    scope: str,
    secret: str,
    kind: str,
    refresh_token: str = "",
) -> Grant:
    short = keeping.takes_place(stand_in, "short_tokens")
    seconds = SHORT_SECONDS if short else stand_in.oauth.lifetime
    access_token = _issue(stand_in, "access", organisation, family=family, scope=scope, seconds=seconds)
    if not refresh_token and kind != "client_credentials":
        refresh_token = _issue(stand_in, "refresh", organisation, family=family, scope=scope)
    return Grant(
        access_token=access_token,
        refresh_token=refresh_token,
        organisation=organisation,
        scope=scope,
        issued_at=timezone.now(),
        expires_in=seconds,
        client_secret=secret,
        kind=kind,
    )


def _issue(
    stand_in: StandIn,
    kind: str,
    organisation: Organisation,
    *,
    family: str,
    scope: str,
    seconds: int | None = None,
    redirect_uri: str = "",
    challenge: str = "",
) -> str:
    made = f"{organisation.id}!{secrets.token_urlsafe(32)}"
    now = timezone.now()
    StandInToken.objects.create(
        digest=_digest(made),
        stand_in=stand_in.key,
        kind=kind,
        family=family,
        organisation=organisation.id,
        scope=scope,
        redirect_uri=redirect_uri,
        challenge=challenge,
        issued_at=now,
        expires_at=now + timedelta(seconds=seconds) if seconds else None,
    )
    return made


def _find(stand_in: StandIn, token: str, kind: str = "") -> StandInToken | None:
    of_kind = Q(kind=kind) if kind else Q()
    return StandInToken.objects.filter(of_kind, stand_in=stand_in.key, digest=_digest(token)).first()


def _revoke_family(row: StandInToken) -> None:
    StandInToken.objects.filter(stand_in=row.stand_in, family=row.family).update(is_revoked=True)


def _is_over(row: StandInToken, now: datetime | None = None) -> bool:
    return row.expires_at is not None and row.expires_at <= (now or timezone.now())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _challenge_of(verifier: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier):
        return "-"
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
