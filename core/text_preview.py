"""A text as it would go out to the client of a real deal now: rendered by what sends it, and nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core import context, html_text, sms_text, templates
from core.model.deal import Deal
from core.model.house import House
from core.model.moment import Moment
from core.ports import Reader
from core.rules import sms, ways
from core.rules.base import CannotAct, Finding
from core.safe_text import header_text, wire_text
from core.sms_text import Measured
from core.views import Facts
from core.words import NO_WORDS, Words

SMS_KINDS: Final = frozenset({"sms", "invite"})
LINK: Final = "invite_link"
_LINK: Final = f"https://t.me/{'x' * 12}?start={'x' * 16}"
"""A link as long as one is, where no messenger is connected."""


@dataclass(frozen=True, slots=True)
class Writing:
    """Which text is written: of which kind of rule, which of its settings, and what the others are."""

    kind: str = ""
    key: str = ""
    html: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def extra(self) -> tuple[str, ...]:
        """The names that only this kind's texts have."""
        return (LINK,) if self.kind == "invite" else ()

    @property
    def sms(self) -> bool:
        """Whether it goes out as an SMS."""
        return self.kind in SMS_KINDS and self.key == "text"

    @property
    def line(self) -> bool:
        """Whether it is a single line, as subjects are."""
        return self.kind == "email" and self.key == "subject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a text comes to on one deal. ``html``: as a mail's reader sees it in a browser; ``trouble``: why it would
    not go out; ``empty``: the names without a value here."""

    text: str = ""
    html: str | None = None
    trouble: Words = NO_WORDS
    empty: tuple[str, ...] = ()
    measured: Measured | None = None


def check(writing: Writing, source: str, house: House) -> list[Finding]:
    """Find what is wrong with a text as it stands, as saving the rule would."""
    found = templates.check(source, house, writing.html and html_text.is_html(source), extra=writing.extra)
    return [*found, *(sms.too_long_findings(source) if writing.sms else ())]


def used(writing: Writing, source: str, house: House) -> tuple[str, ...]:
    """Return the names that a text uses and that there are."""
    return templates.known_among(templates.names(source), house, writing.extra)


def show(writing: Writing, source: str, facts: Facts) -> Shown:
    """Return what a text comes to on a deal."""
    names = _names(writing, facts)
    empty = templates.empty_among(used(writing, source, facts.house), names)
    try:
        if writing.sms:
            return _sms(writing, source, facts, names, empty)
        if writing.line:
            return Shown(text=header_text(templates.render(source, names)), empty=empty)
        if writing.html and html_text.is_html(source):
            html = wire_text(templates.render(source, names, html=True))
            return Shown(text=html_text.to_text(html), html=html, empty=empty)
        text = wire_text(templates.render(source, names))
        return Shown(text=text, html=html_text.to_html(text) if writing.html else None, empty=empty)
    except CannotAct as ending:
        return Shown(trouble=ending.detail, empty=empty)


def _names(writing: Writing, facts: Facts) -> context.Context:
    names = context.of(facts)
    return names.with_names(**{LINK: _link(facts.house, writing)}) if writing.extra else names


def _link(house: House, writing: Writing) -> str:
    from core.rules.invite import TOKEN_BYTES, link_of

    channels = [each for each in ways.TELEGRAM.among(house) if writing.settings.get("channel") in (None, "", each.id)]
    return link_of(channels[0], "x" * (TOKEN_BYTES * 4 // 3)) if channels else _LINK


def _sms(writing: Writing, source: str, facts: Facts, names: context.Context, empty: tuple[str, ...]) -> Shown:
    """Return an SMS, one over the limit too: it is shown whole, and why it would not go out."""
    text, trouble = wire_text(templates.render(source, names)), NO_WORDS
    try:
        provider = ways.SMS.pick(facts.house, writing.settings.get("provider") or None)
        if provider.settings.get("transliterate"):
            text = sms_text.transliterate(text)
        sms.fitting(text, provider)
    except CannotAct as ending:
        trouble = ending.detail
    return Shown(text=text, trouble=trouble, empty=empty, measured=sms_text.measure(text))


# Over many deals ------------------------------------------------------------------------------------------------------

STEP: Final = 25
"""Deals that are read at once: in between, the search can be given up."""
MOST: Final = 500
"""Deals of a stage that are looked through at most."""


@dataclass(frozen=True, slots=True)
class Empties:
    """On how many of the deals looked through a name is empty; ``of`` of them, ``more`` were left out."""

    counts: Mapping[str, int]
    of: int
    more: bool = False


def empties(
    names: Collection[str],
    deals: Sequence[str],
    read: Callable[[Callable[[Reader], list[Facts]]], list[Facts]],
    given_up: Callable[[], bool],
) -> Empties | None:
    """Count on which deals names are empty, in steps; None when it was given up in between. Meant for a thread.

    ``read`` is the store's: each step is a read of its own, so that nobody waits for the whole of it.
    """
    counts = dict.fromkeys(names, 0)
    looked = deals[:MOST]
    for start in range(0, len(looked), STEP):
        if given_up():
            return None
        ids = looked[start : start + STEP]
        for facts in read(lambda reader, ids=ids: facts_of(reader, ids)):  # type: ignore[misc]
            for name in templates.empty_among(names, context.of(facts)):
                counts[name] += 1
    return Empties({name: n for name, n in counts.items() if n}, len(looked), len(deals) > MOST)


def facts_of(reader: Reader, ids: Iterable[str], now: Moment | None = None) -> list[Facts]:
    """Return what is known of deals, those that are gone left out."""
    at = now if now is not None else reader.now()
    found: Mapping[str, Deal] = reader.deals_by_id(ids)
    return [reader.facts(found[id], at) for id in ids if id in found]
