"""Events that are matched: when they may be, what led to them, and which deals they reach with every verdict."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BIG: Final[Any] = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY: Final[Any] = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add what matching needs."""
    _events()
    _reaches()
    _attention()
    _judgements()
    _tasks()
    _silences()
    _turns()


def _events() -> None:
    op.add_column("events", sa.Column("due_at", _BIG, nullable=False, server_default=sa.text("0")))
    op.add_column("events", sa.Column("chain", sa.Text(), nullable=True))
    # What happened before anybody listened moves no deal now.
    op.execute("UPDATE events SET handled_at = at WHERE handled_at IS NULL")
    op.drop_index("ix_events_open", "events")
    _index("ix_events_due", "events", ["due_at", "id"], "handled_at IS NULL")
    _index("ix_events_open_deal", "events", ["deal", "due_at"], "handled_at IS NULL")


def _reaches() -> None:
    op.create_table(
        "reaches",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("event", _BIG, nullable=False),
        sa.Column("deal", _KEY),
        sa.Column("applied", _KEY),
        sa.Column("entry", _BIG),
        sa.Column("candidates", sa.Text()),
        sa.Column("judged_at", _BIG),
        sa.PrimaryKeyConstraint("id", name="pk_reaches"),
    )
    op.create_index("uq_reaches_event_deal", "reaches", ["event", "deal"], unique=True)
    _index("ix_reaches_open", "reaches", ["id"], "judged_at IS NULL")
    _index("ix_reaches_open_deal", "reaches", ["deal", "id"], "judged_at IS NULL")
    _index("ix_reaches_deal", "reaches", ["deal", "id"], "deal IS NOT NULL")
    _index("ix_reaches_entry", "reaches", ["entry"], "entry IS NOT NULL")


def _judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("event", _BIG, nullable=False),
        sa.Column("version", _BIG, nullable=False),
        sa.Column("who", _KEY, nullable=False),
        sa.Column("reasons", sa.Text()),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_judgements"),
    )
    op.create_index("ix_judgements_event_id", "judgements", ["event", "id"])
    latest = "latest = 1" if op.get_bind().dialect.name == "sqlite" else "latest"
    _index("ix_judgements_latest", "judgements", ["version", "id"], latest)


def _turns() -> None:
    op.create_table(
        "turns",
        sa.Column("rule", _KEY, nullable=False),
        sa.Column("user", _KEY, nullable=False),
        sa.Column("turn", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("rule", "user", name="pk_turns"),
    )
    no = "0" if op.get_bind().dialect.name == "sqlite" else "false"
    _index("ix_deals_load", "deals", ["responsible"], f"closed = {no} AND removed = {no}")


def _tasks() -> None:
    _index("ix_tasks_open", "tasks", ["due_at", "id"], "done_at IS NULL")


def _silences() -> None:
    """Let the engine give all deals the timers of their silence, where triggers have waited for it."""
    waits = sa.text("SELECT 1 FROM triggers WHERE kind = 'stale'")
    if op.get_bind().execute(waits).first():
        op.execute("INSERT INTO timers (key, kind, deal, at) VALUES ('stale_sweep:', 'stale_sweep', '', 0)")


def _attention() -> None:
    op.create_table(
        "attention",
        sa.Column("what", _KEY, nullable=False),
        sa.Column("thing", _BIG, nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("done_at", _BIG),
        sa.Column("done_by", _KEY),
        sa.PrimaryKeyConstraint("what", "thing", name="pk_attention"),
    )
    _index("ix_attention_open", "attention", ["at", "thing"], "done_at IS NULL")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
