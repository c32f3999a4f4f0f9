"""Many new deals at once: set aside row by row where nobody sees them, then brought in by one short transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.model.deal import Cause, Deal
from core.model.moment import Moment
from core.words import Words


@dataclass(frozen=True, slots=True)
class StagedDeal:
    """A deal that is set aside. An empty id means a fresh one; rank, moments and entry are given when it comes in.

    ``line`` tells where it was read; ``column`` is the place in :attr:`Arrivals.columns` of the stage that it comes
    into, and ``place`` its turn there, from 1 at the top.
    """

    line: int
    column: int
    place: int
    by: str
    deal: Deal


@dataclass(frozen=True, slots=True)
class Arrival:
    """A stage that staged deals come into. ``ceiling`` is the rank just above the first of them, ``gap`` the distance
    from one to the next; ``text`` and ``data`` are their lines of history."""

    pipeline: str
    stage: str
    closed: bool
    ceiling: int
    gap: int
    text: Words
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How staged deals come in. ``totals`` are by pipeline, stage and currency: how many, and their sum in minor
    units."""

    now: Moment
    cause: Cause
    columns: Sequence[Arrival]
    totals: Mapping[tuple[str, str, str], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Brought:
    """What bringing in came to. ``numbers`` is the last number that ids had before (``D1000``); ``taken`` are ids that
    deals of others have by now: nothing was brought in then, and the transaction is to be given up."""

    numbers: int
    taken: Sequence[str] = ()
