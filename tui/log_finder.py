"""What the outbound log shows of all there is: its filter, searched for in a thread, and the day's counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from textual.timer import Timer

from core import zones
from core.errors import FunilError
from core.log_filter import NO_FILTER, LogFilter, parse
from core.model.moment import Moment
from core.ports import Reader, Store
from tui.outbound_paint import Moments
from tui.outbound_rows import Loaded, LogLine, fresh, further, page, titled

if TYPE_CHECKING:
    from core.outbound_reading import Place
    from tui.app import FunilApp
    from tui.outbound_log import OutboundLog

PAUSE: Final = 4
"""A search leaves the machine alone for so many times as long as the last one took."""
COUNTED: Final = 1.0
"""Seconds between two counts."""


class GivenUp(Exception):
    """Nobody waits for the result any more."""


class Finder:
    """Narrows the log. Searches run in a thread, one at a time; a newer one makes the present one give up."""

    def __init__(self, app: FunilApp) -> None:
        self._app = app
        self.typed = ""
        self.where: LogFilter = NO_FILTER
        self.trouble = ""
        self.searching = False
        self._number = 0
        self._again = False
        self._rested = 0.0
        self._counted = 0.0
        self._timers: dict[str, Timer] = {}

    @property
    def _log(self) -> OutboundLog:
        return self._app.log_view

    def read(self, after: Sequence[LogLine], limit: int) -> Sequence[LogLine]:
        """Return lines of the whole log, at once: an index bears it."""
        return self._app.desk.store.read(lambda reader: page(reader, after, limit))

    def typing(self, words: str, *, done: bool) -> None:
        """Take over what is typed; when that has ended, what it found has the focus, unless something else took it."""
        self.set(words)
        if done and self._app.focused in (None, self._app.log_filter_line):
            self._log.focus()

    def set(self, typed: str) -> None:
        """Filter by what somebody typed; what cannot be meant is told in the log's head, and the log stays."""
        self.typed = typed.strip()
        try:
            where = parse(typed)
        except FunilError as error:
            self.trouble = str(error)
            self._log.repaint()
            return
        self.trouble = ""
        if where != self.where:
            self.where = where
            self._number += 1
            self._log.rows.forget()
            self._log.rows.patient = bool(where)
            self._rested = 0.0
            self.searching = self._again = False
            self._log.reload()
        self._log.repaint()

    def refresh(self) -> None:
        """Read again what the filter shows, because messages have changed; at once, or when the machine has rested."""
        if self.searching:
            self._again = True
            return
        wait = self._rested - monotonic()
        if wait > 0:
            self._later("search", wait, self.refresh)
            return
        rows, height = self._log.rows, self._log.height
        lines, top = list(rows.lines), rows.top
        self._start(lambda find: fresh(find, lines, top, height))

    def more(self) -> None:
        """Read on where the log has come to the end of what was found so far."""
        rows = self._log.rows
        if rows.lacking and not self.searching:
            lines, wanted = list(rows.lines), rows.wanted
            self._start(lambda find: further(find, lines, wanted))

    def _start(self, job: Callable[[_Find], Loaded]) -> None:
        self.searching = True
        self._work("log-search", partial(self._search, job, self._number))

    async def _search(self, job: Callable[[_Find], Loaded], number: int) -> None:
        began = monotonic()
        find = _Find(self._app.desk.store, self.where, lambda: number == self._number)
        try:
            loaded = await asyncio.to_thread(job, find)
        except GivenUp:
            return
        except FunilError as error:
            self.searching = False
            self._app.say(str(error), trouble=True)
            return
        if number != self._number:
            return
        self.searching = False
        self._rested = monotonic() + PAUSE * (monotonic() - began)
        self._log.rows.show(loaded)
        self._log.repaint()
        if self._again:
            self._again = False
            self.refresh()
        else:
            self.more()

    def give_up(self) -> None:
        """Let the present search end at its next step: nobody waits for it."""
        self._number += 1

    def count(self) -> None:
        """Count today's messages again, at most once a second."""
        wait = self._counted + COUNTED - monotonic()
        if wait > 0:
            self._later("count", wait, self.count)
            return
        self._counted = monotonic()
        self._work("log-count", self._count)

    async def _count(self) -> None:
        from core import outbound_reading

        since, began = midnight(self._app.desk.moments()), monotonic()
        try:
            counts = await asyncio.to_thread(
                self._app.desk.store.read, lambda reader: outbound_reading.counts(reader, since)
            )
        except FunilError:
            return  # whoever reads the log itself tells of the trouble
        self._counted = monotonic() + PAUSE * (monotonic() - began) - COUNTED
        self._counted = max(self._counted, began)
        self._log.show_counts(counts)

    def _work(self, group: str, work: Any) -> None:
        """Run a coroutine function; a coroutine whose worker ends before it has begun would never be awaited."""
        self._app.run_worker(work, group=group, exclusive=True)

    def _later(self, what: str, seconds: float, act: Callable[[], None]) -> None:
        if what not in self._timers:
            self._timers[what] = self._app.set_timer(seconds, lambda: self._due(what, act))

    def _due(self, what: str, act: Callable[[], None]) -> None:
        del self._timers[what]
        act()


class _Find:
    """Reads the filtered log in short reads; between two of them it gives up when nobody wants it any more."""

    def __init__(self, store: Store, where: LogFilter, wanted: Callable[[], bool]) -> None:
        self._store = store
        self._where = where
        self._wanted = wanted

    def __call__(self, after: Sequence[LogLine], limit: int) -> Sequence[LogLine]:
        """Return up to ``limit`` lines that come after the given ones. Raises ``GivenUp``."""
        from core import outbound_reading as reading

        last = after[-1].row.delivery if after else None
        place: reading.Place | None = reading.Place(0, last.id) if last else reading.Place(len(after))
        found: list[LogLine] = []
        while place is not None and len(found) < limit:
            start, left = place, limit - len(found)
            if not self._wanted():
                raise GivenUp
            lines, place = self._store.read(lambda reader: _step(reader, self._where, start, left))  # noqa: B023
            found += lines
        return found


def _step(reader: Reader, where: LogFilter, place: Place, limit: int) -> tuple[Sequence[LogLine], Place | None]:
    from core import outbound_reading as reading

    found = reading.step(reader, where, place, limit)
    return titled(reader, found.rows), found.next


def midnight(moments: Moments) -> Moment:
    """Return when the reader's day began."""
    return zones.midnight(moments.today.isoformat(), moments.zone)
