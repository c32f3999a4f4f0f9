"""The table of what waits for a person."""

from __future__ import annotations

from sqlalchemy import column

from data.columns import Table, ident, partial, prose, whole


class AttentionRow(Table, table=True):
    """An event that waits for a person until ``done_at``, or a chat (``what``) of which somebody has said that what was
    written up to ``done_at`` needs no answer."""

    __tablename__ = "attention"
    __table_args__ = (partial("ix_attention_open", "at", "thing", where=column("done_at").is_(None)),)

    what: str = ident(primary_key=True)
    thing: int = whole(primary_key=True)
    about: str = prose()
    at: int = whole()
    done_at: int | None = whole(default=None)
    done_by: str | None = ident(default=None)
