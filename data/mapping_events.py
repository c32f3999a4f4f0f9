"""Events and happenings as rows, both ways."""

from __future__ import annotations

from typing import Any

from core.model.event import Candidate, Event, Happening, Reach, Timer, Verdict
from core.stored_json import decode
from core.words import load
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


def reach_params(reach: Reach) -> Params:
    """Return the columns of an event at one deal, its row's number among them."""
    return {
        "id": reach.id,
        "event": reach.event,
        "deal": reach.deal,
        "applied": reach.applied,
        "entry": reach.entry,
        "candidates": dump([_kept(each) for each in reach.candidates]),
        "judged_at": reach.judged_at,
    }


def _kept(candidate: Candidate) -> list[str | None]:
    detail = candidate.detail.dump() if candidate.detail else None
    return [candidate.trigger, candidate.target, candidate.verdict.value, candidate.reason, detail]


def reach_of(row: Any) -> Reach:
    """Return an event at one deal."""
    number, event, deal, applied, entry, candidates, judged_at = row
    return Reach(
        id=number,
        event=event,
        deal=deal,
        applied=applied,
        entry=entry,
        candidates=tuple(_candidate(*each) for each in decode(candidates)) if candidates else (),
        judged_at=judged_at,
    )


def _candidate(trigger: str, target: str, verdict: str, reason: str | None, detail: str | None) -> Candidate:
    return Candidate(trigger, target, Verdict(verdict), reason, load(detail))


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


def timer_params(timer: Timer) -> Params:
    """Return a timer's columns; one that is about no deal has a blank one."""
    return {
        "key": timer.key,
        "kind": timer.kind,
        "deal": timer.deal or "",
        "at": timer.at,
        "data": dump(dict(timer.data)),
    }


def timer_of(row: Any) -> Timer:
    """Return the timer of a row."""
    key, kind, deal, at, data = row
    return Timer(key=key, kind=kind, deal=deal or None, at=at, data=load_dict(data))
