"""All settings of the product. Each is read from the environment and refused loudly when it makes no sense.

`docs/operations.md` lists them for people.
"""

import base64
import binascii
import ipaddress
import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from leadconduit import __version__
from leadconduit.lib import local_secrets, logs

BASE_DIR = Path(__file__).resolve().parent.parent


def env_bool(name: str, *, default: bool) -> bool:
    text = os.environ.get(name, "").strip().lower()
    if text in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return text in {"1", "true", "yes", "on"} if text else default
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {text!r}.")


def env_int(name: str, *, default: int, least: int = 1) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdigit() or int(text) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not {text!r}.")
    return int(text)


def env_list(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


# --- Where it runs

VERSION = __version__
PRODUCTION = env_bool("PRODUCTION", default=False)
DEBUG = False
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").absolute()
PORT = env_int("PORT", default=8000)
BASE_URL = os.environ.get("BASE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or ["*"]
if PRODUCTION and ALLOWED_HOSTS == ["*"]:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts that this installation answers for.")


# --- Secrets: made once and kept under VAR_DIR, unless the environment gives them


def _secrets() -> tuple[str, list[str]]:
    given_key, given_ring = os.environ.get("SECRET_KEY", ""), env_list("ENCRYPTION_KEYS")
    if given_key and given_ring:
        return given_key, given_ring
    if PRODUCTION:
        raise ImproperlyConfigured("SECRET_KEY and ENCRYPTION_KEYS must be set in production.")
    made = local_secrets.ensure(VAR_DIR)
    return given_key or made["SECRET_KEY"], given_ring or [made["ENCRYPTION_KEY"]]


def _key_ring(texts: list[str]) -> list[bytes]:
    try:
        ring = [base64.b64decode(text, validate=True) for text in texts]
    except binascii.Error as error:
        raise ImproperlyConfigured("ENCRYPTION_KEYS must be base64.") from error
    if any(len(key) != 32 for key in ring):
        raise ImproperlyConfigured("Each of ENCRYPTION_KEYS must be 32 bytes, written in base64.")
    return ring


SECRET_KEY, _ring = _secrets()
ENCRYPTION_KEYS = _key_ring(_ring)


# --- Outbound requests

OUTBOUND_ALLOW = [ipaddress.ip_network(text, strict=False) for text in env_list("OUTBOUND_ALLOW")]
SANDBOX = env_bool("SANDBOX", default=False)
if SANDBOX and PRODUCTION:
    raise ImproperlyConfigured(
        "SANDBOX serves stand-ins and a request inspector: it has no place in production."
    )
_base = urlsplit(BASE_URL)
OUTBOUND_SANDBOX = [(_base.hostname or "", _base.port or 80)] if SANDBOX else []


def _rewrite() -> dict[str, str]:
    """`{origin: base}`; an origin's host may begin with `*.`, and a base lies below BASE_URL."""
    text = os.environ.get("OUTBOUND_REWRITE", "").strip()
    if not text:
        return {}
    if not SANDBOX:
        raise ImproperlyConfigured("OUTBOUND_REWRITE leads to stand-ins, which only SANDBOX=1 serves.")
    try:
        given: Any = json.loads(text)
        pairs = {str(origin): str(base).rstrip("/") for origin, base in given.items()}
    except (ValueError, AttributeError) as error:
        raise ImproperlyConfigured(
            "OUTBOUND_REWRITE must be a JSON object of origins and addresses."
        ) from error
    for origin, base in pairs.items():
        if not re.fullmatch(r"https?://(\*\.)?[a-z0-9.-]+(:[0-9]+)?", origin):
            raise ImproperlyConfigured(f"OUTBOUND_REWRITE: {origin!r} is not an origin.")
        if not base.startswith(f"{BASE_URL}/"):
            raise ImproperlyConfigured(f"OUTBOUND_REWRITE: {base!r} does not lie below BASE_URL.")
    return pairs


OUTBOUND_REWRITE = _rewrite()


# --- Database

WEB_THREADS = env_int("WEB_THREADS", default=16)
# Its attempts to reconnect grow rarer: giving up soon lets the next request try at once when the database is back.
POOL = {"min_size": 1, "max_size": WEB_THREADS, "timeout": 3, "reconnect_timeout": 3}


def _database() -> dict[str, Any]:
    if not os.environ.get("DATABASE_URL"):
        raise ImproperlyConfigured(
            "DATABASE_URL is not set. Run through manage.py, which starts the embedded database."
        )
    try:
        parts = conninfo_to_dict(os.environ["DATABASE_URL"])
    except Exception as error:
        raise ImproperlyConfigured("DATABASE_URL is not a PostgreSQL connection string.") from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "leadconduit"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **parts, "pool": POOL},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# --- Applications

INSTALLED_APPS = [
    "leadconduit",
    "leadconduit.accounts",
    "destinations",
    "flows",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "lucide",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "leadconduit.middleware.TraceId",
    "leadconduit.middleware.ContentSecurityPolicy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "leadconduit.middleware.NoNul",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "leadconduit.urls"
WSGI_APPLICATION = "leadconduit.wsgi.application"
APPEND_SLASH = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leadconduit.accounts.context.account",
            ],
            "builtins": ["leadconduit.display", "django_htmx.templatetags.django_htmx"],
        },
    }
]
FORM_RENDERER = "leadconduit.forms.FormRenderer"
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# A lead is small. A body above this is refused with 413 before it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The page of a mapping has some ten fields for each of up to 500 rows; how many there can be, the size bounds anyway.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000


