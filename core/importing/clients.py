"""Making contacts and client companies of rows, with every value checked as anywhere else."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from core import clients, phones
from core.client_ports import ClientKind
from core.commands import lookup
from core.commands.clients import ALREADY, Client, parted
from core.errors import BadInput, FunilError, Refused
from core.i18n import N_
from core.importing.header import spelled
from core.importing.intake import Sort, Tell, Wish, refuse_taken, take_in
from core.importing.people import Directory
from core.importing.report import Problem, Report
from core.importing.rows import Shape
from core.importing.source import Source
from core.importing.table import Record
from core.model.frozen import replace
from core.model.people import Address, Company, Contact, EmailType, PhoneType
from core.naming import check_id
from core.ports import Job, Staging, Store, Tx
from core.staged import Brought, StagedClient

TYPED: Final = {
    **{f"email_{kind.value.lower()}": f"{kind.value}:" for kind in EmailType},
    **{f"phone_{kind.value.lower()}": f"{kind.value}:" for kind in PhoneType},
}
"""Columns of one type of address, and the prefix that says the same."""
COLUMNS: Final[Mapping[ClientKind, tuple[str, ...]]] = {
    "contacts": ("id", "name", "email", "phone", "opted_out", *TYPED),
    "companies": ("id", "name", "email", "phone", "opted_out", *TYPED, "contact"),
}
Read: TypeAlias = Callable[[Sequence[str]], tuple[Address, ...]]
_SAME: Final = {"emails": "email", "phones": "phone", "contacts": "contact"}
_ALL: Final = frozenset({"true", "yes", "1", "sim", "x"})
_NONE: Final = frozenset({"false", "no", "0", "não", "nao"})


def import_clients(
    store: Store,
    source: Source,
    wish: Wish,
    what: ClientKind,
    tell: Tell = lambda rows, share: None,
    at_last: Callable[[], None] = lambda: None,
) -> Report:
    """Make a contact, or a client company, of each row. See :func:`core.importing.intake.take_in`."""
    sort: Sort[Client] = _Clients(store, what)
    return take_in(store, source, wish, sort, tell, at_last)


class _Clients:
    """Rows that become contacts, or client companies."""

    def __init__(self, store: Store, what: ClientKind) -> None:
        self.already = ALREADY[what]
        self._store = store
        self._what = what
        self._region = phones.region_of(store.read(lambda reader: reader.house()).company)

    def meaning(self, name: str) -> str | None:
        """Return what a column's name means."""
        return spelled(_SAME.get(name.casefold(), name), COLUMNS[self._what])

    def suggest(self, name: str) -> str | None:
        """Return the column that a misspelt name may have meant."""
        near = difflib.get_close_matches(name.casefold()[:60], COLUMNS[self._what], 1)
        return near[0] if near else None

    def reader(self, names: Sequence[str], columns: Sequence[str | None]) -> ClientReader:
        """Return who reads the rows; those of companies may name contacts by anything."""
        known = self._store.read(lambda reader: reader.all_contacts()) if "contact" in columns else ()
        directory = Directory(known, self._region, N_("there is no contact “{text}”"))
        return ClientReader(self._what, directory, self._region, names, columns)

    def id(self, thing: Client) -> str:
        """Return a client's id, empty for a fresh one."""
        return thing.id

    def taken(self, staging: Staging, ids: Sequence[str]) -> Mapping[str, int]:
        """Return which ids are taken."""
        return staging.taken_clients(self._what, ids)

    def set_aside(self, staging: Staging, things: Sequence[tuple[int, Client]]) -> None:
        """Set clients aside."""
        staging.add_clients([StagedClient(line, client) for line, client in things])

    def finishing(self, staging: Staging, at_last: Callable[[], None]) -> Job[Brought]:
        """Return the job that brings the staged clients in. Raises ``Refused`` for ids that are taken by now."""

        def job(tx: Tx) -> Brought:
            if phones.region_of(tx.house().company) != self._region:
                raise Refused(N_("the company's country was changed while the file was read; try again"))
            brought = tx.bring_in_clients(self._what)
            words = N_("somebody else made clients with these ids meanwhile: {ids}; try again")
            refuse_taken(brought, words, lookup.names(brought.taken))
            at_last()
            return brought

        return job

    def ids(self, staging: Staging, brought: Brought) -> Sequence[str]:
        """Return the ids of the clients made."""
        return staging.client_ids(self._what, brought)


class ClientReader:
    """Reads rows into clients. ``names`` are the columns and ``meanings`` theirs."""

    def __init__(
        self, what: ClientKind, known: Directory, region: str, names: Sequence[str], meanings: Sequence[str | None]
    ) -> None:
        if "name" not in meanings:
            raise BadInput(N_("no column is the name: call one “name”, or map it with --map COLUMN=name"))
        self._what = what
        self._known = known
        self._region = region
        self._names = names
        self._at = {each: index for index, each in enumerate(meanings) if each}
        self._shape = Shape(names)
        self._emails = [each for each in self._at if each.startswith("email")]
        self._phones = [each for each in self._at if each.startswith("phone")]
        self._column = ""

    def read(self, record: Record) -> Client | Problem:
        """Return the client that a row describes (with an empty id where it names none), or what is wrong with it."""
        wrong = self._shape.misfit(record)
        if wrong:
            return wrong
        try:
            return self._client(record.cells)
        except FunilError as error:
            return Problem(record.line, self._column, error.words)

    def _client(self, cells: Sequence[str]) -> Client:
        own = self._cell(cells, "id").strip()
        client_id = check_id(own) if own else ""
        name = clients.name(self._cell(cells, "name"))
        emails = self._addresses(cells, self._emails, clients.emails)
        numbers = self._addresses(cells, self._phones, lambda texts: clients.numbers(texts, self._region))
        made: Client = Contact(id=client_id, name=name, emails=emails, phones=numbers)
        if self._what == "companies":
            members = tuple(dict.fromkeys(map(self._known.find, parted(self._cell(cells, "contact")))))
            made = Company(id=client_id, name=name, emails=emails, phones=numbers, contacts=members)
        marks = self._cell(cells, "opted_out").strip()
        if not marks or marks.casefold() in _NONE:
            return made
        if marks.casefold() in _ALL:
            everything = [tuple(replace(each, opted_out=True) for each in kind) for kind in (emails, numbers)]
            return replace(made, emails=everything[0], phones=everything[1])
        found: Client = clients.opted_out(made, parted(marks), self._region)
        return found

    def _cell(self, cells: Sequence[str], meaning: str) -> str:
        """Return what stands in a column, noted as the one to blame; nothing where there is no such column."""
        place = self._at.get(meaning)
        if place is None:
            return ""
        self._column = self._names[place]
        return cells[place]

    def _addresses(self, cells: Sequence[str], columns: Sequence[str], read: Read) -> tuple[Address, ...]:
        """Return what stands in some columns together; where that is wrong, the first wrong one is to blame."""
        try:
            return read(self._typed(cells, columns))
        except FunilError:
            for column in columns:
                read(self._typed(cells, [column]))
            raise

    def _typed(self, cells: Sequence[str], columns: Sequence[str]) -> list[str]:
        """Return the addresses of some columns, each with the type that its column says."""
        return [f"{TYPED.get(column, '')}{each}" for column in columns for each in parted(self._cell(cells, column))]
