"""What a plan says is what is kept, on both databases."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.errors import StaleDeal
from core.model.deal import Cause, CauseKind, Link
from core.model.delivery import DeliveryStatus, Message
from core.model.moment import HOUR, Moment
from core.model.run import RunStatus
from core.model.timeline import TimelineKind, TimelineRow
from core.plan import NewEntry, Plan
from core.ports import DeliveryFilter
from core.words import Words
from tests.data.rows_ground import (
    NOON,
    Ground,
    a_deal,
    a_delivery,
    a_run,
    an_entry,
    create,
    kept,
    move,
)

WHY = Words("the deal left the stage")


def test_a_new_deal_stands_in_its_stage_with_its_stay_and_runs(ground: Ground) -> None:
    tx = ground.tx()
    wanted = a_deal(contacts=("maria", "joao"), company="acme", fields={"tracking": "BR1"}, flags=("loop",))
    deal = create(tx, wanted, [a_run(rule="b", position=1), a_run(rule="a")])
    assert deal == replace(wanted, entry=deal.entry)
    entry = tx.entry(deal.entry or 0)
    assert entry == an_entry(wanted, id=deal.entry)
    assert [(run.rule, run.entry) for run in tx.runs(deal.entry or 0)] == [("a", deal.entry), ("b", deal.entry)]


def test_a_move_ends_the_former_stay_and_marks_what_it_cancels(ground: Ground) -> None:
    tx = ground.tx()
    deal = create(tx, a_deal(), [a_run()])
    former = tx.entry(deal.entry or 0)
    assert former is not None
    run = tx.runs(former.id)[0]
    (sent,) = tx.apply(Plan(deliveries=[a_delivery(run=run.id, entry=former.id, attempts=1)])).deliveries
    delivery = tx.delivery(sent)
    assert delivery is not None
    stopped = replace(run, status=RunStatus.CANCELLED, was=run.status, reason="left_stage", detail=WHY, ended_at=NOON)
    unsent = replace(delivery, status=DeliveryStatus.CANCELLED, was=delivery.status, reason="left_stage")
    new = move(deal, "delivery", former, cancelled_runs=[(run, stopped)], cancelled_deliveries=[(delivery, unsent)])
    (entry,) = tx.apply(Plan(entered=[new])).entries

    moved = kept(tx, deal.id)
    assert (moved.stage, moved.entry, moved.version) == ("delivery", entry, 2)
    assert tx.entry(former.id) == replace(former, ended_at=Moment(NOON + HOUR))
    assert tx.cancelled_by(entry) == (
        [replace(stopped, cancelled_by=entry)],
        [replace(unsent, cancelled_by=entry)],
    )
    assert [stay.id for stay in tx.entries(deal.id)] == [former.id, entry]


def test_undo_reopens_the_former_stay(ground: Ground) -> None:
    tx = ground.tx()
    deal = create(tx, a_deal(), [a_run()])
    former = tx.entry(deal.entry or 0)
    assert former is not None
    run = tx.runs(former.id)[0]
    stopped = replace(run, status=RunStatus.CANCELLED, was=run.status)
    tx.apply(Plan(entered=[move(deal, "delivery", former, batch="b1", cancelled_runs=[(run, stopped)])]))
    assert tx.last_batch() == "b1"
    moved, (undone,) = kept(tx, deal.id), tx.batch("b1")
    revived = tx.cancelled_by(undone.id)[0][0]
    ended = tx.entry(former.id)
    assert ended is not None
    tx.apply(
        Plan(
            deals_changed=[(moved, replace(deal, version=moved.version + 1))],
            entries_changed=[
                (undone, replace(undone, undone_at=NOON, ended_at=NOON)),
                (ended, replace(ended, ended_at=None)),
            ],
            runs_changed=[(revived, replace(revived, status=RunStatus.WAITING, was=None, cancelled_by=None))],
        )
    )
    assert kept(tx, deal.id) == replace(deal, version=3)
    assert tx.runs(former.id) == [run]
    assert tx.last_batch() is None
    assert tx.totals("sales")["new"].count == 1


@pytest.mark.parametrize("face", [{}, {"title": "Another"}], ids=["moved", "edited"])
def test_a_deal_that_changed_meanwhile_is_stale(ground: Ground, face: dict[str, Any]) -> None:
    tx = ground.tx()
    deal = create(tx, a_deal())
    tx.apply(Plan(deals_changed=[(deal, replace(deal, version=2, rank=7))]))
    with pytest.raises(StaleDeal) as refusal:
        ground.tx().apply(Plan(deals_changed=[(deal, replace(deal, version=2, rank=8, **face))]))
    assert refusal.value.words.args == {"deal": "D1"}
    assert kept(tx, "D1").rank == 7


def test_a_deal_that_is_not_there_is_stale(ground: Ground) -> None:
    ghost = a_deal("ghost")
    with pytest.raises(StaleDeal):
        ground.tx().apply(Plan(deals_changed=[(ghost, replace(ghost, version=2))]))


def test_a_deal_has_one_open_stay_at_most(ground: Ground) -> None:
    tx = ground.tx()
    deal = create(tx, a_deal())
    with pytest.raises(Exception, match=r"(?i)unique"):
        tx.apply(Plan(entered=[move(deal, "delivery", None)]))


def test_a_rule_runs_once_per_stay(ground: Ground) -> None:
    with pytest.raises(Exception, match=r"(?i)unique"):
        create(ground.tx(), a_deal(), [a_run(rule="r1"), a_run(rule="r1", position=1)])


def test_a_run_that_somebody_was_quicker_with_is_left_alone(ground: Ground) -> None:
    tx = ground.tx()
    deal = create(tx, a_deal(), [a_run()])
    run = tx.runs(deal.entry or 0)[0]
    done = replace(run, status=RunStatus.DONE, ended_at=NOON)
    tx.apply(Plan(runs_changed=[(run, done)]))
    tx.apply(Plan(runs_changed=[(run, replace(run, status=RunStatus.CANCELLED))]))
    assert tx.run(run.id) == done


@pytest.mark.parametrize(
    "seen",
    [{"status": DeliveryStatus.SENDING}, {"worker": "another"}, {"worker": None}],
    ids=["status", "worker", "not leased"],
)
def test_a_delivery_that_is_no_longer_ours_is_left_alone(ground: Ground, seen: dict[str, Any]) -> None:
    tx = ground.tx()
    tx.apply(Plan(deliveries=[a_delivery(worker="me")]))
    before = tx.deliveries(_all())[0]
    tx.apply(Plan(deliveries_changed=[(replace(before, **seen), replace(before, status=DeliveryStatus.SENT))]))
    assert tx.deliveries(_all()) == [before]
    tx.apply(Plan(deliveries_changed=[(before, replace(before, status=DeliveryStatus.SENT, worker=None))]))
    assert tx.deliveries(_all())[0].status is DeliveryStatus.SENT


def test_history_tells_nothing_of_a_change_that_was_passed_over(ground: Ground) -> None:
    tx = ground.tx()
    deal = create(tx, a_deal(), [a_run(rule="r1"), a_run(rule="r2", position=1)])
    tx.apply(Plan(deliveries=[a_delivery(worker="me"), a_delivery(worker="me"), a_delivery(worker="me")]))
    rebooked, first, second = tx.deliveries(_all())
    one, two = tx.runs(deal.entry or 0)
    done = replace(one, status=RunStatus.DONE, ended_at=NOON)
    tx.apply(Plan(runs_changed=[(one, done)]))
    failed = [(d, replace(d, status=DeliveryStatus.FAILED, worker=None)) for d in (first, second)]
    stale = replace(first, worker="another")
    stopped = [(r, replace(r, status=RunStatus.CANCELLED, ended_at=NOON)) for r in (one, two)]
    rewritten = replace(failed[0][1], id=rebooked.id, message=replace(rebooked.message, to="new@x.example"))
    tx.apply(
        Plan(
            runs_changed=stopped,
            deliveries_changed=[(stale, failed[0][1]), failed[1], (replace(rebooked, worker="x"), rewritten)],
            timeline=[_told(run=run.public_id) for run, _ in stopped]
            + [_told(delivery=d.public_id) for d in (first, second, rebooked)]
            + [_told(), _told(run="R999")],
        )
    )
    told = [dict(entry.data) for entry in tx.timeline(deal.id) if entry.text.msg == "told"]
    assert told[::-1] == [{"run": two.public_id}, {"delivery": second.public_id}, {}, {"run": "R999"}]


def _told(**data: Any) -> TimelineRow:
    return TimelineRow(deal="D1", at=NOON, kind=TimelineKind.RUN, text=Words("told"), data=data)


def test_a_text_rendered_again_replaces_the_old_one(ground: Ground) -> None:
    tx = ground.tx()
    tx.apply(Plan(deliveries=[a_delivery()]))
    before = tx.deliveries(_all())[0]
    fresh = Message(
        channel=before.message.channel, to="new@x.example", text="again", subject=None, data={"html": "<b>"}
    )
    after = replace(before, message=fresh, attempts=1)
    tx.apply(Plan(deliveries_changed=[(before, after)]))
    assert tx.deliveries(_all()) == [after]


def test_a_queued_delivery_without_a_moment_can_go_at_once(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    tx.apply(Plan(deliveries=[a_delivery(due_at=None, at=NOON)]))
    assert len(tx.claim("mail", NOON, "me", 10)) == 1


def test_history_is_read_newest_first(ground: Ground) -> None:
    tx = ground.tx()
    words = Words("{old} → {new}", {"old": "New", "new": "{old}"})
    lines = [
        TimelineRow(deal="D1", at=NOON, kind=TimelineKind.CREATED),
        TimelineRow(deal="D1", at=NOON, kind=TimelineKind.MOVED, by="ana", text=words, data={"to": "delivery"}),
        TimelineRow(deal="D2", at=NOON, kind=TimelineKind.CREATED),
    ]
    tx.apply(Plan(timeline=lines))
    told = [(line.kind, line.by, line.text, line.data) for line in tx.timeline("D1")]
    assert told == [
        (TimelineKind.MOVED, "ana", words, {"to": "delivery"}),
        (TimelineKind.CREATED, "system", Words(""), {}),
    ]
    assert len(tx.timeline("D1", limit=1)) == 1


def test_automatic_moves_are_counted_undone_ones_too(ground: Ground) -> None:
    tx = ground.tx()
    deal = create(tx, a_deal())
    chain = (Link(CauseKind.RULE, "r1", "sales", "delivery"),)
    for hour, kind in enumerate((CauseKind.RULE, CauseKind.PERSON, CauseKind.TRIGGER), 1):
        entry = tx.entry(deal.entry or 0)
        new = move(deal, "delivery", entry, cause=Cause(kind, "r1", chain), at=Moment(NOON + hour * HOUR))
        tx.apply(Plan(entered=[new]))
        deal = kept(tx, "D1")
    assert tx.automatic_moves("D1", NOON) == 2
    assert tx.automatic_moves("D1", Moment(NOON + 2 * HOUR)) == 1
    last = tx.entry(deal.entry or 0)
    assert last is not None
    assert last.cause == Cause(CauseKind.TRIGGER, "r1", chain)


def test_new_ids_pass_over_those_that_are_taken(ground: Ground) -> None:
    tx = ground.tx()
    first = int(tx.new_deal_id()[1:])
    create(tx, a_deal(f"D{first + 1}"))
    assert tx.new_deal_id() == f"D{first + 2}"


def test_many_are_read_as_one_is(ground: Ground) -> None:
    tx = ground.tx()
    deals = [create(tx, a_deal(id_, contacts=contacts), [a_run(id_)]) for id_, contacts in _LINKED]
    entries = [deal.entry or 0 for deal in deals]
    assert tx.deals_by_id([*"CAB", "ghost"]) == {deal.id: deal for deal in deals}
    assert tx.entries_by_id(entries) == {entry: tx.entry(entry) for entry in entries}
    assert tx.runs_of_entries(entries) == {entry: tx.runs(entry) for entry in entries}
    assert tx.runs_by_id([run.id for run in tx.runs_of(deal="A")]).keys() == {tx.runs(entries[0])[0].id}


_LINKED = (("A", ("maria", "joao")), ("B", ()), ("C", ("joao",)))


def test_only_what_happened_before_counts_as_once(ground: Ground) -> None:
    tx = ground.tx()
    deal = create(tx, a_deal(), [a_run(rule="done"), a_run(rule="failed", position=1)])
    done, failed = tx.runs(deal.entry or 0)
    tx.apply(
        Plan(
            runs_changed=[
                (done, replace(done, status=RunStatus.DONE)),
                (failed, replace(failed, status=RunStatus.FAILED)),
            ]
        )
    )
    assert tx.ran_once("D1", "done")
    assert not tx.ran_once("D1", "failed")
    assert not tx.ran_once("D2", "done")


def test_several_new_deals_are_one_plan(ground: Ground) -> None:
    tx = ground.tx()
    new = [
        NewEntry(before=None, deal=deal, entry=an_entry(deal), runs=[a_run(deal.id)])
        for deal in (a_deal("A", amount=Decimal("1.50")), a_deal("B", currency="JPY", amount=Decimal(900)))
    ]
    applied = tx.apply(Plan(entered=new))
    assert applied.deals == ("A", "B")
    assert [kept(tx, deal).entry for deal in "AB"] == list(applied.entries)
    assert tx.totals("sales")["new"].sums == {"BRL": 150, "JPY": 900}


def _all() -> DeliveryFilter:
    return DeliveryFilter()
