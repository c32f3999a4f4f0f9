"""A line in which the words are typed that narrow something: it opens, tells each change, and closes again."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input


class WordsLine(Input):
    """Every change is told, enter keeps the words, esc gives them up. Whoever derives from it has ``Words`` of its own,
    so that both can be told apart."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False),
        Binding("down", "keep", show=False),
    ]

    class Words(Message):
        """The words to narrow by; ``done`` when typing has ended."""

        def __init__(self, words: str, done: bool = False) -> None:
            super().__init__()
            self.words = words
            self.done = done

    def __init__(self, hint: str, suggester: Suggester | None, *, id: str | None = None) -> None:
        super().__init__(id=id, placeholder=hint, compact=True, suggester=suggester)
        self.lie_open(False)

    def open(self, words: str) -> None:
        """Begin to type, with the present words to change."""
        with self.prevent(Input.Changed):
            self.value = words
        self.lie_open(True)
        self.focus()

    def lie_open(self, open: bool) -> None:
        """Show or hide the line."""
        # Closed it must not take the focus either: a screen that comes up gives it to the first widget that can have
        # it, and with it the keys typed while the program starts.
        self.display = self.can_focus = open

    def action_keep(self) -> None:
        """Keep the words and go to what they have found."""
        self.lie_open(False)
        self.post_message(self.Words(self.value, done=True))

    def action_give_up(self) -> None:
        """Show everything again."""
        self.value = ""
        self.action_keep()

    def enter(self) -> None:
        """Have enter keep the words."""
        self.action_keep()

    def tell(self, words: str) -> None:
        """Tell a change."""
        self.post_message(self.Words(words))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.tell(event.value)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.enter()

    def on_blur(self, event: events.Blur) -> None:
        """Clicking elsewhere keeps the words."""
        if self.display:
            self.action_keep()
