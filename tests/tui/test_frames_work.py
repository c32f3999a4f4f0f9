"""What waits for a person, and what is done in the open deal, looks as it did (see :mod:`tests.tui.album`)."""

from __future__ import annotations

from core import commands
from core.commands import NewTask
from core.engine import listening
from core.model.event import Event
from core.model.moment import MINUTE
from core.model.rule import Trigger
from core.ports import Tx
from tests.tui.album import Album
from tests.tui.app_world import START, app_of, driver, memory_world, until
from tests.tui.panel_world import TITLE, DealDriver, rich_world
from tests.tui.test_customer import sent, with_mail
from tests.tui.test_inbox_screen import busy_world, opened
from tui.panels.picker import Picker


async def test_the_inbox(album: Album) -> None:
    async with album.open(busy_world()) as pilot:
        await opened(pilot)
        await album.keep("inbox")
        await pilot.press("j", "full_stop")
        await until(pilot, lambda: len(pilot.app.screen_stack) > 1)
        await album.keep("inbox_menu")
        await pilot.press("escape", "slash", *"thanks", "enter")
        await until(pilot, lambda: len(app_of(pilot).inbox.rows.shown) == 1)
        await album.keep("inbox_filtered")
        await pilot.press("escape", "g", "j", "x")
        await until(pilot, lambda: len(app_of(pilot).inbox.rows.shown) == 2)
        await album.keep("inbox_handled")


async def test_an_inbox_in_which_nothing_waits(album: Album) -> None:
    async with album.open(memory_world()) as pilot:
        await opened(pilot)
        await album.keep("inbox_empty")


async def test_chats_calls_tasks_and_payments(album: Album) -> None:
    world = rich_world()
    world.write(commands.add_task(world.deals[TITLE], NewTask(title="Ring Maria [b]", due="1d"), "ana"))
    world.write(commands.add_task(world.deals[TITLE], NewTask(title="Send the offer", due="1h"), "ana"))
    async with album.open(world) as pilot:
        hand = DealDriver(pilot)
        await hand.open()
        await hand.go("Send the offer")
        await pilot.press("space")
        await until(pilot, lambda: "☑ Send the offer" in hand.text())
        await album.keep("deal_tasks")
        for key, name in (("C", "deal_call_noted"), ("P", "deal_paid")):
            await pilot.press(key)
            await until(pilot, lambda: len(pilot.app.screen_stack) > 1)
            await album.keep(name)
            await pilot.press("escape")
            await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        await pilot.press("A")
        await until(pilot, lambda: app_of(pilot).panel.talk.text.has_focus)
        await album.keep("chat_taken")
        await pilot.press(*"It left.", "enter", *"Ana")
        await album.keep("chat_typed")
        await pilot.press("ctrl+s", "escape")
        await until(pilot, lambda: hand.panel.body.has_focus)
        await pilot.press("X", "2")
        await album.keep("chat_closed")


async def test_what_triggers_made_of_an_event(album: Album) -> None:
    world = rich_world()

    def furnish(tx: Tx) -> None:
        for id, stage, name in (("back", "new", "Called again"), ("on", "invoice", "Ask for money")):
            tx.put_trigger(Trigger(id=id, pipeline="sales", stage=stage, kind="call_missed", name=name))
        data = {"phone": "+5511987650001", "line": "line1"}
        tx.record(Event(kind="call_missed", source="reported", outside_id="1", at=START, data=data))

    world.write(furnish)
    for job in (listening.expand(), listening.match()):
        world.write(job)
    async with album.open(world) as pilot:
        hand = DealDriver(pilot)
        await driver(pilot).card(TITLE).click()
        await pilot.press("enter")
        await until(pilot, lambda: "line1" in hand.text())
        await hand.go("line1")
        await pilot.press("enter")
        await album.keep("deal_verdicts")


async def test_being_the_client(album: Album) -> None:
    world, _deal = with_mail()
    async with album.open(world) as pilot:
        await sent(pilot, world)
        world.write(commands.advance_clock(MINUTE))
        await pilot.press("l", "f3")
        await until(pilot, lambda: isinstance(pilot.app.screen, Picker))
        await album.keep("client")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Picker))
        await album.keep("client_first")
        await pilot.press("escape")
