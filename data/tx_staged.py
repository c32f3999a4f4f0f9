"""Bringing in what was set aside: a statement a table, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Executable, Table, case, cast, func, insert, select
from sqlalchemy import literal_column as literal

from core.model.deal import Deal, Entry
from core.model.timeline import TimelineKind, TimelineRow
from core.staged import Arrivals, Brought
from data import mapping
from data.mapping_work import timeline_params
from data.numbering import Numbered, give
from data.reader_base import the
from data.reader_board import timeline
from data.reader_deals import links
from data.reader_entries import entries
from data.reader_listing import deals
from data.sql import Statement
from data.tables_staged import arrivals, staged, staged_contacts
from data.tx_deals import ADD_TOTAL
from data.tx_feed import FeedWriter
from data.tx_statements import insertion

COPIED: Final = (
    *("title", "title_folded", "responsible", "amount", "currency", "company", "contact", "fields"),
    *("begin_date", "close_date"),
)
"""Columns that a staged deal and a real one share."""
DEALS: Final = Numbered(deals, staged, "deal", "D", "deal_number")
NUMBERING: Final = DEALS.statements()


def _bring(into: Table, own: dict[str, Any], leave: Sequence[str] = ()) -> Executable:
    """Make a row of each staged deal. Columns that are not its own are the same for all: parameters of their name.
    Those to ``leave`` stay empty."""
    given = {*own, *leave, "id"}
    same = {column.name: cast(the(column.name), column.type) for column in into.c if column.name not in given}
    values = own | same
    found = select(*(value.label(name) for name, value in values.items())).select_from(staged)
    found = found.join(arrivals, arrivals.c.id == staged.c.arrival).order_by(staged.c.seq)
    return insert(into).from_select(list(values), found)


def _deals(entry: ColumnElement[int], no: str, yes: str) -> Executable:
    own = {
        "id": DEALS.id,
        **{name: staged.c[name] for name in COPIED},
        "pipeline": arrivals.c.pipeline,
        "stage": arrivals.c.stage,
        "closed": case((arrivals.c.closed == literal("1"), literal(yes)), else_=literal(no)),
        "rank": arrivals.c.ceiling - staged.c.place * arrivals.c.gap,
        "entry": entry,
    }
    return _bring(deals, own)


def _entries(entry: ColumnElement[int]) -> Executable:
    place = {"pipeline": arrivals.c.pipeline, "stage": arrivals.c.stage}
    return _bring(entries, {"id": entry, "deal": DEALS.id, **place, "by": staged.c.by})


def _lines() -> Executable:
    said = {"text": arrivals.c.text, "data": arrivals.c.data}
    return _bring(timeline, {"deal": DEALS.id, "by": staged.c.by, **said}, leave=("delivery",))


def _links() -> Executable:
    wanted = [DEALS.id, staged_contacts.c.position, staged_contacts.c.contact]
    found = select(*wanted).join_from(staged_contacts, staged, staged.c.seq == staged_contacts.c.seq)
    return insert(links).from_select(["deal", "position", "contact"], found)


_entry_here: Final = staged.c.seq + the("entries")

ADD_ARRIVAL = insertion(arrivals)
LAST_ENTRY = Statement(lambda: select(func.coalesce(func.max(entries.c.id), literal("0"))))
BRING_ENTRIES = Statement(lambda: _entries(_entry_here), lambda: _entries(staged.c.entry))
BRING_DEALS = Statement(
    lambda: _deals(_entry_here, "0", "1"),
    lambda: _deals(staged.c.entry, "false", "true"),
)
BRING_LINKS = Statement(_links)
BRING_LINES = Statement(_lines)


class StagedWriter(FeedWriter):
    """Makes real deals of those set aside on this connection."""

    def bring_in(self, arrivals: Arrivals) -> Brought:
        """Make real deals of all that was set aside, unless some of their ids are taken by now."""
        numbers, taken = give(self.db, NUMBERING, DEALS.letter)
        if not taken:
            self._bring(arrivals, numbers)
        return Brought(numbers, taken)

    def _bring(self, coming: Arrivals, numbers: int) -> None:
        db = self.db
        db.many(
            ADD_ARRIVAL,
            [
                {
                    "id": number,
                    **{name: getattr(arrival, name) for name in ("pipeline", "stage", "ceiling", "gap")},
                    "closed": int(arrival.closed),
                    "text": mapping.dump_words(arrival.text),
                    "data": mapping.dump(arrival.data),
                }
                for number, arrival in enumerate(coming.columns)
            ],
        )
        last: int = db.rows(LAST_ENTRY)[0][0] if db.dialect == "sqlite" else 0
        stay, deal, line = _alike(coming)
        db.run(BRING_ENTRIES, numbers=numbers, entries=last, **mapping.entry_params(stay))
        db.run(BRING_DEALS, numbers=numbers, entries=last, **mapping.deal_params(deal))
        db.run(BRING_LINKS, numbers=numbers)
        db.run(BRING_LINES, numbers=numbers, **timeline_params(line))
        db.many(
            ADD_TOTAL,
            [
                {"pipeline": pipeline, "stage": stage, "currency": currency, "n": n, "amount": amount}
                for (pipeline, stage, currency), (n, amount) in sorted(coming.totals.items())
            ],
        )
        self._tell([("config", "")])


def _alike(coming: Arrivals) -> tuple[Entry, Deal, TimelineRow]:
    """Return a stay, a deal and a line of history with what is the same in all of them."""
    now = coming.now
    stay = Entry(id=0, deal="", pipeline="", stage="", at=now, by="", cause=coming.cause)
    deal = Deal(id="", title="", pipeline="", stage="", entered_at=now, created_at=now, active_at=now)
    return stay, deal, TimelineRow(deal="", at=now, kind=TimelineKind.CREATED)
