"""Bringing in what was set aside: a statement a table, whatever the number of rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Executable,
    String,
    Text,
    Update,
    case,
    cast,
    func,
    insert,
    null,
    select,
    union,
    update,
)
from sqlalchemy import literal_column as literal

from core.staged import Arrivals, Brought
from data import mapping
from data.columns import BIG
from data.reader_base import meta, the
from data.reader_board import timeline
from data.reader_deals import deals, links
from data.reader_entries import entries
from data.sql import Statement, among
from data.tables_staged import arrivals, staged, staged_contacts
from data.tx_deals import ADD_TOTAL
from data.tx_feed import FeedWriter
from data.tx_statements import insertion

COPIED: Final = (
    *("title", "title_folded", "responsible", "amount", "currency", "company", "contact", "fields"),
    *("begin_date", "close_date"),
)
"""Columns that a staged deal and a real one share."""
_NUMBERED: Final = re.compile(r"D([1-9][0-9]{0,17})", re.ASCII)
_TOLD: Final = 20


def _id() -> ColumnElement[str]:
    """The deal's id: its own, or the next fresh one behind the last number given."""
    fresh: ColumnElement[str] = literal("'D'", String) + cast(staged.c.fresh + the("numbers"), String)
    return func.coalesce(staged.c.deal, fresh)


def _now() -> ColumnElement[int]:
    return cast(the("now"), BIG)


def _bring(into: Any, values: dict[str, Any], *, arrival: bool = True) -> Executable:
    found = select(*(value.label(name) for name, value in values.items())).select_from(staged)
    if arrival:
        found = found.join(arrivals, arrivals.c.id == staged.c.arrival)
    return insert(into).from_select(list(values), found.order_by(staged.c.seq))


def _deals(entry: ColumnElement[int], no: str, yes: str) -> Executable:
    now = {name: _now() for name in ("entered_at", "created_at", "active_at")}
    return _bring(
        deals,
        {
            "id": _id(),
            **{name: staged.c[name] for name in COPIED},
            "pipeline": arrivals.c.pipeline,
            "stage": arrivals.c.stage,
            "flags": null(),
            "closed": case((arrivals.c.closed == literal("1"), literal(yes)), else_=literal(no)),
            "removed": literal(no),
            "rank": arrivals.c.ceiling - staged.c.place * arrivals.c.gap,
            "entry": entry,
            **now,
            "version": literal("1"),
        },
    )


def _entries(entry: ColumnElement[int]) -> Executable:
    return _bring(
        entries,
        {
            "id": entry,
            "deal": _id(),
            "pipeline": arrivals.c.pipeline,
            "stage": arrivals.c.stage,
            "at": _now(),
            "by": staged.c.by,
            "cause": cast(the("cause"), Text),
            "left_rank": literal("0"),
        },
    )


def _lines() -> Executable:
    copied = {"text": arrivals.c.text, "data": arrivals.c.data}
    return _bring(timeline, {"deal": _id(), "at": _now(), "kind": literal("'created'"), "by": staged.c.by, **copied})


def _links() -> Executable:
    wanted = [_id(), staged_contacts.c.position, staged_contacts.c.contact]
    found = select(*wanted).join_from(staged_contacts, staged, staged.c.seq == staged_contacts.c.seq)
    return insert(links).from_select(["deal", "position", "contact"], found)


def _numbering(change: Any) -> Update:
    return update(meta).values(deal_number=change).where(meta.c.id == literal("1")).returning(meta.c.deal_number)


def _ids_of_both() -> Executable:
    def numbered(column: Any) -> Any:
        return select(column).where(column >= literal("'D'"), column < literal("'E'"))

    return union(numbered(deals.c.id), numbered(staged.c.deal))


_entry_here: Final = staged.c.seq + the("entries")

ADD_ARRIVAL = insertion(arrivals)
TAKE_NUMBERS = Statement(lambda: _numbering(meta.c.deal_number + the("n")))
SET_NUMBER = Statement(lambda: _numbering(the("number")))
FRESH = Statement(lambda: select(func.coalesce(func.max(staged.c.fresh), literal("0"))))
LAST_ENTRY = Statement(lambda: select(func.coalesce(func.max(entries.c.id), literal("0"))))
COLLIDING = Statement(lambda: select(deals.c.id).join_from(staged, deals, deals.c.id == _id()).limit(the("limit")))
SAME_NUMBER = Statement(
    lambda: (
        select(staged.c.deal).where(staged.c.deal >= literal("'D'"), staged.c.deal < literal("'E'")).limit(literal("1"))
    )
)
NUMBERED_IDS = Statement(_ids_of_both)
UNNUMBERED = Statement(lambda: select(staged.c.seq).where(staged.c.deal.is_(None)).order_by(staged.c.seq))
GIVE_ID = Statement(lambda: update(staged).values(deal=the("id")).where(staged.c.seq == the("number")))
BRING_ENTRIES = Statement(lambda: _entries(_entry_here), lambda: _entries(staged.c.entry))
BRING_DEALS = Statement(
    lambda: _deals(_entry_here, "0", "1"),
    lambda: _deals(staged.c.entry, "false", "true"),
)
BRING_LINKS = Statement(_links)
BRING_LINES = Statement(_lines)
STAGED_IDS = Statement(lambda: select(_id()).order_by(staged.c.seq))
TAKEN = Statement(lambda: select(deals.c.id, literal("0")).where(among(deals.c.id, "ids")))
TAKEN_HERE = Statement(lambda: select(staged.c.deal, staged.c.line).where(among(staged.c.deal, "ids")))


class StagedWriter(FeedWriter):
    """Makes real deals of those set aside on this connection."""

    def bring_in(self, arrivals: Arrivals) -> Brought:
        """Make real deals of all that was set aside, unless some of their ids are taken by now."""
        db = self.db
        fresh: int = db.rows(FRESH)[0][0]
        numbers: int = db.rows(TAKE_NUMBERS, n=fresh)[0][0] - fresh
        if fresh and (db.rows(SAME_NUMBER) or db.rows(COLLIDING, numbers=numbers, limit=1)):
            self._number(numbers)
        taken = [row[0] for row in db.rows(COLLIDING, numbers=numbers, limit=_TOLD)]
        if not taken:
            self._bring(arrivals, numbers)
        return Brought(numbers, taken)

    def _bring(self, coming: Arrivals, numbers: int) -> None:
        db, now = self.db, coming.now
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
        db.run(BRING_ENTRIES, numbers=numbers, entries=last, now=now, cause=coming.cause.kind.value)
        db.run(BRING_DEALS, numbers=numbers, entries=last, now=now)
        db.run(BRING_LINKS, numbers=numbers)
        db.run(BRING_LINES, numbers=numbers, now=now)
        db.many(
            ADD_TOTAL,
            [
                {"pipeline": pipeline, "stage": stage, "currency": currency, "n": n, "amount": amount}
                for (pipeline, stage, currency), (n, amount) in sorted(coming.totals.items())
            ],
        )
        self._tell([("config", "")])

    def _number(self, last: int) -> None:
        """Give each deal without an id a fresh one, where some of the next numbers are taken."""
        found = map(_NUMBERED.fullmatch, (row[0] for row in self.db.rows(NUMBERED_IDS)))
        taken = {int(match[1]) for match in found if match}
        free: Iterator[int] = (number for number in count(last + 1) if number not in taken)
        given = [{"number": row[0], "id": f"D{next(free)}"} for row in self.db.rows(UNNUMBERED)]
        self.db.many(GIVE_ID, given)
        self.db.rows(SET_NUMBER, number=int(given[-1]["id"][1:]))
