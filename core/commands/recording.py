"""How a report from outside becomes one event: who reports it, under which id, and only once."""

from __future__ import annotations

from dataclasses import dataclass

from core.commands import lookup
from core.model.event import Event
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.talk import Chat
from core.ports import Reader, Tx
from core.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Who reports, under which id, and when it happened (None: now)."""

    id: str
    source: str = lookup.REPORTED
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it is kept; ``new`` False: it was known. ``notes`` say what it did not change."""

    event: Event
    new: bool = True
    chat: Chat | None = None
    notes: tuple[Words, ...] = ()


def known(reader: Reader, report: Report) -> Recorded | None:
    """Return the event that the same source has reported under the same id before."""
    event = reader.event_of(report.source, report.id)
    return None if event is None else Recorded(event, new=False)


def record(tx: Tx, event: Event) -> Recorded:
    """Keep an event; another transaction may have been quicker: then it is its event, and nothing else is to be
    done."""
    number = tx.record(event)
    if number is not None:
        return Recorded(replace(event, id=number))
    theirs = tx.event_of(event.source, event.outside_id)
    assert theirs is not None
    return Recorded(theirs, new=False)
