"""The actions of the open deal: moving in it, editing, acting on its rules and messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, Final

from core.i18n import N_
from core.i18n import gettext as _
from tui import acts
from tui.actions import Action, Scope
from tui.panels.sheet import Section, Sheet

if TYPE_CHECKING:
    from tui.app import FunilApp

Reason = Callable[["FunilApp"], str | None]


def _do(name: str) -> Callable[[FunilApp], Awaitable[None] | None]:
    """Return what an action of :mod:`tui.panel_acts` does; that module is loaded when one is first used."""

    def run(app: FunilApp) -> Awaitable[None] | None:
        work: Awaitable[None] | None = getattr(import_module("tui.panel_acts"), name)(app)
        return work

    return run


def _closed(app: FunilApp) -> str | None:
    return None if app.panel.view is not None else _("No deal is open: enter opens the one under the cursor.")


def _can(name: str) -> Reason:
    def why_not(app: FunilApp) -> str | None:
        view = app.panel.view
        if view is None:
            return _closed(app)
        judge: Callable[..., str | None] = getattr(import_module("tui.panels.can"), f"why_not_{name}")
        return judge(view, app.panel.spot)

    return why_not


def _go(id: str, title: str, help: str, keys: tuple[str, ...], step: Callable[[Sheet], None]) -> Action:
    return Action(
        id=f"panel.{id}",
        title=title,
        help=help,
        keys=keys,
        scope=Scope.PANEL,
        run=lambda app: app.panel.go(step),
        why_not=_closed,
        palette=False,
    )


def _part(section: Section, number: str, title: str, help: str) -> Action:
    return _go(section.value, title, help, (number,), lambda sheet: sheet.jump(section))


GOING: Final = (
    _go("down", N_("Down"), N_("go to the next line, or read on in a long one"), ("j", "down"), lambda s: s.move(1)),
    _go("up", N_("Up"), N_("go to the line above"), ("k", "up"), lambda s: s.move(-1)),
    _go("page_down", N_("Page down"), N_("read on by a screenful"), ("pagedown",), lambda s: s.page(1)),
    _go("page_up", N_("Page up"), N_("read back by a screenful"), ("pageup",), lambda s: s.page(-1)),
    _go("first", N_("Beginning"), N_("go to the beginning of the deal"), ("g", "home"), lambda s: s.end(-1)),
    _go("last", N_("End"), N_("go to the end of the deal's history"), ("G", "end"), lambda s: s.end(1)),
    _part(Section.FIELDS, "1", N_("Fields of the deal"), N_("go to the deal's fields")),
    _part(Section.CLIENT, "2", N_("Client of the deal"), N_("go to the client's addresses and chats")),
    _part(Section.RULES, "3", N_("Rules on the deal"), N_("go to the rules of its stage: how they stand, and why")),
    _part(Section.HISTORY, "4", N_("History of the deal"), N_("go to the deal's history")),
)

PARTS: Final = (
    Action(
        id="panel.next",
        title=N_("Next part"),
        help=N_("go to the next part of the deal"),
        keys=("tab",),
        scope=Scope.PANEL,
        run=lambda app: app.panel.go(lambda sheet: sheet.turn(1)),
        why_not=_closed,
        hint=N_("next part"),
        hint_rank=17,
        palette=False,
    ),
    Action(
        id="panel.previous",
        title=N_("Former part"),
        help=N_("go to the former part of the deal"),
        keys=("shift+tab",),
        scope=Scope.PANEL,
        run=lambda app: app.panel.go(lambda sheet: sheet.turn(-1)),
        why_not=_closed,
        palette=False,
    ),
)

EDITING: Final = (
    Action(
        id="panel.open",
        title=N_("Edit or unfold"),
        help=N_("edit the field, choose its value, or unfold the rule, message or chat"),
        keys=("enter",),
        scope=Scope.PANEL,
        run=_do("enter"),
        why_not=_closed,
        hint=N_("edit"),
        hint_rank=5,
        menu=True,
        palette=False,
    ),
    Action(
        id="panel.toggle",
        title=N_("Tick"),
        help=N_("tick the box; at an address: the client wants no messages there; elsewhere: unfold"),
        keys=("space",),
        scope=Scope.PANEL,
        run=_do("toggle"),
        why_not=_closed,
        hint=N_("tick"),
        hint_rank=22,
        menu=True,
        palette=False,
    ),
    Action(
        id="panel.clear",
        title=N_("Empty"),
        help=N_("empty the field, take the address away, or take the client off the deal"),
        keys=("delete", "backspace"),
        scope=Scope.PANEL,
        run=_do("clear"),
        why_not=_closed,
        menu=True,
        palette=False,
    ),
    Action(
        id="panel.type",
        title=N_("Type of the address…"),
        help=N_("say whether the address or number is for work, home, newsletters …"),
        keys=("y",),
        scope=Scope.PANEL,
        run=_do("choose_type"),
        why_not=_closed,
        menu=True,
        palette=False,
    ),
    Action(
        id="panel.restore",
        title=N_("Take the change back"),
        help=N_("in the history: give the field the value again that it had before"),
        keys=("z",),
        scope=Scope.PANEL,
        run=_do("restore"),
        why_not=_can("restore"),
        menu=True,
        palette=False,
    ),
    Action(
        id="panel.link",
        title=N_("Open the link"),
        help=N_("open the web page whose address stands in the field"),
        keys=("b",),
        scope=Scope.PANEL,
        run=_do("open_link"),
        why_not=_closed,
        menu=True,
        palette=False,
    ),
)

ACTING: Final = (
    Action(
        id="panel.now",
        title=N_("Run now or try again"),
        help=N_("run the rule under the cursor now, or try it or its message again"),
        keys=("r",),
        scope=Scope.PANEL,
        run=_do("now"),
        why_not=_can("now"),
        hint=N_("run now"),
        hint_rank=7,
        menu=True,
        palette=False,
    ),
    Action(
        id="panel.stop",
        title=N_("Stop the rule"),
        help=N_("stop the rule under the cursor, or keep its message from going out"),
        keys=("x",),
        scope=Scope.PANEL,
        run=_do("stop"),
        why_not=_can("stop"),
        hint=N_("stop"),
        hint_rank=8,
        menu=True,
        palette=False,
    ),
    Action(
        id="panel.resolve",
        title=N_("Say what became of it…"),
        help=N_("say what became of a message whose outcome nobody knows"),
        keys=("w",),
        scope=Scope.PANEL,
        run=_do("resolve"),
        why_not=_can("resolve"),
        menu=True,
        palette=False,
    ),
    Action(
        id="panel.menu",
        title=N_("Menu"),
        help=N_("show what can be done with the line under the cursor"),
        keys=("full_stop",),
        scope=Scope.PANEL,
        run=_do("open_menu"),
        why_not=_closed,
        palette=False,
    ),
    Action(
        id="panel.close",
        title=N_("Close the deal"),
        help=N_("close the deal and go back to the board"),
        keys=("h", "left"),
        scope=Scope.PANEL,
        run=acts.close_deal,
        why_not=_closed,
        palette=False,
    ),
)

OF_PANEL: Final = (*GOING, *PARTS, *EDITING, *ACTING)
