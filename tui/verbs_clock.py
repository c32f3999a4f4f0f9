"""The actions of the simulated clock and clients, and the tour."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from core.i18n import N_
from core.i18n import gettext as _
from tui.actions import Action, Scope

if TYPE_CHECKING:
    from tui.app import FunilApp


def _no_tour(app: FunilApp) -> str | None:
    return None if app.tour.at is not None else _("The tour is not open.")


TOUR: Final = (
    Action(
        id="tour.begin",
        title=N_("Guided tour"),
        help=N_("begin the guided tour anew"),
        keys=(),
        scope=Scope.APP,
        run=lambda app: app.tour.begin(app),
    ),
    Action(
        id="tour.next",
        title=N_("The tour's next step"),
        help=N_("go on to the next step of the guided tour"),
        keys=("f2",),
        scope=Scope.APP,
        run=lambda app: app.tour.go_on(app),
        why_not=_no_tour,
    ),
)


async def _be_client(app: FunilApp) -> None:
    await import_module("tui.customer_acts").be_client(app)


def _no_client(app: FunilApp) -> str | None:
    reason: str | None = import_module("tui.customer_acts").why_not(app)
    return reason


CLIENT: Final = Action(
    id="client.play",
    title=N_("Be the client…"),
    help=N_("do what the deal's client could do: open a mail, follow its link, write, call, fill in a form"),
    keys=("f3",),
    scope=Scope.APP,
    run=_be_client,
    why_not=_no_client,
    menu=True,
)

OF_CLOCK: Final = (
    Action(
        id="clock.stop",
        title=N_("Stop the clock, or let it go"),
        help=N_("stop the simulated clock, or let it go on"),
        keys=("t",),
        scope=Scope.APP,
        run=lambda app: app.live.clock.stop_or_go(),
        why_not=lambda app: app.live.clock.why_not(),
    ),
    Action(
        id="clock.hurry",
        title=N_("Fast clock"),
        help=N_("let the simulated clock run 60 times as fast, or as fast as the wall's again"),
        keys=("T",),
        scope=Scope.APP,
        run=lambda app: app.live.clock.hurry(),
        why_not=lambda app: app.live.clock.why_not(),
    ),
    Action(
        id="clock.step",
        title=N_("What happens next"),
        help=N_("turn the simulated clock to the next happening, and let it come"),
        keys=("greater_than_sign",),
        scope=Scope.APP,
        run=lambda app: app.live.clock.step(),
        why_not=lambda app: app.live.clock.why_not(),
    ),
)
