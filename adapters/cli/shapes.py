"""The JSON of deals, outbound rows and history: every field is always there, null where nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.model.moment import iso
from core.model.people import Company
from core.shapes import deal

__all__ = ["client", "deal", "history", "task"]

if TYPE_CHECKING:  # each verb loads no more than it shows
    from core.model.people import Address, Contact
    from core.model.task import Task
    from core.views import TimelineEntry


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
