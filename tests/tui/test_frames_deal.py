"""The open deal looks as it did, in each of its states (see :mod:`tests.tui.album`)."""

from __future__ import annotations

from core import commands
from tests.tui.album import Album
from tests.tui.album_world import busy_world
from tests.tui.app_world import app_of, until
from tests.tui.panel_world import TITLE, DealDriver


async def test_its_parts_and_what_is_done_there(album: Album) -> None:
    world = busy_world()
    async with album.open(world) as pilot:
        hand = DealDriver(pilot)
        await hand.open()
        for key, name in (("1", "fields"), ("2", "people"), ("3", "rules"), ("4", "history")):
            await pilot.press(key)
            await album.keep(f"deal_{name}")
        await pilot.press("G")
        await album.keep("deal_end")
        await hand.go("Short note")
        await pilot.press("full_stop")
        await until(pilot, lambda: len(pilot.app.screen_stack) > 1)
        await album.keep("deal_menu")
        await pilot.press("escape")
        world.write(commands.stop_deal(world.deals[TITLE], "ana"))
        await pilot.press("3")
        await album.keep("deal_rules_stopped")
        await pilot.press("1", "j", "j", "j", "enter", "ctrl+u", *"a lot of money", "enter")
        await album.keep("deal_edit_wrong")
        await pilot.press("escape")
        await album.keep("deal_edit_asks")
        await pilot.press("escape", "A")
        await until(pilot, lambda: app_of(pilot).panel.talk.text.has_focus)
        await album.keep("deal_chat")
