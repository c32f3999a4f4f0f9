"""The line in which the filter of the board is typed, with what is wrong or may be typed beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Static

from core.i18n import gettext as _
from core.safe_text import safe_text
from tui.filtering import Judged
from tui.words_line import WordsLine

Judge = Callable[[str], Judged]


class _Further(Suggester):
    """Suggests how a filter may go on."""

    def __init__(self, judge: Judge) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._judge = judge

    async def get_suggestion(self, value: str) -> str | None:
        """Return the likeliest filter that begins like this one."""
        return next((each for each in self._judge(value).further if each != value), None)


class FilterLine(WordsLine):
    """Opens under the header; tab completes, and enter waits for what is wrong to be put right."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", show=False, priority=True)]

    class Words(WordsLine.Words):
        """The words to filter the board by."""

    def __init__(self, judge: Judge, *, id: str | None = None) -> None:
        self.row = FilterRow(self)
        self._judge = judge
        words = _("words, or stage: responsible: client: amount:>5k close:<=+7d failed: …")
        super().__init__(words, _Further(judge), id=id)

    def open(self, words: str) -> None:
        """Begin to type, with the present words to change."""
        self.row.tell(self._judge(words))
        super().open(words)

    def lie_open(self, open: bool) -> None:
        """Show or hide the line and what stands beside it."""
        super().lie_open(open)
        self.row.display = open

    def action_complete(self) -> None:
        """Take over what is suggested."""
        self.cursor_position = len(self.value)
        further = next((each for each in self._judge(self.value).further if each != self.value), None)
        if further is not None:
            self.value = further
            self.cursor_position = len(further)

    def tell(self, words: str) -> None:
        """Tell a change, and say what there is to say of it."""
        self.row.tell(self._judge(words))
        super().tell(words)

    def enter(self) -> None:
        """Keep the words, unless something is wrong with them that can still be put right here."""
        judged = self._judge(self.value + " ")
        if judged.wrong:
            self.row.tell(judged)
            self.app.bell()
            return
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
