"""The actions of the simulated clock, and the tour."""

from __future__ import annotations

from typing import Final

from core.i18n import N_
from tui.actions import Action, Scope

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
