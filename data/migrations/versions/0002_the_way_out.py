"""What the life of messages needs: attempts, resting lines, receipts, rounds of retries; what redo and copies need."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG: Final[Any] = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY: Final[Any] = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_TEXT: Final = sa.Text()


def upgrade() -> None:
    """Add columns to what is there, and three tables."""
    op.add_column("meta", sa.Column("home", _TEXT))
    op.add_column("entries", sa.Column("unflagged", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("entries", sa.Column("grace_until", _BIG))
    op.add_column("entries", sa.Column("undone_no", _BIG))
    _index("ix_entries_undone", "entries", ["undone_no"], "undone_no IS NOT NULL")
    op.add_column("timeline", sa.Column("delivery", _BIG))
    op.add_column("runs", sa.Column("was_reason", _TEXT))
    # Also acts whose deal has moved on since: the newest one is named, not passed over.
    op.drop_index("ix_entries_undoable", "entries")
    undoable = "undone_at IS NULL AND batch IS NOT NULL AND previous IS NOT NULL"
    _index("ix_entries_undoable", "entries", ["id"], undoable)
    op.add_column("deliveries", sa.Column("was_reason", _TEXT))
    op.add_column("deliveries", sa.Column("was_detail", _TEXT))
    op.add_column("deliveries", sa.Column("round", _BIG, nullable=False, server_default=sa.text("1")))
    op.add_column("deliveries", sa.Column("tried_at", _BIG))
    _index("ix_deliveries_provider_id", "deliveries", ["connection", "provider_id"], "provider_id IS NOT NULL")
    _index("ix_deliveries_unknown", "deliveries", ["connection", "due_at"], "status = 'unknown' AND due_at IS NOT NULL")
    # Whether an attempt was made before this revision is known from its count; when, only roughly.
    op.execute("UPDATE deliveries SET tried_at = coalesce(sent_at, at) WHERE attempts > 0")
    _attempts()
    _lines()
    _receipts()


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("delivery", _BIG, nullable=False),
        sa.Column("round", _BIG, nullable=False),
        sa.Column("number", _BIG, nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("outcome", _TEXT, nullable=False),
        sa.Column("reason", _TEXT),
        sa.Column("detail", _TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_delivery", "attempts", ["delivery"])


def _lines() -> None:
    op.create_table(
        "lines",
        sa.Column("connection", _KEY, nullable=False),
        sa.Column("failures", _BIG, nullable=False),
        sa.Column("opens", _BIG, nullable=False),
        sa.Column("open_until", _BIG),
        sa.Column("free_at", _BIG),
        sa.PrimaryKeyConstraint("connection", name="pk_lines"),
    )


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("connection", _KEY, nullable=False),
        sa.Column("outside_id", _KEY, nullable=False),
        sa.Column("provider_id", _KEY, nullable=False),
        sa.Column("status", _TEXT, nullable=False),
        sa.Column("reason", _TEXT),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("delivery", _BIG),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
    )
    op.create_index("uq_receipts_connection_outside_id", "receipts", ["connection", "outside_id"], unique=True)
    _index("ix_receipts_open", "receipts", ["connection", "provider_id"], "delivery IS NULL")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
