"""The JSON of a deal as other programs get it: every field is always there, null where nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core import money
from core.model.moment import iso

if TYPE_CHECKING:
    from core.model.deal import Deal
    from core.model.house import House


def deal(found: Deal, house: House) -> dict[str, Any]:
    """Return a deal; every custom field stands there, an empty one as null."""
    return {
        "id": found.id,
        "title": found.title,
        "amount": None if found.amount is None else money.text(found.amount, found.currency),
        "currency": found.currency,
        "pipeline": found.pipeline,
        "stage": found.stage,
        "responsible": found.responsible,
        "contacts": list(found.contacts),
        "company": found.company,
        "fields": {**dict.fromkeys(house.fields), **found.fields},
        "begin_date": found.begin_date,
        "close_date": found.close_date,
        "flags": list(found.flags),
        "entered_stage_at": iso(found.entered_at),
        "created_at": iso(found.created_at),
        "closed": found.closed,
        "version": found.version,
    }
