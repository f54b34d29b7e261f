"""A recipient is called, while the source waits: no transaction is open, no connection to the database is kept."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import structlog
from django.conf import settings
from django.db import connections

from flows.engine import Recipient, Variables
from flows.recipients.bodies import Unsendable
from flows.recipients.mappings import values_of
from flows.recipients.properties import flag_of
from flows.recipients.request import build
from flows.recipients.response import RecipientResult, read_answer
from leadconduit.leads.bounds import TooLong
from leadconduit.lib import outbound
from leadconduit.lib.encryption import DecryptionError

logger = structlog.get_logger(__name__)

MAX_REDIRECTS = 5

_REDIRECTS = (301, 302, 303, 307, 308)
_KEPT_ELSEWHERE = frozenset(("accept", "content-type"))


def call(step: Recipient, variables: Variables) -> RecipientResult:
    """Asks the recipient of a step about a lead. Never raises for what mappings or the world do."""
    try:
        values = values_of(step.mappings, variables)
        request = build(step.module, values)
    except Unsendable as error:
        return RecipientResult.without_answer("skip", error.sentence)
    except TooLong as error:
        return RecipientResult.without_answer("error", error.sentence)
    except DecryptionError:
        logger.exception("recipient.credentials_not_readable", step_id=step.id)
        return RecipientResult.without_answer(
            "error", "The stored credentials cannot be read: enter them again."
        )
    with _waiting_for(request.url) as is_free:
        if not is_free:
            return RecipientResult.without_answer("error", _too_many(request.url))
        answers = _ask(
            request, follow=request.method == "GET" or flag_of(values.get("follow_redirects")) is True
        )
    transactions = tuple(answer.exchange for answer in answers)
    answer = answers[-1]
    if answer.response is None:
        sentence = answer.error.sentence if answer.error else "No answer came."
        return RecipientResult.without_answer("error", sentence, transactions)
    return read_answer(values, answer.response, secrets=request.secrets, transactions=transactions)


# --- Who waits for whom

_waiting: Counter[str] = Counter()
_lock = threading.Lock()


@contextmanager
def _waiting_for(url: str) -> Iterator[bool]:
    """Whether this thread may wait for the receiver: one that hangs must not take all threads of the process."""
    host = _host(url)
    with _lock:
        is_free = _waiting[host] < max(1, settings.WEB_THREADS // 2)
        _waiting[host] += is_free
    try:
        yield is_free
    finally:
        if is_free:
            with _lock:
                _waiting[host] -= 1
                if not _waiting[host]:
                    del _waiting[host]


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _too_many(url: str) -> str:
    return f"Too many leads wait for an answer of {_host(url)} already."


# --- The calls


def _ask(request: outbound.Request, *, follow: bool) -> list[outbound.Answer]:
    """One answer, or as many as there are redirects to follow and one."""
    _give_connections_back()
    ends = time.monotonic() + request.timeout
    answers = [outbound.send(request)]
    while follow and len(answers) <= MAX_REDIRECTS and (onward := _redirected(request, answers[-1])):
        request = replace(onward, timeout=max(ends - time.monotonic(), 0.1))
        answers.append(outbound.send(request))
    return answers


def _redirected(request: outbound.Request, answer: outbound.Answer) -> outbound.Request | None:
    """What to send next; credentials do not travel to another host."""
    response = answer.response
    location = response.header("Location") if response and response.status in _REDIRECTS else ""
    if response is None or not location:
        return None
    try:
        url = urljoin(request.url, location)
        is_elsewhere = _origin(url) != _origin(request.url)
    except ValueError:
        return None
    headers = tuple(
        header for header in request.headers if not is_elsewhere or header[0].lower() in _KEPT_ELSEWHERE
    )
    if response.status in (307, 308):
        return replace(request, url=url, headers=headers)
    headers = tuple(header for header in headers if header[0].lower() != "content-type")
    return replace(request, method="GET", url=url, headers=headers, body=b"")


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _give_connections_back() -> None:
    """A thread that waits outside needs none, and others may."""
    for connection in connections.all(initialized_only=True):
        # Inside of a transaction there is only a test.
        if not connection.in_atomic_block:
            connection.close()
