"""Many new deals at once: set aside row by row where nobody sees them, then brought in by one short transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from core.model.deal import Cause, Deal
from core.model.moment import Moment
from core.model.people import Company, Contact
from core.words import Words

if TYPE_CHECKING:
    from core.client_ports import ClientKind
    from core.ports import Job, T


@dataclass(frozen=True, slots=True)
class StagedDeal:
    """A deal that is set aside. An empty id means a fresh one; rank, moments and entry are given when it comes in.

    ``line`` tells where it was read; ``column`` is the place in :attr:`Arrivals.columns` of the stage that it comes
    into, and ``place`` its turn there, from 1 at the top.
    """

    line: int
    column: int
    place: int
    by: str
    deal: Deal


@dataclass(frozen=True, slots=True)
class StagedClient:
    """A contact or client company that is set aside, read on ``line``. An empty id means a fresh one."""

    line: int
    client: Contact | Company


@dataclass(frozen=True, slots=True)
class Arrival:
    """A stage that staged deals come into. ``ceiling`` is the rank just above the first of them, ``gap`` the distance
    from one to the next; ``text`` and ``data`` are their lines of history."""

    pipeline: str
    stage: str
    closed: bool
    ceiling: int
    gap: int
    text: Words
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How staged deals come in. ``totals`` are by pipeline, stage and currency: how many, and their sum in minor
    units."""

    now: Moment
    cause: Cause
    columns: Sequence[Arrival]
    totals: Mapping[tuple[str, str, str], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Brought:
    """What bringing in came to. ``numbers`` is the last number that ids had before (``D1000``); ``taken`` are ids that
    deals of others have by now: nothing was brought in then, and the transaction is to be given up."""

    numbers: int
    taken: Sequence[str] = ()


class Staging(Protocol):
    """Rows set aside for one long write, on a connection of their own: nobody sees them, nobody waits for them, and
    they are forgotten at the end, however it ends."""

    def add(self, deals: Sequence[StagedDeal]) -> None:
        """Set deals aside, behind those already there."""

    def taken(self, ids: Sequence[str]) -> Mapping[str, int]:
        """Return which of these ids are taken: by a deal (0), or by one set aside (the line it was read on)."""

    def add_clients(self, clients: Sequence[StagedClient]) -> None:
        """Set clients aside, all of them contacts or all of them companies, behind those already there."""

    def taken_clients(self, what: ClientKind, ids: Sequence[str]) -> Mapping[str, int]:
        """Return which of these ids are taken: by a client (0), or by one set aside (the line it was read on)."""

    def client_ids(self, what: ClientKind, brought: Brought) -> Sequence[str]:
        """Return the ids of the clients that were brought in, in the order of adding."""

    def totals(self) -> Mapping[tuple[int, str], tuple[int, int]]:
        """Return how many deals were set aside, and their sum in minor units, by ``column`` and currency."""

    def write(self, job: Job[T]) -> T:
        """Run a job that may ``bring_in`` what was set aside, on the caller's thread, and wait for its commit."""

    def ids(self, brought: Brought) -> Sequence[str]:
        """Return the ids of the deals that were brought in, in the order of adding."""
