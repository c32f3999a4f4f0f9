"""PostgreSQL as the Store's database: the server keeps writers apart, NOTIFY carries the news."""

from __future__ import annotations

import secrets
import time
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.types.numeric import Int8Dumper
from sqlalchemy.engine import make_url

from core.backups import Backed
from core.errors import BadInput, StoreTrouble
from core.i18n import N_
from core.ports import EngineLease
from data.lease import ServerLease, hold, let_go
from data.machine import fingerprint
from data.sql import Db, DialectName
from data.troubles import UNREACHABLE

CHANNEL: Final = "funil"
QUIET: Final = 0.1
"""Seconds between two pieces of news while the writer is busy."""


def conninfo(url: str) -> dict[str, Any]:
    """Return what libpq needs to know of a ``postgresql+psycopg://`` URL. Raises ``BadInput``."""
    try:
        parsed = make_url(url)
    except Exception as error:
        raise BadInput(
            N_("This is no PostgreSQL address; one looks like postgresql+psycopg://USER@HOST/DATABASE")
        ) from error
    known = parsed.translate_connect_args(username="user", database="dbname")
    return {**parsed.query, **known}


class PostgresServer:
    """One database on a PostgreSQL server. ``durable`` False: commits do not wait for the disk, for tests."""

    dialect: DialectName = "postgresql"

    def __init__(self, url: str, *, durable: bool = True) -> None:
        self._info = conninfo(url)
        host = self._info.get("host") or "localhost"
        self.place = f"{self._info.get('dbname', '')} ({host})"
        self._durable = durable
        self._me = secrets.token_hex(8)
        self._watch: Db | None = None
        self._workers: set[str] = set()
        self._told = 0
        self._told_at = 0.0

    def connect(self) -> psycopg.Connection[Any]:
        """Open a connection without transactions of its own. Raises ``StoreTrouble``."""
        try:
            connection: psycopg.Connection[Any] = psycopg.connect(
                **{"connect_timeout": 10, "application_name": "funil", **self._info},
                autocommit=True,
                client_encoding="utf8",
            )
        except psycopg.Error as error:
            raise StoreTrouble(UNREACHABLE, place=self.place, detail=_reason(error)) from error
        # One wire type for every integer: else each size of number would be a prepared statement of its own.
        connection.adapters.register_dumper(int, Int8Dumper)
        connection.prepare_threshold = 2
        return connection

    def plain(self) -> psycopg.Connection[Any]:
        """Open a connection as SQLAlchemy wants it, for migrations."""
        connection = self.connect()
        connection.autocommit = False
        return connection

    def open_writer(self) -> Db:
        """Open the connection that writes."""
        db = Db(self.connect(), "postgresql")
        if not self._durable:
            db.text("SET synchronous_commit = off")
        self._told = 0
        return db

    def open_reader(self) -> Db:
        """Open a connection that cannot write."""
        return Db(self.connect(), "postgresql")

    def writing(self) -> AbstractContextManager[None]:
        """Hold nothing: the server keeps writers apart."""
        return nullcontext()

    def begin(self, db: Db) -> None:
        """Begin a write transaction; each of its statements sees what others have committed."""
        db.text("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")

    def begin_read(self, db: Db) -> None:
        """Begin a transaction that sees the moment of its first read."""
        db.text("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def elsewhere(self, writer: Db | None) -> bool:
        """Return whether another process has told of a change since the last call; a lost connection counts as one."""
        try:
            connection: Any = self._watching().connection
            news = list(connection.notifies(timeout=0))
        except (psycopg.Error, StoreTrouble):
            if self._watch is not None:
                self._watch.close()
            self._watch = None
            return True
        return any(item.payload != self._me for item in news)

    def upkeep(self, writer: Db, idle: bool) -> None:
        """Tell the others of what was written: at once when idle, else now and then.

        Telling inside the transaction would make all commits of the server queue behind one lock.
        """
        if writer.written == self._told or not (idle or time.monotonic() - self._told_at > QUIET):
            return
        self._told, self._told_at = writer.written, time.monotonic()
        try:
            self.announce(writer)
        except psycopg.OperationalError:
            self._told = 0

    def announce(self, writer: Db) -> None:
        """Tell other processes at once that ``writer`` has written."""
        writer.text("SELECT pg_notify(%s, %s)", (CHANNEL, self._me))

    def lease(self, name: str) -> EngineLease:
        """Become one of the engines of this database."""
        lease = ServerLease(name, self._leave)
        hold(self._watching(), lease.worker)
        self._workers.add(lease.worker)
        return lease

    def home(self) -> str:
        """Return the fingerprint of this database on this server; a dump that is restored elsewhere has another one."""
        db = self.open_reader()
        try:
            oid, name = db.text(_DATABASE)[0]
            return fingerprint("postgresql", _system(db), str(oid), name)
        finally:
            db.close()

    def backup(self, target: Path) -> Backed:
        """Have pg_dump copy what is committed into a new file."""
        from data import backing_up

        return backing_up.of_server(self._info, self.place, target)

    def close(self, writer: Db | None, readers: list[Db]) -> None:
        """Close the connections."""
        for db in (*readers, writer, self._watch):
            if db is not None:
                db.close()
        self._watch = None

    def _leave(self, worker: str) -> None:
        self._workers.discard(worker)
        if self._watch is not None and self._watch.usable:
            with suppress(psycopg.OperationalError):  # the line is gone, and the lock with it
                let_go(self._watch, worker)

    def _watching(self) -> Db:
        if self._watch is None or not self._watch.usable:
            self._watch = Db(self.connect(), "postgresql")
            self._watch.text(f"LISTEN {CHANNEL}")
            for worker in self._workers:
                hold(self._watch, worker)
        return self._watch


_DATABASE: Final = "SELECT oid::bigint, datname FROM pg_database WHERE datname = current_database()"
_SYSTEM: Final = "SELECT system_identifier FROM pg_control_system()"


def _system(db: Db) -> str:
    """Return the identifier that the server got when it was set up; nothing where this user may not ask for it."""
    try:
        return str(db.text(_SYSTEM)[0][0])
    except psycopg.errors.InsufficientPrivilege:
        return ""


def _reason(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rpartition("FATAL:")[2].strip() if lines else type(error).__name__
