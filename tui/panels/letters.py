"""A message of the outbound log unfolded on the deal's sheet: to whom, how it stands, what it says, what came back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from core.i18n import N_
from core.i18n import gettext as _
from core.log_filter import CHANNEL_NAMES
from core.model.delivery import OutcomeKind
from core.model.event import Event
from core.model.line import Attempt
from core.model.moment import Moment
from core.safe_text import safe_text
from core.words import fill
from tui import format as fmt
from tui import outbound_paint as paint
from tui import reasons
from tui.panels.deal_sheet import DealView, spoken
from tui.panels.flow import Para

if TYPE_CHECKING:
    from core.outbound import Row

OUTCOMES: Final = {
    OutcomeKind.ACCEPTED: N_("taken"),
    OutcomeKind.DEFERRED: N_("not now"),
    OutcomeKind.REJECTED: N_("refused"),
    OutcomeKind.UNKNOWN: N_("outcome unknown"),
    OutcomeKind.MISCONFIGURED: N_("connection not set up"),
}
BACK: Final = {"email_opened": N_("Opened"), "link_clicked": N_("Clicked")}


def unfolded(view: DealView, row: Row, moments: paint.Moments, indent: int) -> Iterator[Para]:
    """Return the whole message: a label and a value a line, then its text."""
    pairs = [pair for pair in _pairs(view, row, moments) if pair[1]]
    wide = max(cell_len(name) for name, _value in pairs) + 2
    for name, value in pairs:
        label = name + " " * (wide - cell_len(name))
        yield Para(((label, "muted"), (safe_text(value), "plain")), indent, indent + wide)
    text = safe_text(row.message.text or str(row.message.data.get("play") or ""), lines=True)
    if text:
        yield Para((("", "plain"),))
        yield Para(((text, "plain"),), indent, indent)
        yield Para((("", "plain"),))


def _pairs(view: DealView, row: Row, moments: paint.Moments) -> list[tuple[str, str]]:
    sent = row.delivery
    channel = _(CHANNEL_NAMES.get(row.message.channel, row.message.channel.value))
    files = ", ".join(str(each["name"]) for each in row.message.data.get("attachments") or ())
    return [
        (_("To"), paint.recipient(row)),
        (_("Subject"), row.message.subject or ""),
        (_("Attachments"), files),
        (_("Way"), f"{channel} · {row.connection} · {row.id}"),
        (_("Status"), paint.status_words(row, moments)),
        *_moments(row, moments),
        (_("Cost"), paint.price(row)),
        *(attempt(each, moments) for each in (view.attempts.get(sent.public_id, ()) if sent else ())),
        *((_(BACK[each.kind]), came_back(each, moments)) for each in back(view, row)),
    ]


def _moments(row: Row, moments: paint.Moments) -> Iterator[tuple[str, str]]:
    sent = row.delivery
    yield _("Written"), fmt.full_time(row.at, moments.zone)
    yield _("Sent"), _time(sent.sent_at if sent else None, moments)
    yield _("Delivered"), _time(sent.delivered_at if sent else None, moments)


def _time(moment: Moment | None, moments: paint.Moments) -> str:
    return "" if moment is None else fmt.full_time(moment, moments.zone)


def attempt(one: Attempt, moments: paint.Moments) -> tuple[str, str]:
    """Return an attempt that was not taken: when, what became of it, and why."""
    why = spoken(one.detail) or reasons.words(one.reason)
    told = f"{fmt.short_time(one.at, moments.zone, moments.today)} {_(OUTCOMES[one.outcome])}"
    return fill(_("Attempt {n}"), {"n": one.number}), f"{told}: {why}" if why else told


def back(view: DealView, row: Row) -> Sequence[Event]:
    """Return what the client did with a message, oldest first."""
    number = row.delivery.id if row.delivery else None
    return [each for each in view.events if each.delivery == number and each.kind in BACK] if number else ()


def came_back(event: Event, moments: paint.Moments) -> str:
    """Return when the client opened a message, or which link was clicked."""
    time = fmt.short_time(event.at, moments.zone, moments.today)
    return " ".join(filter(None, (time, str(event.data.get("link") or ""))))
