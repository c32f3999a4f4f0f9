"""Deals of a board file: an import. Nothing starts, nothing fires, and no existing deal is moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from core import fields
from core import plan as plans
from core.applying import files
from core.applying.ledger import Change, Ledger
from core.applying.people import need_contact
from core.boardfile.places import wrong
from core.boardfile.shape import DealPart
from core.boardfile.types import plain
from core.boardfile.yaml12 import Real, Whole
from core.commands import lookup
from core.commands.deals import change_rows, first_place
from core.commands.files import held
from core.engine import entering, rescheduling
from core.errors import BadInput, UnknownThing
from core.fields import Kind
from core.i18n import N_
from core.model.deal import Cause, CauseKind, Deal
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.people import Company, Contact
from core.plan import Plan

IMPORT: Final = Cause(CauseKind.IMPORT)
_CHUNK: Final = 500
_SIMPLE: Final = ("title", "amount", "begin_date", "close_date", "responsible")


@dataclass(slots=True)
class _Import:
    """What all deals of one file need. ``ranks`` are the places that new deals have taken, from the top down."""

    ledger: Ledger
    house: House
    now: Moment
    contacts: Mapping[str, Contact]
    companies: Mapping[str, Company]
    before: Mapping[str, Deal]
    ranks: dict[tuple[str, str], int] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)


def apply(ledger: Ledger) -> None:
    """Make new deals and change existing ones; new ones stand on top of their column, in the order of the file."""
    parts = ledger.document.board.deals or []
    if not parts:
        return
    work = _prepared(ledger, parts)
    made: list[tuple[int, Deal]] = []
    for index, part in enumerate(parts):
        before = work.before.get(part.id)
        with ledger.at("deals", index):
            if before is not None:
                _change(work, index, part, before)
            else:
                made.append((index, _built(work, index, part)))
    _place(work, [deal for _, deal in made])
    for index, deal in made:
        with ledger.at("deals", index):
            _enter(work, deal)
    ledger.tx.apply(work.plan)


def _prepared(ledger: Ledger, parts: list[DealPart]) -> _Import:
    tx = ledger.tx
    tx.hold(part.id for part in parts)
    companies = {part.company for part in parts if part.company is not None}
    known = {each.id: each for each in map(tx.company, sorted(companies)) if each is not None and not each.removed}
    contacts = {contact for part in parts for contact in part.contacts or ()}
    contacts |= {contact for company in known.values() for contact in company.contacts}
    return _Import(
        ledger=ledger,
        house=ledger.house,
        now=tx.now(),
        contacts=tx.contacts(contacts),
        companies=known,
        before={deal.id: deal for part in parts if (deal := tx.deal(part.id)) is not None},
    )


# New ones -------------------------------------------------------------------------------------------------------------


def _built(work: _Import, index: int, part: DealPart) -> Deal:
    pipeline = stage = ""
    with work.ledger.at("deals", index, "stage" if part.stage else "pipeline"):
        pipeline, stage = first_place(work.house, part.pipeline, part.stage)
    currency = work.house.company.currency
    base = Deal(id=part.id, title=part.id, pipeline=pipeline, stage=stage, currency=currency)
    return _merged(work, index, part, base)


def _place(work: _Import, made: list[Deal]) -> None:
    """Find where each column's block of new deals begins: above all that stand there."""
    counts: dict[tuple[str, str], int] = {}
    for deal in made:
        counts[deal.pipeline, deal.stage] = counts.get((deal.pipeline, deal.stage), 0) + 1
    for column, count in counts.items():
        work.ranks[column] = work.ledger.tx.top_rank(*column) + count * entering.RANK_GAP


def _enter(work: _Import, deal: Deal) -> None:
    if work.house.stage(deal.pipeline, deal.stage) is None:
        return
    column = deal.pipeline, deal.stage
    rank = work.ranks[column]
    work.ranks[column] = rank - entering.RANK_GAP
    into = entering.Into(
        pipeline=deal.pipeline,
        stage=deal.stage,
        rank=rank,
        by=deal.responsible or "system",
        cause=IMPORT,
        now=work.now,
        start_rules=False,
    )
    plans.merge(work.plan, entering.plan_new(work.house, replace(deal, rank=rank), into))
    work.ledger.changes.append(Change("add", "deal", deal.id))
    if len(work.plan.entered) >= _CHUNK:
        work.ledger.tx.apply(work.plan)
        plans.clear(work.plan)


# Existing ones --------------------------------------------------------------------------------------------------------


