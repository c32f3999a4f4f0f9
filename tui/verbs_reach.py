"""The actions by which a manager reaches the client from the open deal: writing an e-mail, calling."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from core.i18n import N_
from core.i18n import gettext as _
from tui.actions import Action, Scope

if TYPE_CHECKING:
    from tui.app import FunilApp


def _do(module: str, name: str) -> Callable[[FunilApp], Awaitable[None] | None]:
    """Return what an action does; its module is loaded when it is first used."""

    def run(app: FunilApp) -> Awaitable[None] | None:
        work: Awaitable[None] | None = getattr(import_module(module), name)(app)
        return work

    return run


def _why(module: str) -> Callable[[FunilApp], str | None]:
    def why_not(app: FunilApp) -> str | None:
        if app.panel.view is None:
            return _("No deal is open: enter opens the one under the cursor.")
        judge: Any = import_module(module)
        why: str | None = judge.why_not(app)
        return why

    return why_not


OF_REACHING: Final = (
    Action(
        id="panel.mail",
        title=N_("Write an e-mail…"),
        help=N_("write to the client; on a mail of theirs in the history it is answered; what you begin is kept"),
        keys=("M",),
        scope=Scope.PANEL,
        run=_do("tui.mail_acts", "write"),
        why_not=_why("tui.mail_acts"),
        hint=N_("e-mail"),
        hint_rank=9,
        menu=True,
    ),
    Action(
        id="panel.dial",
        title=N_("Call the client…"),
        help=N_("call the client through a telephone line: whether they answer is shown, triggers hear of the call"),
        keys=("D",),
        scope=Scope.PANEL,
        run=_do("tui.call_acts", "dial"),
        why_not=_why("tui.call_acts"),
        menu=True,
    ),
)
