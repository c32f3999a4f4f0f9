"""The actions of the inbox."""

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
    """Return what an action of :mod:`tui.inbox_acts` does; that module is loaded when one is first used."""

    def run(app: FunilApp) -> Awaitable[None] | None:
        work: Awaitable[None] | None = getattr(import_module("tui.inbox_acts"), name)(app)
        return work

    return run


def _screenful(app: FunilApp) -> int:
    height: int = app.inbox.rows.height
    return height


def _empty(app: FunilApp) -> str | None:
    return None if app.inbox.rows.current is not None else _("Nothing waits for anybody.")


def _closed(app: FunilApp) -> str | None:
    return None if app.inbox.open else _("The inbox is not open.")


def _nothing_handled(app: FunilApp) -> str | None:
    return None if app.inbox.handled else _("Nothing was marked as handled here.")


def _go(id: str, title: str, help: str, keys: tuple[str, ...], step: Callable[[FunilApp], int]) -> Action:
    return Action(
        id=f"inbox.{id}",
        title=title,
        help=help,
        keys=keys,
        scope=Scope.INBOX,
        run=lambda app: app.inbox.list.go(step(app)),
        palette=False,
    )


OF_INBOX: Final = (
    _go("down", N_("Down"), N_("go to the next thing that waits"), ("j", "down"), lambda app: 1),
    _go("up", N_("Up"), N_("go to the one above"), ("k", "up"), lambda app: -1),
    _go("page_down", N_("Page down"), N_("go down by a screenful"), ("pagedown",), _screenful),
    _go("page_up", N_("Page up"), N_("go up by a screenful"), ("pageup",), lambda app: -_screenful(app)),
    _go("first", N_("Beginning"), N_("go to the most urgent thing"), ("g", "home"), lambda app: -(10**6)),
    _go("last", N_("End"), N_("go to the end of the list"), ("G", "end"), lambda app: 10**6),
    Action(
        id="inbox.show",
        title=N_("Inbox"),
        help=N_("show what waits for a person: chats, calls to return, replies, tasks"),
        keys=("i",),
        scope=Scope.APP,
        run=_do("show"),
        hint=N_("inbox"),
        hint_rank=32,
    ),
    Action(
        id="inbox.next",
        title=N_("Next thing that waits"),
        help=N_("open the deal of the most urgent thing that waits, at its place"),
        keys=("N",),
        scope=Scope.APP,
        run=_do("next_thing"),
    ),
    Action(
        id="inbox.open",
        title=N_("Open its deal"),
        help=N_("open the deal at the chat, the call, the letter or the task"),
        keys=("enter",),
        scope=Scope.INBOX,
        run=_do("open_thing"),
        why_not=_empty,
        hint=N_("open"),
        hint_rank=5,
        menu=True,
        palette=False,
    ),
    Action(
        id="inbox.done",
        title=N_("Mark as handled"),
        help=N_("take it off the list; a task is completed, a chat comes again when the client writes on"),
        keys=("x",),
        scope=Scope.INBOX,
        run=_do("done"),
        why_not=_empty,
        hint=N_("handled"),
        hint_rank=6,
        menu=True,
    ),
    Action(
        id="inbox.back",
        title=N_("Not handled after all"),
        help=N_("put the thing that was marked last onto the list again"),
        keys=("z",),
        scope=Scope.INBOX,
        run=_do("take_back"),
        why_not=_nothing_handled,
        hint=N_("take back"),
        hint_rank=7,
        menu=True,
    ),
    Action(
        id="inbox.filter",
        title=N_("Filter the inbox"),
        help=N_("show only what holds some words"),
        keys=("slash",),
        scope=Scope.INBOX,
        run=_do("open_filter"),
        why_not=_closed,
        hint=N_("filter"),
        hint_rank=8,
    ),
    Action(
        id="inbox.menu",
        title=N_("Menu"),
        help=N_("show what can be done with it"),
        keys=("full_stop",),
        scope=Scope.INBOX,
        run=_do("open_menu"),
        why_not=_empty,
        palette=False,
    ),
    Action(
        id="inbox.close",
        title=N_("Close the inbox"),
        help=N_("go back to the board"),
        keys=("h", "left"),
        scope=Scope.INBOX,
        run=_do("close"),
        why_not=_closed,
    ),
)
