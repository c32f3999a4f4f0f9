"""The actions that try rules and triggers before they act."""

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
    """Return what an action of :mod:`tui.editor.trial_acts` does; that module is loaded when one is first used."""

    def run(app: FunilApp) -> Awaitable[None]:
        work: Awaitable[None] = getattr(import_module("tui.editor.trial_acts"), name)(app)
        return work

    return run


def _no_stage(app: FunilApp) -> str | None:
    if not app.editing.open:
        return _("The automation is not open.")
    return None if app.editing.view.model.column else _("There is no stage to try.")


def _no_card(app: FunilApp) -> str | None:
    if not app.editing.open:
        return _("The automation is not open.")
    return None if app.editing.view.model.card else _("There is no rule or trigger under the cursor.")


OF_TRYING: Final = (
    Action(
        id="editor.try",
        title=N_("Try"),
        help=N_("show what the rule would do on a deal, or the trigger would have done; sends and stores nothing"),
        keys=("t",),
        scope=Scope.EDITOR,
        run=_do("try_here"),
        why_not=_no_stage,
        menu=True,
    ),
    Action(
        id="editor.try_stage",
        title=N_("Try the whole stage"),
        help=N_("show what every rule of the stage would do if a deal came into it now"),
        keys=(),
        scope=Scope.EDITOR,
        run=_do("try_stage"),
        why_not=_no_stage,
        menu=True,
    ),
    Action(
        id="editor.backtest",
        title=N_("Backtest…"),
        help=N_("show what it would have done in the last days, on what has really happened"),
        keys=(),
        scope=Scope.EDITOR,
        run=_do("backtest_here"),
        why_not=_no_card,
        menu=True,
    ),
)
