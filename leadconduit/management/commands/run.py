import errno
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from destinations.sandbox.stand_ins import environment as sandbox_environment
from leadconduit.lib import embedded_database, supervisor
from leadconduit.lib.supervisor import Service, StopRequest, say

#: Seconds that an earlier server on our port is given to finish; a little more than its own grace.
PORT_PATIENCE = 12
SECONDS_BETWEEN_REPORTS = 15


class Command(BaseCommand):
    help = "Bring everything up to date, then serve web and worker with demo data until Ctrl-C. Not for production."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        stop = StopRequest()
        try:
            self._run(stop)
        except _Stopped:
            say("Stopped.")

    def _run(self, stop: StopRequest) -> None:
        host = os.environ.get("HOST") or "127.0.0.1"
        base_url = os.environ.get("BASE_URL") or f"http://127.0.0.1:{settings.PORT}"
        environment = {
            **sandbox_environment(base_url),
            **os.environ,
            "SANDBOX": "1",
            "BASE_URL": base_url,
            "HOST": host,
            "PYTHONUNBUFFERED": "1",
        }

        _require_free_port(host, settings.PORT, stop)
        say("Bringing database and static files up to date ...")
        instructions = _prepare(base_url, environment, stop)
        web = Service("web", _manage("web"), environment)
        worker = Service("worker", _manage("worker"), environment)
        with supervisor.running([web, worker], stop):
            _wait_until_ready(web, stop)
            self.stdout.write(instructions)
            self.stdout.flush()
            _look_after([web, worker], stop)


class _Stopped(Exception):
    """Somebody asked to stop."""


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments]


def _require_free_port(host: str, port: int, stop: StopRequest) -> None:
    # The web server shares its port among its processes, and would with a stranger's too, without a word.
    end = time.monotonic() + PORT_PATIENCE
    while not _is_free(host, port):
        if time.monotonic() > end:
            raise CommandError(
                f"Port {port} is taken by another process: stop it, or choose another with PORT=8001"
            )
        _pause(stop)


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise CommandError(f"Cannot listen on {host}, port {port}: {error.strerror}") from error
    return True


def _prepare(base_url: str, environment: Mapping[str, str], stop: StopRequest) -> str:
    """Migrate and make the demo data; the lines that say how to use them."""
    preparing = supervisor.start(
        _manage("prepare", "--base-url", base_url), environment, stdout=subprocess.PIPE
    )
    assert preparing.stdout
    with preparing.stdout:
        try:
            while preparing.poll() is None:
                _pause(stop)
        finally:
            supervisor.end([preparing], stop)
        if preparing.returncode:
            raise CommandError("The database could not be brought up to date: the reason stands above")
        said: bytes = preparing.stdout.read()
        return said.decode()


def _wait_until_ready(web: Service, stop: StopRequest) -> None:
    report_at = time.monotonic() + SECONDS_BETWEEN_REPORTS
    while trouble := _trouble():
        if web.process is None or web.process.poll() is not None:
            raise CommandError("The web server ended before it served: the reason stands above")
        if time.monotonic() > report_at:
            say(f"Not ready yet: {trouble}")
            report_at += SECONDS_BETWEEN_REPORTS
        _pause(stop)


def _trouble() -> str:
    """What keeps the product from serving; empty when it serves."""
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{settings.PORT}/readyz", timeout=5):
            return ""
    except HTTPError as error:
        with error:
            told: bytes = error.read(1000)
            return told.decode(errors="replace")
    except (URLError, OSError) as error:
        return str(error)


def _look_after(services: list[Service], stop: StopRequest) -> None:
    own_database = os.environ["DATABASE_URL"] == embedded_database.url(settings.VAR_DIR)
    while True:
        for service in services:
            service.look_after()
        if own_database and embedded_database.revive(settings.VAR_DIR):
            say("The database had ended; it runs again")
        _pause(stop)


def _pause(stop: StopRequest) -> None:
    if stop:
        raise _Stopped
    time.sleep(supervisor.SECONDS_BETWEEN_LOOKS)
