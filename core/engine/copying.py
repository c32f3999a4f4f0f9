"""A rule makes a deal from another one: what goes along, and the loop guard over copies.

A copy enters its stage as an automatic act, with the moves and copies that led to it. A wait starts a new chain for the
moves of one deal, which people see turn slowly; copies multiply meanwhile. So whatever deals a copy leads to, none is
copied by the same rule again before a person or the world outside has moved one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.effects import CreateDeal
from core.engine import checking, entering, guarding
from core.i18n import N_
from core.model.deal import Cause, CauseKind, Deal, Entry, Link
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.timeline import TimelineKind, TimelineRow
from core.ports import Tx
from core.rules import catalogue
from core.words import Words

_FROM = N_("copied from deal {deal} by rule “{rule}”, into {stage}")
_MADE = N_("made deal {deal}: “{title}”, in {stage}")


def cause(tx: Tx, source: Deal, stay: Entry, rule: str, made: CreateDeal, now: Moment) -> Cause:
    """Return why a copy comes to be: the copies behind its source, the chain of the stay in which the rule acts, and
    itself."""
    carried = guarding.carried(stay.cause, now - stay.at)
    behind = _copies_behind(tx.entries(source.id), tx.house())
    link = Link(CauseKind.RULE, rule, made.pipeline, made.stage)
    return guarding.follow((*(each for each in behind if each not in carried), *carried), link)


def _copies_behind(stays: Sequence[Entry], house: House) -> Sequence[Link]:
    """Return the copies that led to where a deal stands, oldest first, since a person or an outside event moved it."""
    found: list[Link] = []
    for stay in reversed(stays):
        if stay.undone_at is not None:
            continue
        links = stay.cause.chain
        found = [*(link for link in links if _copies(link, house)), *found]
        if not stay.cause.automatic or (stay.cause.kind is CauseKind.TRIGGER and len(links) == 1):
            break
    return list(dict.fromkeys(found))


def _copies(link: Link, house: House) -> bool:
    rule = house.rules.get(link.id) if link.kind is CauseKind.RULE else None
    kind = catalogue.kinds().get(rule.kind) if rule is not None else None
    return kind is not None and kind.copies


def create(tx: Tx, source: Deal, made: CreateDeal, why: Cause, now: Moment) -> tuple[str, Words]:
    """Make the deal, whose stage's rules start without grace; return its id and what the source's history says."""
    house = tx.house()
    stage = house.stage(made.pipeline, made.stage)
    assert stage is not None, "checked before"
    rank = tx.top_rank(made.pipeline, made.stage) + entering.RANK_GAP
    deal = replace(_copied(source, made), id=tx.new_deal_id(), rank=rank)
    into = entering.Into(
        pipeline=made.pipeline,
        stage=made.stage,
        rank=rank,
        by=source.responsible or "system",
        cause=why,
        now=now,
    )
    plan = entering.plan_new(house, checking.filled(deal, made.fields, house), into)
    plan.timeline = [_told(row, house, source, why, stage.name) for row in plan.timeline]
    tx.apply(plan)
    return deal.id, Words(_MADE, {"deal": deal.id, "title": deal.title, "stage": stage.name})


def _copied(source: Deal, made: CreateDeal) -> Deal:
    """Return the new deal as its source lends it: neither its dates nor its flags, which belong to the other's life."""
    new = Deal(
        id="",
        title=made.title,
        pipeline=made.pipeline,
        stage=made.stage,
        responsible=source.responsible,
        currency=source.currency,
    )
    if not made.copy:
        return new
    return replace(
        new, amount=source.amount, contacts=source.contacts, company=source.company, fields=dict(source.fields)
    )


def _told(row: TimelineRow, house: House, source: Deal, why: Cause, stage: str) -> TimelineRow:
    """Return the first line of a copy's history with where it comes from."""
    if row.kind is not TimelineKind.CREATED:
        return row
    rule = house.rules.get(why.id or "")
    args = {"deal": source.id, "rule": rule.name if rule else why.id, "stage": stage}
    data: dict[str, Any] = {**row.data, "cause_id": why.id, "copied_from": source.id}
    return replace(row, text=Words(_FROM, args), data=data)
