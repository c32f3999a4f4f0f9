"""What an agent does in a chat of the open deal: take it, answer, close it, open what came with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core import commands
from core.i18n import gettext as _
from core.model.talk import Chat
from core.ports import Job
from core.words import fill
from tui.mover import sentence_of
from tui.panels import can
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
    if chat is not None and await _written(app, commands.accept_chat(chat.chat, app.desk.user, chat.channel)):
        app.panel.answer(chat.channel, chat.chat)


async def close(app: FunilApp) -> None:
    """End the chat's session."""
    chat = chosen(app)
    if chat is not None and await _written(app, commands.close_chat(chat.chat, app.desk.user, chat.channel)):
        app.say(fill(_("The chat with {who} is closed; it begins again when the client writes."), {"who": chat.peer}))


async def _written(app: FunilApp, job: Job[Any]) -> bool:
    try:
        await app.desk.store.write(job)
    except Exception as error:
        app.say(sentence_of(error), trouble=True)
        return False
    app.written()
    app.panel.reload()
    return True


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


async def open_file(app: FunilApp, spot: FileSpot) -> None:
    """Ask whether to open or to save a file of a chat."""
    from tui import log_acts

    await log_acts.one_file(app, {"name": spot.name, "digest": spot.digest, "size": spot.size})
