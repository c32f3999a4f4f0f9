"""Tracking's way out: which links of a mail are followed, and the mail with their addresses exchanged.

What a message keeps is the original: its HTML and, in order, where its links lead. The exchange happens when the bytes
are made, for only then the message has its number; the same number gives the same bytes at every attempt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from core import html_tags
from core.errors import BadInput
from core.i18n import N_
from core.model.delivery import Message
from core.model.frozen import replace
from core.tokens import LINKS, Kind

KEY: Final = "tracking"
"""Where a message's data say how it is tracked: ``clicks``, ``opens``, ``gateway``, ``links``."""

Tokens = Callable[[Kind, int], str]

_LINKED: Final = frozenset({"a", "area"})
_UNTRACKED: Final = "data-no-track"
_BLANKS: Final = re.compile(r"[\t\n\r]")
_EDGES: Final = "".join(map(chr, range(33)))
_SCHEME: Final = re.compile(r"https?://[^/\\]", re.IGNORECASE)
_LONGEST: Final = 4_000
_LONGEST_GATEWAY: Final = 200
_PIXEL: Final = '<img src="{address}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">'
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|[0-9a-f:]+", re.ASCII)
_LOOPBACK: Final = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1", re.ASCII)
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+)*", re.ASCII)


class Link(NamedTuple):
    """A link that can be followed: its place in the HTML, from ``start`` to ``end``, and its original address."""

    start: int
    end: int
    address: str


def noted(html: str, gateway: str | None, *, clicks: bool, opens: bool) -> Mapping[str, Any]:
    """Return what a message's data keep of its tracking: what is wished, and where each different link leads."""
    found = addresses(html, gateway) if clicks else []
    return {KEY: {"clicks": clicks, "opens": opens, "gateway": gateway, "links": found}}


def of(message: Message) -> Mapping[str, Any]:
    """Return how a message is tracked; one that says nothing of it is not."""
    return message.data.get(KEY) or {"clicks": False, "opens": False, "gateway": None, "links": []}


def rewrites(message: Message) -> bool:
    """Return whether the bytes of a message hold tokens: something is tracked, and there is a gateway."""
    how = of(message)
    return bool(how["gateway"] and (how["opens"] or (how["clicks"] and how["links"])) and message.data.get("html"))


def tracked(message: Message, token: Tokens) -> Message:
    """Return the message as it goes out: links lead through the gateway, a pixel tells of opening."""
    how = of(message)
    html, gateway = str(message.data["html"]), str(how["gateway"])
    if how["clicks"]:
        numbers = {address: number for number, address in enumerate(how["links"], 1)}
        html = _exchanged(html, gateway, numbers, token)
    if how["opens"]:
        html = _with_pixel(html, f"{gateway}/o/{token(Kind.OPEN, 0)}.gif")
    return replace(message, data={**message.data, "html": html})


def addresses(html: str, gateway: str | None) -> list[str]:
    """Return where the links of a text lead, each address once, in the order of their first places."""
    return list(dict.fromkeys(link.address for link in links(html, gateway)))[:LINKS]


def links(html: str, gateway: str | None = None) -> Sequence[Link]:
    """Return the links of a text that can be followed: http and https, of ``<a>`` and ``<area>``.

    Not those that say ``data-no-track``, and none that leads to the gateway itself (tracked ones, unsubscribing).
    """
    if "://" not in html and "&" not in html:
        return ()
    found = []
    for tag in html_tags.tags(html):
        value = None if tag.closes or tag.name not in _LINKED else tag.values.get("href")
        if value is None or _UNTRACKED in tag.values:
            continue
        address = browsers(value.meant)
        if _can_be_followed(address) and not _ours(address, gateway):
            found.append(Link(value.start, value.end, address))
    return found


def browsers(address: str) -> str:
    """Return an address as browsers read it: without blanks around it, tabs and breaks within (WHATWG)."""
    return _BLANKS.sub("", address.strip(_EDGES))


def _can_be_followed(address: str) -> bool:
    if len(address) > _LONGEST or not _SCHEME.match(address):
        return False
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False


def _ours(address: str, gateway: str | None) -> bool:
    return gateway is not None and f"{address}/".lower().startswith(f"{gateway}/".lower())


def _exchanged(html: str, gateway: str, numbers: Mapping[str, int], token: Tokens) -> str:
    out, at = [], 0
    for link in links(html, gateway):
        number = numbers.get(link.address)
        if number is not None:
            out += [html[at : link.start], f"{gateway}/c/{token(Kind.CLICK, number)}"]
            at = link.end
    return "".join([*out, html[at:]])


def _with_pixel(html: str, address: str) -> str:
    """Put the pixel where the body ends; a text that does not say where is all body."""
    ends = {tag.name: tag.start for tag in html_tags.tags(html) if tag.closes and tag.name in ("body", "html")}
    at = ends.get("body", ends.get("html", len(html)))
    return html[:at] + _PIXEL.format(address=address) + html[at:]


def check_gateway(text: str) -> str:
    """Return the gateway's public address in its one form. Raises ``BadInput``.

    It is https, or http on this machine; it may have a port and a path, and nothing else.
    """
    parts = _parts(text.strip())
    host, path = (parts.hostname or "", parts.path.rstrip("/")) if parts else ("", "")
    if parts is None or not _HOST.fullmatch(host) or not _PATH.fullmatch(path):
        raise BadInput(N_("“{address}” is no address of a gateway like https://t.loja.example"), address=text)
    if parts.scheme == "http" and not _LOOPBACK.fullmatch(host):
        raise BadInput(
            N_("“{address}” is not encrypted: a gateway's address begins with https://, but on this machine itself"),
            address=text,
        )
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}{f':{parts.port}' if parts.port is not None else ''}{path}"


def _parts(text: str) -> SplitResult | None:
    """Return an address's parts, where it has no others than a gateway's may have."""
    try:
        parts = urlsplit(text)
        plain = parts.port is None or parts.port > 0
    except ValueError:
        return None
    plain = plain and "@" not in parts.netloc and "?" not in text and "#" not in text
    return parts if plain and parts.scheme in ("http", "https") and len(text) <= _LONGEST_GATEWAY else None
