"""A SQLite file as the Store's database: WAL, one writer at a time over all processes, checkpoints in one place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from core.backups import Backed
from core.ports import EngineLease
from data.lease import FileLease, engine_lock
from data.locks import WriteLock
from data.machine import fingerprint, this_machine
from data.sql import Db, DialectName
from data.troubles import troubles

PAGE: Final = 4096
STATEMENTS: Final = 512
BUSY: Final = 5.0
"""Seconds to wait for programs that know nothing of our lock, such as a SQLite shell."""
ROWS: Final = 500
"""Rows written after which an idle engine checkpoints; ten times as many, and a busy one does."""
WAL_BYTES: Final = 1000 * PAGE
OTHERS_BYTES: Final = 64 * 1024 * 1024
"""Size of the WAL at which a process that is no engine checkpoints too, because no engine seems to run."""


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open a file (``mode`` as in SQLite's URIs: ro, rw, rwc) without Python's own transactions."""
    return sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        timeout=BUSY,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=STATEMENTS,
    )


class SqliteFile:
    """One database file. ``durable`` False leaves the disk's own haste to it: for tests."""

    dialect: DialectName = "sqlite"

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self.path = path.expanduser().absolute().resolve()
        self.place = str(self.path)
        self._durable = durable
        self._write_lock = WriteLock(self.path)
        self._wal = self.path.with_name(self.path.name + "-wal")
        self._engine = False
        self._watch: Db | None = None
        self._seen: tuple[int, int] | None = None
        self._rows_done = 0
        self._wal_done = 0

    def open_writer(self) -> Db:
        """Open the connection that writes; the write lock must be held, for it may have to mend a crash."""
        db = Db(connect(self.path, "rw"), "sqlite")
        self._set_up(db)
        self._seen = self._seen or _version(db)
        return db

    def open_reader(self) -> Db:
        """Open a connection that cannot write."""
        db = Db(connect(self.path, "ro"), "sqlite")
        db.text("PRAGMA cache_size = -16384")
        return db

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock of this file against every process."""
        with self._write_lock:
            yield

    def begin(self, db: Db) -> None:
        """Begin a write transaction."""
        db.text("BEGIN IMMEDIATE")

    def begin_read(self, db: Db) -> None:
        """Begin a transaction that sees the moment of its first read."""
        db.text("BEGIN")

    def elsewhere(self, writer: Db | None) -> bool:
        """Return whether another process has written since the last call.

        SQLite counts per connection what others changed: the writer's count is the one without our own commits. While
        nothing has been written here a reader's will do; going over from one to the other counts as a change.
        """
        if writer is None and self._watch is None:
            self._watch = self.open_reader()
        db = writer or self._watch
        assert db is not None
        seen = _version(db)
        before, self._seen = self._seen, seen
        return before is not None and seen != before

    def upkeep(self, writer: Db, idle: bool) -> None:
        """Checkpoint when it is due: only the engine does, unless the WAL has grown as if there were none."""
        rows = writer.written - self._rows_done
        grown = self._wal_size() - self._wal_done
        if self._engine:
            due = rows > (ROWS if idle else 10 * ROWS) or grown > (WAL_BYTES if idle else 10 * WAL_BYTES)
        else:
            due = grown > OTHERS_BYTES
        if due:
            with self.writing():
                self._checkpoint(writer)

    def announce(self, writer: Db) -> None:
        """Do nothing: each process counts what others have written."""

    def lease(self, name: str) -> EngineLease:
        """Become the engine of this file. Raises ``Refused`` naming the process that already is."""
        lease = FileLease(engine_lock(self.path), name, self._no_engine)
        self._engine = True
        return lease

    def home(self) -> str:
        """Return the fingerprint of this machine: a file lives where its engine runs."""
        return fingerprint("sqlite", this_machine())

    def backup(self, target: Path) -> Backed:
        """Copy what is committed into a new file; nobody waits for it."""
        from data import backing_up

        return backing_up.of_file(self.path, target)

    def close(self, writer: Db | None, readers: list[Db]) -> None:
        """Close the connections under the write lock: the last one out checkpoints."""
        if self._watch is not None:
            readers = [*readers, self._watch]
        if writer is None:
            for reader in readers:
                reader.close()
        else:
            with self.writing():
                if self._engine:
                    with suppress(sqlite3.Error):  # what is committed stands in the WAL; the next engine moves it
                        self._checkpoint(writer)
                for db in (*readers, writer):
                    db.close()
        self._write_lock.close()

    def _no_engine(self) -> None:
        self._engine = False

    def _set_up(self, db: Db) -> None:
        if db.text("PRAGMA journal_mode")[0][0] != "wal":
            db.text("PRAGMA journal_mode = WAL")
        for pragma in (
            f"synchronous = {'FULL' if self._durable else 'OFF'}",
            "wal_autocheckpoint = 0",
            f"journal_size_limit = {OTHERS_BYTES}",
            "cache_size = -65536",
            "temp_store = MEMORY",
            "trusted_schema = OFF",
        ):
            db.text(f"PRAGMA {pragma}")

    def _checkpoint(self, writer: Db) -> None:
        writer.text("PRAGMA wal_checkpoint(PASSIVE)")
        self._rows_done = writer.written
        self._wal_done = self._wal_size()

    def _wal_size(self) -> int:
        try:
            return os.stat(self._wal).st_size  # noqa: PTH116 - asked after every group
        except OSError:
            return 0


def _version(db: Db) -> tuple[int, int]:
    return id(db), db.text("PRAGMA data_version")[0][0]


def copy(source: Path, target: Path) -> None:
    """Copy a database as it stands at one moment into one file, while others may use it. Raises ``StoreTrouble``."""
    put_back(source, target)
    with troubles(str(target)), closing(connect(target, "rw")) as copied:
        copied.execute("PRAGMA journal_mode = DELETE")


def put_back(source: Path, target: Path) -> None:
    """Give a database the content of another one, in one transaction. Raises ``StoreTrouble``."""
    with troubles(str(source)), closing(connect(source, "ro")) as origin:
        origin.execute("SELECT 1 FROM sqlite_master").fetchone()
        with troubles(str(target)), closing(connect(target, "rwc")) as copied:
            origin.backup(copied)
