"""Reading what the screen shows: columns and their totals, histories, the change feed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, false, func, literal_column, or_, select

from core.model.talk import Author, ChatStatus
from core.ports import Card, Change, ColumnTotal, TimelineEntry
from data import mapping_work as mapping
from data.building import builder
from data.columns import table_of
from data.reader_base import Base, the
from data.reader_config import stages
from data.reader_entries import runs
from data.reader_listing import companies, contacts, deals
from data.reader_outbox import DELIVERIES_BY_ID
from data.reader_talk import chat_messages, chats
from data.sql import Statement, among
from data.tables_deals import FileRow, NotificationRow, StageTotalRow, TaskRow, TimelineRecord
from data.tables_work import ChangeRow

_card: Final = builder(Card)
totals: Final = table_of(StageTotalRow)
timeline: Final = table_of(TimelineRecord)
notifications: Final = table_of(NotificationRow)
tasks: Final = table_of(TaskRow)
files: Final = table_of(FileRow)
changes: Final = table_of(ChangeRow)

TOTALS = Statement(
    lambda: (
        select(stages.c.id, totals.c.currency, totals.c.n, totals.c.amount)
        .outerjoin(totals, and_(totals.c.pipeline == stages.c.pipeline, totals.c.stage == stages.c.id))
        .where(stages.c.pipeline == the("pipeline"))
        .order_by(stages.c.position, totals.c.currency)
    )
)


_in_grace: Final = and_(runs.c.status == "waiting", runs.c.reason == "grace")
_at_work: Final = and_(
    runs.c.status.in_(("waiting", "no_date", "sending")), func.coalesce(runs.c.reason, "") != "grace"
)
_open_task: Final = and_(tasks.c.deal == deals.c.id, tasks.c.done_at.is_(None))


def _count(which: ColumnElement[bool]) -> Any:
    found = select(func.count()).select_from(runs).where(runs.c.entry == deals.c.entry, which)
    return found.correlate(deals).scalar_subquery()


def _unread() -> Any:
    """What clients have written since an employee last did: in the deal's own chats, and in those of its client that
    no deal has, which concern every open deal."""
    spoke = chat_messages.alias()
    answered = (
        select(spoke.c.id)
        .where(spoke.c.chat == chats.c.id, spoke.c.author == Author.AGENT.value)
        .order_by(spoke.c.id.desc())
        .limit(1)
        .correlate(chats)
        .scalar_subquery()
    )
    whose = or_(
        chats.c.deal == deals.c.id,
        and_(chats.c.contact == deals.c.contact, chats.c.deal.is_(None), deals.c.closed == false()),
        and_(chats.c.company == deals.c.company, chats.c.deal.is_(None), deals.c.closed == false()),
    )
    said = select(func.count()).select_from(chats.join(chat_messages, chat_messages.c.chat == chats.c.id))
    return (
        said.where(whose, chats.c.status != ChatStatus.CLOSED.value)
        .where(chat_messages.c.author == Author.CLIENT.value, chat_messages.c.id > func.coalesce(answered, 0))
        .correlate(deals)
        .scalar_subquery()
    )


def _of_tasks(what: ColumnElement[Any]) -> Any:
    return select(what).select_from(tasks).where(_open_task).correlate(deals).scalar_subquery()


CARD_COUNTS: Final[Mapping[str, Callable[[], Any]]] = {
    "waiting": lambda: _count(_at_work),
    "failed": lambda: _count(runs.c.status == "failed"),
    "held": lambda: _count(_in_grace),
    "unread": _unread,
    "tasks": lambda: _of_tasks(func.count()),
}
"""What is counted for a card, each as a subquery on its deal."""


def _cards() -> Select[Any]:
    return (
        select(
            deals.c.id,
            deals.c.title,
            func.coalesce(contacts.c.name, companies.c.name, ""),
            deals.c.amount,
            deals.c.currency,
            func.coalesce(deals.c.responsible, ""),
            deals.c.entered_at,
            deals.c.version,
            CARD_COUNTS["waiting"](),
            CARD_COUNTS["failed"](),
            deals.c.pipeline,
            deals.c.stage,
            deals.c.rank,
            CARD_COUNTS["held"](),
            CARD_COUNTS["unread"](),
            CARD_COUNTS["tasks"](),
            _of_tasks(func.min(tasks.c.due_at)),
            deals.c.close_date,
        )
        .outerjoin(contacts, contacts.c.id == deals.c.contact)
        .outerjoin(companies, companies.c.id == deals.c.company)
    )


_column: Final = and_(deals.c.pipeline == the("pipeline"), deals.c.stage == the("stage"), deals.c.removed == false())
_top_first: Final = (deals.c.rank.desc(), deals.c.id)
CARDS = Statement(lambda: _cards().where(_column).order_by(*_top_first).limit(the("limit")).offset(the("offset")))
COLUMN_IDS = Statement(lambda: select(deals.c.id).where(_column).order_by(*_top_first))
CARDS_BY_ID = Statement(lambda: _cards().where(among(deals.c.id, "ids"), deals.c.removed == false()))


@cache
def timeline_of(*, limit: bool) -> Statement:
    """Return the statement that reads a deal's history, newest first."""

    def build() -> Select[Any]:
        found = select(timeline).where(timeline.c.deal == the("deal")).order_by(timeline.c.id.desc())
        return found.limit(the("limit")) if limit else found

    return Statement(build)


