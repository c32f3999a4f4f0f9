"""What a person does to the work of rules from the screen: redo, stop, run now, retry, resolve, pause, switch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from textual.pilot import Pilot

from core import commands
from core.model.delivery import Delivery, DeliveryStatus
from core.model.house import Connection
from core.model.run import Run, RunStatus
from core.plan import Plan
from core.ports import Tx
from core.views import DeliveryFilter
from tests.tui.app_world import RULES, World, driver, memory_world, screen_text, toasts, until


def runs(world: World) -> Sequence[Run]:
    """Return all runs, oldest first."""
    found: Sequence[Run] = world.store.read(lambda reader: reader.runs_of())
    return found


def messages(world: World) -> Sequence[Delivery]:
    """Return the outbox, newest first."""
    found: Sequence[Delivery] = world.store.read(lambda reader: reader.deliveries(DeliveryFilter()))
    return found


def moved(world: World, *titles: str) -> None:
    """Bring deals into the stage whose rules send a mail at once and an SMS two hours later."""
    world.write(commands.move([world.deals[title] for title in titles], "delivery"))


def becomes(world: World, **fate: Any) -> None:
    """Give the newest message another fate, as an attempt would."""
    before = messages(world)[0]
    after = replace(before, **fate)
    plan = Plan(deliveries_changed=[(before, after)])

    def job(tx: Tx) -> None:
        tx.apply(plan)

    world.write(job)


def stands_in(world: World, title: str, stage: str) -> bool:
    """Return whether a deal stands in a stage."""
    return world.stage_of(title) == stage


async def told(pilot: Pilot[None], words: str) -> None:
    """Wait until the screen has said something."""
    await until(pilot, lambda: any(words in note for note in toasts(pilot)))


async def test_a_move_is_undone_redone_and_undone_again() -> None:
    world = memory_world(engine=False)
    world.deal("Order 1001")
    async with world.board() as pilot:
        await pilot.press("L")
        await until(pilot, lambda: world.stage_of("Order 1001") == "delivery")
        for key, stage in (("u", "new"), ("U", "delivery"), ("u", "new"), ("U", "delivery")):
            await pilot.press(key)
            await until(pilot, partial(stands_in, world, "Order 1001", stage))
        assert driver(pilot).column("Order delivery").titles() == ["Order 1001"]
        assert [run.status for run in runs(world)] == [RunStatus.WAITING, RunStatus.WAITING]
        await pilot.press("U")
        await told(pilot, "There is no undone move.")


async def test_another_board_does_again_what_was_undone_before_it_opened() -> None:
    world = memory_world(engine=False)
    deal = world.deal("Order 1001")
    moved(world, "Order 1001")
    world.write(commands.undo(deal=deal))
    async with world.board() as pilot:
        await pilot.press("U")
        await until(pilot, lambda: world.stage_of("Order 1001") == "delivery")
        await told(pilot, "Moved again: Order 1001.")


async def test_stopping_what_waits_on_one_deal() -> None:
    world = memory_world(engine=False)
    world.deal("Order 1001", stage="new")
    moved(world, "Order 1001")
    async with world.board() as pilot:
        await pilot.press("l", "s")
        await told(pilot, "2 waiting runs were stopped.")
        assert {(run.status, run.reason) for run in runs(world)} == {(RunStatus.CANCELLED, "stopped")}
        await pilot.press("s")
        await told(pilot, "Nothing was waiting there.")


async def test_stopping_several_deals_asks_first() -> None:
    world = memory_world(engine=False)
    world.deal("Order 1")
    world.deal("Order 2")
    moved(world, "Order 1", "Order 2")
    async with world.board() as pilot:
        await pilot.press("l", "asterisk", "s")
        await until(pilot, lambda: "Stop what waits on 2 deals?" in screen_text(pilot))
        await pilot.press("escape")
        assert all(run.status is RunStatus.WAITING for run in runs(world))
        await pilot.press("s")
        await until(pilot, lambda: "Stop what waits on 2 deals?" in screen_text(pilot))
        await pilot.press("enter")
        await told(pilot, "4 waiting runs were stopped.")


async def test_one_rule_of_a_deal_runs_now_and_another_is_stopped() -> None:
    world = memory_world()
    world.deal("Order 1001")
    moved(world, "Order 1001")
    async with world.board() as pilot:
        await pilot.press("l", "r")
        await until(pilot, lambda: "Rules on “Order 1001”" in screen_text(pilot))
        await pilot.press(*"short", "enter")
        await until(pilot, lambda: "Run now" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: [d.status for d in messages(world)] == [DeliveryStatus.SENT])
        await pilot.press("r")
        await until(pilot, lambda: "Tracking number" in screen_text(pilot))
        await pilot.press(*"tracking", "enter")
        await until(pilot, lambda: "Run now" in screen_text(pilot))
        await pilot.press("down", "enter")
        await told(pilot, "“Tracking number” was stopped.")
        assert {run.rule: run.status for run in runs(world)} == {
            "tracking-mail": RunStatus.CANCELLED,
            "short-note": RunStatus.DONE,
        }


async def test_a_held_line_of_the_log_is_tried_now_or_cancelled() -> None:
    world = memory_world()
    world.deal("Order 1")
    world.deal("Order 2")
    moved(world, "Order 1")
    async with world.board() as pilot:
        await until(pilot, lambda: "held" in screen_text(pilot))
        await pilot.press("o", "r")
        await until(pilot, lambda: [d.status for d in messages(world)] == [DeliveryStatus.SENT])
        moved(world, "Order 2")
        await until(pilot, lambda: "held" in screen_text(pilot))
        await pilot.press("g", "x")
        await told(pilot, "was cancelled.")
        stopped = [run for run in runs(world) if run.reason == "stopped"]
        assert [run.rule for run in stopped] == ["tracking-mail"] and len(messages(world)) == 1


async def test_a_failed_message_is_tried_again_and_a_sent_one_is_not() -> None:
    world = memory_world()
    world.deal("Order 1")
    moved(world, "Order 1")
    world.write(commands.advance_clock(6_000))
    async with world.board() as pilot:
        await until(pilot, lambda: [d.status for d in messages(world)] == [DeliveryStatus.SENT])
        await pilot.press("o", "r")
        await told(pilot, "It is sent.")
        becomes(world, status=DeliveryStatus.UNDELIVERED, reason="bounced")
        await until(pilot, lambda: "not delivered" in screen_text(pilot))
        await pilot.press("r")
        await until(pilot, lambda: messages(world)[0].round == 2 and messages(world)[0].status is DeliveryStatus.SENT)


async def test_a_person_says_what_became_of_an_unknown_message() -> None:
    world = memory_world(engine=False)
    world.deal("Order 1")
    moved(world, "Order 1")
    world.write(_unknown)
    async with world.board() as pilot:
        await until(pilot, lambda: "outcome unknown" in screen_text(pilot))
        await pilot.press("o", "r")
        await told(pilot, "say first what became of it")
        await pilot.press("w")
        await until(pilot, lambda: "What became of M1" in screen_text(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: messages(world)[0].status is DeliveryStatus.FAILED)


def _unknown(tx: Tx) -> None:
    from random import Random

    from core.engine import running

    tx.set_clock(type(tx.now())(tx.now() + 6_000))
    running.run_due(Random(0))(tx)
    before = tx.deliveries(DeliveryFilter())[0]
    tx.apply(Plan(deliveries_changed=[(before, replace(before, status=DeliveryStatus.UNKNOWN, due_at=None))]))


async def test_connections_are_paused_and_let_go_again() -> None:
    world = memory_world(engine=False)

    def paused() -> list[str | None]:
        lines: dict[str, Connection] = world.store.read(lambda reader: dict(reader.house().connections))
        return [lines[name].paused for name in ("mail", "sms1")]

    async with world.board() as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "Pause or resume a connection" in screen_text(pilot))
        await pilot.press(*"mail", "enter")
        await told(pilot, "mail: paused")
        assert paused() == ["by_hand", None]
        await pilot.press("c")
        await until(pilot, lambda: "paused: by hand" in screen_text(pilot))
        await pilot.press(*("l", "e", "t", "space", "a"), "enter")
        await told(pilot, "mail: open again")
        assert paused() == [None, None]
        await pilot.press("c", *("l", "e", "t", "space", "a"), "enter")
        await told(pilot, "None was paused.")
        await pilot.press("c", *("p", "a", "u", "s", "e", "space", "a"), "enter")
        await told(pilot, "mail, sms1: paused")
        await pilot.press("c", *("p", "a", "u", "s", "e", "space", "a"), "enter")
        await told(pilot, "All were paused already.")


async def test_a_rule_is_switched_off_its_number_told_first_and_applied_to_those_present() -> None:
    world = memory_world(engine=False)
    world.deal("Order 1")
    world.deal("Order 2", stage="delivery")
    moved(world, "Order 1")
    async with world.board() as pilot:
        await pilot.press("l", "R")
        await until(pilot, lambda: "Rules of “Order delivery”" in screen_text(pilot))
        await pilot.press(*"tracking", "enter")
        await until(pilot, lambda: "cancels 1 waiting run" in screen_text(pilot))
        assert "starts on 1 deal" in screen_text(pilot)
        await pilot.press(*"already", "enter")
        await told(pilot, "“Tracking number” reached 1 run.")
        assert [r.rule for r in runs(world)].count(RULES[0].id) == 2
        await pilot.press("R")
        await until(pilot, lambda: "Rules of “Order delivery”" in screen_text(pilot))
        await pilot.press(*"tracking", "enter")
        await until(pilot, lambda: "cancels 2 waiting runs" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: {r.reason for r in runs(world) if r.rule == RULES[0].id} == {"disabled"})
        await told(pilot, "“Tracking number” is off. 2 waiting runs were stopped.")


async def test_what_a_rule_would_not_touch_cannot_be_chosen_and_the_cursor_starts_on_what_can() -> None:
    world = memory_world()
    world.deal("Order 1")
    moved(world, "Order 1")
    world.write(commands.advance_clock(6_000))
    async with world.board() as pilot:
        await until(pilot, lambda: [d.status for d in messages(world)] == [DeliveryStatus.SENT])
        await pilot.press("l", "r")
        await until(pilot, lambda: "Rules on “Order 1”" in screen_text(pilot))
        await pilot.press("enter")  # the first one is done: the second has the cursor
        await until(pilot, lambda: "Run now" in screen_text(pilot))
        await pilot.press("escape", "R")
        await until(pilot, lambda: "Rules of “Order delivery”" in screen_text(pilot))
        await pilot.press("enter", "down")
        await until(pilot, lambda: "Every deal here has had it already." in screen_text(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "No run waits with an older version of it." in screen_text(pilot))
        assert "starts on 0 deals" in screen_text(pilot)


async def test_an_open_deal_takes_the_keys_of_deals() -> None:
    world = memory_world(engine=False)
    world.deal("Order 1001", stage="new")
    moved(world, "Order 1001")
    async with world.board(size=(80, 24)) as pilot:
        await pilot.press("l", "enter")
        await until(pilot, lambda: "r run now" in " ".join(screen_text(pilot).split("\n")[-1].split()))
        assert "enter open" not in " ".join(screen_text(pilot).split())
        await pilot.press("s")
        await told(pilot, "2 waiting runs were stopped.")


async def test_the_footer_shows_the_boards_keys_again_after_a_question() -> None:
    world = memory_world(engine=False)
    world.deal("Order 1001")
    async with world.board(size=(80, 24)) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "Pause or resume" in screen_text(pilot))
        world.deal("Order 1002")
        await until(pilot, lambda: "Order 1002" in screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "Pause or resume" not in screen_text(pilot))
        assert "carry" in screen_text(pilot).split("\n")[-1]


async def test_leaving_the_log_follows_what_goes_out_again() -> None:
    world = memory_world()
    deals = [world.deal(f"Order {n}") for n in range(20)]
    for deal in deals:
        world.write(commands.move([deal], "delivery"))
    world.write(commands.advance_clock(6_000))
    async with world.board(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(messages(world)) == 20)
        await pilot.press("o", *["j"] * 12, "escape")
        world.deal("Order 99")
        moved(world, "Order 99")
        await until(pilot, lambda: "u to undo" in screen_text(pilot))


async def test_a_run_whose_message_stands_behind_a_pause_says_so_in_the_open_deal() -> None:
    world = memory_world()
    world.deal("Order 1001")
    world.write(commands.set_paused("mail", commands.BY_HAND))
    moved(world, "Order 1001")
    world.write(commands.advance_clock(6_000))
    async with world.board() as pilot:
        await until(pilot, lambda: [d.status for d in messages(world)] == [DeliveryStatus.QUEUED])
        await pilot.press("l", "enter")
        await until(pilot, lambda: "queued: connection paused" in screen_text(pilot))
