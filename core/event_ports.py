"""What core needs of the Store for events and for what simulated peers will do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from core.hit_ports import HitReader, HitTx
from core.model.event import Event, Happening
from core.model.moment import Moment


class EventReader(HitReader, Protocol):
    """The reads, a part of :class:`core.ports.Reader`."""

    def event(self, event_id: int) -> Event | None:
        """Return one event."""

    def event_of(self, source: str, outside_id: str) -> Event | None:
        """Return the event that a source has reported under an id."""

    def events_of(self, deal: str | None = None, limit: int | None = None) -> Sequence[Event]:
        """Return events (of one deal), oldest first."""

    def events_about(self, delivery_id: int) -> Sequence[Event]:
        """Return the events that name a message (it was opened, its link clicked), oldest first."""

    def next_happening(self) -> Moment | None:
        """Return when a simulated peer does something next; None when nothing is planned."""


class EventTx(HitTx, Protocol):
    """The writes, a part of :class:`core.ports.Tx`."""

    def record(self, event: Event) -> int | None:
        """Keep an event and return its id; None when its source has reported it before, and nothing is written."""

    def plan_happenings(self, happenings: Iterable[Happening]) -> None:
        """Keep what simulated peers will do; what is planned already stays as it is."""

    def due_happenings(self, now: Moment, limit: int) -> Sequence[Happening]:
        """Take what simulated peers do by now, soonest first; it is gone from the plan then."""
