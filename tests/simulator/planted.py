"""Bugs on purpose: each breaks one invariant, and the simulator must find it within a thousand seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from core.engine import (
    abandoning,
    acting,
    chaining,
    disabling,
    dispatching,
    entering,
    guarding,
    happening,
    lines,
    outcomes,
    reaping,
    receiving,
    reconciling,
    rejudging,
    running,
    starting,
    undoing,
)
from core.model.delivery import DeliveryStatus, Outcome, OutcomeKind
from core.model.moment import Moment
from core.model.run import RunStatus
from core.plan import Plan
from data.tx import SqlTx

Patch = Callable[[pytest.MonkeyPatch], None]


def loses_a_run(patch: pytest.MonkeyPatch) -> None:
    """An entry forgets its last rule."""
    good = starting.start

    def bad(rules: Sequence[Any], *args: Any) -> Any:
        return good(rules[:-1] if len(rules) > 2 else rules, *args)

    patch.setattr(starting, "start", bad)


def wrong_stage(patch: pytest.MonkeyPatch) -> None:
    """A move by a rule writes another stage into the deal than into its entry."""
    good = entering.plan

    def bad(*args: Any, **kwargs: Any) -> Plan:
        plan = good(*args, **kwargs)
        if plan.entered[0].entry.cause.automatic:
            plan.entered[0].deal = replace(plan.entered[0].deal, stage="a")
        return plan

    patch.setattr(entering, "plan", bad)


def two_outcomes(patch: pytest.MonkeyPatch) -> None:
    """A refused message gets two lines on the timeline."""
    good = dispatching.finished

    def bad(*args: Any) -> Plan:
        plan = good(*args)
        plan.timeline += [t for t in plan.timeline if t.data.get("status") == "failed"]
        return plan

    patch.setattr(dispatching, "finished", bad)


def sends_cancelled(patch: pytest.MonkeyPatch) -> None:
    """Leaving a stage cancels what an engine has already leased."""

    def bad(house: Any, delivery: Any, *, undo: bool) -> bool:
        return bool(delivery.status is DeliveryStatus.QUEUED)

    patch.setattr(entering, "_stoppable", bad)
    _unfenced(patch)


def _unfenced(patch: pytest.MonkeyPatch) -> None:
    """The cancelling write takes no notice of the lease."""
    good = SqlTx.apply

    def bad(self: Any, plan: Plan) -> Any:
        for entered in plan.entered:
            for before, _after in entered.cancelled_deliveries:
                if before.worker is not None:
                    self.release([before.id], before.worker)
            entered.cancelled_deliveries = [
                (replace(b, worker=None), replace(a, worker=None)) for b, a in entered.cancelled_deliveries
            ]
        return good(self, plan)

    patch.setattr(SqlTx, "apply", bad)


def holds_twice(patch: pytest.MonkeyPatch) -> None:
    """A message with an unknown outcome is sent again although its policy is *hold*."""
    good = outcomes.after

    def bad(delivery: Any, outcome: Outcome, now: Any, *more: Any) -> Any:
        if outcome.kind is OutcomeKind.UNKNOWN:
            outcome = replace(outcome, kind=OutcomeKind.DEFERRED)
        return good(delivery, outcome, now, *more)

    patch.setattr(outcomes, "after", bad)


def not_durable(patch: pytest.MonkeyPatch) -> None:
    """*Sending* is not made durable before a send."""

    async def bad(self: Any, group: Any) -> Any:
        return group

    patch.setattr(dispatching.Dispatcher, "_marked", bad)


def circles(patch: pytest.MonkeyPatch) -> None:
    """The loop guard lets everything through, up to a number that ends the seed."""
    patch.setattr(guarding, "check", lambda deal, cause, moves: good(deal, cause, moves) if moves > 30 else None)


good = guarding.check


def overtakes(patch: pytest.MonkeyPatch) -> None:
    """A delivery is given another place in its deal's queue than its run has."""
    make = running._delivery

    def bad(context: Any, effect: Any) -> Any:
        delivery = make(context, effect)
        return replace(delivery, due_at=Moment(delivery.at + 60_000) if delivery.position % 2 == 0 else delivery.at)

    patch.setattr(running, "_delivery", bad)


def never_drains(patch: pytest.MonkeyPatch) -> None:
    """Nobody tells the rules below that the one above has ended."""
    patch.setattr(chaining, "after", lambda *args: None)


def no_grace(patch: pytest.MonkeyPatch) -> None:
    """Runs start at once after a person's act."""
    start = starting.runs_for
    patch.setattr(starting, "runs_for", lambda house, deal, at, grace: start(house, deal, at, 0))


