"""A deal as it stood at an earlier moment, as far as its history tells. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from core.fields.paths import CUSTOM
from core.model.deal import LOOP_FLAG, Deal
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.past_ports import FieldChange

_TEXTS: Final = frozenset({"title", "currency", "responsible", "company", "begin_date", "close_date"})
_LISTS: Final = frozenset({"contacts", "flags"})


def as_of(deal: Deal, changes: Sequence[FieldChange], at: Moment) -> Deal:
    """Return a deal with the fields that it had at a moment; ``changes`` are those since then or longer, newest first.

    A loop guard's flag is left out: whether it stood then is not in the history of fields.
    """
    values: dict[str, Any] = {}
    custom = dict(deal.fields)
    for change in changes:
        if change.at <= at:
            continue
        name, old = change.field, change.old
        if name in _TEXTS:
            values[name] = old
        elif name == "amount":
            values[name] = _amount(old)
        elif name in _LISTS:
            values[name] = tuple(old or ())
        else:
            _put(custom, name.removeprefix(CUSTOM), old)
    flags = tuple(flag for flag in values.pop("flags", deal.flags) if flag != LOOP_FLAG)
    return replace(deal, **values, fields=custom, flags=flags)


def _put(custom: dict[str, Any], name: str, old: Any) -> None:
    if old is None:
        custom.pop(name, None)
    else:
        custom[name] = old


def _amount(old: Any) -> Decimal | None:
    try:
        return None if old is None else Decimal(str(old))
    except InvalidOperation:
        return None


def placed(deal: Deal, house: House, pipeline: str, stage: str, entered: Moment) -> Deal:
    """Return a deal as one that stands in a stage since a moment."""
    found = house.stage(pipeline, stage)
    closed = found.closed if found is not None else False
    return replace(deal, pipeline=pipeline, stage=stage, closed=closed, entered_at=entered)
