"""A pipeline with rules and triggers to look at and to change, for the tests of the automation's screens."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from core import commands
from core.commands import automation
from core.model.house import House
from core.model.moment import Duration
from core.model.people import User
from core.model.rule import Order, Rule, RunTime, Trigger, When
from tests.tui.app_world import World, app_of, memory_world, until
from tui.editor.map_view import EditorView

BIG = {"field": "deal.amount", "op": ">", "value": 5000}


def map_world(**more: Any) -> World:
    """Return a house with five rules, three triggers, a circle, and a deal on which rules wait."""
    world = memory_world(**{"engine": False, "user": None, **more})
    world.write(lambda tx: tx.put_user(User(id="rui", name="Rui Reis", role="admin")))
    save_rule(world, stage="new", kind="notify", name="Tell Ana", settings={"to": "ana", "text": "A new deal"})
    later = RunTime(When.AFTER, Duration(3, "d"))
    save_rule(world, stage="delivery", kind="move", name="On to invoice", settings={"stage": "invoice"}, run=later)
    back = {"stage": "delivery"}
    save_rule(world, stage="invoice", kind="move", name="Back to delivery", settings=back, order=Order.WAIT, when=BIG)
    save_trigger(world, stage="invoice", kind="email_opened")
    save_trigger(world, stage="won", kind="payment", name="Paid", when=BIG)
    save_trigger(world, stage="won", kind="link_clicked", settings={"link": "https://loja.example/x"}, enabled=False)
    world.deal("Order 1001")
    world.write(commands.move([world.deals["Order 1001"]], "delivery"))
    return world


def save_rule(world: World, **more: Any) -> None:
    """Add a rule."""
    made = Rule(**{"id": "", "pipeline": "sales", "name": "", **more})
    world.write(automation.save_rule(made))


def save_trigger(world: World, **more: Any) -> None:
    """Add a trigger."""
    made = Trigger(**{"id": "", "pipeline": "sales", "name": "", **more})
    world.write(automation.save_trigger(made))


async def opened(pilot: Pilot[None]) -> EditorView:
    """Open the map and wait until the pipeline has been looked over."""
    await pilot.press("a")
    await until(pilot, lambda: app_of(pilot).editing.built is not None and view_of(pilot).surveyed)
    await pilot.pause()
    return view_of(pilot)


def view_of(pilot: Pilot[None]) -> EditorView:
    """Return the map."""
    return app_of(pilot).editing.view


def names(world: World, stage: str, pipeline: str = "sales") -> list[str]:
    """Return a stage's rules in order."""
    house = world.store.read(lambda reader: reader.house())
    return [rule.name for rule in house.rules_by_stage.get((pipeline, stage), ())]


def rule_named(world: World, name: str) -> Rule:
    """Return a rule."""
    house: House = world.store.read(lambda reader: reader.house())
    return next(rule for rule in house.rules.values() if rule.name == name)


async def at(pilot: Pilot[None], name: str) -> None:
    """Put the cursor on a card."""
    view = view_of(pilot)
    card = next(card for card in view.model.cards() if card.name == name)
    view.model.go_to(card.key)
    view.map.sync()
    await pilot.pause()
