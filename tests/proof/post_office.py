"""A real mail server on loopback, in a thread of its own, that remembers every mail it has taken.

A *trap* lets something happen at one exact step of a mail's way, while the sender waits for the server's answer.
"""

from __future__ import annotations

import asyncio
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.proof.life import PATIENCE

HOST: Final = "127.0.0.1"
STEPS: Final = ("connected", "mail", "rcpt", "taken")
"""From the moment a line stands to the mail that is taken and not answered yet. A second ``mail`` is the first sign
that the sender has read the answer to the one before."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as the server took it."""

    content: bytes
    recipients: tuple[str, ...]
    parsed: Message
    at: float = field(default_factory=time.monotonic)

    @property
    def id(self) -> str:
        """The Message-ID, as it stands."""
        return str(self.parsed["Message-ID"])


@dataclass(slots=True)
class _Trap:
    step: str
    count: int
    spring: Callable[[], None]


@dataclass(slots=True)
class PostOffice:
    """What has been taken, in order. Other threads wait for it to happen."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list, repr=False)
    connections: int = 0
    _change: threading.Condition = field(default_factory=threading.Condition)
    _trap: _Trap | None = None

    def copies(self) -> Counter[str]:
        """Return how often each Message-ID was taken."""
        return Counter(mail.id for mail in self.mails)

    def set_trap(self, step: str, count: int, spring: Callable[[], None]) -> None:
        """Call ``spring`` when ``step`` has come ``count`` times from now; the server answers only after that."""
        with self._change:
            self._trap = _Trap(step, count, spring)

    def wait_until(self, true: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is true of this post office, looking after each of its steps."""
        with self._change:
            return self._change.wait_for(true, seconds)

    def sprung(self) -> bool:
        """Return whether no trap is set any more."""
        return self._trap is None

    def step(self, name: str, note: Callable[[], None] = lambda: None) -> None:
        """Let a step happen: note it, spring the trap that waits for it, tell who waits."""
        with self._change:
            note()
            trap = self._trap
            if trap is not None and trap.step == name:
                trap.count -= 1
                if trap.count == 0:
                    trap.spring()
                    self._trap = None
            self._change.notify_all()


class _Handler:
    def __init__(self, office: PostOffice) -> None:
        self._office = office

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._office.step("mail")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._office.step("rcpt")
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        mail = Mail(content, tuple(envelope.rcpt_tos), message_from_bytes(content))
        self._office.step("taken", lambda: self._office.mails.append(mail))
        return "250 2.0.0 Ok: queued"


class _Line(SMTP):
    def __init__(self, office: PostOffice, loop: asyncio.AbstractEventLoop) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            super().__init__(_Handler(office), hostname="mx.loja.example", loop=loop, enable_SMTPUTF8=True)
        self._office = office

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._office.step("connected", self._counted)

    def _counted(self) -> None:
        self._office.connections += 1


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Run a mail server until the context ends."""
    office = PostOffice()
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        server = await loop.create_server(lambda: _Line(office, loop), HOST, 0)
        office.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()
        lines = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="post-office", daemon=True)
    thread.start()
    assert ready.wait(PATIENCE), "the mail server did not start"
    try:
        yield office
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
        loop.close()