def wrong_totals(patch: pytest.MonkeyPatch) -> None:
    """An automatic move does not tell the store where the deal stood."""
    plan_of = entering.plan

    def bad(house: Any, deal: Any, *args: Any, **kwargs: Any) -> Plan:
        plan = plan_of(house, deal, *args, **kwargs)
        entered = plan.entered[0]
        if entered.entry.cause.automatic and entered.before is not None:
            entered.before = replace(entered.before, stage=entered.deal.stage)
        return plan

    patch.setattr(entering, "plan", bad)


def done_too_soon(patch: pytest.MonkeyPatch) -> None:
    """A run counts as done although its message was refused."""
    patch.setitem(outcomes._RUN_ENDS, DeliveryStatus.FAILED, RunStatus.DONE)


def other_bytes(patch: pytest.MonkeyPatch) -> None:
    """Every attempt writes its own date into the message."""
    send = dispatching.Dispatcher._send
    count = [0]

    async def bad(self: Any, lane: Any, delivery: Any, house_id: str) -> Outcome:
        count[0] += 1
        message = replace(delivery.message, data={**delivery.message.data, "date": count[0]})
        return await send(self, lane, replace(delivery, message=message), house_id)

    patch.setattr(dispatching.Dispatcher, "_send", bad)


def writes_what_it_lost(patch: pytest.MonkeyPatch) -> None:
    """An engine that has slept past its lease ends messages that another has taken over."""
    patch.setattr(SqlTx, "leased", lambda self, ids, worker: set(ids))


def robs_the_living(patch: pytest.MonkeyPatch) -> None:
    """An engine that starts takes over the leases of a living one."""
    reap = SqlTx.reap
    patch.setattr(SqlTx, "reap", lambda self, worker_alive: reap(self, lambda worker: False))


def forgets_what_it_owes(patch: pytest.MonkeyPatch) -> None:
    """What could not be written on a full disk is given back as if it had not been tried."""
    settle = dispatching.Dispatcher.settle

    async def bad(self: Any) -> None:
        self._untried += [delivery for _, _, results in self._owed for delivery, _ in results]
        self._owed.clear()
        await settle(self)

    patch.setattr(dispatching.Dispatcher, "settle", bad)


def never_settles(patch: pytest.MonkeyPatch) -> None:
    """What could not be written on a full disk is never written."""

    async def bad(self: Any) -> None:
        return

    patch.setattr(dispatching.Dispatcher, "settle", bad)


def sends_while_paused(patch: pytest.MonkeyPatch) -> None:
    """A claim does not look whether its connection is paused."""
    claim = SqlTx.claim

    def bad(self: Any, connection: str, *args: Any) -> Any:
        paused = self.db.text("SELECT paused FROM connections WHERE id = ?", (connection,))[0]
        self.db.text("UPDATE connections SET paused = NULL WHERE id = ?", (connection,))
        claimed = claim(self, connection, *args)
        self.db.text("UPDATE connections SET paused = ? WHERE id = ?", (*paused, connection))
        return claimed

    patch.setattr(SqlTx, "claim", bad)


def revives_later(patch: pytest.MonkeyPatch) -> None:
    """Undo gives back a run with another moment than it had."""
    revive = undoing.revive_run

    def bad(*args: Any) -> Any:
        run = revive(*args)
        return replace(run, due_at=Moment(run.due_at + 1)) if run.due_at is not None else run

    patch.setattr(undoing, "revive_run", bad)


def retries_after_leaving(patch: pytest.MonkeyPatch) -> None:
    """Leaving a stage does not stop what is tried again."""
    patch.setattr(entering, "_stoppable", lambda *args, **kwargs: False)
    patch.setattr(entering, "_waiting", lambda *args: False)
    patch.setattr(abandoning, "stopped", lambda *args: None)


def sends_while_resting(patch: pytest.MonkeyPatch) -> None:
    """The rest of a line, which it takes early, is not written down."""
    patch.setattr(lines, "FAILURES", 2)
    put = SqlTx.put_line
    patch.setattr(SqlTx, "put_line", lambda self, line: put(self, replace(line, open_until=None)))


def probes_at_once(patch: pytest.MonkeyPatch) -> None:
    """A line that has rested, which it does early, takes as many messages as ever."""
    patch.setattr(lines, "FAILURES", 2)
    room = lines.room
    patch.setattr(lines, "room", lambda line, *args: room(replace(line, opens=0), *args))


