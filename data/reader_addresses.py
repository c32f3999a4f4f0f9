"""Whose an address is, and which deals its owners have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import CompoundSelect, Select, false, or_, select, true, union

from core.model.talk import Owner
from data.columns import table_of
from data.reader_base import Base, the
from data.sql import Statement, among
from data.tables_deals import AddressRow, CompanyRow, ContactRow, DealContactRow, DealRow

addresses: Final = table_of(AddressRow)
contacts: Final = table_of(ContactRow)
companies: Final = table_of(CompanyRow)
links: Final = table_of(DealContactRow)
deals: Final = table_of(DealRow)


def _owners() -> Select[tuple[str, str]]:
    found = select(addresses.c.owner_kind, addresses.c.owner)
    found = found.outerjoin(contacts, (addresses.c.owner_kind == "contact") & (contacts.c.id == addresses.c.owner))
    found = found.outerjoin(companies, (addresses.c.owner_kind == "company") & (companies.c.id == addresses.c.owner))
    present = or_(contacts.c.removed == false(), companies.c.removed == false())
    found = found.where(addresses.c.value == the("value"), addresses.c.kind == the("kind"), present)
    # “contact” stands behind “company” in the alphabet, and a person before a firm here.
    return found.order_by(addresses.c.owner_kind.desc(), addresses.c.owner)


OWNERS = Statement(_owners)
OPTED_OUT = Statement(
    lambda: (
        select(addresses.c.value).where(among(addresses.c.value, "values"), addresses.c.opted_out == true()).distinct()
    )
)
_here: Final = (deals.c.closed == false(), deals.c.removed == false())


def _deals_of(*which: Any) -> CompoundSelect[tuple[str]]:
    return union(
        select(deals.c.id).join(links, links.c.deal == deals.c.id).where(among(links.c.contact, "contacts"), *which),
        select(deals.c.id).where(among(deals.c.company, "companies"), deals.c.company.is_not(None), *which),
    ).order_by("id")


OPEN_DEALS = Statement(lambda: _deals_of(*_here))
DEALS_OF = Statement(_deals_of)


def lowered(value: str) -> str:
    """Return an address as it is kept: only A to Z in small letters, since both databases agree on these."""
    return "".join(char.lower() if "A" <= char <= "Z" else char for char in value)


class AddressReader(Base):
    """From an address to people and their deals."""

    def owners_of(self, kind: str, value: str) -> Sequence[Owner]:
        """Return the clients in use who have an address (``email`` or ``phone``), contacts first, then by id."""
        return [Owner(*row) for row in self.db.rows(OWNERS, kind=kind, value=lowered(value))]

    def opted_out(self, values: Iterable[str]) -> frozenset[str]:
        """Return those of these addresses and numbers, in small letters, at which somebody wants no messages: whoever
        that is, removed clients included."""
        wanted = list({lowered(value) for value in values})
        return frozenset(row[0] for row in self.db.rows(OPTED_OUT, values=wanted)) if wanted else frozenset()

    def open_deals_of(self, owners: Iterable[Owner]) -> Sequence[str]:
        """Return the open deals that have one of these clients as a contact or as their company, by id."""
        return self._deals(OPEN_DEALS, owners)

    def deals_of(self, owners: Iterable[Owner]) -> Sequence[str]:
        """Return all deals of these clients, closed and removed ones too, by id."""
        return self._deals(DEALS_OF, owners)

    def _deals(self, statement: Statement, owners: Iterable[Owner]) -> Sequence[str]:
        known = list(owners)
        people = [owner.id for owner in known if owner.kind == "contact"]
        firms = [owner.id for owner in known if owner.kind == "company"]
        return [row[0] for row in self.db.rows(statement, contacts=people, companies=firms)] if known else []
