"""HTTP Basic for the REST API: any user name, the API key as the password."""

import base64
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from leadconduit.accounts.models import Account, ApiKey

CHALLENGE = 'Basic realm="LeadConduit"'


class ApiCaller:
    """`request.user` of an API request: an account, through one of its keys."""

    is_authenticated = True
    is_anonymous = False

    def __init__(self, key: ApiKey) -> None:
        self.key = key
        self.account: Account = key.account


def caller_of(request: Request) -> ApiCaller:
    """Who asks, of a request that was authenticated."""
    return cast(ApiCaller, request.user)


def key_of(authorization: str) -> ApiKey | None:
    """The working key that an Authorization header shows, if any."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return None
    return ApiKey.objects.of_clear(password)


class ApiKeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[ApiCaller, ApiKey]:
        key = key_of(request.headers.get("Authorization", ""))
        if key is None:
            raise AuthenticationFailed("not authorized")
        key.mark_used(now=timezone.now())
        return ApiCaller(key), key

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "leadconduit.accounts.api_auth.ApiKeyAuthentication"
    name = "APIKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "basic",
            "description": "Any user name; the API key as the password.",
        }
