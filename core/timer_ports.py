"""What core needs of the Store for durable timers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from core.model.event import Timer
from core.model.moment import Moment


class Rest(NamedTuple):
    """A deal and when something happened on it last; ``open`` False for won, lost and removed ones."""

    deal: str
    pipeline: str
    active_at: Moment
    open: bool


class TimerReader(Protocol):
    """The reads, a part of :class:`core.event_ports.EventReader`."""

    def next_timer(self) -> Moment | None:
        """Return when the next timer is due; None when there is none."""


class TimerTx(Protocol):
    """The writes, a part of :class:`core.event_ports.EventTx`."""

    def put_timers(self, timers: Iterable[Timer]) -> None:
        """Start timers; one with the same key is replaced."""

    def drop_timers(self, prefix: str) -> None:
        """Stop the timers whose keys begin so and go on with a colon."""

    def due_timers(self, now: Moment, limit: int) -> Sequence[Timer]:
        """Take the timers that are due, soonest first; they are gone then. On PostgreSQL those that another engine
        holds are skipped."""

    def rests(self, after: str, limit: int) -> Sequence[Rest]:
        """Return how long deals have rested, closed ones too, in the order of their ids from the one behind ``after``
        on."""
