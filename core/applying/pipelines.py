"""Pipelines of a board file with their stages. A list that is present is the whole list."""

from __future__ import annotations

from core.applying.ledger import Ledger
from core.boardfile import merging
from core.boardfile.shape import PipelinePart
from core.commands import lookup
from core.errors import Refused
from core.i18n import N_
from core.model.frozen import replace
from core.model.pipeline import Pipeline
from core.plan import Plan
from core.views import DealFilter


def apply(ledger: Ledger) -> None:
    """Lay pipelines over the present ones, all before any rule, since rules may point at any of them."""
    for index, part in enumerate(ledger.document.board.pipelines or ()):
        with ledger.at("pipelines", index):
            _pipeline(ledger, part, index)
    for index, connection in enumerate(ledger.document.board.connections or ()):
        wished = connection.new_deal
        if wished is not None and wished.pipeline is not None:
            with ledger.at("connections", index, "new_deal", "pipeline"):
                lookup.pipeline(ledger.house, wished.pipeline)
        if wished is not None and wished.responsible is not None:
            with ledger.at("connections", index, "new_deal", "responsible"):
                lookup.user(ledger.house, wished.responsible)


def _pipeline(ledger: Ledger, part: PipelinePart, index: int) -> None:
    house, tx = ledger.house, ledger.tx
    before = house.pipelines.get(part.id)
    last = max((pipeline.position for pipeline in house.pipelines.values()), default=-1)
    after = merging.pipeline(part, before, last + 1)
    with ledger.at("pipelines", index, "stages"):
        for stage in before.stages if before else ():
            if after.stage(stage.id) is None:
                check_empty(ledger, after, stage.id)
                _check_bare(ledger, part, stage.id)
                ledger.narrowed = True
    ledger.put("pipeline", part.id, before, after, lambda: tx.upsert_pipeline(after))
    if before:
        _close_again(ledger, before, after)


def check_empty(ledger: Ledger, pipeline: Pipeline, stage: str) -> None:
    """Raise ``Refused`` for a stage that holds deals and shall go."""
    total = ledger.tx.totals(pipeline.id).get(stage)
    if total is not None and total.count:
        words = N_("stage “{stage}” of pipeline “{pipeline}” cannot go: it holds {count} deals; move them first")
        raise Refused(words, stage=stage, pipeline=pipeline.id, count=total.count)


def _check_bare(ledger: Ledger, part: PipelinePart, stage: str) -> None:
    """Raise ``Refused`` where a rule or trigger stands on a stage that goes and the file does not list them anew."""
    house = ledger.house
    for key, things in (("rules", house.rules), ("triggers", house.triggers)):
        if part.given(key):
            continue
        for thing in things.values():
            if (thing.pipeline, thing.stage) == (part.id, stage):
                words = N_("stage “{stage}” cannot go: “{thing}” stands on it; list the pipeline's {key} too")
                raise Refused(words, stage=stage, thing=thing.id, key=key)


def _close_again(ledger: Ledger, before: Pipeline, after: Pipeline) -> None:
    """Tell the deals of a stage that it now closes them, or no longer does."""
    now = ledger.tx.now()
    for stage in after.stages:
        old = before.stage(stage.id)
        if old is None or old.closed == stage.closed:
            continue
        here = DealFilter(pipeline=after.id, stage=stage.id)
        ledger.tx.hold(d.id for d in ledger.tx.deals(here))
        deals = ledger.tx.deals(here)
        pairs = [(d, replace(d, closed=stage.closed, version=d.version + 1, active_at=now)) for d in deals]
        ledger.tx.apply(Plan(deals_changed=pairs))
