"""What a card says of the date by which its deal is to be closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from core import zones
from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.moment import Moment
from core.model.pipeline import Stage, StageKind
from core.ports import Card
from core.words import fill
from tui import format as fmt
from tui.board.texts import NOT_DUE, Due
from tui.desk import Desk

WEEK: Final = 7


def due_of(desk: Desk, card: Card, stage: Stage, now: Moment) -> Due:
    """Return what is said of a deal's close date: nothing without one, and nothing once it is won or lost."""
    if card.close_date is None or stage.kind is not StageKind.PROCESS:
        return NOT_DUE
    try:
        day = date.fromisoformat(card.close_date)
    except ValueError:
        return NOT_DUE
    today = zones.local(now, desk.zone).date()
    return _late((today - day).days) if day < today else Due(_soon(day, today))


def _soon(day: date, today: date) -> str:
    if day == today:
        return _("due today")
    if day == today + timedelta(1):
        return _("due tomorrow")
    return fill(_("due {day}"), {"day": fmt.day(day)})


def _late(days: int) -> Due:
    told = fill(ngettext("{n} day late", "{n} days late", days), {"n": days})
    short = f"{days // WEEK}{_('w')}" if days >= 2 * WEEK else f"{days}{_('d')}"
    return Due(told, short)
