"""Dragging, carrying, undoing: what the person sees, the store has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events

from core import commands
from core.errors import StoreTrouble
from core.model.house import CompanySettings
from core.model.rule import Rule
from tests.tui.app_world import (
    World,
    app_of,
    driver,
    file_world,
    memory_world,
    screen_text,
    toasts,
    until,
)


@pytest.fixture(params=["memory", "file"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The same house in memory, and in a file with its writer thread."""
    world = memory_world() if request.param == "memory" else file_world(tmp_path)
    world.deal("Order 1001", amount="7500")
    world.deal("Loja Sol", "delivery")
    yield world
    world.store.close()


async def test_a_drag_moves_the_deal_and_the_log_shows_what_is_held(world: World) -> None:
    async with world.board() as pilot:
        await driver(pilot).card("Order 1001").drag_to("Order delivery")
        await until(pilot, lambda: world.stage_of("Order 1001") == "delivery")
        await until(pilot, lambda: "held" in screen_text(pilot))
        shown = screen_text(pilot)
        assert driver(pilot).column("Order delivery").titles()[0].startswith("Order 1001")
        assert driver(pilot).column("Order delivery").head().split()[2] == "2"
    assert "maria@cliente.example" in shown
    assert "Your order is on" in shown
    assert "2 runs wait" in shown


async def test_undo_puts_the_deal_back_and_says_what_was_cancelled(world: World) -> None:
    async with world.board() as pilot:
        await driver(pilot).card("Order 1001").drag_to("Order delivery")
        await until(pilot, lambda: app_of(pilot).desk.undoable)
        await pilot.press("u")
        await until(pilot, lambda: world.stage_of("Order 1001") == "new")
        await until(pilot, lambda: "held" not in screen_text(pilot))
        assert driver(pilot).column("New").titles()[0].startswith("Order 1001")
        await until(pilot, lambda: app_of(pilot).board.model.deal == world.deals["Order 1001"])
        await until(pilot, lambda: bool(toasts(pilot)))
        assert "Order 1001" in toasts(pilot)[0]
        assert "2 waiting runs" in toasts(pilot)[0]


async def test_undo_after_the_grace_names_what_has_gone_out(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("L")
        await until(pilot, lambda: world.stage_of("Order 1001") == "delivery")
        world.write(commands.advance_clock(6_000))
        app_of(pilot).written()
        await until(pilot, lambda: "sent 09:00" in screen_text(pilot))
        await pilot.press("u")
        await until(pilot, lambda: world.stage_of("Order 1001") == "new")
        await until(pilot, lambda: any("maria@cliente.example has gone out" in said for said in toasts(pilot)))


async def test_marked_deals_move_as_one_and_are_undone_as_one(world: World) -> None:
    world.deal("Festa Silva")
    async with world.board() as pilot:
        await pilot.press("space", "space", "m", "w", "o", "n", "enter")
        await until(pilot, lambda: world.stage_of("Festa Silva") == "won")
        assert world.stage_of("Order 1001") == "won"
        assert app_of(pilot).board.model.marks == set()
        await until(pilot, lambda: app_of(pilot).desk.undoable)
        await pilot.press("u")
        await until(pilot, lambda: world.stage_of("Festa Silva") == "new")
        assert world.stage_of("Order 1001") == "new"
        await until(pilot, lambda: any("2 deals are back" in said for said in toasts(pilot)))


async def test_a_refused_move_puts_the_card_back_and_tells_the_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StoreTrouble("The disk is full")

    async with world.board() as pilot:
        monkeypatch.setattr(world.store, "write", full)
        await driver(pilot).card("Order 1001").drag_to("Order delivery")
        await until(pilot, lambda: bool(toasts(pilot)))
        assert toasts(pilot) == ["The disk is full"]
        assert driver(pilot).column("New").titles()[0].startswith("Order 1001")
        assert driver(pilot).column("Order delivery").head().split()[2] == "1"


async def test_while_dragging_the_footer_says_which_rules_will_act(world: World) -> None:
    async with world.board() as pilot:
        await driver(pilot).card("Order 1001").drag_to("Order delivery", release=False)
        shown = screen_text(pilot).splitlines()[-1]
        assert "Order 1001 → Order delivery" in shown
        assert "Tracking number now" in shown
        assert "Short note after 2h" in shown
        await pilot.press("escape")
        assert "help" in screen_text(pilot).splitlines()[-1]
        assert world.stage_of("Order 1001") == "new"


async def test_the_footer_says_where_nothing_acts_and_where_only_the_place_changes(world: World) -> None:
    world.deal("Festa Silva")
    async with world.board() as pilot:
        await driver(pilot).card("Order 1001").drag_to("Deal won", release=False)
        assert "no rule acts there" in screen_text(pilot).splitlines()[-1]
        await pilot.press("escape")
        await driver(pilot).card("Order 1001").drag_to("New", 0, release=False)
        assert "only its place changes" in screen_text(pilot).splitlines()[-1]


async def test_a_card_dropped_under_another_stays_there(world: World) -> None:
    world.deal("Bar do Zé", "delivery")
    async with world.board() as pilot:
        await driver(pilot).card("Order 1001").drag_to("Order delivery", 1)
        await until(pilot, lambda: world.stage_of("Order 1001") == "delivery")
        await pilot.pause()
        titles = [title.split("R$")[0].strip() for title in driver(pilot).column("Order delivery").titles()]
    assert titles[:3] == ["Bar do Zé", "Order 1001", "Loja Sol"]
    ids = world.store.read(lambda reader: reader.column_ids("sales", "delivery"))
    assert list(ids) == [world.deals[title] for title in ("Bar do Zé", "Order 1001", "Loja Sol")]


async def test_with_no_grace_the_message_goes_at_once(world: World) -> None:
    world.write(lambda tx: tx.put_company_settings(CompanySettings(timezone="America/Sao_Paulo", grace=0)))
    async with world.board() as pilot:
        await pilot.press("L")
        await until(pilot, lambda: "sent 09:00" in screen_text(pilot))


async def test_a_right_click_opens_the_menu_of_that_card(world: World) -> None:
    async with world.board() as pilot:
        board = driver(pilot)
        await board.mouse(events.MouseDown, *board.card("Loja Sol").cell, button=3)
        await until(pilot, lambda: "Move to stage…" in screen_text(pilot))
        assert "Loja Sol" in screen_text(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: app_of(pilot).panel.display)
        assert app_of(pilot).panel.deal == world.deals["Loja Sol"]


async def test_undo_names_the_deal_that_a_rule_has_moved_on_and_undoes_nothing_older(world: World) -> None:
    onward = Rule(id="onward", pipeline="sales", stage="invoice", kind="move", name="Onward", settings={"stage": "won"})
    world.rule(onward)
    world.deal("Older")
    world.write(commands.move([world.deals["Older"]], "lost"))
    world.write(commands.move([world.deals["Order 1001"]], "invoice"))
    world.write(commands.advance_clock(6_000))
    async with world.board() as pilot:
        await until(pilot, lambda: world.stage_of("Order 1001") == "won")
        await pilot.press("u")
        deal = world.deals["Order 1001"]
        said = f"nothing was undone: rule “onward” has moved deal {deal} on to stage “won”; move it back by hand"
        await until(pilot, lambda: said in toasts(pilot))
        assert world.stage_of("Older") == "lost"
