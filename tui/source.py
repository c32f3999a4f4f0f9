"""Where the board's deals come from: the store, or, while a filter is set, what the store found for its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from core.filtering import Term
from core.ports import Card, ColumnTotal, Reader, Store

MOST: Final = 20_000
"""Deals that a filter shows; whoever sees so many will type another word."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a filter found in one pipeline: the deals of each stage, top first. ``cut`` when there are more."""

    terms: tuple[Term, ...]
    pipeline: str
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    totals: Mapping[str, ColumnTotal] = field(default_factory=dict)
    cut: bool = False

    @property
    def count(self) -> int:
        """How many deals were found."""
        return sum(len(ids) for ids in self.ids.values())

    @property
    def deals(self) -> frozenset[str]:
        """All of them."""
        return frozenset(deal for ids in self.ids.values() for deal in ids)


def search(reader: Reader, pipeline: str, terms: Sequence[Term]) -> Found:
    """Search a pipeline's deals: one query. Meant for a thread."""
    found = reader.find(pipeline, terms, MOST + 1)
    ids: dict[str, list[str]] = {}
    sums: dict[str, dict[str, int]] = {}
    for deal in found[:MOST]:
        ids.setdefault(deal.stage, []).append(deal.id)
        if deal.amount:
            stage = sums.setdefault(deal.stage, {})
            stage[deal.currency] = stage.get(deal.currency, 0) + deal.amount
    totals = {stage: ColumnTotal(pipeline, stage, len(deals), sums.get(stage, {})) for stage, deals in ids.items()}
    listed = {stage: tuple(deals) for stage, deals in ids.items()}
    return Found(tuple(terms), pipeline, listed, totals, len(found) > MOST)


class DealSource:
    """The board's source of deals. Setting ``found`` filters it; the board has to be loaded again after that."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._members: frozenset[str] = frozenset()
        self._found: Found | None = None

    @property
    def found(self) -> Found | None:
        """What the filter shows; None shows everything."""
        return self._found

    @found.setter
    def found(self, found: Found | None) -> None:
        self._found = found
        self._members = found.deals if found else frozenset()

    def totals(self, pipeline: str) -> Mapping[str, ColumnTotal]:
        """Return count and sums of each stage that has deals."""
        if self._found is not None:
            return self._found.totals
        totals = self._store.read(lambda reader: reader.totals(pipeline))
        return {stage: _without_zeros(total) for stage, total in totals.items()}

    def column_ids(self, pipeline: str, stage: str) -> Sequence[str]:
        """Return the ids of a whole column, top first."""
        if self._found is not None:
            return self._found.ids.get(stage, ())
        return self._store.read(lambda reader: reader.column_ids(pipeline, stage))

    def cards(self, pipeline: str, stage: str, offset: int, limit: int) -> Sequence[Card]:
        """Return rows of a column, top first."""
        if self._found is None:
            return self._store.read(lambda r: [_named(r, c) for c in r.cards(pipeline, stage, offset, limit)])
        wanted = self._found.ids.get(stage, ())[offset : offset + limit]
        cards = self._by_id(wanted)
        return [cards[deal] for deal in wanted if deal in cards]

    def cards_by_id(self, ids: Iterable[str]) -> Mapping[str, Card]:
        """Return the rows of these deals; one that the filter hides is left out."""
        wanted = [deal for deal in ids if self._found is None or deal in self._members]
        return self._by_id(wanted) if wanted else {}

    def _by_id(self, ids: Iterable[str]) -> Mapping[str, Card]:
        return self._store.read(lambda r: {key: _named(r, card) for key, card in r.cards_by_id(ids).items()})


def _without_zeros(total: ColumnTotal) -> ColumnTotal:
    """Return the total without currencies that come to nothing, which say nothing either."""
    return replace(total, sums={currency: amount for currency, amount in total.sums.items() if amount})


def _named(reader: Reader, card: Card) -> Card:
    """Return the card with its responsible's first name, where the row has the user's id."""
    user = reader.house().users.get(card.responsible)
    return replace(card, responsible=user.name.split()[0]) if user and user.name.strip() else card
