"""Durable timers on both databases: answers that let clients wait, and deals on which nothing happens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core import silence
from core.engine import slow_answers, timers
from core.model.deal import Deal
from core.model.event import Event, Timer
from core.model.moment import DAY, HOUR, MINUTE, SECOND, Moment
from core.model.rule import Trigger
from core.model.talk import Chat, ChatStatus
from core.plan import Plan
from data.tx import SqlTx
from tests.data.rows_ground import NOON, Ground, a_deal, create

TICK = Timer(key="chat_slow:7:1:acceptance:600", kind="chat_slow", at=NOON, data={"channel": "tg", "n": 1})


def at(ground: Ground, moment: int) -> SqlTx:
    ground.tx().set_clock(Moment(moment))
    return ground.tx()


def keys(tx: SqlTx) -> list[tuple[str, int]]:
    return [(row["key"], row["at"] - NOON) for row in tx.timers()]


def told(tx: SqlTx) -> list[tuple[str | None, Any, int]]:
    return [(event.deal, event.data.get("after"), event.at - NOON) for event in tx.events_of() if event.kind == "stale"]


def fire(tx: SqlTx, limit: int = 100) -> int:
    return timers.fire(limit)(tx)


def test_a_timer_that_is_due_is_an_event_and_gone(ground: Ground) -> None:
    tx = ground.tx()
    tx.put_timers([TICK, replace(TICK, key="later", at=Moment(NOON + 1))])
    assert (tx.next_timer(), tx.next_due()) == (NOON, NOON)
    assert fire(tx) == 1
    (event,) = tx.events_of()
    assert (event.kind, event.source, event.outside_id) == ("chat_slow", "house", TICK.key)
    assert (event.at, event.deal, event.connection, event.data) == (NOON, None, "tg", TICK.data)
    assert keys(tx) == [("later", 1)]
    assert fire(tx) == 0


def test_a_timer_started_twice_is_one_and_happens_once(ground: Ground) -> None:
    tx = ground.tx()
    tx.put_timers([TICK])
    tx.put_timers([replace(TICK, at=Moment(NOON - 5))])
    assert keys(tx) == [(TICK.key, -5)]
    fire(tx)
    tx.put_timers([TICK])
    assert fire(tx) == 1
    assert len(tx.events_of()) == 1


def test_stopping_goes_by_the_beginning_of_the_key(ground: Ground) -> None:
    tx = ground.tx()
    names = ["chat_slow:7:1:a", "chat_slow:7:2:a", "chat_slow:70:1:a", "chat_slow:6:1:a"]
    tx.put_timers([replace(TICK, key=name) for name in names])
    tx.drop_timers("chat_slow:7")
    assert [key for key, _ in keys(tx)] == ["chat_slow:6:1:a", "chat_slow:70:1:a"]


def test_they_are_taken_soonest_first_some_at_a_time(ground: Ground) -> None:
    tx = ground.tx()
    tx.put_timers([replace(TICK, key=str(n), at=Moment(NOON - n)) for n in range(5)])
    assert fire(tx, 2) == 2
    assert [event.outside_id for event in tx.events_of()] == ["4", "3"]
    assert fire(tx, 9) == 3


# Slow answers ---------------------------------------------------------------------------------------------------------

WAITING = Chat(id=7, channel="tg", chat="c", peer="tg:5", created_at=NOON, session_at=Moment(NOON - MINUTE))
TAKEN = replace(WAITING, status=ChatStatus.ACCEPTED, accepted_by="ana", accepted_at=NOON)


def slow(tx: SqlTx, number: int, **settings: Any) -> None:
    tx.put_trigger(a_trigger(f"slow{number}", "chat_slow", settings))


def a_trigger(trigger_id: str, kind: str, settings: dict[str, Any], **more: Any) -> Trigger:
    base = Trigger(id=trigger_id, pipeline="sales", stage="delivery", kind=kind, name=trigger_id, settings=settings)
    return replace(base, **more)


def test_an_acceptance_starts_one_timer_for_each_wait_that_triggers_ask_for(ground: Ground) -> None:
    tx = ground.tx()
    asked: list[dict[str, Any]] = [
        {},
        {"seconds": 600},
        {"seconds": 60, "channel": "tg"},
        {"seconds": 5, "channel": "web"},
        {"seconds": 90, "count_from": "message"},
        {"seconds": 30, "count_from": "message"},
    ]
    for number, settings in enumerate(asked):
        slow(tx, number, **settings)
    tx.put_trigger(a_trigger("off", "chat_slow", {"seconds": 7}, enabled=False))
    tx.put_trigger(a_trigger("broken", "chat_slow", {"seconds": "soon"}))
    slow_answers.follow(tx, WAITING, TAKEN)
    assert sorted(keys(tx)) == [
        ("chat_slow:7:1:acceptance:60", 60 * SECOND + 1),
        ("chat_slow:7:1:acceptance:600", 600 * SECOND + 1),
        ("chat_slow:7:1:message:30", 0),  # they have waited that long before anybody took the chat
        ("chat_slow:7:1:message:90", 30 * SECOND + 1),
    ]


@pytest.mark.parametrize(
    ("after", "left"),
    [
        (replace(TAKEN, answered_at=NOON), 0),
        (replace(TAKEN, status=ChatStatus.CLOSED, closed_at=NOON), 0),
        (replace(TAKEN, blocked=True), 1),
        (TAKEN, 1),
    ],
)
def test_an_answer_and_closing_stop_them(ground: Ground, after: Chat, left: int) -> None:
    tx = ground.tx()
    slow(tx, 1)
    slow_answers.follow(tx, WAITING, TAKEN)
    slow_answers.follow(tx, TAKEN, after)
    assert len(tx.timers()) == left


def test_a_chat_that_nobody_takes_has_none(ground: Ground) -> None:
    tx = ground.tx()
    slow(tx, 1)
    slow_answers.follow(tx, WAITING, replace(WAITING, session=2))
    slow_answers.follow(tx, WAITING, replace(WAITING, status=ChatStatus.CLOSED))
    assert tx.timers() == []


# Silence --------------------------------------------------------------------------------------------------------------


def quiet(tx: SqlTx, *lengths: str) -> None:
    for length in lengths:
        tx.put_trigger(a_trigger(f"after {length}", "stale", {"after": length}))


def born(tx: SqlTx, **more: Any) -> Deal:
    deal = a_deal(**{"active_at": NOON, **more})
    create(tx, deal)
    found = tx.deal(deal.id)
    assert found is not None
    return found


def acted(tx: SqlTx, deal: Deal, moment: int, **more: Any) -> Deal:
    after = replace(deal, version=deal.version + 1, active_at=Moment(moment), **more)
    tx.apply(Plan(deals_changed=[(deal, after)]))
    return after


def test_a_deal_of_a_house_that_asks_for_no_silence_has_no_timer(ground: Ground) -> None:
    tx = ground.tx()
    tx.put_trigger(replace(a_trigger("off", "stale", {"after": "2h"}), enabled=False))
    acted(tx, born(tx), NOON + DAY)
    assert tx.timers() == []


def test_each_length_is_told_once_a_silence(ground: Ground) -> None:
    tx = ground.tx()
    quiet(tx, "2h", "5h")
    born(tx)
    assert keys(tx) == [("stale:D1", 2 * HOUR)]
    assert fire(at(ground, NOON + 2 * HOUR)) == 1
    assert keys(tx) == [("stale:D1", 5 * HOUR)]
    assert fire(at(ground, NOON + 5 * HOUR)) == 1
    assert told(tx) == [("D1", "2h", 2 * HOUR), ("D1", "5h", 5 * HOUR)]
    assert keys(tx) == [("stale:D1", 7 * HOUR)]  # one more look
    assert fire(at(ground, NOON + 9 * HOUR)) == 1
    assert (keys(tx), len(told(tx))) == ([], 2)


def test_acts_do_not_touch_the_timer_until_it_looks(ground: Ground) -> None:
    tx = ground.tx()
    quiet(tx, "2h")
    deal = born(tx)
    for minutes in range(10, 120, 10):
        deal = acted(tx, deal, NOON + minutes * MINUTE)
        assert keys(tx) == [("stale:D1", 2 * HOUR)]
    fire(at(ground, NOON + 2 * HOUR))
    assert told(tx) == []
    assert keys(tx) == [("stale:D1", 110 * MINUTE + 2 * HOUR)]


def test_the_first_act_after_a_silence_begins_another(ground: Ground) -> None:
    tx = ground.tx()
    quiet(tx, "2h", "5h")
    deal = born(tx)
    fire(at(ground, NOON + 2 * HOUR))
    deal = acted(at(ground, NOON + 3 * HOUR), deal, NOON + 3 * HOUR)
    assert keys(tx) == [("stale:D1", 5 * HOUR)]
    fire(at(ground, NOON + 5 * HOUR))
    assert [after for _, after, _ in told(tx)] == ["2h", "2h"]
    acted(tx, deal, NOON + 20 * HOUR)
    assert keys(tx) == [("stale:D1", 22 * HOUR)]


def test_what_a_client_does_after_a_silence_begins_another(ground: Ground) -> None:
    tx = ground.tx()
    quiet(tx, "2h")
    for number in (1, 2, 3):
        born(tx, id=f"D{number}")
    acted(tx, tx.deals_by_id(["D3"])["D3"], NOON + HOUR, closed=True, stage="won")
    tx.touch(["D1", "D2", "D3"], Moment(NOON + HOUR))
    assert keys(tx) == [(f"stale:D{n}", 2 * HOUR) for n in (1, 2, 3)]
    fire(at(ground, NOON + 3 * HOUR))
    fire(at(ground, NOON + 5 * HOUR))
    assert (len(told(tx)), keys(tx)) == (2, [])
    tx.touch(["D1", "D3"], Moment(NOON + 9 * HOUR))
    assert keys(tx) == [("stale:D1", 11 * HOUR)]
    tx.touch(["D1"], Moment(NOON + 8 * HOUR))  # told late: something later has happened
    assert (keys(tx), tx.deals_by_id(["D1"])["D1"].active_at) == ([("stale:D1", 11 * HOUR)], NOON + 9 * HOUR)


def test_a_silence_found_late_is_told_at_its_moments(ground: Ground) -> None:
    tx = ground.tx()
    quiet(tx, "2h", "5h", "3d")
    born(tx)
    fire(at(ground, NOON + DAY))
    assert told(tx) == [("D1", "2h", 2 * HOUR), ("D1", "5h", 5 * HOUR)]
    assert keys(tx) == [("stale:D1", 3 * DAY)]


@pytest.mark.parametrize("change", [{"closed": True, "stage": "won"}, {"removed": True}])
def test_closed_and_removed_deals_are_left_alone_until_they_come_back(ground: Ground, change: dict[str, Any]) -> None:
    tx = ground.tx()
    quiet(tx, "2h")
    deal = born(tx)
    gone = acted(tx, deal, NOON + HOUR, **change)
    fire(at(ground, NOON + 2 * HOUR))
    assert (keys(tx), told(tx)) == ([], [])
    acted(tx, gone, NOON + 9 * HOUR, closed=False, removed=False, stage="new")
    assert keys(tx) == [("stale:D1", 11 * HOUR)]


def test_a_trigger_that_is_gone_leaves_nothing_behind(ground: Ground) -> None:
    tx = ground.tx()
    quiet(tx, "2h")
    born(tx)
    tx.remove_trigger("after 2h")
    fire(at(ground, NOON + 2 * HOUR))
    assert (keys(tx), told(tx)) == ([], [])


def test_deals_that_are_there_get_their_timers_some_at_a_time(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "SWEPT", 3)
    tx = ground.tx()
    for number in range(1, 8):
        born(tx, id=f"D{number}", active_at=Moment(NOON + number))
    acted(tx, tx.deals_by_id(["D5"])["D5"], NOON + 5, closed=True, stage="won")
    quiet(tx, "2h")
    tx.put_timers([silence.sweep(NOON)])
    assert [fire(tx) for _ in range(4)] == [1, 1, 1, 0]
    assert keys(tx) == [(f"stale:D{n}", 2 * HOUR + n) for n in (1, 2, 3, 4, 6, 7)]


def test_a_sweep_of_a_house_that_asks_no_longer_ends(ground: Ground) -> None:
    tx = ground.tx()
    born(tx)
    tx.put_timers([silence.sweep(NOON)])
    assert (fire(tx), keys(tx)) == (1, [])


def test_a_change_by_a_rule_is_something_that_happens(ground: Ground) -> None:
    from core.effects import SetField

    born(ground.tx())
    tx = at(ground, NOON + HOUR)
    tx.apply(Plan(effects=[("D1", "system", SetField(field="tracking", value="BR1"))]))
    assert tx.deals_by_id(["D1"])["D1"].active_at == NOON + HOUR


def test_events_recorded_meanwhile_stay_as_they_are(ground: Ground) -> None:
    tx = ground.tx()
    before = Event(kind="chat_slow", source="house", outside_id=TICK.key, at=NOON, data={"first": True})
    tx.record(before)
    tx.put_timers([TICK])
    assert fire(tx) == 1
    assert [event.data for event in tx.events_of()] == [{"first": True}]