# --- Who is asking

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/app/login/"
LOGIN_REDIRECT_URL = "/app/"
LOGOUT_REDIRECT_URL = "/app/login/"
ACCOUNT_ADAPTER = "leadconduit.accounts.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {"login": "leadconduit.accounts.sign_in.SignInForm"}
ACCOUNT_RATE_LIMITS = {"login": "100/m/ip", "login_failed": "20/m/ip,10/5m/key"}
# How many of the addresses in X-Forwarded-For, from the right, our own proxies wrote. None: the peer is the client.
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXIES", default=1 if PRODUCTION else 0, least=0)
# Attempts to sign in are counted over all web processes and machines: what they share is the database. The count is
# read and written by a sign-in and by nothing else, so that its cost does not matter.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # Above this, old entries are dropped early: enough that nobody can push others' counts out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000


# --- REST API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["leadconduit.accounts.api_auth.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["leadconduit.lib.api.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["leadconduit.lib.api.JsonParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "leadconduit.lib.api.AlwaysJson",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "leadconduit.lib.api.handle_exception",
    "UNAUTHENTICATED_USER": None,
    # A lead field or a query parameter named "format" must not choose a renderer.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "LeadConduit destinations API",
    "DESCRIPTION": "Destinations, flows and deliveries of an account. Sign in with HTTP Basic: any user name, the API key as password.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "OAS_VERSION": "3.1.0",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # Not drf-spectacular's own hook, which names every enumeration by its field: two of one name collide.
    "POSTPROCESSING_HOOKS": [
        "leadconduit.api_description.require_bodies",
        "leadconduit.api_description.add_intake",
        "leadconduit.api_description.add_rules",
    ],
}


# --- Deliveries

# How many attempts a delivery gets before it is given up, and the pause between them: it doubles from the first
# to the longest, with jitter.
DELIVERY_MAX_TRIES = env_int("DELIVERY_MAX_TRIES", default=12)
DELIVERY_FIRST_RETRY_SECONDS = env_int("DELIVERY_FIRST_RETRY_SECONDS", default=15)
DELIVERY_LONGEST_RETRY_SECONDS = env_int("DELIVERY_LONGEST_RETRY_SECONDS", default=6 * 3600)
WORKER_IN_FLIGHT = env_int("WORKER_IN_FLIGHT", default=200)


def _oauth_clients() -> dict[str, dict[str, str]]:
    text = os.environ.get("OAUTH_CLIENTS", "").strip() or "{}"
    try:
        given: Any = json.loads(text)
        return {
            str(key): {"client_id": str(client["client_id"]), "client_secret": str(client["client_secret"])}
            for key, client in given.items()
        }
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(
            'OAUTH_CLIENTS must be JSON: {"salesforce": {"client_id": "..", "client_secret": ".."}}.'
        ) from error


# Applications that are registered with vendors for everybody: {"salesforce": {"client_id": "..", "client_secret": ".."}}.
# Without one, each account brings its own.
OAUTH_CLIENTS = _oauth_clients()

ICON_URL_SECONDS = env_int("ICON_URL_SECONDS", default=3600)


# --- E-mail: an account's admins are told when a connection needs them

EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = env_int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "leadconduit@localhost")
# Without a server, what would be sent is printed while developing, and in production the page of the connection must do.
_EMAILS_GO = "smtp" if EMAIL_HOST else "dummy" if PRODUCTION else "console"
EMAIL_BACKEND = f"django.core.mail.backends.{_EMAILS_GO}.EmailBackend"


# --- Logging: one JSON object a line, never a secret or a lead's value

LOGGING_CONFIG = None
logs.configure()