# On PostgreSQL transactions end in another order than their lines were numbered, so a reader that went by the number
# would miss lines. It goes by transaction instead, up to the oldest one that may still be running.
_horizon: Final = literal_column("CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)", BigInteger)
CHANGES = Statement(
    lambda: (
        select(changes.c.id, changes.c.what, changes.c.thing)
        .where(changes.c.id > the("cursor"))
        .order_by(changes.c.id)
        .limit(the("limit"))
    ),
    lambda: (
        select(changes.c.act, changes.c.what, changes.c.thing)
        .where(changes.c.act > the("cursor"), changes.c.act < _horizon)
        .order_by(changes.c.act, changes.c.id)
    ),
)
CURSOR = Statement(
    lambda: select(func.coalesce(func.max(changes.c.id), 0)),
    lambda: select(_horizon - 1),
)
OLDEST = Statement(
    lambda: select(func.min(changes.c.id)),
    lambda: select(changes.c.act).order_by(changes.c.id).limit(1),
)
NOTIFICATIONS = Statement(lambda: select(notifications).order_by(notifications.c.id.desc()))
NOTIFICATIONS_OF = Statement(
    lambda: select(notifications).where(notifications.c.user == the("user")).order_by(notifications.c.id.desc())
)
FILES = Statement(lambda: select(files).where(files.c.deal == the("deal")).order_by(files.c.id))


class BoardReader(Base):
    """Columns, cards, histories and what has changed."""

    def totals(self, pipeline: str) -> Mapping[str, ColumnTotal]:
        """Return the kept totals of a pipeline's columns by stage id, in board order; empty columns included."""
        counts: dict[str, int] = {}
        sums: dict[str, dict[str, int]] = {}
        for stage, currency, n, amount in self.db.rows(TOTALS, pipeline=pipeline):
            counts[stage] = counts.get(stage, 0) + (n or 0)
            column = sums.setdefault(stage, {})
            if n:
                column[currency] = amount
        return {stage: ColumnTotal(pipeline, stage, n, sums[stage]) for stage, n in counts.items()}

    def cards(self, pipeline: str, stage: str, offset: int, limit: int) -> Sequence[Card]:
        """Return slim rows of a column, top first."""
        rows = self.db.rows(CARDS, pipeline=pipeline, stage=stage, offset=offset, limit=limit)
        return [_card(*row) for row in rows]

    def column_ids(self, pipeline: str, stage: str) -> Sequence[str]:
        """Return the ids of a whole column, top first."""
        return [row[0] for row in self.db.rows(COLUMN_IDS, pipeline=pipeline, stage=stage)]

    def cards_by_id(self, ids: Iterable[str]) -> Mapping[str, Card]:
        """Return slim rows of given deals; removed ones are left out."""
        wanted = list(ids)
        return {row[0]: _card(*row) for row in self.db.rows(CARDS_BY_ID, ids=wanted)} if wanted else {}

    def timeline(self, deal_id: str, limit: int | None = None) -> Sequence[TimelineEntry]:
        """Return a deal's history, newest first."""
        rows = self.db.rows(timeline_of(limit=limit is not None), deal=deal_id, limit=limit)
        ids = [row[-1] for row in rows if row[-1] is not None]
        sent = {row[0]: mapping.delivery_of(row) for row in self.db.rows(DELIVERIES_BY_ID, ids=ids)} if ids else {}
        return [mapping.timeline_of(row, sent.get(row[-1])) for row in rows]

    def changes_since(self, cursor: int, limit: int = 1000) -> tuple[int, Sequence[Change]]:
        """Return the change feed after a cursor, and the cursor to go on from.

        A reader that has fallen behind what the feed keeps gets a ``config`` change first: everything is to be read
        again. ``limit`` holds on SQLite; on PostgreSQL one answer is all that there is.
        """
        rows = self.db.rows(CHANGES, cursor=cursor, limit=limit)
        if not rows:
            return cursor, ()
        found = list(dict.fromkeys(Change(what, thing) for _, what, thing in rows))
        oldest = self.db.one(OLDEST)
        if cursor and oldest and oldest[0] > cursor + 1:
            found.insert(0, Change("config", ""))
        return rows[-1][0], found

    def cursor(self) -> int:
        """Return the newest position of the change feed."""
        row = self.db.one(CURSOR)
        return row[0] if row else 0

    def notifications(self, user: str | None = None) -> Sequence[Mapping[str, Any]]:
        """Return what users were told in the app, newest first: ``id user deal at by text``."""
        rows = self.db.rows(NOTIFICATIONS) if user is None else self.db.rows(NOTIFICATIONS_OF, user=user)
        return [dict(zip(notifications.c.keys(), row, strict=True)) for row in rows]

    def files(self, deal_id: str) -> Sequence[Mapping[str, Any]]:
        """Return a deal's files, oldest first: ``id deal field name digest size media_type at by``."""
        return [dict(zip(files.c.keys(), row, strict=True)) for row in self.db.rows(FILES, deal=deal_id)]
