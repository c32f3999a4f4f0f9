"""What a trigger would have done on the events that reached deals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.backtesting.base import Backtest, Row, Say, first_line, taken_today
from core.engine import expanding, matching
from core.hindsight import as_of, placed
from core.model.deal import Deal, Entry
from core.model.event import Candidate, Event, Reach, Verdict
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment, iso
from core.model.rule import Trigger
from core.ports import Reader
from core.triggers import catalogue
from core.triggers.base import Heard
from core.words import Words


class TriggerBacktest(Backtest[Event]):
    """A trigger, saved or as it is being edited, taken as switched on, among the triggers in force today.

    An event reaches the deals that it did reach, and a hit on a mail is judged as it was. A deal that the trigger would
    have moved is taken to stand in its target until it next moved really, so that it moves once where it would have.
    """

    def __init__(self, trigger: Trigger, since: Moment, say: Say = Words.english) -> None:
        super().__init__(since, say)
        self.trigger = replace(trigger, enabled=True)
        kind = catalogue.kinds().get(trigger.kind)
        self._listens = kind.listens if kind is not None else frozenset()
        self._house: House | None = None
        self._moved: dict[str, Moment] = {}

    def _page(self, reader: Reader, before: int | None, limit: int) -> Sequence[Event]:
        return reader.latest_events(before, limit)

    def _concerns(self, happened: Event) -> bool:
        return not self._listens.isdisjoint(happened.kinds)

    def _judge(self, reader: Reader, part: Sequence[int]) -> None:
        if self._house is None:
            today = reader.house()
            self._house = replace(today, triggers={**today.triggers, self.trigger.id: self.trigger})
        events, judged = reader.events_by_id(part), reader.judgements(part)
        for event in (events[number] for number in part if number in events):
            opinions = judged.get(event.id)
            known = expanding.understood(event, opinions[-1] if opinions else None)
            for reach in reader.reaches_of(event=event.id):
                row = self._row(reader, self._house, known, reach)
                self.rows += [row] if row is not None else []

    def _row(self, reader: Reader, house: House, event: Event, reach: Reach) -> Row | None:
        """Return what would have come of an event at a deal; None where the trigger was not asked."""
        today = reader.deal(reach.deal) if reach.deal is not None else None
        if today is None or reach.judged_at is None:
            return None
        at = reach.judged_at
        stay = _stay_at(reader.entries(today.id), reach, at)
        if stay is None or stay.pipeline != self.trigger.pipeline:
            return None
        then = as_of(today, reader.field_changes(today.id, at), at)
        moved = self._moved.get(today.id)
        stage = self.trigger.stage if moved is not None and stay.at <= moved else stay.stage
        deal = replace(placed(then, house, stay.pipeline, stage, stay.at), entry=stay.id)
        return self._asked(reader, house, _At(event, deal, at))

    def _asked(self, reader: Reader, house: House, here: _At) -> Row | None:
        event, deal = here.event, here.deal
        asked = matching.listeners(house, deal.pipeline, event.kinds)
        facts = replace(reader.facts(deal, here.at), house=house, event={**event.data, "at": iso(event.at)})
        delivery = reader.delivery(event.delivery) if event.delivery is not None else None
        decision = matching.decide(Heard(event=event, facts=facts, delivery=delivery), asked, lambda: 0)
        mine = next((each for each in decision.candidates if each.trigger == self.trigger.id), None)
        if mine is None:
            return None
        if mine.verdict is Verdict.APPLIED:
            self._moved[deal.id] = here.at
        asks: Mapping[str, Any] = {"when": self.trigger.when}
        return self._said(here, mine, taken_today(asks, facts, addressed=False))

    def _said(self, here: _At, mine: Candidate, today: tuple[str, ...]) -> Row:
        text = here.event.data.get("subject") or here.event.data.get("text") or here.event.data.get("link")
        return Row(
            deal=here.deal.id,
            title=here.deal.title,
            at=here.event.at,
            due=here.at,
            would=mine.verdict.value,
            reason=mine.reason,
            detail=self.say(mine.detail) or None,
            to=f"{self.trigger.pipeline}/{self.trigger.stage}",
            text=first_line(str(text)) if text else None,
            today=today,
            event=here.event.public_id,
        )


class _At:
    """An event at a deal as it stood when it was matched."""

    def __init__(self, event: Event, deal: Deal, at: Moment) -> None:
        self.event = event
        self.deal = deal
        self.at = at


def _stay_at(entries: Sequence[Entry], reach: Reach, at: Moment) -> Entry | None:
    """Return the stay in which an event found a deal: not the one that it began itself, nor one that was undone."""
    began = reach.entry if reach.applied is not None else None
    there = [
        each
        for each in entries
        if each.at <= at and (began is None or each.id < began) and (each.undone_at is None or each.undone_at > at)
    ]
    return there[-1] if there else None
