"""The box below the deal's sheet in which a client of a chat is answered: several lines, kept when one leaves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Label, TextArea

from core.i18n import gettext as _
from core.safe_text import safe_text
from tui.bars import Bar
from tui.line import Part, spread

TALLEST: Final = 6
"""Lines that the box shows at most; more scroll."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the box says of its chat: with whom, how it stands (and in which tone), what can be done with it."""

    who: str = ""
    state: str = ""
    tone: str = "dim"
    acts: tuple[tuple[str, str], ...] = ()
    """Words and the actions that a click on them does."""


class AnswerLine(Bar):
    """The line above the text."""

    def __init__(self, read: Callable[[], Heading], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._read = read

    def parts(self, width: int) -> list[Part]:
        """Return who is answered at the left, what can be done at the right."""
        heading = self._read()
        left = [Part(" ✈ ", "dim"), Part(heading.who, "strong"), Part(f"  {heading.state}", heading.tone, None, 1)]
        right = [Part(f" {words} ", "key", action) for words, action in heading.acts]
        return spread(left, right, width)


class AnswerText(TextArea):
    """The text itself: enter begins a line, esc and tab lead back to the sheet."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,tab,shift+tab", "leave", show=False),
    ]

    class Left(Message):
        """Somebody wants to go back to the sheet."""

    def action_leave(self) -> None:
        """Go back to the sheet."""
        self.post_message(self.Left())


class AnswerBox(Vertical):
    """Holds one text for each chat, so that what was typed is there again when somebody comes back."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.chat: tuple[str, str] | None = None
        """Channel and chat that are answered; None while the box is closed."""
        self.heading = Heading()
        self.sending = False
        self._asked = False
        self._kept: dict[tuple[str, str], str] = {}
        self.text = AnswerText(
            "", compact=True, highlight_cursor_line=False, placeholder=_("Write to the client…"), id="answer-text"
        )
        self.note = Label("", id="answer-note")
        self.display = False

    def compose(self) -> ComposeResult:
        """Put heading, text and the line for what is wrong under one another."""
        yield AnswerLine(lambda: self.heading, id="answer-head")
        yield self.text
        yield self.note

    @property
    def kept(self) -> bool:
        """Whether something was typed somewhere and has not been sent."""
        self._keep()
        return any(self._kept.values())

    def asks(self) -> bool:
        """Return, the first time, that something was typed and not sent; False when there is nothing to ask."""
        asks = self.kept and not self._asked
        self._asked = asks
        return asks

    def has_draft(self, channel: str, chat: str) -> bool:
        """Return whether something was typed for a chat and has not been sent."""
        self._keep()
        return (channel, chat) in self._kept

    def open(self, channel: str, chat: str) -> None:
        """Answer a chat: what was typed for it before stands there again."""
        if self.chat != (channel, chat):
            self._keep()
            self.chat = (channel, chat)
            self.text.load_text(self._kept.get(self.chat, ""))
            self.text.move_cursor(self.text.document.end)
            self.complain("")
        self.display = True

    def close(self) -> None:
        """Put the box away; what was typed is kept."""
        self._keep()
        self.chat = None
        self.display = False

    def show(self, heading: Heading) -> None:
        """Show how it stands with the chat."""
        if heading != self.heading:
            self.heading = heading
            for line in self.query(AnswerLine):
                line.refresh()

    def complain(self, sentence: str) -> None:
        """Say below the text what is wrong; nothing takes it back."""
        self.note.update(Content(safe_text(sentence)))
        self.note.display = bool(sentence)

    def sent(self, text: str) -> None:
        """Take away what has gone out; what was typed meanwhile stays."""
        if self.text.text == text:
            self.text.load_text("")
        self.complain("")

    def _keep(self) -> None:
        if self.chat is None:
            return
        if self.text.text.strip():
            self._kept[self.chat] = self.text.text
        else:
            self._kept.pop(self.chat, None)

    @on(TextArea.Changed)
    def _changed(self) -> None:
        """Grow with the text; a complaint is about what stood there before."""
        self._asked = False
        lines = max(2, min(TALLEST, self.text.wrapped_document.height))
        if self.text.styles.height is None or self.text.styles.height.value != lines:
            self.text.styles.height = lines
        self.complain("")
