"""What the map shows of a rule or trigger, in words: cut to no width yet, drawn by nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from core import conditions
from core.automation_map import Doubt, Survey
from core.commands.arranging import Key, Thing, key_of
from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.house import House
from core.model.rule import Hours, Order, Rule, Trigger
from core.rule_ports import Counts
from core.rules import catalogue as rule_kinds
from core.safe_text import safe_text
from core.triggers import catalogue as trigger_kinds
from core.words import fill
from tui.rule_words import time_words

Tally = tuple[str, str]
"""A count in words, and the tone in which it is told."""


@dataclass(frozen=True, slots=True)
class Card:
    """A rule or trigger on the map: icon and name, when it acts, if what (empty: always), what has become of it, what
    is doubtful."""

    key: Key
    thing: Thing
    icon: str
    name: str
    when: str
    condition: str = ""
    tallies: tuple[Tally, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def is_rule(self) -> bool:
        """Whether it is a rule, not a trigger."""
        return isinstance(self.thing, Rule)

    @property
    def height(self) -> int:
        """The lines that it takes."""
        return 2 + bool(self.condition) + bool(self.tallies)

    @property
    def sign(self) -> tuple[str, str] | None:
        """The mark of what is doubtful about it, and its tone."""
        if any(doubt.circle for doubt in self.doubts):
            return "↻", "warn"
        if not self.doubts:
            return None
        return ("✗", "bad") if any(doubt.error for doubt in self.doubts) else ("!", "warn")


def card_of(thing: Thing, house: House, survey: Survey) -> Card:
    """Return the card of a thing."""
    key = key_of(thing)
    kinds = rule_kinds.kinds() if isinstance(thing, Rule) else trigger_kinds.kinds()
    kind = kinds.get(thing.kind)
    when = rule_line(thing, house) if isinstance(thing, Rule) else trigger_line(thing)
    return Card(
        key,
        thing,
        kind.icon if kind else "?",
        safe_text(_(thing.name) if kind and thing.name == kind.name else thing.name),
        when,
        condition(thing, house),
        tallies(survey.counts.get(thing.id)) if isinstance(thing, Rule) else (),
        survey.doubts.get(key, ()),
    )


def rule_line(rule: Rule, house: House) -> str:
    """Say in a line when a rule runs."""
    words = [time_words(rule.run, house)]
    if rule.order is Order.WAIT:
        words.append(_("after those above"))
    if rule.hours is not Hours.ANY:
        words.append(_("in working hours"))
    if rule.once:
        words.append(_("once"))
    return " · ".join(words)


def trigger_line(trigger: Trigger) -> str:
    """Say in a line what a trigger waits for."""
    return " · ".join([sentence(trigger), *([_("back too")] if trigger.back else [])])


def condition(thing: Thing, house: House) -> str:
    """Say in a line under which condition a thing acts; empty for always."""
    if thing.when is None:
        return ""
    return fill(_("if {condition}"), {"condition": safe_text(conditions.read_back(thing.when, house))})


def sentence(thing: Thing) -> str:
    """Say what a thing does, in its kind's own words; its kind's name where its settings cannot be read."""
    kinds = rule_kinds.kinds() if isinstance(thing, Rule) else trigger_kinds.kinds()
    kind = kinds.get(thing.kind)
    if kind is None:
        return safe_text(thing.kind)
    try:
        return safe_text(kind.sentence(kind.Settings.model_validate(dict(thing.settings))).local())
    except ValidationError:
        return _(kind.name)


def tallies(counts: Counts | None) -> tuple[Tally, ...]:
    """Say what has become of a rule's runs lately."""
    if counts is None:
        return ()
    told = (
        (counts.done, ngettext("{n} done", "{n} done", counts.done), "muted"),
        (counts.failed, ngettext("{n} failed", "{n} failed", counts.failed), "bad"),
        (counts.waiting, ngettext("{n} waits", "{n} wait", counts.waiting), "accent"),
    )
    return tuple((fill(words, {"n": n}), tone) for n, words, tone in told if n)


def explained(card: Card, related: Sequence[str]) -> list[tuple[str, str]]:
    """Return what is told below the map of the card under the cursor, each with its tone: first what it does, then
    what is doubtful, or what it can cause or be caused by."""
    first = sentence(card.thing)
    if card.is_rule:
        first = f"{first} · {card.when}"
    if card.condition:
        first = f"{first} · {card.condition}"
    lines = [(first if card.thing.enabled else f"{_('off')} · {first}", "plain")]
    if card.doubts:
        lines.append((safe_text(card.doubts[0].words.local()), card.sign[1] if card.sign else "warn"))
    elif related:
        words = _("can cause: {names}") if card.is_rule else _("can be caused by: {names}")
        lines.append((fill(words, {"names": ", ".join(related)}), "accent"))
    return lines
