"""The first tables."""

from __future__ import annotations

import re
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TYPES: Final[dict[str, Any]] = {
    "big": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
    "flag": sa.Boolean(),
    "key": sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
    "text": sa.Text(),
}
_COLUMN: Final = re.compile(r"(\w+):(\w+)([!?]?)(?:=(\w+))?(-?)")


def upgrade() -> None:
    """Make every table."""
    _house()
    _deals()
    _work()


def _table(name: str, columns: str, *, rowid: bool = True) -> None:
    # A column is written NAME:TYPE, with ! for a part of the primary key (and - where it does not count by itself),
    # ? for one that may be empty, =VALUE for a default.
    found = [_COLUMN.fullmatch(column) for column in columns.split()]
    assert all(found), columns
    parts = [match.groups() for match in found if match]
    made = [_column(*part) for part in parts]
    key = sa.PrimaryKeyConstraint(*[part[0] for part in parts if part[2] == "!"], name=f"pk_{name}")
    op.create_table(name, *made, key, **({} if rowid else {"sqlite_with_rowid": False}))


def _column(name: str, kind: str, mark: str, default: str | None, uncounted: str) -> sa.Column[Any]:
    given = sa.false() if kind == "flag" else None if default is None else sa.text(default)
    counts: Any = False if uncounted else "auto"
    return sa.Column(name, _TYPES[kind], autoincrement=counts, nullable=mark == "?", server_default=given)


def _index(
    name: str,
    table: str,
    columns: str,
    where: str | None = None,
    *,
    postgresql: str | None = None,
    unique: bool = False,
) -> None:
    # A column with - behind it is kept in falling order.
    parts = [sa.text(f"{part[:-1]} DESC") if part.endswith("-") else part for part in columns.split()]
    if where is None:
        op.create_index(name, table, parts, unique=unique)
    else:
        op.create_index(
            name,
            table,
            parts,
            unique=unique,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(postgresql or where),
        )


def _house() -> None:
    _table("meta", "id:big!- house:text config_version:big=1 clock:big? deal_number:big=1000")
    _table(
        "company_settings", "id:big!- timezone:text hours:text? holidays:text? grace:big currency:text language:text"
    )
    _table(
        "users",
        "id:key! name:text role:text mailboxes:text? phone:text? timezone:text? hours:text? position:big archived:flag",
    )
    _table(
        "connections",
        "id:key! channel:text adapter:text settings:text? new_deal:text? paused:text? position:big archived:flag",
    )
    _table("constants", "name:key! value:text position:big archived:flag")
    _table("fields", "id:key! type:text name:text? multiple:flag options:text? position:big archived:flag")
    _table("pipelines", "id:key! name:text position:big archived:flag")
    _table("stages", "pipeline:key! id:key! name:text color:text kind:text position:big")
    _table("rules", "id:key! revision:big position:big enabled:flag removed:flag")
    _table("rule_revisions", "id:big! rule:key spec:text author:text at:big")
    _index("ix_rule_revisions_rule", "rule_revisions", "rule")
    _table(
        "triggers",
        "id:key! pipeline:key stage:key kind:text name:text position:big as_user:text back:flag when:text? "
        "enabled:flag settings:text? removed:flag",
    )


