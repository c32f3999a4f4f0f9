"""What can be done now with a rule's run or a message of the deal, and why not."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core import fields
from core.i18n import gettext as _
from core.log_filter import STATUS_NAMES
from core.model.deal import Deal
from core.model.event import Event
from core.model.run import Run, RunStatus
from core.model.talk import Chat, ChatStatus
from core.words import fill
from tui import outbound_paint as paint
from tui.panels.deal_sheet import DealView
from tui.panels.run_words import RUN_NAMES, Told
from tui.panels.spots import TALKS, PastSpot, RunSpot, SaidSpot

if TYPE_CHECKING:
    from core.outbound import Row

_WAITS = (RunStatus.WAITING, RunStatus.NO_DATE)


def of(view: DealView, spot: object) -> tuple[Told | None, Row | None]:
    """Return the run and the message that the cursor stands on."""
    if isinstance(spot, RunSpot):
        told = next((each for each in view.told if each.run.public_id == spot.run), None)
        return told, told.row if told else None
    if isinstance(spot, PastSpot | SaidSpot) and spot.message is not None:
        return None, view.messages.get(spot.message)
    return None, None


def target(told: Told | None, row: Row | None) -> str | None:
    """Return the id that an act names: the message's once there is one, else the run's."""
    if told is not None and (row is None or told.run.status in _WAITS):
        return told.run.public_id
    return row.id if row is not None else None


def why_not_now(view: DealView, spot: object) -> str | None:
    """Say why what the cursor stands on cannot run now, or be tried again; None when it can."""
    told, row = of(view, spot)
    if told is not None and told.run.status in _WAITS:
        return None
    if row is None:
        return nothing_there() if told is None else _run_ended(told.run, again=True)
    if paint.placed(row):
        return paint.call_again()
    if row.delivery is not None and row.delivery.entry is not None and row.delivery.entry != view.deal.entry:
        return _("The deal has left that stage.")
    if row.status in ("queued", "failed", "undelivered"):
        return None
    if row.status == "unknown":
        return _("It may have gone out: say first what became of it.")
    return _is(row)


def why_not_stop(view: DealView, spot: object) -> str | None:
    """Say why what the cursor stands on cannot be stopped; None when it can."""
    told, row = of(view, spot)
    if told is not None and told.run.status in _WAITS:
        return None
    if row is None:
        return nothing_there() if told is None else _run_ended(told.run, again=False)
    return None if row.status == "queued" else _is(row)


def why_not_resolve(view: DealView, spot: object) -> str | None:
    """Say why nobody needs to say what became of a message; None when somebody must."""
    _told, row = of(view, spot)
    if row is not None and row.status == "unknown":
        return None
    return _("Only of a message whose outcome is unknown somebody must say what became of it.")


def why_not_restore(view: DealView, spot: object) -> str | None:
    """Say why a change of a field cannot be taken back; None when it can: the field is still what it became then."""
    if not isinstance(spot, PastSpot) or spot.field is None:
        return _("Put the cursor on a change of a field first, in the history.")
    if stored(view.deal, spot.field) != spot.new:
        return _("It has been changed again since.")
    return None


def chat_of(view: DealView, spot: object) -> Chat | None:
    """Return the chat that the cursor stands on, else the deal's newest one that goes on, else its newest."""
    if isinstance(spot, TALKS):
        return next((c for c in view.chats if (c.chat, c.channel) == (spot.chat, spot.channel)), None)
    going = [chat for chat in view.chats if chat.status is not ChatStatus.CLOSED]
    return next(iter(going or view.chats), None)


def why_not_answer(view: DealView, spot: object) -> str | None:
    """Say why nobody can be answered in a chat; None when somebody can."""
    chat = chat_of(view, spot)
    if chat is None:
        return _("There is no chat with the client: it begins with the client's first message.")
    return _("The client has blocked us there: nothing goes out.") if chat.blocked else None


def letter(view: DealView, event: str | None) -> Event | None:
    """Return the mail of the client that a line of history tells of; None for anything else."""
    found = next((each for each in view.events if each.public_id == event), None) if event is not None else None
    return found if found is not None and found.kind == "email_received" else None


def why_not_accept(view: DealView, spot: object) -> str | None:
    """Say why a chat cannot be taken; None when it can."""
    chat = chat_of(view, spot)
    if chat is None:
        return why_not_answer(view, spot)
    if chat.status is ChatStatus.WAITING:
        return None
    if chat.status is ChatStatus.CLOSED:
        return _("The chat is closed: it begins again when the client writes.")
    user = view.house.users.get(chat.accepted_by or "")
    return fill(_("{user} has taken it already."), {"user": user.name if user else chat.accepted_by})


def why_not_close(view: DealView, spot: object) -> str | None:
    """Say why a chat cannot be closed; None when it can."""
    chat = chat_of(view, spot)
    if chat is None:
        return why_not_answer(view, spot)
    if chat.status is ChatStatus.CLOSED:
        return _("The chat is closed: it begins again when the client writes.")
    return None


def stored(deal: Deal, field: str) -> Any:
    """Return a field's value in the form in which the history keeps it."""
    if fields.resolve(field) not in fields.BUILTIN:
        return deal.fields.get(field)
    value = getattr(deal, field)
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Decimal) else value


def nothing_there() -> str:
    """Say that an act needs a rule or a message under the cursor."""
    return _("Put the cursor on a rule or on a message first.")


def _run_ended(run: Run, *, again: bool) -> str | None:
    if again and run.status is RunStatus.FAILED:
        return None
    return fill(_("It has ended: {status}."), {"status": _(RUN_NAMES[run.status])})


def _is(row: Row) -> str:
    return fill(_("It is {status}."), {"status": _(STATUS_NAMES.get(row.status, row.status))})
