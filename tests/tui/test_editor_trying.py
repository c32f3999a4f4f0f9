"""Trying rules and triggers at the screen: the dry run on deal after deal, the backtest that can be left."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Label, Static

from core import commands
from core.model.moment import DAY, HOUR
from tests.tui.app_world import app_of, until
from tests.tui.map_world import at, map_world, opened, save_rule
from tui.editor import backtest
from tui.editor.backtest import BacktestScreen
from tui.editor.trial import TrialScreen


def text(pilot: Pilot[None]) -> str:
    """Return all that the screen on top says."""
    found: list[Any] = [*pilot.app.screen.query(Label), *pilot.app.screen.query(Static)]
    return "\n".join(str(each.content) for each in found if each.display)


async def says(pilot: Pilot[None], *words: str) -> None:
    """Wait until the screen on top says something."""
    await until(pilot, lambda: all(word in text(pilot) for word in words))


async def test_a_rule_is_tried_on_one_deal_after_the_other_and_then_its_stage() -> None:
    world = map_world()
    world.deal("Order 1002")
    world.deal("Order 1003")
    before = world.store.read(lambda reader: reader.cursor())
    async with world.board(size=(100, 40)) as pilot:
        await opened(pilot)
        await at(pilot, "Tell Ana")
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrialScreen))
        await says(pilot, "Tell Ana", "✓ acts", "A new deal", "1/")
        first = text(pilot)
        await pilot.press("n")
        await until(pilot, lambda: text(pilot) != first)
        await pilot.press("p")
        await until(pilot, lambda: text(pilot) == first)
        await pilot.press("s")
        await says(pilot, "Dry run: ")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, TrialScreen))
    assert world.store.read(lambda reader: reader.cursor()) == before, "nothing is stored"


async def test_the_text_of_a_message_is_shown_as_it_would_be_and_nobody_s_markup_counts() -> None:
    world = map_world()
    save_rule(world, stage="lost", kind="comment", name="[bold]Sorry", settings={"text": "[red]Dear {{ deal.title }}"})
    async with world.board(size=(100, 40)) as pilot:
        await opened(pilot)
        await at(pilot, "[bold]Sorry")
        await pilot.press("t")
        await says(pilot, "[bold]Sorry", "[red]Dear Order 1001")


async def test_why_a_rule_does_not_start_is_said_in_words_and_values_as_people_write_them() -> None:
    world = map_world()
    when = {
        "all": [
            {"field": "deal.amount", "op": ">", "value": 500_000},
            {"field": "deal.stage", "op": "=", "value": "new"},
        ]
    }
    save_rule(world, stage="lost", kind="comment", name="Big ones", settings={"text": "x"}, when=when)
    async with world.board(size=(100, 40)) as pilot:
        await opened(pilot)
        await at(pilot, "Big ones")
        await pilot.press("t")
        await says(pilot, "– does not start (condition false)", "✗ amount", "> 500,000", "stage")
        assert "deal." not in text(pilot) and "condition_false" not in text(pilot)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_a_backtest_counts_and_leads_to_the_deal(size: tuple[int, int]) -> None:
    world = map_world()
    save_rule(world, stage="delivery", kind="comment", name="Noted", settings={"text": "x"}, enabled=False)
    async with world.board(size=size) as pilot:
        await opened(pilot)
        await at(pilot, "Noted")
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrialScreen))
        await pilot.press("b")
        await until(pilot, lambda: isinstance(pilot.app.screen, BacktestScreen))
        screen = pilot.app.screen
        assert isinstance(screen, BacktestScreen)
        await until(pilot, lambda: screen.test.finished)
        await says(pilot, "“Noted”", "the last 30 days", "still waits: 1")
        await pilot.press("d")
        await says(pilot, "the last 90 days", "still waits: 1")
        await pilot.press("enter")
        await until(pilot, lambda: app_of(pilot).panel.display)
        assert app_of(pilot).panel.deal == world.deals["Order 1001"]


async def test_a_trigger_shows_what_it_would_have_done_and_a_long_way_can_be_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backtest, "_STEPS_A_TURN", 1)
    world = map_world()
    world.write(commands.add_deal(commands.NewDeal(title="More")))
    async with world.board(size=(100, 30)) as pilot:
        await opened(pilot)
        await at(pilot, "Paid")
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, BacktestScreen))
        screen = pilot.app.screen
        assert isinstance(screen, BacktestScreen)
        await says(pilot, "Nothing of the kind happened")
        await pilot.press("d", "escape")
        await until(pilot, lambda: pilot.app.screen is not screen)
        assert app_of(pilot).editing.open


def test_days_are_counted_back() -> None:
    from core.model.moment import Moment

    assert backtest.since(Moment(10 * DAY + HOUR), 7) == 3 * DAY + HOUR
