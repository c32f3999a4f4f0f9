"""The context menu: what can be done here, at the place of the pointer or the cursor, each with its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Offset, Size
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from core.safe_text import safe_text
from tui.board.texts import cut
from tui.keys import keys_text
from tui.panels.chooser import Chooser

WIDEST: Final = 60
FRAME: Final = 4
"""Cells that border and padding take of a line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu: an action's id, its title in the user's language, its keys, and why it cannot be done."""

    id: str
    title: str
    keys: tuple[str, ...]
    why_not: str | None = None


class Menu(Chooser):
    """Returns the id of what was chosen, by arrows and enter, by its own key, or by the mouse; None for nothing."""

    CSS_PATH = "../styles/menu.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("j", "step(1)", show=False),
        Binding("k", "step(-1)", show=False),
    ]

    def __init__(self, title: str, entries: Sequence[Entry], place: Offset) -> None:
        super().__init__()
        self._entries = entries
        self._place = place
        self._keys = {key: n for n, entry in enumerate(entries) for key in entry.keys}
        lines = (cell_len(entry.title) + cell_len(keys_text(entry.keys[:1])) + 2 for entry in entries)
        reasons = (cell_len(entry.why_not or "") for entry in entries)
        self._wide = min(WIDEST, max([24, *lines, *reasons]))
        self._title = cut(safe_text(title), self._wide)

    def compose(self) -> ComposeResult:
        """Lay out title, lines and the place where a reason stands."""
        with Vertical(id="menu"):
            yield Label(Content(self._title), id="menu-title")
            yield OptionList(*(Option(self._line(entry)) for entry in self._entries), id="menu-list")
            yield Label("", id="menu-why")

    def _line(self, entry: Entry) -> Content:
        key = keys_text(entry.keys[:1])
        gap = " " * max(1, self._wide - cell_len(entry.title) - cell_len(key))
        tone = "$faint" if entry.why_not else "$foreground"
        return Content.assemble((entry.title, tone), gap, (key, "$faint" if entry.why_not else "$primary"))

    def on_mount(self) -> None:
        """Put the cursor on the first line that can be chosen."""
        can = (n for n, entry in enumerate(self._entries) if entry.why_not is None)
        self.query_one(OptionList).highlighted = next(can, 0)
        self._put(self.app.size)

    def on_resize(self, event: events.Resize) -> None:
        """Stay within the screen."""
        self._put(event.size)

    def _put(self, room: Size) -> None:
        menu = self.query_one("#menu")
        width, height = min(self._wide + FRAME, room.width), min(len(self._entries) + 4, room.height)
        menu.styles.width, menu.styles.height = width, height
        x = max(0, min(self._place.x, room.width - width))
        below = self._place.y + 1
        y = below if below + height <= room.height else max(0, min(self._place.y - height, room.height - height))
        menu.styles.offset = (x, y)

    @on(OptionList.OptionHighlighted)
    def _explain(self, event: OptionList.OptionHighlighted) -> None:
        self.query_one("#menu-why", Label).update(
            Content(cut(self._entries[event.option_index].why_not or "", self._wide))
        )

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option_index)

    def on_key(self, event: events.Key) -> None:
        """Take an action's own key for its line."""
        place = self._keys.get(event.key)
        if place is not None and event.key not in ("enter", "escape", "up", "down"):
            event.stop()
            event.prevent_default()
            self.query_one(OptionList).highlighted = place
            self._choose(place)

    def _choose(self, place: int) -> None:
        self.take(self._entries[place].id, self._entries[place].why_not)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go back when a place beside the menu is pressed."""
        if self.get_widget_at(event.screen_x, event.screen_y)[0] is self:
            event.stop()
            if self.is_current:
                self.dismiss(None)