def _deals() -> None:
    _table("contacts", "id:key! name:text name_folded:key emails:text? phones:text? removed:flag")
    _table("companies", "id:key! name:text name_folded:key emails:text? phones:text? contacts:text? removed:flag")
    _table("deal_contacts", "deal:key! position:big! contact:key", rowid=False)
    _index("ix_deal_contacts_contact", "deal_contacts", "contact")
    _table(
        "deals",
        "id:key! title:text title_folded:key pipeline:key stage:key responsible:key? amount:big? currency:text "
        "company:key? contact:key? fields:text? begin_date:text? close_date:text? flags:text? closed:flag "
        "removed:flag rank:big entry:big? entered_at:big created_at:big active_at:big version:big",
    )
    _index("ix_deals_board", "deals", "pipeline stage rank- id", "removed = 0", postgresql="removed = false")
    _index("ix_deals_company", "deals", "company", "company IS NOT NULL")
    _table("stage_totals", "pipeline:key! stage:key! currency:key! n:big amount:big", rowid=False)
    _table("timeline", "id:big! deal:key at:big kind:text by:text text:text? data:text?")
    _index("ix_timeline_deal_id", "timeline", "deal id")
    _table("notifications", "id:big! user:key deal:key at:big by:text text:text")
    _index("ix_notifications_user_id", "notifications", "user id")
    _table(
        "tasks", "id:big! deal:key title:text text:text assignee:key? due_at:big? created_at:big by:text done_at:big?"
    )
    _index("ix_tasks_deal_id", "tasks", "deal id")
    _table("files", "id:big! deal:key field:key? name:text digest:key size:big media_type:text at:big by:text")
    _index("ix_files_deal_id", "files", "deal id")


def _work() -> None:
    _table(
        "entries",
        "id:big! deal:key pipeline:key stage:key at:big by:text cause:text cause_id:text? chain:text? ended_at:big? "
        "undone_at:big? previous:big? left_rank:big batch:key?",
    )
    _index("ix_entries_batch", "entries", "batch", "batch IS NOT NULL")
    _index("ix_entries_deal", "entries", "deal at")
    _index("ix_entries_open", "entries", "deal", "ended_at IS NULL AND undone_at IS NULL", unique=True)
    _index(
        "ix_entries_undoable",
        "entries",
        "id",
        "ended_at IS NULL AND undone_at IS NULL AND batch IS NOT NULL AND previous IS NOT NULL",
    )
    _table(
        "runs",
        "id:big! entry:big deal:key rule:key revision:big position:big status:text moment:big? due_at:big? waits:flag "
        "mover:flag holds:flag reason:text? detail:text? condition:text? cancelled_by:big? was:text? created_at:big "
        "ended_at:big?",
    )
    _index("ix_runs_cancelled_by", "runs", "cancelled_by", "cancelled_by IS NOT NULL")
    _index("ix_runs_deal", "runs", "deal rule")
    _index("ix_runs_due", "runs", "due_at mover position id", "status = 'waiting' AND due_at IS NOT NULL")
    _index("ix_runs_held", "runs", "due_at", "status = 'waiting' AND reason = 'grace'")
    _index("ix_runs_rule", "runs", "rule")
    _index("ix_runs_waiting", "runs", "rule", "status IN ('waiting', 'no_date')")
    _index("uq_runs_entry_rule", "runs", "entry rule", unique=True)
    _table(
        "deliveries",
        "id:big! deal:key rule:key? run:big? entry:big? connection:key channel:text recipient:text text:text "
        "subject:text? data:text? status:text unknown:text at:big moment:big position:big due_at:big? attempts:big "
        "worker:text? reason:text? detail:text? provider_id:key? sent_at:big? delivered_at:big? cost:text? "
        "cost_currency:text? cancelled_by:big? was:text?",
    )
    _index("ix_deliveries_cancelled_by", "deliveries", "cancelled_by", "cancelled_by IS NOT NULL")
    _index("ix_deliveries_deal", "deliveries", "deal id")
    _index("ix_deliveries_entry", "deliveries", "entry", "entry IS NOT NULL")
    _index("ix_deliveries_pending", "deliveries", "deal", "status IN ('queued', 'sending')")
    _index("ix_deliveries_queue", "deliveries", "connection due_at id", "status = 'queued' AND worker IS NULL")
    _index("ix_deliveries_worker", "deliveries", "worker", "worker IS NOT NULL")
    _table("timers", "key:key! kind:text deal:key at:big data:text?")
    _index("ix_timers_at", "timers", "at")
    _table("changes", "id:big! act:big what:text thing:key")
