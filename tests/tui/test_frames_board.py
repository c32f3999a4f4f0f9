"""The board in each of its states looks as it did (see :mod:`tests.tui.album`)."""

from __future__ import annotations

from textual import events

from data.fresh import inline_store, memory_db
from tests.tui.album import Album
from tests.tui.album_world import busy_world, waiting_world
from tests.tui.app_world import StandingClock, World, app_of, driver, memory_world, until
from tui.engine_seat import Seat
from tui.screens.welcome import Welcome


async def test_cards_columns_and_the_filter(album: Album) -> None:
    async with album.open(busy_world()) as pilot:
        app, hand = app_of(pilot), driver(pilot)
        await album.keep("board")
        await pilot.press("d")
        await album.keep("board_roomy")
        await pilot.press("d")
        await album.keep("board_compact")
        await pilot.press("d", "l", "z")
        await album.keep("board_folded")
        await pilot.press("right_square_bracket")
        await album.keep("board_without_deals")
        await pilot.press("left_square_bracket", "Z", "h", "space", "space")
        await album.keep("board_marked")
        await hand.card("Festa").drag_to("Order delivery", release=False)
        await album.keep("board_dragging")
        await pilot.press("escape", "backslash")
        await hand.mouse(events.MouseUp, 0, 0)
        await pilot.press("slash")
        await album.keep("filter_empty")
        await pilot.press(*"amount:>5k resp")
        await until(pilot, lambda: app.filter_line._suggestion.endswith(":"))
        await album.keep("filter_completed")
        await pilot.press("ctrl+u", *"amout:3")
        await album.keep("filter_wrong")
        await pilot.press("ctrl+u", *"amount:>1k", "enter")
        await until(pilot, lambda: app.source.found is not None)
        await album.keep("board_filtered")
        await pilot.press("slash", "ctrl+u", *"nothing like it", "enter")
        await until(pilot, lambda: app.source.found is not None and not app.source.found.count)
        await album.keep("board_nothing_found")


async def test_a_move_is_held_and_the_tour_goes_along_while_the_clock_is_turned(album: Album) -> None:
    world = memory_world()
    world.deal("Order 1001", amount="7500")
    async with album.open(world, ticking=True) as pilot:
        await until(pilot, lambda: app_of(pilot).live.seat.state.seat is Seat.HERE)
        await album.keep("tour_begin")
        await pilot.press(*["f2"] * 5)
        await album.keep("tour_later")
        await pilot.press("escape")
        await album.keep("clock_going")
        await pilot.press("T")
        await album.keep("clock_running")
        await pilot.press("t", "L")
        lines = app_of(pilot).log_view.rows
        await until(pilot, lambda: bool(lines.lines) and lines.lines[0].row.status == "held")
        await album.keep("board_held")


async def test_what_is_overdue_waits_for_an_answer(album: Album) -> None:
    async with album.open(waiting_world()) as pilot:
        await until(pilot, lambda: len(pilot.app.screen_stack) > 1)
        await album.keep("overdue")
        await pilot.press("l")
        await album.keep("overdue_list")
        await pilot.press("escape")
        await album.keep("overdue_later")


async def test_a_house_without_anything_says_what_to_do(album: Album) -> None:
    world = World(inline_store(memory_db(), StandingClock()), engine=False, user=None)
    async with album.open(world):
        await album.keep("house_empty")


async def test_a_new_house_shows_its_first_pipeline(album: Album) -> None:
    async with album.open(memory_world(engine=False, user=None)):
        await album.keep("board_empty")


async def test_the_first_time_there_is_a_question(album: Album) -> None:
    async with Welcome("~/.local/share/funil/funil.db").run_test(size=album.size) as pilot:
        album.at(pilot)
        await album.keep("welcome")
