"""The board's widget in a running app: mouse, keys, messages, and how little it repaints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyte
import pytest
from textual import events
from textual.screen import ModalScreen, Screen

from tests.tui.board_driver import BoardApp, BoardDriver, board
from tests.tui.board_fakes import FakeSource, card, filled, sales
from tui.board.view import BoardView

MANY = 100_000


@pytest.fixture(scope="module")
def many() -> FakeSource:
    return filled([MANY // 6 + 1] * 6)


@contextmanager
def layouts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Collect every layout of the screen."""
    done: list[object] = []
    real = Screen._refresh_layout

    def spy(screen: Screen[Any], *args: Any, **more: Any) -> None:
        done.append(args)
        real(screen, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Screen, "_refresh_layout", spy)
        yield done


def last(app: BoardApp, kind: type[BoardView.Dropped]) -> tuple[object, ...]:
    message = app.said(kind)[-1]
    return message.deal_ids, message.stage, message.above


# Mouse ----------------------------------------------------------------------------------------------------------------


async def test_a_card_dragged_to_another_column_lands_where_the_mark_was() -> None:
    async with board(filled([3, 2])) as (app, driver):
        await driver.card("Order D2").drag_to("Preparation", 1)
        assert driver.column("Preparation").titles() == ["Order D4", "Order D2", "Order D5"]
        assert driver.column("New").titles() == ["Order D1", "Order D3"]
        assert last(app, BoardView.Dropped) == (("D2",), "preparation", "D4")
        assert app.board.model.deal == "D2"
        assert app.mouse_captured is None


async def test_a_press_that_hardly_moves_only_puts_the_cursor_there() -> None:
    async with board(filled([3])) as (app, driver):
        x, y = driver.card("Order D2").cell
        await driver.drag((x, y), (x + 1, y + 1))
        assert not app.said(BoardView.Dropped)
        assert not app.said(BoardView.DragOver)
        assert app.board.model.deal == "D2"
        assert app.mouse_captured is None


async def test_a_press_on_a_marked_card_drags_all_that_are_marked() -> None:
    async with board(filled([5, 2])) as (app, driver):
        await driver.press("space", "space", "space")
        await driver.card("Order D2").drag_to("Won", release=False)
        assert any("3 deals" in line for line in driver.lines())
        await driver.mouse(events.MouseUp, *driver.column("Won").cell(0))
        assert last(app, BoardView.Dropped) == (("D1", "D2", "D3"), "won", None)
        assert driver.column("Won").titles() == ["Order D1", "Order D2", "Order D3"]
        assert app.board.model.marks == set()


async def test_the_stage_under_the_mouse_is_told_before_the_drop() -> None:
    async with board(filled([3, 2])) as (app, driver):
        await driver.card("Order D1").drag_to("Order delivery", release=False)
        over = app.said(BoardView.DragOver)[-1]
        assert (over.stage, over.deal_ids) == ("delivery", ("D1",))
        await driver.press("escape")
        assert app.said(BoardView.DragOver)[-1].stage is None


class Over(ModalScreen[None]):
    """Any screen that comes up over the board."""


@pytest.mark.parametrize(
    "how", ["escape", "no button", "another screen", "mouse taken", "resize", "hidden", "second press"]
)
async def test_a_drag_is_cancelled_and_the_mouse_let_go(how: str) -> None:
    async with board(filled([3, 2])) as (app, driver):
        await driver.card("Order D1").drag_to("Preparation", release=False)
        assert app.mouse_captured is app.board
        match how:
            case "escape":
                await driver.press("escape")
            case "no button":
                await driver.mouse(events.MouseMove, 5, 5, button=0)
            case "another screen":
                await app.push_screen(Over())
            case "mouse taken":
                app.capture_mouse(None)
            case "resize":
                await driver.pilot.resize_terminal(100, 30)
            case "hidden":
                app.board.display = False
            case "second press":
                await driver.mouse(events.MouseDown, 5, 5, button=3)
        await driver.pilot.pause()
        assert app.mouse_captured is None
        assert not app.board.board.held
        assert not app.said(BoardView.Dropped)
        assert app.board.model.columns[0].ids == ["D1", "D2", "D3"]
        await driver.pilot.pause()


async def test_a_drop_outside_of_every_column_or_on_its_own_place_moves_nothing() -> None:
    async with board(filled([3, 2], 2)) as (app, driver):
        await driver.drag(driver.card("Order D1").cell, (150, 10))
        await driver.drag(driver.card("Order D2").cell, (10, 6))
        assert not app.said(BoardView.Dropped)


