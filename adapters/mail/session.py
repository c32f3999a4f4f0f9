"""One connection to a mail server, driven phase by phase; every step that fails is a :class:`Trouble` of its phase."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import aiosmtplib
from aiosmtplib.errors import SMTPException, SMTPResponseException

from adapters.mail.message import Letter
from adapters.mail.replies import Answered, Late, Lost, Phase, Unable, Unfit
from adapters.mail.settings import SmtpSettings

_CHUNK: Final = 65_536
_PATIENCE_AFTER_DOT: Final = 4
_FAREWELL: Final = 2.0
_NOT_TRUSTED: Final = "the server's certificate is not trusted"


class Session:
    """A connection that has been entered, for one mail after the other. ``last_used`` is the loop's time in seconds."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._timeout = settings.timeout
        self._smtp = aiosmtplib.SMTP(
            hostname=settings.host, port=settings.number, local_hostname="localhost", timeout=settings.timeout
        )
        self._writer: asyncio.StreamWriter | None = None
        self._used = False
        self.last_used = asyncio.get_running_loop().time()

    @property
    def alive(self) -> bool:
        """Whether the line still stands, as far as this side knows."""
        return self._smtp.is_connected

    async def open(self, context: ssl.SSLContext) -> None:
        """Connect, secure and log in, as the settings ask. Raises :class:`Trouble`."""
        try:
            await self._enter(context)
        except BaseException:
            self.drop()
            raise

    async def transfer(self, letter: Letter, key: str) -> str:
        """Hand over one mail and return the server's last word. Raises :class:`Trouble`."""
        try:
            return await self._transfer(letter, key)
        except (Lost, Late, asyncio.CancelledError):
            self.drop()
            raise

    async def probe(self, timeout: float) -> bool:
        """Return whether the server still answers; a line that does not is dropped."""
        try:
            async with _in_phase(Phase.MAIL):
                await self._smtp.execute_command(b"NOOP", timeout=timeout)
        except (Lost, Late):
            self.drop()
        return self.alive

    async def quit(self) -> None:
        """Take leave and close."""
        with suppress(SMTPException, OSError):
            await self._smtp.quit(timeout=min(self._timeout, _FAREWELL))
        self.drop()

    def drop(self) -> None:
        """Close without a word."""
        self._smtp.close()
        if self._writer is not None:
            self._writer.close()

    async def _enter(self, context: ssl.SSLContext) -> None:
        security = self._settings.protection
        async with _in_phase(Phase.CONNECT):
            await self._smtp.connect(use_tls=security == "tls", start_tls=False, tls_context=context)
        await self._greet()
        if security == "starttls":
            await self._secure(context)
            await self._greet()
        if self._settings.user:
            await self._log_in(self._settings.user)
        transport = self._smtp.transport
        if transport is None or self._smtp.protocol is None:
            raise Lost(Phase.EHLO, "connection lost")
        if not isinstance(transport, asyncio.WriteTransport):
            raise TypeError(f"{transport!r} cannot be written to")
        transport.set_write_buffer_limits(high=1, low=0)  # 0 would leave a TLS line paused for good
        self._writer = asyncio.StreamWriter(transport, self._smtp.protocol, None, asyncio.get_running_loop())

    async def _greet(self) -> None:
        async with _in_phase(Phase.EHLO):
            await self._smtp.ehlo(hostname=_literal(self._smtp.get_transport_info("sockname")))

    async def _secure(self, context: ssl.SSLContext) -> None:
        if not self._smtp.supports_extension("starttls"):
            raise Unfit(Phase.STARTTLS, "the server offers no STARTTLS")
        async with _in_phase(Phase.STARTTLS):
            await self._smtp.starttls(tls_context=context)

    async def _log_in(self, user: str) -> None:
        """Log in by the first method that both sides know, once: trying each would lock accounts."""
        password = self._settings.password.get_secret_value() if self._settings.password else ""
        encrypted = self._smtp.get_transport_info("sslcontext") is not None
        order = ("plain", "login", "cram-md5") if encrypted else ("cram-md5", "plain", "login")
        offered = self._smtp.server_auth_methods
        method = next((m for m in order if m in offered), None)
        if method is None:
            raise Unfit(Phase.AUTH, f"the server offers no way to log in that we know: {' '.join(offered) or '-'}")
        logins = {
            "plain": self._smtp.auth_plain,
            "login": self._smtp.auth_login,
            "cram-md5": self._smtp.auth_crammd5,
        }
        async with _in_phase(Phase.AUTH):
            await logins[method](user, password)

    async def _transfer(self, letter: Letter, key: str) -> str:
        if self._used:
            await self._command(Phase.MAIL, b"RSET")
        self._used = True
        await self._command(
            Phase.MAIL, b"MAIL", b"FROM:<%b>" % letter.sender.encode(), *self._mail_options(letter, key)
        )
        await self._command(Phase.RCPT, b"RCPT", b"TO:<%b>" % letter.recipient.encode(), *self._rcpt_options())
        await self._command(Phase.DATA, b"DATA")
        await self._body(letter.content)
        answer = await self._dot()
        self._used = False
        self.last_used = asyncio.get_running_loop().time()
        return answer

    def _mail_options(self, letter: Letter, key: str) -> list[bytes]:
        offers = self._smtp.supports_extension
        options = [b"SIZE=%d" % len(letter.content)] if offers("size") else []
        if letter.international:
            if not offers("smtputf8"):
                raise Unable(Phase.MAIL, "the server takes no addresses with letters beyond ASCII")
            options += [b"BODY=8BITMIME", b"SMTPUTF8"]
        if offers("dsn"):
            options += [b"RET=HDRS", b"ENVID=" + _xtext(key)]
        return options

    def _rcpt_options(self) -> list[bytes]:
        return [b"NOTIFY=SUCCESS,FAILURE"] if self._smtp.supports_extension("dsn") else []

    async def _command(self, phase: Phase, *parts: bytes) -> str:
        async with _in_phase(phase):
            response = await self._smtp.execute_command(*parts)
        expected = 3 if phase is Phase.DATA else 2
        if response.code // 100 != expected:
            raise Answered(phase, response.code, response.message)
        return response.message

    async def _body(self, content: bytes) -> None:
        """Write the mail, lines that begin with a dot doubled, up to where only the final dot is missing."""
        if self._writer is None:
            raise Lost(Phase.BODY, "connection lost")
        stuffed = re.sub(rb"(?m)^\.", b"..", content)
        async with _in_phase(Phase.BODY):
            for start in range(0, len(stuffed), _CHUNK):
                self._writer.write(stuffed[start : start + _CHUNK])
                async with asyncio.timeout(self._timeout):
                    await self._writer.drain()

    async def _dot(self) -> str:
        """Write the final dot. From here on a broken line leaves open whether the server has taken the mail."""
        protocol = self._smtp.protocol
        if protocol is None:
            raise Lost(Phase.BODY, "connection lost")
        async with _in_phase(Phase.DOT):
            protocol.write(b".\r\n")
            response = await protocol.read_response(timeout=self._timeout * _PATIENCE_AFTER_DOT)
        if response.code // 100 == 2:
            return response.message
        if response.code // 100 not in {4, 5}:
            raise Lost(Phase.DOT, f"{response.code} {response.message}")
        if response.code == 421:
            self.drop()
        raise Answered(Phase.DOT, response.code, response.message)


