"""What is known of a peer: what its adapter can do, and whether it is well."""

from __future__ import annotations

from dataclasses import dataclass

from core.words import NO_WORDS, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an adapter can do. ``batch`` is how many messages one claim takes; ``concurrency`` how many go at once;
    ``instant`` says that ``send`` never waits for anything, so that no task is made for it."""

    channel: str
    idempotent: bool = False
    receipts: frozenset[str] = frozenset()
    longest_text: int | None = None
    attachments: bool = False
    batch: int = 20
    concurrency: int = 1
    instant: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """The result of a check: it never contacts a customer."""

    ok: bool
    detail: Words = NO_WORDS
