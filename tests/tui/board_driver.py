"""Drives a board the way a person does: by what is written on it, with mouse and keys."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.pilot import Pilot
from textual.widgets import Static

from tests.tui.board_fakes import NOW, WORDING, FakeSource
from tui.board.geometry import HEAD, Rect
from tui.board.painter import OPEN
from tui.board.texts import Wording
from tui.board.view import BoardView

LEFT: Final = 1
STEPS: Final = 4
AMOUNT: Final = re.compile(r"\s+(R\$|[A-Z]{3}) [-\d.]+k?$")
Posted = TypeVar("Posted", bound=BoardView.Posted)

_KEYS: Final = {
    "h": "left",
    "l": "right",
    "k": "up",
    "j": "down",
    "pageup": "page_up",
    "pagedown": "page_down",
    "home": "home",
    "end": "end",
}


class BoardApp(App[None]):
    """A board between two lines, with the keys that the real app binds and a list of every message it posted."""

    CSS = "Static { height: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"step('{way}')") for key, way in _KEYS.items()),
        *(Binding(key, f"carry('{way}')") for key, way in zip("HLKJ", ("left", "right", "up", "down"), strict=True)),
        Binding("space", "do('toggle_mark')"),
        Binding("v", "do('mark_range')"),
        Binding("asterisk", "do('mark_visible')"),
        Binding("backslash", "do('clear_marks')"),
        Binding("enter", "do('open_deal')"),
    ]

    def __init__(self, source: FakeSource, wording: Wording = WORDING) -> None:
        super().__init__()
        self.source = source
        self.board = BoardView(source, wording, lambda: NOW)
        self.posted: list[BoardView.Posted] = []
        self._watched = False

    @property
    def is_headless(self) -> bool:
        """Whether nothing is written; ``watch_output`` has everything written after all."""
        return not self._watched and super().is_headless

    def watch_output(self, write: Callable[[str], object]) -> None:
        """Hand on from now what a terminal would get."""
        assert self._driver is not None
        self._driver.write = write  # type: ignore[method-assign, assignment]
        self._watched = True

    def compose(self) -> ComposeResult:
        yield Static("Funil", markup=False)
        yield self.board
        yield Static("keys", markup=False)

    def on_mount(self) -> None:
        self.board.show(self.source.pipeline)
        self.board.focus()

    def action_step(self, way: str) -> None:
        self.board.move_cursor(way)  # type: ignore[arg-type]

    def action_carry(self, way: str) -> None:
        self.board.carry(way)  # type: ignore[arg-type]

    def action_do(self, what: str) -> None:
        getattr(self.board, what)()

    def said(self, kind: type[Posted]) -> list[Posted]:
        """Return the messages of a kind, oldest first."""
        return [message for message in self.posted if isinstance(message, kind)]

    def on_board_view_dropped(self, message: BoardView.Dropped) -> None:
        self.posted.append(message)

    def on_board_view_opened(self, message: BoardView.Opened) -> None:
        self.posted.append(message)

    def on_board_view_drag_over(self, message: BoardView.DragOver) -> None:
        self.posted.append(message)

    def on_board_view_marks_changed(self, message: BoardView.MarksChanged) -> None:
        self.posted.append(message)

    def on_board_view_cursor_moved(self, message: BoardView.CursorMoved) -> None:
        self.posted.append(message)

    def on_board_view_menu_asked(self, message: BoardView.MenuAsked) -> None:
        self.posted.append(message)


class BoardDriver:
    """A person at a board inside any running app. ``lift_to`` and the cards' verbs take the way a mouse takes."""

    def __init__(self, pilot: Pilot[Any], board: BoardView) -> None:
        self.pilot = pilot
        self.view = board

    # Looking

    def lines(self) -> list[str]:
        """Return what the terminal shows of the board, row by row."""
        region = self.view.region
        rows = self.pilot.app.screen._compositor.render_strips()[region.y : region.bottom]
        return [row.crop(region.x, region.right).text for row in rows]

    def text(self, rect: Rect) -> str:
        """Return one row of cells."""
        row = self.pilot.app.screen._compositor.render_strips()[self.view.region.y + rect.y]
        return row.crop(self.view.region.x + rect.x, self.view.region.x + rect.x + rect.width).text

    def column(self, name: str) -> ColumnDriver:
        """Return the column with that name at its head."""
        columns = self.view.model.columns
        place = next((place for place in self.view.board.grid.shown if columns[place].stage.name == name), None)
        assert place is not None, f"no column {name!r} in view"
        return ColumnDriver(self, place)

    def card(self, title: str) -> CardDriver:
        """Return the first card in view whose title begins like that."""
        for place in self.view.board.grid.shown:
            for slot, shown in enumerate(ColumnDriver(self, place).titles()):
                if shown.startswith(title):
                    return CardDriver(self, place, slot)
        raise AssertionError(f"no card {title!r} in view:\n" + "\n".join(self.lines()))

    # Acting

    async def press(self, *keys: str) -> None:
        """Press keys one after another."""
        await self.pilot.press(*keys)

    async def mouse(self, kind: type[events.MouseEvent], x: int, y: int, button: int = LEFT, **more: bool) -> None:
        """Send a mouse event at a cell of the board through the way the terminal's driver takes."""
        self.send(kind, x, y, button, **more)
        await self.pilot.pause()

    def send(self, kind: type[events.MouseEvent], x: int, y: int, button: int = LEFT, **more: bool) -> None:
        """Send a mouse event and do not wait for it."""
        at = (self.view.region.x + x, self.view.region.y + y)
        keys = {"shift": False, "meta": False, "ctrl": False} | more
        self.pilot.app.post_message(
            kind(None, *at, 0, 0, button, keys["shift"], keys["meta"], keys["ctrl"], screen_x=at[0], screen_y=at[1])
        )

    async def drag(self, start: tuple[int, int], end: tuple[int, int], *, release: bool = True) -> None:
        """Press at a cell, move in a few steps to another one, and release there."""
        await self.mouse(events.MouseDown, *start)
        for step in range(1, STEPS + 1):
            x, y = (a + (b - a) * step // STEPS for a, b in zip(start, end, strict=True))
            await self.mouse(events.MouseMove, x, y)
        if release:
            await self.mouse(events.MouseUp, *end)


@dataclass(frozen=True, slots=True)
class ColumnDriver:
    """A column in view."""

    board: BoardDriver
    place: int

    def head(self) -> str:
        """Return name, count and sum as shown."""
        rect = self.board.view.board.grid.head(self.place)
        assert rect
        return " ".join(self.board.text(rect).removeprefix(OPEN).split())

    def titles(self) -> list[str]:
        """Return the titles of the cards in view, as shown: without their amounts, cut where they are cut."""
        view, cards = self.board.view, []
        for slot in range(view.model.drawn):
            rect = view.board.grid.card(self.place, slot)
            if rect is None or view.model.card_at(self.place, slot) is None:
                break
            line = self.board.text(rect)[1:].rstrip()
            cards.append(AMOUNT.sub("", line).rstrip())
        return cards

    def cell(self, slot: int) -> tuple[int, int]:
        """Return a cell on the upper row of a slot."""
        span = self.board.view.board.grid.span(self.place)
        assert span
        return span.x + 3, HEAD + slot * self.board.view.board.grid.density.pitch


@dataclass(frozen=True, slots=True)
class CardDriver:
    """A card in view, by where it stands."""

    board: BoardDriver
    place: int
    slot: int

    @property
    def cell(self) -> tuple[int, int]:
        """A cell of the card."""
        return ColumnDriver(self.board, self.place).cell(self.slot)

    def bar(self) -> str:
        """Return the sign at the card's left edge."""
        return self.lines()[0][0]

    def lines(self) -> list[str]:
        """Return the card's rows as shown."""
        rect = self.board.view.board.grid.card(self.place, self.slot)
        assert rect
        return [self.board.text(rect._replace(y=rect.y + row)) for row in range(rect.height)]

    async def click(self, **keys: bool) -> None:
        """Press and release on the card."""
        await self.board.mouse(events.MouseDown, *self.cell, **keys)
        await self.board.mouse(events.MouseUp, *self.cell, **keys)

    async def drag_to(self, column: str, slot: int = 0, *, release: bool = True) -> None:
        """Drag the card to a column, above the card in a slot there."""
        await self.board.drag(self.cell, self.board.column(column).cell(slot), release=release)


@asynccontextmanager
async def board(source: FakeSource, size: tuple[int, int] = (160, 30)) -> AsyncIterator[tuple[BoardApp, BoardDriver]]:
    """Run an app around a board and hand out both it and who drives it."""
    app = BoardApp(source)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, BoardDriver(pilot, app.board)
