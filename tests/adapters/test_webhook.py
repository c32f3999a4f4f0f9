"""Webhooks over real HTTP: signed, to public addresses only, each ending an outcome; against a server on loopback."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest
import trustme
from pydantic import SecretStr

from adapters.contract import AdapterContract, Bench, Situation
from adapters.registry import Registry
from adapters.secrets import Secrets
from adapters.webhook import signing
from adapters.webhook.sender import HttpAdapter
from adapters.webhook.settings import HttpSettings
from core.errors import BadInput
from core.model.delivery import Channel, Message, Outcome, OutcomeKind
from core.model.house import Connection
from core.model.moment import DAY, Moment
from core.peers import Backing
from tests.memory_ledger import MemoryLedger

SECRET: Final = "whsec_" + base64.b64encode(b"k" * 32).decode()
BODY: Final = '{"type":"deal.rule","data":{"title":"Olá"}}'
NOON: Final = Moment(1_796_126_400_000)
DROP: Final = b"drop"
HANG: Final = b"hang"
HOST: Final = "127.0.0.1"


class Noon:
    """A clock that stands."""

    def now(self) -> Moment:
        """Return noon."""
        return NOON


@dataclass
class Site:
    """A server that keeps each id once, as receivers of webhooks do, and answers as it is told."""

    answers: list[bytes]
    takes: bool = True
    port: int = 0
    asked: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    @property
    def received(self) -> list[str]:
        """The ids of what it has taken, each once."""
        return list(dict.fromkeys(headers["webhook-id"] for _, headers, _ in self.asked)) if self.takes else []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers["content-length"]))
            self.asked.append((first, headers, body))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if answer == HANG:
                await reader.read()
            elif answer != DROP:
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def message(self, path: str = "/funil", host: str = HOST, scheme: str = "http") -> Message:
        """Return a call of a path."""
        return Message(channel=Channel.WEBHOOK, to=f"{scheme}://{host}:{self.port}{path}", text=BODY)


def says(status: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


OK: Final = says("200 OK", body=b"thanks")


@asynccontextmanager
async def site(*answers: bytes, takes: bool = True, tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    made = Site(list(answers) or [OK], takes)
    server = await asyncio.start_server(made.serve, HOST, 0, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()


def opened(**settings: Any) -> HttpAdapter:
    given = {"key": SecretStr(SECRET), "allow": [HOST], "timeout": 5.0, **settings}
    return HttpAdapter(HttpSettings.model_validate(given, context={"secrets": True}), Noon())


async def sent(message: Message, key: str = "h-M1", **settings: Any) -> Outcome:
    adapter = opened(**settings)
    try:
        return await adapter.send(message, key)
    finally:
        await adapter.close()


class TestHttp(AdapterContract):
    """Webhooks, over a server that is told what to answer."""

    stages: ClassVar[frozenset[Situation]] = frozenset(
        {
            Situation.NORMAL,
            Situation.DEFERS,
            Situation.REFUSES,
            Situation.SILENT,
            Situation.LOSES_ANSWER,
            Situation.RATE_LIMITED,
        }
    )
    answers: ClassVar[Mapping[Situation, tuple[bytes, ...]]] = {
        Situation.DEFERS: (says("503 Service Unavailable"),),
        Situation.REFUSES: (says("422 Unprocessable Content", body=b'{"error": "no such deal"}'),),
        Situation.SILENT: (HANG,),
        Situation.LOSES_ANSWER: (DROP, OK),
        Situation.RATE_LIMITED: (says("429 Too Many Requests", "Retry-After: 120"),),
    }

    @asynccontextmanager
    async def bench(self, situation: Situation) -> AsyncIterator[Bench]:
        takes = situation not in (Situation.DEFERS, Situation.REFUSES, Situation.RATE_LIMITED)
        async with site(*self.answers.get(situation, (OK,)), takes=takes) as peer:
            timeout = 0.1 if situation is Situation.SILENT else 5.0
            adapter = opened(timeout=timeout)
            yield Bench(adapter, peer.message(), lambda: peer.received, lambda: opened(timeout=timeout))
            await adapter.close()


async def test_each_attempt_is_signed_as_the_standard_has_it() -> None:
    async with site() as peer:
        assert (await sent(peer.message("/a%20b?x=1&y"), "3f2a9c1e-M17")).kind is OutcomeKind.ACCEPTED
        ((first, headers, body),) = peer.asked
    assert first == "POST /a%20b?x=1&y HTTP/1.1"
    assert (body.decode(), headers["content-type"]) == (BODY, "application/json; charset=utf-8")
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("3f2a9c1e-M17", "1796126400")
    expected = hmac.new(b"k" * 32, b"3f2a9c1e-M17.1796126400." + body, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    assert "cookie" not in headers


def test_the_signature_of_the_standards_own_example() -> None:
    key = signing.key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signing.headers(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "secret", ["", "k" * 32, "whsec_", "whsec_???", "whsec_" + base64.b64encode(b"k" * 23).decode()]
)
def test_what_is_no_key(secret: str) -> None:
    with pytest.raises(BadInput) as caught:
        signing.key_of(secret)
    assert len(secret) < 10 or secret not in caught.value.words.english()


@pytest.mark.parametrize(
    ("answer", "kind", "reason", "wait"),
    [
        (says("204 No Content"), OutcomeKind.ACCEPTED, None, None),
        (says("302 Found", "Location: http://127.0.0.1:1/x"), OutcomeKind.REJECTED, "rejected", None),
        (says("400 Bad Request"), OutcomeKind.REJECTED, "rejected", None),
        (says("401 Unauthorized"), OutcomeKind.REJECTED, "not_allowed", None),
        (says("410 Gone"), OutcomeKind.REJECTED, "rejected", None),
        (says("429 Too Many Requests", "Retry-After: 7"), OutcomeKind.DEFERRED, "limit_reached", 7_000),
        (says("503 Busy", "Retry-After: Tue, 01 Dec 2026 12:01:00 GMT"), OutcomeKind.DEFERRED, None, 60_000),
        (says("503 Busy", "Retry-After: Tue, 01 Dec 2026 11:01:00 GMT"), OutcomeKind.DEFERRED, None, None),
        (says("503 Busy", "Retry-After: 99999999999"), OutcomeKind.DEFERRED, None, DAY),
        (says("503 Busy", "Retry-After: soon"), OutcomeKind.DEFERRED, None, None),
        (says("500 Oops"), OutcomeKind.DEFERRED, None, None),
        (says("507 Full"), OutcomeKind.DEFERRED, None, None),
        (b"220 this is no HTTP\r\n\r\n", OutcomeKind.UNKNOWN, "timeout", None),
    ],
)
async def test_what_an_answer_means(answer: bytes, kind: OutcomeKind, reason: str | None, wait: int | None) -> None:
    async with site(answer) as peer:
        outcome = await sent(peer.message())
    assert (outcome.kind, outcome.reason, outcome.retry_after, outcome.line_failed) == (kind, reason, wait, False)
    assert len(peer.asked) == 1, "nobody is followed elsewhere, and nothing is tried twice"


async def test_what_a_peer_says_is_told_short_and_harmless() -> None:
    async with site(says("400 Bad", body=b"\x1b]52;c;eA==\x07no\nsuch deal " + b"x" * 100_000)) as peer:
        said = (await sent(peer.message())).detail.english()
    assert said.startswith("the peer answers 400: ]52;c;eA==no such deal xxx")
    assert len(said) < 200


async def test_a_peer_that_is_down_is_its_messages_own_trouble() -> None:
    with socket.socket() as closed:
        closed.bind((HOST, 0))
        port = closed.getsockname()[1]
    outcome = await sent(Message(channel=Channel.WEBHOOK, to=f"http://{HOST}:{port}/", text=BODY))
    assert (outcome.kind, outcome.line_failed) == (OutcomeKind.DEFERRED, False)


@pytest.mark.parametrize(
    "to",
    [
        "https://127.0.0.2/x",
        "http://erp.example/x",
        "https://erp.localhost/x",
        "https://[::1]/x",
        "file:///etc/passwd",
        "https://erp.example@127.0.0.1/",
    ],
)
async def test_private_addresses_are_called_by_nobody(to: str) -> None:
    outcome = await sent(Message(channel=Channel.WEBHOOK, to=to, text=BODY))
    assert (outcome.kind, outcome.reason) == (OutcomeKind.REJECTED, "not_allowed")


async def test_a_public_name_that_means_a_private_address(monkeypatch: pytest.MonkeyPatch) -> None:
    lead_to(monkeypatch, HOST)
    async with site() as peer:
        outcome = await sent(peer.message(host="erp.example", scheme="https"), allow=[])
        assert (outcome.kind, outcome.reason, peer.asked) == (OutcomeKind.REJECTED, "not_allowed", [])
    assert "“erp.example” is 127.0.0.1, which is no public address" in outcome.detail.english()


@pytest.mark.parametrize(("error", "line"), [(socket.EAI_AGAIN, True), (socket.EAI_NONAME, False)])
async def test_a_name_that_nobody_knows(error: int, line: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    lead_to(monkeypatch, socket.gaierror(error, "no"))
    outcome = await sent(Message(channel=Channel.WEBHOOK, to="https://erp.example/x", text=BODY))
    assert (outcome.kind, outcome.line_failed) == (OutcomeKind.DEFERRED, line)


@pytest.mark.parametrize("trusted", [True, False])
async def test_a_peer_proves_who_it_is(trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lead_to(monkeypatch, HOST)
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("erp.intranet").configure_cert(tls)
    (authority if trusted else trustme.CA()).cert_pem.write_to_path(tmp_path / "ca.pem")
    async with site(tls=tls) as peer:
        message = peer.message(host="erp.intranet", scheme="https")
        outcome = await sent(message, allow=["erp.intranet"], ca_file=tmp_path / "ca.pem")
    expected = OutcomeKind.ACCEPTED if trusted else OutcomeKind.DEFERRED
    assert (outcome.kind, len(peer.asked)) == (expected, int(trusted))


def lead_to(monkeypatch: pytest.MonkeyPatch, answer: str | OSError) -> None:
    """Let every name mean one address, or nothing."""

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        if isinstance(answer, OSError):
            raise answer
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({}, "FUNIL_SECRET_HOOKS_KEY"),
        ({"FUNIL_SECRET_HOOKS_KEY": "short"}, "“whsec_” and 24 to 64 random bytes"),
        ({"FUNIL_SECRET_HOOKS_KEY": SECRET}, None),
    ],
)
def test_a_connection_without_its_key_is_not_opened(
    environ: dict[str, str], sentence: str | None, tmp_path: Path
) -> None:
    (tmp_path / "none").touch(mode=0o600)
    given = {"FUNIL_SECRETS_FILE": str(tmp_path / "none"), **environ}
    registry = Registry(Secrets(given, keyring=lambda connection, field: None))
    connection = Connection(id="hooks", channel="webhook", adapter="http")
    if sentence is None:
        assert registry.open(connection, Noon(), "h", Backing(MemoryLedger())).capabilities.idempotent
        return
    with pytest.raises(BadInput) as caught:
        registry.open(connection, Noon(), "h", Backing(MemoryLedger()))
    assert sentence in caught.value.words.english()
