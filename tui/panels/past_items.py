"""The deal's history on its sheet, newest first: what the house did, what went out, what came back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from core import fields, phones
from core.i18n import N_
from core.i18n import gettext as _
from core.model.event import Event
from core.model.moment import Moment
from core.model.timeline import TimelineKind
from core.ports import TimelineEntry
from core.safe_text import safe_text
from core.words import Words, fill
from tui import format as fmt
from tui import outbound_paint as paint
from tui.outbound_paint import CHANNEL_ICONS, Moments
from tui.panels import can, letters, run_words, values
from tui.panels.deal_sheet import DealView, spoken
from tui.panels.flow import Knob, Para, Piece
from tui.panels.sheet import Item, Section
from tui.panels.spots import PastSpot
from tui.panels.verdict_items import verdicts

if TYPE_CHECKING:
    from core.outbound import Row

IN = 2
LONGEST: Final = 70
"""Characters of a message that its folded line shows."""
CLIENT: Final = "client"
_TOLD: Final = frozenset(
    {TimelineKind.OPENED, TimelineKind.CLICKED, TimelineKind.RECEIVED, TimelineKind.CALL, TimelineKind.PAYMENT}
)
"""Kinds of lines that tell of an event: where one stands, its event is not told again."""
SIGNS: Final[Mapping[TimelineKind, str]] = {
    TimelineKind.MOVED: "→",
    TimelineKind.UNDONE: "↶",
    TimelineKind.RUN: "⚡",
    TimelineKind.OPENED: "✉",
    TimelineKind.CLICKED: "↗",
    TimelineKind.RECEIVED: "✉",
    TimelineKind.CALL: "☎",
    TimelineKind.CHAT: "✈",
    TimelineKind.LOOP_GUARD: "⚠",
    TimelineKind.FLAGGED: "⚠",
}
EVENTS: Final[Mapping[str, tuple[str, str]]] = {
    "email_opened": ("✉", N_("the client opened “{subject}”")),
    "link_clicked": ("↗", N_("the client clicked {link} in “{subject}”")),
    "email_received": ("✉", N_("the client wrote: {subject}")),
    "email_bounced": ("✉", N_("a mail came back: {subject}")),
    "sms_received": ("❝", N_("the client answered by SMS: {text}")),
    "callback_form": ("▤", N_("the client asked to be called")),
    "crm_form": ("▤", N_("the client filled a form")),
    "call_made": ("☎", N_("the client was called")),
    "call_received": ("☎", N_("the client called")),
    "call_missed": ("☎", N_("a call of the client was missed")),
    "payment": ("$", N_("an invoice was paid")),
    "webhook": ("↗", N_("a webhook named the deal: {code}")),
}
"""Events that have no line of history of their own, with a sign."""
_DETAILS: Final[Mapping[str, str]] = {
    "from": N_("From"),
    "to": N_("To"),
    "subject": N_("Subject"),
    "line": N_("Line"),
    "link": N_("Link"),
    "seconds": N_("Seconds"),
    "duration": N_("Duration"),
    "amount": N_("Amount"),
    "code": N_("Code"),
}


def items(view: DealView, manner: values.Manner, moments: Moments, unfolded: frozenset[str]) -> list[Item]:
    """Return the lines of history and the events that have none, newest first."""
    told = {entry.at for entry in view.history if entry.kind in _TOLD}
    oldest = view.history[-1].at if view.history else Moment(0)
    found: list[tuple[Moment, int, Item]] = []
    newest: set[str] = set()
    for entry in view.history:
        message = str(entry.data.get("delivery") or "")
        if message in newest and entry.data.get("status") == "sent":
            continue  # the line above says that it went out, and what came of it
        found.append((entry.at, 1, _entry(view, entry, manner, moments, unfolded, fresh=message not in newest)))
        newest |= {message} if message else set()
    for event in view.events:
        if event.kind in EVENTS and event.at not in told and event.at >= oldest:
            found.append((event.at, 0, _event(view, event, moments, unfolded)))
    return [item for _at, _first, item in sorted(found, key=lambda each: (-each[0], each[1]))]


def _line(
    key: str,
    at: Moment,
    pieces: tuple[Piece, ...],
    more: tuple[Para, ...],
    spot: PastSpot,
    moments: Moments,
    knobs: tuple[Knob, ...] = (),
) -> Item:
    time = fmt.short_time(at, moments.zone, moments.today)
    head = Para(((f"{time}  ", "muted"), *pieces), 0, IN, knobs)
    return Item(key=key, section=Section.HISTORY, paras=(head, *more), spot=spot)


# Lines of history -----------------------------------------------------------------------------------------------------


def _entry(
    view: DealView,
    entry: TimelineEntry,
    manner: values.Manner,
    moments: Moments,
    unfolded: frozenset[str],
    *,
    fresh: bool,
) -> Item:
    """Return a line of history; ``fresh`` is the newest one of its message, which tells how it stands by now."""
    key, row = f"line:{entry.id}", view.messages.get(str(entry.data.get("delivery") or ""))
    shown: tuple[Piece, ...]
    if entry.kind is TimelineKind.DELIVERY and row is not None and fresh:
        shown = _message(view, row, moments)
    else:
        sign = SIGNS.get(entry.kind, "·")
        shown = ((f"{sign} ", "muted"), (safe_text(_said(view, entry, manner)), _tone(entry)))
    by = _by(view, entry.by)
    if by:
        shown = (*shown, (f"  {safe_text(by)}", "muted"))
    more: tuple[Para, ...] = ()
    if key in unfolded:
        whole = letters.unfolded(view, row, moments, IN) if row is not None else _whole(entry.data, moments)
        more = tuple(whole) or (Para(((fmt.full_time(entry.at, moments.zone), "muted"),), IN, IN),)
        more = (*more, *verdicts(view, str(entry.data.get("event") or ""), IN))
    event = str(entry.data.get("event") or "") or None
    spot = PastSpot(row.id if row else None, event=event)
    knobs = _answering(view, event)
    if entry.kind is TimelineKind.FIELD and "field" in entry.data:
        spot = PastSpot(None, str(entry.data["field"]), entry.data.get("old"), entry.data.get("new"))
        knobs = (Knob(_("put back"), "panel.restore", can.why_not_restore(view, spot) is None),)
    return _line(key, entry.at, shown, more, spot, moments, knobs)


def _tone(entry: TimelineEntry) -> str:
    if entry.kind in (TimelineKind.LOOP_GUARD, TimelineKind.FLAGGED):
        return "warn"
    return "accent" if entry.by == CLIENT else "plain"


def _by(view: DealView, by: str) -> str:
    user = view.house.users.get(by)
    return user.name if user else {CLIENT: _("client"), "system": ""}.get(by, by)


def _message(view: DealView, row: Row, moments: Moments) -> tuple[Piece, ...]:
    """Return a message in a line: to whom, what, and how it stands by now."""
    bad = row.status in ("failed", "undelivered")
    state = safe_text(paint.status_words(row, moments))
    seen = [_(letters.BACK[kind]) for kind in dict.fromkeys(each.kind for each in letters.back(view, row))]
    return (
        (f"{CHANNEL_ICONS.get(row.message.channel, '•')} ", "muted"),
        (f"{paint.recipient(row)} ", "muted"),
        (f"{_gist(paint.subject(row))}  ", "plain"),
        (" · ".join([state, *(each.lower() for each in seen)]), "bad" if bad else "good" if seen else "muted"),
    )


def _gist(text: str) -> str:
    """Return the beginning of a text; the whole of it is there when the line is unfolded."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _said(view: DealView, entry: TimelineEntry, manner: values.Manner) -> str:
    """Return an entry's sentence; a change of a field goes by the field's name and the values as people write them."""
    if entry.kind is TimelineKind.FIELD and "field" in entry.data:
        name = str(entry.data["field"])
        spec = fields.find(name, view.house)
        kind = spec.kind if spec else None
        old, new = (_value(view, manner, name, kind, entry.data.get(each)) for each in ("old", "new"))
        return fill(_("{field}: {old} → {new}"), {"field": spec.label() if spec else name, "old": old, "new": new})
    missed = run_words.missed(view.judged.get(str(entry.data.get("run"))), manner)
    if missed and isinstance(entry.text.args.get("detail"), Words):
        return spoken(Words(entry.text.msg, {**entry.text.args, "detail": missed}))
    return spoken(entry.text) or entry.kind.value


