"""One column as far as it is known: how many deals stand in it, the ids of a stretch of them, the scroll position."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from core.model.pipeline import Stage
from core.ports import ColumnTotal


@dataclass(slots=True, eq=False)
class Column:
    """A stage on the board. ``ids`` are the deals from place ``start`` on; ``top`` is the first place in view.

    ``epoch`` changes whenever the order does, so that a list read in the meantime is known to be old.
    """

    stage: Stage
    count: int = 0
    sums: Mapping[str, int] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    start: int = 0
    top: int = 0
    epoch: int = 0
    settled: tuple[int, ...] = ()
    """What was so when the cards in view were last found to be known."""
    _hint: int = 0
    _members: set[str] = field(default_factory=set)

    def __contains__(self, deal_id: object) -> bool:
        return deal_id in self._members

    @property
    def end(self) -> int:
        """The place behind the last known id."""
        return self.start + len(self.ids)

    @property
    def complete(self) -> bool:
        """Whether every id is known."""
        return self.start == 0 and len(self.ids) == self.count

    def at(self, index: int) -> str | None:
        """Return the deal at a place, None where it is not known or there is none."""
        return self.ids[index - self.start] if self.start <= index < self.end else None

    def find(self, deal_id: str | None) -> int | None:
        """Return the place of a deal, None when it is not among the known."""
        if deal_id is None or deal_id not in self._members:
            return None
        if self._hint >= len(self.ids) or self.ids[self._hint] != deal_id:
            self._hint = self.ids.index(deal_id)
        return self.start + self._hint

    def under(self, above: str | None) -> int:
        """Return the place right under a deal; the top for None and for a deal that is not known."""
        index = self.find(above)
        return 0 if index is None else index + 1

    def between(self, first: int, last: int) -> Sequence[str]:
        """Return the known deals at places ``first`` to ``last``, both included."""
        return self.ids[max(0, first - self.start) : max(0, last + 1 - self.start)]

    def total(self, total: ColumnTotal | None) -> bool:
        """Take over a kept total; return whether it says something new."""
        count, sums = (total.count, total.sums) if total else (0, {})
        if (count, sums) == (self.count, self.sums):
            return False
        self.count, self.sums = count, sums
        return True

    def adopt(self, ids: Sequence[str], start: int = 0) -> None:
        """Know this stretch of the column instead of the former one."""
        self.ids, self.start, self._members = list(ids), start, set(ids)
        self.epoch += 1

    def extend(self, ids: Sequence[str], start: int) -> None:
        """Know this stretch too; the former one is forgotten where both do not touch or do not agree."""
        fresh = set(ids)
        low, high = max(start, self.start), min(start + len(ids), self.end)
        agree = all(ids[place - start] == self.ids[place - self.start] for place in range(low, high))
        before, after = self.between(self.start, start - 1), self.between(start + len(ids), self.end)
        if low > high or not agree or not fresh.isdisjoint(before) or not fresh.isdisjoint(after):
            self.adopt(ids, start)
            return
        self.ids, self.start = [*before, *ids, *after], min(start, self.start)
        self._members |= fresh

    def insert(self, index: int, deal_id: str, *, exact: bool = False, scrolled: bool = False) -> None:
        """Put a deal in at a place.

        ``exact`` is for a place that the user pointed at; otherwise one at the rim of the known stretch counts as
        outside of it. ``scrolled`` keeps the cards in view where they are when it comes in above them.
        """
        known_to_the_end = self.end == self.count
        self.count += 1
        self.epoch += 1
        if scrolled and index <= self.top:
            self.top += 1
        if self.start and index <= self.start:
            self.start += 1
        elif index < self.end or (index == self.end and (exact or known_to_the_end)):
            self.ids.insert(index - self.start, deal_id)
            self._members.add(deal_id)

    def remove(self, deal_id: str) -> int | None:
        """Take a known deal out; return where it stood."""
        index = self.find(deal_id)
        if index is None:
            return None
        del self.ids[index - self.start]
        self._members.discard(deal_id)
        self.count -= 1
        self.epoch += 1
        if index < self.top:
            self.top -= 1
        return index

    def nearest_above(self, index: int, but: Collection[str]) -> str | None:
        """Return the lowest known deal above a place that is none of ``but``."""
        for place in range(min(index, self.end) - 1, self.start - 1, -1):
            if self.ids[place - self.start] not in but:
                return self.ids[place - self.start]
        return None
