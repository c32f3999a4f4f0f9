"""The first time: look at the demo, or begin with an empty pipeline. Returns the choice; the roof carries it out."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from core.i18n import gettext as _
from core.safe_text import safe_text
from core.words import fill
from tui import theme


class Start(StrEnum):
    """What a person wants the first time."""

    DEMO = "demo"
    EMPTY = "empty"


class Welcome(App[Start | None]):
    """Asks once; None means that nothing shall be made."""

    CSS_PATH = "../styles/welcome.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "quit", show=False),
        Binding("j", "step(1)", show=False),
        Binding("k", "step(-1)", show=False),
    ]

    def __init__(self, database: str) -> None:
        super().__init__()
        self._database = database

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        where = fill(_("Your deals will be kept in {path}"), {"path": safe_text(self._database)})
        with Vertical(id="welcome"):
            yield Label(Content(_("Welcome to Funil")), id="welcome-title")
            yield Label(Content(_("A sales pipeline that works by itself: drag a deal, and its stage acts.")))
            yield OptionList(
                Option(
                    _option(
                        _("Look at the demo"), _("a shop with deals, rules and simulated customers; nothing is sent")
                    ),
                    id=Start.DEMO,
                ),
                Option(
                    _option(_("Begin with an empty pipeline"), _("eight stages from New to Deal won, yours to change")),
                    id=Start.EMPTY,
                ),
            )
            yield Label(Content(where), classes="quiet")
            yield Label(Content(_("↑ ↓ choose   enter begin   q quit")), classes="quiet")

    def on_mount(self) -> None:
        """Dress in the house's colours."""
        self.register_theme(theme.DARK)
        self.theme = theme.DARK.name

    def action_step(self, step: int) -> None:
        """Move the cursor."""
        options = self.query_one(OptionList)
        options.highlighted = max(0, min(1, (options.highlighted or 0) + step))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.exit(Start(event.option_id or Start.EMPTY))


def _option(title: str, note: str) -> Content:
    return Content.assemble((title, "bold"), "\n", (note, "$foreground 70%"))
