"""The product and a receiver as processes of their own, and a browser that is watched."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import orjson
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.product import product, static_root

__all__ = ["product", "static_root"]

# The synchronous Playwright runs its own event loop in this thread, in which Django would refuse the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SETTLED = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')"
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM:
        return
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="No Chromium on this machine: apt-get install chromium"))


# Not for the session: as long as it lives, this thread has a running event loop, which other tests must not meet.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)


class Receiving:
    """The receiver's process, seen from here."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, HERE / "receiving.py"], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    @property
    def received(self) -> list[dict[str, Any]]:
        with urlopen(f"{self.url}/received", timeout=5) as answer:
            received: list[dict[str, Any]] = orjson.loads(answer.read())
        return received

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def receiving() -> Iterator[Receiving]:
    receiver = Receiving()
    yield receiver
    receiver.stop()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page on which nothing may go wrong unnoticed: a script's error, a refused style, a missing file."""
    # Colours that are on their way somewhere would be judged by axe as they pass.
    page = chromium.new_page(reduced_motion="reduce")
    page.set_default_timeout(10_000)
    trouble: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # A form that comes back with its mistakes is answered 422, a consent that was not given 400: the browser calls
        # both an error.
        expected = any(f"status of {status}" in message.text for status in (400, 422))
        if message.type in ("error", "warning") and not expected:
            trouble.append(f"{page.url}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: trouble.append(f"{page.url}: {error}"))
    yield page
    page.context.close()
    assert trouble == []


def look(page: Page) -> None:
    """Nobody is kept out of the page as it stands: axe finds nothing, in light and in dark."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(SETTLED)
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        found = Axe().run(page).response["violations"]
        assert [(page.url, theme, one["id"], one["nodes"][0]["html"]) for one in found] == []


def make_account(name: str, email: str, password: str) -> dict[str, str]:
    """As an operator makes one."""
    said = io.StringIO()
    call_command("create_account", name, email=email, password=password, stdout=said)
    made: dict[str, str] = orjson.loads(said.getvalue())
    return made
