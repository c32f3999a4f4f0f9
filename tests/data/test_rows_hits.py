"""Opinions on hits as rows: added, never changed; the newest counts, and older rules' can be found."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core import judging_hits
from core.engine import settling
from core.judging_hits import Judged, NoLists, Who
from core.model.event import Event
from core.model.moment import SECOND, Moment
from data.tx import SqlTx
from tests.data.rows_ground import NOON, Ground

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


def click(number: int, after: int, ip: str = "189.40.71.7") -> Event:
    data = {"method": "GET", "agent": CHROME, "ip": ip, "link": f"https://a.example/{number}"}
    at = Moment(NOON + after)
    return Event(kind="link_clicked", source="gate", outside_id=str(number), at=at, delivery=7, data=data)


def settle(tx: SqlTx, hit: Event) -> Judged:
    number = tx.record(hit)
    assert number is not None
    event = tx.event(number)
    assert event is not None
    judged = settling.settled(tx, event, NoLists())
    assert judged is not None
    return judged


def thought(tx: SqlTx) -> list[Sequence[Judged]]:
    return [tx.judgements([event.id])[event.id] for event in tx.events_about(7)]


def test_a_burst_changes_what_was_thought_of_its_first_hit(ground: Ground) -> None:
    tx = ground.tx()
    assert settle(tx, click(1, 0)).who is Who.HUMAN
    assert settle(tx, click(2, SECOND)).who is Who.HUMAN
    assert settle(tx, click(3, 2 * SECOND)).who is Who.MACHINE
    first, second, third = thought(tx)
    assert [one.who for one in first] == [one.who for one in second] == [Who.HUMAN, Who.MACHINE]
    assert [one.reasons for one in third] == [("many_links",)]


def test_the_same_opinion_is_not_kept_twice(ground: Ground) -> None:
    tx = ground.tx()
    settle(tx, click(1, 0))
    settle(tx, click(2, 60 * SECOND))
    assert [len(each) for each in thought(tx)] == [1, 1]


def test_newer_rules_judge_anew_once(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    tx = ground.tx()
    settle(tx, click(1, 0))
    assert settling.rejudge(NoLists())(tx) == 0
    monkeypatch.setattr(judging_hits, "VERSION", judging_hits.VERSION + 1)
    monkeypatch.setattr(judging_hits, "judge", _everything_is_a_machine)
    assert settling.rejudge(NoLists())(tx) == 1
    assert settling.rejudge(NoLists())(tx) == 0
    (first,) = thought(tx)
    assert [(one.who, one.version) for one in first] == [(Who.HUMAN, 1), (Who.MACHINE, 2)]


def _everything_is_a_machine(hits: Sequence[Event], sent_at: object, lists: object) -> dict[int, Judged]:
    return {hit.id: Judged(Who.MACHINE, ("said",), judging_hits.VERSION) for hit in hits}


def test_what_is_no_hit_is_not_judged(ground: Ground) -> None:
    payment = Event(kind="payment", source="s", outside_id="1", at=NOON, id=1)
    assert settling.settled(ground.tx(), payment, NoLists()) is None
