"""The outbound log: newest first, read page by page, its cursor stays on its message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.events import MouseMove

from core import commands
from core.engine import removing
from core.model.delivery import Channel, Message
from core.model.moment import Moment
from core.outbound import Row
from core.words import Words
from tests.tui.app_world import START, app_of, memory_world, screen_text, toasts, until
from tui import format as fmt
from tui import outbound_paint as paint
from tui.outbound_rows import DEEP, PAGE, LogLine, LogRows, page

MOMENTS = paint.Moments(START, fmt.zone("America/Sao_Paulo"))


def a_line(number: int = 1, status: str = "sent", **more: object) -> LogLine:
    """Return a line of the log."""
    row = Row(
        id=f"M{number}",
        deal="D1",
        rule="r",
        connection="mail",
        message=Message(channel=Channel.EMAIL, to="maria@cliente.example", text="Hello", subject=f"Subject {number}"),
        status=status,
        at=Moment(START - 60_000),
        due_at=None,
    )
    return LogLine(replace(row, **more), "Order 1001")  # type: ignore[arg-type]


class Pages:
    """A log of so many lines, newest first; counts how often it is asked."""

    def __init__(self, newest: int) -> None:
        self.newest = newest
        self.reads = self.rows = 0
        self.status = "sent"

    def __call__(self, after: Sequence[LogLine], limit: int) -> Sequence[LogLine]:
        """Return a page."""
        self.reads += 1
        first = int(after[-1].row.id[1:]) - 1 if after else self.newest
        page = [a_line(number, self.status) for number in range(first, max(0, first - limit), -1)]
        self.rows += len(page)
        return page


def test_only_what_comes_into_view_is_read() -> None:
    pages = Pages(10_000)
    rows = LogRows(pages)
    rows.reload(10)
    assert (len(rows.lines), pages.reads) == (20, 1)
    rows.move(50, 10)
    assert (len(rows.lines), pages.reads) == (20 + PAGE, 2)
    rows.move(20, 10)
    assert pages.reads == 2


def test_deep_in_the_log_only_the_newest_and_those_in_view_are_read_again() -> None:
    pages = Pages(10_000)
    rows = LogRows(pages)
    rows.reload(10)
    rows.move(3_000, 10)
    current = rows.current
    pages.rows, pages.newest, pages.status = 0, 10_005, "delivered"
    rows.reload(10)
    assert pages.rows <= DEEP + 10
    assert rows.current is not None
    assert current is not None
    assert rows.current.row.id == current.row.id
    assert rows.current.row.status == "delivered"
    assert rows.unseen == 5
    assert len({line.row.id for line in rows.lines}) == len(rows.lines)


def test_after_a_flood_the_log_goes_on_with_what_it_can_show() -> None:
    pages = Pages(1_000)
    rows = LogRows(pages)
    rows.reload(10)
    rows.move(500, 10)
    pages.newest = 9_000
    rows.reload(10)
    assert rows.lines[0].row.id == "M9000"
    assert 0 <= rows.top <= rows.cursor < len(rows.lines)


def test_new_lines_push_the_others_down_while_it_follows() -> None:
    pages = Pages(50)
    rows = LogRows(pages)
    rows.reload(10)
    pages.newest += 3
    rows.reload(10)
    assert (rows.top, rows.cursor, rows.unseen) == (0, 0, 0)
    assert rows.lines[0].row.id == "M53"


def test_a_scrolled_log_stays_where_it_is_and_counts_what_is_new() -> None:
    pages = Pages(50)
    rows = LogRows(pages)
    rows.reload(10)
    rows.move(20, 10)
    top, current = rows.lines[rows.top].row.id, rows.current
    pages.newest += 3
    rows.reload(10)
    assert rows.lines[rows.top].row.id == top
    assert rows.current == current
    assert rows.unseen == 3
    rows.follow()
    assert (rows.top, rows.cursor, rows.unseen) == (0, 0, 0)


@given(
    steps=st.lists(st.tuples(st.sampled_from(["move", "scroll", "new"]), st.integers(-30, 30)), max_size=20),
    height=st.integers(1, 15),
)
def test_the_cursor_is_always_in_view(steps: list[tuple[str, int]], height: int) -> None:
    pages = Pages(40)
    rows = LogRows(pages)
    rows.reload(height)
    for what, step in steps:
        if what == "move":
            rows.move(step, height)
        elif what == "scroll":
            rows.scroll(step, height)
        else:
            pages.newest += abs(step)
            rows.reload(height)
        if what != "new":
            assert rows.top <= rows.cursor < rows.top + height
        assert 0 <= rows.cursor < len(rows.lines)


@given(
    width=st.integers(20, 220),
    text=st.text(max_size=60),
    to=st.text(max_size=30),
    status=st.sampled_from([*paint.STATUS_SIGNS, "strange"]),
)
def test_a_line_is_exactly_as_wide_as_asked_and_harmless(width: int, text: str, to: str, status: str) -> None:
    item = a_line(status=status, message=Message(channel=Channel.SMS, to=to, text=text), detail=Words(text))
    shown = "".join(piece for piece, _ in paint.line(item, width, MOMENTS))
    assert cell_len(shown) == width
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in shown)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"status": "held", "due_at": Moment(START + 3_200)}, "held 4 s - u to undo"),
        ({"status": "queued", "due_at": Moment(START + 600_000), "detail": Words("busy")}, "again at 09:10: busy"),
        (
            {
                "status": "queued",
                "reason": "connection_paused",
                "due_at": Moment(START + 600_000),
                "detail": Words("x"),
            },
            "queued: connection paused",
        ),
        ({"status": "queued"}, "queued"),
        (
            {"status": "queued", "reason": "disabled", "due_at": Moment(START + 9_000), "detail": Words("out of use")},
            "queued: out of use",
        ),
        ({"status": "held", "reason": "no_address", "due_at": Moment(START + 3_200)}, "no address - fails in 4 s"),
        ({"status": "failed", "detail": Words("the number {n} is wrong", {"n": "1"})}, "failed: the number 1 is wrong"),
        ({"status": "failed", "reason": "no_address"}, "failed: no address"),
        ({"status": "unknown"}, "outcome unknown"),
        ({"status": "cancelled", "detail": Words("the deal left the stage")}, "cancelled: the deal left the stage"),
    ],
)
def test_a_status_is_told_in_words(more: dict[str, object], words: str) -> None:
    assert paint.status_words(a_line(**more).row, MOMENTS) == words  # type: ignore[arg-type]


async def test_messages_appear_as_they_go_out_and_can_be_read_whole() -> None:
    world = memory_world()
    world.deal("Order 1001")
    async with world.board() as pilot:
        await pilot.press("L")
        await until(pilot, lambda: "held" in screen_text(pilot))
        world.write(commands.advance_clock(6_000))
        await until(pilot, lambda: "sent 09:00" in screen_text(pilot))
        await pilot.press("o", "enter")
        await until(pilot, lambda: "Hello Maria" in screen_text(pilot))
        assert "Subject" in screen_text(pilot)
        await pilot.press("escape", "b")
        await until(pilot, lambda: app_of(pilot).board.has_focus)
        assert app_of(pilot).board.model.deal == world.deals["Order 1001"]


async def test_b_goes_to_a_deal_of_another_pipeline_or_says_why_not() -> None:
    world = memory_world()
    world.deal("Order 1001")
    world.deal("Coffee machine", "asked", "service")
    world.write(commands.move([world.deals["Order 1001"]], "delivery", rules=True))
    async with world.board() as pilot:
        app = app_of(pilot)
        app.show_pipeline("service")
        await pilot.press("o")
        await until(pilot, lambda: app.log_view.rows.current is not None)
        await pilot.press("b")
        await until(pilot, lambda: app.board.has_focus)
        assert (app.desk.pipeline_id, app.board.model.deal) == ("sales", world.deals["Order 1001"])
        app.filter.set("nothing like it")
        await until(pilot, lambda: app.source.found is not None)
        await pilot.press("o", "b")
        assert toasts(pilot) == ["The filter hides that deal: esc takes the filter away."]
        app.filter.set("")
        world.write(commands.advance_clock(6_000))
        await until(pilot, lambda: "sent 09:00" in screen_text(pilot))
        world.write(lambda tx: removing.remove(tx, [world.deals["Order 1001"]]))
        await until(pilot, lambda: world.deals["Order 1001"] not in str(app.board.model.columns[1].ids))
        app.log_view.focus()
        await pilot.press("b")
        assert toasts(pilot)[-1] == "That deal is not there any more."


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_what_is_told_leaves_the_log_readable(size: tuple[int, int]) -> None:
    world = memory_world()
    world.deal("Order 1001")
    async with world.board(size=size) as pilot:
        await pilot.press("L")
        await until(pilot, lambda: "held" in screen_text(pilot))
        app_of(pilot).say("Something to tell in a sentence. " * 4)
        await until(pilot, lambda: "Something to tell" in screen_text(pilot))
        lines = screen_text(pilot).splitlines()
        log = next(n for n, line in enumerate(lines) if "Outbound" in line)
        told = [n for n, line in enumerate(lines) if "Something" in line or "sentence" in line]
        assert told
        assert max(told) < log
        assert any("held" in line for line in lines[log:])


async def test_o_goes_to_the_log_then_over_the_whole_screen_then_back() -> None:
    world = memory_world()
    world.deal("Order 1001")
    async with world.board() as pilot:
        app = app_of(pilot)
        await pilot.press("o")
        assert app.log_view.has_focus
        assert app.board.size.height > 0
        await pilot.press("o")
        await pilot.pause()
        assert "Order 1001" not in screen_text(pilot)
        await pilot.press("o")
        await pilot.pause()
        assert app.board.has_focus
        assert "Order 1001" in screen_text(pilot)


def test_pages_go_on_after_many_held_lines() -> None:
    world = memory_world()
    for number in range(12):
        world.deal(f"Order {number}")
    world.write(commands.move(list(world.deals.values()), "delivery"))
    lines: list[LogLine] = []
    for _ in range(4):
        lines += world.store.read(partial(page, after=tuple(lines), limit=5))
    assert [line.row.status for line in lines] == ["held"] * 12
    assert len({line.row.id for line in lines}) == 12


async def test_esc_gives_the_log_the_height_that_it_had_before_its_head_was_dragged() -> None:
    async with memory_world().board() as pilot:
        app = app_of(pilot)
        before = app.log_view.region
        await pilot.mouse_down(offset=(2, before.y))
        app.post_message(MouseMove(None, 2, before.y - 6, 0, -6, 1, False, False, False, 2, before.y - 6))
        await until(pilot, lambda: app.log_view.region.height > before.height)
        assert app.mouse_captured is app.log_view
        await pilot.press("escape")
        await until(pilot, lambda: app.mouse_captured is None and app.log_view.region == before)
