"""Who may come in from the web: whoever holds the token, from a page of this very server, and nobody else.

Whoever reaches the board acts as the user who started it, so being on the same machine is not enough: any page that a
browser shows can send requests to loopback. Three things keep it out: the ``Host`` that was asked for must be ours (a
name that somebody else's DNS points here is not), the ``Origin`` of a WebSocket must be ours (RFC 6455, section 10.2),
and the token must be known, from the address once, then from a cookie that no other site can send.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import urlsplit

from aiohttp import web

from core.i18n import gettext as _

TOKEN: Final = "token"  # noqa: S105 - the name of the parameter
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
_WILD: Final = ("0.0.0.0", "[::]")  # noqa: S104 - recognised, not bound
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self';"
        " img-src 'self' data:; connect-src 'self' {sockets}; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
"""What every answer says: nothing from elsewhere, no frame around it, the token never passed on."""

Answer = TypeVar("Answer", bound=web.StreamResponse)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def bracketed(host: str) -> str:
    """Return a host as it stands in an address: an IPv6 one in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The one way in. ``url`` is the address by which browsers reach the server, without a path; ``token`` its key."""

    url: str
    token: str = field(repr=False)

    @property
    def origins(self) -> frozenset[str]:
        """The origins whose pages are ours: the address given, and for loopback its other names."""
        parts = urlsplit(self.url)
        known = {_origin(parts.scheme, parts.netloc)}
        if bracketed(parts.hostname or "") in _LOOPBACK:
            known |= {_origin(parts.scheme, f"{name}:{parts.port or _usual(parts.scheme)}") for name in _LOOPBACK}
        return frozenset(known)

    @property
    def cookie(self) -> str:
        """The cookie's name, of this server's own: browsers send cookies to every port of a host."""
        parts = urlsplit(self.url)
        return f"funil-{parts.port or _usual(parts.scheme)}"

    @property
    def address(self) -> str:
        """The address that lets its reader in."""
        return f"{self.url}/?{TOKEN}={self.token}"

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request in, or refuse it in a sentence; whoever brings the token gets the cookie."""
        scheme = urlsplit(self.url).scheme
        if _origin(scheme, request.host) not in self.origins:
            return self._closed(_("This is not the address that Funil was asked to serve."))
        origin = request.headers.get("Origin")
        if (origin is not None or request.path == "/ws") and _origin(*_split(origin)) not in self.origins:
            return self._closed(_("A page of another site asks for this: it is not let in."))
        shown = request.query.get(TOKEN)
        if shown is not None and self._knows(shown):
            return self._welcome()
        if not self._knows(request.cookies.get(self.cookie, "")):
            return self._closed(_("Open the address that “funil serve” printed: it holds the key to this board."))
        answer = await handler(request)
        if not answer.prepared:
            self._label(answer)
        return answer

    def _knows(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.token.encode())

    def _welcome(self) -> web.Response:
        """Take the token out of the address, where history and screenshots would keep it, into a cookie."""
        answer = web.Response(status=303, headers={"Location": "/"})
        answer.set_cookie(
            self.cookie, self.token, httponly=True, samesite="Strict", secure=urlsplit(self.url).scheme == "https"
        )
        return self._label(answer)

    def _closed(self, why: str) -> web.Response:
        return self._label(web.Response(status=403, text=why + "\n"))

    def _label(self, answer: Answer) -> Answer:
        parts = urlsplit(self.url)
        sockets = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
        for name, value in HEADERS.items():
            answer.headers[name] = value.replace("{sockets}", sockets)
        return answer


def _split(origin: str | None) -> tuple[str, str]:
    parts = urlsplit(origin or "")
    return parts.scheme, parts.netloc


def _origin(scheme: str, netloc: str) -> str:
    """Write an origin one way: small letters, the port always there."""
    host = netloc.lower()
    has_port = ":" in host.rpartition("]")[2]
    return f"{scheme}://{host}" if has_port else f"{scheme}://{host}:{_usual(scheme)}"


def _usual(scheme: str) -> int:
    return 443 if scheme == "https" else 80
