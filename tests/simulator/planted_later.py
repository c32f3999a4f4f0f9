"""Bugs on purpose in the way out, in what a person does, and in what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.engine import (
    abandoning,
    acting,
    disabling,
    dispatching,
    entering,
    finishing,
    happening,
    lines,
    reaping,
    receiving,
    reconciling,
    rejudging,
    undoing,
)
from core.model.delivery import DeliveryStatus, Outcome, OutcomeKind
from core.model.moment import Moment
from core.plan import Plan
from data.reader_outbox import OutboxReader
from data.tx import SqlTx
from tests.simulator.hearing import SOURCE

Patch = Callable[[pytest.MonkeyPatch], None]


def never_settles(patch: pytest.MonkeyPatch) -> None:
    """What could not be written on a full disk is never written."""

    async def bad(self: Any) -> None:
        return

    patch.setattr(dispatching.Dispatcher, "settle", bad)


def sends_while_paused(patch: pytest.MonkeyPatch) -> None:
    """Neither what looks for due messages nor a claim looks whether a connection is paused."""
    claim = SqlTx.claim

    def bad(self: Any, connection: str, *args: Any) -> Any:
        paused = self.db.text("SELECT paused FROM connections WHERE id = ?", (connection,))[0]
        self.db.text("UPDATE connections SET paused = NULL WHERE id = ?", (connection,))
        claimed = claim(self, connection, *args)
        self.db.text("UPDATE connections SET paused = ? WHERE id = ?", (*paused, connection))
        return claimed

    def due(self: Any, now: Moment) -> list[str]:
        sql = "SELECT DISTINCT connection FROM deliveries WHERE status = 'queued' AND worker IS NULL AND due_at <= ?"
        return [connection for (connection,) in self.db.text(sql, (now,))]

    patch.setattr(SqlTx, "claim", bad)
    patch.setattr(OutboxReader, "due_connections", due)


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
    """A probe keeps nobody off the line, and every line is taken for one that has rested."""
    taken, line_of = lines.taken, SqlTx.line
    patch.setattr(lines, "taken", lambda line, *args: replace(taken(line, *args), open_until=None))

    def bad(self: Any, connection: str) -> Any:
        line = line_of(self, connection)
        return replace(line, opens=max(1, line.opens), open_until=None)

    patch.setattr(SqlTx, "line", bad)


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
    finished = finishing.finished

    def bad(*args: Any) -> Plan:
        plan = finished(*args)
        plan.attempts = [note for note in plan.attempts if note.outcome is not OutcomeKind.DEFERRED]
        return plan

    patch.setattr(dispatching, "finished", bad)
    patch.setattr(finishing, "finished", bad)


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
    record = SqlTx.record

    def bad(self: Any, event: Any) -> Any:
        reported = event.source == SOURCE or event.kind.startswith(("chat_", "invite_"))
        return record(self, event) if reported else None

    patch.setattr(SqlTx, "record", bad)
