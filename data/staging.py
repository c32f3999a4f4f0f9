"""Setting many rows aside on a connection of one's own, in temporary tables that nobody waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Table, insert
from sqlalchemy.schema import CreateTable, DropTable

from core.client_ports import ClientKind
from core.errors import StoreTrouble
from core.i18n import N_
from core.model.people import Company
from core.ports import Job, T, Tx
from core.staged import Brought, StagedClient, StagedDeal
from data import mapping
from data.numbering import Statements
from data.reader_base import the
from data.sql import Db, Statement, dialect_of
from data.tables_staged import NUMBERED, staged, staged_clients, staged_contacts, staged_metadata
from data.tx_clients import NUMBERING as CLIENTS
from data.tx_staged import COPIED
from data.tx_staged import NUMBERING as DEALS
from data.writer import Pending

Commit = Callable[[Pending], Pending]
_DEAL: Final = ("seq", "line", "fresh", "arrival", "place", "by", "deal", *COPIED)
_LINK: Final = ("seq", "position", "contact")
_CLIENT: Final = ("seq", "line", "fresh", "client", "name", "name_folded", "emails", "phones", "contacts")


def _addition(table: Table, names: Sequence[str]) -> Statement:
    return Statement(lambda: insert(table).values({name: the(name) for name in names}))


_ADD: Final = {name: _addition(table, names) for name, table, names in (
    ("deals", staged, _DEAL),
    ("contacts", staged_contacts, _LINK),
    ("clients", staged_clients, _CLIENT),
)}  # fmt: skip


class DbStaging:
    """:class:`core.ports.Staging` on a connection that is in no transaction; ``commit`` runs a job on it."""

    def __init__(self, db: Db, commit: Commit) -> None:
        self._db = db
        self._commit = commit
        self._count = self._fresh = 0
        self._totals: dict[tuple[int, str], tuple[int, int]] = {}
        for table in staged_metadata.sorted_tables:
            db.text(str(CreateTable(table).compile(dialect=dialect_of(db.dialect))))
        if db.dialect == "postgresql":
            db.text(NUMBERED)

    def add(self, deals: Sequence[StagedDeal]) -> None:
        """Set deals aside, behind those already there."""
        rows = [self._row(each) for each in deals]
        links = [
            {"seq": row["seq"], "position": position, "contact": contact}
            for row, each in zip(rows, deals, strict=True)
            for position, contact in enumerate(each.deal.contacts)
        ]
        with self._together():
            self._put("deals", staged, _DEAL, rows)
            self._put("contacts", staged_contacts, _LINK, links)

    def taken(self, ids: Sequence[str]) -> Mapping[str, int]:
        """Return which of these ids are taken: by a deal (0), or by one set aside (the line it was read on)."""
        return self._taken(DEALS, ids)

    def add_clients(self, clients: Sequence[StagedClient]) -> None:
        """Set clients aside, all of them contacts or all of them companies, behind those already there."""
        rows = [self._client_row(each) for each in clients]
        with self._together():
            self._put("clients", staged_clients, _CLIENT, rows)

    def taken_clients(self, what: ClientKind, ids: Sequence[str]) -> Mapping[str, int]:
        """Return which of these ids are taken: by a client (0), or by one set aside (the line it was read on)."""
        return self._taken(CLIENTS[what], ids)

    def client_ids(self, what: ClientKind, brought: Brought) -> Sequence[str]:
        """Return the ids of the clients that were brought in, in the order of adding."""
        return [row[0] for row in self._db.rows(CLIENTS[what]["ids"], numbers=brought.numbers)]

    def totals(self) -> Mapping[tuple[int, str], tuple[int, int]]:
        """Return how many deals were set aside, and their sum in minor units, by ``column`` and currency."""
        return self._totals

    def write(self, job: Job[T]) -> T:
        """Run a job that may ``bring_in`` what was set aside, and wait for its commit."""

        def checked(tx: Tx) -> T:
            if not self._db.usable:  # whoever commits has opened another connection, on which nothing is set aside
                raise StoreTrouble(N_("the connection to the database was lost; nothing was changed"))
            return job(tx)

        found: T = self._commit(Pending(checked)).future.result()
        return found

    def ids(self, brought: Brought) -> Sequence[str]:
        """Return the ids of the deals that were brought in, in the order of adding."""
        return [row[0] for row in self._db.rows(DEALS["ids"], numbers=brought.numbers)]

    def forget(self) -> None:
        """Remove the tables, where the connection goes on being used."""
        for table in staged_metadata.sorted_tables:
            self._db.text(str(DropTable(table).compile(dialect=dialect_of(self._db.dialect))))

    def _row(self, each: StagedDeal) -> mapping.Params:
        row = mapping.deal_params(each.deal)
        self._count += 1
        self._fresh += not each.deal.id
        row["seq"], row["fresh"] = self._count, self._fresh
        row["line"], row["arrival"], row["place"], row["by"] = each.line, each.column, each.place, each.by
        row["deal"] = each.deal.id or None
        n, amount = self._totals.get((each.column, row["currency"]), (0, 0))
        self._totals[each.column, row["currency"]] = n + 1, amount + (row["amount"] or 0)
        return row

    def _client_row(self, each: StagedClient) -> mapping.Params:
        client = each.client
        row = mapping.company_params(client) if isinstance(client, Company) else mapping.contact_params(client)
        self._count += 1
        self._fresh += not client.id
        return (
            {"contacts": None}
            | row
            | {"seq": self._count, "line": each.line, "fresh": self._fresh, "client": client.id or None}
        )

    def _taken(self, statements: Statements, ids: Sequence[str]) -> Mapping[str, int]:
        wanted = list(ids)
        here, there = (
            self._db.rows(statements["taken_here"], ids=wanted),
            self._db.rows(statements["taken"], ids=wanted),
        )
        return dict(chain(here, there))

    @contextmanager
    def _together(self) -> Iterator[None]:
        """Write in one transaction, which nobody waits for."""
        self._db.text("BEGIN")
        try:
            yield
        except BaseException:
            self._db.text("ROLLBACK")
            raise
        self._db.text("COMMIT")

    def _put(self, what: str, table: Table, names: Sequence[str], rows: Sequence[mapping.Params]) -> None:
        """Add rows: on PostgreSQL with COPY, which halves the time of reading a file there."""
        if self._db.dialect == "sqlite":
            self._db.many(_ADD[what], rows)
            return
        connection: Any = self._db.connection
        values = itemgetter(*names)
        columns = ", ".join(f'"{name}"' for name in names)
        with connection.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(values(row))
