"""The board as lines of text: a stage after the other, a card a line, every figure with its word, no columns to align.

A screen reader reads it from top to bottom, ``grep`` finds a card with all that belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Final

from core import filtering, formats, money, zones
from core.errors import BadInput
from core.filtering import Asked, Term
from core.i18n import N_, language, ngettext
from core.i18n import gettext as _
from core.model.house import House
from core.model.moment import DAY, HOUR, MINUTE, Moment, iso
from core.model.pipeline import Pipeline, Stage
from core.ports import Card, Reader
from core.words import Arg, fill

PAGE: Final = 500
"""Cards read by one statement."""
MOST: Final = 1_000_000
"""Deals that a filter prints."""
BURST: Final = 2_000
"""More changes than this at one time are found by reading everything again."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a board shows at a moment: the cards of each stage, top first, and how far the change feed was."""

    house: House
    pipeline: Pipeline
    words: str
    user: str | None
    at: Moment
    cursor: int
    stages: Mapping[str, Sequence[Card]]

    @property
    def cards(self) -> dict[str, Card]:
        """Every card by its deal's id, in reading order."""
        return {card.id: card for cards in self.stages.values() for card in cards}


def take(reader: Reader, pipeline_id: str, words: str, user: str | None = None) -> Snapshot:
    """Read a whole pipeline, or what of it a filter shows to a user (whom it calls ``me``).

    Raises ``BadInput`` for a filter that cannot be read.
    """
    house = reader.house()
    pipeline = house.pipelines[pipeline_id]
    cursor, now = reader.cursor(), reader.now()
    terms = _terms(Asked(house, pipeline_id, user, now, house.company.timezone), words)
    found = None if terms is None else _found(reader, pipeline_id, terms)
    stages = {stage.id: _column(reader, pipeline_id, stage.id, found) for stage in pipeline.stages}
    return Snapshot(house, pipeline, words, user, now, cursor, stages)


def _terms(asked: Asked, words: str) -> Sequence[Term] | None:
    """Return what the words mean; None for none. Nobody sees here what is left out, so that nothing is."""
    parsed = filtering.parse(words, asked)
    if parsed.problems:
        raise BadInput(N_("--search: {why}"), why=parsed.problems[0].words)
    return parsed.terms if words else None


def _found(reader: Reader, pipeline: str, terms: Sequence[Term]) -> Mapping[str, list[str]]:
    """Return the deals of each stage that a filter shows, top first."""
    found: dict[str, list[str]] = {}
    for deal in reader.find(pipeline, terms, MOST):
        found.setdefault(deal.stage, []).append(deal.id)
    return found


def again(reader: Reader, seen: Snapshot) -> Snapshot:
    """Return what the board shows now; the same snapshot where nothing has happened to deals or configuration."""
    cursor, rows = reader.changes_since(seen.cursor, BURST)
    deals = {row.id for row in rows if row.what in ("deal", "run")}
    config = any(row.what == "config" and row.id != "clock" for row in rows)
    if not deals and not config and len(rows) < BURST:
        return seen
    if config or seen.words or len(rows) >= BURST:
        return take(reader, seen.pipeline.id, seen.words, seen.user)
    found = [card for card in reader.cards_by_id(deals).values() if card.pipeline == seen.pipeline.id]
    stages = {stage: _replaced(cards, deals, stage, found) for stage, cards in seen.stages.items()}
    return replace(seen, at=reader.now(), cursor=cursor, stages=stages)


def _replaced(cards: Sequence[Card], deals: AbstractSet[str], stage: str, found: Sequence[Card]) -> Sequence[Card]:
    """Return a column with what has become of these deals."""
    kept = [card for card in cards if card.id not in deals]
    here = [card for card in found if card.stage == stage]
    return sorted([*kept, *here], key=lambda card: -card.rank) if here else kept


def _column(reader: Reader, pipeline: str, stage: str, found: Mapping[str, list[str]] | None) -> list[Card]:
    ids: Sequence[str] = reader.column_ids(pipeline, stage) if found is None else found.get(stage, ())
    cards: dict[str, Card] = {}
    for start in range(0, len(ids), PAGE):
        cards.update(reader.cards_by_id(ids[start : start + PAGE]))
    return [cards[deal] for deal in ids if deal in cards]


# As text --------------------------------------------------------------------------------------------------------------


def text(shown: Snapshot) -> Iterator[str]:
    """Yield the whole board."""
    yield f"{shown.pipeline.name}: {_tally(shown, [card for cards in shown.stages.values() for card in cards])}"
    if shown.words:
        yield fill(_("Only deals with “{words}”."), {"words": shown.words})
    for place, stage in enumerate(shown.pipeline.stages, start=1):
        cards = shown.stages[stage.id]
        yield ""
        where: dict[str, Arg] = {"n": place, "all": len(shown.pipeline.stages), "stage": stage.name}
        yield fill(_("Stage {n} of {all}, {stage}: {tally}"), {**where, "tally": _tally(shown, cards)})
        for number, card in enumerate(cards, start=1):
            yield f"{number}. {_card(shown, card)}"


def _tally(shown: Snapshot, cards: Sequence[Card]) -> str:
    if not cards:
        return _("no deals")
    count = fill(ngettext("{n} deal", "{n} deals", len(cards)), {"n": len(cards)})
    sums = [_money(amount, currency) for currency, amount in _sums(cards).items()]
    return ", ".join([count, *sums])


