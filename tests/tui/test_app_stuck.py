"""What does not go out at once shows: messages being retried, paused connections, held lines that cannot go."""

from __future__ import annotations

import pytest

from core.model.line import Line
from core.model.moment import Moment
from core.plan import Plan
from core.ports import Stuck
from tests.data.rows_ground import a_delivery
from tests.tui.app_world import START, app_of, memory_world, screen_text, until
from tui.engine_seat import EngineState, Seat
from tui.header import HeaderLine, HeaderState

NONE = Stuck()


def header(stuck: Stuck, width: int) -> str:
    """Return the header line of a width."""
    line = HeaderLine()
    line.state = HeaderState(pipeline="Sales", waiting=12, user="ana", stuck=stuck)
    return "".join(part.text for part in line.parts(width))


@pytest.mark.parametrize(
    ("language", "stuck", "wide", "narrow"),
    [
        ("en", Stuck(2, {"mail": 0}), "2 retrying · mail paused  ", "↻2 · ‖ mail"),
        ("en", Stuck(0, {"mail": 3}), "mail paused (3)", "‖ mail (3)"),
        ("en", Stuck(1, {}), "1 retrying", "↻1"),
        ("en", Stuck(0, {"mail": 3, "sms1": 1}), "2 lines paused (4)", "‖ 2 lines (4)"),
        ("en", Stuck(0, {}, {"mail": 2}), "mail rests (2)", "◔ mail (2)"),
        ("pt_BR", Stuck(0, {}, {"mail": 2}), "mail descansa (2)", "◔ mail (2)"),
        ("pt_BR", Stuck(2, {"mail": 0}), "2 em nova tentativa · mail em pausa  ", "↻2 · ‖ mail"),
    ],
)
def test_the_header_tells_what_is_stuck(
    language: str, stuck: Stuck, wide: str, narrow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    assert wide in header(stuck, 140)
    assert narrow in header(stuck, 80)
    assert len(header(stuck, 80)) == 80
    assert header(NONE, 140) == header(NONE, 140).replace("retrying", "").replace("paused", "")


async def test_pausing_and_resuming_shows_while_the_board_is_open() -> None:
    world = memory_world(engine=False)
    world.deal("Order 1001")
    async with world.board() as pilot:
        assert "paused" not in screen_text(pilot).splitlines()[0]
        world.write(lambda tx: tx.pause_connection("mail", "paused"))
        await until(pilot, lambda: "mail paused" in screen_text(pilot).splitlines()[0])
        world.write(lambda tx: tx.pause_connection("mail", None))
        await until(pilot, lambda: "paused" not in screen_text(pilot).splitlines()[0])
        again = a_delivery(world.deals["Order 1001"], attempts=1, due_at=START + 60_000)
        world.write(lambda tx: tx.apply(Plan(deliveries=[again])))
        await until(pilot, lambda: "1 retrying" in screen_text(pilot).splitlines()[0])
        world.write(
            lambda tx: tx.put_line(Line(connection="mail", failures=5, opens=1, open_until=Moment(START + 30_000)))
        )
        await until(pilot, lambda: "mail rests (1)" in screen_text(pilot).splitlines()[0])


def test_beside_another_engine_a_narrow_header_keeps_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", "pt_BR")
    line = HeaderLine()
    there = EngineState(Seat.ELSEWHERE, "123456")
    line.state = HeaderState(pipeline="Vendas", waiting=12, now=START, simulated=True, engine=there)
    shown = "".join(part.text for part in line.parts(80))
    assert "◷" in shown and "12 em espera" in shown
    assert "123456" in "".join(part.text for part in line.parts(140))


async def test_a_message_being_retried_shows_on_its_card() -> None:
    world = memory_world()
    world.deal("Order 1001")
    world.write(lambda tx: tx.pause_connection("mail", "paused"))
    async with world.board() as pilot:
        app = app_of(pilot)
        await pilot.press("L")
        world.write(lambda tx: tx.set_clock(Moment(START + 6_000)))
        await until(pilot, lambda: "connection paused" in screen_text(pilot))
        deal = world.deals["Order 1001"]
        assert app.source.cards_by_id([deal])[deal].waiting == 2  # the mail behind the pause, the SMS in two hours


async def test_a_held_line_that_cannot_go_says_why_instead_of_how_to_undo() -> None:
    world = memory_world()
    world.deal("Order 1001", contacts=())
    async with world.board() as pilot:
        await pilot.press("L")
        await until(pilot, lambda: "no recipient - fails in" in screen_text(pilot))
        assert "to undo" not in screen_text(pilot).split("Outbound")[1].split("hjkl")[0]
