"""Writing deals: their rows, their contacts, and the totals of the columns that they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Final, TypeAlias

from sqlalchemy import Update, delete, func, select, update

from core import money
from core.errors import StaleDeal
from core.i18n import N_
from core.model.deal import Deal
from data import mapping
from data.reader_base import meta, the
from data.reader_board import totals
from data.reader_deals import links
from data.reader_listing import deals
from data.sql import Statement, among
from data.tx_statements import alteration, insertion, merging
from data.tx_timers import TimerWriter

Pair: TypeAlias = tuple[Deal | None, Deal]
Column: TypeAlias = tuple[str, str, str]
_NOTHING: Final = (0, Decimal())

_FACE: Final = (
    "title title_folded responsible amount currency company contact fields begin_date close_date flags removed "
    "created_at"
).split()
_PLACE: Final = "pipeline stage closed rank entry entered_at active_at version".split()
_face: Final = attrgetter(
    "title", "responsible", "amount", "currency", "contacts", "company", "fields", "begin_date", "close_date", "flags",
    "removed", "created_at",
)  # fmt: skip

ADD_DEAL = insertion(deals)
PLACE_DEAL = alteration(deals, _PLACE, seen="version")
CHANGE_DEAL = alteration(deals, [*_FACE, *_PLACE], seen="version")
ADD_LINK = insertion(links)
DROP_LINKS = Statement(lambda: delete(links).where(links.c.deal == the("deal")))
LOCK_DEALS = Statement(
    lambda: select(deals.c.id, deals.c.version).where(among(deals.c.id, "ids")).order_by(deals.c.id).with_for_update()
)


ADD_TOTAL = merging(
    totals,
    lambda: {column.name: the(column.name) for column in totals.c},
    lambda old, new: {name: old[name] + new[name] for name in ("n", "amount")},
)
NEXT_NUMBER = Statement(
    lambda: update(meta).values(deal_number=meta.c.deal_number + 1).where(meta.c.id == 1).returning(meta.c.deal_number)
)
KNOWN_DEAL = Statement(lambda: select(deals.c.id).where(deals.c.id == the("id")))


def _renumbering() -> Update:
    place = func.row_number().over(order_by=(deals.c.rank, deals.c.id.desc())).label("place")
    column = (
        select(deals.c.id, place)
        .where(deals.c.pipeline == the("of_pipeline"), deals.c.stage == the("of_stage"), ~deals.c.removed)
        .subquery()
    )
    return update(deals).values(rank=column.c.place * the("gap")).where(deals.c.id == column.c.id)


RENUMBER = Statement(_renumbering)


class DealWriter(TimerWriter):
    """Rows of deals, written only if they still are as the planner saw them."""

    def hold(self, deals: Iterable[str]) -> None:
        """Keep other transactions from taking runs and messages of these deals until the commit."""
        self._lock_deals((), deals)

    def new_deal_id(self) -> str:
        """Return a fresh readable id (``D1001``) that no deal has."""
        while True:
            number = self.db.one(NEXT_NUMBER)
            assert number is not None
            fresh = f"D{number[0]}"
            if self.db.one(KNOWN_DEAL, id=fresh) is None:
                return fresh

    def renumber(self, pipeline: str, stage: str, gap: int) -> None:
        """Give a column's deals new ranks, ``gap`` apart, in the order they stand in. No deal's version changes."""
        self.db.run(RENUMBER, of_pipeline=pipeline, of_stage=stage, gap=gap)

    def _lock_deals(self, seen: Sequence[Deal], more: Iterable[str] = ()) -> None:
        """Keep others from changing these deals until the commit, always in one order; SQLite has one writer anyway."""
        if self.db.dialect == "sqlite":
            return
        versions = {deal.id: deal.version for deal in seen}
        wanted = {*versions, *more}
        found: dict[str, int] = dict(self.db.rows(LOCK_DEALS, ids=sorted(wanted))) if wanted else {}
        for deal_id, version in versions.items():
            if found.get(deal_id) != version:
                raise _stale(deal_id)

    def _write_deals(self, pairs: Sequence[Pair], entries: Sequence[int | None]) -> None:
        """Write deals as they shall stand, each linked to its entry (None: as it says itself), and their totals."""
        made: list[mapping.Params] = []
        placed: list[mapping.Params] = []
        changed: list[mapping.Params] = []
        for (before, after), entry in zip(pairs, entries, strict=True):
            stays = before is not None and _face(before) == _face(after)
            row = mapping.placement_params(after) if stays else mapping.deal_params(after)
            if entry is not None:
                row["entry"] = entry
            if before is None:
                made.append(row)
            else:
                row["seen"] = before.version
                (placed if stays else changed).append(row)
        self._change(PLACE_DEAL, placed)
        self._change(CHANGE_DEAL, changed)
        if made:
            self.db.many(ADD_DEAL, made)
        linked = [pair for pair in pairs if pair[0] is None or pair[0].contacts != pair[1].contacts]
        if linked:
            self._link(linked)
        self._move_totals(pairs)
        self._watch(pairs)

    def _change(self, statement: Statement, rows: Sequence[mapping.Params]) -> None:
        stale = self.db.each(statement, rows)
        if stale is not None:
            raise _stale(rows[stale]["id"])

    def _link(self, pairs: Sequence[Pair]) -> None:
        self.db.many(DROP_LINKS, [{"deal": after.id} for before, after in pairs if before is not None])
        self.db.many(
            ADD_LINK,
            [
                {"deal": deal.id, "position": position, "contact": contact}
                for _, deal in pairs
                for position, contact in enumerate(deal.contacts)
            ],
        )

    def _move_totals(self, pairs: Sequence[Pair]) -> None:
        """Add the differences to the kept totals, in one order for all writers: so no two wait for one another."""
        sums: dict[Column, tuple[int, Decimal]] = {}
        for before, after in pairs:
            old, new = before and _counted(before), _counted(after)
            if old == new:
                continue
            _count(sums, after, 1)
            if before is not None:
                _count(sums, before, -1)
        rows = [
            {"pipeline": pipeline, "stage": stage, "currency": currency, "n": n, "amount": _minor(amount, currency)}
            for (pipeline, stage, currency), (n, amount) in sorted(sums.items())
            if n or amount
        ]
        if rows:
            self.db.many(ADD_TOTAL, rows)


_counted: Final = attrgetter("pipeline", "stage", "currency", "amount", "removed")


def _count(sums: dict[Column, tuple[int, Decimal]], deal: Deal, sign: int) -> None:
    if not deal.removed:
        column = (deal.pipeline, deal.stage, deal.currency)
        n, amount = sums.get(column, _NOTHING)
        sums[column] = n + sign, amount if deal.amount is None else amount + sign * deal.amount


def _minor(amount: Decimal, currency: str) -> int:
    """Return a difference of sums in minor units; unlike one deal's amount it may be as long as it likes."""
    return int(amount.scaleb(money.digits(currency)))


def _stale(deal: str) -> StaleDeal:
    return StaleDeal(
        N_("deal {deal} was changed by somebody else in the meantime; look at it and try again"), deal=deal
    )
