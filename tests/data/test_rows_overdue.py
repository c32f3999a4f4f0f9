"""What is found overdue when an engine starts, and what skipping it leaves behind."""

from __future__ import annotations

import pytest

from core import commands
from core.model.delivery import DeliveryStatus
from core.model.frozen import replace
from core.model.moment import HOUR, SECOND, Moment
from core.model.run import Run, RunStatus, Waiting
from core.plan import Plan
from core.views import Overdue
from data.tx import SqlTx
from tests.data.rows_ground import NOON, Ground, a_deal, a_delivery, a_rule, a_run, create

EARLIER = Moment(NOON - HOUR)


@pytest.fixture
def revisions(ground: Ground) -> dict[str, int]:
    """A mail rule and a rule that moves, and their revisions."""
    tx = ground.tx()
    tx.put_rule(a_rule("mail"), "ana", NOON)
    tx.put_rule(a_rule("below", position=1), "ana", NOON)
    tx.put_rule(a_rule("move", kind="move", settings={"stage": "won"}), "ana", NOON)
    return {rule.id: rule.revision for rule in tx.house().rules.values()}


def overdue_run(revisions: dict[str, int], rule: str, deal: str = "D1", **more: object) -> Run:
    return a_run(deal, rule, revision=revisions[rule], **{"due_at": EARLIER, "moment": EARLIER, **more})


def states(tx: SqlTx, deal: str = "D1") -> dict[str, tuple[str, str | None]]:
    return {run.rule: (run.status.value, run.reason) for run in tx.runs_of(deal)}


def test_overdue_is_what_sends_something_and_should_have(ground: Ground, revisions: dict[str, int]) -> None:
    tx = ground.tx()
    assert tx.overdue(NOON) == Overdue(0, 0)
    create(tx, a_deal(), [overdue_run(revisions, "mail"), overdue_run(revisions, "move", position=1)])
    create(tx, a_deal("D2"), [overdue_run(revisions, "mail", "D2", due_at=NOON)])
    tx.apply(
        Plan(
            deliveries=[
                a_delivery(due_at=EARLIER),
                a_delivery(due_at=NOON),
                a_delivery(due_at=EARLIER, tried_at=EARLIER, attempts=1),
                a_delivery(due_at=EARLIER, worker="x"),
                a_delivery(due_at=EARLIER, status=DeliveryStatus.SENT),
                a_delivery(due_at=EARLIER, connection="sms1"),
            ]
        )
    )
    tx.pause_connection("sms1", "by_hand")
    assert tx.overdue(NOON) == Overdue(1, 1)
    assert tx.overdue(NOON).count == 2
    assert [run.deal for run in tx.overdue_runs(NOON, 10)] == ["D1"]
    assert [run.deal for run in tx.overdue_runs(Moment(NOON + 1), 10)] == ["D1", "D2"]
    assert [run.deal for run in tx.overdue_runs(Moment(NOON + 1), 1, 1)] == ["D2"]
    assert [message.due_at for message in tx.overdue_messages(NOON, 10)] == [EARLIER]
    assert tx.overdue_messages(NOON, 10, 1) == []


def test_skipping_ends_them_and_lets_go_on_what_waited(ground: Ground, revisions: dict[str, int]) -> None:
    tx = ground.tx()
    below = overdue_run(revisions, "below", position=1, waits=True, due_at=None, moment=EARLIER, reason=Waiting.RULE)
    create(tx, a_deal(), [overdue_run(revisions, "mail", holds=True), below])
    assert commands.skip_overdue(NOON)(tx) == 1
    assert states(tx) == {"mail": ("skipped", "too_late"), "below": ("waiting", Waiting.GRACE)}
    runs = {run.rule: run for run in tx.runs_of("D1")}
    assert runs["below"].due_at == NOON + 5 * SECOND  # the stay itself began at noon
    assert "2026-12-01T11:00:00Z" in runs["mail"].detail.english()
    assert [line.data["status"] for line in tx.timeline("D1") if line.kind.value == "run"] == ["skipped"]
    assert commands.skip_overdue(NOON)(tx) == 0


def test_skipping_cancels_messages_that_were_never_tried(ground: Ground, revisions: dict[str, int]) -> None:
    tx = ground.tx()
    sending = overdue_run(revisions, "mail", status=RunStatus.SENDING)
    deal = create(tx, a_deal(), [sending])
    (run,) = tx.runs(deal.entry or 0)
    message = a_delivery(run=run.id, entry=deal.entry, due_at=EARLIER)
    (first,) = tx.apply(Plan(deliveries=[message])).deliveries
    (retried,) = tx.apply(Plan(deliveries=[replace(message, tried_at=EARLIER, attempts=1, run=None)])).deliveries
    assert commands.skip_overdue(NOON)(tx) == 1
    cancelled, kept = tx.delivery(first), tx.delivery(retried)
    assert cancelled is not None
    assert kept is not None
    assert (cancelled.status, cancelled.reason) == (DeliveryStatus.CANCELLED, "too_late")
    assert cancelled.detail.english()
    assert kept.status is DeliveryStatus.QUEUED
    assert states(tx) == {"mail": ("cancelled", "too_late")}
    assert [line.data["status"] for line in tx.timeline("D1") if line.kind.value == "delivery"] == ["cancelled"]


def test_many_are_skipped_in_one_act(ground: Ground, revisions: dict[str, int]) -> None:
    tx = ground.tx()
    for number in range(230):
        create(tx, a_deal(f"D{number}"), [overdue_run(revisions, "mail", f"D{number}")])
    assert commands.skip_overdue(NOON)(tx) == 230
    assert tx.overdue(NOON).count == 0
