"""A board source in memory, as the database would answer, that counts how often it is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from core.model.moment import DAY, HOUR, Moment
from core.model.pipeline import Pipeline, Stage, StageKind
from core.ports import Card, ColumnTotal
from tui.board.texts import Due, Wording

NOW: Final = Moment(1_796_000_000_000)

_STAGES: Final = (
    ("new", "New", "#39A8EF", StageKind.PROCESS),
    ("preparation", "Preparation", "#2FC6F6", StageKind.PROCESS),
    ("delivery", "Order delivery", "#47E4C2", StageKind.PROCESS),
    ("invoice", "Final invoice", "#FFA900", StageKind.PROCESS),
    ("won", "Won", "#7BD500", StageKind.SUCCESS),
    ("lost", "Lost", "#FF5752", StageKind.FAILURE),
)


def sales(columns: int = 6) -> Pipeline:
    """Return a pipeline of up to six stages."""
    stages = [
        Stage(id=id_, name=name, color=color, kind=kind, position=at)
        for at, (id_, name, color, kind) in enumerate(_STAGES)
    ]
    return Pipeline(id="sales", name="Sales", stages=tuple(stages[:columns]))


def card(deal_id: str, title: str = "", stage: str = "new", rank: int = 0, **more: object) -> Card:
    """Return a row with believable defaults."""
    known: dict[str, object] = {
        "client": "Maria Lima",
        "amount": 750_000,
        "currency": "BRL",
        "responsible": "Ana Souza",
        "entered_at": Moment(NOW - 2 * DAY),
        "version": 1,
        "pipeline": "sales",
    }
    return Card(id=deal_id, title=title or f"Order {deal_id}", stage=stage, rank=rank, **(known | more))  # type: ignore[arg-type]


def plain_money(amount: int, currency: str) -> str:
    """Return an amount without a locale's help."""
    return f"{'R$' if currency == 'BRL' else currency} {amount // 100:,}".replace(",", ".")


def short_money(amount: int, currency: str) -> str:
    """Return a short amount without a locale's help."""
    whole = amount // 100
    sign = "R$" if currency == "BRL" else currency
    return f"{sign} {whole // 1000}k" if whole >= 10_000 else f"{sign} {whole}"


def plain_age(millis: int) -> str:
    """Return days or hours."""
    return f"{millis // DAY}d" if millis >= DAY else f"{millis // HOUR}h"


def plain_due(row: Card, stage: Stage, now: Moment) -> Due:
    """Return a day in ISO 8601, and whether it has passed on a fixed day."""
    if row.close_date is None or stage.kind is not StageKind.PROCESS:
        return Due()
    return Due("2d late", "2d") if row.close_date < "2026-11-26" else Due(f"due {row.close_date}")


WORDING: Final = Wording(
    plain_money,
    short_money,
    plain_age,
    no_columns=lambda: ("This pipeline has no stages.",),
    empty_board=lambda: ("No deals yet.", "Press n to add the first one."),
    empty_column="No deals here",
    due=plain_due,
)


class FakeSource:
    """Columns of rows. ``calls`` counts the questions by method; writing is for the test that plays the house."""

    def __init__(self, pipeline: Pipeline, rows: Mapping[str, Sequence[Card]]) -> None:
        self.pipeline = pipeline
        self.columns: dict[str, list[str]] = {stage.id: [] for stage in pipeline.stages}
        self.rows: dict[str, Card] = {}
        self.calls: Counter[str] = Counter()
        for stage, cards in rows.items():
            self.columns[stage] = [row.id for row in cards]
            self.rows.update((row.id, row) for row in cards)

    # What the board asks

    def totals(self, pipeline: str) -> Mapping[str, ColumnTotal]:
        self.calls["totals"] += 1
        return {stage: self._total(stage, ids) for stage, ids in self.columns.items() if ids}

    def column_ids(self, pipeline: str, stage: str) -> Sequence[str]:
        self.calls["column_ids"] += 1
        return tuple(self.columns[stage])

    def cards(self, pipeline: str, stage: str, offset: int, limit: int) -> Sequence[Card]:
        self.calls["cards"] += 1
        return [self.rows[deal] for deal in self.columns[stage][offset : offset + limit]]

    def cards_by_id(self, ids: Iterable[str]) -> Mapping[str, Card]:
        self.calls["cards_by_id"] += 1
        return {deal: self.rows[deal] for deal in ids if deal in self.rows}

    # What the house does

    def add(self, row: Card, stage: str = "new") -> None:
        """Put a new deal on top of a stage."""
        self.rows[row.id] = row
        self.columns[stage].insert(0, row.id)
        self._rank(stage)

    def move(self, deals: Sequence[str], stage: str, above: str | None = None) -> None:
        """Move deals right under ``above``, on top for None."""
        for deal in deals:
            former = self.rows[deal]
            self.columns[former.stage].remove(deal)
            self.rows[deal] = replace(former, stage=stage, version=former.version + 1)
        column = self.columns[stage]
        start = column.index(above) + 1 if above in column else 0
        column[start:start] = deals
        self._rank(stage)

    def change(self, deal: str, **fields: object) -> None:
        """Edit a deal."""
        former = self.rows[deal]
        self.rows[deal] = replace(former, **(fields | {"version": former.version + 1}))  # type: ignore[arg-type]

    def remove(self, deal: str) -> None:
        """Take a deal off the board."""
        self.columns[self.rows.pop(deal).stage].remove(deal)

    def asked(self, act: Callable[[], object]) -> int:
        """Return how many questions an act asks."""
        before = self.calls.total()
        act()
        return self.calls.total() - before

    def _rank(self, stage: str) -> None:
        ids = self.columns[stage]
        for place, deal in enumerate(ids):
            self.rows[deal] = replace(self.rows[deal], stage=stage, rank=(len(ids) - place) << 16)

    def _total(self, stage: str, ids: Sequence[str]) -> ColumnTotal:
        sums: Counter[str] = Counter()
        for deal in ids:
            row = self.rows[deal]
            if row.amount:
                sums[row.currency] += row.amount
        return ColumnTotal("sales", stage, len(ids), dict(sums))


def filled(counts: Sequence[int], columns: int = 6) -> FakeSource:
    """Return a source whose columns hold so many deals; ids count through the whole board from D1."""
    pipeline = sales(columns)
    rows: dict[str, list[Card]] = {}
    number = 0
    entered = Moment(NOW - 2 * DAY)
    for stage, count in zip(pipeline.stages, counts, strict=False):
        rows[stage.id] = [
            Card(
                id=f"D{number + at + 1}",
                title=f"Order D{number + at + 1}",
                client="Maria Lima",
                amount=750_000,
                currency="BRL",
                responsible="Ana Souza",
                entered_at=entered,
                version=1,
                pipeline="sales",
                stage=stage.id,
                rank=(count - at) << 16,
            )
            for at in range(count)
        ]
        number += count
    return FakeSource(pipeline, rows)
