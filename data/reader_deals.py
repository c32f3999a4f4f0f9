"""Reading deals and clients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import and_, false, or_, select

from core.model.deal import CauseKind, Deal, Entry
from core.model.moment import Moment, iso
from core.model.people import Company, Contact
from core.ports import DealFilter, Facts
from data import mapping, mapping_events
from data.columns import table_of
from data.reader_base import the
from data.reader_config import ConfigReader
from data.reader_entries import EntryReader
from data.reader_events import EVENT_OF_ENTRY
from data.reader_listing import companies, contacts, deals, listed, top_first
from data.sql import Statement, among
from data.tables_deals import DealContactRow

links: Final = table_of(DealContactRow)
_WIDTH: Final = len(deals.c)

DEAL = Statement(
    lambda: (
        select(*deals.c, links.c.contact)
        .outerjoin(links, links.c.deal == deals.c.id)
        .where(deals.c.id == the("id"))
        .order_by(links.c.position)
    )
)
DEALS_BY_ID = Statement(
    lambda: (
        select(*deals.c, links.c.contact)
        .outerjoin(links, links.c.deal == deals.c.id)
        .where(among(deals.c.id, "ids"))
        .order_by(deals.c.id, links.c.position)
    )
)
CONTACTS_OF_DEALS = Statement(
    lambda: (
        select(links.c.deal, links.c.contact).where(among(links.c.deal, "ids")).order_by(links.c.deal, links.c.position)
    )
)
CONTACT = Statement(lambda: select(contacts).where(contacts.c.id == the("id")))
CONTACTS = Statement(lambda: select(contacts).where(among(contacts.c.id, "ids")))
COMPANY = Statement(lambda: select(companies).where(companies.c.id == the("id")))
ALL_CONTACTS = Statement(lambda: select(contacts).where(contacts.c.removed == false()).order_by(contacts.c.id))
ALL_COMPANIES = Statement(lambda: select(companies).where(companies.c.removed == false()).order_by(companies.c.id))
FIRST_CONTACTS = Statement(
    lambda: select(contacts).where(contacts.c.removed == false()).order_by(contacts.c.id).limit(the("limit"))
)
FIRST_COMPANIES = Statement(
    lambda: select(companies).where(companies.c.removed == false()).order_by(companies.c.id).limit(the("limit"))
)

_column: Final = and_(deals.c.pipeline == the("pipeline"), deals.c.stage == the("stage"), deals.c.removed == false())
TOP = Statement(lambda: select(deals.c.rank).where(_column).order_by(*top_first).limit(1))
RANK = Statement(lambda: select(deals.c.rank).where(deals.c.id == the("id"), _column))
BELOW = Statement(
    lambda: (
        select(deals.c.rank)
        .where(_column, deals.c.rank <= the("rank"), or_(deals.c.rank < the("rank"), deals.c.id > the("id")))
        .order_by(*top_first)
        .limit(1)
    )
)


class DealReader(EntryReader, ConfigReader):
    """Deals, their clients and their places in the columns."""

    def deal(self, deal_id: str) -> Deal | None:
        """Return a deal, removed ones included."""
        rows = self.db.rows(DEAL, id=deal_id)
        return mapping.deal_of(rows[0], _linked(rows)) if rows else None

    def deals_by_id(self, ids: Iterable[str]) -> Mapping[str, Deal]:
        """Return deals by id in one statement, removed ones included; unknown ids are left out."""
        rows = self.db.rows(DEALS_BY_ID, ids=list(ids))
        return {id_: mapping.deal_of(same[0], _linked(same)) for id_, same in _grouped(rows)}

    def deals(self, where: DealFilter) -> Sequence[Deal]:
        """Return deals in board order."""
        rows = listed(self.db, where)
        linked = self._linked_to([row[0] for row in rows if row[9] is not None])
        return [mapping.deal_of(row, tuple(linked.get(row[0], ()))) for row in rows]

    def contacts(self, ids: Iterable[str]) -> Mapping[str, Contact]:
        """Return contacts by id; unknown ids are left out."""
        wanted = list(ids)
        if not wanted:
            return {}
        rows = self.db.rows(CONTACT, id=wanted[0]) if len(wanted) == 1 else self.db.rows(CONTACTS, ids=wanted)
        return {row[0]: mapping.contact_of(row) for row in rows}

    def company(self, company_id: str) -> Company | None:
        """Return a company."""
        row = self.db.one(COMPANY, id=company_id)
        return mapping.company_of(row) if row else None

    def all_contacts(self, limit: int | None = None) -> Sequence[Contact]:
        """Return every contact in use (the first ``limit``), by id."""
        statement = ALL_CONTACTS if limit is None else FIRST_CONTACTS
        return [mapping.contact_of(row) for row in self.db.rows(statement, limit=limit)]

    def all_companies(self, limit: int | None = None) -> Sequence[Company]:
        """Return every company in use (the first ``limit``), by id."""
        statement = ALL_COMPANIES if limit is None else FIRST_COMPANIES
        return [mapping.company_of(row) for row in self.db.rows(statement, limit=limit)]

    def facts(self, deal: Deal, now: Moment, entry: Entry | None = None) -> Facts:
        """Return what is known of a deal; ``entry`` None reads its open one."""
        house = self.house()
        people = self.contacts(deal.contacts)
        if entry is None and deal.entry is not None:
            entry = self.entry(deal.entry)
        return Facts(
            house=house,
            deal=deal,
            contacts=tuple(people[contact] for contact in deal.contacts if contact in people),
            company=self.company(deal.company) if deal.company is not None else None,
            responsible=house.users.get(deal.responsible) if deal.responsible is not None else None,
            entry=entry,
            now=now,
            event=self._event(entry) if entry is not None and entry.cause.kind is CauseKind.TRIGGER else None,
        )

    def _event(self, entry: Entry) -> Mapping[str, Any] | None:
        """Return the data of the event that brought a deal into a stage, with its moment."""
        row = self.db.one(EVENT_OF_ENTRY, entry=entry.id)
        if row is None:
            return None
        event = mapping_events.event_of(row)
        return {**event.data, "at": iso(event.at)}

    def top_rank(self, pipeline: str, stage: str) -> int:
        """Return the greatest rank in a column, 0 when it is empty."""
        row = self.db.one(TOP, pipeline=pipeline, stage=stage)
        return row[0] if row else 0

    def neighbours(self, pipeline: str, stage: str, above: str | None) -> tuple[int | None, int | None]:
        """Return the ranks just above and just below the place right under the deal ``above`` (None: the top)."""
        upper = None if above is None else self.db.one(RANK, id=above, pipeline=pipeline, stage=stage)
        if upper is None:
            lower = self.db.one(TOP, pipeline=pipeline, stage=stage)
            return None, lower[0] if lower else None
        lower = self.db.one(BELOW, pipeline=pipeline, stage=stage, rank=upper[0], id=above)
        return upper[0], lower[0] if lower else None

    def _linked_to(self, ids: Sequence[str]) -> Mapping[str, list[str]]:
        linked: dict[str, list[str]] = {}
        for deal, contact in self.db.rows(CONTACTS_OF_DEALS, ids=ids) if ids else ():
            linked.setdefault(deal, []).append(contact)
        return linked


def _grouped(rows: Sequence[mapping.Row]) -> Iterator[tuple[Any, Sequence[mapping.Row]]]:
    return ((key, list(same)) for key, same in groupby(rows, key=itemgetter(0)))


def _linked(rows: Sequence[mapping.Row]) -> tuple[str, ...]:
    return tuple(row[_WIDTH] for row in rows if row[_WIDTH] is not None)
