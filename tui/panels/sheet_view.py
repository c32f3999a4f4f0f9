"""The deal's sheet on the screen: one widget that draws the lines in view and nothing else."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip

from tui.line_view import RIGHT, LineView
from tui.panels.flow import Line
from tui.panels.sheet import Sheet

STYLES: Final = "plain muted strong heading accent good warn bad link off knob cursor thumb hint".split()
GUTTER: Final = 1
"""Cells left of the text, where the cursor's bar stands."""
THUMB: Final = 1


class SheetView(LineView):
    """Draws a :class:`Sheet` and takes the mouse; keys come from the registry."""

    FAMILY = "sheet"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"sheet--{name}" for name in STYLES}

    class Moved(Message):
        """Cursor or view stand elsewhere now."""

    class Pressed(Message):
        """Something on a line was clicked: an action of the registry, or the item itself for the second time."""

        def __init__(self, action: str, at: Offset | None = None) -> None:
            super().__init__()
            self.action = action
            self.at = at

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.sheet = Sheet()

    def moved(self) -> None:
        """Draw what is in view now, and say that it is another part."""
        self.refresh()
        self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, at = self.size.width, self.sheet.top + y
        if at >= len(self.sheet.lines):
            return Strip.blank(width, self.rich_style)
        pointed = self.sheet.item_at(y) == self.sheet.cursor and self.sheet.current is not None
        return self._strip(self.sheet.lines[at], width, y, pointed=pointed)

    def _strip(self, line: Line, width: int, y: int, *, pointed: bool) -> Strip:
        under = self._style("cursor") if pointed else None
        bar = "▌" if pointed and self.has_focus_within else " "
        segments = [Segment(bar, self._over("accent", under))]
        segments += [Segment(text, self._over(style, under)) for text, style in line.pieces]
        body = Strip(segments).adjust_cell_length(width - THUMB, self._over("plain", under))
        return Strip.join([body, Strip([Segment(self._thumb(y), self._style("thumb"))])])

    def _thumb(self, y: int) -> str:
        """Return what stands at the right edge: where the view is, if not everything is in it."""
        all_lines, height = len(self.sheet.lines), self.sheet.height
        if all_lines <= height:
            return " "
        size = max(1, height * height // all_lines)
        start = (height - size) * self.sheet.top // max(1, all_lines - height)
        return "▐" if start <= y < start + size else " "

    def _style(self, name: str) -> Style:
        return super()._style(name if name in STYLES else "plain")

    def on_resize(self, event: events.Resize) -> None:
        """Lay the text out anew; the cursor stays in view."""
        self.sheet.resize(event.size.width - GUTTER - THUMB, event.size.height)
        self.moved()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Read on."""
        self._scroll(3, event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Read back."""
        self._scroll(-3, event)

    def _scroll(self, lines: int, event: events.MouseEvent) -> None:
        event.stop()
        if self.sheet.editing is None:  # the line that is typed into stays where it is
            self.sheet.scroll(lines)
            self.moved()

    def on_click(self, event: events.Click) -> None:
        """Point at an item, press one of its buttons; a second click does what enter does."""
        place, line = self.sheet.item_at(event.y), self.sheet.top + event.y
        if self.sheet.editing is not None or place is None:
            return
        self.sheet.point(place)
        self.moved()
        action = self.sheet.lines[line].action_at(event.x - GUTTER)
        if event.button == RIGHT:
            self.post_message(self.Pressed("panel.menu", event.screen_offset))
        elif action is not None:
            self.post_message(self.Pressed(action))
        elif event.chain > 1:
            self.post_message(self.Pressed("panel.open"))
