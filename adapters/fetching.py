"""Fetching what somebody else's address leads to, without being led into one's own network.

The real lines' adapters fetch audio files with it at the call. A name is looked up once, every address that it has must
be a public one, and it is such an address that is connected to: a name that means something else a moment later leads
nowhere. The same holds for each redirect. Sizes and the time altogether are bounded.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.client import HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from time import monotonic
from typing import Final
from urllib.parse import quote, urljoin

from core import audio, public_hosts
from core.errors import BadInput
from core.i18n import N_
from core.misfits import shown
from core.model.delivery import Outcome, OutcomeKind
from core.ports import Fetched, Fetcher
from core.public_hosts import Address, Target

MOST: Final = 20_000_000
"""The largest file, in bytes."""
SECONDS: Final = 20.0
"""How long everything may take."""
REDIRECTS: Final = 3
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_CHUNK: Final = 65_536
_AS_IT_STANDS: Final = "/?&=%:@!$'()*+,;~#[]-._"

Lookup = Callable[[str, int], Sequence[str]]


def look_up(host: str, port: int) -> Sequence[str]:
    """Return all addresses of a name. Raises ``OSError``."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class PublicFetcher:
    """Fetches over HTTPS from public servers only. ``lookup``, ``allowed`` and ``context`` are for tests."""

    def __init__(
        self,
        *,
        lookup: Lookup = look_up,
        allowed: Callable[[Address], bool] = public_hosts.public,
        context: ssl.SSLContext | None = None,
        most: int = MOST,
        seconds: float = SECONDS,
    ) -> None:
        self._lookup, self._allowed, self._context = lookup, allowed, context
        self._most, self._seconds = most, seconds

    async def fetch(self, address: str) -> Fetched:
        """Return what an address leads to. Raises ``BadInput`` with the reason when nothing public answers in time."""
        deadline = monotonic() + self._seconds
        try:
            return await asyncio.wait_for(asyncio.to_thread(self._follow, address, deadline), self._seconds)
        except (TimeoutError, _TooLate):
            raise BadInput(
                N_("“{address}” did not come within {seconds} seconds"), address=address, seconds=round(self._seconds)
            ) from None

    def _follow(self, address: str, deadline: float) -> Fetched:
        for _ in range(REDIRECTS + 1):
            target = public_hosts.check(address)
            with self._connect(address, target, deadline) as watched:
                answer = watched.ask(address, target.path)
                if answer.status in _MOVED:
                    address = urljoin(address, answer.getheader("Location") or "")
                    continue
                if answer.status != 200:
                    raise BadInput(N_("“{address}” answers {status}"), address=address, status=answer.status)
                return Fetched(address, answer.getheader("Content-Type") or "", self._whole(address, answer, watched))
        raise BadInput(N_("“{address}” leads from one address to the next"), address=address)

    def _connect(self, address: str, target: Target, deadline: float) -> _Watched:
        """Return a connection to a public address of the target, which has not proved yet that it is the host."""
        if self._context is None:
            self._context = ssl.create_default_context()
        last: OSError | None = None
        for ip in self._addresses(address, target):
            if (left := deadline - monotonic()) <= 0:
                raise _TooLate
            try:
                plain = socket.create_connection((ip, target.port), timeout=left)
            except OSError as error:
                last = error
                continue
            secure = self._context.wrap_socket(plain, server_hostname=target.host, do_handshake_on_connect=False)
            connection = HTTPSConnection(target.host, target.port, context=self._context)
            connection.sock = secure
            return _Watched(connection, secure, deadline)
        raise _unreachable(address, last)

    def _addresses(self, address: str, target: Target) -> Sequence[str]:
        """Return the addresses of a host, all of which are public."""
        try:
            found = list(dict.fromkeys(self._lookup(target.host, target.port)))
            judged = [ipaddress.ip_address(each.partition("%")[0]) for each in found]
        except (OSError, UnicodeError, ValueError) as error:
            raise _unreachable(address, error) from None
        for each in judged:
            if not self._allowed(each):
                words = N_("“{address}”: {ip} is no public address")
                raise BadInput(words, address=address, ip=str(each))
        return found

    def _whole(self, address: str, answer: HTTPResponse, watched: _Watched) -> bytes:
        content = bytearray()
        while piece := watched.read(address, answer):
            content += piece
            if len(content) > self._most:
                words = N_("“{address}” is larger than {most} MB")
                raise BadInput(words, address=address, most=self._most // 1_000_000)
        return bytes(content)


class _TooLate(Exception):
    """The time is over."""


class _Watched:
    """A connection that is cut when the time is over: a server that sends a byte now and then holds nobody up."""

    def __init__(self, connection: HTTPSConnection, secure: ssl.SSLSocket, deadline: float) -> None:
        self._connection, self._secure, self._deadline = connection, secure, deadline
        self._timer = threading.Timer(max(0.0, deadline - monotonic()), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> _Watched:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._connection.close()
        self._secure.close()

    def ask(self, address: str, path: str) -> HTTPResponse:
        """Have the host prove itself, ask for a path and return the answer's head."""
        headers = {"User-Agent": "Funil", "Accept": "audio/mpeg, */*;q=0.5", "Accept-Encoding": "identity"}
        try:
            self._secure.do_handshake()
            self._connection.request("GET", quote(path, safe=_AS_IT_STANDS), headers=headers)
            return self._connection.getresponse()
        except (OSError, HTTPException, ValueError) as error:
            raise self._why(address, error) from None

    def read(self, address: str, answer: HTTPResponse) -> bytes:
        """Read on; nothing is the end of the file, and not of a line that broke."""
        try:
            piece = answer.read(_CHUNK)
            if not piece and answer.length:
                raise IncompleteRead(b"", answer.length)
            return piece
        except (OSError, HTTPException, ValueError) as error:
            raise self._why(address, error) from None

    def _why(self, address: str, error: Exception) -> Exception:
        return _TooLate() if monotonic() >= self._deadline else _unreachable(address, error)

    def _cut(self) -> None:
        with suppress(OSError):
            self._secure.shutdown(socket.SHUT_RDWR)


def _unreachable(address: str, error: Exception | None) -> BadInput:
    why = shown(str(error or "")).strip("“”") or type(error).__name__
    return BadInput(N_("“{address}” cannot be reached: {why}"), address=address, why=why)


async def audio_file(fetcher: Fetcher, address: str) -> Fetched | Outcome:
    """Return the mp3 that a call shall play, else the outcome with which it is not made: ``bad_audio``."""
    try:
        found = await fetcher.fetch(audio.check(address))
    except BadInput as error:
        return Outcome(kind=OutcomeKind.REJECTED, reason="bad_audio", detail=error.words)
    problem = audio.problem(found.media_type, found.content)
    return found if problem is None else Outcome(kind=OutcomeKind.REJECTED, reason="bad_audio", detail=problem)
