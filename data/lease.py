"""Who runs the rules: one engine on a SQLite file, any number on PostgreSQL. The dead let go by dying."""

from __future__ import annotations

import os
import secrets
import time
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from core.errors import Refused, StoreTrouble
from core.i18n import N_
from data.locks import FileLock
from data.sql import Db

PATIENCE: Final = 0.3
"""Seconds given to an engine that is just leaving, or to somebody who only looks whether there is one."""
_PAUSE: Final = 0.01
_CLASS: Final = 0x46756E69
"""The first half of the key of PostgreSQL's advisory locks: “Funi”."""
LINES: Final = _CLASS + 1
"""The same for the locks of connections' lines, which live as long as a transaction."""


def worker_id(name: str) -> str:
    """Return a name for one engine's life that no other life has."""
    return f"{name}-{os.getpid()}-{secrets.token_hex(4)}"


def engine_lock(database: Path) -> FileLock:
    """Return the lock that the engine of a SQLite file holds."""
    return FileLock(database, "engine")


class FileLease:
    """The engine's lock on a SQLite file, signed with process and worker."""

    def __init__(self, lock: FileLock, name: str, released: Callable[[], None]) -> None:
        self.worker = worker_id(name)
        self._lock: FileLock | None = lock
        self._released = released
        until = time.monotonic() + PATIENCE
        while not lock.try_acquire():
            if time.monotonic() > until:
                raise _refusal(lock)
            time.sleep(_PAUSE)
        try:
            lock.sign(f"{os.getpid()} {self.worker}")
        except StoreTrouble:  # an engine without a name would take its own messages for a dead one's
            lock.close()
            raise

    def release(self) -> None:
        """Let another process become the engine."""
        if self._lock is not None:
            self._released()
            self._lock.sign("")
            self._lock.close()
            self._lock = None


def _refusal(lock: FileLock) -> Refused:
    pid, _, worker = lock.signature().partition(" ")
    name = worker.rsplit("-", 2)[0]
    lock.close()
    return Refused(
        N_("Process {pid} ({name}) already runs the rules of this database; stop it first, or let it work"),
        pid=pid or "?",
        name=name or "?",
    )


class ServerLease:
    """An engine among others on PostgreSQL: it lives as long as the connection that holds its advisory lock."""

    def __init__(self, name: str, released: Callable[[str], None]) -> None:
        self.worker = worker_id(name)
        self._released = released

    def release(self) -> None:
        """Leave the company of engines."""
        self._released(self.worker)


def hold(db: Db, worker: str) -> None:
    """Take the advisory lock of a worker, for as long as the connection lives."""
    db.text("SELECT pg_advisory_lock(%s::int, %s::int)", (_CLASS, _number(worker)))


def let_go(db: Db, worker: str) -> None:
    """Give the advisory lock of a worker back."""
    db.text("SELECT pg_advisory_unlock(%s::int, %s::int)", (_CLASS, _number(worker)))


def living(db: Db, workers: Iterable[str]) -> set[str]:
    """Return which of these engines are alive, whatever process they run in."""
    workers = set(workers)
    if not workers:
        return set()
    if db.dialect == "sqlite":
        return _living_on_file(db, workers)
    numbers = engines(db)
    return {worker for worker in workers if _number(worker) & 0xFFFFFFFF in numbers}


def engines(db: Db) -> set[int]:
    """Return the numbers of the engines that hold a lock on this PostgreSQL database."""
    held = db.text(
        "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid::bigint = %s"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        (_CLASS,),
    )
    return {row[0] for row in held}


def _living_on_file(db: Db, workers: set[str]) -> set[str]:
    path = db.text("PRAGMA database_list")[0][2]
    if not path or not Path(path).is_absolute():  # a database in memory has no engine but the caller's
        return set()
    lock = engine_lock(Path(path))
    try:
        if lock.try_acquire():
            return set()
        return workers & {lock.signature().partition(" ")[2]}
    finally:
        lock.close()


def _number(worker: str) -> int:
    number = zlib.crc32(worker.encode())
    return number - (1 << 32) if number >= 1 << 31 else number
