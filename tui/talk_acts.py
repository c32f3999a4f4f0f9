"""What an agent does in a chat of the open deal: take it, answer, close it, open what came with it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

from core import commands, phones
from core.i18n import gettext as _
from core.model.people import Company, Contact
from core.model.talk import Chat
from core.words import fill
from tui import format as fmt
from tui import person, writing
from tui.mover import sentence_of
from tui.panels import can
from tui.panels.ask import Ask
from tui.panels.picker import Choice, Picker
from tui.panels.spots import FileSpot

if TYPE_CHECKING:
    from tui.app import FunilApp


def chosen(app: FunilApp) -> Chat | None:
    """Return the chat that is meant: the one that is being answered, else the one under the cursor, else the newest."""
    panel = app.panel
    if panel.view is None:
        return None
    if panel.talk.chat is not None and panel.talk.text.has_focus:
        return next((c for c in panel.view.chats if (c.channel, c.chat) == panel.talk.chat), None)
    return can.chat_of(panel.view, panel.spot)


def answer(app: FunilApp) -> None:
    """Open the box in which the client is answered."""
    chat = chosen(app)
    if chat is not None:
        app.panel.answer(chat.channel, chat.chat)


async def accept(app: FunilApp) -> None:
    """Take the chat: the press of *Answer* that triggers listen to."""
    chat = chosen(app)
    if chat is not None and await writing.in_panel(app, commands.accept_chat(chat.chat, app.desk.user, chat.channel)):
        app.panel.answer(chat.channel, chat.chat)


async def close(app: FunilApp) -> None:
    """End the chat's session."""
    chat = chosen(app)
    if chat is not None and await writing.in_panel(app, commands.close_chat(chat.chat, app.desk.user, chat.channel)):
        app.say(fill(_("The chat with {who} is closed; it begins again when the client writes."), {"who": chat.peer}))


async def send(app: FunilApp) -> None:
    """Send what stands in the box; what is wrong with it is said below the text, which stays."""
    box = app.panel.talk
    if box.chat is None or box.sending:
        return
    (channel, chat), text = box.chat, box.text.text
    box.sending = True
    try:
        await app.desk.store.write(commands.answer_chat(chat, text, app.desk.user, channel))
    except Exception as error:
        box.complain(sentence_of(error))
        return
    finally:
        box.sending = False
    box.sent(text)
    app.written()
    app.panel.reload()


async def call(app: FunilApp) -> None:
    """Ask which number was called, and record the call."""
    view = app.panel.view
    if view is None:
        return
    by = app.desk.user or view.deal.responsible
    if by is None:
        app.say(person.unknown(app) or "")
        return
    people: list[Contact | Company] = [*view.contacts, *([view.company] if view.company else [])]
    choices = [Choice(each.value, phones.readable(each.value), one.name) for one in people for each in one.phones]
    if not choices:
        app.say(_("No client of this deal has a telephone number."))
        return
    number = await app.push_screen_wait(Picker(_("Who was called?"), choices))
    if number is not None:
        report = commands.Report(source="house", id=f"call:{uuid4().hex}")
        if await writing.in_panel(app, commands.call_made(report, number, by, view.deal.id)):
            app.say(fill(_("Noted: {number} was called."), {"number": phones.readable(number)}))


async def paid(app: FunilApp) -> None:
    """Ask how much was paid, and mark it."""
    view = app.panel.view
    if view is None:
        return
    deal = view.deal
    title = fill(_("How much was paid? ({currency})"), {"currency": deal.currency})
    offered = fmt.number(deal.amount) if deal.amount is not None else ""
    typed = await app.push_screen_wait(Ask(title, offered, _why_not_amount))
    if typed is not None:
        payment = commands.Payment(amount=str(fmt.parse_money(typed)))
        if await writing.in_panel(app, commands.mark_paid(deal.id, payment, app.desk.user)):
            app.say(_("It is marked as paid."))


def _why_not_amount(text: str) -> str | None:
    try:
        amount = fmt.parse_money(text)
    except ValueError:
        return fill(_("Not an amount like {example}."), {"example": fmt.number(Decimal("1250.50"))})
    return None if amount > 0 else _("What is paid is more than nothing.")


async def open_file(app: FunilApp, spot: FileSpot) -> None:
    """Ask whether to open or to save a file of a chat."""
    from tui import log_acts

    await log_acts.one_file(app, {"name": spot.name, "digest": spot.digest, "size": spot.size})
