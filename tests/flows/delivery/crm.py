"""HubSpot as far as a delivery by a connection needs it, on this machine: a token server that rotates, and contacts."""

import contextlib
import itertools
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from django.utils import timezone

from destinations.models import Action, Connection, ConnectionToken, Destination, Lane
from leadconduit.accounts.models import Account
from tests.destinations.credentials.token_server import TokenServer
from tests.factories import DestinationFactory
from tests.flows.delivery.receiver import Server

ORIGIN, BELOW = "https://api.hubapi.com", "/hubspot"


@dataclass
class Crm:
    """Takes contacts for `good` tokens alone. `tokens` counts what the token server was asked; `seconds` it takes."""

    good: str = "access-1"
    tokens: TokenServer = field(default_factory=TokenServer)
    seconds: float = 0.0
    contacts: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    port: int = 0
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{BELOW}"

    @property
    def environment(self) -> dict[str, str]:
        """What another process is told so that its HubSpot is this one."""
        base_url = self.url.removesuffix(BELOW)
        return {"BASE_URL": base_url, "SANDBOX": "1", "OUTBOUND_REWRITE": json.dumps({ORIGIN: self.url})}

    @property
    def emails(self) -> list[str]:
        return sorted(contact["email"] for contact in self.contacts)

    def answer(self, path: str, token: str, body: str) -> tuple[int, dict[str, Any]]:
        if path.startswith("/oauth/v1/access-tokens/"):
            return 404, {}
        if path.startswith("/oauth/"):
            time.sleep(self.seconds)
            form = {name: values[0] for name, values in parse_qs(body).items()}
            return self.tokens.answer(form)
        with self._lock:
            if token != self.good:
                self.refused += 1
                return 401, {"category": "INVALID_AUTHENTICATION", "message": "The token is not known."}
            if path.startswith("/account-info/"):
                return 200, {"portalId": 7, "uiDomain": "app.hubspot.com"}
            self.contacts.append(json.loads(body)["properties"])
            return 201, {"id": str(next(self._ids)), "properties": {}}


@contextlib.contextmanager
def serving(crm: Crm) -> Iterator[Crm]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            status, said = crm.answer(self.path.removeprefix(BELOW), token, self.rfile.read(length).decode())
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None: ...

    server = Server(("127.0.0.1", 0), Handler)
    crm.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield crm
    server.shutdown()
    server.server_close()


# --- What delivers to it


def by_consent(owner: Account) -> Connection:
    """A connection whose access token has expired."""
    made = Connection(
        account=owner,
        integration="hubspot",
        scheme="oauth2_code",
        name="Portal",
        settings={"client_id": "app"},
    )
    made.seal({"client_secret": "s3cret"})
    made.save()
    long_ago = timezone.now() - timedelta(hours=1)
    token = ConnectionToken(connection=made, version=1, given_at=long_ago, expires_at=long_ago)
    token.seal({"access_token": "access-0", "refresh_token": "refresh-0"})
    token.save()
    return made


def by_token(owner: Account, token: str) -> Connection:
    made = Connection(account=owner, integration="hubspot", scheme="bearer", name="Portal")
    made.seal({"token": token})
    made.save()
    return made


def destination(connection: Connection, **lane: Any) -> Destination:
    """Creates contacts by this connection."""
    made = DestinationFactory.create(
        account=connection.account, integration="hubspot", integration_name="HubSpot", name="Contacts"
    )
    assert made.live is not None
    document = made.live.document
    document |= {"connection": connection.pk, "scheme": connection.scheme, "configuration": {}}
    document["actions"][0] |= {"action_id": "create_contact", "configuration": {}}
    made.live.save()
    Action.objects.filter(destination=made).update(action_id="create_contact")
    Lane.objects.filter(destination=made).update(**lane)
    return made
