"""The outbound log on the screen: it stands still when told so, changes its size, exports, and looks as agreed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual import events

from core import outbound_export, outbound_reading
from tests.tui.app_world import World, app_of, driver, memory_world, screen_text, toasts, until
from tests.tui.golden import assert_golden
from tests.tui.log_ground import FAILED, MAIL, cropped, in_the_log, motley, written
from tui.log_head import HeadState, head
from tui.theme import DARK, LIGHT


@pytest.fixture
def world() -> World:
    """A house with thirty mails, one of which failed."""
    world = memory_world(engine=False)
    deal = world.deal("Order 1001")
    mails: list[dict[str, Any]] = [{"message": MAIL} for _ in range(15)]
    written(world, deal, *mails, FAILED, *mails[1:])
    return world


async def test_a_stopped_log_stays_and_counts_what_is_new_until_it_follows_again(world: World) -> None:
    async with world.board() as pilot:
        log = app_of(pilot).log_view
        await in_the_log(pilot)
        await pilot.press("f")
        top = log.rows.lines[0].row.id
        written(world, world.deals["Order 1001"], {"message": MAIL}, {"message": MAIL})
        await until(pilot, lambda: log.rows.unseen == 2)
        assert log.rows.lines[log.rows.top].row.id == top
        assert "stopped" in screen_text(pilot)
        assert "▲ 2 newer" in screen_text(pilot)
        await pilot.press("f")
        await pilot.pause()
        assert (log.rows.top, log.rows.unseen, log.rows.stopped) == (0, 0, False)
        assert log.rows.lines[0].row.id != top


async def test_it_takes_half_of_the_screen_and_less_again_by_key_and_by_dragging_its_head(world: World) -> None:
    async with world.board(size=(100, 40)) as pilot:
        log = app_of(pilot).log_view
        await in_the_log(pilot)
        small = log.size.height
        await pilot.press("z")
        await until(pilot, lambda: log.size.height > small)
        assert log.size.height == 20
        await pilot.press("z")
        await until(pilot, lambda: log.size.height == small)
        top = log.region.y - app_of(pilot).board.region.y
        hand = driver(pilot)
        await hand.mouse(events.MouseDown, 40, top)
        await hand.mouse(events.MouseMove, 40, top - 6)
        await hand.mouse(events.MouseUp, 40, top - 6)
        await until(pilot, lambda: log.size.height == small + 6)
        assert not log.rows.stopped
        await pilot.press("z")
        await until(pilot, lambda: log.size.height == small)


async def test_moving_in_what_is_loaded_asks_the_database_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.board() as pilot:
        await in_the_log(pilot)
        await pilot.press("j")
        asked: list[object] = []
        monkeypatch.setattr(outbound_reading, "step", lambda *args, **more: asked.append(args))
        await pilot.press("j", "j", "k")
        assert app_of(pilot).log_view.rows.cursor == 2
        assert asked == []


@pytest.mark.parametrize("how", ["csv", "json"])
async def test_what_the_filter_shows_is_exported_as_the_command_line_has_it(
    world: World, how: outbound_export.Format, tmp_path: Path
) -> None:
    path = tmp_path / f"log.{how}"
    async with world.board() as pilot:
        app = app_of(pilot)
        app.finder.set("status:failed")
        await until(pilot, lambda: len(app.log_view.rows.lines) == 1)
        await in_the_log(pilot)
        await pilot.press("e", "ctrl+u", *str(path))
        await pilot.press("enter")
        await until(pilot, lambda: bool(toasts(pilot)))
        assert toasts(pilot)[-1] == f"1 message written to {path}"
    (row,) = world.store.read(lambda reader: list(outbound_reading.rows(reader, app.finder.where)))
    text = path.read_text(encoding="utf-8")
    if how == "json":
        assert json.loads(text) == [outbound_export.shape(row)]
    else:
        assert text.splitlines()[0] == ",".join(outbound_export.COLUMNS)
        assert row.id in text.splitlines()[1]


async def test_an_export_writes_over_nothing_and_says_what_is_wrong_with_a_name(world: World, tmp_path: Path) -> None:
    taken = tmp_path / "log.csv"
    taken.write_text("mine", encoding="utf-8")
    async with world.board() as pilot:
        await in_the_log(pilot)
        await pilot.press("e", "ctrl+u", *str(taken), "enter")
        await until(pilot, lambda: "There is something of that name already" in screen_text(pilot))
        assert "Outbound" in screen_text(pilot)
        await pilot.press("ctrl+u", *"/nowhere/log.txt")
        await until(pilot, lambda: "The name ends in .csv or .json." in screen_text(pilot))
        await pilot.press("ctrl+u", *"/nowhere/log.json")
        await until(pilot, lambda: "There is no folder /nowhere." in screen_text(pilot))
        await pilot.press("escape")
    assert taken.read_text(encoding="utf-8") == "mine"


async def test_the_right_button_shows_what_can_be_done_and_why_not_the_rest(world: World) -> None:
    async with world.board() as pilot:
        log = app_of(pilot).log_view
        await until(pilot, lambda: bool(log.rows.lines))
        await pilot.click(offset=(20, log.region.y + 2), button=3)
        await until(pilot, lambda: "Show in the browser" in screen_text(pilot))
        assert log.rows.cursor == 1
        assert "Try now" in screen_text(pilot)
        await pilot.press("escape", "r")
        await until(pilot, lambda: toasts(pilot)[-1:] == ["It is sent."])


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize(
    "state",
    [
        HeadState(),
        HeadState(filter="a \x1b[31m" + "b" * 300, found=12, more=True, unseen=3, stopped=True),
        HeadState(trouble="status: “x” is none of " * 5, counts=outbound_reading.Counts({"sent": 128, "failed": 1}, 2)),
        HeadState(counts=outbound_reading.Counts({"delivered": 3}, 0), unseen=1),
    ],
)
def test_the_head_is_exactly_as_wide_as_asked_and_harmless(state: HeadState, width: int) -> None:
    shown = "".join(part.text for part in head(state, width))
    assert cell_len(shown) == width
    assert shown.isprintable()


@pytest.mark.parametrize("lang", ["en", "pt_BR"])
@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_the_log_looks_as_agreed(size: tuple[int, int], lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", lang)
    world = memory_world(engine=False)
    async with world.board(size=size) as pilot:
        app = app_of(pilot)
        app.log_view.rows.read = lambda after, limit: [] if after else motley()
        app.log_view.finder = None
        app.log_view.counts = outbound_reading.Counts({"sent": 128, "failed": 1}, 2)
        app.log_view.reload()
        await pilot.press("o", "o", "j", "j", "j")
        for look in (DARK, LIGHT):
            app.theme = look.name
            await pilot.pause()
            strips = cropped(pilot, app.log_view)[:12]
            assert not any("\x1b" in strip.text for strip in strips)
            assert_golden(f"log_{size[0]}_{lang}_{'dark' if look is DARK else 'light'}", strips)
