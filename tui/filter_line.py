"""The line in which words are typed that filter the board."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from core.i18n import gettext as _


class FilterLine(Input):
    """Opens under the header; every change is told, enter keeps the words, esc gives them up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False),
        Binding("down", "keep", show=False),
    ]

    class Words(Message):
        """The words to filter by; ``done`` when typing has ended."""

        def __init__(self, words: str, done: bool = False) -> None:
            super().__init__()
            self.words = words
            self.done = done

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, placeholder=_("words of the title, the client, the company"), compact=True)
        self._close()

    def open(self, words: str) -> None:
        """Begin to type, with the present words to change."""
        with self.prevent(Input.Changed):
            self.value = words
        self.display = self.can_focus = True
        self.focus()

    def _close(self) -> None:
        # Closed it must not take the focus either: a screen that comes up gives it to the first widget that can have
        # it, and with it the keys typed while the program starts.
        self.display = self.can_focus = False

    def action_keep(self) -> None:
        """Keep the words and go back to the board."""
        self._close()
        self.post_message(self.Words(self.value, done=True))

    def action_give_up(self) -> None:
        """Show all deals again."""
        self.value = ""
        self.action_keep()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Words(event.value))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_keep()

    def on_blur(self, event: events.Blur) -> None:
        """Clicking elsewhere keeps the words."""
        if self.display:
            self.action_keep()
