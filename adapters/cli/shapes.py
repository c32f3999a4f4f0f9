"""The JSON of deals, outbound rows and history: every field is always there, null where nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core import money
from core.model.moment import iso
from core.model.people import Company

if TYPE_CHECKING:  # each verb loads no more than it shows
    from core.model.deal import Deal
    from core.model.house import House
    from core.model.people import Address, Contact
    from core.model.task import Task
    from core.views import TimelineEntry


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


def task(found: Task) -> dict[str, Any]:
    """Return a task."""
    return {
        "id": found.public_id,
        "deal": found.deal,
        "title": found.title,
        "text": found.text,
        "assignee": found.assignee,
        "due_at": iso(found.due_at),
        "created_at": iso(found.created_at),
        "by": found.by,
        "done_at": iso(found.done_at),
    }


def client(found: Contact | Company) -> dict[str, Any]:
    """Return a contact, or a client company with its contacts."""
    shown: dict[str, Any] = {
        "id": found.id,
        "name": found.name,
        "emails": [_address(each) for each in found.emails],
        "phones": [_address(each) for each in found.phones],
    }
    return shown | ({"contacts": list(found.contacts)} if isinstance(found, Company) else {})


def _address(address: Address) -> dict[str, Any]:
    return {"type": address.type, "value": address.value, "opted_out": address.opted_out}


def history(entry: TimelineEntry) -> dict[str, Any]:
    """Return a line of a deal's history."""
    return {
        "at": iso(entry.at),
        "kind": entry.kind.value,
        "by": entry.by,
        "text": entry.text.english(),
        "data": dict(entry.data),
    }
