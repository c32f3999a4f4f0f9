"""Reading how the lines behind connections stand, what failed attempts left, and what peers reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Select, and_, or_, select

from core.model.delivery import Delivery
from core.model.line import Account, Attempt, Charge, Line
from core.model.moment import Moment
from data import mapping_work
from data.columns import table_of
from data.reader_base import the
from data.reader_config import ConfigReader, connections
from data.reader_outbox import OutboxReader, deliveries, lines, usable
from data.sql import Statement
from data.tables_work import AttemptRow, ChargeRow, ReceiptRow

attempts: Final = table_of(AttemptRow)
receipts: Final = table_of(ReceiptRow)
charges: Final = table_of(ChargeRow)

LINE = Statement(lambda: select(lines).where(lines.c.connection == the("connection")))
LINES = Statement(lambda: select(lines))
ATTEMPTS = Statement(lambda: select(attempts).where(attempts.c.delivery == the("delivery")).order_by(attempts.c.id))
OF_PROVIDER = Statement(
    lambda: (
        select(deliveries)
        .where(
            deliveries.c.connection == the("connection"),
            deliveries.c.provider_id == the("provider_id"),
            deliveries.c.provider_id.is_not(None),
        )
        .order_by(deliveries.c.id.desc())
        .limit(1)
    )
)
CHARGE_OF = Statement(
    lambda: select(charges).where(charges.c.connection == the("connection"), charges.c.key == the("key"))
)
LAST_CHARGE = Statement(
    lambda: select(charges).where(charges.c.connection == the("connection")).order_by(charges.c.id.desc()).limit(1)
)
questioned: Final = and_(
    deliveries.c.status == "unknown", deliveries.c.due_at.is_not(None), deliveries.c.due_at <= the("now")
)


def _due_questions() -> Select[Any]:
    asked = select(deliveries.c.id).where(deliveries.c.connection == connections.c.id, questioned)
    return (
        select(connections.c.id)
        .select_from(connections.outerjoin(lines, lines.c.connection == connections.c.id))
        .where(
            usable,
            or_(lines.c.open_until.is_(None), lines.c.open_until <= the("now")),
            asked.correlate(connections).exists(),
        )
        .order_by(connections.c.position, connections.c.id)
    )


DUE_QUESTIONS = Statement(_due_questions)


class LineReader(OutboxReader, ConfigReader):
    """What stands beside the outbox."""

    def line(self, connection: str) -> Line:
        """Return how a connection's line stands."""
        row = self.db.one(LINE, connection=connection)
        return mapping_work.line_of(row) if row else Line(connection=connection)

    def lines(self) -> Mapping[str, Line]:
        """Return the lines that have ever failed or been paced, by connection."""
        return {row[0]: mapping_work.line_of(row) for row in self.db.rows(LINES)}

    def due_questions(self, now: Moment) -> Sequence[str]:
        """Return the ids of connections whose peer is to be asked now what became of a message."""
        return [row[0] for row in self.db.rows(DUE_QUESTIONS, now=now)]

    def attempts(self, delivery_id: int) -> Sequence[Attempt]:
        """Return the attempts of a delivery that were not accepted, oldest first."""
        return [mapping_work.attempt_of(row) for row in self.db.rows(ATTEMPTS, delivery=delivery_id)]

    def delivery_of_provider(self, connection: str, provider_id: str) -> Delivery | None:
        """Return the newest delivery that a connection's peer knows by this id."""
        row = self.db.one(OF_PROVIDER, connection=connection, provider_id=provider_id)
        return mapping_work.delivery_of(row) if row else None

    def charge_of(self, connection: str, key: str) -> Charge | None:
        """Return what a message has cost; None while it has not been charged."""
        row = self.db.one(CHARGE_OF, connection=connection, key=key)
        return mapping_work.charge_of(row) if row else None

    def account(self, connection: str) -> Account:
        """Return how much the account behind a connection has been charged; in the house's currency before that."""
        row = self.db.one(LAST_CHARGE, connection=connection)
        if row is None:
            return Account(Decimal(0), self.house().company.currency)
        last = mapping_work.charge_of(row)
        return Account(last.spent, last.currency)
