"""Which hosts an address may name that somebody else wrote: none that lie within a house's own network.

A server that fetches what its users name can be made to fetch what only it can reach (OWASP: server-side request
forgery). So a name must be a public one, and an address a public one in whatever notation: ``2130706433``, ``0x7f.1``,
``0177.0.0.1``, ``::ffff:127.0.0.1`` and the rest of what URL parsers take (WHATWG URL, "IPv4 parser"). Names are looked
at here as they are written; what they resolve to is judged by :func:`public` when they are fetched.
"""

from __future__ import annotations

import ipaddress
import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from core.errors import BadInput
from core.i18n import N_

Address = IPv4Address | IPv6Address

_PRIVATE_ENDS: Final = frozenset(
    "localhost local internal intranet private corp home lan localdomain arpa onion".split()
)
"""Last labels of names that no public server has (RFC 6761, 6762, 7686, 8375; ICANN's .internal and its name
collisions)."""
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_UNFIT: Final = re.compile(r"[\\<>{}|^`\"\s\x00-\x20\x7f-\xa0]")
_LONGEST_NAME: Final = 253
LONGEST: Final = 2048
"""The longest address, in characters."""
_EMBEDDING: Final = tuple(
    (ipaddress.IPv6Network(network), 80 if network.startswith("2002") else 0)
    for network in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "2002::/16")
)
"""Networks whose addresses hold an IPv4 address, and how many bits stand behind it (RFC 4291, 6052, 2765, 3056)."""
_GLOBAL: Final = ipaddress.IPv6Network("2000::/3")
"""Where the public IPv6 addresses lie (RFC 4291)."""
_CLOSED: Final = tuple(map(ipaddress.IPv6Network, ("2001::/23", "3fff::/20")))
"""What lies there and is no server's: protocol assignments with Teredo (RFC 2928), documentation (RFC 9637)."""
_CLOSED_V4: Final = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
"""What older Pythons take for public: protocol assignments (RFC 6890), relays of 6to4 (RFC 7526)."""


class Target(NamedTuple):
    """Where an address leads: its host, as a name of the DNS or a literal address, the port, and what is asked for."""

    host: str
    port: int
    path: str


def check(address: str) -> Target:
    """Return where an ``https`` address leads. Raises ``BadInput`` for one that leads nowhere public."""
    parts = _parts(address)
    if parts.scheme.lower() != "https":
        raise BadInput(N_("“{address}”: the address begins with https://"), address=address)
    host = parts.netloc.rpartition("@")[2]
    if "@" in parts.netloc:
        raise BadInput(N_("“{address}”: no user name or password stands in the address"), address=address)
    try:
        port = parts.port or 443
    except ValueError:
        raise BadInput(N_("“{address}”: this is no port"), address=address) from None
    bare = host[: host.rindex("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(_public_host(bare, address), port, path)


def well_formed(address: str) -> bool:
    """Return whether an address can be read as one at all, whatever it leads to."""
    try:
        return bool(_parts(address).hostname)
    except (BadInput, ValueError):
        return False


def _parts(address: str) -> SplitResult:
    if len(address) > LONGEST:
        raise BadInput(N_("“{address}” is too long: {most} characters at most"), address=address, most=LONGEST)
    if _UNFIT.search(address):
        words = N_("“{address}” is no address: no spaces, braces or backslashes stand in one")
        raise BadInput(words, address=address)
    try:
        return urlsplit(address)
    except ValueError:
        raise BadInput(N_("“{address}” is no address like https://loja.example/hello.mp3"), address=address) from None


def _public_host(host: str, address: str) -> str:
    """Return the host as it is looked up."""
    try:
        found = literal(host)
    except ValueError:
        raise BadInput(N_("“{address}”: “{host}” is no address of a server"), address=address, host=host) from None
    if found is not None:
        if public(found):
            return str(found)
        raise BadInput(N_("“{address}”: {ip} is no public address"), address=address, ip=str(found))
    name = named(host)
    if name is None:
        raise BadInput(N_("“{address}”: “{host}” is no public server's name"), address=address, host=host)
    return name


def public(address: Address) -> bool:
    """Return whether an address is one of the public internet's servers, an IPv4 address inside an IPv6 one too."""
    if isinstance(address, IPv6Address):
        for network, shift in _EMBEDDING:
            if address in network:
                return public(IPv4Address(int(address) >> shift & 0xFFFFFFFF))
        if address not in _GLOBAL or any(address in network for network in _CLOSED):
            return False
    elif any(address in network for network in _CLOSED_V4):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def literal(host: str) -> Address | None:
    """Return the address that a host is in any notation; None for a name. Raises ``ValueError`` for what looks like an
    address and is none."""
    if host.startswith("["):
        inner = host[1:-1] if host.endswith("]") else ""
        return IPv6Address(inner)
    if ":" in host:
        return IPv6Address(host)
    labels = host.split(".")
    if labels[-1] == "" and len(labels) > 1:
        labels = labels[:-1]
    return _ipv4(labels) if _NUMBER.fullmatch(labels[-1]) else None


def named(host: str) -> str | None:
    """Return a public host's name in the form of the DNS (``xn--…``); None when it cannot be one."""
    try:
        name = host.removesuffix(".").encode("idna").decode("ascii").lower()
        if name != host.lower() and literal(name) is not None:
            return None  # full-width digits and the like have become an address
    except (UnicodeError, ValueError):
        return None
    labels = name.split(".")
    if len(labels) < 2 or len(name) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
        return None
    return None if labels[-1] in _PRIVATE_ENDS else name


def _ipv4(labels: list[str]) -> IPv4Address:
    """Read an IPv4 address as C's ``inet_aton`` and browsers do: parts in three bases, the last one filling up."""
    if len(labels) > 4:
        raise ValueError("too many parts")
    *first, last = (_number(label) for label in labels)
    if any(part > 255 for part in first) or last >= 256 ** (5 - len(labels)):
        raise ValueError("a part is too large")
    value = last + sum(part << 8 * (3 - place) for place, part in enumerate(first))
    return IPv4Address(value)


def _number(label: str) -> int:
    if not _NUMBER.fullmatch(label) or len(label) > 40:
        raise ValueError("no number")
    if label[:2].lower() == "0x":
        return int(label[2:] or "0", 16)
    return int(label, 8) if label.startswith("0") and len(label) > 1 else int(label)
