"""The ports to peers: adapters, what they can do, whether they are well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel

from core.clockwork import Clock
from core.file_ports import NO_FILES, Files
from core.model.delivery import Message, Outcome
from core.model.house import Connection
from core.model.line import Account, Charge
from core.words import NO_WORDS, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an adapter can do. ``batch`` is how many messages one claim takes; ``concurrency`` how many go at once;
    ``instant`` says that ``send`` never waits for anything, so that no task is made for it. ``receipts`` are the states
    that its peer reports after taking a message (``delivered``, ``undelivered``); ``reconciles`` says that it can be
    asked what became of a message whose outcome is unknown."""

    channel: str
    idempotent: bool = False
    receipts: frozenset[str] = frozenset()
    longest_text: int | None = None
    attachments: bool = False
    batch: int = 20
    concurrency: int = 1
    instant: bool = False
    reconciles: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """The result of a check: it never contacts a customer."""

    ok: bool
    detail: Words = NO_WORDS


@runtime_checkable
class Adapter(Protocol):
    """One open way out. ``send`` never raises for what its channel does: every ending is an :class:`Outcome`."""

    Settings: ClassVar[type[BaseModel]]
    capabilities: Capabilities

    async def check(self) -> Health:
        """Look whether the peer can be reached and accepts us."""

    async def send(self, message: Message, key: str) -> Outcome:
        """Send one message; ``key`` is the delivery's key and makes repeats harmless where the peer supports it."""

    async def reconcile(self, message: Message, key: str) -> Outcome | None:
        """Ask the peer what became of a message whose outcome is unknown; None when it cannot say."""

    async def close(self) -> None:
        """Let go of the line."""


class Ledger(Protocol):
    """The accounts of peers that keep none of their own: simulated ones."""

    async def charge(
        self, connection: str, key: str, cost: Decimal, balance: Decimal | None = None, currency: str | None = None
    ) -> Charge | None:
        """Charge a message to a connection's account, once however often it is asked for, durably and exactly.

        None, and nothing is charged, when the account was empty or would be overdrawn: it began with ``balance`` (None:
        no limit). ``currency`` None is the account's, at first the house's.
        """

    async def account(self, connection: str) -> Account:
        """Return how much an account has been charged so far."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address led to in the end, and what was there."""

    address: str
    media_type: str
    content: bytes


class Fetcher(Protocol):
    """Fetches what others have put on public servers; never from within the house's own network."""

    async def fetch(self, address: str) -> Fetched:
        """Return what an ``https`` address leads to. Raises ``BadInput`` with the reason why it cannot be had."""


@dataclass(frozen=True, slots=True)
class Backing:
    """What of the house stands behind an adapter: accounts, and the bytes of attachments."""

    ledger: Ledger
    files: Files = NO_FILES


class TrackingKeys(Protocol):
    """Knows the secret that tracking tokens are made with."""

    def simulated(self, connection: Connection) -> bool:
        """Return whether nothing that goes through this connection leaves the house."""

    def tracking_key(self, *, make: bool) -> str:
        """Return the key; with ``make`` a missing one is made and kept. Raises ``FunilError`` for one that cannot be
        had."""


class AdapterFactory(Protocol):
    """Finds adapters by name and opens them for connections."""

    def settings_model(self, adapter: str) -> type[BaseModel] | None:
        """Return the settings model of a registered adapter; None when nobody provides it."""

    def names(self, channel: str) -> Sequence[str]:
        """Return the adapter names that serve a channel."""

    def capabilities(self, connection: Connection) -> Capabilities | None:
        """Return what the connection's adapter can do without opening it; None when nothing sends there yet."""

    def open(self, connection: Connection, clock: Clock, house_id: str, backing: Backing) -> Adapter:
        """Open the connection's adapter. Raises ``BadInput`` for settings that cannot work."""
