"""What a backtest needs to read: the way back through stays, events and changes of fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.model.deal import Entry
from core.model.event import Event
from core.model.moment import Moment


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A line of history: at that moment a field of a deal, by bare id or path, ceased to hold ``old`` (JSON form)."""

    at: Moment
    field: str
    old: Any


class PastReader(Protocol):
    """Reads of what has been, a part of :class:`core.ports.Reader`: for a person who asks, never for the engine."""

    def latest_entries(self, before: int | None, limit: int) -> Sequence[Entry]:
        """Return stays, newest first, from the one before a number on (None: from the newest on)."""

    def latest_events(self, before: int | None, limit: int) -> Sequence[Event]:
        """Return events, likewise."""

    def field_changes(self, deal: str, since: Moment) -> Sequence[FieldChange]:
        """Return what has changed of a deal's fields after a moment, newest first."""
