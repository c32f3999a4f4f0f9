"""The backtest on the screen: how far it is, the counts, a list that is drawn line by line however long it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Label, ProgressBar

from core.backtesting import Backtest, Row
from core.errors import FunilError
from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.moment import Moment
from core.ports import Store
from core.safe_text import safe_text
from core.words import fill
from tui import reasons
from tui.line_view import LineView
from tui.outbound_paint import Moments

STYLES: Final = "plain muted good bad warn cursor".split()
SPANS: Final = (7, 30, 90, 365)
"""Days to look back, one after the other at a key."""
_TONES: Final = {"done": "good", "applied": "good", "failed": "bad", "waiting": "warn", "no_date": "warn"}
_STEPS_A_TURN: Final = 5
Begin = Callable[[int], Backtest[Any]]


class Found(LineView):
    """Draws the rows that there are; only those in view are looked at."""

    FAMILY = "found"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"found--{name}" for name in STYLES}

    class Opened(Message):
        """A row was chosen with the mouse."""

    def __init__(self, moments: Moments) -> None:
        super().__init__(id="backtest-list")
        self.rows: Sequence[Row] = ()
        self.cursor = 0
        self.top = 0
        self._moments = moments

    def go(self, step: int) -> None:
        """Move the cursor, and keep it in view."""
        self.cursor = max(0, min(self.cursor + step, len(self.rows) - 1))
        self.top = max(min(self.top, self.cursor), self.cursor - max(1, self.size.height) + 1, 0)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        width, at = self.size.width, self.top + y
        if at >= len(self.rows):
            return Strip.blank(width, self._style("plain"))
        row, pointed = self.rows[at], at == self.cursor
        under = self._style("cursor") if pointed else None
        pieces = [("▌" if pointed else " ", "plain"), *line(row, self._moments)]
        segments = [Segment(text, self._over(name, under)) for text, name in pieces]
        return Strip(segments).adjust_cell_length(width, self._over("plain", under))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go on in the list."""
        event.stop()
        self.go(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go back in the list."""
        event.stop()
        self.go(-3)

    def on_click(self, event: events.Click) -> None:
        """Point at a row; a second click opens its deal."""
        if self.top + event.y < len(self.rows):
            self.go(self.top + event.y - self.cursor)
            if event.chain > 1:
                self.post_message(self.Opened())


def line(row: Row, moments: Moments) -> list[tuple[str, str]]:
    """Return a row as styled text: when, which deal, what would be, to whom, the text or why not."""
    from tui import format as fmt

    at = fmt.local(row.at, moments.zone).strftime("%Y-%m-%d %H:%M")
    told = (row.detail or reasons.words(row.reason)) if row.reason else row.text or row.detail or ""
    title = safe_text(f"{row.deal} {row.title}")[:24]
    return [
        (f"{at}  {title:<24}  ", "plain"),
        (f"{would_words(row.would)}  ", _TONES.get(row.would, "muted")),
        (f"{safe_text(row.to)}  " if row.to else "", "muted"),
        (safe_text(told), "plain"),
    ]


def would_words(would: str) -> str:
    """Say what would have been."""
    words = {
        "done": _("acts"),
        "applied": _("moves the deal"),
        "rejected": _("does not move it"),
        "failed": _("fails"),
        "skipped": _("does not start"),
        "cancelled": _("is cancelled"),
        "waiting": _("still waits"),
        "no_date": _("has no date"),
    }
    return words.get(would, would)


class BacktestScreen(ModalScreen[str | None]):
    """Goes through the past in a thread, a few short reads at a time; esc ends it. Returns the deal to open."""

    CSS_PATH = "../styles/trial.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", show=False),
        Binding("j,down", "go(1)", show=False),
        Binding("k,up", "go(-1)", show=False),
        Binding("pagedown", "go(20)", show=False),
        Binding("pageup", "go(-20)", show=False),
        Binding("g,home", "go(-1000000000)", show=False),
        Binding("G,end", "go(1000000000)", show=False),
        Binding("d", "span", show=False),
        Binding("enter", "open", show=False),
    ]

    def __init__(self, store: Store, name: str, begin: Begin, moments: Moments) -> None:
        """``begin`` makes the backtest of so many days."""
        super().__init__()
        self._store = store
        self._name = name
        self._begin = begin
        self._days = 30
        self.test = begin(self._days)
        self._list = Found(moments)

    def compose(self) -> ComposeResult:
        """Lay out title, progress, counts, rows, keys."""
        with Vertical(id="backtest"):
            yield Label("", id="backtest-title")
            yield ProgressBar(id="backtest-bar", show_eta=False)
            yield Label("", id="backtest-counts")
            yield self._list
            keys = _("enter opens the deal · d other days · j k g G go · esc back, ends it")
            yield Label(Content(keys), id="backtest-keys")

    def on_mount(self) -> None:
        """Begin."""
        self._list.focus()
        self._start()

    def _start(self) -> None:
        title = ngettext(
            "Backtest of “{name}”, the last {n} day", "Backtest of “{name}”, the last {n} days", self._days
        )
        words = fill(title, {"name": self._name, "n": self._days})
        self.query_one("#backtest-title", Label).update(Content(safe_text(words)))
        self._list.rows = self.test.rows
        self._list.cursor = self._list.top = 0
        self._tell()
        self.run_worker(self._carry_out(self.test), group="backtest", exclusive=True, exit_on_error=False)

    async def _carry_out(self, test: Backtest[Any]) -> None:
        """Go through it; between the turns the screen lives, and leaving it ends the work."""
        try:
            while not test.finished and self.is_attached:
                await asyncio.to_thread(self._turn, test)
                if test is self.test and self.is_attached:
                    self._tell()
        except FunilError as error:
            self._count(safe_text(error.words.local()))

    def _turn(self, test: Backtest[Any]) -> None:
        for _turn in range(_STEPS_A_TURN):
            if not test.finished:
                self._store.read(test.step)

    def _tell(self) -> None:
        """Show how far it is and what has been found."""
        test, bar = self.test, self.query_one("#backtest-bar", ProgressBar)
        bar.update(total=test.total or (1 if test.finished else None), progress=test.judged if test.total else 1)
        bar.display = not test.finished
        if test.total is None:
            self._count(_("looking for what happened…"))
        elif not test.rows and test.finished:
            self._count(_("Nothing of the kind happened in that time: d looks further back."))
        else:
            counts = " · ".join(f"{would_words(would)}: {n}" for would, n in sorted(test.counts.items()))
            today = sorted({name for row in test.rows for name in row.today})
            note = fill(_("as today: {what}"), {"what": ", ".join(today)}) if today else ""
            self._count("   ".join(part for part in (counts, note) if part))
        self._list.refresh()

    def _count(self, text: str) -> None:
        self.query_one("#backtest-counts", Label).update(Content(text))

    def action_go(self, step: int) -> None:
        """Move the cursor."""
        self._list.go(step)

    def action_span(self) -> None:
        """Look at another number of days."""
        self._days = SPANS[(SPANS.index(self._days) + 1) % len(SPANS)]
        self.test = self._begin(self._days)
        self._start()

    def action_open(self) -> None:
        """Leave for the deal under the cursor."""
        if self._list.cursor < len(self._list.rows):
            self.dismiss(self._list.rows[self._list.cursor].deal)

    def on_found_opened(self) -> None:
        """Leave for the deal that was clicked twice."""
        self.action_open()


def since(now: Moment, days: int) -> Moment:
    """Return the moment so many days ago."""
    from core.model.moment import DAY

    return Moment(now - days * DAY)
