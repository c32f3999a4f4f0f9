"""Events and happenings as rows, both ways."""

from __future__ import annotations

from typing import Any

from core.model.event import Event, Happening
from data.mapping import Params, dump, dump_chain, load_chain, load_dict


def event_params(event: Event) -> Params:
    """Return an event's columns."""
    return {
        "kind": event.kind,
        "source": event.source,
        "outside_id": event.outside_id,
        "at": event.at,
        "deal": event.deal,
        "delivery": event.delivery,
        "connection": event.connection,
        "data": dump(dict(event.data)),
        "handled_at": event.handled_at,
        "due_at": event.due_at or 0,
        "chain": dump_chain(event.chain),
    }


def event_of(row: Any) -> Event:
    """Return the event of a row."""
    number, kind, source, outside_id, at, deal, delivery, connection, data, handled_at, due_at, chain = row
    return Event(
        id=number,
        kind=kind,
        source=source,
        outside_id=outside_id,
        at=at,
        deal=deal,
        delivery=delivery,
        connection=connection,
        data=load_dict(data),
        handled_at=handled_at,
        due_at=due_at or None,
        chain=load_chain(chain),
    )


def happening_params(happening: Happening) -> Params:
    """Return a happening's columns."""
    return {
        "connection": happening.connection,
        "key": happening.key,
        "kind": happening.kind,
        "at": happening.at,
        "deal": happening.deal,
        "delivery": happening.delivery,
        "data": dump(dict(happening.data)),
    }


def happening_of(row: Any) -> Happening:
    """Return the happening of a row."""
    number, connection, key, kind, at, deal, delivery, data = row
    return Happening(
        id=number, connection=connection, key=key, kind=kind, at=at, deal=deal, delivery=delivery, data=load_dict(data)
    )
