"""What clients do and what they are sent: chats, invitations, events, simulated peers' plans, the file store."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG: Final[Any] = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY: Final[Any] = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_TYPES: Final[dict[str, Any]] = {"big": _BIG, "key": _KEY, "text": sa.Text(), "bytes": sa.LargeBinary()}


def upgrade() -> None:
    """Add what clients do and have, and what tracking needs of the house."""
    _clients()
    _addresses()
    _talk()
    _happenings()
    _files()
    _charges()
    _tracking()
    _writers()
    _log()


def _addresses() -> None:
    """Whose an address is; filled from what clients have."""
    op.create_table(
        "addresses",
        *(sa.Column(name, _KEY, nullable=False) for name in ("value", "kind", "owner_kind", "owner")),
        sa.Column("opted_out", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("value", "kind", "owner_kind", "owner", name="pk_addresses"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_addresses_owner", "addresses", ["owner"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, owner_kind in (("contacts", "contact"), ("companies", "company")):
        for column, kind in (("emails", "email"), ("phones", "phone")):
            value = "lower(json_extract(a.value, '$[1]'))" if sqlite else 'lower((a.value ->> 1) COLLATE "C")'
            each = f"json_each({table}.{column})" if sqlite else f"jsonb_array_elements(CAST({column} AS jsonb)) AS"
            out = "coalesce(max(json_extract(a.value, '$[2]')), 0)" if sqlite else "bool_or(a.value ->> 2 = 'true')"
            out = out if sqlite else f"coalesce({out}, false)"
            found = f"SELECT {value}, '{kind}', '{owner_kind}', {table}.id, {out} FROM {table}, {each} a"
            op.execute(
                "INSERT INTO addresses (value, kind, owner_kind, owner, opted_out) "
                f"{found} WHERE {column} IS NOT NULL GROUP BY {table}.id, {value}"
            )


def _clients() -> None:
    """Count the ids of clients that are given none, as those of deals are counted."""
    for counter in ("contact_number", "company_number"):
        op.add_column("meta", sa.Column(counter, _BIG, nullable=False, server_default=sa.text("1000")))


def _talk() -> None:
    _table(
        "chats",
        "id:big! channel:key chat:key peer:key created_at:big contact:key? company:key? deal:key? status:text "
        "session:big=1 session_at:big? accepted_by:key? accepted_at:big? answered_at:big? closed_at:big? blocked:bool",
    )
    op.create_index("uq_chats_channel_chat", "chats", ["channel", "chat"], unique=True)
    op.create_index("ix_chats_chat", "chats", ["chat"])
    op.create_index("ix_chats_peer", "chats", ["peer"])
    for owner in ("contact", "company", "deal"):
        _index(f"ix_chats_{owner}", "chats", [owner, "created_at"], f"{owner} IS NOT NULL")
    _index("ix_chats_open", "chats", ["session_at"], "status != 'closed'")
    _table(
        "chat_messages",
        "id:big! chat:big session:big at:big author:text by:text text:text hidden:bool delivery:big? data:text?",
    )
    op.create_index("ix_chat_messages_chat_id", "chat_messages", ["chat", "id"])
    _index("ix_chat_messages_delivery", "chat_messages", ["delivery"], "delivery IS NOT NULL")
    _table(
        "invites",
        "token:key! deal:key channel:key at:big contact:key? company:key? run:big? followed_at:big? followed_by:key?",
    )
    op.create_index("ix_invites_deal", "invites", ["deal"])
    _index("ix_invites_followed_by", "invites", ["channel", "followed_by"], "followed_by IS NOT NULL")
    _index("ix_invites_run", "invites", ["run"], "run IS NOT NULL")


def _happenings() -> None:
    _table(
        "events",
        "id:big! kind:text source:key outside_id:key at:big deal:key? delivery:big? connection:key? data:text? "
        "handled_at:big?",
    )
    op.create_index("uq_events_source_outside_id", "events", ["source", "outside_id"], unique=True)
    _index("ix_events_open", "events", ["id"], "handled_at IS NULL")
    _index("ix_events_deal", "events", ["deal", "id"], "deal IS NOT NULL")
    _index("ix_events_delivery", "events", ["delivery", "id"], "delivery IS NOT NULL")
    _table("happenings", "id:big! connection:key key:key kind:text at:big deal:key? delivery:big? data:text?")
    op.create_index("uq_happenings_connection_key", "happenings", ["connection", "key"], unique=True)
    op.create_index("ix_happenings_at", "happenings", ["at"])


def _files() -> None:
    _table("contents", "digest:key! size:big content:bytes")
    _table("stored_files", "name:key! digest:key size:big media_type:text at:big by:text removed:bool")


def _charges() -> None:
    _table("charges", "id:big! connection:key key:key cost:text spent:text currency:text at:big")
    op.create_index("uq_charges_connection_key", "charges", ["connection", "key"], unique=True)
    op.create_index("ix_charges_connection_id", "charges", ["connection", "id"])


def _writers() -> None:
    op.add_column("deliveries", sa.Column("by", _KEY, nullable=True))
    op.add_column("deliveries", sa.Column("why", sa.Text(), nullable=True))


def _log() -> None:
    """What the outbound log is filtered and counted by."""
    ended = "status IN ('cancelled', 'failed', 'undelivered', 'unknown')"
    _index("ix_deliveries_ended_badly", "deliveries", ["status", "id"], ended)
    op.create_index("ix_deliveries_channel", "deliveries", ["channel", "id"])
    op.create_index("ix_deliveries_at", "deliveries", ["at"])


def _tracking() -> None:
    op.add_column("company_settings", sa.Column("gateway", sa.Text(), nullable=True))
    op.add_column("meta", sa.Column("tracking_key", sa.Text(), nullable=True))


def _table(name: str, columns: str) -> None:
    """Make a table of ``name:type`` words: ``!`` is the key, ``?`` may be empty, ``=`` gives a default."""
    parts: list[Any] = []
    for word in columns.split():
        column, _, kind = word.partition(":")
        kind, _, default = kind.partition("=")
        if kind == "bool":
            parts.append(sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))
            continue
        given = sa.text(default) if default else None
        parts.append(sa.Column(column, _TYPES[kind.rstrip("!?")], nullable=kind.endswith("?"), server_default=given))
        if kind.endswith("!"):
            parts.append(sa.PrimaryKeyConstraint(column, name=f"pk_{name}"))
    op.create_table(name, *parts)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
