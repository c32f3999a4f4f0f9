"""What lies over the board looks as it did, in each of its states (see :mod:`tests.tui.album`)."""

from __future__ import annotations

from typing import Any, Final

from textual.pilot import Pilot

from tests.tui.album import Album
from tests.tui.album_world import busy_world
from tests.tui.app_world import until
from tui.theme import DARK

LISTS: Final = {
    "question_mark": "help",
    "full_stop": "menu",
    "ctrl+o": "jump",
    "m": "pick_stage",
    "f": "views",
    "at": "pick_person",
    "r": "pick_run",
    "R": "pick_rule",
    "c": "pick_connection",
}


async def opened(pilot: Pilot[Any], key: str) -> None:
    """Press what opens something over the board."""
    await pilot.press(key)
    await until(pilot, lambda: len(pilot.app.screen_stack) > 1)


async def closed(pilot: Pilot[Any], *keys: str) -> None:
    """Press what closes it."""
    await pilot.press(*keys)
    await until(pilot, lambda: len(pilot.app.screen_stack) == 1)


async def test_what_lists_things(album: Album) -> None:
    async with album.open(busy_world()) as pilot:
        await pilot.press("l")
        for key, name in LISTS.items():
            await opened(pilot, key)
            await album.keep(name)
            await closed(pilot, "escape")


async def test_what_is_found_made_and_cannot_be_chosen(album: Album) -> None:
    async with album.open(busy_world(user=None)) as pilot:
        await opened(pilot, "f")
        await pilot.press("down")
        await album.keep("views_why_not")
        await pilot.press(*"zzz")
        await album.keep("views_nothing_fits")
        await closed(pilot, "escape")
        pilot.app.theme = DARK.name
        await pilot.pause()
        await opened(pilot, "ctrl+p")
        await album.keep("palette", both=False)
        await closed(pilot, "escape")
        await opened(pilot, "n")
        await album.keep("new_deal")
        await pilot.press("ctrl+s")
        await album.keep("new_deal_wrong")
