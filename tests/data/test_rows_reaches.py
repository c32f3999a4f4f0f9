"""Events at deals as rows, on both databases: what is taken up once, what waits, what is matched in batches."""

from __future__ import annotations

from random import Random

import pytest

from core.engine import listening, running
from core.model.event import Candidate, Event, Reach, Verdict
from core.model.frozen import replace
from core.model.moment import HOUR, Moment
from core.model.rule import Trigger
from core.words import Words
from data.tx import SqlTx
from tests.data.rows_ground import NOON, Ground, a_deal, a_rule, a_run, create, kept

LATER = Moment(NOON + HOUR)
CALLED = Event(kind="webhook", source="s", outside_id="1", at=NOON, deal="D1", data={"code": "a"})
HOOK = Trigger(id="t", pipeline="sales", stage="delivery", kind="webhook", name="T", settings={"code": "a"})


def calls(tx: SqlTx, count: int, **more: object) -> list[int]:
    made = [tx.record(replace(CALLED, outside_id=f"{n}", **more)) for n in range(count)]
    return [number for number in made if number is not None]


def test_an_event_is_due_once_and_not_before_its_time(ground: Ground) -> None:
    tx = ground.tx()
    first, second = calls(tx, 2)
    late = tx.record(replace(CALLED, outside_id="late", due_at=LATER))
    assert tx.next_due() == Moment(0)
    assert tx.next_due(after=NOON) == LATER
    assert tx.something_heard(NOON)
    assert [event.id for event in tx.due_events(NOON, 1)] == [first]
    assert [event.id for event in tx.due_events(LATER, 9)] == [first, second, late]
    tx.heard([first, second], NOON)
    assert tx.due_events(NOON, 9) == []
    assert not tx.something_heard(NOON)
    assert [event.id for event in tx.unheard("D1")] == [late]
    assert tx.unheard(event=first) == []
    assert tx.next_due() == LATER


def test_what_an_event_came_to_is_kept_once_and_read_back(ground: Ground) -> None:
    tx = ground.tx()
    told = Words("“{trigger}” leads", {"trigger": "Olá"})
    judged = Reach(
        id=0,
        event=7,
        deal="D1",
        applied="t",
        entry=3,
        candidates=(Candidate("t", "won", Verdict.APPLIED), Candidate("u", "won", Verdict.REJECTED, "disabled", told)),
        judged_at=NOON,
    )
    tx.add_reaches([judged, replace(judged, applied=None), replace(judged, deal="D2", judged_at=None)])
    first, second = tx.reaches_of()
    assert replace(first, id=0) == judged
    assert tx.reaches_of(deal="D2") == [second] == list(tx.open_reaches(9))
    assert tx.awaits_matching("D2", NOON) and not tx.awaits_matching("D1", NOON)
    assert tx.next_due() == Moment(0)
    assert tx.next_due(after=NOON) is None
    tx.put_reach(replace(second, judged_at=LATER))
    assert tx.open_reaches(9) == []
    assert tx.reaches_of(event=7, limit=1) == [replace(second, judged_at=LATER)]


def test_a_deal_with_an_open_event_has_no_run_taken_up(ground: Ground) -> None:
    tx = ground.tx()
    tx.put_rule(a_rule("r1"), "ana", NOON)
    create(tx, a_deal(), [a_run()])
    assert len(tx.due_runs(NOON, 9)) == 1
    (number,) = calls(tx, 1)
    assert tx.due_runs(NOON, 9) == []
    assert running.run_due(Random(0))(tx) == 0
    tx.heard([number], NOON)
    tx.add_reaches([Reach(id=0, event=number, deal="D1")])
    assert tx.due_runs(NOON, 9) == []
    assert listening.match()(tx) == 1
    assert len(tx.due_runs(NOON, 9)) == 1


def test_an_event_moves_the_deal_and_starts_the_stage_in_one_transaction(ground: Ground) -> None:
    tx = ground.tx()
    tx.put_rule(a_rule("r1"), "ana", NOON)
    tx.put_trigger(HOOK)
    create(tx, a_deal())
    calls(tx, 2)
    tx = ground.tx()
    assert listening.expand()(tx) == 2
    deal = kept(tx, "D1")
    entry = tx.entry(deal.entry or 0)
    assert (deal.stage, entry and entry.cause.id) == ("delivery", "t")
    assert [run.rule for run in tx.runs(deal.entry or 0)] == ["r1"]
    assert [(r.applied, [c.reason for c in r.candidates]) for r in tx.reaches_of("D1")] == [
        ("t", [None]),
        (None, ["same_stage"]),
    ]
    assert tx.facts(deal, NOON).event == {"code": "a", "at": "2026-12-01T12:00:00Z"}
    found = tx.event_of_entry(deal.entry or 0)
    assert found is not None and found.outside_id == "0"
    assert listening.expand()(tx) == 0 == listening.match()(tx)


def test_an_event_that_reaches_very_many_deals_is_matched_in_batches(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "MANY", 2)
    tx = ground.tx()
    tx.put_trigger(replace(HOOK, kind="email_received", settings={}))
    for number in range(5):
        create(tx, a_deal(f"D{number}"))
    mail = {"from": "maria@cliente.example", "subject": "Oi", "text": "x"}
    tx.record(Event(kind="email_received", source="s", outside_id="1", at=NOON, data=mail))
    tx = ground.tx()
    assert listening.expand()(tx) == 1
    assert {kept(tx, f"D{n}").stage for n in range(5)} == {"new"}
    assert [listening.match(limit=2)(tx) for _ in range(4)] == [2, 2, 1, 0]
    assert {kept(tx, f"D{n}").stage for n in range(5)} == {"delivery"}
    assert all(line.kind != "received" or line.by == "client" for line in tx.timeline("D0"))


def test_activity_goes_forward_only_and_is_no_change_of_the_deal(ground: Ground) -> None:
    tx = ground.tx()
    before = create(tx, a_deal())
    tx.touch(["D1"], LATER)
    tx.touch(["D1"], NOON)
    assert kept(tx, "D1") == replace(before, active_at=LATER)
