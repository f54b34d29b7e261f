"""One exchange over aiohttp: the guard, the bounds, and what a failure means."""

import asyncio
import errno
import functools
import os
import socket
import ssl
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from leadconduit.lib.masking import Masker, masker_for
from leadconduit.lib.outbound import addresses, exchanges, targets
from leadconduit.lib.outbound.messages import (
    Answer,
    NoAnswer,
    NotAllowed,
    NotSent,
    OutboundError,
    Request,
    Response,
)
from leadconduit.lib.outbound.targets import Target

LOOKUP_SECONDS = 2.0

_MOST_AT_ONCE = 16_384
"""Characters that are masked on the loop itself: a thread would take longer than the masking does."""

_DEFAULT_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "LeadConduit"}


def open_session() -> aiohttp.ClientSession:
    """A session behind the guard, for the running loop."""
    session = aiohttp.ClientSession(
        # No limit of connections here, since one receiver that hangs would use it up for all: callers limit each.
        connector=aiohttp.TCPConnector(limit=0, socket_factory=_guarded_socket, resolver=_Resolver()),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None),
        trust_env=False,
        auto_decompress=False,
        skip_auto_headers=("Content-Type",),
        request_class=_WatchedRequest,
    )
    # Otherwise aiohttp itself sends a GET, PUT or DELETE again when its connection ends without an answer.
    session._retry_connection = False  # noqa: SLF001
    return session


async def exchange(session: aiohttp.ClientSession, request: Request) -> Answer:
    """Sends one request and reads its answer, within the request's time. Raises nothing for what goes wrong outside."""
    # Before anything is sent: whoever gives what cannot be masked must hear of it while nothing has happened.
    secrets = _secrets(request)
    many = sum(map(len, secrets)) > _MOST_AT_ONCE
    masker = await asyncio.to_thread(masker_for, secrets) if many else masker_for(secrets)
    wire = _Wire()
    started = time.perf_counter()
    error: OutboundError | None = None
    try:
        target = targets.check(request)
        wire.uri = str(target.url)
        await _converse(session, request, target, wire)
    except OutboundError as refusal:
        error = refusal
    ms = round((time.perf_counter() - started) * 1000)

    told = functools.partial(_told, request, wire, error, ms, masker)
    # All requests share the loop, and whoever sends a lead has a part in how long this takes.
    return (
        told()
        if sum(map(len, secrets)) + _size(request, wire) <= _MOST_AT_ONCE
        else await asyncio.to_thread(told)
    )


def _told(request: Request, wire: "_Wire", error: OutboundError | None, ms: int, masker: Masker) -> Answer:
    shown = exchanges.shown(
        exchanges.Sent(
            request.method, wire.uri or request.url, wire.sent_headers(request), request.body, wire.begun_at
        ),
        wire.received(),
        ms=ms,
        error=error.sentence if error else None,
        masker=masker,
    )
    if error is not None:
        return Answer(None, _masked(error, masker), shown)
    return Answer(wire.whole_response(), None, shown)


def _size(request: Request, wire: "_Wire") -> int:
    """Characters and bytes to be masked, or to be sought."""
    headers = (*request.headers, *(wire.response.headers.items() if wire.response else ()))
    return (
        sum(len(name) + len(value) for name, value in headers)
        + len(request.url)
        + len(request.body)
        + len(wire.body)
    )


async def _converse(session: aiohttp.ClientSession, request: Request, target: Target, wire: "_Wire") -> None:
    _the_wire.set(wire)
    try:
        async with (
            asyncio.timeout(request.timeout),
            session.request(
                request.method,
                target.url,
                headers=_headers(request),
                data=request.body or None,
                allow_redirects=False,
            ) as response,
        ):
            wire.response = response
            _refuse_encoded(response, target)
            await _read(response, request.keep, wire)
            wire.answered_at = datetime.now(UTC)
    except (aiohttp.ClientError, OSError) as error:
        if wire.headers is None:
            raise _why_not_sent(error, request, target, wire) from error
        raise _why_no_answer(error, request, target, wire) from error


def _refuse_encoded(response: aiohttp.ClientResponse, target: Target) -> None:
    """What else than `chunked` a transfer has done to an answer, nobody undoes: it must not pass for the answer."""
    encodings = ",".join(response.headers.getall("Transfer-Encoding", ())).lower().split(",")
    if not {encoding.strip() for encoding in encodings} <= {"", "chunked", "identity"}:
        response.close()
        raise NoAnswer(f"What {target.host} answered has a transfer encoding that nobody asked for.")


async def _read(response: aiohttp.ClientResponse, keep: int, wire: "_Wire") -> None:
    async for chunk in response.content.iter_any():
        wire.body += chunk
        if len(wire.body) > keep:
            del wire.body[keep:]
            wire.truncated = True
            response.close()
            return


def _headers(request: Request) -> list[tuple[str, str]]:
    given = {name.lower() for name, _ in request.headers}
    defaults = [(name, value) for name, value in _DEFAULT_HEADERS.items() if name.lower() not in given]
    return [*request.headers, *defaults]


def _secrets(request: Request) -> tuple[str, ...]:
    """The request's secrets, and whatever follows the scheme in an Authorization header, which can be nothing else."""
    tokens = (value.partition(" ")[2] for name, value in request.headers if name.lower() == "authorization")
    return tuple(filter(None, (*map(str, filter(None, request.secrets)), *tokens)))


def _masked(error: OutboundError, masker: Masker) -> OutboundError:
    masked = type(error)(masker.mask(error.sentence))
    masked.__cause__ = error.__cause__
    return masked