async def test_motion_without_anything_held_asks_and_paints_nothing() -> None:
    async with board(filled([30, 20])) as (app, driver):
        painted, asked = app.board.lines_painted, app.source.calls.total()
        for x in range(0, 100, 7):
            await driver.mouse(events.MouseMove, x, x // 5, button=0)
        assert (app.board.lines_painted, app.source.calls.total()) == (painted, asked)


async def test_the_edges_are_watched_only_while_cards_are_in_the_air() -> None:
    async with board(filled([30, 60])) as (app, driver):
        assert app.board._edges is None
        await driver.card("Order D1").drag_to("Preparation", release=False)
        assert app.board._edges is not None
        await driver.press("escape")
        assert app.board._edges is None


async def test_wheel_track_sign_and_head() -> None:
    async with board(filled([90, 40, 3, 3, 3, 3]), (80, 24)) as (app, driver):
        await driver.mouse(events.MouseScrollDown, 40, 10, button=0)
        assert [column.top for column in app.board.model.columns[:2]] == [0, 1]
        track = app.board.board.grid.spans[0].track
        await driver.mouse(events.MouseDown, track, 12)
        assert app.board.model.columns[0].top > 20
        await driver.mouse(events.MouseUp, track, 12)
        await driver.mouse(events.MouseDown, 78, 1)
        assert app.board.model.first == 1
        await driver.mouse(events.MouseScrollRight, 40, 10, button=0)
        assert app.board.model.first == 2
        await driver.mouse(events.MouseDown, 30, 0)
        assert app.board.model.cursor == 3


async def test_double_click_opens_and_right_click_asks_for_the_menu() -> None:
    async with board(filled([3])) as (app, driver):
        await driver.card("Order D2").click()
        await driver.card("Order D2").click()
        assert [message.deal_id for message in app.said(BoardView.Opened)] == ["D2"]
        x, y = driver.card("Order D3").cell
        await driver.mouse(events.MouseDown, x, y, button=3)
        menu = app.said(BoardView.MenuAsked)[-1]
        assert (menu.deal_id, menu.x, menu.y) == ("D3", x, y + 1)
        assert menu.control is app.board


async def test_control_click_marks_and_shift_click_marks_up_to_there() -> None:
    async with board(filled([6])) as (app, driver):
        await driver.card("Order D2").click(ctrl=True)
        await driver.card("Order D5").click(shift=True)
        assert app.board.model.marks == {"D2", "D3", "D4", "D5"}
        assert app.said(BoardView.MarksChanged)[-1].marks == {"D2", "D3", "D4", "D5"}


# Keys -----------------------------------------------------------------------------------------------------------------


async def test_keys_move_carry_mark_and_open() -> None:
    async with board(filled([3, 2])) as (app, driver):
        await driver.press("j", "L")
        assert last(app, BoardView.Dropped) == (("D2",), "preparation", "D4")
        await driver.press("K", "enter")
        assert last(app, BoardView.Dropped) == (("D2",), "preparation", None)
        assert app.said(BoardView.Opened)[-1].deal_id == "D2"
        await driver.press("H", "v", "j", "j")
        assert driver.card("Order D2").bar() == "✓"
        await driver.press("backslash")
        assert not app.board.model.marks


async def test_a_refused_drop_goes_back() -> None:
    async with board(filled([3, 2])) as (app, driver):
        await driver.card("Order D1").drag_to("Won")
        app.board.revert(["D1"])
        await driver.pilot.pause()
        assert driver.column("New").titles() == ["Order D1", "Order D2", "Order D3"]
        assert driver.column("Won").head() == "Won 0"


# The house ------------------------------------------------------------------------------------------------------------


async def test_changes_show_during_a_drag_and_the_drag_goes_on() -> None:
    source = filled([3, 2])
    async with board(source) as (app, driver):
        await driver.card("Order D1").drag_to("Preparation", 1, release=False)
        source.add(card("N1", "Brand new", "preparation"), "preparation")
        source.move(["D2"], "won")
        app.board.apply_changes(["N1", "D2"])
        await driver.pilot.pause()
        assert driver.column("Preparation").titles()[0] == "Brand new"
        await driver.mouse(events.MouseUp, *driver.column("Preparation").cell(1))
        assert last(app, BoardView.Dropped) == (("D1",), "preparation", "N1")


async def test_a_dragged_deal_that_is_removed_ends_the_drag() -> None:
    source = filled([3, 2])
    async with board(source) as (app, driver):
        await driver.card("Order D1").drag_to("Preparation", release=False)
        source.remove("D1")
        app.board.apply_changes(["D1"])
        await driver.pilot.pause()
        assert app.mouse_captured is None
        assert not app.board.board.held


async def test_another_theme_repaints_in_its_colours() -> None:
    async with board(filled([3])) as (app, driver):
        app.theme = "textual-light"
        await driver.pilot.pause()
        assert app.board.board.frame.painter.palette.ground.lower() == "#e0e0e0"
        app.theme = "ansi-dark"
        await driver.pilot.pause()
        assert driver.column("New").titles() == ["Order D1", "Order D2", "Order D3"]


HOSTILE = {
    "D1": "\x1b[2Jgone",
    "D2": "\x1b]52;c;ZXZpbA==\x07clip",
    "D3": "abc\u202edef",
    "D4": "[@click=app.x]press me[/]",
    "D5": "a[/]b",
    "D6": "\x9b31mC1",
}


async def test_nothing_that_a_customer_writes_reaches_the_terminal_as_more_than_text() -> None:
    source = filled([0])
    source = FakeSource(
        sales(), {"new": [card(deal, text, client=text, responsible=text) for deal, text in HOSTILE.items()]}
    )
    written: list[str] = []
    async with board(source, (160, 40)) as (app, driver):
        app.watch_output(written.append)
        app.screen.refresh(layout=True)
        await driver.pilot.pause()
        lines = driver.lines()
        assert any("[@click=app.x]pr" in line for line in lines)
        assert any("a[/]b" in line for line in lines)
        rendered = "".join(strip.render(app.console) for strip in app.screen._compositor.render_strips()) + "".join(
            written
        )
        for code in ("\x1b[2J", "\x1b]52", "\u202e", "\x9b", "\x07"):
            assert code not in rendered
        metas = [style.meta for strip in app.screen._compositor.render_strips() for _, style, _ in strip if style]
        assert not any(key.startswith("@") for meta in metas for key in meta)


# Many deals -----------------------------------------------------------------------------------------------------------


async def test_a_hundred_thousand_deals_open_with_one_question_a_column(many: FakeSource) -> None:
    many.calls.clear()
    app = BoardApp(many)
    app.board._read_on = lambda: None  # type: ignore[method-assign]
    async with app.run_test(size=(200, 50)) as pilot:
        await pilot.pause()
        assert many.calls["totals"] == 1
        assert many.calls.total() <= len(many.pipeline.stages) + 1
        assert BoardDriver(pilot, app.board).column("Won").head().startswith("Won 16667")


async def test_the_ids_of_all_columns_are_known_soon_after(many: FakeSource) -> None:
    async with board(many, (200, 50)) as (app, driver):
        await app.workers.wait_for_complete()
        await driver.pilot.pause()
        assert not app.board.model.incomplete()
        assert sum(len(column.ids) for column in app.board.model.columns) >= MANY


async def test_a_key_paints_few_lines_writes_little_and_asks_nothing(
    many: FakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with board(many, (160, 50)) as (app, driver):
        await app.workers.wait_for_complete()
        await driver.pilot.pause()
        written: list[str] = []
        app.watch_output(written.append)
        with layouts(monkeypatch) as done:
            for key in ("j", "j", "l", "k", "l", "l", "l", "l", "j", "k"):
                before, asked = app.board.lines_painted, many.calls.total()
                written.clear()
                await driver.press(key)
                assert 0 < app.board.lines_painted - before <= 8
                assert 0 < len("".join(written).encode()) <= 2_048
                assert many.calls.total() == asked
        assert not done


async def test_a_drag_step_paints_only_the_ghost_and_the_mark(
    many: FakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with board(many, (160, 50)) as (app, driver):
        await app.workers.wait_for_complete()
        await driver.pilot.pause()
        with layouts(monkeypatch) as done:
            await driver.card("Order D2").drag_to("Won", 4, release=False)
            x, y = driver.column("Won").cell(4)
            for step in range(6):
                before, asked = app.board.lines_painted, many.calls.total()
                await driver.mouse(events.MouseMove, x + step % 2, y + step + 1)
                assert app.board.lines_painted - before <= 8
                assert many.calls.total() == asked
            await driver.press("escape")
        assert len(done) <= 1


async def test_what_is_written_bit_by_bit_is_what_a_terminal_then_shows() -> None:
    async with board(filled([30, 20, 0, 4, 9, 1]), (160, 24)) as (app, driver):
        terminal = pyte.Screen(160, 24)
        stream = pyte.Stream(terminal)
        app.watch_output(stream.feed)
        app.screen.refresh(layout=True)
        await driver.pilot.pause()
        await driver.press("j", "l", "L", "space", "v", "j", "J", "end", "h", "H")
        await driver.card("Order D3").drag_to("Lost", release=False)
        app.source.add(card("N1", "Brand new", "won"), "won")
        app.board.apply_changes(["N1"])
        await driver.pilot.pause()
        shown = [row.text for row in app.screen._compositor.render_strips()]
        assert [line.rstrip() for line in terminal.display] == [line.rstrip() for line in shown]
        await driver.mouse(events.MouseUp, *driver.column("Lost").cell(0))
        shown = [row.text for row in app.screen._compositor.render_strips()]
        assert [line.rstrip() for line in terminal.display] == [line.rstrip() for line in shown]
