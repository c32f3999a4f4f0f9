"""Listing deals in board order by what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, and_, false, func, or_, select, true

from core.safe_text import fold
from core.views import DealFilter
from data.columns import table_of
from data.reader_base import the
from data.reader_config import pipelines, stages
from data.sql import Db, Row, Statement
from data.tables_deals import CompanyRow, ContactRow, DealRow, StageTotalRow

deals: Final = table_of(DealRow)
contacts: Final = table_of(ContactRow)
companies: Final = table_of(CompanyRow)
totals: Final = table_of(StageTotalRow)

top_first: Final = (deals.c.rank.desc(), deals.c.id)


def _columns() -> Select[Any]:
    """The columns in which deals stand, which the kept totals know, in board order."""
    found = _beside(select(totals.c.pipeline, totals.c.stage), totals).where(totals.c.n > 0)
    order = _board_order(totals)
    return found.group_by(*order).order_by(*order)


def _beside(found: Select[Any], table: Any) -> Select[Any]:
    return found.outerjoin(pipelines, pipelines.c.id == table.c.pipeline).outerjoin(
        stages, and_(stages.c.pipeline == table.c.pipeline, stages.c.id == table.c.stage)
    )


def _board_order(table: Any) -> tuple[Any, ...]:
    return pipelines.c.position, table.c.pipeline, stages.c.position, table.c.stage


COLUMNS = Statement(_columns)


@cache
def deals_where(*, pipeline: bool, stage: bool, search: bool, removed: bool, limit: bool) -> Statement:
    """Return the statement that lists deals in board order by the filters that are set."""

    def build() -> Select[Any]:
        found = select(deals).where(deals.c.removed == (true() if removed else false()))
        if pipeline:
            found = found.where(deals.c.pipeline == the("pipeline"))
        if stage:
            found = found.where(deals.c.stage == the("stage"))
        if pipeline and stage:
            found = found.order_by(*top_first)
        else:
            found = _beside(found, deals).order_by(*_board_order(deals), *top_first)
        if search:
            found = _searched(found)
        return found.limit(the("limit")) if limit else found

    return Statement(build)


def _searched(found: Select[Any]) -> Select[Any]:
    places = (deals.c.title_folded, contacts.c.name_folded, companies.c.name_folded, func.lower(deals.c.id))
    return (
        found.outerjoin(contacts, contacts.c.id == deals.c.contact)
        .outerjoin(companies, companies.c.id == deals.c.company)
        .where(or_(*(place.like(the("search"), escape="\\") for place in places)))
    )


def containing(text: str) -> str:
    """Return the LIKE pattern of folded texts that contain the text, whatever signs stand in it."""
    escaped = fold(text.strip()).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def listed(db: Db, where: DealFilter) -> list[Row]:
    """Return rows of deals in board order.

    The first few are read column by column, each from its index: to sort all deals of the board for them would cost as
    much as to list them all.
    """
    if where.limit is None or where.removed or (where.pipeline is not None and where.stage is not None):
        return _rows(db, where, where.pipeline, where.stage, where.limit)
    found: list[Row] = []
    for pipeline, stage in _columns_of(db, where):
        found += _rows(db, where, pipeline, stage, where.limit - len(found))
        if len(found) >= where.limit:
            break
    return found


def _columns_of(db: Db, where: DealFilter) -> Iterator[tuple[str, str]]:
    for pipeline, stage in db.rows(COLUMNS):
        if where.pipeline in (None, pipeline) and where.stage in (None, stage):
            yield pipeline, stage


def _rows(db: Db, where: DealFilter, pipeline: str | None, stage: str | None, limit: int | None) -> list[Row]:
    search = bool(where.search and where.search.strip())
    statement = deals_where(
        pipeline=pipeline is not None,
        stage=stage is not None,
        search=search,
        removed=where.removed,
        limit=limit is not None,
    )
    return db.rows(statement, pipeline=pipeline, stage=stage, search=containing(where.search or ""), limit=limit)
