"""What a person notes on a deal, and putting deals out of use and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core import plan as plans
from core.commands import lookup
from core.effects import Comment
from core.engine import removing
from core.errors import BadInput
from core.i18n import N_
from core.model.deal import Deal
from core.model.frozen import replace
from core.plan import Plan
from core.ports import Job, Tx
from core.safe_text import storable

LONGEST_NOTE: Final = 100_000


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal did: deals put out of use, those that were so already, runs and messages cancelled with them, by
    the ids that people see."""

    deals: tuple[str, ...]
    unchanged: tuple[str, ...]
    runs: tuple[str, ...]
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restoring did: deals put back, and those that nobody had removed."""

    deals: tuple[str, ...]
    unchanged: tuple[str, ...]


def note(deal_id: str, text: str, by: str | None = None) -> Job[Deal]:
    """Return a job that writes a note on a deal's history, by default as its responsible; it counts as activity.

    Raises ``UnknownThing``, ``Refused`` and ``BadInput`` for an empty or endless text.
    """

    def job(tx: Tx) -> Deal:
        house, now = tx.house(), tx.now()
        tx.hold([deal_id])
        deal = lookup.deal(tx, deal_id)
        author = lookup.author(house, by, deal.responsible)
        effect = Comment(text=_note(text))
        after = replace(deal, active_at=now, version=deal.version + 1)
        tx.apply(Plan(deals_changed=[(deal, after)]))
        tx.apply(Plan(effects=[(deal.id, author, effect)]))
        return after

    return job


def _note(text: str) -> str:
    if not text.strip():
        raise BadInput(N_("a note cannot be empty"))
    if len(text) > LONGEST_NOTE:
        raise BadInput(N_("a note has {most} characters at most, not {length}"), most=LONGEST_NOTE, length=len(text))
    if storable(text) != text:
        raise BadInput(N_("a note cannot hold NUL or what is not valid text"))
    return text


def remove_deals(ids: Sequence[str], by: str | None = None) -> Job[Removed]:
    """Return a job that takes deals out of use, as one act, by default of each deal's responsible: off the board and
    the totals, their waiting runs and queued messages cancelled. Raises ``UnknownThing``."""

    def job(tx: Tx) -> Removed:
        house, now = tx.house(), tx.now()
        tx.hold(ids)
        found = lookup.deals(tx, ids, removed=True)
        made = Plan()
        for deal in found:
            author = lookup.author(house, by, deal.responsible)
            if not deal.removed:
                plans.merge(made, removing.plan(tx, deal, author, now))
        tx.apply(made)
        return Removed(
            tuple(deal.id for deal, _ in made.deals_changed),
            tuple(deal.id for deal in found if deal.removed),
            tuple(run.public_id for run, _ in made.runs_changed),
            tuple(message.public_id for message, _ in made.deliveries_changed),
        )

    return job


def restore_deals(ids: Sequence[str], by: str | None = None) -> Job[Restored]:
    """Return a job that puts removed deals back where they stood, as one act; no rule starts.

    Raises ``UnknownThing``, and ``Refused`` where a deal's stage is gone.
    """

    def job(tx: Tx) -> Restored:
        house, now = tx.house(), tx.now()
        tx.hold(ids)
        found = lookup.deals(tx, ids, removed=True)
        made = Plan()
        for deal in found:
            author = lookup.author(house, by, deal.responsible)
            if deal.removed:
                plans.merge(made, removing.plan_back(house, deal, author, now))
        tx.apply(made)
        back = tuple(deal.id for deal, _ in made.deals_changed)
        return Restored(back, tuple(deal.id for deal in found if not deal.removed))

    return job
