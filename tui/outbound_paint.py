"""How a line of the outbound log looks: texts with the names of their styles, cut to the width. No Textual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from rich.cells import cell_len, set_cell_size

from core import money, phones
from core.i18n import N_
from core.i18n import gettext as _
from core.log_filter import CHANNEL_NAMES, STATUS_NAMES
from core.model.delivery import Channel
from core.model.moment import Moment
from core.safe_text import safe_text
from core.words import fill
from tui import format as fmt
from tui import reasons
from tui.actions import key_of
from tui.outbound_rows import LogLine

if TYPE_CHECKING:
    from core.outbound import Row

Piece = tuple[str, str]
"""A text and the name of its style."""

CHANNEL_ICONS: Final[Mapping[str, str]] = {
    "email": "✉",
    "sms": "❝",
    "telephony": "☎",
    "open_channel": "✈",
    "webhook": "↗",
}
STATUS_SIGNS: Final[Mapping[str, str]] = {
    "held": "◷",
    "queued": "◔",
    "sending": "▸",
    "sent": "✓",
    "delivered": "✓",
    "undelivered": "✗",
    "failed": "✗",
    "unknown": "?",
    "cancelled": "⊘",
}


_CALL_NAMES: Final[Mapping[str, str]] = {
    "queued": N_("ringing…"),
    "sending": N_("ringing…"),
    "sent": N_("answered"),
    "failed": N_("not reached"),
}
"""How it stands with a call that a person has placed."""


@dataclass(frozen=True, slots=True)
class Moments:
    """What a line needs to know of time: the present moment, the reader's zone and its day."""

    now: Moment
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The present day in the reader's zone."""
        return fmt.local(self.now, self.zone).date()


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in cells of a line's parts; 0 leaves a part out."""

    channel: int
    to: int
    text: int
    status: int
    deal: int


def columns(width: int) -> Columns:
    """Share out a width: the text gets what the others leave."""
    channel = 8 if width >= 100 else 0
    deal = min(26, width // 7) if width >= 96 else 0
    to = min(30, max(14, width // 5))
    status = min(44, max(20, width * 27 // 100))
    gaps = 1 + 9 + 2 + 2 + channel + 1 + 1 + (1 if deal else 0) + 1
    return Columns(channel, to, max(0, width - gaps - to - status - deal), status, deal)


def line(item: LogLine, width: int, moments: Moments) -> list[Piece]:
    """Return one line of exactly ``width`` cells."""
    row, share = item.row, columns(width)
    tone = row.status if row.status in STATUS_SIGNS else "queued"
    pieces: list[Piece] = [
        (" " + fmt.log_time(row.at, moments.zone, moments.today) + " ", "time"),
        (STATUS_SIGNS.get(row.status, "·") + " ", tone),
        (CHANNEL_ICONS.get(row.message.channel, "•") + " ", "time"),
    ]
    if share.channel:
        pieces.append((fit(_(CHANNEL_NAMES.get(row.message.channel, str(row.message.channel))), share.channel), "time"))
    pieces += [
        (fit(recipient(row), share.to) + " ", "to"),
        (fit(subject(row), share.text) + " ", "text"),
        (fit(safe_text(status_words(row, moments)), share.status), tone),
    ]
    if share.deal:
        pieces.append((" " + fit(safe_text(item.title), share.deal), "deal"))
    return _exactly(pieces, width)


def recipient(row: Row) -> str:
    """Return the address; a telephone number the way people write it."""
    to = row.message.to
    return safe_text(phones.readable(to) if to.startswith("+") else to)


def subject(row: Row) -> str:
    """Return the subject, or the beginning of the text, in one line."""
    return _("a manager's call") if placed(row) else safe_text(row.message.gist)


def placed(row: Row) -> bool:
    """Return whether it is a call that a person has placed."""
    return row.message.channel is Channel.TELEPHONY and row.rule is None


def call_again() -> str:
    """Say why a call that a person has placed is not made once more by itself."""
    return fill(_("It was a person's call: call again with {key}."), {"key": key_of("panel.dial", "D")})


def status_words(row: Row, moments: Moments) -> str:
    """Say how it stands with a message and why, in words."""
    names = {**STATUS_NAMES, **_CALL_NAMES} if placed(row) else STATUS_NAMES
    name = _(names.get(row.status, row.status))
    why = row.detail.local() or reasons.words(row.reason)
    if row.status == "held":
        return held_words(row, moments.now)
    done = row.delivery.delivered_at or row.delivery.sent_at if row.delivery else None
    if done is not None and row.status in ("sent", "delivered"):
        return " · ".join(filter(None, (f"{name} {fmt.short_time(done, moments.zone, moments.today)}", price(row))))
    if row.status == "queued" and not row.reason and (row.due_at is None or row.due_at <= moments.now):
        why = ""  # so far the words only tell how the recipient was found
    if row.status == "queued" and row.reason == "connection_paused":  # it waits for a person, not for a moment
        return f"{name}: {reasons.words(row.reason)}"
    if row.status == "queued" and row.reason == "disabled":
        return f"{name}: {why}"
    if row.status == "queued" and row.due_at is not None and row.due_at > moments.now:
        again = fill(_("again at {time}"), {"time": fmt.short_time(row.due_at, moments.zone, moments.today)})
        return f"{again}: {why}" if why else again  # the time first: a narrow screen cuts the end
    return f"{name}: {why}" if why else name


def price(row: Row) -> str:
    """Say what a message has cost; nothing where that is not known."""
    delivery = row.delivery
    if delivery is None or delivery.cost is None or delivery.cost_currency is None:
        return ""
    return f"{money.text(delivery.cost, delivery.cost_currency)} {delivery.cost_currency}"


def held_words(row: Row, now: Moment) -> str:
    """Say how long a held message can still be taken back, and how; of one that cannot go, why it will fail."""
    left = fmt.countdown(max(0, row.due_at - now)) if row.due_at is not None else ""
    if row.reason:
        return fill(_("{why} - fails in {left}"), {"why": reasons.words(row.reason), "left": left})
    if row.due_at is not None and row.due_at <= now:
        return fill(_("due now - {key} to undo"), {"key": key_of("move.undo", "u")})
    return fill(_("held {left} - {key} to undo"), {"left": left, "key": key_of("move.undo", "u")})


def fit(text: str, width: int) -> str:
    """Cut or fill a text to a width in cells; a cut one ends in an ellipsis."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def _exactly(pieces: list[Piece], width: int) -> list[Piece]:
    used = sum(cell_len(text) for text, _style in pieces)
    if used < width:
        return [*pieces, (" " * (width - used), "text")]
    out: list[Piece] = []
    left = width
    for text, style in pieces:
        cut = set_cell_size(text, min(left, cell_len(text)))
        out.append((cut, style))
        left -= cell_len(cut)
    return out
