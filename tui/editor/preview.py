"""When a rule runs, in words that a person checks against what was meant."""

from __future__ import annotations

from typing import Final

from core import fields
from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.house import House
from core.model.moment import Duration
from core.model.rule import Hours, Order, Rule, RunTime, When
from core.safe_text import safe_text
from core.words import fill

PREVIOUS: Final = "previous"


def span_words(span: Duration | None) -> str:
    """Say how long a span is: “2 hours”, “1 day”."""
    n, unit = (span.n, span.unit) if span else (0, "s")
    forms = {
        "s": ngettext("{n} second", "{n} seconds", n),
        "m": ngettext("{n} minute", "{n} minutes", n),
        "h": ngettext("{n} hour", "{n} hours", n),
        "d": ngettext("{n} day", "{n} days", n),
        "w": ngettext("{n} week", "{n} weeks", n),
    }
    return fill(forms[unit], {"n": n})


def moment_words(run: RunTime, house: House) -> str:
    """Say when a run time comes: “2 hours after the deal enters”."""
    field = _field(run.of, house)
    args = {"span": span_words(run.span), "field": field}
    match run.when:
        case When.NOW:
            return _("as soon as the deal enters")
        case When.AFTER if not run.of:
            return fill(_("{span} after the deal enters"), args)
        case When.AFTER if run.of == PREVIOUS:
            return fill(_("{span} after the rule above has ended"), args)
        case When.AFTER:
            return fill(_("{span} after “{field}”"), args)
        case When.BEFORE:
            return fill(_("{span} before “{field}”"), args)
    clock = run.clock.isoformat("seconds" if run.clock.second else "minutes") if run.clock else ""
    return fill(_("at {clock} on the day of “{field}”"), {"clock": clock, "field": field})


def _field(of: str | None, house: House) -> str:
    spec = fields.find(of, house) if of else None
    return safe_text(spec.label() if spec else of or "")


def timing_words(rule: Rule, house: House) -> str:
    """Say when a rule runs, in whose hours, and for whom it waits."""
    words = [moment_words(rule.run, house)]
    match rule.hours:
        case Hours.BUSINESS:
            words.append(_("in business hours"))
        case Hours.RESPONSIBLE:
            words.append(_("in the responsible's hours"))
        case Hours.BOTH:
            words.append(_("when both the company and the responsible are at work"))
    if rule.order is Order.WAIT and rule.run.of != PREVIOUS:
        words.append(_("when the rules above it have ended"))
    return ", ".join(words)
