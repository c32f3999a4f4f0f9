"""The Store without a thread: a simulator lets its process die before or after a commit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import StaleDeal
from data.inline import InlineStore
from data.sql import Db
from data.sqlite import connect
from tests.data.store_ground import ALL, failing, jot, raw


class Died(BaseException):
    """The process is no more."""


@pytest.fixture
def db() -> Iterator[Db]:
    """A connection to an empty table in memory."""
    opened = Db(connect(Path("/nowhere"), "memory"), "sqlite")
    opened.text("CREATE TABLE jots (id INTEGER PRIMARY KEY, word TEXT NOT NULL)")
    yield opened
    opened.close()


def die() -> None:
    """End this process."""
    raise Died


def words(store: InlineStore) -> list[str]:
    """Return what has been written."""
    query: Any = lambda db: [row[0] for row in db.rows(ALL)]  # noqa: E731 - a typed lambda
    found: list[str] = store.read(query)
    return found


async def test_what_is_asked_for_is_done_when_the_call_comes_back(db: Db) -> None:
    store = InlineStore(db, raw, raw)
    assert store.write_now(jot("a")) == 1
    assert store.submit(jot("b")).result(0) == 2
    assert await store.write(jot("c")) == 3
    assert words(store) == ["a", "b", "c"]


def test_a_failing_job_leaves_no_trace(db: Db) -> None:
    store = InlineStore(db, raw, raw)
    with pytest.raises(StaleDeal):
        store.write_now(failing(StaleDeal("stale")))
    assert words(store) == []
    assert store.write_now(jot("a")) == 1


def test_a_death_before_the_commit_undoes_the_job(db: Db) -> None:
    with pytest.raises(Died):
        InlineStore(db, raw, raw, before_commit=die).write_now(jot("lost"))
    assert words(InlineStore(db, raw, raw)) == []


def test_a_death_after_the_commit_keeps_the_job_but_nobody_hears(db: Db) -> None:
    heard: list[int] = []
    store = InlineStore(db, raw, raw, after_commit=die)
    store.on_commit(lambda: heard.append(1))
    with pytest.raises(Died):
        store.write_now(jot("kept"))
    assert heard == []
    assert words(InlineStore(db, raw, raw)) == ["kept"]


def test_the_next_life_goes_on_where_the_last_one_ended(db: Db) -> None:
    for _ in range(3):
        with pytest.raises(Died):
            InlineStore(db, raw, raw, before_commit=die).write_now(jot("lost"))
        with pytest.raises(Died):
            InlineStore(db, raw, raw, after_commit=die).write_now(jot("kept"))
    assert InlineStore(db, raw, raw).write_now(jot("new")) == 4


def test_stores_over_one_connection_notice_one_another(db: Db) -> None:
    one, other = InlineStore(db, raw, raw), InlineStore(db, raw, raw)
    one.write_now(jot("a"))
    assert [one.changed_elsewhere(), other.changed_elsewhere(), other.changed_elsewhere()] == [False, True, False]


def test_listeners_hear_of_changes_and_of_nothing_else(db: Db) -> None:
    heard: list[int] = []
    store = InlineStore(db, raw, raw)
    stop = store.on_commit(lambda: heard.append(1))
    store.write_now(lambda _: None)
    store.write_now(jot("a"))
    stop()
    store.write_now(jot("b"))
    assert heard == [1]


def test_any_number_of_engines_may_work(db: Db) -> None:
    store = InlineStore(db, raw, raw)
    assert [store.take_engine_lease(name).worker for name in ("one", "two")] == ["one", "two"]
