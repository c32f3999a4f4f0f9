"""Bugs on purpose: each breaks one invariant, and the simulator must find it within a thousand seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from core.engine import (
    chaining,
    dispatching,
    entering,
    finishing,
    guarding,
    outcomes,
    running,
    starting,
)
from core.model.delivery import DeliveryStatus, Outcome, OutcomeKind
from core.model.moment import Moment
from core.model.run import RunStatus
from core.plan import Plan
from data.tx import SqlTx
from tests.simulator import planted_later as later

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
    good = finishing.finished

    def bad(*args: Any) -> Plan:
        plan = good(*args)
        plan.timeline += [t for t in plan.timeline if t.data.get("status") == "failed"]
        return plan

    patch.setattr(dispatching, "finished", bad)
    patch.setattr(finishing, "finished", bad)


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
    patch.setattr(
        guarding, "check", lambda deal, cause, moves, **more: good(deal, cause, moves) if moves > 30 else None
    )


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


PLANTED: Mapping[str, tuple[Patch, str]] = {
    "every entry has all its runs": (loses_a_run, "has runs"),
    "the deal's stage is that of its open entry": (wrong_stage, "its open entries are"),
    "one outcome a delivery": (two_outcomes, "the timeline says"),
    "what was accepted is told": (later.untold, "the timeline says"),
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
    "nothing owed is lost on a full disk": (later.never_settles, "does not drain"),
    "nothing is sent through a paused connection": (later.sends_while_paused, "which is paused"),
    "undo restores exactly": (later.revives_later, "undo did not restore"),
    "nothing is sent while its line rests": (later.sends_while_resting, "which rests"),
    "a line is probed with one message": (later.probes_at_once, "is probed with"),
    "one probe at a time": (later.probes_twice, "while a probe is under way"),
    "one message of a deal at a time": (later.two_at_once, "two messages of one deal on the wire"),
    "no more is sent than the rate allows": (later.knows_no_rate, "more than its rate"),
    "hours hold for every attempt": (later.judges_once, "outside the hours"),
    "late messages are judged again": (later.judges_once, "condition is false by now"),
    "one outside id acts once": (later.takes_receipts_twice, "acted twice"),
    "delivered is final": (later.takes_delivered_back, "went back to"),
    "early receipts are kept": (later.loses_early_receipts, "was reported"),
    "attempts are noted": (later.notes_no_attempts, "are noted"),
    "what the peer says stands": (later.believes_nobody, "was unknown, the log says"),
    "what a switched-off rule had promised is cancelled": (
        later.leaves_runs_of_rules_that_are_off,
        "is off, and still",
    ),
    "redo restores the place": (later.redoes_elsewhere, "redo did not restore D"),
    "a redo has a grace of its own": (later.redoes_at_once, "within the new grace"),
    "a redo brings back what was cancelled": (later.redoes_by_halves, "redo did not restore R"),
    "what was undone does not go out": (later.sends_what_was_undone, "although its move was undone"),
    "what may be out keeps its bytes": (later.forgets_what_died, "other bytes"),
    "what a person wants now he wants after an undo": (later.forgets_wishes, "is wanted now"),
    "what a person has stopped is not retried": (later.stops_by_halves, "a person has stopped it"),
    "a left stage is not retried": (later.retries_after_leaving, "a retry although"),
    "what follows is planned with the outcome": (later.forgets_what_follows, "never happened"),
    "what happens is recorded with it": (later.happens_without_a_trace, "its event is missing"),
}

LATELY: Mapping[str, int] = {
    "what was undone does not go out": 101,
    "what may be out keeps its bytes": 236,
    "what the peer says stands": 152,
    "only who has the lease sends": 75,
    "a fenced engine writes nothing": 142,
    "what is accepted is not sent again": 304,
    "nothing is sent while its line rests": 184,
    "a line is probed with one message": 184,
    "no more is sent than the rate allows": 82,
    "hours hold for every attempt": 177,
    "late messages are judged again": 235,
    "early receipts are kept": 80,
    "a redo has a grace of its own": 498,
    "what a person wants now he wants after an undo": 220,
    "what a person has stopped is not retried": 338,
    "nothing is sent after cancel": 91,
    "a link on the wire is an invitation": 199,
    "an account is never overdrawn": 75,
    "an engine that has ended sends nothing": 479,
    "a timer survives a crash": 129,
    "a wait is counted from where the trigger says": 17,
    "no timer is left over": 73,
    "an answer ends the wait": 73,
    "a client's words end no wait": 145,
    "a silence is told once": 161,
    "a slow answer is raised in time": 25,
    "each silence is told": 449,
    "what happens ends a silence": 17,
    "a trigger that comes later finds all deals": 17,
    "circles through fields end": 39,
    "long chains end": 111,
    "hold never twice": 42,
    "nothing owed is lost on a full disk": 82,
    "one probe at a time": 14,
    "what a switched-off rule had promised is cancelled": 47,
    "calls have time between them": 25,
    "rules write in the chat created last": 45,
    "who blocks us is noted": 13,
    "an invitation binds the chat to its deal": 45,
    "an engine that serves is woken in time": 18,
    "an engine that serves hears of others": 15,
    "files go to peers that take them": 51,
    "closed deals stay where they are": 96,
    "what is left open is matched": 15,
}
"""The first seed that lately found a bug, where that is no early one: tried before all others, it saves the search."""
