"""A question that is answered in one line, with what is wrong with the answer told below it while it is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from core.safe_text import safe_text


class Ask(ModalScreen[str | None]):
    """Returns what was typed, or None. ``why_not`` says what is wrong with an answer, or None; enter waits for that."""

    CSS_PATH = "../styles/ask.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, title: str, value: str, why_not: Callable[[str], str | None]) -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._why_not = why_not

    def compose(self) -> ComposeResult:
        """Lay out title, line and note."""
        with Vertical(id="ask"):
            yield Label(Content(safe_text(self._title)), id="ask-title")
            yield Input(self._value, id="ask-answer", select_on_focus=False)
            yield Label("", id="ask-note")

    def on_mount(self) -> None:
        """Say at once what is wrong with the answer that is offered."""
        self._judge(self._value)

    def _judge(self, value: str) -> str | None:
        wrong = self._why_not(value)
        self.query_one("#ask-note", Label).update(Content(safe_text(wrong)))
        return wrong

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._judge(event.value)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if self._judge(event.value) is None:
            self.dismiss(event.value)
        else:
            self.app.bell()

    def on_click(self, event: events.Click) -> None:
        """Go back when what lies behind is clicked."""
        if event.widget is self:
            self.dismiss(None)
