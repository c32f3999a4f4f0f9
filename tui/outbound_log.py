"""The outbound log: one widget that draws the lines in view and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.i18n import gettext as _
from core.i18n import ngettext
from core.words import fill
from tui import outbound_paint as paint
from tui.outbound_rows import LogLine, LogRows, LogSource

STYLES: Final = ("time", "to", "text", "deal", *paint.STATUS_SIGNS)
HEAD: Final = 1
"""Lines above the first row."""


class OutboundLog(Widget, can_focus=True):
    """Every message on its way out, newest first, with the held ones counting down."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"log--{name}" for name in (*STYLES, "head", "cursor", "empty")}
    ALLOW_SELECT = False

    class Opened(Message):
        """Somebody wants to read the whole message."""

        def __init__(self, log: OutboundLog, line: LogLine) -> None:
            super().__init__()
            self.log_view = log
            self.line = line

        @property
        def control(self) -> OutboundLog:
            """The log that it happened in."""
            return self.log_view

    class Resized(Message):
        """It takes more or fewer lines than before."""

    def __init__(self, read: LogSource, moments: Callable[[], paint.Moments], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows = LogRows(read)
        self._moments = moments
        self._painted: paint.Moments | None = None
        self._palette: dict[str, Style] = {}

    @property
    def height(self) -> int:
        """How many rows are in view."""
        return max(1, self.size.height - HEAD)

    def on_mount(self) -> None:
        """Forget colours when the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._dress())

    def reload(self) -> None:
        """Read what is in view again."""
        self.rows.reload(self.height)
        self.repaint()

    def repaint(self) -> None:
        """Draw again what is loaded, with the present moment."""
        self._painted = None
        self.refresh()

    def _dress(self) -> None:
        self._palette.clear()
        self.refresh()

    def tick(self) -> None:
        """Let the countdowns of held rows in view go on."""
        held = [n for n, line in enumerate(self._visible()) if line.row.status == "held"]
        if held:
            self._painted = None
            for n in held:
                self.refresh(self._region(n))

    def move(self, step: int) -> None:
        """Move the cursor by some rows."""
        self.rows.move(step, self.height)
        self.refresh()

    def follow(self) -> None:
        """Go back to the newest row."""
        self.rows.follow()
        self.refresh()

    def open_current(self) -> None:
        """Ask for the whole message under the cursor."""
        if self.rows.current is not None:
            self.post_message(self.Opened(self, self.rows.current))

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.size.width
        if y < HEAD:
            return self._strip([(_head(self.rows.unseen, width), "head")], width)
        at = self.rows.top + y - HEAD
        if at < len(self.rows.lines):
            pieces = paint.line(self.rows.lines[at], width, self._now())
            return self._strip(pieces, width, cursor=at == self.rows.cursor and self.has_focus)
        if not self.rows.lines and y == HEAD:
            return self._strip([(" " + _("Nothing has gone out yet."), "empty")], width)
        return Strip.blank(width, self.rich_style)

    def _strip(self, pieces: list[paint.Piece], width: int, cursor: bool = False) -> Strip:
        under = self._style("cursor") if cursor else None
        segments = [Segment(text, self._style(name) + under if under else self._style(name)) for text, name in pieces]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _style(self, name: str) -> Style:
        style = self._palette.get(name)
        if style is None:
            partial = name == "cursor"
            style = self._palette[name] = self.get_component_rich_style(f"log--{name}", partial=partial)
        return style

    def _now(self) -> paint.Moments:
        if self._painted is None:
            self._painted = self._moments()
        return self._painted

    def _visible(self) -> list[LogLine]:
        return self.rows.lines[self.rows.top : self.rows.top + self.height]

    def _region(self, n: int) -> Region:
        return Region(0, n + HEAD, self.size.width, 1)

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self.rows.move(0, self.height)
        self.post_message(self.Resized())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go to older rows."""
        self._scroll(3, event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go to newer rows."""
        self._scroll(-3, event)

    def _scroll(self, step: int, event: events.MouseEvent) -> None:
        event.stop()
        self.rows.scroll(step, self.height)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Point at a row; a second click opens it, one on the head follows the newest again."""
        if event.y < HEAD:
            self.follow()
            return
        if self.rows.top + event.y - HEAD >= len(self.rows.lines):
            return
        self.rows.point(event.y - HEAD, self.height)
        self.refresh()
        if event.chain > 1:
            self.open_current()


def _head(unseen: int, width: int) -> str:
    """Return the line above the log: its name, and how many messages are newer than those in view."""
    left = "─ " + _("Outbound") + " "
    newer = fill(ngettext("▲ {n} newer", "▲ {n} newer", unseen), {"n": unseen})
    right = f" {newer} ─" if unseen else "─"
    return left + "─" * max(0, width - len(left) - len(right)) + right
