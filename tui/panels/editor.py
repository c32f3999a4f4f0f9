"""The line in which a value of the deal's sheet is typed, at the place where it stands."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class FieldEditor(Input):
    """One line over the sheet. Enter and tab keep what was typed, esc gives it up, and asks first where it differs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False, priority=True),
        Binding("tab", "submit", show=False),
        Binding("up,down,pageup,pagedown,shift+tab", "stay", show=False),
    ]

    class GivenUp(Message):
        """Somebody pressed esc."""

    def action_give_up(self) -> None:
        """Say that esc was pressed."""
        self.post_message(self.GivenUp())

    def action_stay(self) -> None:
        """Keep to the line: a key that leads elsewhere does nothing here."""
