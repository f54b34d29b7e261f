import contextlib
import ipaddress
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from django.db import connections
from pytest_django.fixtures import Settings


@dataclass
class TokenServer:
    """A token server of another party, whose refresh tokens are spent by using them: each is good once."""

    url: str = ""
    refresh_token: str = "refresh-0"
    expires_in: int | None = 3600
    status: int = 200
    error: str = ""
    changed: dict[str, object] = field(default_factory=dict)
    """What it says otherwise than such a server should, of a token that it gives."""
    body: str = ""
    """What it answers, whatever it is asked."""
    requests: list[dict[str, str]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], object] | None = None
    """What happens elsewhere, once, between its being asked and its answering."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        with self.lock:
            if "token" in form:
                self.revoked.append(form["token"])
                return self.status, {"error": self.error}
            self.requests.append(form)
            if self.error or self.status != 200:
                return self.status if self.status != 200 else 400, {"error": self.error}
            if form["grant_type"] == "refresh_token" and form["refresh_token"] != self.refresh_token:
                return 400, {"error": "invalid_grant", "error_description": "expired access/refresh token"}
            number = next(self.numbers)
            self.refresh_token = f"refresh-{number}"
            given: dict[str, object] = {"access_token": f"access-{number}", "token_type": "Bearer"}
            if self.expires_in is not None:
                given["expires_in"] = self.expires_in
            if form["grant_type"] != "client_credentials":
                given |= {"refresh_token": self.refresh_token, "instance_url": "https://acme.example"}
            return 200, given | self.changed


@pytest.fixture
def token_server(settings: Settings) -> Iterator[TokenServer]:
    settings.OUTBOUND_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    server = TokenServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    server.url = f"http://127.0.0.1:{http.server_address[1]}/token"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield server
    http.shutdown()
    http.server_close()
    thread.join()


def _handler(server: TokenServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            status, given = server.answer(form | {"authorization": self.headers.get("Authorization", "")})
            if server.meanwhile and "token" not in form:
                server.meanwhile()
                server.meanwhile = None
                connections.close_all()
            answer = (server.body or json.dumps(given)).encode()
            with contextlib.suppress(OSError):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None: ...

    return Handler
