"""The guided tour of the demo: what to try next, told in a corner while the board goes on working."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

from core.i18n import N_
from core.i18n import gettext as _
from core.words import fill
from tui.bars import Bar
from tui.keys import keys_text

if TYPE_CHECKING:
    from tui.app import FunilApp

SEEN: Final = "tour"
"""The name under which a person's settings keep that the tour need not begin by itself again."""

WIDTH: Final = 46
"""Cells, as the style sheet has it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try. ``text`` is a msgid; ``keys`` names the actions whose keys stand in it. Doing one of ``done``
    goes on to the next step; none: only the key that goes on does."""

    text: str
    keys: Mapping[str, str]
    done: frozenset[str] = frozenset()


STEPS: Final = (
    Step(
        N_(
            "Welcome! The columns are the stages of a pipeline, the cards are deals. All of this is made up and"
            " offline: nothing leaves this machine. The arrow keys go from card to card."
        ),
        {},
    ),
    Step(
        N_(
            "Carry a deal into the next stage: {carry}, or drag its card with the mouse. {move} shows beforehand which"
            " rules will act there."
        ),
        {"carry": "deal.right", "move": "deal.move"},
        frozenset({"deal.right", "deal.left", "deal.move", "drop"}),
    ),
    Step(
        N_(
            "The stage's rules act. Below, in the outbound log, stands what goes out: for some seconds it is held."
            " {undo} takes the move back, and with it what has not gone out."
        ),
        {"undo": "move.undo"},
        frozenset({"move.undo"}),
    ),
    Step(
        N_("The clock is simulated. {step} goes to what happens next, {hurry} makes time run, {stop} stops it."),
        {"step": "clock.step", "hurry": "clock.hurry", "stop": "clock.stop"},
        frozenset({"clock.step", "clock.hurry"}),
    ),
    Step(
        N_("{open} opens the deal under the cursor: what its rules did, or why they did not. {back} closes it."),
        {"open": "deal.open", "back": "app.back"},
        frozenset({"deal.open"}),
    ),
    Step(
        N_(
            "Clients act, too: when they open a mail, write or call, triggers move their deals. {client} lets you be"
            " the client of the deal under the cursor."
        ),
        {"client": "client.play"},
        frozenset({"client.play"}),
    ),
    Step(
        N_("{filter} shows only deals with certain words, {log} goes to the outbound log."),
        {"filter": "filter.open", "log": "log.focus"},
        frozenset({"filter.open", "log.focus"}),
    ),
    Step(
        N_("That is how it works. {help} shows all keys; {palette} finds anything by its name, this tour as well."),
        {"help": "app.help", "palette": "app.palette"},
        frozenset({"app.help", "app.palette"}),
    ),
)


class Tour(Static):
    """Shows one step after the other; the keys stay the board's."""

    ALLOW_SELECT = False
    can_focus = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.at: int | None = None
        self.display = False

    def on_mount(self) -> None:
        """Stand in the corner on the right."""
        self.watch(self.screen, "size", self._place)

    def _place(self) -> None:
        self.styles.offset = (max(self.screen.size.width - WIDTH, 0), 0)

    def on_click(self) -> None:
        """Go on."""
        self.post_message(Bar.Chosen("tour.next"))

    def begin_once(self, app: FunilApp) -> None:
        """Show it where the clock goes on from the beginning, as in the demo, to whoever has not seen it."""
        if app.desk.doorway.ticking and not app.settings.text(SEEN):
            self.begin(app)

    def begin(self, app: FunilApp) -> None:
        """Show the first step."""
        self._show(app, 0)

    def go_on(self, app: FunilApp) -> None:
        """Show the next step, or end after the last one."""
        if self.at is not None:
            self._show(app, self.at + 1)

    def end(self, app: FunilApp) -> None:
        """Take the tour away for good."""
        self.at = None
        self.display = False
        app.desk.doorway.settings.keep(SEEN, "seen")

    def did(self, app: FunilApp, what: str) -> None:
        """Go on when this was the thing to try."""
        if self.at is not None and what in STEPS[self.at].done:
            self.go_on(app)

    def _show(self, app: FunilApp, at: int) -> None:
        if at >= len(STEPS):
            self.end(app)
            return
        self.at = at
        step = STEPS[at]
        keys = {name: keys_text(app.registry[action].keys[:1]) for name, action in step.keys.items()}
        where = fill(_("Tour, {n} of {all}"), {"n": at + 1, "all": len(STEPS)})
        on = keys_text(app.registry["tour.next"].keys[:1])
        last = at + 1 == len(STEPS)
        ways = fill(_("{key} ends the tour") if last else _("{key} goes on · {skip} skips the tour"),
                    {"key": on, "skip": keys_text(app.registry["app.back"].keys[:1])})  # fmt: skip
        self.border_title = Content(where).markup
        self.border_subtitle = Content(ways).markup
        self.update(Content(fill(_(step.text), keys)))
        self.display = True
