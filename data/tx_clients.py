"""Making clients: one with a fresh id, or all that were set aside."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Executable, insert, literal_column, select

from core.client_ports import ClientKind
from core.staged import Brought
from data.numbering import Numbered, give
from data.reader_clients import TABLES
from data.reader_listing import companies, contacts
from data.sql import Statement
from data.tables_staged import staged_clients
from data.tx_addresses import AddressWriter
from data.tx_feed import FeedWriter

NUMBERED: Final = {
    "contacts": Numbered(contacts, staged_clients, "client", "C", "contact_number"),
    "companies": Numbered(companies, staged_clients, "client", "F", "company_number"),
}
NUMBERING: Final = {what: numbered.statements() for what, numbered in NUMBERED.items()}
CONTACT_IDS: Final = NUMBERING["contacts"]
COMPANY_IDS: Final = NUMBERING["companies"]


def _bring(what: str, no: str) -> Executable:
    target = TABLES[what]
    values = {
        column.name: NUMBERED[what].id
        if column.name == "id"
        else literal_column(no)
        if column.name == "removed"
        else staged_clients.c[column.name]
        for column in target.c
    }
    return insert(target).from_select(list(values), select(*values.values()).order_by(staged_clients.c.seq))


BRING_CLIENTS = {
    what: Statement(lambda what=what: _bring(what, "0"), lambda what=what: _bring(what, "false"))  # type: ignore[misc]
    for what in TABLES
}


class ClientWriter(AddressWriter, FeedWriter):
    """Makes real clients of those set aside on this connection."""

    def new_client_id(self, what: ClientKind) -> str:
        """Return a fresh readable id (``C1001`` a contact, ``F1001`` a company) that no such client has."""
        statements, letter = NUMBERING[what], NUMBERED[what].letter
        while True:
            fresh = f"{letter}{self.db.rows(statements['take'], n=1)[0][0]}"
            if not self.db.rows(statements["taken"], ids=[fresh]):
                return fresh

    def bring_in_clients(self, what: ClientKind) -> Brought:
        """Make real clients of all that was set aside, unless some of their ids are taken by now."""
        numbers, taken = give(self.db, NUMBERING[what], NUMBERED[what].letter)
        if not taken:
            self.db.run(BRING_CLIENTS[what], numbers=numbers)
            brought = self.db.rows(NUMBERING[what]["ids"], numbers=numbers)
            self.index_addresses(what, [row[0] for row in brought])
            self._tell([("config", "")])
        return Brought(numbers, taken)
