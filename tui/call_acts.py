"""Calling the client from the open deal: whom, through which line, and what becomes of it while one looks on."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from core import commands, phones
from core.i18n import gettext as _
from core.model.delivery import Channel, Delivery
from core.model.house import Connection
from core.model.people import Company, Contact
from core.outbound import row_of
from core.ports import Reader
from core.words import fill
from tui import acts, person, reasons, writing
from tui.actions import key_of
from tui.outbound_rows import LogLine, titled
from tui.panels.deal_sheet import DealView, type_name
from tui.panels.picker import Choice, Picker
from tui.panels.spots import AddressSpot

if TYPE_CHECKING:
    from tui.app import FunilApp


def why_not(app: FunilApp) -> str | None:
    """Say why nobody can be called from here, and what to do then; None when somebody can."""
    view = app.panel.view
    if view is None:
        return _("No deal is open: enter opens the one under the cursor.")
    if not app.desk.house.connected(Channel.TELEPHONY):
        told = _("No telephone line is connected: a board file names one, under “connections”.")
        return told + " " + fill(_("{key} notes a call made elsewhere."), {"key": key_of("panel.call", "C")})
    return None if _numbers(view) else _("No client of this deal has a telephone number.")


async def dial(app: FunilApp) -> None:
    """Ask whom to call, and over which line if there are several; show what becomes of the call."""
    view = app.panel.view
    if view is None:
        return
    by = app.desk.user or view.deal.responsible
    if by is None:
        app.say(person.unknown(app) or "")
        return
    spot = app.panel.spot
    at = spot.base.value if isinstance(spot, AddressSpot) and spot.base is not None and spot.phone else None
    number = await app.push_screen_wait(Picker(_("Whom do you call?"), _numbers(view), at=at))
    line = await _line(app) if number is not None else None
    if number is None or line is None:
        return
    call = commands.NewCall(phone=number, line=line, id=f"call-{uuid4().hex}")
    done = await writing.answers(app, commands.place_call(view.deal.id, call, by))
    if done is not None:
        app.panel.reload()
        await acts.read_message(app, app.desk.store.read(lambda reader: _shown(reader, done[0].delivery)))


def _shown(reader: Reader, delivery: Delivery) -> LogLine:
    return titled(reader, [row_of(reader.house(), delivery, reader.lines(), reader.now())])[0]


def _numbers(view: DealView) -> list[Choice]:
    people: list[Contact | Company] = [*view.contacts, *([view.company] if view.company else [])]
    return [
        Choice(
            each.value,
            phones.readable(each.value),
            f"{one.name} · {type_name(each.type)}",
            why_not=_("The client wants no messages there.") if each.opted_out else None,
        )
        for one in people
        for each in one.phones
    ]


async def _line(app: FunilApp) -> str | None:
    """Return the line to call from: the only one, else the one that is chosen; None for none."""
    lines = app.desk.house.connected(Channel.TELEPHONY)
    if len(lines) == 1:
        return lines[0].id
    choices = [
        Choice(each.id, each.id, str(each.settings.get("number") or ""), why_not=_paused(each)) for each in lines
    ]
    chosen: str | None = await app.push_screen_wait(Picker(_("From which line?"), choices))
    return chosen


def _paused(line: Connection) -> str | None:
    if line.paused is None:
        return None
    why = _("by hand") if line.paused == commands.BY_HAND else reasons.words(line.paused)
    return fill(_("paused: {why}"), {"why": why})
