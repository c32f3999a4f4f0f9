"""The outbound log looks as it did, in each of its states (see :mod:`tests.tui.album`)."""

from __future__ import annotations

from tests.tui.album import Album
from tests.tui.album_world import telling_world
from tests.tui.app_world import app_of, until


async def test_its_sizes_and_its_filter(album: Album) -> None:
    async with album.open(telling_world()) as pilot:
        log = app_of(pilot).log_view
        await until(pilot, lambda: len(log.rows.lines) > 4)
        await pilot.press("o")
        await album.keep("log_docked")
        await pilot.press("z")
        await album.keep("log_half")
        await pilot.press("z", "o")
        await album.keep("log_full")
        await pilot.press("j", "f")
        await album.keep("log_stopped")
        await pilot.press("f", "slash")
        await album.keep("log_filter_empty")
        await pilot.press(*"status:sunk")
        await album.keep("log_filter_wrong")
        await pilot.press("ctrl+u", *"status:failed", "enter")
        await until(pilot, lambda: len(log.rows.lines) == 1)
        await album.keep("log_filtered")
        await pilot.press("slash", "ctrl+u", *"nothing like it", "enter")
        await until(pilot, lambda: not log.rows.lines and log.rows.complete)
        await album.keep("log_nothing_found")


async def test_what_can_be_done_with_a_message(album: Album) -> None:
    async with album.open(telling_world()) as pilot:
        app = app_of(pilot)
        await until(pilot, lambda: len(app.log_view.rows.lines) > 4)
        await pilot.press("o", "full_stop")
        await until(pilot, lambda: len(app.screen_stack) > 1)
        await album.keep("log_menu")
        await pilot.press("escape")
        status = [line.row.status for line in app.log_view.rows.lines]
        await pilot.press(*["j"] * status.index("unknown"), "w")
        await until(pilot, lambda: len(app.screen_stack) > 1)
        await album.keep("log_resolve")
        await pilot.press("escape", *["k"] * len(status), *["j"] * status.index("undelivered"), "enter")
        await until(pilot, lambda: len(app.screen_stack) > 1)
        await album.keep("message")
