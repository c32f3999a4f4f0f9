"""Writing how lines stand, what peers reported, and taking the questions that are due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Insert, Select, select, update

from core.model.delivery import Delivery
from core.model.line import Charge, Line, Receipt
from core.model.moment import Moment
from data import mapping_work
from data.lease import LINES as LOCKS
from data.reader_base import the
from data.reader_lines import LineReader, charges, questioned, receipts
from data.reader_outbox import deliveries, lines
from data.sql import Statement, among
from data.tx_feed import FeedWriter
from data.tx_statements import insertion, upsertion

PUT_LINE = upsertion(lines)
ADD_CHARGE = insertion(charges)


def _questions() -> Select[Any]:
    return (
        select(deliveries)
        .where(deliveries.c.connection == the("connection"), questioned)
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(the("limit"))
    )


QUESTIONS = Statement(_questions, lambda: _questions().with_for_update(skip_locked=True))
_KEPT: Final = [column.name for column in receipts.c if column.name != "id"]


def _new_receipt(insert: Any) -> Insert:
    added: Insert = insert(receipts).values({name: the(name) for name in _KEPT}).on_conflict_do_nothing()
    return added


def _on_sqlite() -> Insert:
    from sqlalchemy.dialects.sqlite import insert

    return _new_receipt(insert)


def _on_postgresql() -> Insert:
    from sqlalchemy.dialects.postgresql import insert

    return _new_receipt(insert)


ADD_RECEIPT = Statement(_on_sqlite, _on_postgresql)
OPEN_RECEIPTS = Statement(
    lambda: (
        select(receipts)
        .where(
            receipts.c.connection == the("connection"),
            among(receipts.c.provider_id, "provider_ids"),
            receipts.c.delivery.is_(None),
        )
        .order_by(receipts.c.at, receipts.c.id)
    )
)
SETTLE = Statement(lambda: update(receipts).values(delivery=the("delivery")).where(among(receipts.c.id, "ids")))


class LineWriter(LineReader, FeedWriter):
    """What becomes of lines and of messages that have left."""

    def hold_line(self, connection: str) -> None:
        """Keep other transactions from a connection's line and receipts until the commit."""
        if self.db.dialect == "postgresql":
            self.db.text("SELECT pg_advisory_xact_lock(%s::int, hashtext(%s))", (LOCKS, connection))

    def put_line(self, line: Line) -> None:
        """Write how a connection's line stands; the logs, which show messages behind a resting one otherwise, are
        told."""
        self.db.run(PUT_LINE, **mapping_work.line_params(line))
        self._tell([("delivery", "")])

    def questions(self, connection: str, now: Moment, limit: int) -> Sequence[Delivery]:
        """Return unknown deliveries of a connection whose peer is to be asked now."""
        return self._deliveries(QUESTIONS, connection=connection, now=now, limit=limit)

    def add_receipt(self, receipt: Receipt) -> bool:
        """Keep a receipt; False when its ``outside_id`` is known, and nothing is written."""
        return self.db.run(ADD_RECEIPT, **mapping_work.receipt_params(receipt)) == 1

    def open_receipts(self, connection: str, provider_ids: Iterable[str]) -> Sequence[Receipt]:
        """Return the receipts that came before their messages' sending was recorded, oldest first."""
        rows = self.db.rows(OPEN_RECEIPTS, connection=connection, provider_ids=list(provider_ids))
        return [mapping_work.receipt_of(row) for row in rows]

    def settle_receipts(self, ids: Iterable[int], delivery: int) -> None:
        """Note which delivery receipts belong to."""
        self.db.run(SETTLE, ids=list(ids), delivery=delivery)

    def add_charge(self, charge: Charge) -> None:
        """Keep what a message has cost."""
        self.db.run(ADD_CHARGE, **mapping_work.charge_params(charge))
