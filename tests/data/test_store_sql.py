"""Statements: the same construct on both databases, parameters in the driver's order, constants as literals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Executable, bindparam, delete, insert, null, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from data.opening import locate
from data.sql import Db, DialectName, Statement, among
from data.sqlite import connect
from tests.data.store_ground import ADD, ALL, JOTS, make_jots

word_ = JOTS.c.word
key = JOTS.c.id
BY_ID = Statement(lambda: select(word_).where(among(key, "ids")).order_by(key))
BY_WORD = Statement(lambda: select(key).where(among(word_, "words"), key < bindparam("below")).order_by(key))
RENAME = Statement(lambda: update(JOTS).where(word_ == bindparam("old")).values(word=bindparam("new")))
REMOVE = Statement(lambda: delete(JOTS).where(word_ == bindparam("word")))
TEXTS = st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), max_size=5)


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Db]:
    """A connection to an empty table, on each database."""
    url = f"sqlite:///{tmp_path}/jots.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("fresh_postgres")
    make_jots(url)
    opened = locate(url).open_writer()
    yield opened
    opened.close()


def test_an_insert_answers_with_the_new_key(db: Db) -> None:
    assert [db.new_id(ADD, word=word) for word in "ab"] == [1, 2]
    assert db.rows(ALL) == [("a",), ("b",)]


def test_many_rows_go_in_one_call(db: Db) -> None:
    db.many(ADD, [])
    db.many(ADD, [{"word": "a"}])
    db.many(ADD, ({"word": word} for word in "bc"))
    assert db.rows(ALL) == [("a",), ("b",), ("c",)]


def test_a_change_answers_with_how_many_rows_it_changed(db: Db) -> None:
    db.many(ADD, [{"word": "a"}, {"word": "a"}, {"word": "b"}])
    assert db.run(RENAME, old="a", new="c") == 2
    assert db.run(RENAME, old="a", new="c") == 0
    assert db.run(REMOVE, word="c") == 2


def test_a_change_behind_with_is_counted_too(db: Db) -> None:
    db.many(ADD, [{"word": "a"}, {"word": "b"}])
    behind = Statement(
        lambda: text("WITH old AS (SELECT id FROM jots) DELETE FROM jots WHERE id IN (SELECT id FROM old)")
    )
    assert db.run(behind) == 2


def test_one_is_the_first_row_or_none(db: Db) -> None:
    assert db.one(ALL) is None
    db.many(ADD, [{"word": "a"}, {"word": "b"}])
    assert db.one(ALL) == ("a",)


def test_only_changes_are_counted_as_written(db: Db) -> None:
    taking = Statement(lambda: update(JOTS).where(word_ == bindparam("old")).values(word="x").returning(key))
    locking = Statement(lambda: select(key).with_for_update(skip_locked=True))
    counted = []
    for act in (
        lambda: db.new_id(ADD, word="a"),
        lambda: db.rows(locking),
        lambda: db.run(RENAME, old="none", new="b"),
        lambda: db.rows(taking, old="none"),
        lambda: db.rows(taking, old="a"),
    ):
        before = db.written
        act()
        counted.append(db.written - before)
    assert counted == [1, 0, 0, 0, 1]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_constants_become_literals_and_parameters_stay(dialect: DialectName) -> None:
    statement = Statement(
        lambda: select(key).where(word_ == "it's 100%", key == bindparam("id"), word_.in_(["a", "b"]), word_.is_(None))
    )
    sql, args, writes = statement.ready(dialect)
    percent = "100%" if dialect == "sqlite" else "100%%"
    assert f"jots.word = 'it''s {percent}'" in sql
    assert "IN ('a', 'b')" in sql
    assert args({"id": 7}) == (7,)
    assert not writes


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_parameter_may_stand_in_several_places(dialect: DialectName) -> None:
    statement = Statement(lambda: text("SELECT :b, :a, :b"))
    assert tuple(statement.ready(dialect).args({"a": 1, "b": 2})) == (2, 1, 2)


def test_a_statement_may_differ_between_the_databases() -> None:
    statement = Statement(lambda: text("SELECT 1"), postgresql=lambda: text("SELECT 2"))
    assert (statement.ready("sqlite").sql, statement.ready("postgresql").sql) == ("SELECT 1", "SELECT 2")


def test_an_upsert_changes_what_is_there(db: Db) -> None:
    def build() -> Executable:
        dialect: Any = sqlite if db.dialect == "sqlite" else postgresql
        given: postgresql.Insert = dialect.insert(JOTS).values(id=bindparam("id"), word=bindparam("word"))
        return given.on_conflict_do_update(index_elements=[key], set_={"word": given.excluded.word})

    put = Statement(build)
    assert [db.run(put, id=5, word=word) for word in "ab"] == [1, 1]
    assert db.rows(ALL) == [("b",)]


def test_a_list_is_one_parameter_whatever_its_length(db: Db) -> None:
    db.many(ADD, [{"word": f"w{n}"} for n in range(1, 1201)])
    assert db.rows(BY_ID, ids=()) == []
    assert db.rows(BY_ID, ids=[3, 1, 99_999]) == [("w1",), ("w3",)]
    assert len(db.rows(BY_ID, ids=range(1, 1201))) == 1200
    assert db.rows(BY_WORD, words={"w7", "w8"}, below=8) == [(7,)]


def test_a_list_of_texts_is_found_as_it_is(db: Db) -> None:
    odd = ['"quoted"', "it's", "comma, brace}", "\\back", "NULL", "", "ação ✓ 😀", "[1]"]
    db.many(ADD, [{"word": word} for word in odd])
    assert len(db.rows(BY_WORD, words=odd, below=1000)) == len(odd)


@given(TEXTS, TEXTS)
def test_a_list_finds_what_stands_in_it_and_nothing_else(kept: list[str], asked: list[str]) -> None:
    connection = connect(Path("/nowhere"), "memory")
    memory = Db(connection, "sqlite")
    memory.text("CREATE TABLE jots (id INTEGER PRIMARY KEY, word TEXT NOT NULL)")
    memory.many(ADD, [{"word": word} for word in kept])
    found = memory.rows(BY_WORD, words=asked, below=1000)
    memory.close()
    assert found == [(n + 1,) for n, word in enumerate(kept) if word in asked]


def test_nothing_is_left_open_behind_a_read(db: Db) -> None:
    db.many(ADD, [{"word": word} for word in "abc"])
    db.text("BEGIN")
    assert db.one(ALL) == ("a",)
    db.text("COMMIT")
    assert not db.in_transaction
    db.text("DROP TABLE jots")


def test_a_null_is_a_literal_too(db: Db) -> None:
    statement = Statement(lambda: insert(JOTS).values(id=null() if db.dialect == "sqlite" else 1, word=bindparam("w")))
    assert db.run(statement, w="a") == 1
