"""The rules of the deal's stage on its sheet: how each stands and why, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator

from core.conditions.verdict import Verdict
from core.i18n import gettext as _
from core.model.rule import Rule
from core.model.run import RunStatus
from core.safe_text import safe_text
from core.words import fill
from tui import rule_words
from tui.outbound_paint import Moments
from tui.panels import can, letters, run_words, values
from tui.panels.deal_sheet import DealView
from tui.panels.flow import Knob, Para
from tui.panels.run_words import Told
from tui.panels.sheet import Item, Section
from tui.panels.spots import FactSpot, RuleSpot, RunSpot

IN = 2


def items(view: DealView, moments: Moments, unfolded: frozenset[str]) -> list[Item]:
    """Return each run of the present stay, then the rules that have none."""
    found = [_run(view, told, moments, unfolded) for told in view.told]
    found += [_idle(rule) for rule in view.idle]
    if found:
        return found
    para = Para(((_("no rule acts here"), "muted"),))
    return [Item(key="rules-", section=Section.RULES, paras=(para,), spot=FactSpot())]


def _run(view: DealView, told: Told, moments: Moments, unfolded: frozenset[str]) -> Item:
    run, key = told.run, f"run:{told.run.public_id}"
    sign, tone = run_words.RUN_SIGNS[run.status]
    rule = view.house.rules.get(run.rule)
    name = rule.name if rule else told.rule.name or run.rule
    spot = RunSpot(run.public_id, name, told.row.id if told.row else None)
    head = Para(((f"{sign} ", tone), (safe_text(name), "plain")), 0, IN, _knobs(view, told, spot))
    loud = run.status in (RunStatus.FAILED, RunStatus.NO_DATE)
    said = safe_text(run_words.words(told, view.house, moments))
    state = Para(((said, tone if loud else "muted"),), IN, IN)
    more = tuple(_unfolded(view, told, moments)) if key in unfolded else ()
    return Item(key=key, section=Section.RULES, paras=(head, state, *more), spot=spot)


def _knobs(view: DealView, told: Told, spot: RunSpot) -> tuple[Knob, ...]:
    """Return what can be done with a run; what cannot be done now says why when it is pressed."""
    again = told.run.status.ended or told.row is not None
    now = Knob(_("try again") if again else _("run now"), "panel.now", can.why_not_now(view, spot) is None)
    stop = Knob(_("stop"), "panel.stop", can.why_not_stop(view, spot) is None)
    if can.why_not_resolve(view, spot) is None:
        return (Knob(_("what became of it…"), "panel.resolve"), stop)
    return (now, stop)


def _unfolded(view: DealView, told: Told, moments: Moments) -> Iterator[Para]:
    """Return what the run goes by: kind, time, hours, condition with the values compared, its message."""
    yield Para(((_plan(told.rule, view), "muted"),), IN, IN)
    manner = values.Manner(view.house, view.deal.currency, moments.zone, moments.today)
    compared = Verdict.load(told.run.condition)
    for each in compared:
        mark, tone = ("✓", "good") if each.holds else ("✗", "bad")
        yield Para(((f"{mark} ", tone), (safe_text(run_words.compared(each, manner)), "muted")), IN, IN + 2)
    if told.row is not None:
        yield from letters.unfolded(view, told.row, moments, IN)


def _plan(rule: Rule, view: DealView) -> str:
    """Say what a rule is: its kind, its time, its hours, and its condition."""
    from core.conditions.sentences import read_back
    from core.rules import catalogue

    kind = catalogue.kinds().get(rule.kind)
    parts = [_(kind.name) if kind else rule.kind, rule_words.time_words(rule.run, view.house)]
    if rule.hours in run_words.HOURS_NAMES:
        parts.append(_(run_words.HOURS_NAMES[rule.hours]))
    if rule.when is not None:
        parts.append(fill(_("if {condition}"), {"condition": read_back(rule.when, view.house)}))
    return safe_text(" · ".join(parts))


def _idle(rule: Rule) -> Item:
    why = _("it has not started here: the deal came before the rule, or by an import")
    said = why if rule.enabled else _("switched off")
    head = Para((("· ", "muted"), (safe_text(rule.name), "muted")), 0, IN)
    state = Para(((said, "muted"),), IN, IN)
    return Item(key=f"rule:{rule.id}", section=Section.RULES, paras=(head, state), spot=RuleSpot(rule.id))
