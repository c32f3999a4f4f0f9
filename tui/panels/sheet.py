"""What the deal's sheet shows and where the reader is in it: items, cursor, first line in view. No Textual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from tui.panels.flow import Line, Para, flow


class Section(StrEnum):
    """The parts of a deal's sheet, in their order."""

    FIELDS = "fields"
    CLIENT = "client"
    RULES = "rules"
    HISTORY = "history"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that the cursor can stand on (``spot`` says which), or a heading that it passes over (``spot`` None).

    ``key`` stays the same however often the deal is read again. ``at`` is the cell at which its value can be edited.
    """

    key: str
    section: Section
    paras: tuple[Para, ...]
    spot: Any = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Editing:
    """What stands in the place of an item's value while it is typed: nothing, and below it what is to be said of it."""

    key: str
    note: str = ""
    tone: str = "muted"


LEAP: Final = 3
"""Lines by which a step scrolls through an item that is taller than the view."""


class Sheet:
    """The items laid out in lines, the cursor that stays on its item, and the part of it that is in view."""

    def __init__(self) -> None:
        self.items: Sequence[Item] = ()
        self.lines: list[Line] = []
        self.starts: list[int] = []
        self.cursor = 0
        self.top = 0
        self.width = 40
        self.height = 10
        self.editing: Editing | None = None
        self._of_line: list[int] = []

    @property
    def current(self) -> Item | None:
        """The item under the cursor."""
        return self.items[self.cursor] if self.cursor < len(self.items) else None

    @property
    def section(self) -> Section:
        """The part that the cursor is in."""
        return self.current.section if self.current else Section.FIELDS

    def show(self, items: Sequence[Item]) -> None:
        """Show the items as they are now: cursor and view stay on their item; one that is gone leaves its place."""
        key = self.current.key if self.current else None
        held = self.starts[self.cursor] - self.top if self.current else 0
        self.items = items
        place = self.place(key)
        self.cursor = self._near(min(self.cursor, len(items) - 1) if place is None else place)
        self._lay_out()
        if self.current:
            self.top = self.starts[self.cursor] - held
        self._keep_in_range()

    def resize(self, width: int, height: int) -> None:
        """Lay out for another size; the cursor stays in view."""
        self.height = max(1, height)
        if width != self.width:
            self.width = max(1, width)
            self._lay_out()
        self.show_cursor()

    def edit(self, editing: Editing | None) -> None:
        """Make room for an editor at an item, or close it (None)."""
        self.editing = editing
        self._lay_out()
        self.show_cursor()

    def place(self, key: str | None) -> int | None:
        """Return where an item stands."""
        return next((n for n, item in enumerate(self.items) if item.key == key), None)

    def item_at(self, line: int) -> int | None:
        """Return the place of the item that a line of the view shows."""
        at = self.top + line
        return self._of_line[at] if 0 <= at < len(self._of_line) else None

    def span(self, place: int) -> range:
        """Return the lines of an item."""
        end = self.starts[place + 1] if place + 1 < len(self.starts) else len(self.lines)
        return range(self.starts[place], end)

    def move(self, step: int) -> None:
        """Go to the next or the former item; one that is taller than the view is scrolled through first."""
        if not self.items:
            return
        span = self.span(self.cursor)
        if step > 0 and span.stop > self.top + self.height:
            self.scroll(LEAP)
        elif step < 0 and span.start < self.top:
            self.scroll(-LEAP)
        else:
            self._go(self._next(step))

    def page(self, step: int) -> None:
        """Go on by a screenful."""
        if not self.items:
            return
        self.scroll(step * max(1, self.height - 1))
        line = self.height - 1 if step > 0 else 0
        if self.top in (0, self._last_top()):
            line = 0 if step < 0 else self.height - 1
        place = self.item_at(min(line, len(self.lines) - 1 - self.top))
        self.cursor = self._near(self.cursor if place is None else place)

    def end(self, step: int) -> None:
        """Go to the first or the last item."""
        self._go(self._near(0 if step < 0 else len(self.items) - 1))
        self.top = 0 if step < 0 else self._last_top()

    def jump(self, section: Section) -> None:
        """Go to the beginning of a part, its heading on top of the view."""
        places = [n for n, item in enumerate(self.items) if item.section is section]
        if places:
            self.cursor = self._near(places[0])
            self.top = self.starts[places[0]] + (self.items[places[0]].spot is None)  # not the blank above a heading
            self._keep_in_range()

    def turn(self, step: int) -> None:
        """Go to the next or the former part, round and round."""
        order = list(Section)
        self.jump(order[(order.index(self.section) + step) % len(order)])

    def point(self, place: int) -> None:
        """Put the cursor on an item."""
        if self.items[place].spot is not None:
            self.cursor = place

    def scroll(self, lines: int) -> None:
        """Move the view; the cursor stays where it is."""
        self.top += lines
        self._keep_in_range()

    def _next(self, step: int) -> int:
        place = self.cursor + step
        while 0 <= place < len(self.items) and self.items[place].spot is None:
            place += step
        return place if 0 <= place < len(self.items) else self.cursor

    def _near(self, place: int) -> int:
        """Return the place itself if the cursor can stand there, else the next one below, else above."""
        below = range(max(0, place), len(self.items))
        above = range(min(place, len(self.items) - 1), -1, -1)
        return next((n for n in (*below, *above) if self.items[n].spot is not None), 0)

    def _go(self, place: int) -> None:
        self.cursor = place
        self.show_cursor()

    def show_cursor(self) -> None:
        """Bring the cursor into view, with the heading above it."""
        if self.items:
            span = self.span(self.cursor)
            above = self.cursor and self.items[self.cursor - 1].spot is None  # a heading comes along
            first = self.span(self.cursor - 1).start if above else span.start
            self.top = max(self.top, min(span.stop - self.height, span.start))
            self.top = min(self.top, first if span.stop - first <= self.height else span.start)
        self._keep_in_range()

    def _last_top(self) -> int:
        return max(0, len(self.lines) - self.height)

    def _keep_in_range(self) -> None:
        self.top = max(0, min(self.top, self._last_top()))

    def _lay_out(self) -> None:
        self.lines, self.starts, self._of_line = [], [], []
        for place, item in enumerate(self.items):
            self.starts.append(len(self.lines))
            lines = [line for para in self._paras(item) for line in flow(para, self.width)]
            self.lines += lines
            self._of_line += [place] * len(lines)

    def _paras(self, item: Item) -> tuple[Para, ...]:
        editing = self.editing
        if editing is None or editing.key != item.key:
            return item.paras
        first = item.paras[0]
        lead = Para(first.pieces[:1], first.indent, first.hang)
        note = Para(((editing.note, editing.tone),), item.at, item.at)
        return (lead, note) if editing.note else (lead,)
