"""The simulated customer: each choice is a hash of seed, message and purpose, so order and restarts change nothing."""

from __future__ import annotations

import hashlib
from typing import Final

_SPAN: Final = float(1 << 64)


def digest(seed: int, message: str, purpose: str) -> bytes:
    """Return eight bytes that depend on nothing but the three."""
    return hashlib.blake2b(f"{seed}\0{message}\0{purpose}".encode(), digest_size=8).digest()


def chance(seed: int, message: str, purpose: str) -> float:
    """Return a number in [0, 1), evenly spread over messages."""
    return int.from_bytes(digest(seed, message, purpose)) / _SPAN


def message_of(key: str, house_id: str) -> str:
    """Return the message's own id within its house (``M17``), so that two houses with one seed tell one story."""
    return key.removeprefix(f"{house_id}-")
