"""Tokens in tracked mails: which message, which link, and a proof that this house made them.

One byte of kind, eight bytes of number, nine bytes of HMAC-SHA256; 24 letters in base64url. The proof turns garbage
away before the database is asked. Where a link leads stands in the database, never in the token: no open redirect.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

LENGTH: Final = 24
LINKS: Final = (1 << 16) - 1
"""How many links of one message can have a token."""
SHORTEST_KEY: Final = 32
"""Characters that a key has at least."""

_LETTERS: Final = re.compile(rf"[A-Za-z0-9_-]{{{LENGTH}}}", re.ASCII)
_PROOF: Final = 9
_MOST: Final = (1 << 48) - 1


class Kind(Enum):
    """What a token stands for."""

    OPEN = b"o"
    CLICK = b"c"


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: the delivery's number and, of a click, the link's place in its list, from 1 on."""

    kind: Kind
    delivery: int
    link: int = 0


def write(token: Token, key: str, house_id: str) -> str:
    """Return a token's 24 letters. Raises ``ValueError`` for numbers that do not fit."""
    if not (0 < token.delivery <= _MOST and 0 <= token.link <= LINKS):
        raise ValueError(f"no token holds {token}")
    said = token.kind.value + (token.delivery << 16 | token.link).to_bytes(8)
    return base64.urlsafe_b64encode(said + _proof(said, key, house_id)).decode("ascii")


def read(letters: str, key: str, house_id: str) -> Token | None:
    """Return what a token says; None for whatever this house has not made with this key. Never raises."""
    if not _LETTERS.fullmatch(letters):
        return None
    try:
        raw = base64.urlsafe_b64decode(letters)
    except binascii.Error:
        return None
    said, proof = raw[:-_PROOF], raw[-_PROOF:]
    if not hmac.compare_digest(proof, _proof(said, key, house_id)):
        return None
    number = int.from_bytes(said[1:])
    return Token(Kind(said[:1]), number >> 16, number & LINKS)


def fingerprint(key: str, house_id: str) -> str:
    """Return by what a database knows its key again without holding it."""
    return hashlib.blake2b(f"{house_id}\0{key}".encode(), digest_size=8, person=b"funil-key").hexdigest()


def _proof(said: bytes, key: str, house_id: str) -> bytes:
    return hmac.digest(key.encode(), house_id.encode() + b"\0" + said, "sha256")[:_PROOF]
