"""A board with something of the editor over it, for tests of conditions that are built and texts that are written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from core.model.house import FieldDef, FieldType
from core.ports import Tx
from tests.tui.app_world import START, World, app_of, memory_world, until
from tui import format as fmt
from tui.panels.picker import Picker
from tui.panels.values import Manner


def furnish(tx: Tx) -> None:
    """Give deals fields of several types."""
    for field in (
        FieldDef(id="weight", type=FieldType.NUMBER, name="Weight"),
        FieldDef(id="visit", type=FieldType.DATE, name="Visit"),
        FieldDef(id="meeting", type=FieldType.DATETIME, name="Meeting"),
        FieldDef(id="gift", type=FieldType.BOOL, name="Gift"),
        FieldDef(id="machine", type=FieldType.LIST, name="Machine", options=("espresso", "grinder", "filter")),
        FieldDef(id="helper", type=FieldType.USER, name="Helper"),
    ):
        tx.put_field(field)
    tx.put_constant("site", "https://loja.example")


def editor_world(**more: Any) -> World:
    """Return a house with fields of several types and nobody who acts."""
    world = memory_world(**{"engine": False, **more})
    world.write(furnish)
    return world


def manner_of(world: World) -> Manner:
    """Return what values are written by on the first day of the story."""
    house = world.store.read(lambda reader: reader.house())
    where = fmt.zone(house.company.timezone)
    return Manner(house, house.company.currency, where, fmt.local(START, where).date())


class Over:
    """A person before a screen that lies over the board."""

    def __init__(self, pilot: Pilot[None], screen: Screen[Any]) -> None:
        self.pilot = pilot
        self.screen = screen
        self.answers: list[Any] = []

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)

    async def choose(self, words: str) -> None:
        """Choose the first of the list that has opened which has these words."""
        await self.answer(words)

    async def answer(self, text: str) -> None:
        """Type into what has opened, and press enter."""
        before = self.pilot.app.screen
        await until(self.pilot, lambda: self.pilot.app.screen is not self.screen)
        before = self.pilot.app.screen
        before.query_one(Input).value = text
        await self.pilot.pause()
        await self.pilot.press("enter")
        await until(self.pilot, lambda: self.pilot.app.screen is not before)

    async def picker(self) -> Picker:
        """Wait for a list and return it."""
        await until(self.pilot, lambda: isinstance(self.pilot.app.screen, Picker))
        found = self.pilot.app.screen
        assert isinstance(found, Picker)
        return found

    async def back(self) -> None:
        """Wait until the screen is uppermost again."""
        await until(self.pilot, lambda: self.pilot.app.screen is self.screen)
        await self.pilot.pause()


@asynccontextmanager
async def over(world: World, screen: Screen[Any], size: tuple[int, int] = (80, 24)) -> AsyncIterator[Over]:
    """Open the board, and a screen over it."""
    async with world.board(size=size) as pilot:
        await pilot.app.workers.wait_for_complete()
        person = Over(pilot, screen)
        app_of(pilot).push_screen(screen, person.answers.append)
        await person.back()
        yield person
