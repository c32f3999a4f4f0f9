"""Trying what is under the map's cursor: the dry run of a rule or stage, the backtest of a rule or trigger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.backtesting import Backtest, RuleBacktest, TriggerBacktest
from core.model.rule import Rule, Trigger
from core.words import Words
from tui import panel_place
from tui.editor.backtest import BacktestScreen, since
from tui.editor.trial import TrialScreen, Tried
from tui.panels.values import Manner

if TYPE_CHECKING:
    from tui.app import FunilApp


async def try_here(app: FunilApp) -> None:
    """Try the rule under the cursor; on a trigger look what it would have done, in an empty stage try the stage."""
    card = app.editing.view.model.card
    if card is None:
        await try_stage(app)
    else:
        await try_thing(app, card.thing)


async def try_stage(app: FunilApp) -> None:
    """Try every rule of the stage under the cursor."""
    model = app.editing.view.model
    if model.pipeline is None or model.column is None:
        return
    stage = model.column.stage
    await _trial(app, Tried(model.pipeline.id, stage.id, stage.name, deal=app.board.model.deal))


async def try_thing(app: FunilApp, thing: Rule | Trigger) -> None:
    """Try a rule or trigger, saved or as it is being edited."""
    if isinstance(thing, Trigger):
        await backtest(app, thing)
        return
    tried = Tried(thing.pipeline, thing.stage, thing.name, thing, app.board.model.deal)
    wanted = await _trial(app, tried)
    if wanted == "backtest":
        await backtest(app, thing)
    elif wanted == "stage":
        stage = app.desk.house.stage(thing.pipeline, thing.stage)
        await _trial(app, Tried(thing.pipeline, thing.stage, stage.name if stage else thing.stage, deal=tried.deal))


async def backtest_here(app: FunilApp) -> None:
    """Look what the rule or trigger under the cursor would have done."""
    card = app.editing.view.model.card
    if card is not None:
        await backtest(app, card.thing)


async def backtest(app: FunilApp, thing: Rule | Trigger) -> None:
    """Look what a rule or trigger would have done; open the deal that is chosen."""

    def begin(days: int) -> Backtest[Any]:
        start = since(app.desk.now, days)
        if isinstance(thing, Rule):
            return RuleBacktest(thing, start, Words.local)
        return TriggerBacktest(thing, start, Words.local)

    deal = await app.push_screen_wait(BacktestScreen(app.desk.store, thing.name, begin, app.desk.moments()))
    if deal is not None:
        app.editing.close()
        app.panel.show(deal)
        panel_place.share_width(app)
        app.panel.focus_body()


async def _trial(app: FunilApp, tried: Tried) -> str | None:
    house, moments = app.desk.house, app.desk.moments()
    manner = Manner(house, house.company.currency, moments.zone, moments.today)
    icons = app.desk.icons
    return await app.push_screen_wait(TrialScreen(app.desk.store, tried, lambda kind: icons.get(kind, "•"), manner))
