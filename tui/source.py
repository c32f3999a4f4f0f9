"""Where the board's deals come from: the store, or, while a filter is set, what the store found for its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from core import money as currencies
from core.model.deal import Deal
from core.model.pipeline import Pipeline
from core.ports import Card, ColumnTotal, DealFilter, Reader, Store

MOST: Final = 2_000
"""Deals that a filter shows of one stage; whoever sees so many will type another word."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found in one pipeline: the deals of each stage, top first. ``cut`` when there are more."""

    words: str
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


def search(reader: Reader, pipeline: Pipeline, words: str) -> Found:
    """Search a pipeline's deals: one indexed query a stage. Meant for a thread."""
    ids: dict[str, tuple[str, ...]] = {}
    totals: dict[str, ColumnTotal] = {}
    for stage in pipeline.stages:
        deals = reader.deals(DealFilter(pipeline=pipeline.id, stage=stage.id, search=words, limit=MOST))
        if deals:
            ids[stage.id] = tuple(deal.id for deal in deals)
            totals[stage.id] = ColumnTotal(pipeline.id, stage.id, len(deals), _sums(deals))
    return Found(words, pipeline.id, ids, totals, any(len(found) >= MOST for found in ids.values()))


def _sums(deals: Iterable[Deal]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for deal in deals:
        if deal.amount is not None:
            minor = currencies.to_minor(deal.amount, deal.currency)
            sums[deal.currency] = sums.get(deal.currency, 0) + minor
    return sums


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
