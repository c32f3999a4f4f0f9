"""The way out for webhooks: one HTTPS request a message, to a public address that is looked up once.

The outcome depends on how far an attempt came: before the request has left, the peer has nothing (deferred); after it,
and before a whole answer, nobody knows. A repeat has the same id, so it does no harm.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from pydantic import BaseModel

from adapters.webhook import signing
from adapters.webhook.settings import CAPABILITIES, HttpSettings
from core import hooks, public_hosts
from core.errors import BadInput
from core.i18n import N_
from core.model.delivery import Message, Outcome, OutcomeKind
from core.model.moment import DAY, SECOND
from core.ports import Capabilities, Clock, Health
from core.safe_text import header_text
from core.words import Words

CONNECTING: Final = 3.0
"""Seconds until a connection must stand."""
MOST: Final = 2048
"""Bytes of an answer that are looked at, and none of a good one."""
_QUOTED: Final = 120
_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may be taken (RFC 9110, 6585, 8470)."""
_OUR_LINE: Final = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})


class HttpAdapter:
    """Calls the address that a message names. A peer that is down is that message's trouble, since others have other
    peers; only what shows that nobody can be reached counts against the connection."""

    Settings: ClassVar[type[BaseModel]] = HttpSettings

    def __init__(self, settings: HttpSettings, clock: Clock) -> None:
        self.capabilities: Capabilities = CAPABILITIES
        self._settings = settings
        self._clock = clock
        self._key = signing.key_of(settings.key.get_secret_value() if settings.key is not None else "")
        self._session: aiohttp.ClientSession | None = None

    async def check(self) -> Health:
        """Answer that the key is there: which peers there are, each rule knows for itself."""
        return Health(True, Words(N_("calls are signed; each rule names its own address")))

    async def send(self, message: Message, key: str) -> Outcome:
        """Make the call. Every ending is an outcome."""
        try:
            hooks.check(message.to, self._settings.allow)
        except BadInput as error:
            return _rejected("not_allowed", error.words)
        body = message.text.encode("utf-8", "replace")
        try:
            return await self._call(message.to, body, key)
        except _NotPublic as error:
            return _rejected("not_allowed", error.words)
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError) as error:
            return _unreached(error)
        except (aiohttp.InvalidURL, ValueError):
            return _rejected("bad_address", Words(N_("“{address}” is no address"), {"address": message.to}))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            words = N_("the request went out, and no whole answer came: {why}")
            return _ended(OutcomeKind.UNKNOWN, words, why=_why(error), reason="timeout")

    async def reconcile(self, message: Message, key: str) -> Outcome | None:
        """Answer that nobody can say: webhooks have no way to ask."""
        return None

    async def close(self) -> None:
        """Let go of the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _call(self, address: str, body: bytes, key: str) -> Outcome:
        signed = signing.headers(self._key, key, self._clock.now() // SECOND, body)
        headers = {"Content-Type": "application/json; charset=utf-8", "Accept": "*/*", "User-Agent": "Funil", **signed}
        if self._session is None:
            self._session = self._opened()
        asked = self._session.post(address, data=body, headers=headers, allow_redirects=False)
        async with asked as answer:
            if 200 <= answer.status < 300:
                return Outcome(kind=OutcomeKind.ACCEPTED, provider_id=key)
            return self._refused(answer.status, answer.headers, await answer.content.read(MOST))

    def _refused(self, status: int, headers: Mapping[str, str], content: bytes) -> Outcome:
        said = header_text(content.decode("utf-8", "replace"))[:_QUOTED]
        words = N_("the peer answers {status}: {said}") if said else N_("the peer answers {status}")
        if status in _LATER:
            wait = self._wait(headers.get("Retry-After"))
            reason = "limit_reached" if status == 429 else None
            return _ended(OutcomeKind.DEFERRED, words, status=status, said=said, reason=reason, retry_after=wait)
        if 300 <= status < 400:
            return _ended(OutcomeKind.REJECTED, _MOVED, status=status, reason="rejected")
        # An error of its own that it does not call temporary may still pass.
        kind = OutcomeKind.DEFERRED if status >= 500 else OutcomeKind.REJECTED
        reason = "not_allowed" if status in (401, 403) else "rejected"
        return _ended(kind, words, status=status, said=said, reason=reason if kind is OutcomeKind.REJECTED else None)

    def _wait(self, header: str | None) -> int | None:
        """Return the milliseconds that a peer asks for (RFC 9110, 10.2.3), a day at most; None where it does not."""
        text = (header or "").strip()
        if text.isascii() and text.isdigit():
            return min(int(text[:9]) * SECOND, DAY)
        try:
            moment = parsedate_to_datetime(text).timestamp() * SECOND
        except (ValueError, OverflowError):
            return None
        return int(min(max(moment - self._clock.now(), 0), DAY)) or None

    def _opened(self) -> aiohttp.ClientSession:
        file = self._settings.ca_file
        context = ssl.create_default_context(cafile=str(file) if file is not None else None)
        # Each call has a connection of its own: one that is reused may be closed by the peer just then, and nobody
        # would know whether the request has come to it.
        connector = aiohttp.TCPConnector(
            resolver=_Resolver(self._settings.allow), ssl=context, force_close=True, use_dns_cache=False
        )
        answer = self._settings.timeout
        timeout = aiohttp.ClientTimeout(
            total=CONNECTING + answer, connect=CONNECTING, sock_connect=CONNECTING, sock_read=answer
        )
        return aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())


_MOVED: Final = N_("the peer answers {status}: nobody is led to another address; write the right one into the rule")


class _NotPublic(Exception):
    """A name leads into a private network."""

    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words.english())


class _Resolver(AbstractResolver):
    """Looks a name up; what is connected to is what was judged, so a name cannot mean something else a moment later."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host, all of which are public unless the host is allowed. Raises ``OSError``."""
        loop = asyncio.get_running_loop()
        infos = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        found: list[ResolveResult] = []
        for kind, _, proto, _, where in infos:
            ip = str(where[0])
            if not self._may(host, port, ip):
                words = N_("“{host}” is {ip}, which is no public address: the connection would have to allow it")
                raise _NotPublic(Words(words, {"host": host, "ip": ip}))
            found.append(_result(host, ip, port, kind, proto))
        return found

    def _may(self, host: str, port: int, ip: str) -> bool:
        name = host.lower()
        if name in self._allowed or f"{name}:{port}" in self._allowed:
            return True
        return public_hosts.public(ipaddress.ip_address(ip.partition("%")[0]))

    async def close(self) -> None:
        """Hold nothing."""


def _result(host: str, ip: str, port: int, family: int, proto: int) -> ResolveResult:
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=ip, port=port, family=family, proto=proto, flags=flags)


def _unreached(error: Exception) -> Outcome:
    """Return the outcome of a call whose request never left; where nobody can be reached, it was the line."""
    code = getattr(getattr(error, "os_error", None), "errno", None)
    ours = code == socket.EAI_AGAIN if isinstance(error, aiohttp.ClientConnectorDNSError) else code in _OUR_LINE
    words = N_("the peer cannot be reached: {why}")
    return _ended(OutcomeKind.DEFERRED, words, why=_why(error), reason="timeout", line_failed=ours)


def _ended(
    kind: OutcomeKind,
    words: str,
    *,
    reason: str | None,
    retry_after: int | None = None,
    line_failed: bool = False,
    **args: Any,
) -> Outcome:
    return Outcome(
        kind=kind, reason=reason, detail=Words(words, args), retry_after=retry_after, line_failed=line_failed
    )


def _rejected(reason: str, words: Words) -> Outcome:
    return Outcome(kind=OutcomeKind.REJECTED, reason=reason, detail=words)


def _why(error: BaseException) -> str:
    return header_text(str(error))[:_QUOTED] or type(error).__name__
