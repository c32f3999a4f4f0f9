"""PostgreSQL between processes: news by NOTIFY, engines that live and die, connections that break."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from core.errors import StoreTrouble
from data.lease import living
from data.opening import locate
from data.postgres import conninfo
from data.sql import Db, Statement
from data.store import SqlStore
from tests.data.store_ground import ADD, jot, make_jots, raw_store, words

WAIT = 20.0
KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"


@pytest.fixture
def url(fresh_postgres: str) -> str:
    """The address of a new database with an empty table."""
    make_jots(fresh_postgres)
    return fresh_postgres


@pytest.fixture
def stores(url: str) -> Iterator[tuple[SqlStore, SqlStore]]:
    opened = (raw_store(url), raw_store(url))
    yield opened
    for store in opened:
        store.close()


@pytest.fixture
def db(url: str) -> Iterator[Db]:
    opened = locate(url).open_reader()
    yield opened
    opened.close()


def quiet(store: SqlStore) -> None:
    """Wait until the writer has told of what it wrote: its news goes out before it takes the next job."""
    for _ in range(2):
        store.write_now(lambda _: None)


def notices(store: SqlStore) -> bool:
    """Ask until the news has come, which takes its way over the server."""
    return any(store.changed_elsewhere() for _ in range(20_000))


def break_connections(url: str) -> None:
    """End all connections of a database as a restart of the server would."""
    with psycopg.connect(**conninfo(url)) as server:
        server.execute(KILL, (server.info.backend_pid,))


def test_a_change_of_another_process_is_noticed_and_an_own_one_never(stores: tuple[SqlStore, SqlStore]) -> None:
    mine, other = stores
    mine.changed_elsewhere()
    mine.write_now(jot("own"))
    quiet(mine)
    assert not mine.changed_elsewhere()
    other.write_now(jot("other"))
    assert notices(mine)
    quiet(other)
    mine.changed_elsewhere()
    assert not mine.changed_elsewhere()


def test_a_job_that_changes_nothing_wakes_nobody(stores: tuple[SqlStore, SqlStore]) -> None:
    mine, other = stores
    mine.changed_elsewhere()
    other.write_now(lambda _: None)
    quiet(other)
    assert not mine.changed_elsewhere()


def test_engines_live_as_long_as_their_leases(stores: tuple[SqlStore, SqlStore], db: Db) -> None:
    leases = [store.take_engine_lease("worker") for store in stores]
    ids = [lease.worker for lease in leases]
    assert living(db, [*ids, "worker-1-dead"]) == set(ids)
    leases[0].release()
    assert living(db, ids) == {ids[1]}
    stores[1].close()
    assert living(db, ids) <= {ids[1]}
    leases[1].release()


def test_an_engine_whose_connection_breaks_is_dead_until_it_looks_again(
    url: str, stores: tuple[SqlStore, SqlStore]
) -> None:
    lease = stores[0].take_engine_lease("worker")
    break_connections(url)
    watching = locate(url).open_reader()
    assert living(watching, [lease.worker]) == set()
    assert notices(stores[0])
    stores[0].changed_elsewhere()
    assert living(watching, [lease.worker]) == {lease.worker}
    watching.close()


def test_a_broken_connection_is_made_anew_by_the_next_read_and_write(
    url: str, stores: tuple[SqlStore, SqlStore]
) -> None:
    store = stores[0]
    store.write_now(jot("before"))
    assert words(store) == ["before"]
    break_connections(url)
    assert words(store) == ["before"]
    store.write_now(jot("after"))
    assert words(store) == ["before", "after"]


def test_a_connection_that_breaks_in_the_middle_fails_the_job_and_nothing_is_kept(
    url: str, stores: tuple[SqlStore, SqlStore]
) -> None:
    def job(tx: Any) -> None:
        tx.run(ADD, word="half")
        break_connections(url)
        tx.run(ADD, word="never")

    with pytest.raises(StoreTrouble, match=r"The connection to .* was lost: "):
        stores[0].write_now(job)
    stores[0].write_now(jot("after"))
    assert words(stores[0]) == ["after"]


def test_a_connection_that_breaks_at_the_commit_says_that_nobody_knows(
    url: str, stores: tuple[SqlStore, SqlStore]
) -> None:
    def job(tx: Any) -> None:
        tx.run(ADD, word="half")
        break_connections(url)

    with pytest.raises(StoreTrouble, match="look whether the change is there before repeating it"):
        stores[0].write_now(job)


def test_a_commit_that_the_server_refuses_is_told_with_its_reason(url: str, stores: tuple[SqlStore, SqlStore]) -> None:
    with psycopg.connect(**conninfo(url)) as server:
        server.execute("ALTER TABLE jots ADD CONSTRAINT once UNIQUE (word) DEFERRABLE INITIALLY DEFERRED")

    def twice(tx: Any) -> None:
        tx.many(ADD, [{"word": "a"}, {"word": "a"}])

    with pytest.raises(StoreTrouble, match=r"could not save the change: duplicate key value .*; nothing was changed"):
        stores[0].write_now(twice)
    assert words(stores[0]) == []


def test_a_database_that_may_only_be_read_says_so(url: str) -> None:
    with psycopg.connect(**conninfo(url)) as server:
        server.execute("CREATE ROLE looker LOGIN")
        server.execute("GRANT SELECT ON jots TO looker")
    try:
        store = raw_store(url.replace("postgres@", "looker@"))
        assert words(store) == []
        with pytest.raises(StoreTrouble, match="does not allow this user to do that: permission denied for table jots"):
            store.write_now(jot("never"))
        store.close()
    finally:
        with psycopg.connect(**conninfo(url)) as server:
            server.execute("DROP OWNED BY looker")
            server.execute("DROP ROLE looker")


def test_integers_of_any_size_share_one_prepared_statement(db: Db) -> None:
    from sqlalchemy import bindparam, select

    from tests.data.store_ground import JOTS

    by_id = Statement(lambda: select(JOTS.c.word).where(JOTS.c.id == bindparam("id")))
    for number in (1, 40_000, 5_000_000_000) * 3:
        db.rows(by_id, id=number)
    prepared = db.text(
        "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%jots.word%%WHERE jots.id%%'"
    )
    assert prepared == [(1,)]


def test_writers_of_several_processes_go_side_by_side(stores: tuple[SqlStore, SqlStore]) -> None:
    meeting = threading.Barrier(2)

    def job(tx: Any) -> None:
        tx.run(ADD, word="w")
        meeting.wait(WAIT)

    futures = [store.submit(job) for store in stores]
    for future in futures:
        future.result(WAIT)
    assert words(stores[0]) == ["w", "w"]