def _sums(cards: Sequence[Card]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for card in cards:
        if card.amount:
            sums[card.currency] = sums.get(card.currency, 0) + card.amount
    return dict(sorted(sums.items(), key=lambda pair: -pair[1]))


def _money(amount: int, currency: str) -> str:
    return formats.money(money.from_minor(amount, currency), currency, language())


def _card(shown: Snapshot, card: Card) -> str:
    parts = [
        card.title,
        "" if card.amount is None else _money(card.amount, card.currency),
        card.client,
        _person(shown.house, card.responsible),
        _age(shown.at - card.entered_at),
        _waiting(card) if card.waiting else "",
        _failed(card) if card.failed else "",
    ]
    return f"{'; '.join(part for part in parts if part)} ({card.id})"


def _person(house: House, user: str) -> str:
    found = house.users.get(user)
    return found.name if found and found.name else user


def _waiting(card: Card) -> str:
    return fill(ngettext("{n} run waits", "{n} runs wait", card.waiting), {"n": card.waiting})


def _failed(card: Card) -> str:
    return fill(ngettext("{n} run failed", "{n} runs failed", card.failed), {"n": card.failed})


def _age(millis: int) -> str:
    """Return how long a deal has been in its stage, in the greatest unit, rounded down."""
    n = millis // DAY
    if n:
        return fill(ngettext("{n} day in this stage", "{n} days in this stage", n), {"n": n})
    n = millis // HOUR
    if n:
        return fill(ngettext("{n} hour in this stage", "{n} hours in this stage", n), {"n": n})
    n = max(0, millis // MINUTE)
    return fill(ngettext("{n} minute in this stage", "{n} minutes in this stage", n), {"n": n})


# What changes ---------------------------------------------------------------------------------------------------------


def changes(before: Snapshot, now: Snapshot) -> Iterator[str]:
    """Yield a line for each thing that has changed, with the company's time; the whole board where its stages have."""
    if _shape(before) != _shape(now):
        yield from ("", *text(now))
        return
    time = zones.local(now.at, zones.zone(now.house.company.timezone)).strftime("%H:%M:%S")
    old, new = before.cards, now.cards
    for deal, card in new.items():
        for line in _told(before, now, old.get(deal), card):
            yield f"{time} {line}"
    for deal, card in old.items():
        if deal not in new:
            gone = fill(_("{deal}: not on this board any more"), {"deal": _name(card)})
            yield f"{time} {gone}"


def _shape(shown: Snapshot) -> list[tuple[str, str]]:
    return [("", shown.pipeline.name), *((stage.id, stage.name) for stage in shown.pipeline.stages)]


def _name(card: Card) -> str:
    return f"{card.title} ({card.id})"


def _told(before: Snapshot, now: Snapshot, old: Card | None, card: Card) -> Iterator[str]:
    """Yield what has happened to one card."""
    if old is None:
        values = {"stage": _stage(now, card.stage).name, "deal": _card(now, card)}
        yield fill(_("new in {stage}: {deal}"), values)
        return
    name = _name(card)
    if old.stage != card.stage:
        values = {"deal": name, "from": _stage(before, old.stage).name, "to": _stage(now, card.stage).name}
        yield fill(_("{deal}: moved from {from} to {to}"), values)
    if old.title != card.title:
        yield fill(_("{old}: now called {deal}"), {"old": old.title, "deal": name})
    if (old.amount, old.currency) != (card.amount, card.currency):
        amount = _("none") if card.amount is None else _money(card.amount, card.currency)
        yield fill(_("{deal}: amount now {amount}"), {"deal": name, "amount": amount})
    if old.client != card.client:
        yield fill(_("{deal}: client now {who}"), {"deal": name, "who": card.client or _("nobody")})
    if old.responsible != card.responsible:
        who = _person(now.house, card.responsible) or _("nobody")
        yield fill(_("{deal}: responsible now {who}"), {"deal": name, "who": who})
    if old.waiting != card.waiting:
        waiting = _waiting(card) if card.waiting else _("nothing waits")
        yield f"{name}: {waiting}"
    if card.failed != old.failed:
        failed = _failed(card) if card.failed else _("nothing failed")
        yield f"{name}: {failed}"


def _stage(shown: Snapshot, stage: str) -> Stage:
    found = shown.pipeline.stage(stage)
    assert found is not None, "cards are read stage by stage"
    return found


# For programs ---------------------------------------------------------------------------------------------------------


def document(shown: Snapshot) -> dict[str, Any]:
    """Return the board as JSON."""
    return {
        "pipeline": shown.pipeline.id,
        "name": shown.pipeline.name,
        "at": iso(shown.at),
        "search": shown.words or None,
        "stages": [_stage_json(stage, shown.stages[stage.id]) for stage in shown.pipeline.stages],
    }


def _stage_json(stage: Stage, cards: Sequence[Card]) -> dict[str, Any]:
    return {
        "id": stage.id,
        "name": stage.name,
        "kind": stage.kind.value,
        "count": len(cards),
        "sums": {currency: _exact(amount, currency) for currency, amount in _sums(cards).items()},
        "deals": [_card_json(card) for card in cards],
    }


def _card_json(card: Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "title": card.title,
        "client": card.client or None,
        "amount": None if card.amount is None else _exact(card.amount, card.currency),
        "currency": card.currency,
        "responsible": card.responsible or None,
        "entered_stage_at": iso(card.entered_at),
        "waiting": card.waiting,
        "failed": card.failed,
    }


def _exact(amount: int, currency: str) -> str:
    return money.text(money.from_minor(amount, currency), currency)
