"""What a rule would have done on the entries into its stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from core import fields
from core.backtesting.base import Backtest, Row, Say, first_line, taken_today
from core.engine import forecasting, judging, knowing, starting
from core.hindsight import as_of, placed
from core.i18n import N_
from core.model.deal import CauseKind, Deal, Entry
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.rule import Hours, Rule
from core.model.run import Run, RunStatus
from core.past_ports import FieldChange
from core.ports import Facts, Reader
from core.rules import catalogue
from core.timing import PREVIOUS
from core.trials import with_edited
from core.trying import attempt
from core.words import Words

_LEFT: Final = {
    "left_stage": Words(N_("the deal had left the stage by then")),
    "undone": Words(N_("the move was undone before")),
}


class RuleBacktest(Backtest[Entry]):
    """A rule, saved or as it is being edited, taken as switched on.

    The rules above count as they are now; of one that it waits for it is assumed that it ends at its moment. Entries of
    imports start no rules and are left out; of those that somebody made without rules nothing is known.
    """

    def __init__(self, rule: Rule, since: Moment, say: Say = Words.english) -> None:
        super().__init__(since, say)
        self.rule = replace(rule, enabled=True)
        self._acted: set[str] = set()

    def _page(self, reader: Reader, before: int | None, limit: int) -> Sequence[Entry]:
        return reader.latest_entries(before, limit)

    def _concerns(self, happened: Entry) -> bool:
        here = (happened.pipeline, happened.stage) == (self.rule.pipeline, self.rule.stage)
        return here and happened.cause.kind is not CauseKind.IMPORT

    def _judge(self, reader: Reader, part: Sequence[int]) -> None:
        entries = reader.entries_by_id(part)
        deals = reader.deals_by_id({entry.deal for entry in entries.values()})
        for entry in (entries[number] for number in part if number in entries):
            if entry.deal in deals:
                self.rows.append(self._row(reader, entry, deals[entry.deal]))

    def _row(self, reader: Reader, entry: Entry, today: Deal) -> Row:
        past = _Past(reader, entry, today)
        run = self._run(reader, past)
        return replace(self._outcome(reader, past, run), due=run.due_at)

    def _run(self, reader: Reader, past: _Past) -> Run:
        """Return the rule's run as it would have stood in the end: it follows its date and the responsible."""
        house, entry = reader.house(), past.entry
        stored = house.rules_by_stage.get((self.rule.pipeline, self.rule.stage), ())
        rules = [rule for rule in with_edited(stored, self.rule) if rule.enabled]
        index = next(place for place, rule in enumerate(rules) if rule.id == self.rule.id)
        grace = house.company.grace if entry.cause.kind is CauseKind.PERSON else 0

        def reckoned(now: Moment) -> Run:
            facts = starting.facts_of(house, past.deal(now), now)
            return forecasting.forecast(rules[: index + 1], facts, forecasting.Stay(entry.at, grace, now))[index]

        run = reckoned(entry.at)
        for change in past.during(rules[: index + 1]):
            if run.due_at is not None and run.due_at <= change.at:
                break
            moved = reckoned(change.at)
            run = moved if moved.moment == run.moment else replace(moved, created_at=change.at)
        return run

    def _outcome(self, reader: Reader, past: _Past, run: Run) -> Row:
        left = past.left
        if left is not None and (run.due_at is None or left < run.due_at):
            reason = "undone" if past.entry.undone_at is not None else "left_stage"
            return self._said(past, run, "cancelled", reason, _LEFT[reason])
        if run.due_at is None or run.due_at > reader.now():
            undated = run.status is RunStatus.NO_DATE
            words = Words(N_("{field} is empty"), {"field": self.rule.run.of or ""}) if undated else run.detail
            return self._said(past, run, run.status.value, run.reason, words)
        if late := judging.too_late(run, self.rule, run.due_at):
            return self._said(past, run, "skipped", "too_late", late)
        deal = past.deal(run.due_at)
        facts = knowing.facts_for(reader, self.rule, deal, run.due_at, past.entry)
        shown = attempt(self.rule, facts, ran_before=self._ran_before(reader, deal.id), say=self.say)
        if shown["would"] == "done":
            self._acted.add(deal.id)
        return self._shown(past, facts, shown)

    def _shown(self, past: _Past, facts: Facts, shown: Mapping[str, Any]) -> Row:
        kind = catalogue.kinds().get(self.rule.kind)
        uses = kind is not None and bool(kind.uses)
        return Row(
            deal=facts.deal.id,
            title=facts.deal.title,
            at=past.entry.at,
            would=shown["would"],
            reason=shown["reason"],
            detail=shown["detail"],
            to=shown["to"],
            text=first_line(shown["subject"]) or first_line(shown["text"]),
            today=taken_today([self.rule.when, dict(self.rule.settings)], facts, uses),
        )

    def _said(self, past: _Past, run: Run, would: str, reason: str | None, words: Words) -> Row:
        deal = past.deal(past.entry.at)
        detail = self.say(words) if words else None
        return Row(deal=deal.id, title=deal.title, at=past.entry.at, would=would, reason=reason, detail=detail)

    def _ran_before(self, reader: Reader, deal: str) -> bool:
        """Return whether a rule that acts once per deal has done so: in this backtest, or before it begins."""
        if not self.rule.once:
            return False
        before = (run for run in reader.runs_of(deal, self.rule.id) if run.created_at < self.since)
        return deal in self._acted or any(run.status in (RunStatus.DONE, RunStatus.SENDING) for run in before)


class _Past:
    """One stay and its deal, as they were while it lasted."""

    def __init__(self, reader: Reader, entry: Entry, today: Deal) -> None:
        self.entry = entry
        self._today = today
        self._house = reader.house()
        self._changes = reader.field_changes(today.id, entry.at)

    @property
    def left(self) -> Moment | None:
        """When the deal left the stage; None: it stands there."""
        ends = [each for each in (self.entry.ended_at, self.entry.undone_at) if each is not None]
        return min(ends, default=None)

    def deal(self, at: Moment) -> Deal:
        """Return the deal as it stood in this stay."""
        entry = self.entry
        then = as_of(self._today, self._changes, at)
        return replace(placed(then, self._house, entry.pipeline, entry.stage, entry.at), entry=entry.id)

    def during(self, rules: Sequence[Rule]) -> Sequence[FieldChange]:
        """Return the changes, oldest first, that shift when one of these rules acts, while the stay lasted."""
        watched = {fields.resolve(rule.run.of) for rule in rules if rule.run.of not in (None, PREVIOUS)}
        if any(rule.hours in (Hours.RESPONSIBLE, Hours.BOTH) for rule in rules):
            watched.add("deal.responsible")
        oldest_first = reversed(self._changes)
        return [
            each
            for each in oldest_first
            if fields.resolve(each.field) in watched and (self.left is None or each.at < self.left)
        ]
