"""The line in which the filter of the board is typed, with what is wrong or may be typed beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from core.i18n import gettext as _
from core.safe_text import safe_text
from tui.filtering import Judged

Judge = Callable[[str], Judged]


class _Further(Suggester):
    """Suggests how a filter may go on."""

    def __init__(self, judge: Judge) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._judge = judge

    async def get_suggestion(self, value: str) -> str | None:
        """Return the likeliest filter that begins like this one."""
        return next((each for each in self._judge(value).further if each != value), None)


class FilterLine(Input):
    """Opens under the header; every change is told, enter keeps the words, esc gives them up, tab completes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False),
        Binding("down", "keep", show=False),
        Binding("tab", "complete", show=False, priority=True),
    ]

    class Words(Message):
        """The words to filter by; ``done`` when typing has ended."""

        def __init__(self, words: str, done: bool = False) -> None:
            super().__init__()
            self.words = words
            self.done = done

    def __init__(self, judge: Judge, *, id: str | None = None) -> None:
        words = _("words, or stage: responsible: client: amount:>5k close:<=+7d failed: …")
        super().__init__(id=id, placeholder=words, compact=True, suggester=_Further(judge))
        self.row = FilterRow(self)
        self._judge = judge
        self._close()

    def open(self, words: str) -> None:
        """Begin to type, with the present words to change."""
        with self.prevent(Input.Changed):
            self.value = words
        self.row.display = self.display = self.can_focus = True
        self.row.tell(self._judge(words))
        self.focus()

    def _close(self) -> None:
        # Closed it must not take the focus either: a screen that comes up gives it to the first widget that can have
        # it, and with it the keys typed while the program starts.
        self.row.display = self.display = self.can_focus = False

    def action_complete(self) -> None:
        """Take over what is suggested."""
        self.cursor_position = len(self.value)
        further = next((each for each in self._judge(self.value).further if each != self.value), None)
        if further is not None:
            self.value = further
            self.cursor_position = len(further)

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
        self.row.tell(self._judge(event.value))
        self.post_message(self.Words(event.value))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        """Keep the words, unless something is wrong with them that can still be put right here."""
        event.stop()
        if self._judge(self.value + " ").wrong:
            self.row.tell(self._judge(self.value + " "))
            self.app.bell()
            return
        self.action_keep()

    def on_blur(self, event: events.Blur) -> None:
        """Clicking elsewhere keeps the words."""
        if self.display:
            self.action_keep()


class FilterRow(Horizontal):
    """The line, and beside it what there is to say of it."""

    def __init__(self, line: FilterLine) -> None:
        super().__init__(id="filter-row")
        self._line = line
        self._note = Static("", id="filter-note")

    def compose(self) -> ComposeResult:
        """Put both beside one another."""
        yield self._line
        yield self._note

    def tell(self, judged: Judged) -> None:
        """Say what is wrong with the filter, else what may be typed."""
        self._note.set_class(bool(judged.wrong), "wrong")
        self._note.update(Content(safe_text(judged.wrong or judged.hint)))
