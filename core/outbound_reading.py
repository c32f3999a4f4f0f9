"""Reading the outbound log step by step, newest first: each step is bounded, so none holds the database for long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from core import log_filter
from core.log_filter import NO_FILTER, LogFilter
from core.model.delivery import ENDED_BADLY, Delivery
from core.model.moment import Moment
from core.outbound import Row, held_rows, row_of
from core.ports import Reader, Store
from core.views import DeliveryFilter

SPAN: Final = 4_000
"""Messages that one step looks through at most when no index finds what is wanted."""
MOST_HELD: Final = 200
"""Held lines that are counted; each is judged anew for it."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far down the log has been read: so many held lines, then the messages older than ``before``."""

    held: int = 0
    before: int | None = None


TOP: Final = Place()


@dataclass(frozen=True, slots=True)
class Step:
    """The lines that a step has found, and where the next one begins; None when there is nothing older."""

    rows: Sequence[Row]
    next: Place | None


def step(reader: Reader, where: LogFilter, place: Place = TOP, limit: int = 100) -> Step:
    """Read on from a place: up to ``limit`` lines, perhaps none although there are more. Held lines come first."""
    held: list[Row] = []
    if place.before is None and where.wants_held:
        held = list(islice(held_lines(reader, where), place.held, place.held + limit))
        if len(held) == limit:
            return Step(held, Place(place.held + limit))
    found, before = _older(reader, where, place.before, limit - len(held))
    house, lines, now = reader.house(), reader.lines(), reader.now()
    rows = [*held, *(row_of(house, each, lines, now) for each in found)]
    return Step(rows, None if before is None else Place(place.held + len(held), before))


def held_lines(reader: Reader, where: LogFilter = NO_FILTER) -> Iterator[Row]:
    """Return the held lines that fit; each is judged as it is taken."""
    house = reader.house()
    for run in reader.held(reader.now()):
        if where.deal not in (None, run.deal):
            continue
        for row in held_rows(reader, house, run):
            on = not where.channels or row.message.channel in where.channels
            if on and log_filter.mentions(where.words, row.message, row.deal):
                yield row


def _older(reader: Reader, where: LogFilter, before: int | None, limit: int) -> tuple[list[Delivery], int | None]:
    """Return messages older than ``before``, newest first, and below which id to go on; None: there are none."""
    statuses = where.delivery_statuses
    if statuses == ():
        return [], None
    top = before if before is not None else reader.newest_delivery() + 1
    floor = max(0, top - SPAN) if _walks(where) else 0
    wanted = DeliveryFilter(
        deal=where.deal,
        statuses=frozenset(statuses or ()),
        channels=where.channels,
        words=where.words,
        before=top,
        since=floor or None,
        limit=limit,
    )
    read = reader.deliveries(wanted)
    found = [each for each in read if log_filter.mentions(where.words, each.message, each.deal)]
    if len(read) == limit:
        return found, read[-1].id
    return found, floor if floor > 1 else None


def _walks(where: LogFilter) -> bool:
    """Return whether messages that do not fit have to be passed by one by one: no index knows words, nor the common
    statuses."""
    if where.deal is not None:
        return False
    return bool(where.words) or any(s not in ENDED_BADLY for s in where.delivery_statuses or ())


def rows(reader: Reader, where: LogFilter = NO_FILTER, most: int | None = None) -> Iterator[Row]:
    """Return the lines down to the oldest one, or ``most`` of them, all in the snapshot of one read."""
    place: Place | None = TOP
    left = most
    while place is not None and left != 0:
        found = step(reader, where, place, 500 if left is None else min(500, left))
        yield from found.rows
        place, left = found.next, None if left is None else left - len(found.rows)


def steps(store: Store, where: LogFilter, place: Place | None = TOP, limit: int = 500) -> Iterator[Step]:
    """Return step after step down to the oldest line, each a short read of its own. Meant for a thread."""
    while place is not None:
        start = place
        found = store.read(lambda reader: step(reader, where, start, limit))  # noqa: B023 - read at once
        yield found
        place = found.next


@dataclass(frozen=True, slots=True)
class Counts:
    """How messages written since some moment stand, by status, and how many lines are held now."""

    by_status: Mapping[str, int]
    held: int

    @property
    def sent(self) -> int:
        """How many have gone out, as far as is known."""
        return sum(self.by_status.get(status, 0) for status in ("sent", "delivered"))

    @property
    def failed(self) -> int:
        """How many did not arrive."""
        return sum(self.by_status.get(status, 0) for status in ("failed", "undelivered"))


def counts(reader: Reader, since: Moment) -> Counts:
    """Count the messages written since a moment. Meant for a thread: held lines are judged."""
    held = sum(1 for _row in islice(held_lines(reader), MOST_HELD))
    return Counts(reader.outbound_counts(since), held)
