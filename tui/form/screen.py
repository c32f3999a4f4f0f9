"""What every form does: its buttons, and that nothing that was typed is lost by accident."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar, Final, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, Label

from core.i18n import gettext as _
from core.safe_text import safe_text
from tui.form.fields import Field, Fields

T = TypeVar("T")
AROUND: Final = 9
"""Rows of the screen that the fields do not get: frame, title, buttons, the board above and below."""


class FormScreen(ModalScreen[T | None]):
    """Returns what was made, or None. Whoever derives from it gives ``sheet``, ``dirty`` and ``create``."""

    CSS_PATH = "../styles/form.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("ctrl+s", "create", show=False),
        # At once, before the keys behind them: what is typed fast goes into the field that it was meant for.
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._asking = False

    def sheet(self) -> Iterator[Field]:
        """Yield the fields."""
        raise NotImplementedError

    def dirty(self) -> bool:
        """Return whether something would be lost."""
        raise NotImplementedError

    def action_create(self) -> None:
        """Make the thing, or say what is wrong."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Lay out title, fields, trouble and buttons."""
        with Vertical(id="form"):
            yield Label(Content(safe_text(self._title)), id="form-title")
            with Fields(id="form-fields"):
                yield from self.sheet()
            yield Label("", id="form-trouble", classes="form-note wrong")
            with Horizontal(id="form-buttons"):
                yield Label(Content(self.keys()), id="form-keys")
                yield from self.buttons()

    def start(self) -> Widget:
        """Return the control that the form begins with."""
        return self.query(Input).first()

    def keys(self) -> str:
        """Say which keys lead on."""
        return _("enter creates · tab next field · esc back")

    def buttons(self) -> ComposeResult:
        """Yield what can be done with the form."""
        yield Button(Content(_("Create")), variant="primary", id="create")
        yield Button(Content(_("Cancel")), id="cancel")

    def on_mount(self) -> None:
        """Begin with the first field."""
        self.query_one("#form-trouble").display = False
        self._fit(self.app.size.height)
        self.start().focus()

    def on_resize(self, event: events.Resize) -> None:
        """Leave the buttons in view whatever the size."""
        self._fit(event.size.height)

    def _fit(self, rows: int) -> None:
        self.query_one(Fields).styles.max_height = max(3, rows - AROUND)

    def trouble(self, sentence: str, *, wrong: bool = True) -> None:
        """Say why the thing was not made, or what else is to be said of all of it."""
        label = self.query_one("#form-trouble", Label)
        label.display = bool(sentence)
        label.set_class(wrong, "wrong")
        label.update(Content(safe_text(sentence)))

    @on(Input.Submitted)
    @on(Button.Pressed, "#create")
    def _create(self) -> None:
        self.action_create()

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        """Go back; ask first where something would be lost."""
        if not self.dirty():
            self.dismiss(None)
        elif not self._asking:
            self._asking = True
            self._ask(_("Give up what you have filled in?"), self._answered)

    def _answered(self, chosen: str | None) -> None:
        self._asking = False
        if chosen == "yes" and self.is_current:
            self.dismiss(None)

    def _ask(self, question: str, then: Callable[[str | None], None]) -> None:
        from tui.panels.picker import Choice, Picker

        choices = [Choice("no", _("Go on filling it in")), Choice("yes", _("Give it up"))]
        self.app.push_screen(Picker(question, choices), then)

    def on_click(self, event: events.Click) -> None:
        """Go back when what lies behind is clicked."""
        if event.widget is self:
            self.action_leave()

    def show_wrong(self, controls: Iterator[Widget]) -> None:
        """Put the focus on the first control that is wrong."""
        first = next(controls, None)
        if first is not None:
            first.focus()
        self.app.bell()
