"""What is thought of hits on mails: opinions are added, never changed; the newest one counts."""

from __future__ import annotations

from sqlalchemy import Index, column, true

from data.columns import Table, ident, partial, prose, serial, whole, yes_no


class JudgementRow(Table, table=True):
    """An opinion on one hit (an event), by a certain version of the rules. One of each event is the ``latest``."""

    __tablename__ = "judgements"
    __table_args__ = (
        Index(None, "event", "id"),
        partial("ix_judgements_latest", "version", "id", where=column("latest") == true()),
    )

    id: int | None = serial()
    event: int = whole()
    version: int = whole()
    who: str = ident()
    reasons: str | None = prose(default=None)
    at: int = whole()
    latest: bool = yes_no()
