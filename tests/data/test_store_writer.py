"""The writer: one transaction for many jobs, each as if it were alone."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from core.errors import StaleDeal, StoreTrouble
from core.ports import Priority
from data.sql import Db
from data.sqlite import SqliteFile, connect
from data.store import SqlStore
from data.writer import GROUP
from tests.data.store_ground import ADD, failing, jot, make_jots, over, raw_store, words

WAIT = 20.0
Open = Callable[[str], SqlStore]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new database with an empty table."""
    address: str = (
        f"sqlite:///{tmp_path}/jots.db" if request.param == "sqlite" else request.getfixturevalue("fresh_postgres")
    )
    make_jots(address)
    return address


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens stores and closes them when the test is over."""
    stores: list[SqlStore] = []

    def open_(address: str) -> SqlStore:
        stores.append(raw_store(address))
        return stores[-1]

    yield open_
    for store in stores:
        store.close()


@pytest.fixture
def store(url: str, opened: Open) -> SqlStore:
    return opened(url)


@pytest.fixture(autouse=True)
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no group end because the machine is busy."""
    monkeypatch.setattr("data.writer.BUDGET", 1000.0)


class Gate:
    """Holds the writer between two groups until everything that a test wants to see in one is queued."""

    def __init__(self, store: SqlStore) -> None:
        self.commits = 0
        self._opened = threading.Event()
        self._reached = threading.Event()
        store.on_commit(self._hold)
        store.write_now(jot("gate"))
        assert self._reached.wait(WAIT)

    def open(self) -> None:
        """Let the writer go on."""
        self._opened.set()

    def _hold(self) -> None:
        if self._reached.is_set():
            self.commits += 1
        self._reached.set()
        assert self._opened.wait(WAIT)


def behind_gate(store: SqlStore, submit: Callable[[], list[Future[Any]]]) -> tuple[list[Future[Any]], int]:
    """Submit jobs while the writer is held; returns their futures, done, and in how many commits they went."""
    gate = Gate(store)
    futures = submit()
    gate.open()
    for future in futures:
        future.exception(WAIT)
    store.close()
    return futures, gate.commits


def test_a_job_is_committed_when_its_result_is_there(store: SqlStore) -> None:
    assert store.write_now(jot("one")) == 1
    assert words(store) == ["one"]


async def test_writing_from_a_loop_waits_for_the_commit(store: SqlStore) -> None:
    assert await store.write(jot("one")) == 1
    assert words(store) == ["one"]


def test_waiting_jobs_share_one_commit(url: str, opened: Open) -> None:
    store = opened(url)
    futures, commits = behind_gate(store, lambda: [store.submit(jot(f"w{n}")) for n in range(10)])
    assert [future.result() for future in futures] == list(range(2, 12))
    assert commits == 1


def test_a_group_is_limited(url: str, opened: Open) -> None:
    store = opened(url)
    _, commits = behind_gate(store, lambda: [store.submit(jot("w")) for _ in range(2 * GROUP + 1)])
    assert commits == 3


@pytest.mark.parametrize("place", [0, 1, 4])
def test_a_failing_job_leaves_no_trace_and_harms_nobody(url: str, place: int, opened: Open) -> None:
    store = opened(url)
    stale = StaleDeal("stale")
    jobs = [jot(f"w{n}") for n in range(4)]
    jobs.insert(place, failing(stale))
    futures, _ = behind_gate(store, lambda: [store.submit(job) for job in jobs])
    assert [future for future in futures if future.exception() is stale] == [futures[place]]
    assert words(opened(url)) == ["gate", "w0", "w1", "w2", "w3"]


def refused(tx: Any) -> int:
    """Do what the table does not allow."""
    tx.run(ADD, word="before")
    changed: int = tx.run(ADD, word=None)
    return changed


@pytest.mark.parametrize("place", [0, 2])
def test_a_statement_that_the_database_refuses_fails_its_own_job_only(url: str, place: int, opened: Open) -> None:
    store = opened(url)
    jobs = [jot(f"w{n}") for n in range(3)]
    jobs.insert(place, refused)
    futures, _ = behind_gate(store, lambda: [store.submit(job) for job in jobs])
    assert [bool(future.exception()) for future in futures] == [n == place for n in range(4)]
    assert words(opened(url)) == ["gate", "w0", "w1", "w2"]


@pytest.mark.parametrize("place", [0, 2])
def test_a_job_that_hides_a_refusal_from_us_is_not_taken_for_done(
    fresh_postgres: str, place: int, opened: Open
) -> None:
    def hiding(tx: Any) -> int:
        tx.run(ADD, word="hidden")
        try:
            tx.run(ADD, word=None)
        except Exception:
            return 1
        return 0

    make_jots(fresh_postgres)
    store = opened(fresh_postgres)
    jobs = [jot(f"w{n}") for n in range(3)]
    jobs.insert(place, hiding)
    futures, _ = behind_gate(store, lambda: [store.submit(job) for job in jobs])
    assert isinstance(futures[place].exception(), StoreTrouble)
    assert words(opened(fresh_postgres)) == ["gate", "w0", "w1", "w2"]


def test_a_transaction_that_the_database_gives_up_fails_all_its_jobs(tmp_path: Path, opened: Open) -> None:
    url = f"sqlite:///{tmp_path}/jots.db"
    make_jots(url)
    store = opened(url)

    def losing(tx: Any) -> None:
        tx.text("ROLLBACK")

    futures, _ = behind_gate(store, lambda: [store.submit(job) for job in (jot("a"), losing, jot("b"))])
    assert [isinstance(future.exception(), StoreTrouble) for future in futures] == [True, True, False]
    assert words(opened(url)) == ["gate", "b"]


