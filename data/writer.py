"""Writing: jobs run one after another in one place, and share a commit when several wait.

:class:`Committer` is everything but the thread, so that a simulator can drive it; :class:`Writer` is the thread.
"""

from __future__ import annotations

import contextlib
import heapq
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from typing import Any, Final

from core.errors import StoreTrouble
from core.i18n import N_
from core.ports import Job, Priority, T, Tx
from data.database import Database
from data.sql import Db
from data.troubles import at_commit, passes, translate

MakeTx = Callable[[Db], Tx]
GROUP: Final = 64
"""Most jobs in one commit."""
BUDGET: Final = 0.008
"""Seconds after which a group is committed although more jobs wait."""
TRIES: Final = 8
"""How often a job runs that PostgreSQL sacrificed to a deadlock."""
_log: Final = logging.getLogger("funil.store")


class Pending:
    """A job that waits for its turn. ``alone`` after a deadlock: it then shares its transaction with nobody."""

    __slots__ = ("alone", "error", "future", "job", "priority", "result", "tries")

    def __init__(self, job: Job[Any], priority: Priority = Priority.SCREEN) -> None:
        self.job = job
        self.priority = priority
        self.future: Future[Any] = Future()
        self.result: Any = None
        self.error: BaseException | None = None
        self.alone = False
        self.tries = 0

    def again(self) -> bool:
        """Return whether the job shall run once more, and make it ready for that."""
        self.tries += 1
        if self.error is None or not passes(self.error) or self.tries >= TRIES:
            return False
        self.error, self.alone = None, True
        return True

    def settle(self, place: str) -> None:
        """Tell who waits how it went."""
        if self.error is None:
            self.future.set_result(self.result)
        else:
            found = translate(self.error, place)
            if found is not self.error:
                found.__cause__ = self.error
            self.future.set_exception(found)


More = Callable[[], Pending | None]


def apply(job: Job[T], db: Db, make_tx: MakeTx) -> T:
    """Run a job inside the transaction that ``db`` is in; neither begins nor commits anything."""
    return job(make_tx(db))


def _nothing() -> None:
    return None


class Committer:
    """Runs groups of jobs: one transaction a group.

    A job that raises leaves no trace and harms no other. Since nearly none does, a group goes without savepoints, which
    cost a seventh of a move; when one raises, the group begins anew with a savepoint for each. So a job may be run more
    than once, but only its last run counts.

    ``before_commit`` and ``after_commit`` are where a simulator lets the process die. What they raise must not be an
    ``Exception`` (derive it from ``BaseException``): it goes through to the caller, and no future hears of the group.
    ``lock`` is another committer's of this process, when the two must take turns; ``db`` a connection to begin with.
    """

    def __init__(
        self,
        database: Database,
        make_tx: MakeTx,
        *,
        before_commit: Callable[[], None] = _nothing,
        after_commit: Callable[[], None] = _nothing,
        lock: threading.Lock | None = None,
        db: Db | None = None,
    ) -> None:
        self.db: Db | None = db
        self.lock = lock or threading.Lock()
        self._database = database
        self._make_tx = make_tx
        self._before_commit = before_commit
        self._after_commit = after_commit

    def commit(self, first: Pending, more: More = _nothing) -> tuple[bool, list[Pending]]:
        """Run ``first`` and whatever ``more`` hands out until that is None, commit, and settle the futures.

        Returns whether any row changed, and the jobs that shall run again. A transaction that fails as a whole fails
        all its jobs with ``StoreTrouble``.
        """
        taken: list[Pending] = []
        wrote = False
        try:
            with self.lock, self._database.writing():
                wrote = self._transaction(taken, first, more)
        except Exception as error:
            for pending in taken or [first]:
                pending.error = pending.error or error
        again = [pending for pending in taken if pending.again()]
        for pending in taken or [first]:
            if pending not in again:
                pending.settle(self._database.place)
        return wrote, again

    def upkeep(self, idle: bool) -> None:
        """Let the database do what falls due between two transactions."""
        with self.lock:
            if self.db is not None:
                self._database.upkeep(self.db, idle)

    def elsewhere(self) -> bool:
        """Return whether another process is known to have written since the last call. Never waits for a writer."""
        if not self.lock.acquire(blocking=False):
            return False
        try:
            return self._database.elsewhere(self.db)
        finally:
            self.lock.release()

    def _transaction(self, taken: list[Pending], first: Pending, more: More) -> bool:
        db = self._begin()
        mark = db.written
        kept = 0
        pending: Pending | None = first
        careful = False
        try:
            while pending is not None:
                taken.append(pending)
                done = self._one(db, pending, careful and kept > 0)
                if not done and kept and not careful:
                    careful, kept, db.written = True, 0, mark
                    for each in taken:
                        each.result = each.error = None
                        kept += self._one(db, each, kept > 0)
                else:
                    kept += done
                pending = more()
            self._before_commit()
            self._end(db)
        except BaseException:
            self._roll_back(db)
            raise
        self._after_commit()
        return db.written != mark

    def _one(self, db: Db, pending: Pending, shares: bool) -> bool:
        mark = db.written
        try:
            if shares:
                db.text("SAVEPOINT job")
            pending.result = apply(pending.job, db, self._make_tx)
            if not db.in_transaction:
                raise StoreTrouble(N_("{place} gave up the transaction"), place=self._database.place)
            if shares:
                db.text("RELEASE SAVEPOINT job")
        except Exception as error:
            pending.error = error
            db.written = mark
            self._take_back(db, shares, error)
            return False
        return True

    def _take_back(self, db: Db, shares: bool, error: Exception) -> None:
        if not db.usable or (shares and db.lost_transaction):
            raise error
        if shares:
            db.text("ROLLBACK TO SAVEPOINT job")
            db.text("RELEASE SAVEPOINT job")
        else:
            self._roll_back(db)
            self._database.begin(db)

    def _begin(self) -> Db:
        if self.db is None:
            self.db = self._database.open_writer()
        try:
            self._database.begin(self.db)
        except Exception:
            if self.db.usable:
                raise
            self.db.close()
            self.db = self._database.open_writer()
            self._database.begin(self.db)
        return self.db

    def _end(self, db: Db) -> None:
        try:
            db.text("COMMIT")
        except Exception as error:
            raise at_commit(error, self._database.place, db.usable) from error

    def _roll_back(self, db: Db) -> None:
        with contextlib.suppress(Exception):
            if not db.lost_transaction:
                db.text("ROLLBACK")
        if not db.usable:
            db.close()
            self.db = None


