"""Writing what waits for a person: recording an event makes it wait; a person, or what settles it, ends that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Update, or_, select, update

from core.model.attention import About, about
from core.model.event import Event
from core.model.moment import Moment
from data.reader_base import the
from data.reader_inbox import CHAT, EVENT, attention, reaches
from data.reader_outbox import events
from data.sql import Statement, among
from data.tx_events import EventWriter
from data.tx_feed import FeedWriter
from data.tx_statements import upsertion

_OPEN = attention.c.done_at.is_(None)


def _attend() -> Update:
    found = update(attention).where(attention.c.what == EVENT, among(attention.c.thing, "ids"), _OPEN)
    return found.values(done_at=the("at"), done_by=the("by"))


def _unattend() -> Update:
    found = update(attention).where(attention.c.what == EVENT, among(attention.c.thing, "ids"))
    return found.where(attention.c.done_at.is_not(None)).values(done_at=None, done_by=None)


def _settle() -> Update:
    reached: Any = select(reaches.c.event).where(among(reaches.c.deal, "deals"), reaches.c.deal.is_not(None))
    named: Any = select(events.c.id).where(among(events.c.deal, "deals"), events.c.deal.is_not(None))
    found = update(attention).where(attention.c.what == EVENT, _OPEN, attention.c.at <= the("at"))
    whose = or_(attention.c.thing.in_(reached), attention.c.thing.in_(named))
    return found.where(among(attention.c.about, "about"), whose).values(done_at=the("at"), done_by=the("by"))


WAITS = upsertion(attention)
ATTEND = Statement(_attend)
UNATTEND = Statement(_unattend)
SETTLE = Statement(_settle)


class InboxWriter(EventWriter, FeedWriter):
    """Writes what waits; the screens are told of it."""

    def record(self, event: Event) -> int | None:
        """Keep an event and return its id; None when its source has reported it before. One that asks for a person
        waits from now on."""
        number = super().record(event)
        wanted = about(event) if number is not None else None
        if number is not None and wanted is not None:
            self._wait(EVENT, number, wanted.value, event.at, None, None)
        return number

    def attend_events(self, ids: Iterable[int], at: Moment, by: str) -> int:
        """Note that a person has seen to events that wait; returns how many of them still waited."""
        return self._told(self.db.run(ATTEND, ids=list(ids), at=at, by=by))

    def unattend_events(self, ids: Iterable[int]) -> int:
        """Have events wait again; returns how many did not."""
        return self._told(self.db.run(UNATTEND, ids=list(ids)))

    def attend_chat(self, chat_id: int, at: Moment, by: str) -> None:
        """Note that what a client has said so far needs no answer."""
        self._wait(CHAT, chat_id, About.REPLY.value, at, at, by)

    def unattend_chat(self, chat_id: int) -> None:
        """Take that back."""
        self._wait(CHAT, chat_id, About.REPLY.value, Moment(0), Moment(0), None)

    def settle(self, about: Iterable[About], deals: Iterable[str], at: Moment, by: str) -> None:
        """Note that what has waited on some deals since before ``at`` was seen to."""
        self._told(self.db.run(SETTLE, about=[each.value for each in about], deals=list(deals), at=at, by=by))

    def _wait(self, what: str, thing: int, about: str, at: Moment, done_at: Moment | None, done_by: str | None) -> None:
        self.db.run(WAITS, what=what, thing=thing, about=about, at=at, done_at=done_at, done_by=done_by)
        self._told(1)

    def _told(self, changed: int) -> int:
        if changed:
            self._tell([("inbox", "")])
        return changed
