"""The slim rows of the cards seen lately, and what of the board has to be drawn again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.ports import Card


class Rows:
    """The rows read last, by id; the oldest make room."""

    def __init__(self, most: int = 4096) -> None:
        self.evicted = 0
        """How many rows have made room; while it stays the same, what was known is known."""
        self._most = most
        self._kept: OrderedDict[str, Card] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, deal_id: object) -> bool:
        return deal_id in self._kept

    def has(self, deals: Iterable[str]) -> bool:
        """Return whether the rows of all these deals are kept."""
        return all(map(self._kept.__contains__, deals))

    def get(self, deal_id: str | None) -> Card | None:
        """Return a row and count it as seen."""
        if deal_id is None or deal_id not in self._kept:
            return None
        self._kept.move_to_end(deal_id)
        return self._kept[deal_id]

    def put(self, cards: Iterable[Card]) -> None:
        """Keep rows."""
        for card in cards:
            self._kept[card.id] = card
            self._kept.move_to_end(card.id)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
            self.evicted += 1

    def drop(self, deal_id: str) -> None:
        """Forget a row."""
        if self._kept.pop(deal_id, None):
            self.evicted += 1

    def clear(self) -> None:
        """Forget all of them."""
        self.evicted += len(self._kept)
        self._kept.clear()


@dataclass(slots=True)
class Touched:
    """What has to be drawn again: single cards, heads, scroll bars, columns from a place down, or everything."""

    cards: set[str] = field(default_factory=set)
    heads: set[int] = field(default_factory=set)
    tracks: set[int] = field(default_factory=set)
    columns: dict[int, int] = field(default_factory=dict)
    everything: bool = False

    def card(self, *deals: str | None) -> None:
        """Draw these cards again, where they are in view."""
        self.cards.update(deal for deal in deals if deal)

    def column(self, column: int, index: int = 0) -> None:
        """Draw a column again from the place ``index`` down, with its head and its scroll bar."""
        self.columns[column] = min(index, self.columns.get(column, index))
        self.heads.add(column)
        self.tracks.add(column)

    def clear(self) -> None:
        """Count everything as drawn, but for ``everything`` itself."""
        self.cards.clear()
        self.heads.clear()
        self.tracks.clear()
        self.columns.clear()
