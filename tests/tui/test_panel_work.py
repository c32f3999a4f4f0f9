"""What else a manager does in the open deal: tasks, calls and payments noted, what triggers made of events."""

from __future__ import annotations

from typing import Any

from core import commands
from core.commands import NewTask
from core.engine import listening
from core.model.event import Event
from core.model.rule import Trigger
from core.ports import Tx
from tests.tui.app_world import START, World, screen_text, until
from tests.tui.panel_world import TITLE, DealDriver, rich_world


def kinds(world: World) -> dict[str, Any]:
    """Return the data of the deal's events by kind."""
    found = world.store.read(lambda reader: reader.events_of(world.deals[TITLE]))
    return {event.kind: event.data for event in found}


async def test_a_task_is_completed_and_opened_again() -> None:
    world = rich_world()
    world.write(commands.add_task(world.deals[TITLE], NewTask(title="Ring [b]", due="1d"), "ana"))
    async with world.board(size=(110, 40)) as pilot:
        person = DealDriver(pilot)
        await person.open()
        assert "☐ Ring [b] due" in person.text()
        await person.go("Ring [b]")
        await pilot.press("space")
        await until(pilot, lambda: "☑ Ring [b]" in person.text())
        assert "task_done" in kinds(world)
        await person.go("Ring [b]")
        await pilot.press("enter")
        await until(pilot, lambda: "☐ Ring [b]" in person.text())


async def test_a_call_is_noted_by_number_and_a_payment_by_amount() -> None:
    world = rich_world()
    async with world.board(size=(110, 40)) as pilot:
        person = DealDriver(pilot)
        await person.open()
        await pilot.press("C")
        await until(pilot, lambda: "Who was called?" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "call_made" in kinds(world))
        assert kinds(world)["call_made"]["phone"] == "+5511987650001" and kinds(world)["call_made"]["by"] == "ana"
        await pilot.press("P")
        await until(pilot, lambda: "How much was paid?" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "payment" in kinds(world))
        assert kinds(world)["payment"]["amount"] == "4200.00"
        await until(pilot, lambda: "paid: 4200.00 BRL" in person.text())


async def test_an_event_unfolds_to_what_each_trigger_made_of_it() -> None:
    world = rich_world()

    def furnish(tx: Tx) -> None:
        for id, stage, name in (("back", "new", "Called again"), ("on", "invoice", "Ask for money")):
            tx.put_trigger(Trigger(id=id, pipeline="sales", stage=stage, kind="call_missed", name=name))
        data = {"phone": "+5511987650001", "line": "line1"}
        tx.record(Event(kind="call_missed", source="reported", outside_id="1", at=START, data=data))

    world.write(furnish)
    world.write(listening.expand())
    async with world.board(size=(140, 50)) as pilot:
        person = DealDriver(pilot)
        await pilot.press("l", "l", "enter")
        await person.go("was not answered")
        await pilot.press("enter")
        await until(pilot, lambda: "Ask for money → Final invoice: moved the deal to “Final invoice”" in person.text())
        assert "Called again → New: that stage comes before the deal's" in person.text()
