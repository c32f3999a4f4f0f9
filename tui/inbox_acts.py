"""What is done in the inbox: open it, take the next thing, open a thing at its place, mark it as handled, take back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Offset

from core import commands
from core.i18n import gettext as _
from core.inbox import Waiting
from core.words import fill
from tui import panel_place, writing
from tui.actions import Scope, key_of

if TYPE_CHECKING:
    from tui.app import FunilApp


def show(app: FunilApp) -> None:
    """Open the inbox in the board's place, or go to it where it is open."""
    app.screen.remove_class("full-log")
    view = app.inbox
    if not view.open:
        view.open = True
        panel_place.share_width(app)
        view.reload()
    if app.panel.display and not view.display:
        app.close_panel()
    view.list.focus()


def close(app: FunilApp) -> None:
    """Go back to the board."""
    app.inbox.open = False
    panel_place.share_width(app)
    app.home.focus()


async def next_thing(app: FunilApp) -> None:
    """Take the most urgent thing: open the deal that it is about, at its place."""
    view = app.inbox
    if not view.open:
        show(app)
    view.reload()
    await view.settled()
    place = view.rows.after(view.taken if app.panel.display else None)
    if place is None:
        app.say(_("Nothing waits for anybody."))
        return
    view.rows.point(place)
    view.draw()
    open_thing(app)


def open_thing(app: FunilApp) -> None:
    """Open the deal of the thing under the cursor: at its chat, ready to answer, or at its line of history."""
    item = app.inbox.rows.current
    if item is None:
        return
    app.inbox.taken = item.id
    if item.deal is None:
        app.say(_("It belongs to no deal: nobody knows the client, or none of their deals is open."))
        return
    app.panel.show(item.deal)
    panel_place.share_width(app)
    app.panel.focus_body()
    if app.panel.deal == item.deal:
        _go_to(app, item)


def _go_to(app: FunilApp, item: Waiting) -> None:
    channel, colon, chat = item.id.partition(":")
    if colon:
        app.panel.answer(channel, chat)
        return
    view = app.panel.view
    lines = view.history if view is not None else ()
    line = next((entry.id for entry in lines if entry.data.get("event") == item.id), None)
    keys = [f"line:{line}", f"event:{item.id[1:]}"] if item.id[0] == "E" else [f"task:{item.id[1:]}"]
    for key in keys:
        if app.panel.go_to(key):
            return


async def done(app: FunilApp) -> None:
    """Mark the thing under the cursor as handled; a task is completed."""
    item = app.inbox.rows.current
    if item is None:
        return
    if await writing.in_inbox(app, commands.attend(item.id, app.desk.user)):
        app.inbox.handled.append(item.id)
        told = fill(_("Handled: {text}"), {"text": item.text or item.who})
        app.say(told + "\n" + fill(_("{key} takes it back."), {"key": key_of("inbox.back", "z")}))


async def take_back(app: FunilApp) -> None:
    """Have the thing that was marked last wait again."""
    view = app.inbox
    if view.handled and await writing.in_inbox(app, commands.unattend(view.handled[-1], app.desk.user)):
        view.rows.aim = view.handled.pop()


def open_filter(app: FunilApp) -> None:
    """Let the person type what the list shows."""
    app.inbox.filter.open(app.inbox.rows.words)


async def open_menu(app: FunilApp) -> None:
    """Show what can be done with the thing under the cursor."""
    from tui.acts import menu

    view = app.inbox
    item = view.rows.current
    cell = view.list.region.offset + Offset(2, 1 + view.rows.cursor - view.rows.top)
    await menu(app, (item.text or item.who) if item else "", Scope.INBOX, cell)
