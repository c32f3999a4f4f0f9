"""The outbound log: one widget that draws the lines in view and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.signal import Signal
from textual.strip import Strip

from core.i18n import gettext as _
from tui import outbound_paint as paint
from tui.line import Part, action_at
from tui.line_view import RIGHT, LineView
from tui.log_head import HeadState, head
from tui.log_sizing import LogSizing
from tui.outbound_rows import LogLine, LogRows, LogSource

if TYPE_CHECKING:
    from core.outbound_reading import Counts
    from tui.log_finder import Finder

STYLES: Final = ("time", "to", "text", "deal", "filter", "newer", "wrong", *paint.STATUS_SIGNS)
HEAD: Final = 1
"""Lines above the first row."""


class OutboundLog(LineView):
    """Every message on its way out, newest first, with the held ones counting down.

    ``finder`` narrows it and counts; without one it shows everything and reads by itself.
    """

    FAMILY = "log"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"log--{name}" for name in (*STYLES, "head", "cursor", "empty")}

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

    class Asked(Message):
        """Somebody has clicked what stands for an action."""

        def __init__(self, action: str, at: Offset | None = None) -> None:
            super().__init__()
            self.action = action
            self.at = at

    class Resized(Message):
        """It takes more or fewer lines than before."""

    def __init__(self, read: LogSource, moments: Callable[[], paint.Moments], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows = LogRows(read)
        self.finder: Finder | None = None
        self.counts: Counts | None = None
        self.changed: Signal[None] = Signal(self, "log-changed")
        self.sizing: LogSizing = LogSizing(self)
        self._moments = moments
        self._painted: paint.Moments | None = None
        self._head: list[Part] = []

    @property
    def height(self) -> int:
        """How many rows are in view."""
        return max(1, self.size.height - HEAD)

    def reload(self) -> None:
        """Read what is in view again: at once, or in a thread where it has to be searched for."""
        if self.finder is not None and self.rows.patient:
            self.finder.refresh()
        else:
            self.rows.reload(self.height)
        if self.finder is not None:
            self.finder.count()
        self.changed.publish(None)
        self.repaint()

    def show_counts(self, counts: Counts) -> None:
        """Show how today's messages stand."""
        if counts != self.counts:
            self.counts = counts
            self.refresh(Region(0, 0, self.size.width, HEAD))

    def repaint(self) -> None:
        """Draw again what is loaded, with the present moment."""
        self._painted = None
        self.refresh()

    def tick(self) -> None:
        """Let the countdowns of held rows in view go on."""
        held = [n for n, line in enumerate(self._visible()) if line.row.status == "held"]
        if held:
            self._painted = None
            for n in held:
                self.refresh(self._region(n))
            self.changed.publish(None)

    def move(self, step: int) -> None:
        """Move the cursor by some rows."""
        self.rows.move(step, self.height)
        self._moved()

    def follow(self) -> None:
        """Go back to the newest row."""
        self.rows.follow()
        self.refresh()

    def stop(self) -> None:
        """Let new rows push nothing down, or follow them again."""
        if self.rows.stopped:
            self.follow()
        else:
            self.rows.stopped = True
            self.refresh()

    def _moved(self) -> None:
        if self.finder is not None and self.rows.patient:
            self.finder.more()
        self.refresh()

    def open_current(self) -> None:
        """Ask for the whole message under the cursor."""
        if self.rows.current is not None:
            self.post_message(self.Opened(self, self.rows.current))

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.size.width
        if y < HEAD:
            self._head = head(self._head_state(), width)
            return self._strip([(part.text, part.style) for part in self._head], width)
        at = self.rows.top + y - HEAD
        if at < len(self.rows.lines):
            pieces = paint.line(self.rows.lines[at], width, self._now())
            return self._strip(pieces, width, cursor=at == self.rows.cursor and self.has_focus)
        if not self.rows.lines and y == HEAD:
            return self._strip([(" " + self._empty(), "empty")], width)
        return Strip.blank(width, self.rich_style)

    def _head_state(self) -> HeadState:
        state = HeadState(unseen=self.rows.unseen, stopped=self.rows.stopped, counts=self.counts)
        if self.finder is None:
            return state
        return replace(
            state,
            filter=self.finder.typed,
            trouble=self.finder.trouble,
            searching=self.finder.searching,
            found=len(self.rows.lines),
            more=not self.rows.complete,
        )

    def _empty(self) -> str:
        if not self.rows.patient:
            return _("Nothing has gone out yet.")
        return _("No message fits the filter: esc takes it away.") if self.rows.complete else _("searching…")

    def _strip(self, pieces: list[paint.Piece], width: int, cursor: bool = False) -> Strip:
        under = self._style("cursor") if cursor else None
        segments = [Segment(text, self._over(name, under)) for text, name in pieces]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _now(self) -> paint.Moments:
        if self._painted is None:
            self._painted = self._moments()
        return self._painted

    def _visible(self) -> list[LogLine]:
        return self.rows.lines[self.rows.top : self.rows.top + self.height]

    def _region(self, n: int) -> Region:
        return Region(0, n + HEAD, self.size.width, 1)

    def on_resize(self) -> None:
        """Keep the cursor in view, and read what comes into it."""
        self.rows.move(0, self.height)
        self._moved()
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
        self._moved()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the head, whose dragging makes the log larger or smaller."""
        if event.y < HEAD and event.button == 1:
            self.sizing.grab(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the head."""
        self.sizing.drag(event)

    def on_mouse_up(self) -> None:
        """Let go of the head."""
        self.sizing.release()

    def on_mouse_release(self) -> None:
        """Let go of the head when somebody else takes the mouse."""
        self.sizing.release()

    def on_click(self, event: events.Click) -> None:
        """Point at a row; a second click opens it, the right button shows what can be done with it.

        In the head each part does what it tells of.
        """
        if event.y < HEAD:
            self._head_clicked(event)
            return
        if self.rows.top + event.y - HEAD >= len(self.rows.lines):
            return
        self.rows.point(event.y - HEAD, self.height)
        self.refresh()
        if event.button == RIGHT:
            self.post_message(self.Asked("log.menu", event.screen_offset))
        elif event.chain > 1:
            self.open_current()

    def _head_clicked(self, event: events.Click) -> None:
        if not self.sizing.clicked:
            return
        action = action_at(self._head, event.x)
        if action is None or action == "log.focus":
            self.follow()
        else:
            self.post_message(self.Asked(action))
