"""The actions of the chats in the open deal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, Final

from core.i18n import N_
from core.i18n import gettext as _
from tui.actions import Action, Scope

if TYPE_CHECKING:
    from tui.app import FunilApp


def _do(name: str) -> Callable[[FunilApp], Awaitable[None] | None]:
    """Return what an action of :mod:`tui.talk_acts` does; that module is loaded when one is first used."""

    def run(app: FunilApp) -> Awaitable[None] | None:
        work: Awaitable[None] | None = getattr(import_module("tui.talk_acts"), name)(app)
        return work

    return run


def _closed(app: FunilApp) -> str | None:
    return None if app.panel.view is not None else _("No deal is open: enter opens the one under the cursor.")


def _can(name: str) -> Callable[[FunilApp], str | None]:
    def why_not(app: FunilApp) -> str | None:
        view = app.panel.view
        if view is None:
            return _("No deal is open: enter opens the one under the cursor.")
        chat = import_module("tui.talk_acts").chosen(app)
        can = import_module("tui.panels.can")
        spots = import_module("tui.panels.spots")
        spot = spots.ChatSpot(chat.chat, chat.channel) if chat is not None else None
        judge: Callable[..., str | None] = getattr(can, f"why_not_{name}")
        return judge(view, spot)

    return why_not


def _nothing_to_send(app: FunilApp) -> str | None:
    if app.panel.talk.chat is None:
        return _("No answer is being written.")
    return None if app.panel.talk.text.text.strip() else _("Write something first.")


OF_TALK: Final = (
    Action(
        id="chat.answer",
        title=N_("Answer in the chat…"),
        help=N_("write to the client in the chat under the cursor, else in the newest one; what was typed is kept"),
        keys=("a",),
        scope=Scope.PANEL,
        run=_do("answer"),
        why_not=_can("answer"),
        hint=N_("answer"),
        hint_rank=9,
        menu=True,
    ),
    Action(
        id="chat.accept",
        title=N_("Take the chat"),
        help=N_("take the chat that nobody has taken: from now on the client waits for your answer"),
        keys=("A",),
        scope=Scope.PANEL,
        run=_do("accept"),
        why_not=_can("accept"),
        menu=True,
    ),
    Action(
        id="chat.close",
        title=N_("Close the chat"),
        help=N_("end the chat; the client's next message begins another"),
        keys=("X",),
        scope=Scope.PANEL,
        run=_do("close"),
        why_not=_can("close"),
        menu=True,
    ),
    Action(
        id="panel.call",
        title=N_("Note a call…"),
        help=N_("say that you have called the client: triggers hear of it, and what waited to be called does no more"),
        keys=("C",),
        scope=Scope.PANEL,
        run=_do("call"),
        why_not=_closed,
        menu=True,
    ),
    Action(
        id="panel.paid",
        title=N_("Mark as paid…"),
        help=N_("say that an invoice of the deal was paid, and how much: triggers hear of it"),
        keys=("P",),
        scope=Scope.PANEL,
        run=_do("paid"),
        why_not=_closed,
        menu=True,
    ),
    Action(
        id="chat.send",
        title=N_("Send the answer"),
        help=N_("send what stands in the box to the client"),
        keys=("ctrl+s",),
        scope=Scope.PANEL,
        run=_do("send"),
        why_not=_nothing_to_send,
        hint=N_("send"),
        hint_rank=1,
    ),
)
