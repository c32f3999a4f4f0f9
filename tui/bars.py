"""Header and footer are bars: one line of parts, drawn without any child widget."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.line import Part, action_at


class Bar(Widget):
    """One line whose parts may be clicked."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"bar--{name}" for name in ("plain", "dim", "strong", "key", "off", "good", "warn", "bad", "accent")
    }

    class Chosen(Message):
        """A part with an action was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    @abstractmethod
    def parts(self, width: int) -> list[Part]:
        """Return what the line shows at a width."""

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.size.width
        parts = self.parts(width) if y == 0 else []
        segments = [Segment(part.text, self._style(part.style)) for part in parts]
        return Strip(segments).adjust_cell_length(width, self._style("plain"))

    def _style(self, name: str) -> Style:
        known = f"bar--{name}" in self.COMPONENT_CLASSES
        return self.get_component_rich_style(f"bar--{name}" if known else "bar--plain")

    def on_click(self, event: events.Click) -> None:
        """Do what the part under the mouse stands for."""
        action = action_at(self.parts(self.size.width), event.x)
        if action is not None:
            self.post_message(self.Chosen(action))
