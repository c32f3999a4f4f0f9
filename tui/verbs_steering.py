"""The actions by which a person steers what rules do: stop, run now, pause, switch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, Final

from core.i18n import N_
from core.i18n import gettext as _
from tui.actions import Action, Scope

if TYPE_CHECKING:
    from tui.app import FunilApp


def _do(name: str) -> Callable[[FunilApp], Awaitable[None]]:
    """Return what an action of :mod:`tui.steering` does; that module is loaded when one is first used."""

    def run(app: FunilApp) -> Awaitable[None]:
        work: Awaitable[None] = getattr(import_module("tui.steering"), name)(app)
        return work

    return run


def no_deal(app: FunilApp) -> str | None:
    """Say that there is no deal to act on; None when there is one."""
    return None if app.board.chosen() else _("There is no deal under the cursor.")


def _no_connection(app: FunilApp) -> str | None:
    return None if app.desk.house.connections else _("There is no connection yet.")


def _nothing_to_redo(app: FunilApp) -> str | None:
    return None if app.desk.redoable else _("There is no undone move.")


REDO: Final = Action(
    id="move.redo",
    title=N_("Redo"),
    help=N_("do the move again that was undone last; what had gone out does not go out twice"),
    keys=("U",),
    scope=Scope.APP,
    run=lambda app: app.mover.redo(),
    why_not=_nothing_to_redo,
    menu=True,
)

OF_DEALS: Final = (
    Action(
        id="deal.rules",
        title=N_("Its rules…"),
        help=N_("show how the stage's rules stand on the deal; stop one, run it now, try it again"),
        keys=("r",),
        scope=Scope.BOARD,
        run=_do("rules_of_deal"),
        why_not=no_deal,
        hint=N_("rules"),
        hint_rank=26,
        menu=True,
    ),
    Action(
        id="deal.stop",
        title=N_("Stop what waits"),
        help=N_("stop all waiting runs of the deal, or of all marked ones, in their stage"),
        keys=("s",),
        scope=Scope.BOARD,
        run=_do("stop_deals"),
        why_not=no_deal,
        menu=True,
    ),
    Action(
        id="stage.rules",
        title=N_("Rules of this stage…"),
        help=N_("switch a rule of the stage on or off, or apply it to deals and runs already there"),
        keys=("R",),
        scope=Scope.BOARD,
        run=_do("rules_of_stage"),
    ),
)

OF_LINES: Final = Action(
    id="connection.pause",
    title=N_("Pause or resume a connection…"),
    help=N_("hold back what goes out through a connection, or through all, or let it go again"),
    keys=("c",),
    scope=Scope.APP,
    run=_do("connections"),
    why_not=_no_connection,
)
