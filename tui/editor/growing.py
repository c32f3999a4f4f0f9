"""Several lines of text in a form."""

from __future__ import annotations

from typing import Final

from textual import on
from textual.widgets import TextArea

TALLEST: Final = 8
"""Lines that a text shows at most; more scroll."""


class TextField(TextArea):
    """A text of several lines, the value of ``key``; as a part of a form it grows with what stands in it, and the
    arrows lead out of it."""

    def __init__(self, key: str, text: str, *, shortest: int = 3, grows: bool = True, id: str | None = None) -> None:
        super().__init__(text, compact=True, highlight_cursor_line=False, id=id)
        self.key = key
        self._shortest = shortest
        self._grows = grows

    def on_mount(self) -> None:
        """Have as many lines as the text."""
        self._grow()

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up a line, and from the first one to the field above."""
        if self._grows and not select and self.get_cursor_up_location()[0] == self.cursor_location[0] == 0:
            self.screen.focus_previous()
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down a line, and from the last one to the field below."""
        last = self.document.line_count - 1
        if self._grows and not select and self.get_cursor_down_location()[0] == self.cursor_location[0] == last:
            self.screen.focus_next()
        else:
            super().action_cursor_down(select)

    @on(TextArea.Changed)
    def _grow(self) -> None:
        if not self._grows:
            return
        lines = max(self._shortest, min(TALLEST, self.wrapped_document.height))
        if self.styles.height is None or self.styles.height.value != lines:
            self.styles.height = lines
