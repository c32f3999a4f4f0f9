"""Looking for clients, and for the deals that have them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, Final, Literal

from sqlalchemy import Select, Table, false, func, or_, select

from core.client_ports import ClientKind
from core.model.people import Company, Contact
from core.safe_text import fold
from data import mapping
from data.reader_base import the
from data.reader_deals import DealReader, links
from data.reader_listing import companies, contacts, containing, deals
from data.sql import Statement

TABLES: Final = {"contacts": contacts, "companies": companies}

DEALS_OF = {
    "contacts": Statement(
        lambda: (
            select(deals.c.id)
            .join_from(links, deals, deals.c.id == links.c.deal)
            .where(links.c.contact == the("id"), deals.c.removed == false())
            .order_by(deals.c.id)
        )
    ),
    "companies": Statement(
        lambda: (
            select(deals.c.id)
            .where(deals.c.company == the("id"), deals.c.company.is_not(None), deals.c.removed == false())
            .order_by(deals.c.id)
        )
    ),
}


def _beginning(table: Table) -> Select[Any]:
    within = (table.c.id >= the("prefix"), table.c.id < the("end"), table.c.removed == false())
    return select(table.c.id).where(*within).order_by(table.c.id).limit(the("limit"))


BEGINNING = {
    what: Statement(lambda table=table: _beginning(table))  # type: ignore[misc]
    for what, table in {**TABLES, "deals": deals}.items()
}


def _searched(table: Table) -> Select[Any]:
    places = (table.c.name_folded, func.lower(table.c.id), func.lower(table.c.emails), table.c.phones)
    patterns = [place.like(the("search"), escape="\\") for place in places[:-1]]
    number = places[-1].like(the("number"), escape="\\")
    return select(table).where(table.c.removed == false(), or_(*patterns, number)).order_by(table.c.id)


SEARCHED = {what: Statement(lambda table=table: _searched(table)) for what, table in TABLES.items()}  # type: ignore[misc]


class ClientReader(DealReader):
    """Clients by what is known of them."""

    def found_contacts(self, search: str, limit: int | None = None) -> Sequence[Contact]:
        """Return contacts in use whose name, id, address or number contains a text (the first ``limit``), by id."""
        rows = self.db.rows(SEARCHED["contacts"], **_patterns(search))
        return list(islice((each for each in map(mapping.contact_of, rows) if _has(each, search)), limit))

    def found_companies(self, search: str, limit: int | None = None) -> Sequence[Company]:
        """Return client companies in use likewise."""
        rows = self.db.rows(SEARCHED["companies"], **_patterns(search))
        return list(islice((each for each in map(mapping.company_of, rows) if _has(each, search)), limit))

    def ids_beginning(self, what: Literal["deals", "contacts", "companies"], prefix: str, limit: int) -> Sequence[str]:
        """Return the first ids in use that begin with a text."""
        return [row[0] for row in self.db.rows(BEGINNING[what], prefix=prefix, end=f"{prefix}\U0010ffff", limit=limit)]

    def deals_of_client(self, what: ClientKind, client_id: str) -> Sequence[str]:
        """Return the ids of the deals in use that have a client."""
        return [row[0] for row in self.db.rows(DEALS_OF[what], id=client_id)]


def _patterns(search: str) -> dict[str, str]:
    digits = _digits(search)
    return {"search": containing(search), "number": f"%{digits}%" if digits else ""}


def _digits(search: str) -> str:
    """Return the digits of what may be a telephone number, however it is written."""
    digits = "".join(sign for sign in search if sign.isascii() and sign.isdigit())
    return digits if digits and not search.strip().strip("+0123456789 ()-./") else ""


def _has(client: Contact | Company, search: str) -> bool:
    """Return whether the text stands in a value: what is stored of addresses holds the names of their types too."""
    wanted, digits = fold(search.strip()), _digits(search)
    values = (client.name, client.id, *(each.value for each in client.emails))
    if any(wanted in fold(value) for value in values):
        return True
    return bool(digits) and any(digits in each.value for each in client.phones)