# --- The guard


def _guarded_socket(address_info: Any) -> socket.socket:
    """Called by aiohttp with the very address that it is about to connect to, whatever name led there."""
    family, kind, protocol, _, address = address_info
    if forbidden := addresses.forbidden_kind(address[0], address[1]):
        _the_wire.get().forbidden = forbidden
        raise PermissionError(errno.EACCES, forbidden)
    return socket.socket(family, kind, protocol)


class _Resolver(AbstractResolver):
    """Looks names up without threads, files such as /etc/hosts included, each within two seconds."""

    def __init__(self) -> None:
        self._lookup = aiohttp.AsyncResolver(timeout=LOOKUP_SECONDS / 2, tries=2)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                return await self._lookup.resolve(host, port, family)
        except TimeoutError as error:
            raise _LookupTookTooLong(errno.EAGAIN, "the lookup took too long") from error

    async def close(self) -> None:
        await self._lookup.close()


class _LookupTookTooLong(OSError):
    """The name servers did not answer in time."""


# --- What is known of a request while it is under way


@dataclass(slots=True)
class _Wire:
    uri: str = ""
    begun_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    headers: Any = None
    """The headers as written; None as long as there is no connection to write them to."""
    forbidden: str = ""
    """What forbade an address to which the name led."""
    response: aiohttp.ClientResponse | None = None
    answered_at: datetime | None = None
    body: bytearray = field(default_factory=bytearray)
    truncated: bool = False

    def sent_headers(self, request: Request) -> list[tuple[str, str]]:
        return _headers(request) if self.headers is None else list(self.headers.items())

    def received(self) -> exchanges.Received | None:
        if self.response is None:
            return None
        version = self.response.version or aiohttp.HttpVersion11
        encoding = self.response.headers.get("Content-Encoding", "").strip().lower()
        return exchanges.Received(
            status=self.response.status,
            reason=self.response.reason or "",
            version=f"{version.major}.{version.minor}",
            headers=self.response.headers.items(),
            body=bytes(self.body),
            cut=self.truncated,
            encoding="" if encoding == "identity" else encoding,
            at=self.answered_at or datetime.now(UTC),
        )

    def whole_response(self) -> Response:
        assert self.response is not None
        headers = tuple(self.response.headers.items())
        return Response(
            self.response.status, self.response.reason or "", headers, bytes(self.body), self.truncated
        )


_the_wire: ContextVar[_Wire] = ContextVar("the wire of the request under way")


class _WatchedRequest(aiohttp.ClientRequest):
    """Notes that there is a connection and writing begins: what fails before was not sent."""

    async def send(self, conn: Any) -> aiohttp.ClientResponse:
        _the_wire.get().headers = self.headers
        return await super().send(conn)


# --- What a failure means


def _why_not_sent(error: Exception, request: Request, target: Target, wire: _Wire) -> NotSent:
    host, port = target.host, target.port
    match error:
        case aiohttp.ClientConnectorDNSError(os_error=_LookupTookTooLong()):
            return NotSent(f"Looking up the name {host} took longer than {_seconds(LOOKUP_SECONDS)}.")
        case aiohttp.ClientConnectorDNSError():
            return NotSent(f"The name {host} could not be found.")
        case aiohttp.ClientConnectorCertificateError():
            return NotSent(f"The certificate of {host} could not be verified: {_certificate_fault(error)}.")
        case aiohttp.ClientSSLError():
            return NotSent(f"No secure connection to {host} could be made on port {port}{_tls_fault(error)}.")
        case aiohttp.ClientConnectorError() if wire.forbidden and error.os_error.errno == errno.EACCES:
            return NotAllowed(
                f"Connecting to {host} is not allowed: it leads to {wire.forbidden}.{addresses.may_be_allowed(wire.forbidden)}"
            )
        case aiohttp.ClientConnectorError(os_error=ConnectionRefusedError()):
            return NotSent(f"{host} refused the connection on port {port}.")
        case aiohttp.ClientConnectorError() if error.os_error.errno:
            fault = os.strerror(error.os_error.errno).lower()
            return NotSent(f"{host} could not be reached on port {port}: {fault}.")
        case TimeoutError():
            return NotSent(f"No connection to {host} could be made within {_seconds(request.timeout)}.")
    return NotSent(f"{host} could not be reached on port {port}.")


def _why_no_answer(error: Exception, request: Request, target: Target, wire: _Wire) -> NoAnswer:
    begun = wire.response is not None
    match error:
        case TimeoutError() if begun:
            return NoAnswer(f"The answer was not complete after {_seconds(request.timeout)}.")
        case TimeoutError():
            return NoAnswer(f"No answer came within {_seconds(request.timeout)}.")
        case aiohttp.ClientResponseError():
            return NoAnswer(f"What {target.host} answered is not HTTP.")
    when = "in the middle of its answer" if begun else "before it answered"
    return NoAnswer(f"{target.host} ended the connection {when}.")


def _certificate_fault(error: aiohttp.ClientConnectorCertificateError) -> str:
    fault = error.certificate_error
    return (
        fault.verify_message.rstrip(".")
        if isinstance(fault, ssl.SSLCertVerificationError)
        else "it is not valid"
    )


def _tls_fault(error: aiohttp.ClientSSLError) -> str:
    reason = getattr(error.os_error, "reason", None)
    return f": {reason.lower().replace('_', ' ')}" if isinstance(reason, str) else ""


def _seconds(seconds: float) -> str:
    return "1 second" if seconds == 1 else f"{seconds:g} seconds"
