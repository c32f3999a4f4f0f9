"""Mail servers on loopback: a real one (aiosmtpd), and one that misbehaves on cue."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST: Final = "127.0.0.1"
Answer: TypeAlias = "str | list[str]"
DROP: Final = "drop"
HANG: Final = "hang"


@dataclass(slots=True)
class Mailroom:
    """What a server has taken: envelopes with their bytes, and how many connections it took to bring them."""

    port: int = 0
    connections: int = 0
    content: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str], list[str]]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    _lines: set[asyncio.Transport] = field(default_factory=set)

    @property
    def message_ids(self) -> list[str]:
        """The Message-IDs of the mails taken, in order."""
        return [str(message_from_bytes(c)["Message-ID"]) for c in self.content]

    def hang_up(self) -> None:
        """Close every line, as a server does with idle ones."""
        for line in self._lines:
            line.close()
        self._lines.clear()


class _Handler:
    def __init__(self, room: Mailroom) -> None:
        self._room = room

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content
        assert content is not None
        self._room.content.append(content)
        self._room.envelopes.append((str(envelope.mail_from), list(envelope.rcpt_tos), list(envelope.mail_options)))
        return "250 2.0.0 Ok: queued as 4711"


class _Server(SMTP):
    """aiosmtpd's own server, with its lines counted and kept, so that a test can hang up."""

    def __init__(self, room: Mailroom, **options: Any) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it does not see the TLS that its socket came with
            super().__init__(_Handler(room), hostname="mx.loja.example", **options)
        self._room = room

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if isinstance(transport, asyncio.Transport):
            if transport.get_extra_info("sslcontext") is None or self.require_starttls is False:
                self._room.connections += 1
            self._room._lines.add(transport)


@asynccontextmanager
async def real_server(
    *, tls: bool = False, starttls: bool = False, user: tuple[str, str] | None = None, **options: Any
) -> AsyncIterator[Mailroom]:
    """Run aiosmtpd on loopback: in the clear, with TLS from the first byte, or with STARTTLS required."""
    room = Mailroom()

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == user, handled=False)

    if user:
        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": starttls}
    if starttls:
        options |= {"tls_context": server_context(), "require_starttls": True}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Server(room, loop=loop, **options), HOST, 0, ssl=server_context() if tls else None
    )
    room.port = server.sockets[0].getsockname()[1]
    try:
        yield room
    finally:
        server.close()
        room.hang_up()
        await asyncio.sleep(0)


@asynccontextmanager
async def faulty_server(
    script: Mapping[str, Answer] | None = None, *, offers: tuple[str, ...] = ()
) -> AsyncIterator[Mailroom]:
    """Run a server that answers by script.

    Keys are ``CONNECT EHLO STARTTLS AUTH MAIL RCPT DATA BODY DOT RSET NOOP``; a value is a whole reply, ``drop`` or
    ``hang``, or a list of those for one time after the other, over all connections; then the usual reply.
    """
    room = Mailroom()
    release = asyncio.Event()
    plan = {
        verb: [answer] * 1_000 if isinstance(answer, str) else list(answer) for verb, answer in (script or {}).items()
    }

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        room.connections += 1
        try:
            await _Conversation(room, reader, writer, plan, offers, release).run()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, HOST, 0, limit=1 << 26)
    room.port = server.sockets[0].getsockname()[1]
    try:
        yield room
    finally:
        release.set()
        server.close()
        await asyncio.sleep(0)


class _Hung(ConnectionError):
    """The conversation was dropped or left hanging by script."""


@dataclass(slots=True)
class _Conversation:
    room: Mailroom
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    plan: Mapping[str, list[str]]
    offers: tuple[str, ...]
    release: asyncio.Event

    async def run(self) -> None:
        await self._say("CONNECT", "220 mx ready")
        while line := (await self.reader.readline()).decode("utf-8").strip():
            self.room.commands.append(line)
            verb = line.split()[0].upper()
            if verb == "QUIT":
                await self._say(verb, "221 bye")
                return
            if verb == "EHLO":
                await self._say(verb, "\r\n".join(["250-mx", *(f"250-{o}" for o in self.offers), "250 HELP"]))
            elif verb == "DATA":
                if (await self._say(verb, "354 go ahead")).startswith("354"):
                    await self._take()
            else:
                await self._say(verb, "235 welcome" if verb == "AUTH" else "250 2.0.0 ok")

    async def _take(self) -> None:
        if self._answer("BODY", "") == DROP:
            self.writer.transport.abort()
            raise _Hung
        content = (await self.reader.readuntil(b"\r\n.\r\n"))[:-3]
        if not self._answer("DOT", "250", peek=True).startswith(("4", "5")):
            self.room.content.append(content.replace(b"\r\n..", b"\r\n."))
        await self._say("DOT", "250 2.0.0 taken")

    def _answer(self, verb: str, usual: str, *, peek: bool = False) -> str:
        answers = self.plan.get(verb)
        if not answers:
            return usual
        return answers[0] if peek else answers.pop(0)

    async def _say(self, verb: str, usual: str) -> str:
        answer = self._answer(verb, usual)
        if answer == DROP:
            raise _Hung
        if answer == HANG:
            await self.release.wait()
            raise _Hung
        self.writer.write(answer.encode() + b"\r\n")
        await self.writer.drain()
        if answer.startswith("421"):
            raise _Hung
        return answer


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


@cache
def server_context() -> ssl.SSLContext:
    """Return a TLS context with a certificate for 127.0.0.1 by the tests' own authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority().issue_cert(HOST).configure_cert(context)
    return context


def ca_file(folder: Path) -> Path:
    """Write the tests' authority where a connection's settings can name it."""
    path = folder / "ca.pem"
    _authority().cert_pem.write_to_path(str(path))
    return path
