"""Audio files that are played to clients: what their address may be, and what must come back for it."""

from __future__ import annotations

import re
from typing import Final

from core import public_hosts
from core.errors import BadInput
from core.i18n import N_
from core.rules.base import Finding
from core.words import Words

_EXTENSION: Final = re.compile(r"\.([A-Za-z][A-Za-z0-9]{0,7})$")
_ASKED: Final = frozenset("php asp aspx ashx jsp do cgi pl py".split())
"""Extensions of programs that answer with anything."""
_TYPES: Final = frozenset({"audio/mpeg", "audio/mp3", "audio/mpeg3", "audio/x-mpeg", "audio/x-mp3", "audio/mpa"})
_ANY: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})


def check(address: str) -> str:
    """Return the address of an audio file: public, https, of an mp3 as far as it tells. Raises ``BadInput``."""
    address = address.strip()
    path = public_hosts.check(address).path
    extension = extension_of(path)
    if extension not in (None, "mp3", *_ASKED):
        raise BadInput(N_("“{address}”: the file is an .mp3, not .{extension}"), address=address, extension=extension)
    return address


def extension_of(path: str) -> str | None:
    """Return the extension of what an address asks for, None where it has none."""
    found = _EXTENSION.search(path.partition("?")[0].rpartition("/")[2])
    return found[1].lower() if found else None


def doubts(address: str, field: str) -> list[Finding]:
    """Return what cannot be known of an address without asking for it, and no network is needed to save a rule."""
    target = public_hosts.check(address)
    found = []
    if target.host.rpartition(".")[2] == "invalid":
        found.append(N_("{host} cannot be reached: no server has a name that ends in .invalid"))
    if extension_of(target.path) != "mp3":
        found.append(N_("the address does not end in .mp3: only the call will show whether it is audio"))
    return [Finding(field, Words(msg, {"host": target.host}), error=False) for msg in found]


def problem(media_type: str, content: bytes) -> Words | None:
    """Return why what came back cannot be played; None when it is an mp3."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind not in _TYPES | _ANY:
        return Words(N_("the address leads to {type}, not to an mp3"), {"type": kind[:60]})
    if not is_mp3(content):
        return Words(N_("what the address leads to is no mp3"))
    return None


def is_mp3(content: bytes) -> bool:
    """Return whether a file begins as an mp3 does: with an ID3 tag, or a frame of MPEG layer III (ISO 11172-3)."""
    if content[:3] == b"ID3":
        return True
    return len(content) > 3 and content[0] == 0xFF and content[1] & 0xE0 == 0xE0 and content[1] & 0x06 == 0x02
