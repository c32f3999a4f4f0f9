"""What a drop would start, in words: the rules of a stage with their moments."""

from __future__ import annotations

from collections.abc import Sequence

from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.house import House
from core.model.pipeline import Pipeline
from core.model.rule import Rule, RunTime, When
from core.safe_text import safe_text
from core.words import fill
from tui.line import Part


def time_words(run: RunTime, house: House) -> str:
    """Say when a rule runs: now, after 2h, 1d before close date, at 12:00 on close date."""
    span, of = str(run.span or ""), run.of or ""
    field = _field_name(of, house)
    match run.when:
        case When.NOW:
            return _("now")
        case When.AFTER if not of:
            return fill(_("after {span}"), {"span": span})
        case When.AFTER if of == "previous":
            return fill(_("{span} after the rule above"), {"span": span})
        case When.AFTER:
            return fill(_("{span} after {field}"), {"span": span, "field": field})
        case When.BEFORE:
            return fill(_("{span} before {field}"), {"span": span, "field": field})
    clock = run.clock.strftime("%H:%M") if run.clock else ""
    return fill(_("at {clock} on {field}"), {"clock": clock, "field": field})


def _field_name(field: str, house: House) -> str:
    """Return what people call a field; one that is no more goes by its id."""
    from core import fields

    spec = fields.find(field, house) if field else None
    return safe_text(_(spec.name)) if spec else safe_text(field)


def rule_words(rule: Rule, house: House) -> str:
    """Name a rule with its icon, its moment, and a mark when it has a condition."""
    from core.rules import catalogue

    kind = catalogue.kinds().get(rule.kind)
    icon = f"{kind.icon} " if kind else ""
    condition = " " + _("if …") if rule.when else ""
    return f"{icon}{safe_text(rule.name)} {time_words(rule.run, house)}{condition}"


def acting(house: House, pipeline: str, stage: str) -> list[Rule]:
    """Return the rules that start when a deal enters a stage."""
    return [rule for rule in house.rules_by_stage.get((pipeline, stage), ()) if rule.enabled]


def drop_parts(house: House, pipeline: Pipeline, target: str, titles: Sequence[str], origins: set[str]) -> list[Part]:
    """Say in a line what dropping these deals on a stage would do."""
    stage = pipeline.stage(target)
    name = safe_text(stage.name if stage else target)
    count = len(titles)
    what = safe_text(titles[0]) if count == 1 else fill(ngettext("{n} deal", "{n} deals", count), {"n": count})
    parts = [Part(f" {what} → {name} ", "strong")]
    if origins == {target}:
        return [*parts, Part(_("only its place changes"), "dim")]
    rules = acting(house, pipeline.id, target)
    if not rules:
        return [*parts, Part(_("no rule acts there"), "dim")]
    for n, rule in enumerate(rules):
        parts.append(Part(("  · " if n else "  ") + rule_words(rule, house), "accent" if n == 0 else "plain", None, n))
    return [*parts, Part("   " + _("esc cancels"), "dim", None, 20)]
