"""What core needs of the Store for events and for what simulated peers will do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from core.hit_ports import HitReader, HitTx
from core.model.event import Event, Happening, Reach
from core.model.moment import Moment
from core.timer_ports import TimerReader, TimerTx


class EventReader(HitReader, TimerReader, Protocol):
    """The reads, a part of :class:`core.ports.Reader`."""

    def event(self, event_id: int) -> Event | None:
        """Return one event."""

    def event_of(self, source: str, outside_id: str) -> Event | None:
        """Return the event that a source has reported under an id."""

    def events_of(self, deal: str | None = None, limit: int | None = None) -> Sequence[Event]:
        """Return events (of one deal), oldest first."""

    def events_about(self, delivery_id: int) -> Sequence[Event]:
        """Return the events that name a message (it was opened, its link clicked), oldest first."""

    def events_by_id(self, ids: Iterable[int]) -> Mapping[int, Event]:
        """Return events by their numbers in one statement."""

    def reaches_of(
        self, deal: str | None = None, event: int | None = None, limit: int | None = None
    ) -> Sequence[Reach]:
        """Return what events have come to at the deals that they reached (at one deal, of one event), oldest first;
        with a ``limit`` the newest of them."""

    def unheard(self, deal: str | None = None, event: int | None = None) -> Sequence[Event]:
        """Return the events that the engine has yet to take up (those that name one deal), oldest first."""

    def awaits_matching(self, deal: str, now: Moment) -> bool:
        """Return whether an event that names the deal, or has reached it, is due and still to be matched."""

    def something_heard(self, now: Moment) -> bool:
        """Return whether any event is due and still to be matched."""

    def event_of_entry(self, entry_id: int) -> Event | None:
        """Return the event that began a stay; None where none did."""

    def next_happening(self) -> Moment | None:
        """Return when a simulated peer does something next; None when nothing is planned."""


class EventTx(HitTx, TimerTx, Protocol):
    """The writes, a part of :class:`core.ports.Tx`."""

    def record(self, event: Event) -> int | None:
        """Keep an event and return its id; None when its source has reported it before, and nothing is written."""

    def plan_happenings(self, happenings: Iterable[Happening]) -> None:
        """Keep what simulated peers will do; what is planned already stays as it is."""

    def due_happenings(self, now: Moment, limit: int) -> Sequence[Happening]:
        """Take what simulated peers do by now, soonest first; it is gone from the plan then."""

    def due_events(self, now: Moment, limit: int) -> Sequence[Event]:
        """Return events that are due and still to be taken up, the longest due first.

        On PostgreSQL they are locked, and those that another engine holds are skipped.
        """

    def heard(self, events: Iterable[int], now: Moment) -> None:
        """Note that the deals which these events reach have been found."""

    def add_reaches(self, reaches: Iterable[Reach]) -> None:
        """Keep which deals events have reached, and what came of it; an event at a deal is kept once."""

    def open_reaches(self, limit: int) -> Sequence[Reach]:
        """Return events at deals that are still to be matched, oldest first; locked like :meth:`due_events`."""

    def put_reach(self, reach: Reach) -> None:
        """Note what came of an event at a deal."""

    def touch(self, deals: Iterable[str], at: Moment) -> None:
        """Note that something happened on these deals, unless something later has. It is no change of a deal."""
