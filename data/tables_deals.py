"""Tables of clients, deals and what hangs on a deal.

Rows name one another by id without foreign keys: the one place that writes them (:mod:`data.tx_plan`) has just read
what it links, and checking that again at every insert would only cost.
"""

from __future__ import annotations

from sqlalchemy import Index, and_, column, false
from sqlalchemy import text as sql

from data.columns import Table, ident, partial, prose, serial, whole, yes_no


class ContactRow(Table, table=True):
    """A person at the client's side; addresses are JSON, in the order of adding."""

    __tablename__ = "contacts"

    id: str = ident(primary_key=True)
    name: str = prose()
    name_folded: str = ident()
    emails: str | None = prose(default=None)
    phones: str | None = prose(default=None)
    removed: bool = yes_no()


class CompanyRow(Table, table=True):
    """A client company."""

    __tablename__ = "companies"

    id: str = ident(primary_key=True)
    name: str = prose()
    name_folded: str = ident()
    emails: str | None = prose(default=None)
    phones: str | None = prose(default=None)
    contacts: str | None = prose(default=None)
    removed: bool = yes_no()


class AddressRow(Table, table=True):
    """Whose an address is: a row for each address of each client, written with the client.

    ``kind`` is ``email`` or ``phone``, ``owner_kind`` ``contact`` or ``company``; ``value`` is in small letters.
    ``opted_out``: the owner wants no messages there.
    """

    __tablename__ = "addresses"
    __table_args__ = (Index(None, "owner"), {"sqlite_with_rowid": False})

    value: str = ident(primary_key=True)
    kind: str = ident(primary_key=True)
    owner_kind: str = ident(primary_key=True)
    owner: str = ident(primary_key=True)
    opted_out: bool = yes_no()


class DealContactRow(Table, table=True):
    """A deal's contacts in order; position 0 is the primary one."""

    __tablename__ = "deal_contacts"
    __table_args__ = (Index(None, "contact"), {"sqlite_with_rowid": False})

    deal: str = ident(primary_key=True)
    position: int = whole(primary_key=True)
    contact: str = ident()


class DealRow(Table, table=True):
    """A card of the board. ``amount`` in minor units of ``currency``; ``contact`` repeats the primary contact."""

    __tablename__ = "deals"
    __table_args__ = (
        partial("ix_deals_board", "pipeline", "stage", sql("rank DESC"), "id", where=column("removed") == false()),
        partial("ix_deals_company", "company", where=column("company").is_not(None)),
        partial("ix_deals_load", "responsible", where=and_(column("closed") == false(), column("removed") == false())),
    )

    id: str = ident(primary_key=True)
    title: str = prose()
    title_folded: str = ident()
    pipeline: str = ident()
    stage: str = ident()
    responsible: str | None = ident(default=None)
    amount: int | None = whole(default=None)
    currency: str = prose()
    company: str | None = ident(default=None)
    contact: str | None = ident(default=None)
    fields: str | None = prose(default=None)
    begin_date: str | None = prose(default=None)
    close_date: str | None = prose(default=None)
    flags: str | None = prose(default=None)
    closed: bool = yes_no()
    removed: bool = yes_no()
    rank: int = whole(default=0)
    entry: int | None = whole(default=None)
    entered_at: int = whole()
    created_at: int = whole()
    active_at: int = whole()
    version: int = whole(default=1)


class StageTotalRow(Table, table=True):
    """How many deals of one currency stand in a column, and their sum in minor units; kept with every change."""

    __tablename__ = "stage_totals"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - the form SQLAlchemy asks for

    pipeline: str = ident(primary_key=True)
    stage: str = ident(primary_key=True)
    currency: str = ident(primary_key=True)
    n: int = whole(default=0)
    amount: int = whole(default=0)


class TimelineRecord(Table, table=True):
    """A line of a deal's history; ``text`` is a stored sentence, ``data`` JSON.

    Where ``delivery`` is set there is neither: the line says that this message was sent, and is read from its row. What
    was said and to whom changes no more after that, and most lines are of this kind.
    """

    __tablename__ = "timeline"
    __table_args__ = (Index(None, "deal", "id"),)

    id: int | None = serial()
    deal: str = ident()
    at: int = whole()
    kind: str = prose()
    by: str = prose()
    text: str | None = prose(default=None)
    data: str | None = prose(default=None)
    delivery: int | None = whole(default=None)


class NotificationRow(Table, table=True):
    """Something that a user was told in the app."""

    __tablename__ = "notifications"
    __table_args__ = (Index(None, "user", "id"),)

    id: int | None = serial()
    user: str = ident()
    deal: str = ident()
    at: int = whole()
    by: str = prose()
    text: str = prose()


class TaskRow(Table, table=True):
    """A task on a deal."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index(None, "deal", "id"),
        partial("ix_tasks_open", "due_at", "id", where=column("done_at").is_(None)),
    )

    id: int | None = serial()
    deal: str = ident()
    title: str = prose()
    text: str = prose()
    assignee: str | None = ident(default=None)
    due_at: int | None = whole(default=None)
    created_at: int = whole()
    by: str = prose()
    done_at: int | None = whole(default=None)


class FileRow(Table, table=True):
    """A file of a deal; its content lies in the file store under ``digest`` (SHA-256)."""

    __tablename__ = "files"
    __table_args__ = (Index(None, "deal", "id"),)

    id: int | None = serial()
    deal: str = ident()
    field: str | None = ident(default=None)
    name: str = prose()
    digest: str = ident()
    size: int = whole()
    media_type: str = prose()
    at: int = whole()
    by: str = prose()
