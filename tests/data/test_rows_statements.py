"""No statement that runs while people work walks through a table that grows."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from itertools import count, product

import pytest

import data
from data.reader_board import timeline_of
from data.reader_entries import runs_where
from data.reader_events import reaches_where, unheard_where
from data.reader_find import find_where
from data.reader_listing import deals_where
from data.reader_outbox import deliveries_where
from data.reader_talk import chats_where, said_in
from data.reader_tasks import open_tasks_where
from data.sql import Db, Statement
from tests.data.rows_ground import connect, make_tables

SMALL = frozenset(
    "meta company_settings users connections lines constants fields pipelines stages rules triggers stored_files "
    "stage_totals json_each CONSTANT staged_deals staged_contacts staged_clients staged_arrivals few".split()
)
"""What may be walked through: the house's own set-up, lists handed over as a parameter, rows set aside."""
TODO = frozenset(
    "ix_runs_due ix_runs_held ix_runs_waiting ix_deliveries_queue ix_deliveries_pending ix_deliveries_worker "
    "ix_entries_undoable ix_events_due ix_reaches_open ix_tasks_open ix_attention_open ix_chats_open".split()
)
"""Partial indexes that hold only what is still to be done, whose length is what was asked for."""
WHOLE_ON_PURPOSE = frozenset(
    {
        "ALL_CONTACTS",
        "ALL_COMPANIES",
        "FIRST_CONTACTS",
        "FIRST_COMPANIES",
        "SEARCHED.contacts",
        "SEARCHED.companies",
        "NOTIFICATIONS",
        "TIMERS",
        "RENUMBER",
        "RESPONSIBLES",
    }
)
"""Lists that are asked for whole or from their beginning, and the column that gets new ranks."""
FILTERS = (
    (("words", "has", False), ("client", "has", True), ("company", "empty", False)),
    (("stage", "among", False), ("responsible", "among", True), ("currency", "among", False)),
    (
        ("amount", "low high", False),
        ("close_date", "high", True),
        ("created_at", "low", False),
        ("overdue", "high", True),
    ),
    tuple((name, "low", False) for name in ("failed", "waiting", "held", "unread", "tasks")),
)
"""Shapes of a board's filter: they walk through one pipeline's deals, by its index."""
WALKS = re.compile(r"^SCAN (?P<table>\S+)(?P<how>.*)$")


def statements() -> Iterator[tuple[str, Statement]]:
    """Return every statement of the Store by its name, whatever module it stands in."""
    for info in pkgutil.iter_modules(data.__path__):
        if info.name.startswith(("reader", "tx")):
            module = importlib.import_module(f"data.{info.name}")
            for name, value in vars(module).items():
                if isinstance(value, Statement):
                    yield name, value
                elif isinstance(value, dict):
                    yield from ((f"{name}.{key}", each) for key, each in value.items() if isinstance(each, Statement))
    yield from listings()


def listings() -> Iterator[tuple[str, Statement]]:
    """Return the statements that are put together by filters, where an index is to bear them."""
    for limit in (False, True):
        yield f"timeline {limit=}", timeline_of(limit=limit)
    for deal, rule in ((True, False), (False, True), (True, True)):
        yield f"runs {deal=} {rule=}", runs_where(deal=deal, rule=rule)
    for stage, limit in product((False, True), repeat=2):
        yield (
            f"deals {stage=} {limit=}",
            deals_where(pipeline=True, stage=stage, search=False, removed=False, limit=limit),
        )
    for how in FILTERS:
        yield f"filter {how}", find_where(how, custom=False)
    for limit in (False, True):
        for assignee in (False, True):
            yield f"open tasks {limit=} {assignee=}", open_tasks_where(assignee=assignee, limit=limit)
        yield f"said {limit=}", said_in(limit=limit)
        yield f"chats of deal {limit=}", chats_where(channel=False, status=False, deal=True, limit=limit)
    for deal, event in ((True, False), (False, True)):
        yield f"reaches {deal=} {event=}", reaches_where(deal=deal, event=event, limit=deal)
        yield f"unheard {deal=} {event=}", unheard_where(deal=deal, event=event)
    for before in (False, True):
        yield f"deliveries {before=}", deliveries_where(deal=True, before=before)
        yield f"log {before=}", deliveries_where(before=before, since=True, limit=True)
        for status in ("bad", "other"):
            yield f"log {status} {before=}", deliveries_where(status=status, before=before, since=True, limit=True)
        for words in (1, 2):
            found = deliveries_where(words=words, before=before, since=True, limit=True)
            yield f"log {words=} {before=}", found
        yield f"log channel {before=}", deliveries_where(channel=True, before=before, limit=True)
        yield f"log ended badly {before=}", deliveries_where(status="bad", before=before, limit=True)


FOUND = {name: statement for name, statement in statements() if name not in WHOLE_ON_PURPOSE}


@pytest.fixture(scope="module")
def sqlite() -> Iterator[Db]:
    """SQLite with tables: it tells its plan without rows to plan for."""
    db = connect("sqlite")
    make_tables(db)
    yield db
    db.close()


def plan_of(db: Db, statement: Statement) -> list[str]:
    """Return SQLite's plan for a statement."""
    sql = statement.ready("sqlite").sql
    return [str(row[3]) for row in db.text("EXPLAIN QUERY PLAN " + sql, [None] * sql.count("?"))]


def test_all_statements_are_found() -> None:
    assert {"DEAL", "ADD_ENTRY", "CLAIMABLE", "DUE_RUNS", "CARDS", "NEXT_DUE", "ADD_TOTAL", "ARCHIVE.users"} <= set(
        FOUND
    )
    assert len(FOUND) > 70


@pytest.mark.parametrize("name", sorted(FOUND))
def test_a_statement_walks_through_no_table_that_grows(sqlite: Db, name: str) -> None:
    assert [line for line in plan_of(sqlite, FOUND[name]) if _walks(line)] == []


def _walks(line: str) -> bool:
    found = WALKS.match(line)
    if found is None:
        return False
    return found["table"] not in SMALL and not TODO.intersection(found["how"].split())


@pytest.mark.parametrize(
    "name",
    [
        "CARDS",
        "COLUMN_IDS",
        "TOP",
        "DUE_RUNS",
        "LAST_BATCH",
        "timeline limit=True",
        "deliveries before=True",
        "log before=True",
        "log channel before=True",
        "log bad before=True",
        "log ended badly before=True",
        "log words=2 before=True",
        "deals stage=True limit=True",
        "FIRST_CONTACTS",
        "FIRST_COMPANIES",
    ],
)
def test_an_order_comes_from_the_index(sqlite: Db, name: str) -> None:
    assert [line for line in plan_of(sqlite, dict(statements())[name]) if "TEMP B-TREE" in line] == []


def test_every_statement_is_valid_on_postgresql(fresh_postgres: str) -> None:
    db = connect("postgresql", fresh_postgres)
    make_tables(db)
    for number, (_, statement) in enumerate(statements()):
        places = count(1)
        sql = re.sub("%s", lambda _: f"${next(places)}", statement.ready("postgresql").sql)  # noqa: B023 - used at once
        db.text(f"PREPARE p{number} AS {sql}")
    db.close()
