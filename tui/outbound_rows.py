"""What the outbound log knows: rows newest first, read page by page, a cursor that stays on its message. No Textual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from core.log_filter import NO_FILTER, LogFilter
from core.ports import Reader

if TYPE_CHECKING:
    from core.outbound import Row

PAGE: Final = 100
"""Rows read at one time while scrolling."""
DEEP: Final = 200
"""From this row on only what is in view is read again."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A row with the title of its deal, as it stood when the row was read."""

    row: Row
    title: str


class LogSource(Protocol):
    """Reads one page of the log, newest first."""

    def __call__(self, after: Sequence[LogLine], limit: int) -> Sequence[LogLine]:
        """Return up to ``limit`` lines that come after the given ones, which are the newest there were."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Lines that have been read, newest first; ``complete`` when there are no older ones."""

    lines: list[LogLine]
    complete: bool


def fresh(read: LogSource, lines: Sequence[LogLine], top: int, height: int) -> Loaded:
    """Read again what can have changed in view and above it. Changes nothing, so that a thread can do it."""
    if top + height > DEEP:
        return _fresh_deep(read, lines, top, height)
    wanted = top + 2 * height
    found = list(read((), wanted))
    return Loaded(found, len(found) < wanted)


def _fresh_deep(read: LogSource, lines: Sequence[LogLine], top: int, height: int) -> Loaded:
    """Read the newest lines and those in view, and keep the others as they were read before."""
    seen = lines[top - 1 : top + height]
    head = list(read((), DEEP))
    joint = _place(lines, head[-1].row.id) if head else None
    if joint is None:
        return Loaded(head, len(head) < DEEP)
    whole = head + list(lines[joint + 1 :])
    start = (_place(whole, seen[0].row.id) or 0) + 1
    again = {line.row.id: line for line in read(whole[:start], height)}
    end = start + height
    whole[start:end] = [again.get(line.row.id, line) for line in whole[start:end]]
    return Loaded(whole, False)


def further(read: LogSource, lines: Sequence[LogLine], wanted: int) -> Loaded:
    """Read on until there are so many lines. Changes nothing."""
    found = list(lines)
    while len(found) < wanted:
        page = read(found, PAGE)
        found.extend(page)
        if len(page) < PAGE:
            return Loaded(found, True)
    return Loaded(found, False)


class LogRows:
    """The lines that have been read so far, which of them stands on top and which has the cursor.

    ``patient`` rows do not read by themselves: what they would need stands in ``wanted`` until somebody brings it
    with :meth:`show`.
    """

    def __init__(self, read: LogSource) -> None:
        self.read = read
        self.lines: list[LogLine] = []
        self.complete = False
        self.patient = False
        self.stopped = False
        self.wanted = 0
        self.top = 0
        self.cursor = 0
        self.unseen = 0

    @property
    def following(self) -> bool:
        """Whether new lines push the others down: while the newest is in view and has the cursor, unless stopped."""
        return self.top == 0 and self.cursor == 0 and not self.stopped

    @property
    def current(self) -> LogLine | None:
        """The line under the cursor."""
        return self.lines[self.cursor] if self.cursor < len(self.lines) else None

    @property
    def lacking(self) -> bool:
        """Whether lines have been asked for that are not there yet."""
        return self.wanted > len(self.lines) and not self.complete

    def reload(self, height: int) -> None:
        """Read again what can have changed in view and above it; view and cursor stay on their lines."""
        self.show(fresh(self.read, self.lines, self.top, height))

    def show(self, loaded: Loaded) -> None:
        """Take over lines that have been read; view and cursor stay on theirs."""
        follow = self.following
        anchor = self.lines[self.top].row.id if self.top < len(self.lines) else None
        pointed = self.current.row.id if self.current else None
        self.lines, self.complete = loaded.lines, loaded.complete
        if not follow:
            self._find(anchor, pointed)

    def forget(self) -> None:
        """Show nothing until other lines come, the newest of which has the cursor then."""
        self.lines, self.complete = [], False
        self.stopped = False
        self.wanted = self.top = self.cursor = self.unseen = 0

    def _find(self, anchor: str | None, pointed: str | None) -> None:
        last = max(0, len(self.lines) - 1)
        top, cursor = _place(self.lines, anchor), _place(self.lines, pointed)
        top = min(self.top, last) if top is None else top
        self.unseen += max(0, top - self.top)
        self.cursor = min(self.cursor, last) if cursor is None else cursor
        self.top = top

    def move(self, step: int, height: int) -> None:
        """Move the cursor by some lines, reading on where the end of what is loaded comes near."""
        self._load_to(self.cursor + step + height)
        self.cursor = max(0, min(len(self.lines) - 1, self.cursor + step))
        self._show_cursor(height)

    def point(self, line: int, height: int) -> None:
        """Put the cursor on the line at a height of the view."""
        self.move(self.top + line - self.cursor, height)

    def scroll(self, step: int, height: int) -> None:
        """Move the view by some lines; the cursor stays where it can be seen."""
        self._load_to(self.top + step + height)
        self.top = max(0, min(max(0, len(self.lines) - height), self.top + step))
        self.cursor = max(self.top, min(self.top + max(0, height - 1), self.cursor))
        self._seen()

    def follow(self) -> None:
        """Go back to the newest line and stay there."""
        self.top = self.cursor = 0
        self.stopped = False
        self._seen()

    def _show_cursor(self, height: int) -> None:
        self.top = min(self.top, max(0, self.cursor))
        self.top = max(self.top, self.cursor - max(1, height) + 1)
        self._seen()

    def _seen(self) -> None:
        self.unseen = min(self.unseen, self.top)

    def _load_to(self, wanted: int) -> None:
        self.wanted = wanted
        if self.patient or self.complete or wanted <= len(self.lines):
            return
        loaded = further(self.read, self.lines, wanted)
        self.lines, self.complete = loaded.lines, loaded.complete


def _place(lines: Sequence[LogLine], row_id: str | None) -> int | None:
    return next((n for n, line in enumerate(lines) if line.row.id == row_id), None)


def page(reader: Reader, after: Sequence[LogLine], limit: int, where: LogFilter = NO_FILTER) -> Sequence[LogLine]:
    """Read one page of the log with the titles of its deals; held lines stand on top of all others."""
    from core import outbound_reading as reading

    last = after[-1].row.delivery if after else None
    place = reading.Place(0, last.id) if last else reading.Place(len(after))
    return titled(reader, reading.step(reader, where, place, limit).rows)


def titled(reader: Reader, rows: Sequence[Row]) -> Sequence[LogLine]:
    """Return the rows with the titles of their deals."""
    cards = reader.cards_by_id({row.deal for row in rows})
    return [LogLine(row, cards[row.deal].title if row.deal in cards else row.deal) for row in rows]
