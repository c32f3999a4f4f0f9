"""What core needs of the Store for hits on mails: what was thought of them, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from core.judging_hits import Judged
from core.model.moment import Moment


class HitReader(Protocol):
    """The reads, a part of :class:`core.event_ports.EventReader`."""

    def judgements(self, events: Iterable[int]) -> Mapping[int, Sequence[Judged]]:
        """Return what has been thought of hits, oldest first, by the event's number; the last one counts."""

    def outdated_hits(self, version: int, limit: int) -> Sequence[int]:
        """Return the messages (each once) with hits that were last judged by an older version of the rules; ``limit``
        counts hits."""


class HitTx(Protocol):
    """The writes, a part of :class:`core.event_ports.EventTx`."""

    def add_judgements(self, judged: Mapping[int, Judged], at: Moment) -> None:
        """Add the newest opinion on hits, formed at ``at``, by the event's number; earlier ones stay to be read."""
