"""A system of another party that says back whatever it is told, in each way that an answer has room for."""

import contextlib
import itertools
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.flows.delivery.receiver import Server

SLOW = "/slow"
STATUSES = (401, 500, 400, 422, 302, 409, 429, 403, 404, 207, 200, 503)


@contextlib.contextmanager
def echoing() -> Iterator[str]:
    """The address where it is. Whoever has other credentials hears all statuses, from the first on."""
    turns: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.cycle(STATUSES))
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
            with turn:
                status = (
                    400 if is_token_server(self.path) else next(turns[self.headers.get("Authorization", "")])
                )
            heard = f"{self.command} {self.path} {dict(self.headers.items())} {body}"
            content = json.dumps(said_of(heard, self.path)).encode()
            with contextlib.suppress(OSError):
                self.send_response(status, heard[:300].encode("latin-1", "replace").decode("latin-1"))
                self.send_header("Content-Type", "application/json")
                self.send_header("Location", f"https://elsewhere.example/?{self.path}")
                self.send_header(
                    "X-Heard", " ".join(heard.split())[:4000].encode("latin-1", "replace").decode("latin-1")
                )
                self.send_header("Content-Length", str(len(content) + (status == 500)))
                self.end_headers()
                self.wfile.write(content)
                if status == 500:  # the answer ends in the middle, or never
                    time.sleep(1.5 if self.path.startswith(SLOW) else 0)
                    self.close_connection = True

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, format: str, *args: Any) -> None: ...

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def is_token_server(path: str) -> bool:
    return path.endswith(("/token", "/oauth/v3/token"))


def said_of(heard: str, path: str) -> dict[str, Any]:
    """An error as each of the systems would word it."""
    error = {"message": heard, "code": heard, "errorCode": "INVALID_FIELD", "field": "email", "error": heard}
    return {
        "message": heard,
        "error": "invalid_grant" if "salesforce" in path else "invalid_request",
        "error_description": heard,
        "detail": heard,
        "title": heard,
        "success": False,
        "errors": [error],
        "category": "VALIDATION_ERROR",
        "context": {"properties": [heard]},
    }
