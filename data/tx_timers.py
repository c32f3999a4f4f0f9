"""Durable timers: starting, stopping and taking them, and the silence of deals that they measure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Select, delete, select, update

from core import silence
from core.model.deal import Deal
from core.model.event import Timer
from core.model.moment import Moment
from core.timer_ports import Rest
from data import mapping_events
from data.reader_base import the
from data.reader_config import ConfigReader
from data.reader_listing import deals
from data.reader_outbox import timers
from data.sql import Statement, among
from data.tx_statements import upsertion

_RESTING: Final = (deals.c.id, deals.c.pipeline, deals.c.active_at, deals.c.closed, deals.c.removed)


def _due() -> Select[Any]:
    found = select(timers).where(timers.c.at <= the("now"))
    return found.order_by(timers.c.at, timers.c.key).limit(the("limit"))


def _rests() -> Select[Any]:
    return select(*_RESTING).where(deals.c.id > the("after")).order_by(deals.c.id).limit(the("limit"))


PUT_TIMER = upsertion(timers)
DUE_TIMERS = Statement(_due, lambda: _due().with_for_update(skip_locked=True))
TAKE_TIMERS = Statement(lambda: delete(timers).where(among(timers.c.key, "keys")))
DROP_TIMERS = Statement(lambda: delete(timers).where(timers.c.key >= the("first"), timers.c.key < the("last")))
RESTS = Statement(_rests)
RESTS_OF = Statement(lambda: select(*_RESTING).where(among(deals.c.id, "ids")))
TOUCH = Statement(
    lambda: update(deals).values(active_at=the("at")).where(among(deals.c.id, "ids"), deals.c.active_at < the("at"))
)


class TimerWriter(ConfigReader):
    """Timers that outlive the process."""

    def put_timers(self, started: Iterable[Timer]) -> None:
        """Start timers; one with the same key is replaced."""
        rows = [mapping_events.timer_params(timer) for timer in started]
        if rows:
            self.db.many(PUT_TIMER, rows)

    def drop_timers(self, prefix: str) -> None:
        """Stop the timers whose keys begin so and go on with a colon."""
        self.db.run(DROP_TIMERS, first=f"{prefix}:", last=f"{prefix};")

    def due_timers(self, now: Moment, limit: int) -> Sequence[Timer]:
        """Take the timers that are due, soonest first; they are gone then. On PostgreSQL those that another engine
        holds are skipped."""
        found = [mapping_events.timer_of(row) for row in self.db.rows(DUE_TIMERS, now=now, limit=limit)]
        if found:
            self.db.run(TAKE_TIMERS, keys=[timer.key for timer in found])
        return found

    def rests(self, after: str, limit: int) -> Sequence[Rest]:
        """Return how long deals have rested, closed ones too, in the order of their ids from the one behind ``after``
        on."""
        return self._rests(RESTS, after=after, limit=limit)

    def touch(self, deals: Iterable[str], at: Moment) -> None:
        """Note that something happened on these deals, unless something later has. It is no change of a deal."""
        touched, house = list(deals), self.house()
        if not touched:
            return
        if silence.sweeps(house):
            ended = [
                silence.timer(house, rest.deal, rest.pipeline, at)
                for rest in self._rests(RESTS_OF, ids=touched)
                if rest.open and silence.over(house, rest.pipeline, rest.active_at, at)
            ]
            self.put_timers([timer for timer in ended if timer is not None])
        self.db.run(TOUCH, ids=touched, at=at)

    def _rests(self, statement: Statement, **given: Any) -> list[Rest]:
        rows = self.db.rows(statement, **given)
        return [Rest(deal, pipeline, at, not (closed or removed)) for deal, pipeline, at, closed, removed in rows]

    def _watch(self, pairs: Iterable[tuple[Deal | None, Deal]]) -> None:
        """Start the timers of silence that changes of deals call for."""
        house = self.house()
        found = [silence.restarted(house, before, after) for before, after in pairs]
        self.put_timers([timer for timer in found if timer is not None])
