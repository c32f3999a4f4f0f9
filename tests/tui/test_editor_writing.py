"""Conditions and texts of the form: changed over it, taken back into it, and saved with the rest."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from core import event_names
from core.model.house import House
from core.model.rule import Rule, Trigger
from core.ports import Tx
from core.triggers import catalogue
from tests.tui.app_world import World, app_of, screen_text, until
from tests.tui.editor_world import editor_world
from tui.editor import form
from tui.editor.condition_screen import ConditionScreen
from tui.editor.screen import EditorScreen
from tui.editor.text import TextScreen
from tui.editor.writing import TemplateField
from tui.form.fields import Knob


def rule_of(world: World, rule: str) -> Rule:
    """Return a rule as it is stored."""
    found: Rule = world.store.read(lambda reader: reader.house()).rules[rule]
    return found


async def opened(pilot: Pilot[None], kind: type[Screen[Any]]) -> Screen[Any]:
    """Wait until such a screen lies over the others."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind))
    await pilot.pause()
    return pilot.app.screen


async def left(pilot: Pilot[None], screen: Screen[Any]) -> None:
    """Wait until a screen is gone."""
    await until(pilot, lambda: pilot.app.screen is not screen)


def _put(tx: Tx, trigger: Trigger) -> None:
    tx.put_trigger(trigger)


async def test_condition_and_text_of_a_rule_are_changed_over_its_form_and_saved_with_it() -> None:
    world = editor_world(user=None)
    world.deal("Order 1001", stage="delivery")
    async with world.board(size=(100, 30)) as pilot:
        await pilot.app.workers.wait_for_complete()
        app = app_of(pilot)
        app.run_worker(form.open_rule(app, "tracking-mail"))
        screen = await opened(pilot, EditorScreen)
        await until(pilot, lambda: screen.focused is not None)
        next(knob for knob in screen.query(Knob) if knob.key == "when").focus()
        await pilot.press("enter")
        over = await opened(pilot, ConditionScreen)
        await pilot.press("enter")
        for answer in ("amount", "at least", "5000"):
            await until(pilot, lambda: pilot.app.screen is not over)
            question = pilot.app.screen
            question.query_one(Input).value = answer
            await pilot.pause()
            await pilot.press("enter")
            await left(pilot, question)
        await opened(pilot, ConditionScreen)
        await pilot.press("ctrl+s")
        await opened(pilot, EditorScreen)
        assert "Amount is 5000 or more" in screen_text(pilot)
        next(field for field in screen.query(TemplateField) if field.key == "settings.body").focus()
        await pilot.press("f5")
        await opened(pilot, TextScreen)
        await until(pilot, lambda: "Hello Maria" in screen_text(pilot))
        await pilot.press(*"!", "ctrl+s")
        await opened(pilot, EditorScreen)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
    saved = rule_of(world, "tracking-mail")
    assert saved.when == {"field": "deal.amount", "op": ">=", "value": 5000}
    assert saved.settings["body"] == "Hello {{ contact.first_name }}!"
    assert saved.settings["subject"] == rule_of(editor_world(), "tracking-mail").settings["subject"]


def test_the_data_of_every_kind_of_event_are_known_by_name() -> None:
    assert set(event_names.NAMES) == set(catalogue.kinds())


def test_a_rule_knows_what_the_triggers_of_its_stage_bring() -> None:
    world = editor_world()
    house: House = world.store.read(lambda reader: reader.house())
    mailed = Trigger(id="t1", pipeline="sales", stage="delivery", kind="email_received", name="Wrote")
    paid = Trigger(id="t2", pipeline="sales", stage="invoice", kind="payment", name="Paid")
    for trigger in (mailed, paid):
        world.write(partial(_put, trigger=trigger))
    house = world.store.read(lambda reader: reader.house())
    assert event_names.of(house.rules["short-note"], house) == ("from", "name", "subject", "text")
    assert event_names.of(paid, house) == ("amount", "currency", "invoice", "by")
