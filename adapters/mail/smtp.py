"""E-mail through a mail server: one connection, kept for the next message."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from typing import ClassVar, Final

from pydantic import BaseModel

from adapters.mail.enclosures import BadMessage
from adapters.mail.message import Letter, compose
from adapters.mail.replies import Answered, Lost, Phase, Trouble, Unfit, outcome_of, words_of
from adapters.mail.session import Session
from adapters.mail.settings import CAPABILITIES, SmtpSettings
from core.i18n import N_
from core.model.delivery import Message, Outcome, OutcomeKind
from core.model.moment import Moment
from core.ports import NO_FILES, Clock, Files, Health
from core.words import Words

IDLE: Final = 10.0
"""Seconds after which a kept connection is asked whether it still stands, before a message is trusted to it."""
_PROBE: Final = 5.0


class SmtpAdapter:
    """Sends mail through one reused connection, one message at a time.

    A repeat carries the same bytes and Message-ID, by which mail servers and readers drop the second; SMTP itself
    cannot say what became of an earlier try.
    """

    Settings: ClassVar[type[BaseModel]] = SmtpSettings

    def __init__(self, settings: SmtpSettings, clock: Clock, files: Files = NO_FILES, *, idle: float = IDLE) -> None:
        self.capabilities = CAPABILITIES
        self._files = files
        self._settings = settings
        self._clock = clock
        self._idle = idle
        self._session: Session | None = None
        self._context: ssl.SSLContext | None = None
        self._lock = asyncio.Lock()

    async def check(self) -> Health:
        """Connect, secure, log in and take leave, on a line of its own; no mail is begun."""
        try:
            session = await self._connect()
        except Trouble as trouble:
            return Health(False, words_of(trouble))
        await session.quit()
        return Health(True)

    async def send(self, message: Message, key: str) -> Outcome:
        """Send one mail; every ending is an outcome, with the server's answer in its detail."""
        try:
            letter = await self._composed(message, key)
        except BadMessage as error:
            return Outcome(kind=OutcomeKind.REJECTED, reason=error.reason, detail=error.detail)
        try:
            async with self._lock:
                answer = await self._deliver(letter, key)
        except Trouble as trouble:
            return outcome_of(trouble)
        detail = Words(N_("the mail server took it: {text}"), {"text": answer})
        return Outcome(kind=OutcomeKind.ACCEPTED, provider_id=letter.message_id, detail=detail)

    async def reconcile(self, message: Message, key: str) -> Outcome | None:
        """Say nothing: a mail server cannot be asked about a mail."""
        return None

    async def close(self) -> None:
        """Take leave of the server. A later send connects anew."""
        async with self._lock:
            session, self._session = self._session, None
            if session is not None and session.alive:
                await session.quit()

    async def _composed(self, message: Message, key: str) -> Letter:
        """Build the mail; files take their time, and nobody else's."""
        digests = [str(each["digest"]) for each in message.data.get("attachments") or ()]
        now = self._clock.now()
        if not digests:
            return compose(message, key, now)
        return await asyncio.to_thread(self._enclosing, message, key, now, digests)

    def _enclosing(self, message: Message, key: str, now: Moment, digests: Sequence[str]) -> Letter:
        found = {digest: self._files.content(digest) for digest in dict.fromkeys(digests)}
        return compose(message, key, now, {digest: each for digest, each in found.items() if each is not None})

    async def _deliver(self, letter: Letter, key: str) -> str:
        """Use the kept connection; where the server has closed it since the last mail, connect anew, once."""
        kept = await self._kept()
        if kept is not None:
            try:
                return await kept.transfer(letter, key)
            except Trouble as trouble:
                if not _was_closed(trouble):
                    raise
                kept.drop()
        self._session = await self._connect()
        return await self._session.transfer(letter, key)

    async def _kept(self) -> Session | None:
        session = self._session
        if session is None or not session.alive:
            return None
        idle = asyncio.get_running_loop().time() - session.last_used
        if idle > self._idle and not await session.probe(min(self._settings.timeout, _PROBE)):
            return None
        return session

    async def _connect(self) -> Session:
        if self._context is None:
            self._context = await asyncio.to_thread(self._trust)
        session = Session(self._settings)
        await session.open(self._context)
        return session

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._settings.ca_file)
        except OSError as error:
            raise Unfit(Phase.CONNECT, f"{self._settings.ca_file}: {error.strerror or error}") from None


def _was_closed(trouble: Trouble) -> bool:
    """Whether the server had closed the kept connection before this mail began."""
    if trouble.phase is not Phase.MAIL:
        return False
    return isinstance(trouble, Lost) or (isinstance(trouble, Answered) and trouble.code == 421)
