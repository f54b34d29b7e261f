import asyncio
import base64
import gzip
import ipaddress
import json
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from leadconduit.lib import outbound
from leadconduit.lib.masking import MASK
from leadconduit.lib.outbound import NoAnswer, NotAllowed, NotSent, Request, exchanges

Script = Callable[[socket.socket], Any]

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1")]


@dataclass
class Receiver:
    """A server on loopback that keeps the requests it got and answers each by its script."""

    script: Script
    tls: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    cut_off: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/leads"

    def close(self) -> None:
        self.cut_off.set()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                while request := _read_request(connection):
                    self.requests.append(request)
                    self.script(connection)
        except OSError:
            connection.close()


def _read_request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65536)
        if not more:
            return b""
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answers(body: bytes = b"ok", status: str = "200 OK", headers: str = "") -> Script:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode(
        "utf-8", "surrogateescape"
    )
    return lambda connection: connection.sendall(head + body)


def raw(answer: bytes) -> Script:
    def script(connection: socket.socket) -> None:
        connection.sendall(answer)
        connection.close()

    return script


def resets(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hangs(connection: socket.socket) -> None:
    connection.recv(1)  # Until the sender has gone.


@pytest.fixture(autouse=True)
def loopback_is_allowed(settings: Settings) -> None:
    settings.OUTBOUND_ALLOW = LOOPBACK
    settings.OUTBOUND_SANDBOX = []


@pytest.fixture
def receiver() -> Iterator[Callable[..., Receiver]]:
    started: list[Receiver] = []

    def start(script: Script | None = None, **options: Any) -> Receiver:
        started.append(Receiver(script or answers(), **options))
        return started[-1]

    yield start
    for one in started:
        one.close()


def post(url: str, **options: Any) -> outbound.Answer:
    return outbound.send(Request("POST", url, **{"timeout": 5.0, **options}))


def sentence(answer: outbound.Answer) -> str:
    assert answer.response is None
    assert answer.error is not None
    assert answer.exchange["error"] == answer.error.sentence
    return answer.error.sentence


# --- A whole answer


def test_a_request_reaches_the_receiver_as_it_was_given(receiver: Callable[..., Receiver]) -> None:
    crm = receiver()

    post(f"{crm.url}?a=%2f%20+'(é)", headers=(("X-Kind", "lead"), ("X-Kind", "test")), body=b'{"a": 1}')

    head, _, body = crm.requests[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /leads?a=%2f%20+'(%C3%A9) HTTP/1.1"
    assert lines.count(b"X-Kind: lead") == lines.count(b"X-Kind: test") == 1
    assert b"Accept-Encoding: identity" in lines
    assert not any(line.startswith((b"Content-Type", b"Cookie")) for line in lines)
    assert body == b'{"a": 1}'


def test_the_answer_comes_back_whole(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(answers(b'{"id": 7}', "201 Created", "X-Request-Id: 42\r\n"))

    response = post(crm.url).response

    assert response is not None
    assert (response.status, response.reason) == (201, "Created")
    assert (response.body, response.text, response.truncated) == (b'{"id": 7}', '{"id": 7}', False)
    assert response.header("x-request-id") == "42"
    assert response.header("absent", "none") == "none"


@pytest.mark.parametrize("status", ["404 Not Found", "429 Too Many Requests", "500 Internal Server Error"])
def test_a_bad_status_is_an_answer_like_any_other(receiver: Callable[..., Receiver], status: str) -> None:
    answer = post(receiver(answers(status=status)).url)

    assert answer.error is None
    assert answer.response is not None
    assert answer.response.status == int(status[:3])


def test_a_redirect_is_not_followed(receiver: Callable[..., Receiver]) -> None:
    inside = receiver()
    crm = receiver(answers(status="307 Temporary Redirect", headers=f"Location: {inside.url}\r\n"))

    response = post(crm.url).response

    assert response is not None
    assert response.status == 307
    assert inside.requests == []


def test_a_cookie_is_not_kept(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(answers(headers="Set-Cookie: session=1\r\n"))

    post(crm.url)
    post(crm.url)

    assert b"ookie" not in crm.requests[1]


def test_a_proxy_of_the_environment_is_not_used(
    receiver: Callable[..., Receiver], monkeypatch: pytest.MonkeyPatch
) -> None:
    crm, proxy = receiver(), receiver()
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")

    post(crm.url)

    assert (len(crm.requests), len(proxy.requests)) == (1, 0)


def test_a_connection_is_used_again(receiver: Callable[..., Receiver]) -> None:
    crm = receiver()

    for _ in range(3):
        post(crm.url)

    assert crm.connections == 1


def test_a_long_answer_is_cut(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(answers(b"x" * 5_000_000))

    response = post(crm.url).response

    assert response is not None
    assert response.truncated
    assert len(response.body) == outbound.RESPONSE_LIMIT


def test_a_request_says_how_much_of_the_answer_it_wants(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(answers(b"x" * 200_000))

    response = post(crm.url, keep=300_000).response

    assert response is not None
    assert (len(response.body), response.truncated) == (200_000, False)


def test_a_compressed_answer_is_not_unpacked(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(answers(b"\x1f\x8bnot really", headers="Content-Encoding: gzip\r\n"))

    answer = post(crm.url)

    assert answer.response is not None
    assert answer.response.body == b"\x1f\x8bnot really"
    assert answer.exchange["response"] is not None
    assert answer.exchange["response"]["body"] == "[12 bytes, gzip]"


# --- No whole answer


def test_a_receiver_that_hangs_gives_no_answer(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(hangs)

    answer = post(crm.url, timeout=0.2)

    assert isinstance(answer.error, NoAnswer)
    assert sentence(answer) == "No answer came within 0.2 seconds."
    assert answer.exchange["response"] is None


def test_a_receiver_that_drips_gives_no_whole_answer(receiver: Callable[..., Receiver]) -> None:
    def drips(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not crm.cut_off.wait(0.02):
            connection.sendall(b"x")

    crm = receiver(drips)

    answer = post(crm.url, timeout=0.3)

    assert isinstance(answer.error, NoAnswer)
    assert sentence(answer) == "The answer was not complete after 0.3 seconds."
    assert answer.exchange["response"] is not None
    assert answer.exchange["response"]["body"].startswith("x")


@pytest.mark.parametrize("method", ["POST", "GET", "PUT", "DELETE"])
@pytest.mark.parametrize("script", [resets, raw(b"")])
def test_a_connection_that_ends_before_the_answer_is_not_tried_again(
    receiver: Callable[..., Receiver], script: Script, method: str
) -> None:
    crm = receiver(script)

    answer = outbound.send(Request(method, crm.url, body=b"{}"))

    assert isinstance(answer.error, NoAnswer)
    assert sentence(answer) == "127.0.0.1 ended the connection before it answered."
    assert len(crm.requests) == 1


def test_a_kept_connection_that_ended_meanwhile_never_counts_as_an_answer(
    receiver: Callable[..., Receiver],
) -> None:
    def answers_once(connection: socket.socket) -> None:
        (answers() if len(crm.requests) == 1 else resets)(connection)

    crm = receiver(answers_once)
    post(crm.url)

    answer = post(crm.url)

    assert isinstance(answer.error, NoAnswer)
    assert len(crm.requests) == 2


def test_an_answer_that_breaks_off_is_no_whole_answer(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"))

    answer = post(crm.url)

    assert isinstance(answer.error, NoAnswer)
    assert sentence(answer) == "127.0.0.1 ended the connection in the middle of its answer."
    assert answer.exchange["response"] is not None
    assert answer.exchange["response"]["body"] == "half"


@pytest.mark.parametrize(
    "nonsense", [b"220 mail.example.com ESMTP\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\0\xff" * 5000]
)
def test_what_is_not_http_is_no_answer(receiver: Callable[..., Receiver], nonsense: bytes) -> None:
    answer = post(receiver(raw(nonsense)).url)

    assert isinstance(answer.error, NoAnswer)
    assert sentence(answer) == "What 127.0.0.1 answered is not HTTP."


@pytest.mark.parametrize("encoding", ["gzip", "gzip, chunked", "br", "deflate"])
def test_an_answer_that_its_transfer_encoded_is_no_answer(
    receiver: Callable[..., Receiver], encoding: str
) -> None:
    body = gzip.compress(b'{"outcome": "success"}')
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if "chunked" in encoding else body

    answer = post(
        receiver(raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n%s" % (encoding.encode(), body))).url
    )

    assert isinstance(answer.error, NoAnswer)
    assert sentence(answer) == "What 127.0.0.1 answered has a transfer encoding that nobody asked for."
    assert answer.response is None


def test_an_answer_in_chunks_is_one(receiver: Callable[..., Receiver]) -> None:
    answer = post(
        receiver(raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")).url
    )

    assert answer.response is not None
    assert answer.response.text == "ok"


def test_an_answer_with_endless_headers_is_given_up(receiver: Callable[..., Receiver]) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-More: more\r\n" * 1000)

    answer = post(receiver(endless).url)

    assert isinstance(answer.error, NoAnswer)


# --- Nothing was sent


def test_a_closed_port_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    answer = post(f"http://127.0.0.1:{port}/")

    assert isinstance(answer.error, NotSent)
    assert sentence(answer) == f"127.0.0.1 refused the connection on port {port}."


def test_a_name_that_does_not_exist_is_not_found() -> None:
    answer = post("http://crm.invalid/")

    assert isinstance(answer.error, NotSent)
    assert sentence(answer) in (
        "The name crm.invalid could not be found.",
        "Looking up the name crm.invalid took longer than 2 seconds.",
    )


def test_a_receiver_that_takes_no_connection_was_sent_nothing() -> None:
    # A full backlog: the kernel answers no further attempt to connect.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())

        answer = post(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.3)

        for one in waiting:
            one.close()
    assert isinstance(answer.error, NotSent)
    assert sentence(answer) == "No connection to 127.0.0.1 could be made within 0.3 seconds."


def test_an_unknown_certificate_is_refused(receiver: Callable[..., Receiver], tmp_path: Path) -> None:
    crm = receiver(tls=_self_signed(tmp_path))

    answer = post(f"https://localhost:{crm.port}/")

    assert isinstance(answer.error, NotSent)
    assert sentence(answer) == "The certificate of localhost could not be verified: self-signed certificate."
    assert crm.requests == []


def test_a_receiver_without_tls_gets_nothing_over_https() -> None:
    received: list[bytes] = []

    def answer_plainly() -> None:
        connection, _ = listener.accept()
        received.append(connection.recv(65536))
        raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer_plainly, daemon=True).start()
        answer = post(f"https://127.0.0.1:{listener.getsockname()[1]}/s3cret")

    assert isinstance(answer.error, NotSent)
    assert sentence(answer).startswith("No secure connection to 127.0.0.1 could be made on port")
    assert b"s3cret" not in received[0]


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


# --- Where connecting is allowed


FORBIDDEN_SPELLINGS = [
    "127.0.0.1",
    "127.255.255.254",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "lead.localhost",
    "127.0.0.1.",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "0",
    "0.0.0.0",
    "[::]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[2001::1]",
    "①②⑦.⓪.⓪.①",
    "１２７.0.0.1",
    "ⓛocalhost",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[fc00::1]",
    "[fd12:3456::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[100::1]",
    "[5f00::1]",
]


@pytest.mark.parametrize("host", FORBIDDEN_SPELLINGS)
def test_no_spelling_leads_inside(settings: Settings, receiver: Callable[..., Receiver], host: str) -> None:
    settings.OUTBOUND_ALLOW = []
    inside = receiver()
    url = f"http://{host}:{inside.port}/"

    answer = post(url, timeout=3.0)

    assert isinstance(answer.error, NotAllowed)
    assert "is not allowed: it is a" in sentence(answer)
    assert outbound.check_url(url) == sentence(answer)
    assert inside.connections == 0


def test_a_product_that_is_tried_out_says_what_lets_it_call_its_own_machine(settings: Settings) -> None:
    settings.OUTBOUND_ALLOW, settings.OUTBOUND_SANDBOX = [], [("localhost", 8000)]
    allowed = "`OUTBOUND_ALLOW=127.0.0.0/8 make run` allows it."

    assert (outbound.check_url("http://127.0.0.1:9000/") or "").endswith(allowed)
    assert allowed not in (outbound.check_url("http://10.0.0.1:9000/") or "")


def test_a_name_that_leads_inside_is_refused_as_it_is_connected(
    settings: Settings, receiver: Callable[..., Receiver]
) -> None:
    settings.OUTBOUND_ALLOW = []
    inside = receiver()
    name = _name_of_this_machine()

    answer = post(f"http://{name}:{inside.port}/")

    assert outbound.check_url(f"http://{name}:{inside.port}/") is None
    assert isinstance(answer.error, NotAllowed)
    assert sentence(answer).startswith(f"Connecting to {name} is not allowed: it leads to a ")
    assert inside.connections == 0


def _name_of_this_machine() -> str:
    """A name other than localhost that the machine's own files resolve to an address of its own."""
    name = socket.gethostname().lower()
    try:
        address = ipaddress.ip_address(socket.gethostbyname(name))
    except OSError:
        pytest.skip("This machine cannot resolve its own name.")
    if address.is_global:
        pytest.skip("This machine's own name leads to a public address.")
    return name


def test_a_private_address_says_what_it_is(settings: Settings) -> None:
    settings.OUTBOUND_ALLOW = []

    assert (
        outbound.check_url("http://10.0.0.1/")
        == "Connecting to 10.0.0.1 is not allowed: it is a private address."
    )


@pytest.mark.parametrize(
    "host", ["1.1.1.1", "93.184.215.14", "[2606:4700::1111]", "crm.example.com", "crm.example.com."]
)
def test_public_addresses_and_names_are_allowed(settings: Settings, host: str) -> None:
    settings.OUTBOUND_ALLOW = []

    assert outbound.check_url(f"https://{host}/leads") is None


def test_an_operator_allows_a_network(settings: Settings, receiver: Callable[..., Receiver]) -> None:
    settings.OUTBOUND_ALLOW = [ipaddress.ip_network("127.0.0.1")]
    crm = receiver()

    assert post(crm.url).error is None
    assert post(f"http://[::ffff:127.0.0.1]:{crm.port}/").error is None
    assert isinstance(post(f"http://127.0.0.2:{crm.port}/").error, NotAllowed)


@pytest.mark.parametrize("sandbox_host", ["127.0.0.1", "localhost"])
def test_the_sandbox_is_reached_at_its_own_port_only(
    settings: Settings, receiver: Callable[..., Receiver], sandbox_host: str
) -> None:
    sandbox, neighbour = receiver(), receiver()
    settings.OUTBOUND_ALLOW = []
    settings.OUTBOUND_SANDBOX = [(sandbox_host, sandbox.port)]

    assert post(sandbox.url).error is None
    assert post(f"http://localhost:{sandbox.port}/").error is None
    assert isinstance(post(neighbour.url).error, NotAllowed)


# --- Which URLs and headers are taken


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "must begin with http"),
        ("crm.example.com", "must begin with http"),
        ("//crm.example.com", "must begin with http"),
        ("http:crm.example.com", "must begin with http"),
        ("ftp://crm.example.com", "must begin with http"),
        ("file:///etc/passwd", "must begin with http"),
        ("javascript:alert(1)", "must begin with http"),
        ("http://", "names no host"),
        ("http:///path", "names no host"),
        ("http://:80/", "names no host"),
        ("http://user:secret@crm.example.com/", "user name or password"),
        ("http://@crm.example.com/", "user name or password"),
        ("http://crm.example.com:0/", "port"),
        ("http://crm.example.com:65536/", "port"),
        ("http://crm.example.com:http/", "port"),
        ("http://crm.example.com:+80/", "port"),
        ("http://crm.example.com:٨٠/", "port"),
        ("http://crm.example.com/\r\nX: y", "line break"),
        ("http://crm.example.com/\0", "control character"),
        ("http://crm.example.com/\ud800", "control character"),
        (" http://crm.example.com/", "blank"),
        ("http://crm.example.com/ ", "blank"),
        ("http://crm example.com/", "host of the URL is not valid"),
        ("http://crm%2eexample.com/", "host of the URL is not valid"),
        ("http://crm..example.com/", "host of the URL is not valid"),
        ("http://-crm.example.com/", "host of the URL is not valid"),
        ("http://crm.example.com\\@127.0.0.1/", "user name or password"),
        ("http://crm.example.com\\.evil/", "host of the URL is not valid"),
        (f"http://{'a' * 64}.com/", "host of the URL is not valid"),
        (f"http://{'a.' * 200}com/", "host of the URL is not valid"),
        ("http://[::1", "not valid"),
        ("http://[fe80::1%25eth0]/", "not valid"),
        ("http://crm.example.com/" + "a" * 9000, "longer than"),
    ],
)
def test_a_url_that_cannot_be_called_is_refused_with_a_reason(url: str, reason: str) -> None:
    answer = post(url)

    assert isinstance(answer.error, NotAllowed)
    assert reason in sentence(answer)
    assert outbound.check_url(url) == sentence(answer)
    json.dumps(answer.exchange).encode()


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://localhost:1?a=b#part", "http://localhost:1/?a=b"),
        ("HTTP://LocalHost:1/A b", "http://localhost:1/A%20b"),
        ("http://localhost:1/{id}?q=a b|c", "http://localhost:1/%7Bid%7D?q=a%20b%7Cc"),
        ("http://localhost:1/%7e%2F?x=%zz", "http://localhost:1/%7e%2F?x=%zz"),
        ("http://bücher.invalid/", "http://xn--bcher-kva.invalid/"),
    ],
)
def test_a_url_is_changed_only_where_it_must_be(url: str, sent: str) -> None:
    assert post(url).exchange["request"]["uri"] == sent


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Key", "a\r\nX-Evil: 1"),
        ("X-Key", "a\nb"),
        ("X-Key", "a\rb"),
        ("X-Key", "a\0b"),
        ("X-Key", "a\x1bb"),
        ("X-Key", "a\ud800b"),
        ("X-Key\r\nX-Evil", "1"),
        ("X Key", "1"),
        ("X-Key:", "1"),
        ("X-Kéy", "1"),
        ("", "1"),
        ("Host", "inside"),
        ("content-length", "3"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "close"),
        ("X-Key", "k" * 8193),
    ],
)
def test_a_header_that_would_break_the_request_is_refused(
    receiver: Callable[..., Receiver], name: str, value: str
) -> None:
    crm = receiver()

    answer = post(crm.url, headers=((name, value),))

    assert isinstance(answer.error, NotAllowed)
    assert outbound.check_header(name, value) == sentence(answer)
    assert crm.connections == 0


def test_a_header_may_hold_any_other_character(receiver: Callable[..., Receiver]) -> None:
    crm = receiver()

    assert outbound.check_header("X-Name", "Zoë 😀\t!") is None
    post(crm.url, headers=(("X-Name", "Zoë 😀\t!"),))

    assert "X-Name: Zoë 😀\t!\r\n".encode() in crm.requests[0]


def test_a_header_that_is_too_long_is_refused_and_not_shown(receiver: Callable[..., Receiver]) -> None:
    """However long a lead makes it: no pattern is made of it."""
    crm = receiver()
    comments = "open & sesame " * 35_000
    bearer = f"Bearer {comments}"

    answer = post(crm.url, headers=(("Authorization", bearer),), secrets=(bearer, comments))

    assert sentence(answer) == "The value of the header Authorization has more than 8,192 characters."
    assert isinstance(answer.error, NotAllowed)
    assert "sesame" not in str(answer.exchange)
    assert crm.connections == 0


@pytest.mark.parametrize("method", ["", "GET /", "GET\r\nX: y", "PÖST"])
def test_a_method_that_is_none_is_refused(receiver: Callable[..., Receiver], method: str) -> None:
    crm = receiver()

    assert isinstance(outbound.send(Request(method, crm.url)).error, NotAllowed)
    assert crm.connections == 0


def test_a_request_that_is_too_long_is_refused(receiver: Callable[..., Receiver]) -> None:
    crm = receiver()

    assert isinstance(post(crm.url, body=b"x" * (outbound.REQUEST_LIMIT + 1)).error, NotAllowed)
    assert post(crm.url, body=b"x" * outbound.REQUEST_LIMIT).error is None


# --- What is kept of an exchange


def test_an_exchange_tells_both_sides(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(answers(b"thanks", "202 Accepted", "X-Id: 7\r\nX-Id: 8\r\n"))

    exchange = post(crm.url, headers=(("Content-Type", "text/plain"),), body=b"hello").exchange

    request, response = exchange["request"], exchange["response"]
    assert request["method"] == "POST"
    assert request["uri"] == crm.url
    assert request["body"] == "hello"
    assert request["headers"]["Content-Type"] == "text/plain"
    assert request["headers"]["Host"] == f"127.0.0.1:{crm.port}"
    assert request["headers"]["Content-Length"] == "5"
    assert response is not None
    assert (response["status"], response["status_text"], response["version"]) == (202, "Accepted", "1.1")
    assert response["headers"]["X-Id"] == "7, 8"
    assert response["body"] == "thanks"
    assert isinstance(exchange["ms"], int)
    assert "error" not in exchange
    for at in (request["timestamp"], response["timestamp"]):
        assert datetime.fromisoformat(at).utcoffset() == timedelta(0)
        assert at.endswith("Z")


def test_an_exchange_shows_no_secret_wherever_it_stands(receiver: Callable[..., Receiver]) -> None:
    secret = "k&y/ 9+ü=\"'"

    def echoes(connection: socket.socket) -> None:
        answers(crm.requests[0], "401 No " + secret, f"X-Echo: {secret}\r\n")(connection)

    crm = receiver(echoes)
    url = f"{crm.url}?key={secret.replace('&', '%26').replace('+', '%2B')}"
    basic = base64.b64encode(f"user:{secret}".encode()).decode()

    answer = post(
        url,
        headers=(("X-Key", secret), ("Authorization", f"Basic {basic}")),
        body=json.dumps({"key": secret, "hex": secret.encode().hex(), "basic": basic}).encode(),
        secrets=(secret,),
    )

    assert answer.response is not None
    shown = json.dumps(answer.exchange, ensure_ascii=False)
    assert "%2B%C3%BC" not in shown
    assert basic[8:] not in shown
    request = answer.exchange["request"]
    assert request["uri"] == f"{crm.url}?key={MASK}"
    assert request["headers"]["X-Key"] == MASK
    assert request["headers"]["Authorization"] == f"Basic {MASK}"
    assert json.loads(request["body"]) == {"key": MASK, "hex": MASK, "basic": MASK}
    response = answer.exchange["response"]
    assert response is not None
    assert response["headers"]["X-Echo"] == MASK
    assert response["status_text"] == f"No {MASK}"
    assert response["body"].count(MASK) == 6


def test_a_header_that_is_named_after_a_secret_does_not_tell_it(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(answers(headers="X-s3cret-1: a\r\nX-s3cret-1: b\r\nX-Other: s3cret-1\r\n"))

    exchange = post(crm.url, secrets=("s3cret-1",)).exchange

    assert "s3cret-1" not in json.dumps(exchange)
    assert exchange["response"] is not None
    assert exchange["response"]["headers"][f"X-{MASK}"] == "a, b"
    assert exchange["response"]["headers"]["X-Other"] == MASK


def test_what_is_sent_and_received_is_not_masked(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(answers(b"s3cret"))

    answer = post(crm.url, body=b"s3cret", secrets=("s3cret",))

    assert crm.requests[0].endswith(b"s3cret")
    assert answer.response is not None
    assert answer.response.body == b"s3cret"


def test_a_secret_that_is_no_text_is_masked_as_what_it_reads_as(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(answers(b"123456"))

    exchange = post(crm.url, secrets=(cast("str", 123456), cast("str", None))).exchange

    assert "123456" not in json.dumps(exchange)


def test_an_error_shows_no_secret() -> None:
    answer = post("http://s3cret.invalid/s3cret", secrets=("s3cret",))

    assert "s3cret" not in sentence(answer)
    assert "s3cret" not in json.dumps(answer.exchange)


@pytest.mark.parametrize("position", range(outbound.RESPONSE_LIMIT - 12, outbound.RESPONSE_LIMIT + 1, 2))
def test_a_secret_at_the_cut_of_a_body_leaves_no_part(
    receiver: Callable[..., Receiver], position: int
) -> None:
    body = b"." * position + b"Qsecret8" + b"." * 200_000

    answer = post(receiver(answers(body)).url, body=body, secrets=("Qsecret8",))

    assert answer.exchange["response"] is not None
    for shown in (answer.exchange["request"]["body"], answer.exchange["response"]["body"]):
        assert "Q" not in shown
        assert shown.endswith("…")
        assert len(shown) <= outbound.RESPONSE_LIMIT + 1


@pytest.mark.parametrize(("size", "is_apart"), [(10, False), (100_000, True)])
def test_what_takes_long_to_mask_keeps_no_other_request_waiting(
    receiver: Callable[..., Receiver], monkeypatch: pytest.MonkeyPatch, size: int, is_apart: bool
) -> None:
    threads: list[str] = []
    shown = exchanges.shown

    def watched(*given: Any, **named: Any) -> Any:
        threads.append(threading.current_thread().name)
        return shown(*given, **named)

    monkeypatch.setattr(exchanges, "shown", watched)

    post(receiver().url, body=b"x" * size, secrets=("s3cret",))

    assert [name != "outbound" for name in threads] == [is_apart]


def test_an_exchange_fits_jsonb(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(answers(b"a\0b\xff\xed\xa0\x80", "200 \udcff", "X-Odd: \udcff\udcfe\r\n"))

    exchange = post(crm.url, body=b"\0\xff").exchange

    text = json.dumps(exchange, ensure_ascii=False)
    assert "\\u0000" not in text
    text.encode()


def test_an_exchange_keeps_a_bounded_number_of_headers(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(answers(headers="".join(f"X-{number}: {'v' * 1000}\r\n" for number in range(50))))

    exchange = post(crm.url).exchange

    assert exchange["response"] is not None
    assert len(json.dumps(exchange["response"]["headers"])) < 20_000


def test_a_request_that_is_printed_shows_neither_its_address_nor_its_contents() -> None:
    request = Request("POST", "http://a/?s3cret", (("X-Key", "s3cret"),), b"s3cret", secrets=("s3cret",))

    assert "s3cret" not in repr(request)


# --- The loop


def test_a_coroutine_of_another_loop_may_send(receiver: Callable[..., Receiver]) -> None:
    answer = asyncio.run(outbound.asend(Request("POST", receiver().url)))

    assert answer.error is None


def test_a_program_may_live_on_the_loop_and_send_many_at_once(receiver: Callable[..., Receiver]) -> None:
    crm = receiver()

    async def main() -> list[outbound.Answer]:
        assert asyncio.get_running_loop() is outbound.loop()
        return await asyncio.gather(*(outbound.asend(Request("POST", crm.url)) for _ in range(50)))

    assert [answer.error for answer in outbound.run(main())] == [None] * 50


def test_what_a_program_raises_is_raised() -> None:
    async def main() -> None:
        raise LookupError("here")

    with pytest.raises(LookupError, match="here"):
        outbound.run(main())


def test_waiting_for_the_loop_on_the_loop_is_refused() -> None:
    async def main() -> None:
        outbound.send(Request("GET", "http://localhost/"))

    with pytest.raises(RuntimeError, match="await asend"):
        outbound.run(main())


def test_an_interrupt_ends_the_program_before_it_is_raised() -> None:
    begun, ended = threading.Event(), threading.Event()

    async def main() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.05)
            ended.set()

    def interrupt() -> None:
        begun.wait()
        os.kill(os.getpid(), 2)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        outbound.run(main())

    assert ended.is_set()


def test_cancelling_a_sender_gives_the_request_up(receiver: Callable[..., Receiver]) -> None:
    crm = receiver(hangs)

    async def main() -> None:
        async with asyncio.timeout(0.3):
            await outbound.asend(Request("POST", crm.url, timeout=60))

    with pytest.raises(TimeoutError):
        asyncio.run(main())


def test_a_forked_child_has_a_loop_of_its_own(receiver: Callable[..., Receiver]) -> None:
    crm = receiver()
    assert post(crm.url).error is None

    child = os.fork()
    if not child:
        os._exit(0 if post(crm.url).error is None else 1)
    _, status = os.waitpid(child, 0)

    assert status == 0
    assert crm.connections == 2
    assert post(crm.url).error is None
    assert crm.connections == 2
