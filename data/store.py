"""The Store: one writer, many readers, and who wants to hear of a commit. For SQLite and PostgreSQL alike."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Final

from core.errors import StoreTrouble
from core.i18n import N_
from core.ports import EngineLease, Job, Priority, Reader, Staging, T
from data.database import Database
from data.sql import Db
from data.troubles import troubles
from data.writer import Committer, MakeTx, Pending, Writer

MakeReader = Callable[[Db], Reader]
_log: Final = logging.getLogger("funil.store")


class SqlStore:
    """Keeps everything in one SQL database (:class:`core.ports.Store`).

    ``on_commit`` callbacks run on the writer's thread after each commit that changed a row; they must be quick and
    must not write.
    """

    def __init__(self, database: Database, make_reader: MakeReader, make_tx: MakeTx, reader: Db | None = None) -> None:
        self.database = database
        self._make_reader = make_reader
        self._make_tx = make_tx
        self._committer = Committer(database, make_tx)
        self._writer = Writer(self._committer, self._tell)
        self._idle_readers: list[Db] = [] if reader is None else [reader]
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._closed = False

    def write(self, job: Job[T], priority: Priority = Priority.SCREEN) -> Awaitable[T]:
        """Run a job on the writer and wait for its commit without blocking the loop."""
        return asyncio.wrap_future(self.submit(job, priority))

    def write_now(self, job: Job[T], priority: Priority = Priority.SCREEN) -> T:
        """Run a job and block until it is committed."""
        return self.submit(job, priority).result()

    def submit(self, job: Job[T], priority: Priority = Priority.SCREEN) -> Future[T]:
        """Hand a job to the writer. A job may run twice before it is committed once, so it must be repeatable."""
        return self._writer.submit(job, priority)

    def read(self, query: Callable[[Reader], T]) -> T:
        """Run a short read on a connection of its own, in one snapshot."""
        if self._closed:
            raise StoreTrouble(N_("The database has been closed"))
        with troubles(self.database.place):
            db, fresh = self._reader()
            try:
                return self._in_snapshot(db, query)
            except Exception:
                if fresh or db.usable:
                    raise
            return self._in_snapshot(self.database.open_reader(), query)

    @contextmanager
    def staging(self) -> Iterator[Staging]:
        """Open a place where a long write sets its rows aside: a connection of its own, that holds nothing meanwhile.

        Its one transaction takes its turn with the writer's. What stays set aside at the end is forgotten.
        """
        from data.staging import DbStaging

        with troubles(self.database.place):
            with self._committer.lock, self.database.writing():
                db = self.database.open_writer()
            try:
                if db.dialect == "sqlite":
                    db.text("PRAGMA temp_store = FILE")
                yield DbStaging(db, lambda pending: self._commit_staged(db, pending))
            finally:
                with self._committer.lock, self.database.writing():
                    db.close()

    def on_commit(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after every commit of this process that changed something; returns how to stop that."""
        self._listeners = (*self._listeners, listener)

        def stop() -> None:
            self._listeners = tuple(known for known in self._listeners if known is not listener)

        return stop

    def take_engine_lease(self, name: str) -> EngineLease:
        """Become the engine of this database. Raises ``Refused`` naming the process that already is (SQLite)."""
        return self.database.lease(name)

    def home(self) -> str:
        """Return the fingerprint of where this database lives now."""
        with troubles(self.database.place):
            return self.database.home()

    def changed_elsewhere(self) -> bool:
        """Return whether another process has written since the last call."""
        with troubles(self.database.place):
            return self._committer.elsewhere()

    def close(self) -> None:
        """Finish what is queued and let go of the files; the engine's lease should be released before."""
        if not self._closed:
            self._closed = True
            self._writer.close()
            self.database.close(self._committer.db, self._idle_readers)

    def _commit_staged(self, db: Db, pending: Pending) -> Pending:
        committer = Committer(self.database, self._make_tx, lock=self._committer.lock, db=db)
        wrote, again = committer.commit(pending)
        while again:
            wrote, again = committer.commit(pending)
        if committer.db is not None and committer.db is not db:
            committer.db.close()
        if wrote:
            with suppress(Exception):  # what is written is written; who was not told looks again by and by
                self.database.announce(db)
            self._tell()
        return pending

    def _reader(self) -> tuple[Db, bool]:
        try:
            return self._idle_readers.pop(), False
        except IndexError:
            return self.database.open_reader(), True

    def _in_snapshot(self, db: Db, query: Callable[[Reader], T]) -> T:
        try:
            self.database.begin_read(db)
            return query(self._make_reader(db))
        finally:
            self._give_back(db)

    def _give_back(self, db: Db) -> None:
        if db.usable and not db.lost_transaction:
            db.text("ROLLBACK")
        if self._closed or not db.usable:
            db.close()
        else:
            self._idle_readers.append(db)

    def _tell(self) -> None:
        for listener in self._listeners:
            try:
                listener()
            except Exception:
                _log.exception("a commit's listener failed")
