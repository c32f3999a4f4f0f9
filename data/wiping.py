"""Emptying a database, for a demo that begins anew."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table, delete, update

from core.model.house import CompanySettings
from core.ports import Tx
from data.reader_base import meta
from data.sql import Statement
from data.tables import ChangeRow, MetaRow, RuleRevisionRow, metadata
from data.tx import SqlTx

KEPT: Final = frozenset(model.__tablename__ for model in (MetaRow, ChangeRow, RuleRevisionRow))
"""The house's id stays; the feed and the revisions too, since other processes remember how far they were."""


def _emptying(table: Table) -> Statement:
    return Statement(lambda: delete(table))


EMPTY: Final = [_emptying(table) for table in metadata.sorted_tables if table.name not in KEPT]
START: Final = Statement(
    lambda: update(meta).values(clock=None, deal_number=1000, contact_number=1000, company_number=1000)
)
COUNTED: Final = [
    table.name
    for table in metadata.sorted_tables
    if table.name not in KEPT and table.autoincrement_column is not None and table.autoincrement_column.name == "id"
]
"""Tables whose ids the database counts; SQLite counts from what is there."""


def wipe(tx: Tx) -> None:
    """Remove every deal, person, message and setting, in the caller's transaction; what is counted begins at 1 again,
    so that the same story gives its messages the same ids."""
    assert isinstance(tx, SqlTx), "only a SQL database has rows to remove"
    for statement in EMPTY:
        tx.db.run(statement)
    if tx.db.dialect == "postgresql":
        for table in COUNTED:
            tx.db.text("SELECT setval(pg_get_serial_sequence(%s, 'id'), 1, false)", (table,))
    tx.db.run(START)
    tx.put_company_settings(CompanySettings())