def probes_twice(patch: pytest.MonkeyPatch) -> None:
    """A probe keeps nobody off the line, which rests early."""
    patch.setattr(lines, "FAILURES", 1)
    taken = lines.taken
    patch.setattr(lines, "taken", lambda line, *args: replace(taken(line, *args), open_until=line.open_until))


def two_at_once(patch: pytest.MonkeyPatch) -> None:
    """A claim does not look whether another message of the deal is on its way."""
    claim = SqlTx.claim

    def bad(self: Any, *args: Any) -> Any:
        self.db.text("UPDATE deliveries SET status = 'x' || status WHERE worker IS NOT NULL")
        claimed = claim(self, *args)
        self.db.text("UPDATE deliveries SET status = substr(status, 2) WHERE status LIKE 'x%'")
        return claimed

    patch.setattr(SqlTx, "claim", bad)


def knows_no_rate(patch: pytest.MonkeyPatch) -> None:
    """What has gone out does not count for the rate."""
    patch.setattr(lines, "taken", lambda line, *args: line)


def judges_once(patch: pytest.MonkeyPatch) -> None:
    """A message that comes late goes out as if nothing had changed."""
    patch.setattr(rejudging, "again", lambda tx, claimed, *args: claimed)


def takes_receipts_twice(patch: pytest.MonkeyPatch) -> None:
    """A receipt that is known already is taken for a new one."""
    add = SqlTx.add_receipt

    def bad(self: Any, receipt: Any) -> bool:
        add(self, receipt)
        return True

    patch.setattr(SqlTx, "add_receipt", bad)


def takes_delivered_back(patch: pytest.MonkeyPatch) -> None:
    """A later receipt makes a delivered message undelivered."""
    patch.setitem(receiving._ADVANCES, DeliveryStatus.DELIVERED, frozenset({DeliveryStatus.UNDELIVERED}))


def loses_early_receipts(patch: pytest.MonkeyPatch) -> None:
    """A receipt that was quicker than the sending's own end is never looked at again."""
    patch.setattr(receiving, "catch_up", lambda *args: None)


def notes_no_attempts(patch: pytest.MonkeyPatch) -> None:
    """An attempt that was deferred is not noted."""
    finished = dispatching.finished

    def bad(*args: Any) -> Plan:
        plan = finished(*args)
        plan.attempts = [note for note in plan.attempts if note.outcome is not OutcomeKind.DEFERRED]
        return plan

    patch.setattr(dispatching, "finished", bad)


def believes_nobody(patch: pytest.MonkeyPatch) -> None:
    """What a peer says that it has not taken is called sent."""
    told = reconciling._told

    def bad(delivery: Any, outcome: Outcome, now: Any) -> Any:
        return told(delivery, replace(outcome, kind=OutcomeKind.ACCEPTED), now)

    patch.setattr(reconciling, "_told", bad)


def leaves_runs_of_rules_that_are_off(patch: pytest.MonkeyPatch) -> None:
    """Switching a rule off lets go on what was promised."""
    patch.setattr(disabling, "cancel_waiting", lambda *args: 0)


def redoes_at_once(patch: pytest.MonkeyPatch) -> None:
    """A redo brings back what was cancelled without a new grace."""
    good = undoing.plan_redo

    def bad(house: Any, *args: Any) -> Plan:
        return good(replace(house, company=replace(house.company, grace=0)), *args)

    patch.setattr(undoing, "plan_redo", bad)


def redoes_by_halves(patch: pytest.MonkeyPatch) -> None:
    """A redo forgets what its undo had cancelled."""
    patch.setattr(undoing, "cancelled_by_undo", lambda things: [])


def redoes_elsewhere(patch: pytest.MonkeyPatch) -> None:
    """A redo puts the deal at another place in its column than it had."""
    plan_redo = undoing.plan_redo

    def bad(*args: Any) -> Plan:
        plan = plan_redo(*args)
        plan.deals_changed = [(before, replace(after, rank=after.rank + 1)) for before, after in plan.deals_changed]
        return plan

    patch.setattr(undoing, "plan_redo", bad)


def sends_what_was_undone(patch: pytest.MonkeyPatch) -> None:
    """What an engine had in hand when it died goes out although its move was undone meanwhile."""
    patch.setattr(abandoning, "stop_given_back", lambda *args, **kwargs: None)


def forgets_what_died(patch: pytest.MonkeyPatch) -> None:
    """What an engine may have sent before it died is written anew when it comes late."""
    patch.setattr(reaping, "_given_back", lambda tx, leased, now: abandoning.stop_given_back(tx, leased, now))


