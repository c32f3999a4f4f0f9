"""What core needs of the Store beside the outbox: lines, questions, receipts, attempts, what is overdue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from core.model.delivery import Delivery
from core.model.line import Account, Attempt, Charge, Line, Receipt
from core.model.moment import Moment
from core.model.run import Run
from core.views import Overdue


class LineReader(Protocol):
    """The reads, a part of :class:`core.ports.Reader`."""

    def due_questions(self, now: Moment) -> Sequence[str]:
        """Return the ids of connections, neither paused nor resting, whose peer is to be asked now what became of a
        message."""

    def line(self, connection: str) -> Line:
        """Return how a connection's line stands."""

    def lines(self) -> Mapping[str, Line]:
        """Return the lines that have ever failed or been paced, by connection."""

    def attempts(self, delivery_id: int) -> Sequence[Attempt]:
        """Return the attempts of a delivery that were not accepted, oldest first."""

    def delivery_of_provider(self, connection: str, provider_id: str) -> Delivery | None:
        """Return the newest delivery that a connection's peer knows by this id."""

    def charge_of(self, connection: str, key: str) -> Charge | None:
        """Return what a message has cost; None while it has not been charged."""

    def account(self, connection: str) -> Account:
        """Return how much the account behind a connection has been charged; in the house's currency before that."""

    def overdue(self, before: Moment) -> Overdue:
        """Return how much should have gone out before a moment: for the question that an engine's start asks."""

    def overdue_runs(self, before: Moment, limit: int, offset: int = 0) -> Sequence[Run]:
        """Return waiting runs, of rules that send something, that were due before a moment, longest overdue first."""

    def overdue_messages(self, before: Moment, limit: int, offset: int = 0) -> Sequence[Delivery]:
        """Return queued messages, never tried and behind no pause, that were due before a moment, oldest first."""


class LineTx(Protocol):
    """The writes, a part of :class:`core.ports.Tx`."""

    def hold_line(self, connection: str) -> None:
        """Keep other transactions from a connection's line and receipts until the commit; always before deals are
        held. SQLite has one writer anyway."""

    def put_line(self, line: Line) -> None:
        """Write how a connection's line stands."""

    def questions(self, connection: str, now: Moment, limit: int) -> Sequence[Delivery]:
        """Return unknown deliveries of a connection whose peer is to be asked now, those left out that another engine
        is just asking for."""

    def add_receipt(self, receipt: Receipt) -> bool:
        """Keep a receipt; False when its ``outside_id`` is known, and nothing is written."""

    def open_receipts(self, connection: str, provider_ids: Iterable[str]) -> Sequence[Receipt]:
        """Return the receipts that came before their messages' sending was recorded, oldest first."""

    def settle_receipts(self, ids: Iterable[int], delivery: int) -> None:
        """Note which delivery receipts belong to."""

    def add_charge(self, charge: Charge) -> None:
        """Keep what a message has cost; the line is held."""
