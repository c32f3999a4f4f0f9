"""What lies over the form while something large is changed: title, the thing, what can be done, take it or leave it."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Label

from core.i18n import gettext as _
from core.safe_text import safe_text
from tui.panels.picker import Choice, Picker

T = TypeVar("T")


class OverScreen(ModalScreen[T | None], Generic[T]):
    """Returns what was taken, or None when it was left. Whoever derives from it gives the methods below."""

    CSS_PATH = "../styles/writing.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("ctrl+s", "take", show=False, priority=True),
    ]

    def __init__(self, title: str) -> None:
        super().__init__(classes="over")
        self._title = title
        self._asking = False

    def inside(self) -> list[Widget]:
        """Return what is changed, and what is shown with it."""
        raise NotImplementedError

    def dirty(self) -> bool:
        """Return whether something would be lost."""
        raise NotImplementedError

    def taken(self) -> T | None:
        """Return what is taken; None where it cannot be, and that has been said."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Put title, the thing itself, hint and buttons under one another."""
        with Vertical(id="over"):
            yield Label(Content(safe_text(self._title)), id="over-title")
            yield from self.inside()
            with Horizontal(id="over-buttons"):
                yield Label("", id="over-hint")
                yield Button(Content(_("Take it")), variant="primary", id="over-take")
                yield Button(Content(_("Back")), id="over-back")

    def tell(self, sentence: str, *, wrong: bool = False) -> None:
        """Say beside the buttons what can be done, or why it cannot."""
        label = self.query_one("#over-hint", Label)
        label.update(Content(safe_text(sentence)))
        label.set_class(wrong, "wrong")

    @on(Button.Pressed, "#over-take")
    def action_take(self) -> None:
        """Take it, where that can be."""
        found = self.taken() if self.is_current else None
        if found is not None:
            self.dismiss(found)

    @on(Button.Pressed, "#over-back")
    def action_leave(self) -> None:
        """Go back; ask first where something would be lost."""
        if not self.dirty():
            self.dismiss(None)
        elif not self._asking:
            self._asking = True
            choices = [Choice("yes", _("Take it")), Choice("no", _("Give it up")), Choice("on", _("Go on"))]
            self.app.push_screen(Picker(_("Take what you have changed?"), choices), self._answered)

    def _answered(self, chosen: str | None) -> None:
        self._asking = False
        if chosen == "yes":
            self.action_take()
        elif chosen == "no" and self.is_current:
            self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """Go back when what lies behind is clicked."""
        if event.widget is self:
            self.action_leave()