def _value(view: DealView, manner: values.Manner, name: str, kind: Any, value: Any) -> str:
    if name == "contacts" and isinstance(value, list):
        known = {contact.id: contact.name for contact in view.contacts}
        value = [known.get(each, each) for each in value]
    if name == "company" and view.company is not None and value == view.company.id:
        value = view.company.name
    return values.shown(manner, kind, value) or "–"


# Events ---------------------------------------------------------------------------------------------------------------


def _event(view: DealView, event: Event, moments: Moments, unfolded: frozenset[str]) -> Item:
    key = f"event:{event.id}"
    sign, pattern = EVENTS[event.kind]
    row = view.messages.get(f"M{event.delivery}") if event.delivery is not None else None
    args = {
        "subject": event.data.get("subject") or (row.message.gist if row else ""),
        "text": event.data.get("text") or "",
        "link": event.data.get("link") or "",
        "code": event.data.get("code") or "",
    }
    said = safe_text(fill(_(pattern), {name: str(value) for name, value in args.items()}))
    more = (*_whole(event.data, moments), *verdicts(view, event.public_id, IN)) if key in unfolded else ()
    spot = PastSpot(row.id if row else None, event=event.public_id)
    shown = ((f"{sign} ", "muted"), (said, "accent"))
    return _line(key, event.at, shown, more, spot, moments, _answering(view, event.public_id))


def _answering(view: DealView, event: str | None) -> tuple[Knob, ...]:
    """Offer to answer a mail that the client wrote."""
    return (Knob(_("answer"), "panel.mail", True),) if can.letter(view, event) is not None else ()


def _whole(data: Mapping[str, Any], moments: Moments) -> Iterator[Para]:
    """Return what is known of something that came in: who, about what, and all of its text."""
    for name, label in _DETAILS.items():
        value = data.get(name)
        if value not in (None, "") and isinstance(value, str | int | float):
            told = _SPOKEN.get(name, str)(value)
            yield Para(((f"{_(label)}  ", "muted"), (safe_text(told), "plain")), IN, IN + 2)
    text = data.get("text")
    if isinstance(text, str) and text:
        yield Para(((safe_text(text, lines=True), "plain"),), IN, IN)


def _address(value: Any) -> str:
    return phones.readable(value) if isinstance(value, str) and value.startswith("+") else str(value)


_SPOKEN: Final[Mapping[str, Callable[[Any], str]]] = {"from": _address, "to": _address}
