"""The Store on the caller's own thread, with nothing that happens by itself: for simulators and quick tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from core.backups import Backed
from core.ports import EngineLease, Job, Priority, Reader, Staging, T
from data.sql import Db
from data.store import MakeReader
from data.writer import Committer, MakeTx, Pending


class _OneConnection:
    """A database that is nothing but a connection, shared by all who use it."""

    place = "memory"

    def __init__(self, db: Db) -> None:
        self.dialect = db.dialect
        self._db = db
        self._begin = "BEGIN IMMEDIATE" if db.dialect == "sqlite" else "BEGIN"

    def open_writer(self) -> Db:
        return self._db

    def open_reader(self) -> Db:
        return self._db

    def writing(self) -> AbstractContextManager[None]:
        return nullcontext()

    def begin(self, db: Db) -> None:
        db.text(self._begin)

    def begin_read(self, db: Db) -> None:
        db.text("BEGIN")

    def elsewhere(self, writer: Db | None) -> bool:
        return False

    def upkeep(self, writer: Db, idle: bool) -> None:
        return

    def announce(self, writer: Db) -> None:
        return

    def lease(self, name: str) -> EngineLease:
        return _Granted(name)

    def home(self) -> str:
        return "inline"

    def backup(self, target: Path) -> Backed:
        raise NotImplementedError("memory is not backed up")

    def close(self, writer: Db | None, readers: list[Db]) -> None:
        return


class InlineStore:
    """:class:`core.ports.Store` without a thread: what it is asked for is done when the call comes back.

    ``before_commit`` and ``after_commit`` may raise something that is no ``Exception`` to let this process die there;
    the store is of no more use then, and another one over the same ``db`` is the next life. Several may share a ``db``
    as processes share a file; every engine's lease is granted.
    """

    def __init__(
        self,
        db: Db,
        make_reader: MakeReader,
        make_tx: MakeTx,
        *,
        before_commit: Callable[[], None] = lambda: None,
        after_commit: Callable[[], None] = lambda: None,
    ) -> None:
        self._db = db
        self._make_reader = make_reader
        self._committer = Committer(_OneConnection(db), make_tx, before_commit=before_commit, after_commit=after_commit)
        self._listeners: list[Callable[[], None]] = []
        self._own = 0
        self._seen = db.written

    async def write(self, job: Job[T], priority: Priority = Priority.SCREEN) -> T:
        """Run a job and commit it, at once."""
        return self.write_now(job, priority)

    def write_now(self, job: Job[T], priority: Priority = Priority.SCREEN) -> T:
        """Run a job and commit it."""
        return self.submit(job, priority).result()

    def submit(self, job: Job[T], priority: Priority = Priority.SCREEN) -> Future[T]:
        """Run a job and commit it; the future is done when it comes back."""
        return self._commit(Pending(job, priority)).future

    def _commit(self, pending: Pending) -> Pending:
        before = self._db.written
        wrote, again = self._committer.commit(pending)
        while again:
            wrote, again = self._committer.commit(pending)
        self._own += self._db.written - before
        if wrote:
            for listener in self._listeners:
                listener()
        return pending

    def read(self, query: Callable[[Reader], T]) -> T:
        """Run a read; nothing else can happen meanwhile."""
        return query(self._make_reader(self._db))

    def on_commit(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after every commit through this store; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @contextmanager
    def staging(self) -> Iterator[Staging]:
        """Set rows aside on the one connection that there is."""
        from data.staging import DbStaging

        staging = DbStaging(self._db, self._commit)
        try:
            yield staging
        finally:
            staging.forget()

    def take_engine_lease(self, name: str) -> EngineLease:
        """Grant a lease to whoever asks; the worker's id is the name, so that runs repeat."""
        return _Granted(name)

    def changed_elsewhere(self) -> bool:
        """Return whether another store over the same connection has written since the last call."""
        others = self._db.written - self._own
        before, self._seen = self._seen, others
        return others != before

    def close(self) -> None:
        """Do nothing: the connection is the simulator's."""


class _Granted:
    def __init__(self, worker: str) -> None:
        self.worker = worker

    def release(self) -> None:
        return
