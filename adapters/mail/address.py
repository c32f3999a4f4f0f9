"""E-mail addresses as SMTP takes them: one mailbox, nothing that could be read as two or as a header."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ATOM: Final = r"[^\x00-\x20\x7f-\xa0()<>@,;:\\\".\[\]\s]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_UNSEEN: Final = re.compile(r"[\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]")


class BadAddress(ValueError):
    """Not an address that mail can be sent to."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """``domain`` is in ASCII (IDNA); ``local`` may hold other letters, which only SMTPUTF8 servers take (RFC 6531)."""

    local: str
    domain: str

    @property
    def international(self) -> bool:
        """Whether the address needs SMTPUTF8."""
        return not self.local.isascii()

    @property
    def spec(self) -> str:
        """The address as it stands on the wire."""
        return f"{self.local}@{self.domain}"


def parse(text: str) -> Mailbox:
    """Read one bare address. Raises :class:`BadAddress`; quoted local parts and address literals are not taken."""
    local, at, domain = text.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or _UNSEEN.search(local) or "=?" in local:
        raise BadAddress(text)
    box = Mailbox(local, _ascii(domain, text))
    if len(local.encode()) > 64 or len(box.spec.encode()) > 254:
        raise BadAddress(text)
    return box


def is_address(text: str) -> bool:
    """Return whether mail could be sent there."""
    try:
        parse(text)
    except BadAddress:
        return False
    return True


def _ascii(domain: str, text: str) -> str:
    try:
        host = domain.encode("idna").decode("ascii").lower() if not domain.isascii() else domain.lower()
    except UnicodeError:
        raise BadAddress(text) from None
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise BadAddress(text)
    return host
