"""The whole sheet of a deal: its parts under their headings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.i18n import N_
from core.i18n import gettext as _
from core.model.run import RunStatus
from core.safe_text import safe_text
from core.words import fill
from tui import format as fmt
from tui.line import Part
from tui.outbound_paint import Moments
from tui.panels import client_items, field_items, past_items, rule_items, task_items
from tui.panels.deal_sheet import DealView
from tui.panels.flow import Para
from tui.panels.run_words import RUN_SIGNS
from tui.panels.sheet import Item, Section
from tui.panels.values import Manner

TITLES: Final = {
    Section.FIELDS: N_("Deal"),
    Section.CLIENT: N_("Client"),
    Section.RULES: N_("Rules"),
    Section.HISTORY: N_("History"),
}


def manner(view: DealView, moments: Moments) -> Manner:
    """Return what the deal's values are written by."""
    return Manner(view.house, view.deal.currency, moments.zone, moments.today)


def build(view: DealView, moments: Moments, unfolded: frozenset[str]) -> Sequence[Item]:
    """Return everything, part by part."""
    way = manner(view, moments)
    stage = view.house.stage(view.deal.pipeline, view.deal.stage)
    here = fill(_("in “{stage}”"), {"stage": safe_text(stage.name if stage else view.deal.stage)})
    return [
        *field_items.items(view, way, moments),
        *task_items.items(view, moments),
        _heading(Section.CLIENT),
        *client_items.items(view, moments),
        _heading(Section.RULES, here),
        *rule_items.items(view, moments, unfolded),
        _heading(Section.HISTORY),
        *past_items.items(view, way, moments, unfolded),
    ]


def gone() -> Item:
    """Return what stands there of a deal that is no more."""
    return Item(key="gone", section=Section.FIELDS, paras=(Para(((_("This deal is gone."), "muted"),)),))


def _heading(section: Section, note: str = "") -> Item:
    title = Para(((_(TITLES[section]), "heading"), (f"  {note}" if note else "", "muted")))
    return Item(key=f"#{section.value}", section=section, paras=(Para((("", "plain"),)), title))


def head(view: DealView) -> list[Part]:
    """Return the panel's first line: title, amount, id."""
    deal = view.deal
    amount = fmt.money(deal.amount, deal.currency) if deal.amount is not None else ""
    return [
        Part(safe_text(deal.title), "strong"),
        Part(f"  {amount}" if amount else "", "accent"),
        Part(f"  {safe_text(deal.id)}", "dim", None, 1),
    ]


def tabs(view: DealView, at: Section) -> list[Part]:
    """Return the panel's second line: its parts with their keys; rules tell how many wait and have failed."""
    parts = []
    for number, section in enumerate(Section, 1):
        here = section is at
        note = f" {_counts(view)}" if section is Section.RULES and _counts(view) else ""
        parts.append(Part(f"{number} ", "key", f"panel.{section.value}"))
        parts.append(Part(_(TITLES[section]) + note, "strong" if here else "dim", f"panel.{section.value}"))
        parts.append(Part("  ", "plain"))
    return parts


def _counts(view: DealView) -> str:
    waiting = sum(run.status in (RunStatus.WAITING, RunStatus.NO_DATE, RunStatus.SENDING) for run in view.runs)
    failed = sum(run.status is RunStatus.FAILED for run in view.runs)
    signs = ((RUN_SIGNS[RunStatus.WAITING][0], waiting), (RUN_SIGNS[RunStatus.FAILED][0], failed))
    return "".join(f"{sign}{count}" for sign, count in signs if count)