@asynccontextmanager
async def _in_phase(phase: Phase) -> AsyncIterator[None]:
    """Turn whatever the library and the line raise into the trouble of a phase, by code where there is one."""
    try:
        yield
    except SMTPResponseException as error:
        if error.code // 100 in {4, 5}:
            raise Answered(phase, error.code, error.message) from None
        raise Lost(phase, error.message) from None
    except TimeoutError as error:
        raise Late(phase, str(error)) from None
    except (SMTPException, OSError) as error:
        raise _line_trouble(phase, error) from None


def _line_trouble(phase: Phase, error: Exception) -> Lost | Unfit:
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Unfit(phase, f"{_NOT_TRUSTED}: {cause.verify_message}")
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Unfit(phase, f"TLS cannot be set up: {cause.reason}")
    return Lost(phase, getattr(cause, "strerror", None) or str(cause) or "connection closed")


def _literal(sockname: tuple[str, int]) -> str:
    """Return our own address as EHLO takes it (RFC 5321 §4.1.3): asking the DNS for a name could take seconds."""
    host = sockname[0].partition("%")[0]
    return f"[IPv6:{host}]" if ":" in host else f"[{host}]"


def _xtext(text: str) -> bytes:
    """Encode an ENVID (RFC 3461 §4)."""
    plain = text.encode("utf-8", "replace")
    return b"".join(b"%c" % c if 33 <= c <= 126 and c not in b"+=" else b"+%02X" % c for c in plain)