def forgets_wishes(patch: pytest.MonkeyPatch) -> None:
    """What is brought back waits as if nobody had wanted it now."""
    revive = undoing.revive_run
    patch.setattr(undoing, "revive_run", lambda run, *args: revive(replace(run, was_reason=None), *args))


def stops_by_halves(patch: pytest.MonkeyPatch) -> None:
    """What was on the wire when a person stopped it is tried again."""
    patch.setattr(acting, "last_attempt", lambda run: run)


def untold(patch: pytest.MonkeyPatch) -> None:
    """Messages that were accepted leave no line of history."""
    good = SqlTx._accept

    def bad(self: Any, accepted: Any) -> Any:
        held = good(self, accepted)
        self.db.text("DELETE FROM timeline WHERE delivery IS NOT NULL")
        return held

    patch.setattr(SqlTx, "_accept", bad)


def forgets_what_follows(patch: pytest.MonkeyPatch) -> None:
    """What simulated peers will do is not written down with the outcome."""
    patch.setattr(happening, "foreseen", lambda results: [])


def happens_without_a_trace(patch: pytest.MonkeyPatch) -> None:
    """What a peer does is gone from the plan, and no event tells of it."""
    patch.setattr(SqlTx, "record", lambda self, event: None)


PLANTED: Mapping[str, tuple[Patch, str]] = {
    "every entry has all its runs": (loses_a_run, "has runs"),
    "the deal's stage is that of its open entry": (wrong_stage, "its open entries are"),
    "one outcome a delivery": (two_outcomes, "the timeline says"),
    "what was accepted is told": (untold, "the timeline says"),
    "nothing is sent after cancel": (sends_cancelled, "sent after it was cancelled"),
    "hold never twice": (holds_twice, "went out twice"),
    "sending is durable before a hold is sent": (not_durable, "before “sending” was durable"),
    "chains end": (circles, "its chain circles"),
    "order within a deal": (overtakes, "overtook"),
    "the queue drains": (never_drains, "does not drain"),
    "grace": (no_grace, "within the grace"),
    "totals": (wrong_totals, "totals say"),
    "a run ends as its message did": (done_too_soon, "is done, its message is"),
    "retries send the same bytes": (other_bytes, "other bytes"),
    "a fenced engine writes nothing": (writes_what_it_lost, "was fenced off"),
    "only who has the lease sends": (robs_the_living, "has it"),
    "what is accepted is not sent again": (forgets_what_it_owes, "although it was accepted"),
    "nothing owed is lost on a full disk": (never_settles, "does not drain"),
    "nothing is sent through a paused connection": (sends_while_paused, "which is paused"),
    "undo restores exactly": (revives_later, "undo did not restore"),
    "nothing is sent while its line rests": (sends_while_resting, "which rests"),
    "a line is probed with one message": (probes_at_once, "is probed with"),
    "one probe at a time": (probes_twice, "while a probe is under way"),
    "one message of a deal at a time": (two_at_once, "two messages of one deal on the wire"),
    "no more is sent than the rate allows": (knows_no_rate, "more than its rate"),
    "hours hold for every attempt": (judges_once, "outside the hours"),
    "late messages are judged again": (judges_once, "condition is false by now"),
    "one outside id acts once": (takes_receipts_twice, "acted twice"),
    "delivered is final": (takes_delivered_back, "went back to"),
    "early receipts are kept": (loses_early_receipts, "was reported"),
    "attempts are noted": (notes_no_attempts, "are noted"),
    "what the peer says stands": (believes_nobody, "was unknown, the log says"),
    "what a switched-off rule had promised is cancelled": (leaves_runs_of_rules_that_are_off, "is off, and still"),
    "redo restores the place": (redoes_elsewhere, "redo did not restore D"),
    "a redo has a grace of its own": (redoes_at_once, "within the new grace"),
    "a redo brings back what was cancelled": (redoes_by_halves, "redo did not restore R"),
    "what was undone does not go out": (sends_what_was_undone, "although its move was undone"),
    "what may be out keeps its bytes": (forgets_what_died, "other bytes"),
    "what a person wants now he wants after an undo": (forgets_wishes, "is wanted now"),
    "what a person has stopped is not retried": (stops_by_halves, "a person has stopped it"),
    "a left stage is not retried": (retries_after_leaving, "a retry although"),
    "what follows is planned with the outcome": (forgets_what_follows, "never happened"),
    "what happens is recorded with it": (happens_without_a_trace, "its event is missing"),
}
