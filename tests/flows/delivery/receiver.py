"""A receiver on this machine that does as it is told, and the worker processes that deliver to it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo

from flows.delivery.database import connection_parameters
from tests.processes import PATIENCE

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Received:
    key: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass(slots=True)
class Receiver:
    """Answers every request with `status` and `headers`, when `gate` is open and after `seconds`."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    port: int = 0
    gate: threading.Event = field(default_factory=threading.Event)
    received: list[Received] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/leads"

    @property
    def keys(self) -> list[str]:
        return [received.key for received in self.received]

    def start(self) -> None:
        """On the port that it had before, if it was started before."""
        self.gate.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.received.append(
                    Received(headers["webhook-id"], self.path, headers, json.loads(body))
                )
                receiver.gate.wait(PATIENCE)
                time.sleep(receiver.seconds)
                self.send_response(receiver.status)
                for name, value in {**receiver.headers, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None: ...

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self.gate.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A worker that was killed has hung up."""


class WorkerProcess:
    """A real `manage.py worker` on the tests' database."""

    def __init__(self, **environment: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, ROOT / "manage.py", "worker"],
            env={
                **os.environ,
                "DATABASE_URL": make_conninfo(**connection_parameters()),
                "OUTBOUND_ALLOW": "127.0.0.0/8",
                "DELIVERY_FIRST_RETRY_SECONDS": "1",
                **environment,
            },
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: list[str] = []
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            for line in lines:
                self._lines.append(line)

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._lines if line.startswith("{")]

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reading.join()

    def signal_end(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Until it has ended by itself; its exit status."""
        return self._process.wait(PATIENCE)
