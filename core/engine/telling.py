"""What the history of a deal says of what clients do, and that something happened on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from core.engine import attending
from core.i18n import N_
from core.model.deal import Deal
from core.model.event import Event
from core.model.moment import Moment
from core.model.timeline import TimelineKind, TimelineRow
from core.plan import Plan
from core.ports import Tx
from core.words import Words

_QUOTED: Final = 200
"""Characters of what a client has written that a line quotes; its data hold all."""
_ACTIVE: Final = frozenset({"chat_message", "chat_accepted", "chat_answered"})
"""Kinds whose own act has told the history already, and that count as activity."""


class Line(NamedTuple):
    """A line of history: its kind, who did it, and how it is said."""

    kind: TimelineKind
    by: str
    words: Words


def tell(tx: Tx, event: Event, deals: Sequence[Deal], now: Moment, fresh: str | None = None) -> None:
    """Add what happened to the history of the deals that it reaches, count it as activity, unless a machine did it, and
    have it settle what waited for a person there.

    Chats tell of themselves as they happen; only a deal that was made for the message (``fresh``) hears of it here.
    """
    attending.settle(tx, event, [deal.id for deal in deals])
    if event.kind == "email_sent" and event.delivery is not None:
        return  # its message tells of itself; a call's end is told when it is known
    line = line_of(event)
    told = deals if event.kind in _LINES else [deal for deal in deals if deal.id == fresh]
    if line is not None and told:
        data = {"event": event.public_id, **event.data}
        rows = [
            TimelineRow(deal=deal.id, at=event.at, kind=line.kind, by=line.by, text=line.words, data=data)
            for deal in told
        ]
        tx.apply(Plan(timeline=rows))
    if (event.kind in _LINES or event.kind in _ACTIVE) and not event.data.get("machine"):
        tx.touch([deal.id for deal in deals], min(event.at, now))


def line_of(event: Event) -> Line | None:
    """Return how history tells of an event; None for what tells of itself or is not told."""
    if event.kind == "chat_message":
        return _chat(event)
    make = _LINES.get(event.kind)
    return make(event) if make is not None else None


def _said(event: Event, *names: str) -> Mapping[str, str]:
    return {name: str(event.data.get(name) or "")[:_QUOTED] for name in names}


def _opened(event: Event) -> Line:
    if event.data.get("machine"):
        return Line(TimelineKind.OPENED, "system", Words(N_("a machine has looked at e-mail {delivery}"), _mail(event)))
    return Line(TimelineKind.OPENED, "client", Words(N_("the client has opened e-mail {delivery}"), _mail(event)))


def _clicked(event: Event) -> Line:
    args = {**_mail(event), **_said(event, "link")}
    if event.data.get("machine"):
        words = Words(N_("a machine has followed a link of e-mail {delivery}: {link}"), args)
        return Line(TimelineKind.CLICKED, "system", words)
    return Line(TimelineKind.CLICKED, "client", Words(N_("the client has followed a link: {link}"), args))


def _mail(event: Event) -> Mapping[str, str]:
    return {"delivery": f"M{event.delivery}" if event.delivery is not None else ""}


_AUTOMATIC: Final = {
    "bounce": N_("a mail came back to us: {subject}"),
    "auto_reply": N_("an automatic reply from {from}: {subject}"),
}


def _received(event: Event) -> Line:
    args = _said(event, "from", "subject")
    automatic = _AUTOMATIC.get(str(event.data.get("automatic") or ""))
    if automatic:
        return Line(TimelineKind.RECEIVED, "client", Words(automatic, args))
    return Line(TimelineKind.RECEIVED, "client", Words(N_("{from} writes an e-mail: {subject}"), args))


def _texted(event: Event) -> Line:
    return Line(
        TimelineKind.RECEIVED, "client", Words(N_("{from} answers by SMS: {text}"), _said(event, "from", "text"))
    )


def _submitted(event: Event) -> Line:
    args = _said(event, "form", "name", "phone", "email")
    who = next((args[name] for name in ("name", "phone", "email") if args[name]), "-")
    if event.data.get("type") == "callback":
        words = N_("{who} asks to be called back (form {form})")
    else:
        words = N_("{who} submits form {form}")
    return Line(TimelineKind.RECEIVED, "client", Words(words, {"who": who, "form": args["form"]}))


def _called(event: Event) -> Line:
    words = Words(N_("{by} calls {phone}"), _said(event, "by", "phone"))
    return Line(TimelineKind.CALL, str(event.data.get("by") or "system"), words)


def _rang(event: Event) -> Line:
    return Line(TimelineKind.CALL, "client", Words(N_("{phone} calls, on {line}"), _said(event, "phone", "line")))


def _missed(event: Event) -> Line:
    words = Words(N_("a call from {phone}, on {line}, was not answered"), _said(event, "phone", "line"))
    return Line(TimelineKind.CALL, "client", words)


def _hooked(event: Event) -> Line:
    return Line(
        TimelineKind.RECEIVED, "system", Words(N_("a webhook calls with the code “{code}”"), _said(event, "code"))
    )


def _chat(event: Event) -> Line:
    words = Words(N_("{channel}: the client begins a chat: {text}"), _said(event, "channel", "text"))
    return Line(TimelineKind.CHAT, "client", words)


def _written(event: Event) -> Line:
    words = Words(N_("{by} has written an e-mail elsewhere: {subject}"), _said(event, "by", "subject"))
    return Line(TimelineKind.NOTE, str(event.data.get("by") or "system"), words)


_LINES: Final[Mapping[str, Callable[[Event], Line]]] = {
    "email_opened": _opened,
    "link_clicked": _clicked,
    "email_received": _received,
    "email_sent": _written,
    "sms_received": _texted,
    "form": _submitted,
    "call_made": _called,
    "call_received": _rang,
    "call_missed": _missed,
    "webhook": _hooked,
}
