"""How much of the screen the outbound log takes: small, half, or as high as its head is dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import events
from textual.css.scalar import Scalar

if TYPE_CHECKING:
    from textual.widget import Widget

LEAST: Final = 3
"""Lines of the log, its head included, below which it does not get."""
LEFT: Final = 8
"""Lines of the screen that it leaves to the board."""


class LogSizing:
    """Changes the height of a widget that is docked at the lower edge; of the whole screen nothing is dragged."""

    def __init__(self, log: Widget) -> None:
        self._log = log
        self._held = False
        self._from = 0
        self._before: Scalar | None = None
        self.clicked = True
        """Whether the last press on the head was a click and no drag."""

    def toggle(self) -> None:
        """Go on from small to half of the screen and back; a height that was dragged is given up."""
        dragged = self._log.styles.inline.has_rule("height")
        half = self._log.screen.has_class("half-log")
        self._log.styles.clear_rule("height")
        self._log.styles.clear_rule("max_height")
        self._log.screen.set_class(not half and not dragged, "half-log")
        self._log.refresh(layout=True)

    def grab(self, event: events.MouseDown) -> None:
        """Begin a drag."""
        self._held, self._from, self.clicked = True, event.screen_y, True
        styles = self._log.styles
        self._before = styles.height if styles.inline.has_rule("height") else None
        self._log.capture_mouse()

    def drag(self, event: events.MouseMove) -> None:
        """Follow the mouse; a button that was let go outside ends it."""
        if not self._held:
            return
        if event.button == 0:
            self.release()
            return
        if self._log.screen.has_class("full-log") or event.screen_y == self._from:
            return
        self.clicked = False
        self._from = event.screen_y
        height = self._log.region.bottom - event.screen_y
        height = max(LEAST, min(self._log.screen.size.height - LEFT, height))
        self._log.styles.height = height
        self._log.styles.max_height = height

    def cancel(self) -> bool:
        """End the drag and give the log the height that it had before; False when there was none."""
        if not self._held:
            return False
        self.release()
        if self._before is None:
            self._log.styles.clear_rule("height")
            self._log.styles.clear_rule("max_height")
        else:
            self._log.styles.height = self._log.styles.max_height = self._before
        self._log.refresh(layout=True)
        return True

    def release(self) -> None:
        """End the drag."""
        if self._held:
            self._held = False
            self._log.release_mouse()
