"""The deal panel: one deal with everything that is known of it, beside the board."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from core.i18n import gettext as _
from core.ports import Store
from tui.outbound_paint import Moments
from tui.panels import deal_sheet


class DealPanel(VerticalScroll, can_focus=True):
    """Shows one deal, kept up to date while it is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,left,h", "close", show=False),
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("g", "scroll_home", show=False),
        Binding("G", "scroll_end", show=False),
    ]

    class Closed(Message):
        """The panel was sent away."""

    def __init__(self, store: Store, moments: Callable[[], Moments], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._store = store
        self._moments = moments
        self.deal: str | None = None
        self.display = False

    def compose(self) -> ComposeResult:
        """One text, scrolled as a whole."""
        yield Static("", id="deal-sheet")

    def show(self, deal: str) -> None:
        """Open the panel for a deal, or show another one in it."""
        self.deal = deal
        self.reload()
        self.scroll_home(animate=False)
        self.display = True

    def follow(self, deal: str | None) -> None:
        """Show the deal that the board's cursor has come to."""
        if deal is not None and deal != self.deal:
            self.show(deal)

    def reload(self) -> None:
        """Read the deal again, if one is shown."""
        if self.deal is None:
            return
        deal_id = self.deal
        view = self._store.read(lambda reader: deal_sheet.read(reader, deal_id))
        gone = Content(_("This deal is gone."))
        self.query_one(Static).update(deal_sheet.sheet(view, self._moments()) if view else gone)

    def hide(self) -> None:
        """Close the panel."""
        self.deal = None
        self.display = False

    def action_close(self) -> None:
        """Say that the panel wants to go."""
        self.post_message(self.Closed())
