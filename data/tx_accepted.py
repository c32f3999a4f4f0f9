"""Ending messages that their peers took: nearly every message ends so, so a whole batch takes a handful of statements.

Row by row, with a copied line of history each, a message cost 110 µs of Python; so it costs five.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Insert, Update, func, insert, literal, select, update

from core.model.delivery import Delivery, DeliveryStatus, Outcome
from core.model.run import RunStatus
from core.model.timeline import TimelineKind
from core.words import NO_WORDS
from data.mapping import dump_words
from data.reader_base import the
from data.reader_board import timeline
from data.reader_config import ConfigReader
from data.reader_entries import runs
from data.reader_outbox import deliveries
from data.sql import Statement, among
from data.tx_feed import FeedWriter
from data.tx_statements import alteration

SENT = Statement(
    lambda: (
        update(deliveries)
        .values(
            status=DeliveryStatus.SENT.value,
            due_at=None,
            worker=None,
            reason=None,
            attempts=deliveries.c.attempts + 1,
            provider_id=the("provider_id"),
            sent_at=the("at"),
            tried_at=the("at"),
        )
        .where(deliveries.c.id == the("id"))
    )
)
"""Takes its parameters in this order."""
CHARGED = alteration(deliveries, ("cost", "cost_currency"))
EXPLAINED = alteration(deliveries, ("detail",))
_ending: Final = (among(runs.c.id, "ids"), runs.c.status == RunStatus.SENDING.value)
HOLDING = Statement(lambda: select(runs.c.entry).where(*_ending, runs.c.holds).distinct())
_TAKEN: Final = (DeliveryStatus.SENT.value, DeliveryStatus.DELIVERED.value, DeliveryStatus.UNDELIVERED.value)


def _done() -> Update:
    """End the runs of which no message was not taken, or is still on its way."""
    own = (deliveries.c.entry == runs.c.entry, deliveries.c.entry.is_not(None), deliveries.c.run == runs.c.id)
    other = select(deliveries.c.id).where(*own, deliveries.c.status.not_in(_TAKEN)).correlate(runs).exists()
    done = {"status": RunStatus.DONE.value, "reason": None, "ended_at": the("at")}
    return update(runs).values(done).where(*_ending, ~other)


DONE = Statement(_done)
UNENDED = Statement(lambda: select(runs.c.id).where(*_ending))


def _lines() -> Insert:
    by = func.coalesce(deliveries.c.by, literal("system"))
    columns = (deliveries.c.deal, the("at"), literal(TimelineKind.DELIVERY.value), by, deliveries.c.id)
    said = select(*columns).where(among(deliveries.c.id, "ids"))
    return insert(timeline).from_select(["deal", "at", "kind", "by", "delivery"], said.order_by(deliveries.c.id))


REFER = Statement(_lines)


class AcceptedWriter(ConfigReader, FeedWriter):
    """Ends messages, their runs, and tells it in the history, whole batches at once."""

    def _accept(self, accepted: Sequence[tuple[Delivery, Outcome]]) -> tuple[list[int], list[int]]:
        """Write the ends; returns the stays in which one of the runs held back others, and the runs that go on because
        another message of them was not taken."""
        now = self.now()
        ids = [delivery.id for delivery, _ in accepted]
        ending = [delivery.run for delivery, _ in accepted if delivery.run is not None]
        self.db.tuples(SENT, [(said.provider_id, now, now, d.id) for d, said in accepted])
        self._note(accepted)
        holding = [row[0] for row in self.db.rows(HOLDING, ids=ending)] if ending else []
        unended: list[int] = []
        if ending:
            if self.db.run(DONE, ids=ending, at=now) < len(ending):
                unended = [row[0] for row in self.db.rows(UNENDED, ids=ending)]
            self._tell_all("run", [""])
        self.db.run(REFER, ids=ids, at=now)
        self._tell_all("deal", [delivery.deal for delivery, _ in accepted])
        self._tell_all("delivery", ids)
        return holding, unended

    def _note(self, accepted: Sequence[tuple[Delivery, Outcome]]) -> None:
        """Keep what a peer charged or explained, which few do."""
        noted = [pair for pair in accepted if pair[1].cost is not None or pair[1].detail is not NO_WORDS]
        if not noted:
            return
        charged = [(d, said) for d, said in noted if said.cost is not None]
        self.db.many(CHARGED, [{"id": d.id, "cost": str(o.cost), "cost_currency": o.cost_currency} for d, o in charged])
        explained = [(d, said) for d, said in noted if said.detail]
        self.db.many(EXPLAINED, [{"id": d.id, "detail": dump_words(o.detail)} for d, o in explained])
