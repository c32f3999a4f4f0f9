"""From an address to a Store: finding the database, judging its version, making and upgrading it."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final, Literal

from core.errors import BadInput, StoreTrouble
from core.i18n import N_
from core.ports import Clock, Reader, Tx
from data.database import Database
from data.sql import Db
from data.sqlite import SqliteFile
from data.store import MakeReader, SqlStore
from data.troubles import DAMAGED, troubles
from data.writer import MakeTx

REVISIONS: Final = ("0001", "0002", "0003", "0004")
"""Every revision of the tables that this program knows, oldest first; the last one is what it works with."""
HEAD: Final = REVISIONS[-1]

State = Literal["missing", "empty", "older", "current"]
Made = Literal["created", "upgraded", "unchanged"]
_SQLITE: Final = "sqlite:///"
_POSTGRESQL: Final = re.compile(r"postgres(ql)?(\+psycopg)?://")


def default_url() -> str:
    """Return the address of the user's own database."""
    from platformdirs import user_data_path

    return f"{_SQLITE}{user_data_path('funil', appauthor=False) / 'funil.db'}"


def locate(url: str, *, durable: bool = True) -> Database:
    """Return the database behind an address, without touching it. Raises ``BadInput``."""
    if url.startswith(_SQLITE) and len(url) > len(_SQLITE):
        path = Path(url.removeprefix(_SQLITE))
        if path.name and not path.is_dir():
            return SqliteFile(path, durable=durable)
        raise BadInput(N_("{place} is a folder; give the path of a database file"), place=str(path))
    if _POSTGRESQL.match(url):
        from data.postgres import PostgresServer

        return PostgresServer(_POSTGRESQL.sub("postgresql+psycopg://", url, count=1), durable=durable)
    raise BadInput(
        N_("“{url}” is no database address; use sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE"), url=url
    )


def open_store(
    url: str | None = None, *, clock: Clock, create: bool = False, migrate: bool = False, durable: bool = True
) -> SqlStore:
    """Open a database. ``create`` makes it where there is none, ``migrate`` upgrades an older one.

    ``durable`` False leaves commits to the disk's own pace, for tests. Raises ``StoreTrouble`` for a database that is
    missing, older, newer or not Funil's.
    """
    address = url or default_url()
    database = locate(address, durable=durable)
    state, reader = examine(database)
    if (state in ("missing", "empty") and create) or (state == "older" and migrate):
        if reader is not None:
            reader.close()
        init_database(address)
        state, reader = examine(database)
    if state != "current" or reader is None:
        database.close(None, [reader] if reader else [])
        raise _not_ready(state, database.place)
    return SqlStore(database, *makers(clock), reader)


def init_database(url: str | None = None, *, house: str | None = None) -> Made:
    """Create a database or upgrade it to this program's version; done again it changes nothing.

    A SQLite file is copied first and put back as it was when the upgrade fails. ``house`` is the new house's id, random
    unless given. Raises ``StoreTrouble``, or ``Refused`` while an engine runs on it.
    """
    from data.upgrading import upgrade

    database = locate(url or default_url())
    state, reader = examine(database)
    if reader is not None:
        reader.close()
    if state == "current":
        return "unchanged"
    upgrade(database, house=house or new_house_id())
    return "upgraded" if state == "older" else "created"


def new_house_id() -> str:
    """Return an id for a house that no other house has."""
    return secrets.token_hex(8)


def examine(database: Database) -> tuple[State, Db | None]:
    """Judge a database by the revision that it notes; returns the connection that looked, for further reads.

    Raises ``StoreTrouble`` for one of a newer Funil, or of something else.
    """
    if isinstance(database, SqliteFile) and not database.path.exists():
        return "missing", None
    with troubles(database.place):
        db = database.open_reader()
        try:
            return _state(db, database.place), db
        except Exception:
            db.close()
            raise


def _state(db: Db, place: str) -> State:
    tables = {row[0] for row in db.text(_TABLES[db.dialect])}
    if not tables:
        return "empty"
    if not {"alembic_version", "meta"} <= tables:
        raise StoreTrouble(N_("{place} holds something else than a Funil database; give another path"), place=place)
    revision = db.text("SELECT version_num FROM alembic_version")[0][0]
    if revision == HEAD:
        return "current"
    if revision in REVISIONS:
        return "older"
    raise StoreTrouble(
        N_("{place} was made by a newer Funil (revision {revision}); upgrade this one to open it"),
        place=place,
        revision=revision,
    )


_TABLES: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}


def damage(database: Database, error: Exception) -> StoreTrouble | None:
    """Return the trouble behind a failure that nobody foresaw, where SQLite's file is to blame.

    What SQLite cannot make sense of it says itself; a flipped bit in a table's name or a text only shows in what the
    program stumbles over.
    """
    if not isinstance(database, SqliteFile) or not database.path.exists():
        return None
    told = isinstance(error, sqlite3.Error | UnicodeDecodeError | json.JSONDecodeError) or not _sound(database)
    return StoreTrouble(DAMAGED, place=database.place) if told else None


def _sound(database: SqliteFile) -> bool:
    try:
        with closing(database.open_reader()) as db:
            return db.text("PRAGMA integrity_check(1)") == [("ok",)] and _of_its_kinds(db)
    except (sqlite3.Error, UnicodeDecodeError):
        return False


_KINDS: Final = {"TEXT": "text", "BLOB": "blob"}


def _of_its_kinds(db: Db) -> bool:
    """Return whether every number is a number, every text a text, every file bytes: SQLite leaves that to its users."""
    for (table,) in db.text(_TABLES["sqlite"]):
        for _, column, kind, *_ in db.text(f'PRAGMA table_info("{table}")'):
            wanted = _KINDS.get(kind, "text" if kind.startswith("VARCHAR") else "integer")
            odd = f"SELECT 1 FROM \"{table}\" WHERE typeof(\"{column}\") NOT IN ('{wanted}', 'null') LIMIT 1"
            if db.text(odd):
                return False
    return True


def _not_ready(state: State, place: str) -> StoreTrouble:
    if state == "older":
        return StoreTrouble(N_("{place} was made by an older Funil; “funil init” upgrades it"), place=place)
    return StoreTrouble(N_("There is no Funil database at {place}; “funil init” makes one"), place=place)


def makers(clock: Clock) -> tuple[MakeReader, MakeTx]:
    """Return what makes readers and write transactions of connections; they share one memory."""
    from data.reader import SqlReader
    from data.reader_base import Memory

    memory = Memory()

    def make_reader(db: Db) -> Reader:
        return SqlReader(db, memory, clock)

    def make_tx(db: Db) -> Tx:
        from data.tx import SqlTx  # who only reads never needs it

        return SqlTx(db, memory, clock)

    return make_reader, make_tx