class Writer:
    """The thread that writes. Jobs wait by priority, first come first served within one."""

    def __init__(self, committer: Committer, committed: Callable[[], None]) -> None:
        self._committer = committer
        self._committed = committed
        self._queue: list[tuple[int, int, Pending]] = []
        self._numbers = count()
        self._change = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None

    def submit(self, job: Job[T], priority: Priority) -> Future[T]:
        """Put a job into the queue."""
        if self._thread is threading.current_thread():
            raise RuntimeError("a job or its commit's listener may not wait for another job")
        pending = Pending(job, priority)
        with self._change:
            if self._closing:
                raise StoreTrouble(N_("The database has been closed"))
            self._push(pending)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="funil-writer", daemon=True)
                self._thread.start()
            self._change.notify()
        return pending.future

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        with self._change:
            self._closing = True
            self._change.notify()
        if self._thread is not None:
            self._thread.join()

    def _push(self, pending: Pending) -> None:
        heapq.heappush(self._queue, (pending.priority, next(self._numbers), pending))

    def _run(self) -> None:
        while (first := self._wait()) is not None:
            group = _Taking(self, first)
            try:
                wrote, again = self._committer.commit(first, group.more)
            except BaseException as error:
                group.fail(error)
                continue
            with self._change:
                for pending in again:
                    self._push(pending)
            if wrote:
                self._committed()
            try:
                self._committer.upkeep(idle=not self._queue)
            except Exception as error:
                if not isinstance(translate(error, ""), StoreTrouble):  # trouble will show at the next write
                    _log.exception("upkeep of the database failed")

    def _wait(self) -> Pending | None:
        with self._change:
            while True:
                while self._queue:
                    pending = heapq.heappop(self._queue)[2]
                    if pending.tries or pending.future.set_running_or_notify_cancel():
                        return pending
                if self._closing:
                    return None
                self._change.wait()

    def take(self, urgent: bool) -> Pending | None:
        """Hand out the next job for a running group, unless it must not join. A group that holds a job of the
        screen takes no other kind behind it."""
        with self._change:
            while self._queue:
                pending = self._queue[0][2]
                if pending.alone or (urgent and pending.priority is not Priority.SCREEN):
                    return None
                heapq.heappop(self._queue)
                if pending.future.set_running_or_notify_cancel():
                    return pending
            return None


class _Taking:
    """What one group has taken from the queue, and whether it may take more."""

    def __init__(self, writer: Writer, first: Pending) -> None:
        self._writer = writer
        self._taken = [first]
        self._until = time.monotonic() + BUDGET
        self._urgent = first.priority is Priority.SCREEN

    def more(self) -> Pending | None:
        if self._taken[0].alone or len(self._taken) >= GROUP or time.monotonic() > self._until:
            return None
        pending = self._writer.take(self._urgent)
        if pending is not None:
            self._taken.append(pending)
            self._urgent = self._urgent or pending.priority is Priority.SCREEN
        return pending

    def fail(self, error: BaseException) -> None:
        for pending in self._taken:
            if not pending.future.done():
                pending.future.set_exception(error)
