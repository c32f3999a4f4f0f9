"""What triggers made of an event at the deal: which moved it, and of each other one why it did not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from core.i18n import N_
from core.i18n import gettext as _
from core.model.event import Candidate, Reach, Verdict
from core.safe_text import safe_text
from core.words import fill
from tui import reasons
from tui.panels.deal_sheet import DealView, spoken
from tui.panels.flow import Para

_WHY: Final[Mapping[str, str]] = {
    "disabled": N_("it is off"),
    "deal_closed": N_("the deal is closed"),
    "machine_event": N_("a machine did it"),
    "not_listening": N_("its settings do not match"),
    "same_stage": N_("the deal is in that stage"),
    "not_later": N_("that stage comes before the deal's, and moving back is not allowed"),
    "condition_false": N_("its condition did not hold"),
    "loop_guard": N_("the deal went in circles"),
    "earlier_target_won": N_("another trigger came first"),
}


def verdicts(view: DealView, event: str, indent: int) -> Iterator[Para]:
    """Return the verdict on each trigger that an event was for; says so where there was none, or none yet."""
    reach = view.reaches.get(event)
    if reach is None or reach.judged_at is None:
        return
    if not reach.candidates:
        yield Para(((_("No trigger of this pipeline waits for it."), "muted"),), indent, indent)
    for each in reach.candidates:
        yield _verdict(view, reach, each, indent)


def _verdict(view: DealView, reach: Reach, each: Candidate, indent: int) -> Para:
    trigger = view.house.triggers.get(each.trigger)
    name = safe_text(trigger.name if trigger and trigger.name else each.trigger)
    stage = view.house.stage(trigger.pipeline, each.target) if trigger else None
    target = safe_text(stage.name if stage else each.target)
    if each.verdict is Verdict.APPLIED:
        words, tone = fill(_("moved the deal to “{stage}”"), {"stage": target}), "good"
    else:
        known = _WHY.get(each.reason or "")
        why = _(known) if known else reasons.words(each.reason)
        detail = spoken(each.detail)
        words, tone = f"{why}: {detail}" if detail else why, "muted"
    return Para((("⚡ ", tone), (f"{name} → {target}: ", "plain"), (words, tone)), indent, indent + 2)