def test_the_urgent_comes_first_and_then_first_come_first_served(store: SqlStore) -> None:
    order: list[str] = []

    def note(name: str) -> Callable[[object], None]:
        return lambda _: order.append(name)

    gate = Gate(store)
    waiting = [store.submit(note(f"{p.name}{n}"), p) for n in range(2) for p in reversed(Priority)]
    gate.open()
    for future in waiting:
        future.result(WAIT)
    assert order == [f"{p.name}{n}" for p in Priority for n in range(2)]


def test_a_screen_does_not_wait_for_what_comes_behind_it(store: SqlStore) -> None:
    gate = Gate(store)
    seen: list[list[str]] = []
    screen = store.submit(jot("screen"))
    upkeep = store.submit(lambda _: seen.append(words(store)), Priority.UPKEEP)
    gate.open()
    upkeep.result(WAIT)
    assert screen.done()
    assert seen == [["gate", "screen"]]


class Failing(SqliteFile):
    """A file whose disk fails when it is to keep something."""

    def open_writer(self) -> Db:
        """Open a connection that cannot commit."""
        return _NoCommit(connect(self.path, "rw"), "sqlite")


class _NoCommit(Db):
    def text(self, sql: str, args: Any = (), /) -> list[Any]:
        if sql == "COMMIT":
            raise sqlite3.OperationalError("disk I/O error")
        return super().text(sql, args)


def test_a_commit_that_fails_fails_all_its_jobs_with_one_sentence(tmp_path: Path, opened: Open) -> None:
    path = tmp_path / "jots.db"
    make_jots(f"sqlite:///{path}")
    store = over(Failing(path))
    with pytest.raises(StoreTrouble, match="could not save the change: disk I/O error; nothing was changed"):
        store.write_now(jot("lost"))
    store.close()
    assert words(opened(f"sqlite:///{path}")) == []


def test_a_job_given_up_before_its_turn_is_not_run(store: SqlStore) -> None:
    gate = Gate(store)
    unwanted = store.submit(jot("unwanted"))
    assert unwanted.cancel()
    gate.open()
    store.write_now(jot("wanted"))
    assert words(store) == ["gate", "wanted"]


def test_closing_finishes_what_is_queued_and_takes_no_more(url: str, opened: Open) -> None:
    store = opened(url)
    futures = [store.submit(jot(f"w{n}")) for n in range(5)]
    store.close()
    assert [future.result(0) for future in futures] == [1, 2, 3, 4, 5]
    with pytest.raises(StoreTrouble, match="closed"):
        store.write_now(jot("late"))
    with pytest.raises(StoreTrouble, match="closed"):
        words(store)
    store.close()


def test_a_job_may_not_wait_for_another_job(store: SqlStore) -> None:
    with pytest.raises(RuntimeError, match="may not wait"):
        store.write_now(lambda _: store.write_now(jot("inner")))
    assert words(store) == []


def test_listeners_hear_of_changes_and_of_nothing_else(store: SqlStore) -> None:
    heard: list[int] = []
    stop = store.on_commit(lambda: heard.append(1))
    store.write_now(lambda _: None)
    store.write_now(lambda tx: words(store))
    with pytest.raises(StaleDeal):
        store.write_now(failing(StaleDeal("stale")))
    store.write_now(jot("one"))
    store.write_now(lambda _: None)  # the listener of the commit before it has been called by now
    assert heard == [1]
    stop()
    store.write_now(jot("two"))
    store.close()
    assert heard == [1]


def test_a_listener_that_fails_stops_nobody(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise ValueError("listener")

    store.on_commit(broken)
    assert [store.write_now(jot("one")), store.write_now(jot("two"))] == [1, 2]
    store.close()
    assert "listener failed" in caplog.text


def test_a_read_sees_one_moment(store: SqlStore) -> None:
    store.write_now(jot("one"))

    def twice(_: object) -> tuple[list[str], list[str]]:
        from tests.data.store_ground import ALL

        db: Any = _
        before = [row[0] for row in db.rows(ALL)]
        store.write_now(jot("two"))
        return before, [row[0] for row in db.rows(ALL)]

    assert store.read(twice) == (["one"], ["one"])
    assert words(store) == ["one", "two"]


def test_a_read_cannot_write(store: SqlStore) -> None:
    with pytest.raises(StoreTrouble, match="read-only; nothing was changed"):
        store.read(jot("never"))  # type: ignore[arg-type]
    assert words(store) == []


def test_engines_that_lock_each_other_out_both_finish(fresh_postgres: str, opened: Open) -> None:
    make_jots(fresh_postgres)
    stores = [opened(fresh_postgres) for _ in range(2)]
    for word in "ab":
        stores[0].write_now(jot(word))
    meeting = threading.Barrier(2)
    tries = [0, 0]

    def crossing(me: int) -> Callable[[Any], int]:
        def job(tx: Any) -> int:
            tries[me] += 1
            tx.text("SET LOCAL deadlock_timeout = '10ms'")
            for number in (1, 2) if me else (2, 1):
                tx.text(f"UPDATE jots SET word = word || {me} WHERE id = {number}")
                if tries[me] == 1 and number == 2 - me:
                    meeting.wait(WAIT)
            return me

        return job

    futures = [stores[me].submit(crossing(me)) for me in range(2)]
    assert [future.result(WAIT) for future in futures] == [0, 1]
    assert sorted(tries) == [1, 2]
    assert {word[0]: set(word[1:]) for word in words(stores[0])} == {"a": {"0", "1"}, "b": {"0", "1"}}
    for store in stores:
        store.close()
