"""A recipient is called, while the source waits: no transaction is open, no connection to the database is kept."""

import math
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import structlog
from django.conf import settings
from django.db import connections

from flows.engine import Recipient, Variables
from flows.recipients.addresses import origin_of
from flows.recipients.bodies import Unsendable
from flows.recipients.mappings import values_of
from flows.recipients.properties import flag_of
from flows.recipients.request import NoUrl, account_secrets, build
from flows.recipients.response import RecipientResult, read_answer
from leadconduit.leads.bounds import TooLong
from leadconduit.lib import outbound
from leadconduit.lib.encryption import DecryptionError
from leadconduit.lib.masking import masker_for

logger = structlog.get_logger(__name__)

MAX_REDIRECTS = 5
NOT_FOLLOWED = "The answer is a redirect that cannot be followed."

_REDIRECTS = (301, 302, 303, 307, 308)
_KEPT_ELSEWHERE = frozenset(("accept", "content-type"))


def call(step: Recipient, variables: Variables) -> RecipientResult:
    """Asks the recipient of a step about a lead. Never raises for what mappings or the world do."""
    opened: list[str] = []
    try:
        values = values_of(step.mappings, variables, secrets=opened)
        request = build(step.module, values, opened)
    except NoUrl as error:
        return RecipientResult.without_answer("skip", error.sentence)
    except (Unsendable, TooLong) as error:
        return RecipientResult.without_answer("error", error.sentence)
    except DecryptionError:
        logger.exception("recipient.credentials_not_readable", step_id=step.id)
        return RecipientResult.without_answer(
            "error", "The stored credentials cannot be read: enter them again."
        )
    follow = request.method == "GET" or flag_of(values.get("follow_redirects")) is True
    # A long answer takes time as well, so the place is kept until it is read.
    with ExitStack() as place:
        try:
            answers = _ask(request, place, follow=follow)
        except _Busy as busy:
            return RecipientResult.without_answer("error", busy.sentence, _exchanges(busy.answers))
        answer = answers[-1]
        if answer.response is None:
            sentence = answer.error.sentence if answer.error else "No answer came."
            return RecipientResult.without_answer("error", sentence, _exchanges(answers))
        if follow and answer.response.status in _REDIRECTS:
            return RecipientResult.without_answer("error", NOT_FOLLOWED, _exchanges(answers))
        return read_answer(
            values,
            answer.response,
            secrets=account_secrets(values, opened),
            transactions=_exchanges(answers),
        )


def _exchanges(answers: Iterable[outbound.Answer]) -> tuple[outbound.Exchange, ...]:
    return tuple(answer.exchange for answer in answers)


# --- Who waits for whom

_waiting: Counter[str] = Counter()
"""Threads of this process, by the origin of the receiver that each waits for."""
_lock = threading.Lock()


class _Busy(Exception):
    """So many threads wait that this one may not. `answers` are those that came before it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.answers: Sequence[outbound.Answer] = ()


@contextmanager
def _waiting_for(url: str) -> Iterator[None]:
    """Raises _Busy: receivers that hang must not take all threads of the process, neither one nor several."""
    origin = origin_of(url)
    with _lock:
        if _waiting[origin] >= _most_for_one():
            raise _Busy(f"Too many leads wait for an answer of {_host(url)} already.")
        if _waiting.total() >= _most_for_all():
            raise _Busy("Too many leads wait for answers of recipients already.")
        _waiting[origin] += 1
    try:
        yield
    finally:
        with _lock:
            _waiting[origin] -= 1
            if not _waiting[origin]:
                del _waiting[origin]


def _most_for_one() -> int:
    return max(1, settings.WEB_THREADS // 2)


def _most_for_all() -> int:
    """A quarter of the threads, and two at least, stay for pages and for leads that nobody is asked about."""
    return max(1, settings.WEB_THREADS - max(2, math.ceil(settings.WEB_THREADS / 4)))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


# --- The calls


def _ask(request: outbound.Request, place: ExitStack, *, follow: bool) -> list[outbound.Answer]:
    """One answer, or as many as there are redirects to follow and one; `place` holds that of the last. Raises _Busy."""
    _give_connections_back()
    ends = time.monotonic() + request.timeout
    answers = [_sent(request, (), place)]
    while follow and len(answers) <= MAX_REDIRECTS and (onward := _redirected(request, answers[-1])):
        request = replace(onward, timeout=max(ends - time.monotonic(), 0.1))
        answers.append(_sent(request, answers, place))
    return answers


def _sent(request: outbound.Request, before: Sequence[outbound.Answer], place: ExitStack) -> outbound.Answer:
    place.close()
    try:
        place.enter_context(_waiting_for(request.url))
    except _Busy as busy:
        busy.answers = before
        raise
    return outbound.send(request)


def _redirected(request: outbound.Request, answer: outbound.Answer) -> outbound.Request | None:
    """What to send next; credentials do not travel to another host, neither in headers nor in a body."""
    response = answer.response
    location = response.header("Location") if response and response.status in _REDIRECTS else ""
    if response is None or not location:
        return None
    try:
        url = urljoin(request.url, location)
    except ValueError:
        return None
    is_elsewhere = origin_of(url) != origin_of(request.url)
    headers = tuple(
        header for header in request.headers if not is_elsewhere or header[0].lower() in _KEPT_ELSEWHERE
    )
    if response.status in (307, 308):
        if is_elsewhere and _holds_credentials(request):
            return None
        return replace(request, url=url, headers=headers)
    headers = tuple(header for header in headers if header[0].lower() != "content-type")
    return replace(request, method="GET", url=url, headers=headers, body=b"")


def _holds_credentials(request: outbound.Request) -> bool:
    body = request.body.decode("utf-8", "replace")
    return masker_for(request.secrets).mask(body) != body


def _give_connections_back() -> None:
    """A thread that waits outside needs none, and others may."""
    for connection in connections.all(initialized_only=True):
        # Inside of a transaction there is only a test.
        if not connection.in_atomic_block:
            connection.close()
