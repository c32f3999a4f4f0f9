"""Asking for a new deal in the column under the cursor, and making it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.client_ports import ClientKind
from core.errors import FunilError
from core.model.people import Company, Contact
from core.safe_text import safe_text
from tui.mover import sentence_of

if TYPE_CHECKING:
    from tui.app import FunilApp
    from tui.form.draft import Held


async def new_deal(app: FunilApp, stage: str | None) -> None:
    """Ask for a new deal, to be made in a stage of the pipeline that is shown, and go to it."""
    from tui.form.draft import Held
    from tui.form.new_deal import NewDealForm
    from tui.panels.values import Manner

    pipeline, house = app.desk.pipeline, app.desk.house
    if pipeline is None:
        return
    moments, currency = app.desk.moments(), house.company.currency
    held = Held(pipeline.id, stage or pipeline.stages[0].id, currency, responsible=app.desk.user)
    manner = Manner(house, currency, moments.zone, moments.today)
    await app.push_screen_wait(
        NewDealForm(held, manner, lambda what: _finder(app, what), lambda held: _save(app, held))
    )


def _finder(app: FunilApp, what: ClientKind) -> Callable[[str], Sequence[Contact | Company]]:
    from tui.form.client_search import search

    return lambda words: app.desk.store.read(lambda reader: search(reader, what, words))


async def _save(app: FunilApp, held: Held) -> str:
    """Make the deal and go to it; returns what went wrong."""
    from tui.form import draft
    from tui.panels.values import Manner

    moments, house = app.desk.moments(), app.desk.house
    checked = draft.check(held, Manner(house, held.currency, moments.zone, moments.today))
    if checked.deal is None:
        return next(iter(checked.wrong.values()))
    try:
        deal = await asyncio.to_thread(draft.read_files, checked.deal, held, house)
        made = await app.desk.store.write(draft.making(deal, held, app.desk.user))
    except FunilError as error:
        return safe_text(str(error))
    except Exception as error:
        return sentence_of(error)
    app.written()
    if held.pipeline != app.desk.pipeline_id:
        app.show_pipeline(held.pipeline)
    app.board.look_at(made)
    return ""
