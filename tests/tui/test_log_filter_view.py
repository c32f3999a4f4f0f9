"""Filtering the outbound log on the screen: typed, in words, in a thread, and back."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from core import outbound_reading
from tests.tui.app_world import World, app_of, memory_world, screen_text, until
from tests.tui.log_ground import FAILED, MAIL, in_the_log, written
from tui.log_filter_line import suggestion
from tui.log_finder import Finder


@pytest.fixture
def world() -> World:
    """A house with forty mails and, in their midst, three SMS that failed."""
    world = memory_world(engine=False)
    deal = world.deal("Order 1001")
    mails: list[dict[str, Any]] = [{"message": MAIL} for _ in range(20)]
    written(world, deal, *mails, FAILED, FAILED, FAILED, *mails)
    return world


def shown(pilot: Any) -> set[str]:
    """Return the statuses of the lines that the log has."""
    return {line.row.status for line in app_of(pilot).log_view.rows.lines}


async def test_what_is_typed_narrows_the_log_and_esc_shows_everything_again(world: World) -> None:
    async with world.board() as pilot:
        log = app_of(pilot).log_view
        await in_the_log(pilot)
        await pilot.press("slash", *"status:failed")
        await until(pilot, lambda: shown(pilot) == {"failed"} and log.rows.complete)
        assert len(log.rows.lines) == 3
        await pilot.press("enter")
        assert log.has_focus
        assert "/ status:failed  3 found" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: shown(pilot) == {"sent"})
        assert log.has_focus
        assert "found" not in screen_text(pilot)
        assert app_of(pilot).desk.search == ""


async def test_what_cannot_be_meant_is_told_in_the_head_and_the_log_stays(world: World) -> None:
    async with world.board() as pilot:
        await in_the_log(pilot)
        await pilot.press("slash", *"status:x")
        await until(pilot, lambda: "status: “x” is none of held, queued" in screen_text(pilot))
        assert shown(pilot) == {"sent"}


async def test_searching_leaves_the_loop_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    step = outbound_reading.step

    def watched(*args: Any, **more: Any) -> Any:
        if args[1]:
            asked.append(threading.get_ident())
        return step(*args, **more)

    monkeypatch.setattr(outbound_reading, "step", watched)
    monkeypatch.setattr(outbound_reading, "SPAN", 5)
    async with world.board() as pilot:
        app = app_of(pilot)
        app.finder.set("98765-0001")
        await until(pilot, lambda: len(app.log_view.rows.lines) == 3 and app.log_view.rows.complete)
        assert len(asked) > 3
        assert threading.get_ident() not in asked


async def test_the_end_of_what_was_found_brings_more(world: World) -> None:
    async with world.board() as pilot:
        app = app_of(pilot)
        app.finder.set("channel:email")
        await until(pilot, lambda: len(app.log_view.rows.lines) > 0)
        await in_the_log(pilot)
        for _ in range(8):
            await pilot.press("pagedown")
        await until(pilot, lambda: len(app.log_view.rows.lines) == 40)
        assert shown(pilot) == {"sent"}


async def test_a_filtered_log_is_live(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.log_finder.PAUSE", 0)
    async with world.board() as pilot:
        app = app_of(pilot)
        app.finder.set("status:failed")
        await until(pilot, lambda: len(app.log_view.rows.lines) == 3)
        written(world, world.deals["Order 1001"], FAILED)
        await until(pilot, lambda: len(app.log_view.rows.lines) == 4)


async def test_the_head_counts_the_day_and_a_click_on_failed_shows_those(world: World) -> None:
    async with world.board() as pilot:
        app = app_of(pilot)
        await until(pilot, lambda: "40 sent today · 3 failed" in screen_text(pilot))
        head = next(n for n, line in enumerate(screen_text(pilot).splitlines()) if "sent today" in line)
        at = screen_text(pilot).splitlines()[head].index("3 failed")
        await pilot.click(offset=(at + 2, head))
        await until(pilot, lambda: shown(pilot) == {"failed"})
        assert app.log_view.has_focus


async def test_a_search_that_nobody_waits_for_gives_up(world: World) -> None:
    async with world.board() as pilot:
        app = app_of(pilot)
        for word in ("nothing", "nothing-like", "status:failed", ""):
            app.finder.set(word)
        await until(pilot, lambda: shown(pilot) == {"sent"})
        assert isinstance(app.finder, Finder)
        assert not app.finder.searching


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("st", "status:"),
        ("late sta", "late status:"),
        ("status:fa", "status:failed"),
        ("status:failed", None),
        ("channel:op", "channel:open_channel"),
        ("deal:D", None),
        ("s", None),
        ("", None),
        ("zz", None),
    ],
)
def test_a_field_is_completed_while_it_is_typed(typed: str, completed: str | None) -> None:
    assert suggestion(typed) == completed
