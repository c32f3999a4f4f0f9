"""What Alembic runs to migrate, on the connection that :mod:`data.upgrading` hands over."""

from __future__ import annotations

from typing import Any

from alembic import context

from data.tables import metadata


def ours(item: Any, name: str | None, kind: str, reflected: bool, against: Any) -> bool:
    """Leave to the hand what Alembic cannot compare: full-text tables, and on SQLite indexes in falling order."""
    return not (name and ("_fts" in name or name in _FALLING))


_FALLING = {
    index.name
    for table in metadata.tables.values()
    for index in table.indexes
    if any("DESC" in str(part) for part in index.expressions)
}


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_object=ours,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_server_default=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