def _change(work: _Import, index: int, part: DealPart, before: Deal) -> None:
    tx, ledger = work.ledger.tx, work.ledger
    with ledger.at("deals", index, "stage" if part.stage else "pipeline"):
        _check_stay(work, part, before)
    after = replace(_merged(work, index, part, before), removed=False)
    if after == before:
        return
    after = replace(after, version=before.version + 1, active_at=work.now)
    author = ledger.author if before.responsible is None else before.responsible
    rows = change_rows(before, after, author, work.now)
    tx.apply(Plan(deals_changed=[(before, after)], timeline=rows))
    rescheduling.after_change(tx, before, after, work.now)
    ledger.changes.append(Change("add" if before.removed else "change", "deal", part.id))


def _check_stay(work: _Import, part: DealPart, before: Deal) -> None:
    """Say that a deal stays where it is when the file has it elsewhere; refuse a place that nobody knows."""
    if work.house.stage(before.pipeline, before.stage) is None:
        words = N_("deal “{id}” was removed and its stage “{stage}” is gone: give the new deal another id")
        raise BadInput(words, id=part.id, stage=before.stage)
    pipeline = part.pipeline or before.pipeline
    if part.stage is not None:
        lookup.stage(work.house, pipeline, part.stage)
    else:
        lookup.pipeline(work.house, pipeline)
    if (pipeline, part.stage or before.stage) != (before.pipeline, before.stage):
        msg = N_("stays in {pipeline}/{stage}: a board file does not move deals")
        work.ledger.note("deal", part.id, msg, pipeline=before.pipeline, stage=before.stage)


# What a deal says -----------------------------------------------------------------------------------------------------


def _merged(work: _Import, index: int, part: DealPart, base: Deal) -> Deal:
    ledger, house = work.ledger, work.house
    deal = base
    if part.given("currency"):
        with ledger.at("deals", index, "currency"):
            deal = replace(deal, currency=fields.parse("currency", part.currency or house.company.currency, house))
    for name in _SIMPLE:
        if part.given(name) or (name == "amount" and deal.currency != base.currency):
            with ledger.at("deals", index, name):
                raw = getattr(part if part.given(name) else deal, name)
                raw = part.id if name == "title" and raw is None else raw
                deal = fields.put(deal, name, fields.parse(name, raw, house, deal.currency), house)
    deal = _people(work, index, part, deal)
    return _custom(work, index, part, deal) if part.given("fields") else deal


def _people(work: _Import, index: int, part: DealPart, deal: Deal) -> Deal:
    """Link people as listed; a company that is new to the deal adds its contacts, unless contacts are listed."""
    at = work.ledger.at
    if part.given("contacts"):
        for place, contact in enumerate(part.contacts or ()):
            with at("deals", index, "contacts", place):
                need_contact(work.contacts, contact)
        deal = replace(deal, contacts=tuple(dict.fromkeys(part.contacts or ())))
    if part.given("company") and part.company != deal.company:
        with at("deals", index, "company"):
            if part.company is not None and part.company not in work.companies:
                raise UnknownThing(N_("there is no company “{id}”"), id=part.company)
        deal = replace(deal, company=part.company)
        company = work.companies.get(part.company or "")
        if company and not part.given("contacts"):
            added = (each for each in company.contacts if each in work.contacts and not work.contacts[each].removed)
            deal = replace(deal, contacts=tuple(dict.fromkeys((*deal.contacts, *added))))
    return deal


def _custom(work: _Import, index: int, part: DealPart, deal: Deal) -> Deal:
    if part.fields is None:
        return replace(deal, fields={})
    ledger, house = work.ledger, work.house
    for name, raw in part.fields.items():
        path = ("deals", index, "fields", name)
        with ledger.at(*path):
            definition = house.fields.get(name)
            if definition is None:
                words = fields.unknown(f"deal.fields.{name}", house)
                raise wrong(ledger.document.place(path, key=True), words.msg, **words.args)
            kind = Kind(definition.type)
            given = files.value(ledger, path, raw) if kind is Kind.FILE else _exact(raw, kind)
            value = fields.parse(definition, given, house, deal.currency)
            if kind is Kind.FILE and value != deal.fields.get(name):
                value = _held(work, value)
            deal = fields.put(deal, f"deal.fields.{name}", value, house)
    return deal


def _held(work: _Import, value: Any) -> Any:
    """Return the value of a file field whose contents are all kept here. Raises ``BadInput`` for one that is not."""
    tx = work.ledger.tx
    if isinstance(value, list):
        return [held(tx, each) for each in value]
    return None if value is None else held(tx, value)


def _exact(raw: Any, kind: Kind) -> Any:
    """Return a value without what reading makes of numbers: texts keep their zeros, amounts their last digit."""
    if isinstance(raw, list):
        return [_exact(each, kind) for each in raw]
    if isinstance(raw, Whole | Real) and kind in (Kind.TEXT, Kind.LIST, Kind.USER, Kind.DATE, Kind.DATETIME):
        return raw.written
    if isinstance(raw, Real):
        return Decimal(raw.written)
    return plain(raw)
