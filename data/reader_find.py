"""Finding a pipeline's deals by the terms of a filter: one statement for each shape that a filter has."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, false, func, not_, or_, select, true

from core import money
from core.filtering.names import OVERDUE
from core.filtering.terms import SCALE, WORDS, Among, Has, Term, Within, holds
from core.model.pipeline import StageKind
from core.views import FoundDeal
from data.building import builder
from data.reader_base import Base, the
from data.reader_board import CARD_COUNTS
from data.reader_config import stages
from data.reader_listing import companies, contacts, containing, deals
from data.sql import Statement, among

_found: Final = builder(FoundDeal)
_LARGEST: Final = 2**63 - 1
_CODES: Final[Mapping[int, tuple[str, ...]]] = {
    digits: tuple(code for code in money.CURRENCIES if money.digits(code) == digits) for digits in (0, 3, 4)
}
_TEXTS: Final[Mapping[str, tuple[ColumnElement[Any], ...]]] = {
    WORDS: (deals.c.title_folded, contacts.c.name_folded, companies.c.name_folded, func.lower(deals.c.id)),
    "client": (contacts.c.name_folded, companies.c.name_folded),
    "company": (companies.c.name_folded,),
    "title": (deals.c.title_folded,),
    "id": (func.lower(deals.c.id),),
}
_Shape = tuple[str, str, bool]
"""Field, how it is tested, and whether it must not hold."""


def _shape(term: Term) -> _Shape:
    match term.test:
        case Within(low, high):
            how = f"{'low' * (low is not None)} {'high' * (high is not None)}".strip()
        case other:
            how = type(other).__name__.lower()
    return term.field, how, term.negated


@lru_cache(maxsize=256)
def find_where(shapes: tuple[_Shape, ...], custom: bool) -> Statement:
    """Return the statement that finds deals by terms of these shapes; ``custom`` reads their own fields too."""

    def build() -> Any:
        found = (
            select(deals.c.id, deals.c.stage, deals.c.amount, deals.c.currency, *((deals.c.fields,) if custom else ()))
            .outerjoin(contacts, contacts.c.id == deals.c.contact)
            .outerjoin(companies, companies.c.id == deals.c.company)
            .where(deals.c.pipeline == the("pipeline"), deals.c.removed == false())
            .order_by(deals.c.stage, deals.c.rank.desc(), deals.c.id)
        )
        for number, (field, how, negated) in enumerate(shapes):
            condition = _condition(field, how, f"t{number}")
            found = found.where(not_(func.coalesce(condition, false())) if negated else condition)
        return found if custom else found.limit(the("limit"))

    return Statement(build)


def _condition(field: str, how: str, name: str) -> ColumnElement[bool]:
    if field in _TEXTS:
        places = _TEXTS[field]
        if how == "empty":
            return and_(*(func.coalesce(place, "") == "" for place in places))
        return or_(*(place.like(the(name), escape="\\") for place in places))
    if field == OVERDUE:
        return _overdue(name)
    column = CARD_COUNTS[field]() if field in CARD_COUNTS else deals.c[field]
    if how == "empty":
        return or_(column.is_(None), column == "") if field.endswith(("_date", "responsible")) else column.is_(None)
    if how == "among":
        return among(column, name)
    bound = _minor if field == "amount" else the
    sides = [column >= bound(f"{name}_low")] if "low" in how else []
    sides += [column <= bound(f"{name}_high")] if "high" in how else []
    return and_(true(), *sides)


def _overdue(name: str) -> ColumnElement[bool]:
    """A date that has passed in a stage that is no end."""
    working = select(stages.c.id).where(
        stages.c.pipeline == deals.c.pipeline, stages.c.id == deals.c.stage, stages.c.kind == StageKind.PROCESS.value
    )
    return and_(deals.c.close_date <= the(f"{name}_high"), working.exists())


def _minor(name: str) -> ColumnElement[Any]:
    """Return the bound in minor units of the deal's currency."""
    cases = [
        (deals.c.currency.in_(codes), cast(the(f"{name}_{digits}"), BigInteger)) for digits, codes in _CODES.items()
    ]
    return case(*cases, else_=cast(the(f"{name}_2"), BigInteger))


def _params(term: Term, name: str) -> dict[str, Any]:
    match term.test:
        case Has(text):
            return {name: containing(text)}
        case Among(values):
            return {name: list(values)}
        case Within(low, high):
            sides = {f"{name}_low": low, f"{name}_high": high}
            given = {key: value for key, value in sides.items() if value is not None}
            return _minors(given) if term.field == "amount" else given
        case _:
            return {}


def _minors(given: Mapping[str, int]) -> dict[str, int]:
    """Return each bound for every number of decimal places, rounded inwards."""
    out: dict[str, int] = {}
    for name, value in given.items():
        for digits in (0, 2, 3, 4):
            unit = 10 ** (SCALE - digits)
            minor = -(-value // unit) if name.endswith("low") else value // unit
            out[f"{name}_{digits}"] = max(-_LARGEST, min(minor, _LARGEST))
    return out


class FindReader(Base):
    """Deals by the terms of a filter."""

    def find(self, pipeline: str, terms: Sequence[Term], limit: int) -> Sequence[FoundDeal]:
        """Return the deals of a pipeline for which all terms hold, in board order, ``limit`` at most."""
        plain = [term for term in terms if term.custom is None]
        custom = [term for term in terms if term.custom is not None]
        params: dict[str, Any] = {"pipeline": pipeline, "limit": limit}
        for number, term in enumerate(plain):
            params |= _params(term, f"t{number}")
        rows = self.db.rows(find_where(tuple(map(_shape, plain)), bool(custom)), **params)
        if not custom:
            return [_found(*row) for row in rows]
        return [_found(*row[:-1]) for row in rows if _fits(row[-1], custom)][:limit]


def _fits(fields: str | None, terms: Sequence[Term]) -> bool:
    values = json.loads(fields) if fields else {}
    return all(holds(term, values.get(term.custom)) for term in terms)
